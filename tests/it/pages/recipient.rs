//! A recipient's pages: the link shows nothing, the code opens, the answer is recorded.

use dataratt::domain::ids::Reference;
use dataratt::domain::staff::Role;
use dataratt::services::handling::Action;

use super::site::Site;
use crate::support::mail::Mail;

struct Told {
    site: Site,
    mail: Mail,
    place: String,
    reference: Reference,
}

/// An erasure that was carried out, and the mail to one of its recipients.
fn told() -> Told {
    let site = Site::new();
    let (agent, approver) = (site.staff(Role::Agent), site.staff(Role::Approver));
    let person = &site.host.people()[0];
    let case = site.planned(person, &agent);
    site.act(&approver, &case.reference, &Action::Approve).unwrap();
    let mail = site.notice_mail();
    let link = mail.link("/notices/");
    let place = format!("/notices/{}", link.rsplit('/').next().unwrap());
    Told {
        site,
        mail,
        place,
        reference: case.reference,
    }
}

impl Told {
    fn open(&self) -> String {
        format!("{}/open", self.place)
    }

    fn answers(&self) -> i64 {
        self.site
            .database
            .count("SELECT count(*) FROM notices WHERE outcome IS NOT NULL")
    }
}

#[test]
fn the_link_alone_shows_nothing_and_changes_nothing() {
    let told = told();
    let person = &told.site.host.people();
    let before = told.site.state();
    for method in ["GET", "HEAD", "GET"] {
        let page = told.site.visit(told.site.raw(method, &told.place)).expect(200);
        let text = page.reply.text.clone();
        assert!(!text.contains(told.reference.as_str()), "the case's number");
        assert!(person.iter().all(|person| !text.contains(&person.name)));
        assert_eq!(text.is_empty(), method == "HEAD");
    }
    assert_eq!(told.site.state(), before);
    told.site.see("/notices/nonsense").expect(404);
    told.site.see(&told.open()).expect(405);
}

#[test]
fn the_code_opens_what_it_is_about() {
    let told = told();
    let front = told.site.see(&told.place).expect(200);
    let wrong = told
        .site
        .fill(&front, &told.open(), &[("code", "1234")])
        .expect(422);
    assert_eq!(wrong.marked(), ["code"]);
    assert!(wrong.all(".identifiers").is_empty());
    let opened = told
        .site
        .fill(&wrong, &told.open(), &[("code", &told.mail.code())])
        .expect(200);
    assert!(!opened.all(".identifiers dd").is_empty());
    assert!(!opened.all("[name=outcome]").is_empty());
    assert_eq!(told.answers(), 0);
}

#[test]
fn an_answer_with_mistakes_keeps_what_was_typed() {
    let told = told();
    let front = told.site.see(&told.place).expect(200);
    let opened = told
        .site
        .fill(&front, &told.open(), &[("code", &told.mail.code())])
        .expect(200);
    let evil = "<script>alert(1)</script>";
    let typed = [
        ("outcome", "refused"),
        ("ground", "legal_obligation"),
        ("statute", ""),
        ("comment", evil),
        ("backups_until", "2027-01-31"),
    ];
    let wrong = told.site.fill(&opened, &told.place, &typed).expect(422);
    assert_eq!(wrong.marked(), ["statute"]);
    assert_eq!(wrong.value("comment"), evil);
    assert_eq!(wrong.value("ground"), "legal_obligation");
    assert_eq!(wrong.value("backups_until"), "2027-01-31");
    assert_eq!(
        wrong.all("[name=outcome][checked]")[0].attr("value"),
        Some("refused")
    );
    assert!(wrong.all("script").is_empty());
    assert_eq!(told.answers(), 0);
    // Corrected there, it goes through.
    let statute = [("statute", "7 kap. 2 § bokföringslagen")];
    let thanks = told.site.fill(&wrong, &told.place, &statute).expect(200);
    assert!(thanks.all("form").is_empty());
    assert_eq!(told.answers(), 1);
}

#[test]
fn an_answer_can_be_corrected_and_shows_what_was_answered() {
    let told = told();
    let front = told.site.see(&told.place).expect(200);
    let code = told.mail.code();
    let opened = told
        .site
        .fill(&front, &told.open(), &[("code", &code)])
        .expect(200);
    assert_eq!(opened.all("[name=outcome][checked]").len(), 0);
    let nothing = told.site.fill(&opened, &told.place, &[]).expect(422);
    assert!(nothing.text().contains("Välj vad ni har gjort"));
    told.site
        .fill(&opened, &told.place, &[("outcome", "erased")])
        .expect(200);
    let again = told
        .site
        .fill(&front, &told.open(), &[("code", &code)])
        .expect(200);
    assert_eq!(
        again.all("[name=outcome][checked]")[0].attr("value"),
        Some("erased")
    );
    told.site
        .fill(&again, &told.place, &[("outcome", "no_data_found")])
        .expect(200);
    assert_eq!(told.answers(), 1);
}

#[test]
fn too_many_wrong_codes_close_the_link_for_a_while() {
    let told = told();
    let front = told.site.see(&told.place).expect(200);
    for _ in 0..10 {
        told.site.fill(&front, &told.open(), &[("code", "1")]).expect(422);
    }
    let page = told
        .site
        .fill(&front, &told.open(), &[("code", &told.mail.code())])
        .expect(429);
    assert!(!page.reply.header("retry-after").is_empty());
    told.site.advance(chrono::TimeDelta::minutes(61));
    told.site
        .fill(&front, &told.open(), &[("code", &told.mail.code())])
        .expect(200);
}

#[test]
fn an_answer_can_no_longer_be_corrected_once_the_case_is_closed() {
    let told = told();
    let front = told.site.see(&told.place).expect(200);
    let code = told.mail.code();
    let opened = told
        .site
        .fill(&front, &told.open(), &[("code", &code)])
        .expect(200);
    told.site
        .fill(&opened, &told.place, &[("outcome", "erased")])
        .expect(200);
    let agent = told.site.staff(Role::Agent);
    let reason = "Alla har fått veta".to_owned();
    told.site
        .act(&agent, &told.reference, &Action::Close { reason })
        .unwrap();
    let before = told.site.state();
    told.site.see(&told.place).expect(410);
    assert_eq!(told.site.state(), before);
    told.site
        .fill(&front, &told.open(), &[("code", &code)])
        .expect(410);
    let late = told.site.fill(&opened, &told.place, &[("outcome", "refused")]);
    late.expect(410);
    assert_eq!(told.answers(), 1);
}

#[test]
fn forms_of_other_sites_are_refused() {
    let told = told();
    for place in [told.place.clone(), told.open()] {
        let request = told.site.raw("POST", &place).form(&[("code", told.mail.code())]);
        told.site
            .visit(request.header("origin", "https://evil.example"))
            .expect(403);
    }
}

#[test]
fn every_page_is_there_in_english_too() {
    let told = told();
    let front = told.site.see(&format!("{}?lang=en", told.place)).expect(200);
    let code = told.mail.code();
    let opened = told
        .site
        .fill(&front, &told.open(), &[("code", &code)])
        .expect(200);
    let wrong = told.site.fill(&opened, &told.place, &[]).expect(422);
    let thanks = told
        .site
        .fill(&opened, &told.place, &[("outcome", "erased")])
        .expect(200);
    for page in [&front, &opened, &wrong, &thanks] {
        assert_eq!(page.all("html")[0].attr("lang"), Some("en"));
        assert!(!page.reply.text.contains(dataratt::adapters::texts::MISSING));
        let other = page.all("a.lang")[0].attr("href").unwrap();
        assert_eq!(other, format!("{}?lang=sv", told.place));
    }
}
