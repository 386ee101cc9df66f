//! The queue: its order, its filters, searching in it.

use chrono::TimeDelta;
use dataratt::domain::staff::Role;
use dataratt::services::intake::Typed;

use super::{Staff, case_path, take_in};
use crate::pages::site::{Seen, Site};

fn put(site: &Site, right: &str, email: &str) -> String {
    let typed = Typed {
        right: Some(right.into()),
        email: Some(email.into()),
        name: Some("Åsa Öberg".into()),
        ..Typed::default()
    };
    take_in(site, &typed).reference.to_string()
}

/// The cases that a page of the queue shows, in order.
fn shown(page: &Seen) -> Vec<String> {
    let links = page.all("table.queue tbody th a");
    links.iter().map(|link| link.text().collect()).collect()
}

#[test]
fn the_most_urgent_comes_first_and_filters_are_addresses() {
    let site = Site::new();
    let agent = Staff::of(&site, Role::Agent);
    let oldest = put(&site, "erasure", "anna@okand.example");
    site.advance(TimeDelta::days(20));
    let middle = put(&site, "access", "bo@okand.example");
    site.advance(TimeDelta::days(9));
    let newest = put(&site, "erasure", "cia@okand.example");
    agent.log_in(crate::api::client::Api::password());
    let queue = agent.see("/staff").expect(200);
    assert_eq!(shown(&queue), [oldest.clone(), middle.clone(), newest.clone()]);
    let marks: Vec<String> = queue
        .all(".mark")
        .iter()
        .map(|mark| mark.text().collect())
        .collect();
    assert_eq!(marks, ["Bråttom"], "one is due within days");
    assert!(
        !queue.reply.text.contains("okand.example"),
        "nobody is named in the queue"
    );
    assert!(!queue.reply.text.contains("Öberg"));

    agent.acts(&agent.case(&middle), "claim", &[]);
    let of = |query: &str| shown(&agent.see(&format!("/staff?{query}")).expect(200));
    assert_eq!(
        of("sort=newest"),
        [newest.clone(), middle.clone(), oldest.clone()]
    );
    assert_eq!(of("right=erasure"), [oldest.clone(), newest.clone()]);
    assert_eq!(of("assignee=me"), std::slice::from_ref(&middle));
    assert_eq!(
        of("assignee=none&right=erasure"),
        [oldest.clone(), newest.clone()]
    );
    assert_eq!(of("due=week"), std::slice::from_ref(&oldest));
    assert!(of("due=late").is_empty());
    assert!(of("state=closed").is_empty());
    assert_eq!(of("state=all").len(), 3);
    assert!(of("recipient=google").is_empty(), "nobody is told yet");
    assert_eq!(
        of("state=%22%3E%3Cb&right=nothing&cursor=nothing&due=x&sort=y").len(),
        3
    );
    let filtered = agent.see("/staff?right=access&assignee=me");
    assert_eq!(
        (filtered.value("right"), filtered.value("assignee")),
        ("access".into(), "me".into())
    );
    site.advance(TimeDelta::days(5));
    agent.log_in(crate::api::client::Api::password());
    assert_eq!(of("due=late"), [oldest]);
}

#[test]
fn pages_follow_each_other_without_gap_or_repetition() {
    let site = Site::with(|world| world.app.ctx.policy.limits = false);
    let agent = Staff::of(&site, Role::Agent);
    let mut all: Vec<String> = (0..53)
        .map(|n| put(&site, "access", &format!("p{n}@okand.example")))
        .collect();
    let mut seen = Vec::new();
    let mut path = "/staff?right=access".to_owned();
    let mut pages = 0;
    loop {
        let page = agent.see(&path).expect(200);
        seen.extend(shown(&page));
        pages += 1;
        let next = page
            .all(".queue-foot a")
            .first()
            .map(|link| link.attr("href").unwrap().to_owned());
        let Some(next) = next else { break };
        assert!(
            next.starts_with("/staff?right=access&cursor="),
            "the filters stay: {next}"
        );
        path = next;
    }
    all.sort();
    seen.sort();
    assert_eq!((pages, seen), (3, all));
}

#[test]
fn a_search_finds_by_number_and_by_identifier_and_leaves_no_trace_in_an_address() {
    let site = Site::new();
    let agent = Staff::of(&site, Role::Agent);
    let wanted = put(&site, "access", "anna@okand.example");
    put(&site, "access", "bo@okand.example");
    let queue = agent.see("/staff").expect(200);
    let search = |text: &str| agent.submit("/staff/search", &queue.form("/staff/search", &[("q", text)]));
    assert_eq!(search(&wanted).leads_to(), case_path(&wanted));
    assert_eq!(search(&wanted.to_lowercase()).leads_to(), case_path(&wanted));
    let found = search(" Anna@Okand.example ").expect(200);
    assert_eq!(shown(&found), [wanted]);
    for link in found.all("[href], [action]") {
        let address = link.attr("href").or(link.attr("action")).unwrap();
        assert!(!address.to_lowercase().contains("anna"), "{address}");
    }
    let nothing = search("anna@elsewhere.example").expect(200);
    assert!(shown(&nothing).is_empty());
    assert!(
        nothing.text().contains("Inget ärende har det numret"),
        "{}",
        nothing.text()
    );
    assert!(
        shown(&search("anna").expect(200)).is_empty(),
        "only what is exact finds"
    );
}
