//! Handing a request in by the form.

use dataratt::domain::ids::Reference;
use dataratt::domain::right::Right;

use super::site::{Seen, Site};

const EVIL: &str = "<script>alert('å')</script>\"><b>";

#[track_caller]
fn form(site: &Site) -> Seen {
    site.see("/requests/new?right=erasure").expect(200)
}

#[test]
fn each_right_has_a_way_in() {
    let site = Site::new();
    let start = site.see("/").expect(200);
    let links: Vec<&str> = start
        .all("a.right")
        .iter()
        .filter_map(|link| link.attr("href"))
        .collect();
    // A review is offered where the profile says that anything is decided automatically.
    let offered = Right::ALL
        .into_iter()
        .filter(|right| *right != Right::HumanReview);
    assert_eq!(links.len(), offered.clone().count());
    for (right, link) in offered.zip(links) {
        let form = site.see(link).expect(200);
        assert_eq!(form.value("right"), right.name());
    }
}

#[test]
fn a_request_becomes_a_case_and_the_next_page_says_so() {
    let site = Site::new();
    let fields = [
        ("email", "anna@kund.example"),
        ("name", "Anna Åkesson"),
        ("message", "Allt, tack."),
        ("language", "en"),
    ];
    let sent = site.fill(&form(&site), "/requests", &fields);
    let place = sent.leads_to();
    let page = site.see(&place).expect(200);
    let reference = place.split('/').nth(2).unwrap();
    assert!(page.text().contains(reference));
    assert!(page.text().contains("2026-12-23"), "{}", page.text());
    let case = site.find(&Reference::parse(reference).unwrap());
    assert_eq!(case.case.right, Right::Erasure);
    assert_eq!(case.language.tag(), "en");
    // The address of the page holds nothing of the person's.
    assert!(!place.contains("kund"));
    let code = site.code("anna@kund.example", reference);
    let opened = site.fill(
        &page,
        &format!("/requests/{reference}/verification"),
        &[("code", &code)],
    );
    assert!(site.follow(&opened).expect(200).title().contains("Radera"));
}

#[test]
fn what_was_typed_stays_and_the_wrong_fields_are_marked() {
    let site = Site::new();
    let typed = [
        ("right", ""),
        ("email", "anna@"),
        ("name", EVIL),
        ("personal_number", "20000101-2385"),
        ("customer_number", "K-1001"),
        ("message", "Allt <i>tack</i>"),
        ("acting_name", "Per Ek"),
        ("language", "en"),
    ];
    let page = site.fill(&form(&site), "/requests", &typed).expect(422);
    assert_eq!(
        page.marked(),
        ["right", "email", "personal_number", "acting_relation"]
    );
    for (name, value) in typed.iter().filter(|(name, _)| *name != "language") {
        assert_eq!(page.value(name), *value, "{name}");
    }
    let checked = page.all("[name=language][checked]");
    assert_eq!(checked[0].attr("value"), Some("en"));
    assert!(
        page.all("details[open]").len() == 1,
        "what is wrong there is folded away"
    );
    // Each line of the summary leads to its field.
    let links: Vec<&str> = page
        .all("#errors a")
        .iter()
        .filter_map(|link| link.attr("href"))
        .collect();
    assert_eq!(
        links,
        ["#right", "#email", "#personal_number", "#acting_relation"]
    );
    assert_eq!(site.cases(), 0);
    // Corrected on that very page, it goes through.
    let corrected = [
        ("right", "access"),
        ("email", "anna@kund.example"),
        ("personal_number", ""),
        ("acting_relation", "god man"),
    ];
    site.fill(&page, "/requests", &corrected).leads_to();
    assert_eq!(site.cases(), 1);
}

#[test]
fn the_ground_of_a_restriction_is_asked_and_kept() {
    let site = Site::new();
    let form = site.see("/requests/new?right=restriction").expect(200);
    let chosen = |page: &Seen| {
        let checked = page.all("[name=restriction_ground][checked]");
        checked[0].attr("value").unwrap().to_owned()
    };
    assert_eq!(chosen(&form), "", "nobody has to know");
    let typed = [("restriction_ground", "unlawful"), ("email", "anna@")];
    let again = site.fill(&form, "/requests", &typed).expect(422);
    assert_eq!(chosen(&again), "unlawful");
    let wrong = [("restriction_ground", "because"), ("email", "anna@kund.example")];
    let again = site.fill(&form, "/requests", &wrong).expect(422);
    assert_eq!(
        again.all("#errors a")[0].attr("href"),
        Some("#restriction_ground")
    );
    assert_eq!(site.cases(), 0);
}

#[rstest::rstest]
#[case("name")]
#[case("email")]
#[case("personal_number")]
#[case("customer_number")]
#[case("message")]
#[case("acting_name")]
#[case("acting_relation")]
fn markup_typed_into_a_field_stays_text(#[case] field: &str) {
    let site = Site::new();
    let page = site.fill(&form(&site), "/requests", &[(field, EVIL)]).expect(422);
    assert_eq!(page.value(field), EVIL);
    assert!(page.all("script").is_empty());
    assert!(!page.reply.text.contains("<script>alert"));
}

#[test]
fn sending_twice_makes_one_case() {
    let site = Site::new();
    let page = form(&site);
    let fields = page.form("/requests", &[("email", "anna@kund.example")]);
    let places: Vec<String> = (0..3)
        .map(|_| site.submit("/requests", &fields).leads_to())
        .collect();
    assert_eq!(places[0], places[1]);
    assert_eq!(places[0], places[2]);
    assert_eq!(site.cases(), 1);
    // Who goes back and asks for something else gets another case.
    let other = page.form(
        "/requests",
        &[("email", "anna@kund.example"), ("right", "access")],
    );
    assert_ne!(site.submit("/requests", &other).leads_to(), places[0]);
    assert_eq!(site.cases(), 2);
}

#[test]
fn clicks_at_the_same_time_make_one_case() {
    let site = Site::new();
    let fields = form(&site).form("/requests", &[("email", "anna@kund.example")]);
    let places: Vec<String> = std::thread::scope(|scope| {
        let click = || site.submit("/requests", &fields).leads_to();
        let clicks: Vec<_> = (0..4).map(|_| scope.spawn(click)).collect();
        clicks.into_iter().map(|click| click.join().unwrap()).collect()
    });
    assert!(places.windows(2).all(|pair| pair[0] == pair[1]), "{places:?}");
    assert_eq!(site.cases(), 1);
}

#[test]
fn the_trap_answers_as_usual_and_makes_no_case() {
    let site = Site::new();
    let fields = [
        ("email", "anna@kund.example"),
        ("website", "https://spam.example"),
    ];
    let sent = site.fill(&form(&site), "/requests", &fields);
    let trapped = site.follow(&sent).expect(200);
    assert_eq!(site.cases(), 0);
    site.work();
    assert_eq!(site.sink.count(), 0);
    let real = site.fill(&form(&site), "/requests", &[("email", "anna@kund.example")]);
    let real_page = site.follow(&real).expect(200);
    let blind = |page: &Seen, place: &str| page.text().replace(place.split('/').nth(2).unwrap(), "…");
    assert_eq!(
        blind(&trapped, &sent.leads_to()),
        blind(&real_page, &real.leads_to())
    );
}

#[test]
fn the_page_after_the_form_is_for_who_sent_it() {
    let mut site = Site::new();
    let reference = site.ask("erasure", "anna@kund.example");
    let place = format!("/requests/{reference}/submitted");
    site.see(&place).expect(200);
    site.forget();
    assert_eq!(site.see(&place).leads_to(), format!("/requests/{reference}"));
}

#[test]
fn a_form_of_another_site_is_refused_and_one_without_origin_is_not() {
    let site = Site::new();
    let fields = form(&site).form("/requests", &[("email", "anna@kund.example")]);
    let foreign: [&[(&str, &str)]; 4] = [
        &[("origin", "https://evil.example")],
        &[("origin", "http://127.0.0.1:1")],
        &[("origin", "null"), ("sec-fetch-site", "cross-site")],
        &[("sec-fetch-site", "same-site")],
    ];
    for headers in foreign {
        let mut request = site.raw("POST", "/requests").form(&fields);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        site.visit(request).expect(403);
    }
    assert_eq!(site.cases(), 0);
    site.visit(site.raw("POST", "/requests").form(&fields)).leads_to();
    assert_eq!(site.cases(), 1);
}

#[test]
fn what_is_no_form_is_refused_with_a_page() {
    let site = Site::new();
    let post = || site.raw("POST", "/requests");
    let form = "application/x-www-form-urlencoded";
    let cases = [
        (post().json(&serde_json::json!({ "right": "erasure" })), 415),
        (post().body(""), 415),
        (
            post()
                .header("content-type", form)
                .body("right=erasure&right=access"),
            422,
        ),
        (post().header("content-type", form).body("name=%FF%FE"), 422),
        (post().header("content-type", form).body("a".repeat(70_000)), 413),
    ];
    for (request, status) in cases {
        let page = site.visit(request).expect(status);
        assert!(!page.title().is_empty());
        assert!(page.reply.header("content-type").starts_with("text/html"));
    }
    assert_eq!(site.cases(), 0);
}

#[test]
fn a_case_number_leads_to_its_page_however_it_is_typed() {
    let site = Site::new();
    let found = site.see("/requests?reference=dr+7k4m9qxt2fhb");
    assert_eq!(found.leads_to(), "/requests/DR-7K4M-9QXT-2FHB");
    assert_eq!(
        site.see("/requests/dr7k4m9qxt2fhb").leads_to(),
        "/requests/DR-7K4M-9QXT-2FHB"
    );
    let wrong = site.see("/requests?reference=%3Cscript%3E").expect(422);
    assert_eq!(wrong.marked(), ["reference"]);
    assert_eq!(wrong.value("reference"), "<script>");
    site.see("/requests").expect(422);
    site.see("/requests/nonsense").expect(404);
}

#[test]
fn too_many_from_one_network_are_told_to_wait() {
    let site = Site::new();
    let network = "127.0.0.0/24";
    for _ in 0..dataratt::services::limits::INTAKE_LIMIT {
        dataratt::services::limits::take_intake(&site, network).unwrap();
    }
    let page = site
        .fill(&form(&site), "/requests", &[("email", "anna@kund.example")])
        .expect(429);
    assert!(page.reply.header("retry-after").parse::<u32>().unwrap() > 0);
    assert_eq!(site.cases(), 0);
}
