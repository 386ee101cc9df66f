//! The code of a case: the same answers for all, and what a right one opens.

use chrono::TimeDelta;

use super::site::{Seen, Site};

const NOBODY: &str = "DR-0000-0000-0000";

/// What differs between two cases only by their numbers.
fn blind(page: &Seen, reference: &str) -> String {
    page.reply.text.replace(reference, "…")
}

/// Some digits that are not the code.
fn other_than(code: &str) -> &'static str {
    if code == "00000000" {
        "11111111"
    } else {
        "00000000"
    }
}

#[test]
fn a_case_that_is_not_there_looks_like_one_that_is() {
    let mut site = Site::new();
    let reference = site.ask("erasure", "anna@kund.example");
    site.forget();
    let pages = |reference: &str| {
        let place = format!("/requests/{reference}");
        let shown = site.see(&place).expect(200);
        let wrong = site.enter(reference, "12").expect(422);
        let again = site.fill(&shown, &format!("{place}/code"), &[]);
        assert_eq!(again.leads_to(), place);
        let told = site.follow(&again).expect(200);
        assert!(told.all(".flash").len() == 1);
        [&shown, &wrong, &told].map(|page| blind(page, reference))
    };
    assert_eq!(pages(&reference), pages(NOBODY));
    let guesses = |reference: &str| {
        [(); 7].map(|()| {
            let page = site.enter(reference, "12");
            (page.reply.status, blind(&page, reference))
        })
    };
    let seen = guesses(&reference);
    assert_eq!(seen, guesses(NOBODY));
    assert_eq!(
        seen.map(|(status, _)| status),
        [422, 422, 422, 422, 422, 429, 429]
    );
}

#[test]
fn a_wrong_code_opens_nothing_and_says_so() {
    let site = Site::new();
    let reference = site.ask("erasure", "anna@kund.example");
    let code = site.code("anna@kund.example", &reference);
    let wrong = site.enter(&reference, other_than(&code)).expect(422);
    assert_eq!(wrong.marked(), ["code"]);
    assert!(wrong.reply.header("set-cookie").is_empty());
    assert_eq!(
        site.see(&format!("/requests/{reference}")).expect(200).marked(),
        [""; 0]
    );
    let right = site.enter(&reference, &format!("{} {}", &code[..4], &code[4..]));
    assert_eq!(right.leads_to(), format!("/requests/{reference}"));
}

#[test]
fn a_code_works_once_and_for_ten_minutes() {
    let mut site = Site::new();
    let reference = site.ask("erasure", "anna@kund.example");
    let code = site.code("anna@kund.example", &reference);
    site.enter(&reference, &code).leads_to();
    site.forget();
    site.enter(&reference, &code).expect(410);
    let reference = site.ask("erasure", "per@kund.example");
    let code = site.code("per@kund.example", &reference);
    site.advance(TimeDelta::minutes(11));
    let late = site.enter(&reference, &code).expect(410);
    assert_eq!(late.marked(), ["code"]);
}

#[test]
fn too_many_tries_end_the_round_also_for_the_right_code() {
    let site = Site::new();
    let reference = site.ask("erasure", "anna@kund.example");
    let code = site.code("anna@kund.example", &reference);
    for _ in 0..5 {
        site.enter(&reference, other_than(&code)).expect(422);
    }
    let page = site.enter(&reference, &code).expect(429);
    assert_eq!(page.marked(), ["code"]);
    assert!(!page.reply.header("retry-after").is_empty());
}

#[test]
fn the_cookie_opens_one_case_and_no_script_or_other_site_gets_it() {
    let site = Site::new();
    let reference = site.ask("erasure", "anna@kund.example");
    let opened = site.enter(&reference, &site.code("anna@kund.example", &reference));
    let cookie = opened.reply.header("set-cookie").to_owned();
    for part in ["case=", "HttpOnly", "SameSite=Strict", "Path=/"] {
        assert!(cookie.contains(part), "{cookie}");
    }
    assert!(
        !cookie.contains("Secure"),
        "without https browsers would refuse it: {cookie}"
    );
    let token = cookie.split(['=', ';']).nth(1).unwrap();
    let page = site.follow(&opened).expect(200);
    assert!(!page.reply.text.contains(token), "the token stands on the page");
    let other = site.ask("erasure", "per@kund.example");
    let closed = site.see(&format!("/requests/{other}")).expect(200);
    assert_eq!(closed.all("input[name=code]").len(), 1);
}

#[test]
fn with_https_the_cookie_is_bound_to_the_host() {
    let site = Site::with(|world| world.app.web.secure = true);
    let reference = site.ask("erasure", "anna@kund.example");
    let opened = site.enter(&reference, &site.code("anna@kund.example", &reference));
    let cookie = opened.reply.header("set-cookie").to_owned();
    assert!(cookie.starts_with("__Host-case="), "{cookie}");
    assert!(cookie.contains("Secure"), "{cookie}");
}

#[test]
fn access_ends_after_a_day() {
    let site = Site::new();
    let (reference, page) = site.open_case("erasure", "anna@kund.example");
    assert!(page.all("input[name=code]").is_empty());
    site.advance(TimeDelta::hours(25));
    let page = site.see(&format!("/requests/{reference}")).expect(200);
    assert_eq!(page.all("input[name=code]").len(), 1);
    // A form that was open meanwhile leads to the code, too.
    let late = site.submit(&format!("/requests/{reference}/withdrawal"), &[]);
    late.expect(403);
}

#[test]
fn codes_of_other_sites_are_refused() {
    let site = Site::new();
    let reference = site.ask("erasure", "anna@kund.example");
    for path in ["verification", "code"] {
        let request = site.raw("POST", &format!("/requests/{reference}/{path}"));
        let request = request.form(&[("code", "12345678")]);
        site.visit(request.header("origin", "https://evil.example"))
            .expect(403);
    }
}

#[test]
fn a_message_written_after_access_ended_comes_back_with_the_code() {
    let site = Site::new();
    let (reference, page) = site.open_case("erasure", "anna@kund.example");
    let (place, text) = (format!("/requests/{reference}"), "Hur <b>går</b> det?");
    site.advance(TimeDelta::hours(25));
    let write = format!("{place}/messages");
    let asked = site.fill(&page, &write, &[("message", text)]).expect(403);
    assert!(
        asked.text().contains("Ditt meddelande är inte skickat än."),
        "{}",
        asked.text()
    );
    let (verify, again) = (format!("{place}/verification"), format!("{place}/code"));
    let sent = site.fill(&asked, &again, &[]).expect(200);
    let wrong = site.fill(&sent, &verify, &[("code", "12")]).expect(422);
    site.work();
    let code = site.sink.mails_to("anna@kund.example").last().unwrap().code();
    let back = site.fill(&wrong, &verify, &[("code", &code)]).expect(200);
    assert_eq!(back.value("message").trim(), text);
    assert!(back.all(".message").is_empty(), "nothing is sent before");
    let done = site.follow(&site.fill(&back, &write, &[])).expect(200);
    assert_eq!(done.all(".message").len(), 1, "{}", done.text());
}
