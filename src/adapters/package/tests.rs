//! Packages, read back.

use std::collections::BTreeMap;
use std::io::{Cursor, Read};

use zip::ZipArchive;

use super::*;
use crate::adapters::profiles;
use crate::domain::access::{
    ActualRecipient, Chosen, CollectedColumn, CollectedRow, ColumnKind, Fate, Informed, Kept, WhyLeftOut,
};
use crate::domain::case::RefusalGround;
use crate::domain::language::Language;

struct Rows(Vec<Vec<CollectedRow>>);

impl PackageSource for Rows {
    fn files(
        &mut self,
        _index: usize,
        _each: &mut dyn FnMut(&str, &mut dyn io::Read) -> io::Result<()>,
    ) -> io::Result<()> {
        Ok(())
    }

    fn rows(
        &mut self,
        index: usize,
        each: &mut dyn FnMut(CollectedRow) -> io::Result<ControlFlow<()>>,
    ) -> io::Result<()> {
        for row in self.0[index].clone() {
            if each(row)?.is_break() {
                break;
            }
        }
        Ok(())
    }
}

fn packing() -> ZipPacking {
    let organisation = Arc::new(profiles::load("skara-websolution").unwrap());
    let look = OrganisationLook {
        name: organisation.name.clone(),
        legal_name: organisation.name.clone(),
        organisation_number: String::new(),
        email: organisation.contact.email.clone(),
        phone: None,
        dpo: None,
        colour: organisation.colour.css().to_owned(),
        public_url: "https://data.example".to_owned(),
    };
    ZipPacking { organisation, look }
}

fn table(system: &str, table: &str, rows: i64, columns: &[(&str, ColumnKind)]) -> PackedTable {
    PackedTable {
        system: system.to_owned(),
        table: table.to_owned(),
        rows,
        counted: columns.is_empty(),
        columns: columns
            .iter()
            .map(|(name, kind)| CollectedColumn {
                name: (*name).to_owned(),
                kind: *kind,
            })
            .collect(),
        files: false,
        kept: None,
    }
}

fn without() -> Vec<Chosen> {
    vec![
        Chosen {
            system: "crm".into(),
            table: "tickets".into(),
            fate: Fate::Withheld {
                ground: RefusalGround::RightsOfOthers,
                reason: "Andras namn.".into(),
            },
        },
        Chosen {
            system: "crm".into(),
            table: "people".into(),
            fate: Fate::LeftOut {
                why: WhyLeftOut::Inferred,
            },
        },
    ]
}

fn facts(right: Right) -> (PackageFacts, Rows) {
    let day = |text: &str| text.parse().unwrap();
    let text = |values: &[&str]| {
        values
            .iter()
            .map(|v| Some((*v).to_owned()))
            .collect::<CollectedRow>()
    };
    let orders = table(
        "billing",
        "orders",
        2,
        &[
            ("id", ColumnKind::Number),
            ("what", ColumnKind::Text),
            ("amount", ColumnKind::Number),
            ("extra", ColumnKind::Json),
        ],
    );
    let mut invoices = table("billing", "invoices", 120, &[("number", ColumnKind::Text)]);
    invoices.kept = Some(Kept {
        first: day("2030-12-31"),
        last: day("2033-12-31"),
    });
    let mut second = text(&["2", "Åsa \"B\"", "12345678901234567890.10"]);
    second.push(None);
    let rows = vec![
        vec![text(&["1", "=cmd()", "-3", "{\"a\": [1]}"]), second],
        (0..120).map(|n| text(&[&format!("F{n}")])).collect(),
        vec![],
    ];
    let facts = PackageFacts {
        reference: "DR-AAAA-BBBB-CCCC".to_owned(),
        right,
        language: Language::Sv,
        made_at: "2026-11-23T08:00:00Z".parse().unwrap(),
        tables: vec![orders, invoices, table("hosting", "mailboxes", 3, &[])],
        without: without(),
        refused: vec![],
        recipients: vec![ActualRecipient {
            recipient: "mailchimp".into(),
            informed: vec![Informed {
                on: day("2026-05-01"),
                kind: "erasure".into(),
                outcome: Some("erased".into()),
            }],
        }],
    };
    (facts, Rows(rows))
}

fn packed(facts: &PackageFacts, mut rows: Rows) -> BTreeMap<String, Vec<u8>> {
    let mut out = Vec::new();
    packing().pack(facts, &mut rows, &mut out).unwrap();
    let mut archive = ZipArchive::new(Cursor::new(out)).unwrap();
    let names: Vec<String> = archive
        .file_names()
        .map(|name| name.unwrap().into_owned())
        .collect();
    let mut read = |name: String| {
        let mut bytes = Vec::new();
        archive.by_name(&name).unwrap().read_to_end(&mut bytes).unwrap();
        (name, bytes)
    };
    names.into_iter().map(&mut read).collect()
}

fn text(files: &BTreeMap<String, Vec<u8>>, name: &str) -> String {
    String::from_utf8(files[name].clone()).unwrap()
}

#[test]
fn every_file_is_as_its_manifest_says() {
    let (facts, rows) = facts(Right::Access);
    let files = packed(&facts, rows);
    let manifest: serde_json::Value = serde_json::from_slice(&files["manifest.json"]).unwrap();
    assert_eq!(manifest["schema_version"], "1");
    assert_eq!(manifest["case"], "DR-AAAA-BBBB-CCCC");
    assert_eq!(manifest["controller"]["name"], packing().organisation.name);
    let listed = manifest["files"].as_array().unwrap();
    assert_eq!(listed.len(), files.len() - 1);
    for file in listed {
        let bytes = &files[file["path"].as_str().unwrap()];
        let hash: String = Sha256::digest(bytes).iter().map(|b| format!("{b:02x}")).collect();
        assert_eq!(file["sha256"], hash);
        assert_eq!(file["bytes"], bytes.len());
    }
    assert!(
        !files.keys().any(|name| name.contains("mailboxes")),
        "hosted content went out"
    );
}

#[test]
fn values_stay_exact_in_json_and_harmless_in_csv() {
    let (facts, rows) = facts(Right::Access);
    let files = packed(&facts, rows);
    let json = text(&files, "data/billing/orders.json");
    assert!(json.contains("\"amount\": 12345678901234567890.10"), "{json}");
    let parsed: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!(parsed[0]["what"], "=cmd()");
    assert_eq!(parsed[0]["extra"]["a"][0], 1);
    assert!(parsed[1]["extra"].is_null());
    let csv = text(&files, "data/billing/orders.csv");
    assert_eq!(
        csv,
        "\u{feff}\"id\",\"what\",\"amount\",\"extra\"\r\n\"1\",\"'=cmd()\",\"-3\",\"{\"\"a\"\": [1]}\"\r\n\
         \"2\",\"Åsa \"\"B\"\"\",\"12345678901234567890.10\",\r\n"
    );
}

#[test]
fn an_access_report_tells_all_points_of_article_15() {
    let (facts, rows) = facts(Right::Access);
    let report = text(&packed(&facts, rows), "rapport.html");
    for part in [
        "Ändamål och rättslig grund",
        "rättslig förpliktelse, artikel 6.1 c",
        "Varifrån uppgifterna kommer",
        "Måste sparas till och med 2030-12-31",
        "2033-12-31",
        "Mailchimp Inc.",
        "lämnar EES",
        "2026-05-01",
        "Inga beslut om dig fattas enbart av ett datorprogram",
        "Integritetsskyddsmyndigheten",
        "domstol",
        "Andras namn.",
        "artikel 15.4",
        "Innehållet är ditt eget",
        "F49",
        "Fler poster finns i filerna",
    ] {
        assert!(report.contains(part), "{part} is missing in {report}");
    }
    assert!(!report.contains(crate::adapters::texts::MISSING), "{report}");
    assert!(!report.contains("F50") && !report.contains("<script"));
    assert!(report.contains("&#34;B&#34;") || report.contains("&quot;B&quot;"));
}

#[test]
fn a_portability_package_has_names_that_others_ask_for_and_says_what_is_left_out() {
    let (facts, rows) = facts(Right::Portability);
    let files = packed(&facts, rows);
    assert!(text(&files, "orders.csv").contains("Åsa"));
    assert!(files.contains_key("data/billing/orders.json"));
    let report = text(&files, "rapport.html");
    assert!(report.contains("slutsatser som vi har dragit"));
    assert!(report.contains("betyder inte att vi raderar dem"));
    assert!(!report.contains("Rättslig grund"));
}

#[test]
fn no_name_leads_out_of_the_package() {
    for (name, plain_name) in [
        ("../../etc/passwd", "_.._etc_passwd"),
        ("a b/ö", "a_b__"),
        (".hidden", "hidden"),
        ("C:\\x", "C__x"),
    ] {
        assert_eq!(plain(name), plain_name);
    }
    let (mut facts, rows) = facts(Right::Access);
    facts.tables[1].system = "billing".into();
    facts.tables[1].table = "orders".into();
    let files = packed(&facts, rows);
    assert!(files.contains_key("data/billing/orders-1.csv"));
}
