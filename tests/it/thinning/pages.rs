//! The pages of a case that has been thinned: for its person, and for staff.

use dataratt::domain::staff::Role;
use dataratt::http::auth::csrf_token;
use dataratt::worker;

use super::noon;
use crate::pages::site::Site;

/// A case that ended on 2026-11-23 and has been thinned.
fn thinned(site: &Site) -> String {
    let reference = site.ask("access", "anna@kund.example");
    let case = dataratt::domain::ids::Reference::parse(&reference).unwrap();
    dataratt::services::handling::withdraw(site, site.find(&case).id).unwrap();
    site.work();
    site.clock.set(noon("2027-11-24"));
    worker::run_sweeps(site, &worker::sweeps());
    reference
}

#[test]
fn the_person_is_told_kindly_that_the_file_is_gone() {
    let site = Site::new();
    let reference = thinned(&site);
    let page = site.see(&format!("/requests/{reference}?lang=sv")).expect(410);
    assert_eq!(
        page.all("h1")[0].text().collect::<String>(),
        "Handlingarna är borttagna"
    );
    // Of other references nothing is told.
    site.see("/requests/DR-0000-0000-0000").expect(200);
}

#[test]
fn staff_see_the_core_record_and_find_it_by_what_the_person_supplies() {
    let site = Site::new();
    let reference = thinned(&site);
    let token = site.token(Role::Agent);
    let as_agent = |method: &str, path: &str| {
        let request = site
            .raw(method, path)
            .header("Cookie", format!("session={token}"));
        request.header("sec-fetch-site", "same-origin")
    };
    let page = site
        .visit(as_agent("GET", &format!("/staff/cases/{reference}?lang=sv")))
        .expect(200);
    assert!(
        page.text()
            .contains("Handlingarna i ärendet togs bort 2027-11-24")
    );
    assert!(
        page.all("form[action$='/actions']").is_empty(),
        "nothing can be done with it"
    );
    let csrf = csrf_token(&site, &token);
    let find = |email: &str| {
        let fields = [("csrf", csrf.as_str()), ("email", email)];
        site.visit(as_agent("POST", "/staff/handled").form(&fields))
    };
    let found = find("anna@kund.example").expect(200);
    let links = found.all("table.earlier tbody th a");
    assert_eq!(
        links
            .iter()
            .map(|it| it.text().collect::<String>())
            .collect::<Vec<_>>(),
        [reference]
    );
    assert!(
        find("per@kund.example")
            .expect(200)
            .all("table.earlier")
            .is_empty()
    );
    assert_eq!(find("").expect(422).marked(), ["email"]);
    assert_eq!(find("inte en adress").expect(422).marked(), ["email"]);
}
