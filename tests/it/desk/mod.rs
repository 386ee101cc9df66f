//! The pages of staff over HTTP, as a browser without scripts uses them, and the figures behind them.

mod account;
mod approving;
mod escaping;
mod forms;
mod handling;
mod intake;
mod kept;
mod members;
mod queue;
mod roles;
mod session;
mod statistics;

use dataratt::domain::staff::Role;
use dataratt::services::intake::Typed;
use dataratt::store::cases::StoredCase;
use reqwest::blocking::{Client, RequestBuilder};

use crate::api::client::Api;
use crate::pages::site::{Seen, Site};
use crate::support::world::World;

/// A member of staff with a browser of their own, logged in.
pub struct Staff<'a> {
    site: &'a Site,
    browser: Client,
    email: String,
}

fn browser() -> Client {
    Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .cookie_store(true)
        .build()
        .unwrap()
}

impl<'a> Staff<'a> {
    /// A new member of staff, who logs in.
    #[track_caller]
    pub fn of(site: &'a Site, role: Role) -> Self {
        let staff = Self {
            site,
            browser: browser(),
            email: site.account(role),
        };
        staff.log_in(Api::password()).leads_to();
        staff
    }

    /// Fills in the form to log in.
    #[track_caller]
    fn log_in(&self, password: &str) -> Seen {
        let form = self.see("/staff/login?lang=sv").expect(200);
        let fields = form.form("/staff/login", &[("email", &self.email), ("password", password)]);
        self.submit("/staff/login", &fields)
    }

    fn request(&self, method: &str, path: &str) -> RequestBuilder {
        let method = reqwest::Method::from_bytes(method.as_bytes()).unwrap();
        self.browser.request(method, format!("{}{path}", self.site.base))
    }

    #[track_caller]
    pub fn see(&self, path: &str) -> Seen {
        self.site.visit(self.request("GET", path))
    }

    /// Sends fields as a form of ours does.
    #[track_caller]
    fn submit(&self, path: &str, fields: &[(String, String)]) -> Seen {
        let request = self.request("POST", path).header("sec-fetch-site", "same-origin");
        self.site.visit(request.form(fields))
    }

    /// Goes where an answer leads.
    #[track_caller]
    fn follow(&self, seen: &Seen) -> Seen {
        self.see(&seen.leads_to())
    }

    /// Sends the form on the page of a case that does `action`.
    #[track_caller]
    pub fn act(&self, page: &Seen, action: &str, fields: &[(&str, &str)]) -> Seen {
        let offered = page.all(&format!("form:has(input[name=action][value={action}])"));
        let form = offered
            .first()
            .unwrap_or_else(|| panic!("no {action}: {}", page.text()));
        let mut sent = vec![
            ("csrf".to_owned(), page.value("csrf")),
            ("version".to_owned(), page.value("version")),
            ("action".to_owned(), action.to_owned()),
        ];
        sent.extend(
            fields
                .iter()
                .map(|(name, value)| ((*name).to_owned(), (*value).to_owned())),
        );
        self.submit(form.attr("action").unwrap(), &sent)
    }

    /// As [`Self::act`], and on to the page that follows.
    #[track_caller]
    pub fn acts(&self, page: &Seen, action: &str, fields: &[(&str, &str)]) -> Seen {
        self.follow(&self.act(page, action, fields)).expect(200)
    }

    #[track_caller]
    pub fn case(&self, reference: &str) -> Seen {
        self.see(&case_path(reference)).expect(200)
    }
}

/// A request that came by the form.
fn take_in(world: &World, typed: &Typed) -> StoredCase {
    world.submit(typed)
}

pub fn case_path(reference: &str) -> String {
    format!("/staff/cases/{reference}")
}

/// The actions that a page offers.
fn offered(page: &Seen) -> Vec<String> {
    let fields = page.all("input[name=action]");
    let mut names: Vec<String> = fields
        .iter()
        .map(|field| field.attr("value").unwrap().to_owned())
        .collect();
    names.sort();
    names.dedup();
    names
}
