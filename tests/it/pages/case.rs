//! The page of a case: what the person sees of it and does with it.

use std::time::Duration;

use dataratt::domain::ids::Reference;
use dataratt::domain::staff::{Actor, Role};
use dataratt::services::handling::Action;
use dataratt::services::planning::AskedPlan;

use super::site::{Seen, Site};

struct Asked {
    site: Site,
    agent: Actor,
    approver: Actor,
    email: String,
    reference: Reference,
}

/// A person with live services asks for erasure, opens the case, and staff plan it.
fn planned(cool_off: Duration) -> Asked {
    let site = Site::with(|world| {
        world.app.ctx.policy.cool_off = cool_off;
        world.ctx.policy.cool_off = cool_off;
    });
    let (agent, approver) = (site.staff(Role::Agent), site.staff(Role::Approver));
    let email = site.host.people()[0].email.clone().unwrap();
    let (reference, _) = site.open_case("erasure", &email);
    let reference = Reference::parse(&reference).unwrap();
    let accept = Action::AcceptIdentity {
        method: "in_person".into(),
    };
    site.act(&agent, &reference, &accept).unwrap();
    site.act(&agent, &reference, &Action::Plan(AskedPlan::default()))
        .unwrap();
    Asked {
        site,
        agent,
        approver,
        email,
        reference,
    }
}

impl Asked {
    fn place(&self, end: &str) -> String {
        format!("/requests/{}{end}", self.reference)
    }

    #[track_caller]
    fn page(&self) -> Seen {
        self.site.see(&self.place("")).expect(200)
    }

    #[track_caller]
    fn fill(&self, end: &str, fill: &[(&str, &str)]) -> Seen {
        self.site.fill(&self.page(), &self.place(end), fill)
    }

    fn state(&self) -> &'static str {
        self.site.find(&self.reference).case.state.name()
    }
}

#[test]
fn the_consequences_are_shown_and_confirmed_before_anything_happens() {
    let asked = planned(Duration::ZERO);
    let page = asked.page();
    let text = page.text();
    assert!(!page.all(".ending li").is_empty(), "what ends");
    assert!(text.contains("bokföringslagen"), "what is kept, and why");
    assert!(!page.all(".names li").is_empty(), "who is told");
    let unsure = asked.fill("/confirmation", &[]).expect(422);
    assert_eq!(unsure.marked(), ["accept"]);
    let sent = asked.fill("/confirmation", &[("accept", "true")]);
    let page = asked.site.follow(&sent).expect(200);
    assert_eq!(page.all("[role=status]").len(), 1, "it says so once");
    assert!(page.all("form[action$=confirmation]").is_empty());
    assert!(asked.page().all("[role=status]").is_empty(), "and not again");
    assert_eq!(asked.state(), "assessing");

    asked
        .site
        .act(&asked.approver, &asked.reference, &Action::Approve)
        .unwrap();
    asked.site.work();
    let page = asked.page();
    let answer = page.all("section.answer");
    assert_eq!(answer.len(), 1, "{}", page.text());
    let answer: String = answer[0].text().collect();
    assert!(
        answer.contains("2026-11-23") && answer.contains("bokföringslagen"),
        "{answer}"
    );
    assert!(!page.all(".told li").is_empty());
    assert!(page.all(".timeline li").len() >= 5);
}

#[test]
fn a_plan_that_was_made_anew_must_be_read_anew() {
    let asked = planned(Duration::ZERO);
    let mut fields = asked
        .page()
        .form(&asked.place("/confirmation"), &[("accept", "true")]);
    for field in fields.iter_mut().filter(|(name, _)| name == "plan") {
        assert!(!field.1.is_empty(), "the plan shown is not named");
        field.1 = "0".repeat(field.1.len());
    }
    asked
        .site
        .submit(&asked.place("/confirmation"), &fields)
        .expect(409);
}

#[test]
fn an_approved_erasure_is_stopped_at_one_click() {
    let asked = planned(Duration::from_hours(24));
    asked.fill("/confirmation", &[("accept", "true")]).leads_to();
    asked
        .site
        .act(&asked.approver, &asked.reference, &Action::Approve)
        .unwrap();
    assert_eq!(asked.state(), "approved");
    assert!(
        asked.page().text().contains("2026-11-24 09:00"),
        "{}",
        asked.page().text()
    );
    let page = asked.site.follow(&asked.fill("/withdrawal", &[])).expect(200);
    assert_eq!(page.all("[role=status]").len(), 1);
    assert_ne!(asked.state(), "approved");
    assert_eq!(
        asked.site.host.people()[0].email.as_deref(),
        Some(asked.email.as_str())
    );
}

#[test]
fn withdrawing_asks_once_more_and_ends_the_case() {
    let asked = planned(Duration::ZERO);
    let unsure = asked.fill("/withdrawal", &[]).expect(422);
    assert_eq!(unsure.marked(), ["sure"]);
    assert_eq!(asked.state(), "assessing");
    asked.fill("/withdrawal", &[("sure", "true")]).leads_to();
    assert_eq!(asked.state(), "withdrawn");
    assert!(asked.page().all("form[action$=withdrawal]").is_empty());
    // What no longer fits is said, and changes nothing.
    let csrf = unsure.form(&asked.place("/withdrawal"), &[("sure", "true")]);
    asked.site.submit(&asked.place("/withdrawal"), &csrf).expect(409);
}

#[test]
fn both_sides_write_and_markup_stays_text() {
    let asked = planned(Duration::ZERO);
    let evil = "<script>alert(1)</script> Hej & hå";
    asked.fill("/messages", &[("message", evil)]).leads_to();
    let text = "Svar <b>från</b> oss".to_owned();
    asked
        .site
        .act(&asked.agent, &asked.reference, &Action::Message { text })
        .unwrap();
    let note = Action::Note {
        text: "Bara för kollegor".to_owned(),
    };
    asked.site.act(&asked.agent, &asked.reference, &note).unwrap();
    let page = asked.page();
    assert!(page.all("script").is_empty() && page.all(".message b").is_empty());
    let messages: Vec<String> = page.all(".message").iter().map(|m| m.text().collect()).collect();
    assert!(messages[0].contains(evil), "{messages:?}");
    assert!(messages[1].contains("Svar <b>från</b> oss"), "{messages:?}");
    assert!(!page.text().contains("kollegor"), "a note of staff's is shown");
    for (typed, status) in [(" ", 422), ("a".repeat(4_001).as_str(), 422)] {
        let wrong = asked.fill("/messages", &[("message", typed)]).expect(status);
        assert_eq!(wrong.marked(), ["message"]);
        assert_eq!(wrong.value("message").trim(), typed.trim());
    }
}

#[test]
fn a_refusal_is_shown_with_its_reasons() {
    let asked = planned(Duration::ZERO);
    let refuse = Action::Refuse {
        ground: "excessive".into(),
        reason: "Samma begäran <i>tiofalt</i> gånger.".into(),
    };
    let reject = Action::Reject {
        reason: "Görs om".into(),
    };
    asked
        .site
        .act(&asked.approver, &asked.reference, &reject)
        .unwrap();
    asked.site.act(&asked.agent, &asked.reference, &refuse).unwrap();
    assert!(!asked.page().text().contains("tiofalt"), "before it is approved");
    asked
        .site
        .act(&asked.approver, &asked.reference, &Action::Approve)
        .unwrap();
    let answer: String = asked.page().all("section.answer")[0].text().collect();
    assert!(
        answer.contains("12.5") && answer.contains("<i>tiofalt</i>"),
        "{answer}"
    );
}

#[test]
fn forms_need_the_page_that_they_stand_on() {
    let asked = planned(Duration::ZERO);
    let before = asked.site.state();
    for (end, field) in [
        ("/messages", "message"),
        ("/confirmation", "accept"),
        ("/withdrawal", "sure"),
    ] {
        let place = asked.place(end);
        let good = asked.page().form(&place, &[(field, "true")]);
        let mut forged = good.clone();
        forged[0].1 = "AAAA".to_owned();
        asked.site.submit(&place, &forged).expect(403);
        let foreign = asked.site.raw("POST", &place).form(&good);
        asked
            .site
            .visit(foreign.header("origin", "https://evil.example"))
            .expect(403);
    }
    assert_eq!(asked.site.state(), before);
}

#[test]
fn without_the_cookie_every_form_leads_to_the_code() {
    let mut asked = planned(Duration::ZERO);
    asked.site.forget();
    for end in ["/messages", "/confirmation", "/withdrawal"] {
        let sent = asked
            .site
            .submit(&asked.place(end), &[("message".into(), "Hej".into())]);
        if end == "/messages" {
            let kept = sent.expect(403);
            assert_eq!(
                (kept.all("input[name=code]").len(), kept.value("message").as_str()),
                (1, "Hej")
            );
        } else {
            assert_eq!(sent.leads_to(), asked.place(""));
        }
    }
    // What may come from another site is not kept.
    let unsure = asked.site.raw("POST", &asked.place("/messages"));
    let sent = asked.site.visit(unsure.form(&[("message", "Hej")]));
    assert_eq!(sent.leads_to(), asked.place(""));
}

#[test]
fn before_identity_is_proved_the_page_tells_nothing_that_we_hold() {
    let site = Site::new();
    let person = &site.host.people()[0];
    // Somebody types the person's customer number and an address of their own.
    let form = site.see("/requests/new?right=erasure").expect(200);
    let typed = [
        ("email", "mallory@evil.example"),
        ("customer_number", person.customer_number.as_str()),
    ];
    let sent = site.fill(&form, "/requests", &typed).leads_to();
    let reference = sent.split('/').nth(2).unwrap();
    let page = site.follow(&site.enter(reference, &site.code("mallory@evil.example", reference)));
    let text = page.text();
    for known in [person.email.as_deref(), Some(person.name.as_str())]
        .into_iter()
        .flatten()
    {
        assert!(!text.contains(known), "{text}");
    }
    assert!(page.all("section.consequences").is_empty());
}

#[test]
fn the_whole_page_is_there_in_english_too() {
    let asked = planned(Duration::ZERO);
    let english = asked.site.see(&asked.place("?lang=en")).expect(200);
    let text = english.text();
    assert!(
        text.contains("Erase my data") || english.title().contains("Erase"),
        "{text}"
    );
    assert!(text.contains("Bookkeeping Act"), "{text}");
    assert!(!text.contains(dataratt::adapters::texts::MISSING), "{text}");
    // What goes wrong is said in the same language, and the link back to Swedish leads to the page, not to the form.
    let unsure = asked.fill("/confirmation", &[]).expect(422);
    assert_eq!(unsure.all("html")[0].attr("lang"), Some("en"));
    let other = unsure.all("a.lang")[0].attr("href").unwrap().to_owned();
    assert_eq!(other, asked.place("?lang=sv"));
}
