//! Working on a case by its page.

use dataratt::domain::staff::Role;
use dataratt::services::intake::Typed;

use super::{Staff, case_path, offered, take_in};
use crate::pages::site::Site;

fn put(site: &Site) -> String {
    let typed = Typed {
        right: Some("access".into()),
        email: Some("anna@okand.example".into()),
        personal_number: Some("20000101-2384".into()),
        ..Typed::default()
    };
    take_in(site, &typed).reference.to_string()
}

#[test]
fn a_case_is_taken_and_worked_on_and_every_look_is_recorded() {
    let site = Site::new();
    let agent = Staff::of(&site, Role::Agent);
    let reference = put(&site);
    let page = agent.case(&reference);
    assert!(
        page.text().contains("20000101-****") && !page.reply.text.contains("2384"),
        "masked"
    );
    assert_eq!(page.all("button.primary").len(), 1, "one next step");
    let page = agent.acts(&page, "claim", &[]);
    assert!(page.text().contains("Ärendet är ditt."), "{}", page.text());
    assert!(
        page.all(".desk-side")
            .first()
            .unwrap()
            .text()
            .any(|text| text == agent.email)
    );
    assert!(!offered(&page).contains(&"claim".to_owned()), "it is taken");
    let page = agent.acts(&page, "note", &[("text", "Ringde, inget svar.\nProvar igen.")]);
    assert!(page.text().contains("Anteckningen är sparad."));
    assert!(page.text().contains("Ringde, inget svar."));
    let page = agent.acts(&page, "hold", &[]);
    assert!(
        page.text()
            .contains("Rättslig spärr: inget raderas förrän den hävs.")
    );
    let page = agent.acts(&page, "lift_hold", &[]);
    assert!(!page.text().contains("inget raderas förrän"));
    assert!(page.text().contains("Läste ärendet"), "{}", page.text());
    let reads = "SELECT count(*) FROM audit_events WHERE action = 'case_read'";
    assert_eq!(
        site.database.count(reads),
        1,
        "one look, however often the page is opened in it"
    );
    site.advance(chrono::TimeDelta::minutes(16));
    agent.case(&reference);
    assert_eq!(site.database.count(reads), 2);
    let english = agent
        .see(&format!("{}?lang=en", case_path(&reference)))
        .expect(200);
    assert!(english.text().contains("Read the case"));
    assert!(
        !english.reply.text.contains('⟦') && !page.reply.text.contains('⟦'),
        "every text is there"
    );
}

#[test]
fn what_is_stale_says_so_and_loses_nothing_typed() {
    let site = Site::new();
    let (one, other) = (Staff::of(&site, Role::Agent), Staff::of(&site, Role::Agent));
    let reference = put(&site);
    let page = one.case(&reference);
    other.acts(&other.case(&reference), "claim", &[]);
    let words = [("reason", "En lång <motivering>"), ("ground", "excessive")];
    let again = one.act(&page, "note", &[("text", "Det jag skrev")]).expect(409);
    assert!(
        again.text().contains("Ärendet ändrades av någon annan."),
        "{}",
        again.text()
    );
    assert_eq!(
        again
            .all("#note-text")
            .first()
            .unwrap()
            .text()
            .collect::<String>(),
        "Det jag skrev"
    );
    assert!(
        again.all("details.act[open] #note-text").len() == 1,
        "it stands open"
    );
    assert!(again.text().contains(&other.email), "it is the page of now");
    let done = one.acts(&again, "note", &[("text", "Det jag skrev")]);
    assert!(done.text().contains("Det jag skrev"));
    // A refusal needs an identified person or that ground; either way the words stay.
    let fields = one.act(&done, "refuse", &words);
    if fields.reply.status != 303 {
        assert_eq!(fields.value("reason"), "En lång <motivering>");
    }
}

#[test]
fn what_is_missing_is_named_and_the_rest_is_kept() {
    let site = Site::new();
    let agent = Staff::of(&site, Role::Agent);
    let reference = put(&site);
    let page = agent.case(&reference);
    let empty = agent.act(&page, "note", &[("text", " ")]).expect(422);
    assert!(empty.text().contains("Skriv något"), "{}", empty.text());
    let long = "å".repeat(4001);
    let long = agent.act(&page, "message", &[("text", &long)]).expect(422);
    assert!(long.text().contains("högst 4 000 tecken"), "{}", long.text());
    let unknown = agent.act(
        &page,
        "assign",
        &[("assignee", "00000000-0000-0000-0000-000000000001")],
    );
    assert!(unknown.expect(422).text().contains("kan inte handlägga ärenden"));
    let dpo = Staff::of(&site, Role::Dpo);
    let members = dataratt::services::accounts::list(&site, &dataratt::domain::staff::Actor::System).unwrap();
    let id = members
        .iter()
        .find(|member| member.email == dpo.email)
        .unwrap()
        .id
        .to_string();
    agent.act(&page, "assign", &[("assignee", &id)]).expect(422);
    let offered = page.all("#assign-to option[value]");
    assert_eq!(offered.len(), 2, "nobody, and the one who handles cases");
}

#[test]
fn an_action_that_is_not_offered_is_refused_on_the_page() {
    let site = Site::new();
    let agent = Staff::of(&site, Role::Agent);
    let reference = put(&site);
    let page = agent.case(&reference);
    let send = |action: &str| {
        let fields = [
            ("csrf", page.value("csrf")),
            ("version", page.value("version")),
            ("action", action.into()),
        ];
        let fields = fields.map(|(name, value)| (name.to_owned(), value));
        agent.submit(&format!("{}/actions", case_path(&reference)), &fields)
    };
    assert!(
        send("approve")
            .expect(403)
            .text()
            .contains("Din roll får inte göra det.")
    );
    assert!(
        send("stop")
            .expect(409)
            .text()
            .contains("Det går inte att göra i det här läget.")
    );
    assert!(send("reopen").expect(409).title().starts_with("Tillgång"));
    send("no_such_action").expect(422);
}

#[test]
fn who_only_reads_is_offered_nothing_that_changes() {
    let site = Site::new();
    let reference = put(&site);
    let auditor = Staff::of(&site, Role::Auditor);
    assert!(offered(&auditor.case(&reference)).is_empty());
    let dpo = Staff::of(&site, Role::Dpo);
    assert_eq!(
        offered(&dpo.case(&reference)),
        ["advise", "note", "report_incident"]
    );
}
