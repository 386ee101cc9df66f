//! What the database itself says of the mapped tables. Names get into statements only from here.

use std::collections::{BTreeMap, BTreeSet};

use postgres::Client;

use crate::domain::data_map::System as Mapped;
use crate::domain::matching::RowKey;

use super::error::Failure;

/// The mapped tables that exist, by the name that the map gives them.
pub(super) struct Catalogue {
    relations: BTreeMap<String, Relation>,
}

/// A table or view.
pub(super) struct Relation {
    pub(super) oid: u32,
    /// As the map names it.
    pub(super) name: String,
    /// Schema and name, quoted.
    pub(super) sql: String,
    pub(super) is_view: bool,
    /// Whether rows of it refer to rows of it.
    pub(super) refers_to_itself: bool,
    pub(super) may_use: bool,
    pub(super) may_delete: bool,
    /// Whether policies hide rows from the role.
    pub(super) hides_rows: bool,
    pub(super) columns: Vec<Column>,
    /// The columns of each unique index on plain columns of all rows.
    pub(super) unique: Vec<BTreeSet<String>>,
}

/// A column.
#[derive(Clone, Debug)]
pub(super) struct Column {
    pub(super) name: String,
    /// Its type as a cast takes it, without a length: that would cut values off.
    pub(super) cast: String,
    /// Its type's plain name; that of the type under it for a domain.
    pub(super) base: String,
    /// PostgreSQL's category of the type, a letter.
    pub(super) category: String,
    pub(super) not_null: bool,
    /// Computed, or numbered by the database always.
    pub(super) automatic: bool,
    pub(super) may_select: bool,
    pub(super) may_update: bool,
}

const RELATIONS: &str = "
    SELECT w.name, c.oid, n.nspname::text, c.relname::text, c.relkind = 'v', pg_table_is_visible(c.oid),
           EXISTS (SELECT 1 FROM pg_constraint f
                   WHERE f.contype = 'f' AND f.conrelid = c.oid AND f.confrelid = c.oid),
           has_schema_privilege(n.oid, 'USAGE'), has_table_privilege(c.oid, 'DELETE'), row_security_active(c.oid)
    FROM unnest($1::text[]) AS w(name)
    JOIN pg_class c ON c.relkind IN ('r', 'p', 'v')
    JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname <> 'information_schema' AND n.nspname NOT LIKE 'pg\\_%'
      AND (c.relname::text = w.name AND pg_table_is_visible(c.oid)
           OR n.nspname::text || '.' || c.relname::text = w.name)
    ORDER BY 6 DESC";

const COLUMNS: &str = "
    SELECT a.attrelid, a.attname::text, format_type(a.atttypid, -1), coalesce(b.typname, y.typname)::text,
           y.typcategory::text, a.attnotnull OR y.typnotnull, a.attgenerated <> '' OR a.attidentity <> '',
           has_column_privilege(a.attrelid, a.attnum, 'SELECT'),
           has_column_privilege(a.attrelid, a.attnum, 'UPDATE')
    FROM pg_attribute a
    JOIN pg_type y ON y.oid = a.atttypid
    LEFT JOIN pg_type b ON b.oid = y.typbasetype
    WHERE a.attrelid = ANY ($1) AND a.attnum > 0 AND NOT a.attisdropped
    ORDER BY a.attrelid, a.attnum";

const UNIQUE: &str = "
    SELECT i.indrelid, array_agg(a.attname::text)
    FROM pg_index i
    CROSS JOIN LATERAL unnest(i.indkey::int2[]) WITH ORDINALITY AS k(number, place)
    JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.number
    WHERE i.indrelid = ANY ($1) AND k.place <= i.indnkeyatts
      AND i.indisunique AND i.indisvalid AND i.indpred IS NULL AND i.indexprs IS NULL
    GROUP BY i.indexrelid, i.indrelid";

impl Catalogue {
    /// Looks at the mapped tables. Those that are not there are left out: not everything needs them all.
    pub(super) fn read(client: &mut Client, map: &Mapped) -> Result<Self, Failure> {
        let names: Vec<&str> = map
            .tables
            .iter()
            .map(|table| table.name.as_str())
            .chain(map.marker.as_deref())
            .filter(|name| !name.contains('\0'))
            .collect();
        let mut relations = relations(client, &names)?;
        let oids: Vec<u32> = relations.values().map(|relation| relation.oid).collect();
        for row in client.query(COLUMNS, &[&oids])? {
            let oid: u32 = row.try_get(0)?;
            let column = Column {
                name: row.try_get(1)?,
                cast: row.try_get(2)?,
                base: row.try_get(3)?,
                category: row.try_get(4)?,
                not_null: row.try_get(5)?,
                automatic: row.try_get(6)?,
                may_select: row.try_get(7)?,
                may_update: row.try_get(8)?,
            };
            for relation in relations.values_mut().filter(|relation| relation.oid == oid) {
                relation.columns.push(column.clone());
            }
        }
        for row in client.query(UNIQUE, &[&oids])? {
            let oid: u32 = row.try_get(0)?;
            let columns: Vec<String> = row.try_get(1)?;
            for relation in relations.values_mut().filter(|relation| relation.oid == oid) {
                relation.unique.push(columns.iter().cloned().collect());
            }
        }
        Ok(Self { relations })
    }

    /// The table of that name in the map.
    pub(super) fn relation(&self, name: &str) -> Result<&Relation, Failure> {
        self.relations.get(name).ok_or_else(|| Failure::unknown(name))
    }

    pub(super) fn relations(&self) -> impl Iterator<Item = &Relation> {
        self.relations.values()
    }
}

/// Those that a name means: one on the search path, else the one table that is so called with its schema.
fn relations(client: &mut Client, names: &[&str]) -> Result<BTreeMap<String, Relation>, Failure> {
    let mut relations: BTreeMap<String, (bool, Relation)> = BTreeMap::new();
    let mut ambiguous = BTreeSet::new();
    for row in client.query(RELATIONS, &[&names])? {
        let name: String = row.try_get(0)?;
        let visible: bool = row.try_get::<_, bool>(5)? && row.try_get::<_, String>(3)? == name;
        match relations.get(&name) {
            Some((true, _)) => continue,
            Some((false, _)) if !visible => {
                ambiguous.insert(name);
                continue;
            }
            _ => {}
        }
        let (schema, table): (String, String) = (row.try_get(2)?, row.try_get(3)?);
        let relation = Relation {
            oid: row.try_get(1)?,
            name: name.clone(),
            sql: format!("{}.{}", quoted(&schema), quoted(&table)),
            is_view: row.try_get(4)?,
            refers_to_itself: row.try_get(6)?,
            may_use: row.try_get(7)?,
            may_delete: row.try_get(8)?,
            hides_rows: row.try_get(9)?,
            columns: Vec::new(),
            unique: Vec::new(),
        };
        relations.insert(name, (visible, relation));
    }
    Ok(relations
        .into_iter()
        .filter(|(name, (visible, _))| *visible || !ambiguous.contains(name))
        .map(|(name, (_, relation))| (name, relation))
        .collect())
}

impl Relation {
    /// The column of that name.
    pub(super) fn column(&self, name: &str) -> Result<&Column, Failure> {
        self.columns
            .iter()
            .find(|column| column.name == name)
            .ok_or_else(|| Failure::unknown(format!("{}.{name}", self.name)))
    }

    /// The columns of those names, in their order.
    pub(super) fn columns_of<'a, N: AsRef<str> + 'a>(
        &self,
        names: impl IntoIterator<Item = &'a N>,
    ) -> Result<Vec<&Column>, Failure> {
        names.into_iter().map(|name| self.column(name.as_ref())).collect()
    }

    /// Whether `key` names at most one row.
    pub(super) fn is_unique(&self, key: &[String]) -> bool {
        self.unique
            .iter()
            .any(|columns| columns.iter().all(|column| key.contains(column)))
    }
}

impl Column {
    /// As a column of the row `t`.
    pub(super) fn sql(&self) -> String {
        format!("t.{}", quoted(&self.name))
    }

    /// As text.
    pub(super) fn text(&self) -> String {
        format!("{}::text", self.sql())
    }
}

/// A name as an identifier, whatever is in it.
pub(super) fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

/// `unnest` of one bound array of texts for each column, as values of its type; the arrays are `$1`, `$2` …
pub(super) fn unnested(columns: &[&Column]) -> String {
    let arrays: Vec<String> = columns
        .iter()
        .enumerate()
        .map(|(at, column)| format!("${}::text[]::{}[]", at + 1, column.cast))
        .collect();
    format!("unnest({})", arrays.join(", "))
}

/// The condition that the row `t` is among those of the bound keys.
pub(super) fn among_keys(key: &[&Column]) -> String {
    let columns: Vec<String> = key.iter().map(|column| column.sql()).collect();
    format!("({}) IN (SELECT * FROM {})", columns.join(", "), unnested(key))
}

/// The bound text `$at` as a value of the column.
pub(super) fn bound_value(column: &Column, at: usize) -> String {
    format!("${at}::text::{}", column.cast)
}

/// The condition that a row's key lies beyond the one bound after `bound` others.
pub(super) fn beyond(key: &[&Column], bound: usize) -> String {
    let columns: Vec<String> = key.iter().map(|column| column.sql()).collect();
    let values: Vec<String> = key
        .iter()
        .enumerate()
        .map(|(at, column)| bound_value(column, bound + at + 1))
        .collect();
    format!("({}) > ({})", columns.join(", "), values.join(", "))
}

/// Rows of values turned into one array for each of `width` columns.
pub(super) fn arrays<'a>(
    rows: impl IntoIterator<Item = &'a [String]>,
    width: usize,
) -> Result<Vec<Vec<&'a str>>, Failure> {
    let mut arrays = vec![Vec::new(); width];
    for row in rows {
        if row.len() != width {
            return Err(Failure::odd_key());
        }
        for (array, value) in arrays.iter_mut().zip(row) {
            array.push(value.as_str());
        }
    }
    Ok(arrays)
}

/// The key in the columns `from..` of a result row.
pub(super) fn row_key(
    row: &postgres::Row,
    from: usize,
    width: usize,
    relation: &Relation,
) -> Result<RowKey, Failure> {
    let mut values = Vec::with_capacity(width);
    for at in from..from + width {
        let value: Option<String> = row.try_get(at)?;
        values.push(value.ok_or_else(|| {
            Failure::refused(format!(
                "table {} has rows without a value in their key",
                relation.name
            ))
        })?);
    }
    Ok(RowKey(values))
}
