//! What a person typed and was sent is nowhere in the open: not in logs, figures, queues, the trail or the database.

use std::fs;
use std::path::Path;

use dataratt::adapters::cluster::DATABASE;
use dataratt::adapters::sample::SamplePerson;
use postgres::SimpleQueryMessage;
use serde_json::{Value, json};

use super::service::{PASSWORD, Service};
use crate::support::fixtures::within;
use crate::support::mail::Mail;

const MESSAGE: &str = "Kanariefagel Mandelblom bor inte har langre";
const REPLY: &str = "Svarsfagel Lingonris har ringt tillbaka";
const NOTE: &str = "Notisfagel Havtorn vill bli uppringd";
const COMMENT: &str = "Kommentarsfagel Slanbar raderade allt";
const NAME: &str = "Kanaria Mandelblom";
const PERSONAL_NUMBER: &str = "189001019802";

/// What must not be found, with a word for what it is.
struct Secrets(Vec<(String, String)>);

impl Secrets {
    fn add(&mut self, what: &str, value: impl Into<String>) {
        let value = value.into();
        assert!(value.len() >= 6, "{what} is too short to look for");
        self.0.push((what.to_owned(), value));
    }

    /// Fails if any of them is in `bytes`, in whatever case.
    #[track_caller]
    fn absent(&self, place: &str, bytes: &[u8]) {
        let text = String::from_utf8_lossy(bytes).to_lowercase();
        for (what, value) in &self.0 {
            let Some(at) = text.find(&value.to_lowercase()) else {
                continue;
            };
            let from = text.floor_char_boundary(at.saturating_sub(200));
            panic!(
                "{what} is in {place}: …{}…",
                &text[from..text.ceil_char_boundary(at + 60)]
            );
        }
    }

    /// As [`Self::absent`], for every file below a directory.
    #[track_caller]
    fn absent_below(&self, directory: &Path) {
        for entry in fs::read_dir(directory).unwrap().flatten() {
            if entry.path().is_dir() {
                self.absent_below(&entry.path());
            } else {
                let bytes = fs::read(entry.path()).unwrap();
                self.absent(&entry.path().display().to_string(), &bytes);
            }
        }
    }
}

/// Every value of every column of the service's own database: sealed ones as their bytes.
fn stored(service: &Service) -> Vec<(String, Vec<u8>)> {
    let mut owner = service.owner(DATABASE);
    let sql = "SELECT table_name::text, column_name::text, data_type::text FROM information_schema.columns \
               WHERE table_schema = 'public'";
    let columns = owner.query(sql, &[]).unwrap();
    let mut all = Vec::new();
    for column in columns {
        let (table, name, kind): (String, String, String) = (column.get(0), column.get(1), column.get(2));
        let place = format!("{table}.{name}");
        if kind == "bytea" {
            let rows = owner.query(&format!("SELECT {name} FROM {table}"), &[]).unwrap();
            let values = rows.iter().filter_map(|row| row.get::<_, Option<Vec<u8>>>(0));
            all.extend(values.map(|value| (place.clone(), value)));
        } else {
            let rows = owner
                .simple_query(&format!("SELECT \"{name}\" FROM {table}"))
                .unwrap();
            for row in rows {
                if let SimpleQueryMessage::Row(row) = row {
                    all.extend(row.get(0).map(|value| (place.clone(), value.as_bytes().to_vec())));
                }
            }
        }
    }
    all
}

/// The mail's head without the line that says to whom, and whether it goes to the person.
fn head(mail: &Mail) -> String {
    let raw = String::from_utf8_lossy(&mail.raw).into_owned();
    let head = raw.split("\r\n\r\n").next().unwrap().to_owned();
    let lines = head
        .lines()
        .filter(|line| !line.to_lowercase().starts_with("to:"));
    lines.collect::<Vec<_>>().join("\n")
}

struct Flow<'a> {
    service: &'a Service,
    secrets: Secrets,
    agent: String,
    approver: String,
}

impl Flow<'_> {
    fn code(&self, email: &str, reference: &str) -> String {
        let looked = within(std::time::Duration::from_secs(60), || {
            let mails = self.service.sink.mails_to(email);
            let mine = mails.iter().filter(|mail| mail.text().contains(reference));
            mine.rev().find_map(Mail::find_code)
        });
        looked.expect("the code comes")
    }

    /// Calls that are wrong in every way, with secrets in them.
    fn mistakes(&self, email: &str) {
        let wrong = json!({ "right": "erasure", "email": email, "personal_number": format!("{PERSONAL_NUMBER}9"), "message": MESSAGE });
        let calls: [(&str, String, Value); 7] = [
            ("POST", "/requests".into(), wrong),
            (
                "POST",
                "/requests".into(),
                json!({ "right": MESSAGE, "email": MESSAGE, "name": 7 }),
            ),
            (
                "POST",
                "/requests".into(),
                json!({ "right": "erasure", "unknown": MESSAGE, "email": email }),
            ),
            (
                "POST",
                format!("/requests/{NAME}/verification"),
                json!({ "code": MESSAGE }),
            ),
            (
                "POST",
                "/session".into(),
                json!({ "email": email, "password": PASSWORD }),
            ),
            (
                "POST",
                format!("/notices/{email}/answer"),
                json!({ "code": MESSAGE }),
            ),
            ("PUT", format!("/{email}"), json!(MESSAGE)),
        ];
        for (method, path, body) in calls {
            let (status, _) = self
                .service
                .call(method, &path, Some(&body), "")
                .expect("an answer");
            assert!((400..500).contains(&status), "{method} {path}: {status}");
        }
        let asked = [
            format!("/cases?q={email}"),
            format!("/cases?query={PERSONAL_NUMBER}"),
        ];
        for path in asked {
            let _page = self.service.call("GET", &path, None, &self.agent);
        }
    }

    /// The pages' form; says where it leads.
    fn form(&self, email: &str) -> String {
        let http = reqwest::blocking::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .build()
            .unwrap();
        let fields = [
            ("right", "access"),
            ("email", email),
            ("name", NAME),
            ("personal_number", PERSONAL_NUMBER),
            ("message", MESSAGE),
            ("language", "sv"),
            ("submission", "0123456789abcdef"),
        ];
        let url = self.service.url();
        let answer = http
            .post(format!("{url}/requests"))
            .header("Origin", &url)
            .form(&fields)
            .send()
            .unwrap();
        assert_eq!(answer.status().as_u16(), 303);
        answer.headers()["location"].to_str().unwrap().to_owned()
    }

    fn whole_journey(&mut self, person: &SamplePerson, email: &str) {
        let body = json!({
            "right": "erasure", "email": email, "name": NAME, "message": MESSAGE, "language": "sv",
            "customer_number": person.customer_number,
        });
        let reference = self.service.api("POST", "/requests", Some(&body), "")["reference"].clone();
        let reference = reference.as_str().unwrap().to_owned();
        let code = self.code(email, &reference);
        let verification = format!("/requests/{reference}/verification");
        let _wrong = self
            .service
            .call("POST", &verification, Some(&json!({ "code": "12345678" })), "");
        let verified = self
            .service
            .api("POST", &verification, Some(&json!({ "code": code })), "");
        let token = verified["token"].as_str().unwrap().to_owned();
        self.secrets.add("a code", code);
        let messages = format!("/requests/{reference}/messages");
        self.service
            .api("POST", &messages, Some(&json!({ "text": MESSAGE })), &token);
        let (agent, approver) = (self.agent.clone(), self.approver.clone());
        let act = |token: &str, action: Value| self.service.act(&reference, token, action);
        act(
            &agent,
            json!({ "action": "accept_identity", "method": "in_person" }),
        );
        act(&agent, json!({ "action": "message", "text": REPLY }));
        act(&agent, json!({ "action": "note", "text": NOTE }));
        act(&agent, json!({ "action": "plan", "account": null }));
        let confirmation = format!("/requests/{reference}/confirmation");
        let _confirmed = self
            .service
            .call("POST", &confirmation, Some(&json!({ "accept": true })), &token);
        self.secrets.add("a token", token);

        let mut crm = self.service.owner("sample_crm");
        crm.batch_execute("REVOKE DELETE ON ALL TABLES IN SCHEMA public FROM dataratt_connector")
            .unwrap();
        act(&approver, json!({ "action": "approve" }));
        self.until(&reference, "attention", &["system_failed", "job_parked"]);
        crm.batch_execute("GRANT DELETE ON ALL TABLES IN SCHEMA public TO dataratt_connector")
            .unwrap();
        act(&agent, json!({ "action": "retry" }));
        self.until(&reference, "state", &["answered", "closed"]);
        self.recipients_answer();
    }

    fn until(&self, reference: &str, field: &str, wanted: &[&str]) {
        let path = format!("/cases/{reference}");
        let reached = within(std::time::Duration::from_secs(60), || {
            let case = self.service.api("GET", &path, None, &self.agent);
            let value = case[field].to_string();
            wanted.iter().any(|it| value.contains(it)).then_some(())
        });
        assert!(reached.is_some(), "{field} never becomes one of {wanted:?}");
    }

    fn recipients_answer(&mut self) {
        let is_notice = |mail: &Mail| mail.find_link("/notices/").is_some();
        self.service.sink.wait_for(is_notice);
        for mail in self.service.sink.mails().iter().filter(|mail| is_notice(mail)) {
            let link = mail.link("/notices/");
            let token = link.rsplit('/').next().unwrap().to_owned();
            let path = format!("/notices/{token}");
            let answer = json!({ "code": mail.code(), "outcome": "no_data_found", "comment": COMMENT });
            let answered = self.service.call("POST", &path, Some(&answer), "").unwrap();
            assert!(answered.0 < 500, "{answered:?}");
            self.secrets.add("a notice's token", token);
            self.secrets.add("a notice's code", mail.code());
        }
    }

    /// Looks everywhere.
    fn look(&self, email: &str) {
        let service = self.service;
        let log = fs::read_to_string(service.log()).unwrap();
        self.secrets.absent("the log", log.as_bytes());
        self.secrets.absent_below(&service.database_log());
        // Sums of seconds have digits enough to look like any number.
        let figures = service.metrics();
        let figures: Vec<&str> = figures
            .lines()
            .filter(|line| !line.contains("_seconds_sum"))
            .collect();
        self.secrets.absent("the figures", figures.join("\n").as_bytes());
        let stored = stored(service);
        for (place, value) in &stored {
            self.secrets.absent(place, value);
        }
        // What may stand there is there: we did look.
        assert!(log.lines().count() > 20, "{log}");
        assert!(log.contains("/api/v1/requests"));
        assert!(fs::read_dir(service.database_log()).unwrap().count() > 0);
        assert!(service.metrics().contains("dataratt_jobs_total"));
        let has = |what: &[u8]| stored.iter().any(|(_, value)| value == what);
        assert!(has(b"erasure") && has(b"agent@host.example") && has(b"answered"));
        for mail in service.sink.mails() {
            self.secrets.absent("the head of a mail", head(&mail).as_bytes());
            if !mail.is_to(email) && mail.find_link("/notices/").is_some() {
                let own = [
                    mail.link("/notices/").rsplit('/').next().unwrap().to_owned(),
                    mail.code(),
                ];
                let others = self
                    .secrets
                    .0
                    .iter()
                    .filter(|(_, value)| !own.contains(value))
                    .cloned();
                Secrets(others.collect()).absent("a recipient's mail", mail.text().as_bytes());
            }
        }
    }
}

#[test]
#[should_panic(expected = "a name is in there")]
fn a_secret_in_the_open_is_seen() {
    let secrets = Secrets(vec![("a name".to_owned(), NAME.to_owned())]);
    secrets.absent("elsewhere", b"nothing of the kind");
    secrets.absent("there", format!("\u{feff}å {} x", NAME.to_uppercase()).as_bytes());
}

#[rstest::rstest]
#[case("json")]
#[case("human")]
fn what_people_tell_stays_sealed(#[case] format: &'static str) {
    let service = Service::with_people(60, format, "trace");
    let people = service.people();
    let person = people.iter().find(|person| person.email.is_some()).unwrap();
    let email = person.email.clone().unwrap();
    let (agent, approver) = (service.staff("agent"), service.staff("approver"));
    let mut flow = Flow {
        service: &service,
        secrets: Secrets(vec![]),
        agent,
        approver,
    };
    for (what, value) in [
        ("a message", MESSAGE),
        ("a reply", REPLY),
        ("a note", NOTE),
        ("a comment", COMMENT),
        ("a name", NAME),
        ("a personal number", PERSONAL_NUMBER),
        ("a personal number", &PERSONAL_NUMBER[2..]),
        ("an address", &email),
        ("a name on file", &person.name),
        ("a customer number", &person.customer_number),
        ("a password", PASSWORD),
    ] {
        flow.secrets.add(what, value);
    }
    flow.secrets.add("a session", flow.agent.clone());
    flow.secrets.add("a session", flow.approver.clone());
    flow.mistakes(&email);
    flow.secrets
        .absent("an address of a page", flow.form(&email).as_bytes());
    flow.whole_journey(person, &email);
    flow.look(&email);
}
