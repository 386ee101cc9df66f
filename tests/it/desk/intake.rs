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
fn the_ground_of_a_restriction_is_typed_in_and_chosen_when_it_is_granted() {
    let site = Site::new();
    let agent = Staff::of(&site, Role::Agent);
    let form = agent.see(PATH).expect(200);
    let fill = [
        ("channel", "phone"),
        ("right", "restriction"),
        ("restriction_ground", "claims"),
        ("email", &site.host.people()[0].email.clone().unwrap()),
    ];
    let sent = agent.submit(PATH, &form.form(PATH, &fill));
    site.work();
    let page = agent.follow(&sent).expect(200);
    assert!(
        page.text()
            .contains("Personen behöver uppgifterna för rättsliga anspråk")
    );
    let page = agent.acts(&page, "accept_identity", &[("method", "in_person")]);
    let chosen = |page: &crate::pages::site::Seen| {
        let chosen = page.all("#ground option[selected]");
        chosen
            .iter()
            .filter_map(|one| one.attr("value").map(str::to_owned))
            .collect::<Vec<_>>()
    };
    assert_eq!(chosen(&page), ["claims"]);
    // What was ticked stays when something is wrong.
    let wrong = [
        ("ground", "accuracy"),
        ("item_contact", "true"),
        ("allowed_legal_claims", "true"),
        ("services", "pause"),
        ("expected_end", "2020-01-01"),
    ];
    let again = agent.act(&page, "grant", &wrong).expect(422);
    assert_eq!(chosen(&again), ["accuracy"]);
    assert_eq!(again.value("expected_end"), "2020-01-01");
    for ticked in ["item_contact", "allowed_legal_claims", "services"] {
        assert_eq!(
            again.all(&format!("[name={ticked}][checked]")).len(),
            1,
            "{ticked}"
        );
    }
    let wrong = [
        ("right", "restriction"),
        ("restriction_ground", "because"),
        ("email", "anna@kund.example"),
    ];
    let again = agent.submit(PATH, &form.form(PATH, &wrong)).expect(422);
    assert!(
        again.marked().contains(&"restriction_ground".to_owned()),
        "{:?}",
        again.marked()
    );
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
