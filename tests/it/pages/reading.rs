//! Reading: in both languages, without scripts, and without changing anything.

use std::collections::BTreeSet;

use dataratt::adapters::texts::MISSING;

use super::site::{Seen, Site};

const PAGES: [&str; 5] = [
    "/",
    "/requests/new",
    "/requests/new?right=objection",
    "/register",
    "/requests/DR-0000-0000-0000",
];

#[track_caller]
fn language(page: &Seen) -> String {
    page.all("html")[0].attr("lang").unwrap_or_default().to_owned()
}

#[test]
fn every_page_is_there_in_both_languages() {
    for path in PAGES {
        let mut site = Site::new();
        let swedish = site.see(path).expect(200);
        assert_eq!(language(&swedish), "sv", "{path}");
        let switch = swedish.all("a.lang")[0].attr("href").unwrap().to_owned();
        let english = site.see(&switch).expect(200);
        assert_eq!(language(&english), "en", "{path}");
        assert_ne!(swedish.title(), english.title(), "{path}");
        for page in [&swedish, &english] {
            assert!(!page.reply.text.contains(MISSING), "{path}");
        }
        // The choice is kept, and another visitor has made none.
        assert_eq!(language(&site.see(path)), "en", "{path}");
        site.forget();
        assert_eq!(language(&site.see(path)), "sv", "{path}");
    }
}

#[test]
fn a_browser_that_prefers_english_gets_it() {
    let site = Site::new();
    let page = site.visit(
        site.raw("GET", "/")
            .header("accept-language", "de, en-GB;q=0.7, sv;q=0.3"),
    );
    assert_eq!(language(&page.expect(200)), "en");
}

#[test]
fn an_unknown_address_has_a_page_and_the_api_a_problem() {
    let site = Site::new();
    for path in ["/nonsense", "/requests/a/b/c", "/.env", "/register/x"] {
        let page = site.see(path).expect(404);
        assert!(!page.title().is_empty(), "{path}");
        assert_eq!(page.all("a.brand").len(), 1, "{path}");
    }
    let problem = site.see("/api/v1/nonsense").expect(404);
    assert_eq!(problem.reply.header("content-type"), "application/problem+json");
    for (method, path) in [
        ("DELETE", "/"),
        ("GET", "/handoff"),
        ("PUT", "/requests"),
        ("POST", "/register"),
    ] {
        site.visit(site.raw(method, path)).expect(405);
    }
}

#[test]
fn head_answers_as_get_without_the_page() {
    let site = Site::new();
    for path in PAGES {
        let seen = site.visit(site.raw("HEAD", path)).expect(200);
        assert!(seen.reply.text.is_empty(), "{path}");
        assert!(
            seen.reply.header("content-type").starts_with("text/html"),
            "{path}"
        );
    }
}

/// Follows every link on our own site, from `start` on.
fn crawl(site: &Site, start: Vec<String>) -> BTreeSet<String> {
    let mut waiting = start;
    let mut seen = BTreeSet::new();
    while let Some(path) = waiting.pop() {
        if !seen.insert(path.clone()) {
            continue;
        }
        let page = site.see(&path);
        if page.reply.status == 303 {
            waiting.push(page.leads_to());
            continue;
        }
        assert!(page.reply.status < 400, "{path}: {}", page.reply.status);
        for link in page.all("a[href], link[href]") {
            let href = link.attr("href").unwrap();
            if href.starts_with('/') {
                waiting.push(href.to_owned());
            }
        }
    }
    seen
}

#[test]
fn following_every_link_changes_nothing() {
    let site = Site::new();
    let (reference, _) = site.open_case("erasure", &site.host.people()[0].email.clone().unwrap());
    site.work();
    let before = site.state();
    let case = format!("/requests/{reference}");
    let seen = crawl(&site, vec!["/".into(), case.clone(), format!("{case}/submitted")]);
    assert!(seen.len() > 20, "{seen:?}");
    assert_eq!(site.state(), before);
}

#[test]
fn no_public_page_has_or_needs_a_script() {
    let site = Site::new();
    let (reference, _) = site.open_case("erasure", "anna@kund.example");
    let case = format!("/requests/{reference}");
    for path in PAGES.into_iter().chain([case.as_str(), "/nonsense"]) {
        let page = site.see(path);
        assert!(
            page.all("script, [onclick], [onsubmit], [style], style")
                .is_empty(),
            "{path}"
        );
        let policy = page.reply.header("content-security-policy");
        assert!(policy.contains("default-src 'none'"), "{path}: {policy}");
        assert_eq!(page.reply.header("cache-control"), "no-store", "{path}");
        assert!(page.all("a[href^=javascript]").is_empty(), "{path}");
    }
}

#[test]
fn a_forged_flash_is_not_shown() {
    let site = Site::new();
    for value in ["saved", "<b>", "nothing_of_ours"] {
        let page = site.visit(site.raw("GET", "/").header("cookie", format!("flash={value}")));
        assert_eq!(
            page.all("[role=status]").len(),
            usize::from(value == "saved"),
            "{value}"
        );
    }
}

#[test]
fn the_register_lists_every_recipient_under_its_heading() {
    let site = Site::new();
    let page = site.see("/register").expect(200);
    assert_eq!(page.all("tbody th").len(), site.organisation.recipients.len());
    let text = page.text();
    for recipient in &site.organisation.recipients {
        assert!(text.contains(recipient.name.trim()), "{}", recipient.name);
    }
    let groups: BTreeSet<_> = site.organisation.recipients.iter().map(|r| r.group).collect();
    assert_eq!(page.all("section.purpose").len(), groups.len());
}

#[test]
fn a_fault_of_ours_has_a_number_and_tells_nothing_else() {
    let site = Site::new();
    let reference = site.ask("erasure", "anna@kund.example");
    // Whoever breaks a table behind our back makes the use case fail.
    let break_it = "ALTER TABLE challenges RENAME TO broken";
    site.database.owner().batch_execute(break_it).unwrap();
    let page = site.enter(&reference, "12345678").expect(500);
    let text = page.text();
    assert!(text.contains("I-"), "{text}");
    assert!(
        !text.contains("relation") && !text.contains("challenges"),
        "{text}"
    );
}

#[test]
fn a_host_without_a_known_corporate_number_reads_well() {
    let site = Site::with(|world| {
        world.app.look.organisation_number = String::new();
        world.app.look.legal_name = "Nordhamn AB".to_owned();
    });
    let page = site.see("/").expect(200);
    let footer: String = page.all("footer dd")[0].text().collect();
    assert_eq!(footer, "Nordhamn AB");
}
