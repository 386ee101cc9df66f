//! An erasure by the pages: prepared by one, approved by another, carried out, answered.

use dataratt::domain::staff::Role;
use dataratt::services::planning;

use super::{Staff, case_path, offered, take_in};
use crate::pages::site::{Seen, Site};

/// An erasure that one member of staff prepared and its person confirmed; its reference.
fn prepared(site: &Site, agent: &Staff<'_>) -> String {
    let person = site
        .host
        .people()
        .into_iter()
        .find(|person| !person.services.is_empty())
        .unwrap();
    let case = site.asks("erasure", &person);
    let reference = case.reference.to_string();
    let page = agent.acts(&agent.case(&reference), "claim", &[]);
    let page = agent.acts(&page, "accept_identity", &[("method", "in_person")]);
    assert_eq!(
        page.all("button.primary")[0].text().collect::<String>(),
        "Gör en plan"
    );
    let page = agent.acts(&page, "plan", &[]);
    assert!(page.text().contains("Personen måste säga ja"), "{}", page.text());
    assert!(
        page.text().contains("bokföringslagen"),
        "the law behind what is kept"
    );
    planning::confirm(site, case.id, None).unwrap();
    reference
}

fn short_hash(page: &Seen) -> String {
    page.value("confirm")
}

#[test]
fn what_one_prepares_another_approves_after_reading_it() {
    let site = Site::new();
    let (agent, approver) = (Staff::of(&site, Role::Approver), Staff::of(&site, Role::Approver));
    let reference = prepared(&site, &agent);
    let own = agent.case(&reference);
    assert!(!offered(&own).contains(&"approve".to_owned()), "one's own plan");
    let hash = short_hash(&approver.case(&reference));
    let sent = [
        ("csrf", own.value("csrf")),
        ("version", own.value("version")),
        ("action", "approve".into()),
        ("confirm", hash),
    ];
    let sent = sent.map(|(name, value)| (name.to_owned(), value));
    let refused = agent
        .submit(&format!("{}/actions", case_path(&reference)), &sent)
        .expect(403);
    assert!(
        refused.text().contains("En annan person måste godkänna"),
        "{}",
        refused.text()
    );

    let page = approver.case(&reference);
    let form = page.all("form:has(input[name=action][value=approve])");
    let asked: String = form[0].text().collect();
    assert!(
        asked.contains("Raderar ") && asked.contains("sparar "),
        "it says how much: {asked}"
    );
    let unread = approver.act(&page, "approve", &[]).expect(422);
    assert!(
        unread.text().contains("Kryssa i att du har läst planen"),
        "{}",
        unread.text()
    );
    approver
        .act(&page, "approve", &[("confirm", "00000000")])
        .expect(422);
    let hash = short_hash(&page);
    assert_eq!(hash.len(), 8);
    let page = approver.acts(&page, "approve", &[("confirm", &hash)]);
    assert!(page.text().contains("Godkänt."));
    site.work();
    let page = approver.case(&reference);
    assert!(page.text().contains("Besvarat"), "{}", page.text());
    assert!(page.text().contains("Så långt har raderingen kommit"));
    assert!(page.text().contains("Kontrollera"), "each step is told");
}

#[test]
fn a_plan_that_changed_under_ones_eyes_is_not_approved() {
    let site = Site::new();
    let (agent, approver) = (Staff::of(&site, Role::Agent), Staff::of(&site, Role::Approver));
    let reference = prepared(&site, &agent);
    let page = approver.case(&reference);
    agent.acts(&agent.case(&reference), "plan", &[]);
    let stale = approver
        .act(&page, "approve", &[("confirm", &short_hash(&page))])
        .expect(409);
    assert!(
        stale.text().contains("Ärendet ändrades av någon annan."),
        "{}",
        stale.text()
    );
}

#[test]
fn a_prepared_refusal_is_read_with_its_reasons_and_sent_back_or_approved() {
    let site = Site::new();
    let (agent, approver) = (Staff::of(&site, Role::Agent), Staff::of(&site, Role::Approver));
    let reference = prepared(&site, &agent);
    let reason = [
        ("ground", "no_erasure_ground_17_1"),
        ("reason", "Avtalet löper till maj."),
    ];
    agent.acts(&agent.case(&reference), "refuse", &reason);
    let page = approver.case(&reference);
    assert!(page.text().contains("Avtalet löper till maj."), "{}", page.text());
    assert!(page.text().contains("artikel 17.1"), "the ground in words");
    assert!(page.all("input[name=confirm]").is_empty(), "no plan is approved");
    let page = approver.acts(&page, "reject", &[("reason", "Vilket avtal?")]);
    assert!(page.text().contains("Vilket avtal?"), "the preparer can read why");
    agent.acts(&agent.case(&reference), "refuse", &reason);
    let page = approver.acts(&approver.case(&reference), "approve", &[]);
    assert!(page.text().contains("Avslaget"), "{}", page.text());
}

#[test]
fn answers_that_come_by_other_ways_are_recorded() {
    let site = Site::new();
    let (agent, approver) = (Staff::of(&site, Role::Agent), Staff::of(&site, Role::Approver));
    let reference = prepared(&site, &agent);
    let page = approver.case(&reference);
    approver.acts(&page, "approve", &[("confirm", &short_hash(&page))]);
    site.work();
    let page = agent.case(&reference);
    let recipients = page.all("form:has(input[value=record_answer]) input[name=recipient]");
    let recipient = recipients[0].attr("value").unwrap().to_owned();
    let kept = [
        ("recipient", recipient.as_str()),
        ("outcome", "refused"),
        ("ground", "legal_obligation"),
    ];
    let wrong = agent.act(&page, "record_answer", &kept).expect(422);
    assert!(wrong.text().contains("Ange vilken lag"), "{}", wrong.text());
    let open = wrong.all("details.act[open]:has(input[value=record_answer])");
    assert_eq!(open.len(), 1, "the form stands open with what was typed");
    assert_eq!(
        wrong.all(&format!("#outcome-{recipient} option[selected]"))[0].attr("value"),
        Some("refused")
    );
    let whole = [
        &kept[..],
        &[("statute", "7 kap. <2 §> BFL"), ("comment", "Per telefon <idag>")],
    ]
    .concat();
    let done = agent.acts(&wrong, "record_answer", &whole);
    assert!(done.text().contains("Svaret är antecknat."), "{}", done.text());
    assert!(done.text().contains("7 kap. <2 §> BFL"));
    assert!(done.text().contains("Per telefon <idag>"));
    let tasks = done.all(".task dd");
    let manual = "SELECT count(*) FROM notices WHERE why = 'manual_task' AND state = 'queued'";
    assert_eq!(
        site.database.count(manual) > 0,
        !tasks.is_empty(),
        "what is done by hand says for whom"
    );
}

#[test]
fn look_alikes_are_shown_as_left_alone() {
    let site = Site::new();
    let agent = Staff::of(&site, Role::Agent);
    for person in site.host.people() {
        let Some(email) = person.email.clone() else {
            continue;
        };
        let typed = dataratt::services::intake::Typed {
            right: Some("erasure".into()),
            email: Some(email),
            customer_number: Some(person.customer_number.clone()),
            ..Default::default()
        };
        let case = take_in(&site, &typed);
        let page = agent.case(case.reference.as_str());
        if page.text().contains("Liknar, men lämnas i fred") {
            let why = [
                "den delas av flera",
                "att det är någon annan",
                "Hör till ett företag",
            ];
            assert!(why.iter().any(|why| page.text().contains(why)), "{}", page.text());
            return;
        }
    }
    panic!("the sample host has no look-alike");
}

#[test]
fn among_accounts_that_fit_staff_choose_on_the_page() {
    let site = Site::new();
    let agent = Staff::of(&site, Role::Agent);
    let mut shared = std::collections::BTreeMap::<String, usize>::new();
    for person in site.host.people() {
        *shared.entry(person.email.unwrap_or_default()).or_default() += 1;
    }
    let (email, _) = shared
        .into_iter()
        .find(|(email, count)| *count > 1 && !email.is_empty())
        .expect("two people of the sample host share an address");
    let typed = dataratt::services::intake::Typed {
        right: Some("erasure".into()),
        email: Some(email),
        ..Default::default()
    };
    let reference = take_in(&site, &typed).reference.to_string();
    let page = agent.case(&reference);
    assert!(page.text().contains("Flera konton passar"), "{}", page.text());
    let page = agent.acts(&page, "accept_identity", &[("method", "in_person")]);
    let choices = page.all("input[name=account]");
    assert!(choices.len() > 1, "{}", page.text());
    let account = choices[0].attr("value").unwrap().to_owned();
    let none = agent.act(&page, "plan", &[]).expect(409);
    assert!(
        none.text().contains("Välj vilket som är personens."),
        "{}",
        none.text()
    );
    let page = agent.acts(&page, "plan", &[("account", &account)]);
    assert!(page.text().contains("Raderingsplan"), "{}", page.text());
    agent.act(&page, "plan", &[("account", "{not json")]).expect(422);
}
