//! What is sealed of the audit trail: checkpoints, what they cover of each chain, and what stays of chains that went.

use chrono::{DateTime, Utc};
use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::{self, BigInt, Bool, Bytea, Timestamptz};
use uuid::Uuid;

use super::Head;
use crate::domain::audit::Digest;
use crate::domain::audit::checkpoint::{Checkpoint, Disposal, Seal, SignatureBytes};
use crate::store::schema::{audit_checkpoints, audit_disposals, audit_events, audit_heads, audit_seals};
use crate::store::{Error, Result};

/// Something with the signature under it, as it is stored.
#[derive(Clone, Debug)]
pub struct Signed<T> {
    /// What was signed.
    pub of: T,
    /// The signature.
    pub signature: Vec<u8>,
}

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = audit_checkpoints)]
struct CheckpointRow {
    number: i64,
    at: DateTime<Utc>,
    streams: i64,
    events: i64,
    root: Vec<u8>,
    previous: Vec<u8>,
    signature: Vec<u8>,
}

impl TryFrom<CheckpointRow> for Signed<Checkpoint> {
    type Error = Error;

    fn try_from(row: CheckpointRow) -> Result<Self> {
        Ok(Self {
            of: Checkpoint {
                number: row.number,
                at: row.at,
                streams: row.streams,
                events: row.events,
                root: digest(row.root)?,
                previous: digest(row.previous)?,
            },
            signature: row.signature,
        })
    }
}

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = audit_seals)]
struct SealRow {
    stream: Uuid,
    last: i64,
    first: i64,
    hash: Vec<u8>,
    checkpoint: i64,
}

/// A seal and the number of its checkpoint.
pub type Covered = (i64, Seal);

fn covered(row: SealRow) -> Result<Covered> {
    let seal = Seal {
        stream: row.stream,
        first: row.first,
        last: row.last,
        hash: digest(row.hash)?,
    };
    Ok((row.checkpoint, seal))
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = audit_disposals)]
struct DisposalRow {
    stream: Uuid,
    events: i64,
    first: Vec<u8>,
    last: Vec<u8>,
    checkpoint: i64,
    at: DateTime<Utc>,
    signature: Vec<u8>,
}

impl TryFrom<DisposalRow> for Signed<Disposal> {
    type Error = Error;

    fn try_from(row: DisposalRow) -> Result<Self> {
        Ok(Self {
            of: Disposal {
                stream: row.stream,
                events: row.events,
                first: digest(row.first)?,
                last: digest(row.last)?,
                checkpoint: row.checkpoint,
                at: row.at,
            },
            signature: row.signature,
        })
    }
}

fn digest(bytes: Vec<u8>) -> Result<Digest> {
    bytes
        .try_into()
        .map_err(|_| Error::Corrupt("a hash of the trail"))
}

/// The newest checkpoint.
///
/// # Errors
/// When the database fails.
pub fn find_latest(conn: &mut PgConnection) -> Result<Option<Signed<Checkpoint>>> {
    let newest = audit_checkpoints::table
        .order(audit_checkpoints::number.desc())
        .select(CheckpointRow::as_select())
        .first(conn)
        .optional()?;
    newest.map(TryInto::try_into).transpose()
}

/// The checkpoint of that number.
///
/// # Errors
/// When the database fails.
pub fn find(conn: &mut PgConnection, number: i64) -> Result<Option<Signed<Checkpoint>>> {
    let found = audit_checkpoints::table
        .find(number)
        .select(CheckpointRow::as_select())
        .first(conn)
        .optional()?;
    found.map(TryInto::try_into).transpose()
}

/// What has grown since it was last sealed, at most `limit` streams in their order, locked until the transaction ends.
/// A stream that somebody is just writing to is left for the next time, so nobody waits for the other.
///
/// # Errors
/// When the database fails.
pub fn lock_unsealed(conn: &mut PgConnection, limit: i64) -> Result<Vec<Seal>> {
    let heads: Vec<Head> = audit_heads::table
        .filter(audit_heads::seq.gt(audit_heads::sealed))
        .order(audit_heads::stream)
        .limit(limit)
        .select(Head::as_select())
        .for_update()
        .skip_locked()
        .load(conn)?;
    let seal = |head: Head| {
        Ok(Seal {
            stream: head.stream,
            first: head.sealed + 1,
            last: head.seq,
            hash: digest(head.hash)?,
        })
    };
    heads.into_iter().map(seal).collect()
}

/// Writes a checkpoint, and of each chain that it covers how far.
///
/// # Errors
/// [`Error::Duplicate`] when another instance wrote one of this number; when the database fails.
pub fn insert(
    conn: &mut PgConnection,
    checkpoint: &Checkpoint,
    signature: &SignatureBytes,
    seals: &[Seal],
) -> Result<()> {
    let row = CheckpointRow {
        number: checkpoint.number,
        at: checkpoint.at,
        streams: checkpoint.streams,
        events: checkpoint.events,
        root: checkpoint.root.to_vec(),
        previous: checkpoint.previous.to_vec(),
        signature: signature.to_vec(),
    };
    diesel::insert_into(audit_checkpoints::table)
        .values(row)
        .execute(conn)?;
    let rows: Vec<SealRow> = seals
        .iter()
        .map(|seal| SealRow {
            stream: seal.stream,
            last: seal.last,
            first: seal.first,
            hash: seal.hash.to_vec(),
            checkpoint: checkpoint.number,
        })
        .collect();
    diesel::insert_into(audit_seals::table)
        .values(rows)
        .execute(conn)?;
    diesel::sql_query(
        "UPDATE audit_heads h SET sealed = s.last FROM audit_seals s WHERE s.checkpoint = $1 AND h.stream = s.stream",
    )
    .bind::<BigInt, _>(checkpoint.number)
    .execute(conn)?;
    Ok(())
}

/// Checkpoints after `after`, at most `limit`, in order.
///
/// # Errors
/// When the database fails.
pub fn list(conn: &mut PgConnection, after: Option<i64>, limit: i64) -> Result<Vec<Signed<Checkpoint>>> {
    let rows = audit_checkpoints::table
        .filter(audit_checkpoints::number.gt(after.unwrap_or(0)))
        .order(audit_checkpoints::number)
        .limit(limit)
        .select(CheckpointRow::as_select())
        .load(conn)?;
    rows.into_iter().map(TryInto::try_into).collect()
}

/// Seals after `after`, at most `limit`, in order of checkpoint and stream.
///
/// # Errors
/// When the database fails.
pub fn list_by_checkpoint(
    conn: &mut PgConnection,
    after: Option<(i64, Uuid)>,
    limit: i64,
) -> Result<Vec<Covered>> {
    let (checkpoint, stream) = after.unwrap_or((i64::MIN, Uuid::nil()));
    let later = sql::<Bool>("(checkpoint, stream) > (")
        .bind::<BigInt, _>(checkpoint)
        .sql(", ")
        .bind::<sql_types::Uuid, _>(stream)
        .sql(")");
    let rows = audit_seals::table
        .filter(later)
        .order((audit_seals::checkpoint, audit_seals::stream))
        .limit(limit)
        .select(SealRow::as_select())
        .load(conn)?;
    rows.into_iter().map(covered).collect()
}

/// Seals after `after`, at most `limit`, in order of stream and place.
///
/// # Errors
/// When the database fails.
pub fn list_by_stream(
    conn: &mut PgConnection,
    after: Option<(Uuid, i64)>,
    limit: i64,
) -> Result<Vec<Covered>> {
    let (stream, last) = after.unwrap_or((Uuid::nil(), 0));
    let later = sql::<Bool>("(stream, last) > (")
        .bind::<sql_types::Uuid, _>(stream)
        .sql(", ")
        .bind::<BigInt, _>(last)
        .sql(")");
    let rows = audit_seals::table
        .filter(later)
        .order((audit_seals::stream, audit_seals::last))
        .limit(limit)
        .select(SealRow::as_select())
        .load(conn)?;
    rows.into_iter().map(covered).collect()
}

/// What stays of chains that went, after `after`, at most `limit`, in order of stream.
///
/// # Errors
/// When the database fails.
pub fn list_disposals(
    conn: &mut PgConnection,
    after: Option<Uuid>,
    limit: i64,
) -> Result<Vec<Signed<Disposal>>> {
    let mut query = audit_disposals::table
        .order(audit_disposals::stream)
        .limit(limit)
        .select(DisposalRow::as_select())
        .into_boxed();
    if let Some(after) = after {
        query = query.filter(audit_disposals::stream.gt(after));
    }
    query.load(conn)?.into_iter().map(TryInto::try_into).collect()
}

/// What would stay of a chain if it went now, its head locked; `None` when it is not sealed to its end.
///
/// # Errors
/// [`Error::NotFound`] when there is no such chain; when the database fails.
pub fn lock_for_disposal(
    conn: &mut PgConnection,
    stream: Uuid,
    at: DateTime<Utc>,
) -> Result<Option<Disposal>> {
    let head: Head = audit_heads::table
        .find(stream)
        .select(Head::as_select())
        .for_update()
        .first(conn)?;
    let seal: Option<(i64, Vec<u8>)> = audit_seals::table
        .find((stream, head.seq))
        .select((audit_seals::checkpoint, audit_seals::hash))
        .first(conn)
        .optional()?;
    let Some((checkpoint, sealed)) = seal.filter(|(_, hash)| *hash == head.hash) else {
        return Ok(None);
    };
    let first: Vec<u8> = audit_events::table
        .find((stream, 1))
        .select(audit_events::hash)
        .first(conn)?;
    Ok(Some(Disposal {
        stream,
        events: head.seq,
        first: digest(first)?,
        last: digest(sealed)?,
        checkpoint,
        at,
    }))
}

/// Removes the events of a chain and keeps `disposal` in their place. The database checks itself that the chain is
/// sealed to its end and that no open or held case goes on with it: this is the only way in which events ever go.
///
/// # Errors
/// [`Error::Forbidden`] when the database refuses; when it fails.
pub fn dispose(conn: &mut PgConnection, disposal: &Disposal, signature: &SignatureBytes) -> Result<()> {
    diesel::sql_query("SELECT dispose_audit_stream($1, $2, $3, $4, $5, $6, $7)")
        .bind::<sql_types::Uuid, _>(disposal.stream)
        .bind::<BigInt, _>(disposal.events)
        .bind::<Bytea, _>(disposal.first.as_slice())
        .bind::<Bytea, _>(disposal.last.as_slice())
        .bind::<BigInt, _>(disposal.checkpoint)
        .bind::<Timestamptz, _>(disposal.at)
        .bind::<Bytea, _>(signature.as_slice())
        .execute(conn)?;
    Ok(())
}
