//! What other sites cannot do with the cookie of a login.

use dataratt::domain::staff::Role;
use dataratt::http::auth::csrf_token;
use dataratt::http::staff::ADDRESSES;

use crate::pages::site::Site;

/// The addresses that change something by the cookie of a login.
fn sending() -> Vec<String> {
    let sending = ADDRESSES.iter().filter(|(_, methods)| methods.contains(&"POST"));
    let paths = sending
        .map(|(path, _)| *path)
        .filter(|path| *path != "/staff/login");
    paths
        .map(|path| {
            path.replace("{reference}", "DR-0000-0000-0000")
                .replace("{id}", "00000000-0000-0000-0000-000000000000")
        })
        .collect()
}

#[test]
fn a_form_without_the_token_of_its_page_does_nothing() {
    let site = Site::new();
    let token = site.token(Role::Admin);
    let other = site.token(Role::Admin);
    assert_eq!(sending().len(), 16);
    for path in sending() {
        for csrf in [
            None,
            Some(String::new()),
            Some("AAAA".to_owned()),
            Some(csrf_token(&site, &other)),
        ] {
            let fields: Vec<(&str, String)> = csrf.into_iter().map(|csrf| ("csrf", csrf)).collect();
            let request = site
                .raw("POST", &path)
                .header("Cookie", format!("session={token}"))
                .header("sec-fetch-site", "same-origin")
                .form(&fields);
            let state = site.state();
            assert_eq!(site.visit(request).reply.status, 403, "{path} {fields:?}");
            assert_eq!(site.state(), state, "{path}");
        }
    }
}

#[rstest::rstest]
#[case("sec-fetch-site", "cross-site")]
#[case("sec-fetch-site", "same-site")]
#[case("origin", "https://elsewhere.example")]
fn a_form_of_another_site_does_nothing(#[case] header: &str, #[case] value: &str) {
    let site = Site::new();
    let token = site.token(Role::Admin);
    let csrf = csrf_token(&site, &token);
    for path in sending() {
        let request = site
            .raw("POST", &path)
            .header("Cookie", format!("session={token}"))
            .header(header, value)
            .form(&[
                ("csrf", csrf.as_str()),
                ("email", "new@host.example"),
                ("role", "admin"),
            ]);
        let state = site.state();
        assert_eq!(site.visit(request).reply.status, 403, "{path}");
        assert_eq!(site.state(), state, "{path}");
    }
    let login = [("email", "a@host.example"), ("password", "x")];
    let request = site
        .raw("POST", "/staff/login")
        .header(header, value)
        .form(&login);
    assert_eq!(site.visit(request).reply.status, 403, "nor logs anybody in");
}
