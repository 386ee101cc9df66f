//! Services that are slow, wrong, endless or elsewhere: each gives a clear reason, and nothing is taken for what it is not.

use std::collections::BTreeMap;
use std::io::{Read, Write};
use std::net::TcpListener;
use std::time::{Duration, Instant};

use dataratt::domain::grant::Correction;
use dataratt::domain::matching::RowKey;
use dataratt::services::ports::SystemError;

use super::service::{Service, Wrong};
use super::{connected, email, mapped, of};

const ANNA: &str = "anna@kund.example";

fn people() -> [&'static str; 7] {
    [
        ANNA,
        "bo@kund.example",
        "anna@kund.example",
        ANNA,
        ANNA,
        ANNA,
        "cia@kund.example",
    ]
}

/// Fails to find anybody, for a reason that says so and may pass or not.
fn fails(wrong: Wrong, retryable: bool, why: &str) {
    let service = Service::with(people());
    service.state(|state| state.wrong = wrong);
    let (mapped, system) = of(&service);
    let error = system.find(&mapped.tables[0], &email(ANNA), 100).unwrap_err();
    assert_eq!(error.retryable(), retryable, "{error}");
    let text = error.to_string();
    assert!(text.contains(why), "{wrong:?}: {text}");
    assert!(!text.contains("anna") && !text.contains("sesame"), "{text}");
}

#[test]
fn what_a_service_does_wrong_has_its_reason() {
    fails(Wrong::IgnoresFilter, false, "not those asked for");
    fails(Wrong::OtherTotal, true, "another number of rows");
    fails(Wrong::Endless, false, "more pages than max_pages");
    fails(Wrong::Circle, false, "in a circle");
    fails(Wrong::Redirects, false, "redirects, which is not followed");
    fails(Wrong::Expires(1), false, "does not take the credentials (401)");
    fails(Wrong::Busy, true, "answers 503");
}

#[test]
fn every_page_is_read_and_a_service_that_gives_everybody_is_seen_by_check() {
    let service = Service::with(people());
    let (mapped, system) = of(&service);
    let found = system.find(&mapped.tables[0], &email(ANNA), 100).unwrap();
    let keys: Vec<&str> = found.iter().map(|row| row.key.0[0].as_str()).collect();
    assert_eq!(keys, ["c0", "c2", "c3", "c4", "c5"]);
    assert!(found.iter().all(|row| row.keys.email.as_deref() == Some(ANNA)));
    assert_eq!(system.check().unwrap(), []);
    service.state(|state| state.wrong = Wrong::IgnoresFilter);
    let findings = system.check().unwrap();
    assert_eq!(
        (findings[0].name.as_str(), findings[0].code),
        ("contacts", "filter_ignored")
    );
    service.state(|state| state.wrong = Wrong::Expires(0));
    assert_eq!(system.check().unwrap()[0].code, "call_refused");
}

#[test]
fn a_next_page_or_an_address_elsewhere_is_never_asked_for() {
    let service = Service::with(people());
    service.state(|state| state.wrong = Wrong::NextElsewhere);
    let mut mapped = mapped(&service.base);
    let find = &mut mapped.tables[0].http.as_mut().unwrap().find[0];
    find.next = "/link".to_owned().try_into().ok();
    find.next_parameter = None;
    let system = connected(&mapped).unwrap();
    let error = system.find(&mapped.tables[0], &email(ANNA), 100).unwrap_err();
    assert!(error.to_string().contains("another host"), "{error}");
    for inside in [
        "127.0.0.1",
        "2130706433",
        "0x7f000001",
        "0177.0.0.1",
        "[::1]",
        "[::ffff:127.0.0.1]",
        "localhost",
        "0",
    ] {
        let port = service.base.rsplit(':').next().unwrap();
        for scheme in ["http", "https"] {
            let mut closed = super::mapped(&format!("{scheme}://{inside}:{port}"));
            closed.http.as_mut().unwrap().allow_addresses.clear();
            let before = service.state(|state| state.calls.len());
            let system = connected(&closed).unwrap();
            let error = system.find(&closed.tables[0], &email(ANNA), 100).unwrap_err();
            assert!(error.to_string().contains("allow_addresses"), "{inside}: {error}");
            assert_eq!(service.state(|state| state.calls.len()), before);
        }
    }
}

/// A server that answers every connection with `answer`, then keeps it open or not.
fn raw(answer: &'static [u8], keeps_open: bool) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        let mut open = Vec::new();
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let mut asked = [0; 2048];
            let _read = stream.read(&mut asked);
            let _written = stream.write_all(answer);
            if keeps_open {
                open.push(stream);
            }
        }
    });
    url
}

#[rstest::rstest]
#[case::silent(b"", true, "took too long")]
#[case::slow(b"HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\n{", true, "took too long")]
#[case::cut(
    b"HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\n{\"data\":[",
    false,
    "breaks off"
)]
#[case::half(
    b"HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n{\"data\":[",
    false,
    "no whole JSON"
)]
#[case::other(b"220 mail.example ESMTP\r\n", false, "")]
#[case::hung_up(b"", false, "")]
fn a_service_that_does_not_answer_whole_may_later(
    #[case] answer: &'static [u8],
    #[case] keeps_open: bool,
    #[case] why: &str,
) {
    let mapped = mapped(&raw(answer, keeps_open));
    let begun = Instant::now();
    let error = connected(&mapped)
        .unwrap()
        .find(&mapped.tables[0], &email(ANNA), 100)
        .unwrap_err();
    assert!(error.retryable() && error.to_string().contains(why), "{error}");
    assert!(begun.elapsed() < Duration::from_secs(8));
}

#[test]
fn an_answer_without_end_is_cut_off_and_one_without_rows_is_none() {
    static LONG: [u8; 200_000] = [b' '; 200_000];
    let head = b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n30d40\r\n";
    let whole: &'static [u8] = Vec::leak([head.as_slice(), &LONG].concat());
    let too_long = mapped(&raw(whole, false));
    let error = connected(&too_long)
        .unwrap()
        .find(&too_long.tables[0], &email(ANNA), 9)
        .unwrap_err();
    assert!(error.to_string().contains("max_bytes"), "{error}");
    let other = mapped(&raw(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n[]", false));
    let error = connected(&other)
        .unwrap()
        .find(&other.tables[0], &email(ANNA), 9)
        .unwrap_err();
    assert!(error.to_string().contains("without rows"), "{error}");
    let nobody = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let away = mapped(&format!("http://{nobody}"));
    let error = connected(&away)
        .unwrap()
        .find(&away.tables[0], &email(ANNA), 9)
        .unwrap_err();
    assert_eq!(error.code(), "system_unavailable", "{error}");
}

#[test]
fn a_missing_key_and_an_address_that_is_none_are_told() {
    let mut mapped = mapped("https://crm.example/v1");
    mapped
        .http
        .as_mut()
        .unwrap()
        .headers
        .insert("X-Key".to_owned(), "env:OTHER_KEY".to_owned());
    let error = connected(&mapped).err().unwrap();
    assert!(error.to_string().contains("OTHER_KEY"), "{error}");
    for wrong in [
        "crm.example",
        "ftp://crm.example",
        "https://",
        "https://crm.example/?a=b",
    ] {
        let error = connected(&super::mapped(wrong)).err().unwrap();
        assert!(
            matches!(error, SystemError::NotConnected { .. }),
            "{wrong}: {error}"
        );
    }
}

#[test]
fn values_are_set_like_those_that_stood_there_and_never_over_what_changed() {
    let service = Service::with(people());
    let (_, system) = of(&service);
    let key = RowKey(vec!["c1".to_owned()]);
    let roots = BTreeMap::from([("contacts".to_owned(), vec![key.clone()])]);
    let before = system.accounts(&roots).unwrap();
    assert_eq!(system.freeze(&roots).unwrap(), 1);
    assert_eq!(
        service.state(|state| state.contacts["c1"]["blocked"].clone()),
        true
    );
    assert_eq!(system.thaw(&before).unwrap(), 1);
    assert_eq!(
        service.state(|state| state.contacts["c1"]["blocked"].clone()),
        false
    );
    assert_eq!(system.thaw(&before).unwrap(), 0, "it is frozen no more");
    let set = |column: &str, old: Option<&str>, new: Option<&str>| Correction {
        key: key.clone(),
        column: column.to_owned(),
        old: old.map(str::to_owned),
        new: new.map(str::to_owned),
    };
    let good = [set("score", Some("7"), Some("8")), set("note", None, Some("å"))];
    assert_eq!(system.rectify("contacts", &good).unwrap(), 0);
    assert_eq!(
        system.rectify("contacts", &good).unwrap(),
        0,
        "a second time changes nothing"
    );
    assert_eq!(system.unrectified("contacts", &good).unwrap(), 0);
    assert_eq!(service.state(|state| state.contacts["c1"]["score"].clone()), 8);
    let stale = [set("score", Some("7"), Some("9")), set("note", Some("å"), None)];
    assert_eq!(system.rectify("contacts", &stale).unwrap(), 1);
    assert_eq!(
        service.state(|state| state.contacts["c1"]["note"].clone()),
        "å",
        "nothing was set"
    );
    assert_eq!(system.unrectified("contacts", &stale).unwrap(), 2);
}

#[test]
fn a_key_never_leads_to_another_row() {
    let service = Service::with(people());
    let (_, system) = of(&service);
    let delete = |id: &str| system.delete("contacts", &[RowKey(vec![id.to_owned()])]);
    assert_eq!(delete("../contacts/c1").unwrap(), 0);
    assert_eq!(delete("c1?x=").unwrap(), 0);
    assert!(delete("..").is_err());
    service.state(|state| state.wrong = Wrong::OtherRow);
    let key = RowKey(vec!["c0".to_owned()]);
    let error = system.digests("contacts", &[key]).unwrap_err();
    assert!(error.to_string().contains("another row"), "{error}");
    assert_eq!(service.state(|state| state.erased.clone()), Vec::<String>::new());
}
