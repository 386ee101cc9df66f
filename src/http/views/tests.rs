//! Every page, in both languages, from sample data: complete, labelled, and safe.

use std::collections::BTreeSet;

use scraper::{ElementRef, Html, Selector};

use super::customer::Step;
use super::samples;
use super::staff::STATES;
use crate::adapters::texts::MISSING;
use crate::domain::language::Language;
use crate::domain::right::Right;

fn each_page(check: impl Fn(&str, &str, &Html, Language)) {
    for language in Language::ALL {
        let pages = samples::all(language);
        assert!(pages.len() > 70, "only {} pages", pages.len());
        for page in pages {
            check(
                &format!("{} ({})", page.name, language.tag()),
                &page.html,
                &Html::parse_document(&page.html),
                language,
            );
        }
    }
}

fn select<'a>(page: &'a Html, selector: &str) -> Vec<ElementRef<'a>> {
    page.select(&Selector::parse(selector).unwrap()).collect()
}

fn text(element: ElementRef) -> String {
    element
        .text()
        .collect::<String>()
        .split_whitespace()
        .collect::<Vec<_>>()
        .join(" ")
}

#[test]
fn no_text_is_missing() {
    each_page(|name, html, _, _| {
        assert!(
            !html.contains(MISSING),
            "{name}: {}",
            html.split(MISSING).nth(1).unwrap_or("")
        );
        assert!(!html.contains("{ $"), "{name}: a value is not filled in");
    });
}

#[test]
fn the_language_of_the_page_is_declared() {
    each_page(|name, _, page, language| {
        let root = select(page, "html");
        assert_eq!(root[0].attr("lang"), Some(language.tag()), "{name}");
    });
}

#[test]
fn every_page_has_one_main_heading_and_skips_no_level() {
    each_page(|name, _, page, _| {
        assert_eq!(select(page, "h1").len(), 1, "{name}");
        let mut last = 0;
        for heading in select(page, "h1, h2, h3, h4") {
            let level: usize = heading.value().name()[1..].parse().unwrap();
            assert!(
                level <= last + 1,
                "{name}: {} after h{last}: {}",
                heading.value().name(),
                text(heading)
            );
            assert!(!text(heading).is_empty(), "{name}: an empty heading");
            last = level;
        }
        assert!(!text(select(page, "title")[0]).starts_with('–'), "{name}");
    });
}

#[test]
fn every_field_has_a_label() {
    each_page(|name, _, page, _| {
        for field in select(page, "input:not([type=hidden]), select, textarea") {
            let id = field.attr("id").unwrap_or("");
            let labelled = !id.is_empty()
                && select(page, "label")
                    .iter()
                    .any(|label| label.attr("for") == Some(id) && !text(*label).is_empty());
            let wrapped = field
                .ancestors()
                .filter_map(ElementRef::wrap)
                .any(|parent| parent.value().name() == "label");
            assert!(
                labelled || wrapped || field.attr("aria-label").is_some(),
                "{name}: {}",
                field.html()
            );
        }
    });
}

#[test]
fn ids_are_unique_and_what_is_referred_to_exists() {
    each_page(|name, _, page, _| {
        let mut ids = BTreeSet::new();
        for element in select(page, "[id]") {
            assert!(
                ids.insert(element.attr("id").unwrap()),
                "{name}: twice {}",
                element.html()
            );
        }
        for element in select(
            page,
            "[aria-describedby], [aria-labelledby], label[for], a[href^='#']",
        ) {
            for attribute in ["aria-describedby", "aria-labelledby", "for"] {
                for id in element.attr(attribute).unwrap_or("").split_whitespace() {
                    assert!(ids.contains(id), "{name}: {attribute} {id}");
                }
            }
            if let Some(id) = element.attr("href").and_then(|href| href.strip_prefix('#')) {
                assert!(ids.contains(id), "{name}: link to #{id}");
            }
        }
    });
}

#[test]
fn links_and_buttons_say_where_they_lead() {
    each_page(|name, _, page, _| {
        for element in select(page, "a, button") {
            let said = !text(element).is_empty() || element.attr("aria-label").is_some();
            assert!(said, "{name}: {}", element.html());
        }
        for link in select(page, "a") {
            assert!(
                !link.attr("href").unwrap_or("").is_empty(),
                "{name}: {}",
                link.html()
            );
        }
    });
}

#[test]
fn every_form_that_changes_something_is_a_post_with_the_token() {
    each_page(|name, _, page, _| {
        for form in select(page, "form") {
            let tokens = form
                .select(&Selector::parse("input[name=csrf][type=hidden][value='csrf-token']").unwrap())
                .count();
            match form.attr("method") {
                Some("post") => assert_eq!(tokens, 1, "{name}: {}", form.attr("action").unwrap_or("")),
                Some("get") => assert_eq!(tokens, 0, "{name}: a token in an address"),
                other => panic!("{name}: method {other:?}"),
            }
        }
    });
}

#[test]
fn nothing_on_a_page_needs_what_the_policy_forbids() {
    each_page(|name, _, page, _| {
        assert!(
            select(
                page,
                "[style], style, script:not([src]), iframe, [onclick], [onsubmit]"
            )
            .is_empty(),
            "{name}"
        );
        for element in select(page, "[src], link[href]") {
            let source = element.attr("src").or(element.attr("href")).unwrap();
            assert!(source.starts_with('/'), "{name}: {source}");
        }
    });
}

#[test]
fn the_other_language_is_one_link_away_and_keeps_the_rest_of_the_address() {
    each_page(|name, _, page, language| {
        let other = if language == Language::Sv { "en" } else { "sv" };
        let links = select(page, "a.lang");
        assert_eq!(links.len(), 1, "{name}");
        assert!(
            links[0].attr("href").unwrap().ends_with(&format!("lang={other}")),
            "{name}"
        );
    });
    let html = samples::all(Language::Sv)
        .into_iter()
        .find(|page| page.name == "form")
        .unwrap()
        .html;
    assert!(
        html.contains("/requests/new?right=erasure&#38;lang=en"),
        "the query is lost"
    );
}

#[test]
fn what_people_type_is_shown_as_text() {
    for language in Language::ALL {
        let pages = samples::all(language);
        let page = |name: &str| pages.iter().find(|page| page.name == name).unwrap().html.clone();
        let form = page("form-errors");
        assert!(form.contains("Åsa &#60;Öberg&#62;") && !form.contains("<Öberg>"));
        assert!(form.contains("value=\"Per &#34;Pelle&#34; Öberg\""));
        assert!(page("case-assessing-bare").contains("&#60;b&#62;Tack&#60;/b&#62;"));
    }
}

#[test]
fn a_wrong_form_leads_to_each_wrong_field_and_keeps_the_rest() {
    let html = samples::all(Language::Sv)
        .into_iter()
        .find(|page| page.name == "form-errors")
        .unwrap()
        .html;
    let page = Html::parse_document(&html);
    assert_eq!(select(&page, ".errors a").len(), 8);
    assert_eq!(select(&page, "[aria-invalid=true]").len(), 8);
    assert_eq!(
        select(&page, "#personal_number")[0].attr("value"),
        Some("20000101-2385")
    );
    assert!(
        select(&page, "details.acting[open]").len() == 1,
        "what was typed is hidden"
    );
}

#[test]
fn the_public_answer_to_a_request_names_nobody() {
    for page in samples::all(Language::Sv)
        .iter()
        .filter(|page| page.name == "submitted" || page.name.starts_with("code"))
    {
        let main = Html::parse_document(&page.html);
        let shown = text(select(&main, "main")[0]);
        assert!(!shown.contains('@'), "{}: {shown}", page.name);
    }
}

#[test]
fn a_case_is_at_one_station_until_it_has_ended() {
    for right in Right::ALL {
        for state in STATES {
            for awaits in [false, true] {
                let steps = Step::of_case(right, state, awaits && right == Right::Erasure);
                assert_eq!(
                    steps.iter().any(|step| step.name == "confirmation"),
                    right == Right::Erasure
                );
                let ended = matches!(state, "answered" | "closed" | "refused" | "withdrawn" | "lapsed");
                let current = steps.iter().filter(|step| step.status == "current").count();
                assert_eq!(current, usize::from(!ended), "{right:?} {state}");
                let order: Vec<_> = steps
                    .iter()
                    .map(|step| {
                        ["done", "current", "ahead"]
                            .iter()
                            .position(|s| *s == step.status)
                    })
                    .collect();
                assert!(order.is_sorted(), "{right:?} {state}");
            }
        }
    }
}

#[test]
fn a_case_that_ended_early_claims_no_stations() {
    let pages = samples::all(Language::Sv);
    for (state, shown) in [
        ("withdrawn", 0),
        ("refused", 0),
        ("lapsed", 0),
        ("answered", 6),
        ("assessing", 6),
    ] {
        let page = pages
            .iter()
            .find(|page| page.name == format!("case-{state}-bare"))
            .unwrap();
        assert_eq!(
            select(&Html::parse_document(&page.html), ".step").len(),
            shown,
            "{state}"
        );
    }
}

#[test]
fn the_desk_offers_what_is_allowed_and_nothing_else() {
    let pages = samples::all(Language::Sv);
    let page = Html::parse_document(&pages.iter().find(|page| page.name == "desk").unwrap().html);
    let offered: BTreeSet<_> = select(&page, "input[name=action]")
        .iter()
        .map(|field| field.attr("value").unwrap())
        .collect();
    assert_eq!(
        offered,
        BTreeSet::from(["approve", "reject", "message", "note", "hold", "extend"])
    );
    assert_eq!(select(&page, "button.primary").len(), 1, "one next step");
    let forms = select(&page, "form[action='/staff/cases/R-7K2M-94QX/actions']").len();
    assert_eq!(
        select(&page, "input[name=version][value='7']").len(),
        forms,
        "each names the version it saw"
    );
}

#[test]
fn every_action_of_the_api_that_staff_take_here_has_a_form() {
    let pages = samples::all(Language::En);
    let page = Html::parse_document(
        &pages
            .iter()
            .find(|page| page.name == "desk-refusal")
            .unwrap()
            .html,
    );
    let offered: BTreeSet<_> = select(&page, "input[name=action]")
        .iter()
        .map(|field| field.attr("value").unwrap())
        .collect();
    let missing: Vec<_> = crate::services::handling::ACTIONS
        .into_iter()
        // A table is ticked off on the page that shows its records.
        .filter(|action| !offered.contains(action) && *action != "review")
        .collect();
    assert!(missing.is_empty(), "{missing:?}");
    let methods: Vec<_> = select(&page, "input[name=method]")
        .iter()
        .map(|field| field.attr("value").unwrap())
        .collect();
    assert_eq!(methods, ["call_back", "letter", "two_facts", "in_person"]);
}

#[test]
fn a_notice_shows_no_identifier_before_the_code() {
    for page in samples::all(Language::Sv)
        .iter()
        .filter(|page| page.name.starts_with("notice-erasure"))
    {
        assert!(
            !page.html.contains("skogsblomma.test") && !page.html.contains("NDR-11820-SE"),
            "{}",
            page.name
        );
    }
}

/// Writes every page to `PREVIEW_DIR`, to be looked at: `cargo test --lib preview -- --ignored`.
#[test]
#[ignore = "writes files to look at"]
fn preview() {
    let folder = std::path::PathBuf::from(std::env::var("PREVIEW_DIR").expect("PREVIEW_DIR names a folder"));
    let styles = |name: &str| super::assets::asset(name).unwrap().bytes.into_owned();
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join("app.css"), styles("app.css")).unwrap();
    std::fs::write(folder.join("icon.svg"), styles("icon.svg")).unwrap();
    let brand = crate::adapters::templates::brand::brand_css(&samples::look().colour);
    std::fs::write(folder.join("brand.css"), brand).unwrap();
    for language in Language::ALL {
        for page in samples::all(language) {
            let html = page.html.replace("\"/assets/", "\"");
            std::fs::write(
                folder.join(format!("{}-{}.html", page.name, language.tag())),
                html,
            )
            .unwrap();
        }
    }
}
