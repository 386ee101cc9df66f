//! A browser without JavaScript: it reads pages, fills in their forms and keeps cookies.

use std::ops::Deref;

use reqwest::blocking::{Client, RequestBuilder};
use scraper::{ElementRef, Html, Selector};

use crate::api::client::{Api, Reply};
use crate::support::mail::Mail;
use crate::support::world::World;

/// The service, and one visitor of it.
pub struct Site(Api);

impl Deref for Site {
    type Target = Api;

    fn deref(&self) -> &Api {
        &self.0
    }
}

/// A page that came back.
pub struct Seen {
    pub reply: Reply,
    pub html: Html,
}

impl Seen {
    fn of(reply: Reply) -> Self {
        let html = Html::parse_document(&reply.text);
        Self { reply, html }
    }

    /// The page, if it has that status.
    #[track_caller]
    pub fn expect(self, status: u16) -> Self {
        assert_eq!(self.reply.status, status, "{}", self.text());
        self
    }

    /// Where it sends the reader.
    #[track_caller]
    pub fn leads_to(&self) -> String {
        assert_eq!(self.reply.status, 303, "{}", self.text());
        self.reply.header("location").to_owned()
    }

    pub fn all(&self, selector: &str) -> Vec<ElementRef<'_>> {
        self.html.select(&Selector::parse(selector).unwrap()).collect()
    }

    /// What a reader sees.
    pub fn text(&self) -> String {
        let words: Vec<&str> = self
            .html
            .root_element()
            .text()
            .flat_map(str::split_whitespace)
            .collect();
        words.join(" ")
    }

    /// What the first heading says.
    pub fn title(&self) -> String {
        self.all("h1")
            .first()
            .map(|h1| h1.text().collect::<String>())
            .unwrap_or_default()
    }

    /// What stands in a field now.
    #[track_caller]
    pub fn value(&self, name: &str) -> String {
        value_of(*self.all(&format!("[name={name}]")).first().expect(name))
    }

    /// The fields that are marked as wrong, in the order of the page.
    pub fn marked(&self) -> Vec<String> {
        let fields = self.all("[aria-invalid=true]");
        let name = |field: &ElementRef| field.attr("name").unwrap_or_default().to_owned();
        fields.iter().map(name).collect()
    }

    /// The form that posts to `action`, with the fields as a browser would send them, some of them filled in.
    #[track_caller]
    pub fn form(&self, action: &str, fill: &[(&str, &str)]) -> Vec<(String, String)> {
        let forms = self.all("form[method=post]");
        let form = forms.into_iter().find(|form| form.attr("action") == Some(action));
        let form = form.unwrap_or_else(|| panic!("no form to {action}: {}", self.text()));
        let fields = Selector::parse("input, select, textarea").unwrap();
        let mut sent: Vec<(String, String)> = Vec::new();
        for field in form.select(&fields) {
            let name = field.attr("name").unwrap_or_default();
            let is_choice = matches!(field.attr("type"), Some("radio" | "checkbox"));
            let filled = fill.iter().find(|(filled, _)| *filled == name);
            match filled {
                Some((_, value)) if sent.iter().all(|(sent, _)| sent != name) => {
                    sent.push((name.to_owned(), (*value).to_owned()));
                }
                Some(_) => {}
                None if is_choice && field.attr("checked").is_none() => {}
                None => sent.push((name.to_owned(), value_of(field))),
            }
        }
        for (name, _) in fill {
            assert!(sent.iter().any(|(sent, _)| sent == name), "no field {name}");
        }
        sent
    }
}

fn value_of(field: ElementRef) -> String {
    match field.value().name() {
        "textarea" => field.text().collect(),
        "select" => {
            let chosen = Selector::parse("option[selected]").unwrap();
            let chosen = field.select(&chosen).next();
            chosen
                .and_then(|option| option.attr("value"))
                .unwrap_or_default()
                .to_owned()
        }
        _ => field.attr("value").unwrap_or_default().to_owned(),
    }
}

impl Site {
    /// The service for ADMAX, and a browser that has never been there.
    pub fn new() -> Self {
        Self::with(|_| ())
    }

    /// The same, changed before it starts.
    pub fn with(change: impl FnOnce(&mut World)) -> Self {
        let mut site = Self(Api::with(change));
        site.0.http = browser();
        site
    }

    /// Forgets every cookie: another browser.
    pub fn forget(&mut self) {
        self.0.http = browser();
    }

    #[track_caller]
    pub fn see(&self, path: &str) -> Seen {
        self.visit(self.raw("GET", path))
    }

    #[track_caller]
    pub fn visit(&self, request: RequestBuilder) -> Seen {
        Seen::of(self.send(request))
    }

    /// Sends fields to an address, as a form of ours does.
    #[track_caller]
    pub fn submit(&self, path: &str, fields: &[(String, String)]) -> Seen {
        let site = self.raw("POST", path).header("sec-fetch-site", "same-origin");
        self.visit(site.header("origin", &self.base).form(fields))
    }

    /// Fills in the form on `page` that posts to `action`.
    #[track_caller]
    pub fn fill(&self, page: &Seen, action: &str, fill: &[(&str, &str)]) -> Seen {
        self.submit(action, &page.form(action, fill))
    }

    /// Goes where an answer leads.
    #[track_caller]
    pub fn follow(&self, seen: &Seen) -> Seen {
        self.see(&seen.leads_to())
    }

    /// Hands a request in by the form, and goes to the page after it: its reference.
    #[track_caller]
    pub fn ask(&self, right: &str, email: &str) -> String {
        let form = self.see(&format!("/requests/new?right={right}")).expect(200);
        let sent = self.fill(&form, "/requests", &[("email", email)]);
        let place = sent.leads_to();
        place.split('/').nth(2).unwrap().to_owned()
    }

    /// Hands a request in and enters the code: the case's page, opened.
    #[track_caller]
    pub fn open_case(&self, right: &str, email: &str) -> (String, Seen) {
        let reference = self.ask(right, email);
        let page = self.enter(&reference, &self.code(email, &reference));
        (reference, self.follow(&page))
    }

    /// Enters a code on the page of a case.
    #[track_caller]
    pub fn enter(&self, reference: &str, code: &str) -> Seen {
        let page = self.see(&format!("/requests/{reference}"));
        self.fill(
            &page,
            &format!("/requests/{reference}/verification"),
            &[("code", code)],
        )
    }

    /// How much there is of everything, and what it is: the same as long as nothing changes.
    pub fn state(&self) -> String {
        let mut client = postgres::Client::connect(&self.database.owner_url(), postgres::NoTls).unwrap();
        let tables = client
            .query(
                "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1",
                &[],
            )
            .unwrap();
        let mut state = String::new();
        for row in tables {
            let table: String = row.get(0);
            let query =
                format!("SELECT md5(coalesce(string_agg(t::text, '|' ORDER BY t::text), '')) FROM {table} t");
            let sum: String = client.query_one(&query, &[]).unwrap().get(0);
            state.push_str(&format!("{table} {sum}\n"));
        }
        state
    }

    /// How many cases there are.
    pub fn cases(&self) -> i64 {
        let mut client = postgres::Client::connect(&self.database.owner_url(), postgres::NoTls).unwrap();
        client
            .query_one("SELECT count(*) FROM cases", &[])
            .unwrap()
            .get(0)
    }

    /// The newest mail to a recipient of a notice, after the work that is due.
    #[track_caller]
    pub fn notice_mail(&self) -> Mail {
        self.work();
        self.sink.wait_for(|mail| mail.text().contains("/notices/"))
    }
}

fn browser() -> Client {
    Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .cookie_store(true)
        .build()
        .unwrap()
}
