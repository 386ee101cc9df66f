//! The ready-made maps against the schemas of the software that they are for: one person goes, exactly, from among many and
//! those who look alike.

mod people;
mod schemas;

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use dataratt::adapters::connectors::Connected;
use dataratt::domain::data_map::{DataMap, EraseRule};
use dataratt::domain::matching::PersonKeys;
use dataratt::domain::organisation::Severity;
use dataratt::services::ports::Systems;
use rstest::rstest;

use crate::connectors::place::{On, Place};
use crate::connectors::plans::{carry_out, planned};
use people::{Person, beside, everybody, inserts};

/// Software that a map ships for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Software {
    Powerdns,
    MailAccounts,
    Roundcube,
    Wordpress,
    RequestTracker,
}

impl Software {
    /// The name of its map, of its system, and of its transcribed schema.
    fn name(self) -> &'static str {
        match self {
            Self::Powerdns => "powerdns",
            Self::MailAccounts => "mail-accounts",
            Self::Roundcube => "roundcube",
            Self::Wordpress => "wordpress",
            Self::RequestTracker => "request-tracker",
        }
    }

    fn on(self) -> On {
        match self {
            Self::RequestTracker => On::Postgres,
            _ => On::Mariadb,
        }
    }

    fn map(self) -> DataMap {
        #[derive(serde::Deserialize)]
        struct Part {
            systems: DataMap,
        }
        let path = Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("config/systems")
            .join(self.name())
            .with_extension("toml");
        toml::from_str::<Part>(&fs::read_to_string(path).unwrap())
            .unwrap()
            .systems
    }
}

/// Erases one of `count` people, and looks that it was exactly them.
fn erases_exactly_one(software: Software, schema: &str, count: u32) {
    let person = Person::number(count / 2);
    let place = Place::new(software.on(), schema);
    for statement in inserts(software, &everybody(&person, count)) {
        place.run(&statement);
    }
    place.run(&beside(software, &person));
    let alone = Place::new(software.on(), schema);
    inserts(software, std::slice::from_ref(&person))
        .iter()
        .for_each(|statement| alone.run(statement));
    let (before, theirs) = (place.contents(), alone.contents());

    let map = software.map();
    let url = place.url();
    let system = Connected::new(&map, move |_| Some(url.clone()))
        .get(software.name())
        .unwrap();
    let findings = system.check().unwrap();
    let errors: Vec<_> = findings
        .iter()
        .filter(|finding| finding.severity == Severity::Error)
        .collect();
    assert!(errors.is_empty(), "{errors:?}");
    let keys = PersonKeys {
        email: Some(person.email.clone()),
        customer_number: Some(person.account.clone()),
        ..PersonKeys::default()
    };
    carry_out(&*system, &planned(&*system, &map, &keys));

    let after = place.contents();
    let mapped = &map.systems[0];
    for (table, rows) in &before {
        let gone: BTreeSet<&String> = rows.difference(&after[table]).collect();
        let new: Vec<&String> = after[table].difference(rows).collect();
        let own: BTreeSet<&String> = theirs[table].iter().collect();
        assert!(
            gone.is_subset(&own),
            "{table}: {:?} are somebody else's",
            gone.difference(&own)
        );
        match mapped.table(table).map(|table| &table.erase) {
            Some(EraseRule::Delete) => assert_eq!((&gone, new.len()), (&own, 0), "{table}"),
            Some(EraseRule::Fields(_)) => assert_eq!(gone.len(), new.len(), "{table}"),
            _ => assert_eq!((gone.len(), new.len()), (0, 0), "{table}"),
        }
        let said = after[table]
            .iter()
            .find(|row| row.split('|').any(|cell| person.is_named_by(cell)));
        assert_eq!(said, None, "{table}");
    }
    let again = planned(&*system, &map, &keys);
    assert_eq!(again.systems.len(), 0, "nobody is found any more");
}

#[rstest]
fn exactly_one_person_goes(
    #[values(
        Software::Powerdns,
        Software::MailAccounts,
        Software::Roundcube,
        Software::Wordpress,
        Software::RequestTracker
    )]
    software: Software,
) {
    erases_exactly_one(software, &schemas::transcribed(software), 60);
}

#[rstest]
#[ignore = "make soak"]
fn exactly_one_of_ten_thousand_goes_from_the_published_schema(
    #[values(
        Software::Powerdns,
        Software::MailAccounts,
        Software::Roundcube,
        Software::Wordpress,
        Software::RequestTracker
    )]
    software: Software,
) {
    erases_exactly_one(software, &schemas::published(software), 10_000);
}
