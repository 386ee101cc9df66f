//! The service on a port of its own, and what a client sees of it.

use std::ops::{Deref, DerefMut};

use dataratt::domain::staff::{Actor, Role};
use dataratt::services::accounts;
use reqwest::blocking::{Client, RequestBuilder};
use reqwest::header::HeaderMap;
use serde_json::{Value, json};

use crate::support::server::Server;
use crate::support::world::World;

const PASSWORD: &str = "Correct-horse-0123456789abcdef";

/// An answer of the service.
#[derive(Debug)]
pub struct Reply {
    pub status: u16,
    pub headers: HeaderMap,
    pub text: String,
    pub json: Value,
}

impl Reply {
    /// The body, of an answer of that status.
    #[track_caller]
    pub fn expect(self, status: u16) -> Value {
        assert_eq!(self.status, status, "{}", self.text);
        self.json
    }

    /// Fails the test unless it is a problem of that status and code.
    #[track_caller]
    pub fn problem(self, status: u16, code: &str) -> Value {
        let problem = (self.status, self.json["code"].as_str().unwrap_or_default());
        assert_eq!(problem, (status, code), "{}", self.text);
        assert_eq!(self.header("content-type"), "application/problem+json");
        assert_eq!(self.json["status"], status);
        self.json
    }

    /// Fails the test unless it says that these fields are wrong, as `field: code`.
    #[track_caller]
    pub fn wrong(self, fields: &[&str]) {
        let problem = self.problem(422, "invalid");
        let list = problem["fields"].as_array().unwrap();
        let text = |entry: &Value, name: &str| entry[name].as_str().unwrap().to_owned();
        let found: Vec<String> = list
            .iter()
            .map(|entry| format!("{}: {}", text(entry, "field"), text(entry, "code")))
            .collect();
        assert_eq!(found, fields);
    }

    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }
}

/// The running service; it dereferences to its world.
pub struct Api {
    world: World,
    pub base: String,
    pub http: Client,
    _server: Server,
}

impl Deref for Api {
    type Target = World;

    fn deref(&self) -> &World {
        &self.world
    }
}

impl DerefMut for Api {
    fn deref_mut(&mut self) -> &mut World {
        &mut self.world
    }
}

impl Api {
    /// The service for ADMAX.
    pub fn new() -> Self {
        Self::with(|_| ())
    }

    /// The same, changed before it starts.
    pub fn with(change: impl FnOnce(&mut World)) -> Self {
        let mut world = World::new();
        change(&mut world);
        let server = Server::start(world.app.clone());
        let base = server.base.clone();
        Self {
            world,
            base,
            http: Client::builder()
                .redirect(reqwest::redirect::Policy::none())
                .build()
                .unwrap(),
            _server: server,
        }
    }

    /// A request outside the API's prefix.
    pub fn raw(&self, method: &str, path: &str) -> RequestBuilder {
        let method = reqwest::Method::from_bytes(method.as_bytes()).unwrap();
        self.http.request(method, format!("{}{path}", self.base))
    }

    /// Sends a request.
    #[track_caller]
    pub fn send(&self, request: RequestBuilder) -> Reply {
        let response = request.send().expect("the service answers");
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let text = response.text().unwrap();
        let json = serde_json::from_str(&text).unwrap_or_default();
        Reply {
            status,
            headers,
            text,
            json,
        }
    }

    /// A call of the API; `Value::Null` is no body, and an empty token none.
    #[track_caller]
    pub fn call(&self, method: &str, path: &str, token: &str, body: &Value) -> Reply {
        let mut request = self.raw(method, &format!("/api/v1{path}"));
        if !token.is_empty() {
            request = request.bearer_auth(token);
        }
        if !body.is_null() {
            request = request.json(body);
        }
        self.send(request)
    }

    #[track_caller]
    pub fn get(&self, path: &str, token: &str) -> Reply {
        self.call("GET", path, token, &Value::Null)
    }

    #[track_caller]
    pub fn post(&self, path: &str, token: &str, body: &Value) -> Reply {
        self.call("POST", path, token, body)
    }

    /// The token of a new member of staff, or the key of a new machine.
    #[track_caller]
    pub fn token(&self, role: Role) -> String {
        if role == Role::Machine {
            return accounts::add_key(self, &Actor::System, "portal", role)
                .unwrap()
                .secret;
        }
        let email = self.account(role);
        let session = self.post("/session", "", &json!({ "email": email, "password": PASSWORD }));
        session.expect(200)["token"].as_str().unwrap().to_owned()
    }

    /// The address of a new member of staff, whose password is [`Self::password`].
    pub fn account(&self, role: Role) -> String {
        let email = format!("{}-{}@host.example", role.name(), self.new_id().simple());
        accounts::add_staff(self, &Actor::System, &email, role, PASSWORD).unwrap();
        email
    }

    pub const fn password() -> &'static str {
        PASSWORD
    }

    /// Hands a request in and enters the code from the mail: the reference and the token.
    #[track_caller]
    pub fn verified(&self, right: &str, email: &str) -> (String, String) {
        let sent = self.post("/requests", "", &json!({ "right": right, "email": email }));
        let reference = sent.expect(202)["reference"].as_str().unwrap().to_owned();
        let token = self.verify(&reference, email);
        (reference, token)
    }

    /// Enters the newest code of a case.
    #[track_caller]
    pub fn verify(&self, reference: &str, email: &str) -> String {
        let code = self.code(email, reference);
        let verified = self.post(
            &format!("/requests/{reference}/verification"),
            "",
            &json!({ "code": code }),
        );
        verified.expect(200)["token"].as_str().unwrap().to_owned()
    }

    /// The code in the mail about a case to an address.
    #[track_caller]
    pub fn code(&self, email: &str, reference: &str) -> String {
        self.work();
        let about = |mail: &crate::support::mail::Mail| {
            mail.is_to(email) && mail.find_code().is_some() && mail.text().contains(reference)
        };
        self.sink.wait_for(about).code()
    }

    /// Does something with a case as it is now.
    #[track_caller]
    pub fn acts(&self, reference: &str, token: &str, action: &str, fields: Value) -> Reply {
        let case = self.get(&format!("/cases/{reference}"), token);
        let mut body = fields;
        body["action"] = json!(action);
        body["version"] = case.json["version"].clone();
        if body["version"].is_null() {
            body["version"] = json!(1);
        }
        self.post(&format!("/cases/{reference}/actions"), token, &body)
    }
}
