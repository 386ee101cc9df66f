//! Typing in what came by other ways.

use dataratt::domain::staff::Role;

use super::Staff;
use crate::pages::site::Site;

const PATH: &str = "/staff/cases/new";

#[test]
fn the_clock_runs_from_when_it_came_by_swedish_time() {
    let site = Site::new();
    let agent = Staff::of(&site, Role::Agent);
    let form = agent.see(PATH).expect(200);
    assert_eq!(
        form.value("received_at"),
        "2026-11-23T09:00",
        "now, by Swedish time"
    );
    let fill = [
        ("channel", "letter"),
        ("received_at", "2026-10-05T00:30"),
        ("right", "access"),
        ("email", "anna@okand.example"),
        ("language", "en"),
        ("message", "Jag vill se allt."),
        ("acting_name", "Per Öberg"),
        ("acting_relation", "fullmakt"),
    ];
    let sent = agent.submit(PATH, &form.form(PATH, &fill));
    let page = agent.follow(&sent).expect(200);
    let text = page.text();
    for shown in [
        "Ärendet ligger i kön.",
        "Brev",
        "2026-10-05 00:30",
        "2026-11-05",
        "Per Öberg, fullmakt",
        "Jag vill se allt.",
        "English",
    ] {
        assert!(text.contains(shown), "{shown}: {text}");
    }
}

#[test]
fn everything_that_is_wrong_is_named_at_once_and_kept() {
    let site = Site::new();
    let agent = Staff::of(&site, Role::Agent);
    let form = agent.see(PATH).expect(200);
    let fill = [
        ("channel", "pigeon"),
        ("received_at", "2026-11-23T09:01"),
        ("right", ""),
        ("email", "not an address"),
        ("personal_number", "20000101-0000"),
        ("acting_name", "Per Öberg"),
    ];
    let again = agent.submit(PATH, &form.form(PATH, &fill)).expect(422);
    let marked = [
        "channel",
        "received_at",
        "right",
        "email",
        "personal_number",
        "acting_relation",
    ];
    assert_eq!(again.marked(), marked);
    assert_eq!(again.all(".errors li").len(), marked.len());
    assert_eq!(again.value("personal_number"), "20000101-0000");
    assert_eq!(again.all("details.acting[open]").len(), 1);
    assert_eq!(site.cases(), 0);
    let nobody = [("channel", "phone"), ("right", "access"), ("name", "Anna")];
    let again = agent.submit(PATH, &form.form(PATH, &nobody)).expect(422);
    assert_eq!(again.marked(), ["email"]);
    assert!(
        again
            .text()
            .contains("Skriv e-postadress, kundnummer eller personnummer"),
        "{}",
        again.text()
    );
    assert_eq!(site.cases(), 0);
}
