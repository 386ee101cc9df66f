//! A mail-out service with an API of its own, served in this process: pages of two, work that goes on after the answer, and
//! what a test tells it to do wrong.

use std::collections::BTreeMap;
use std::net::TcpListener;
use std::sync::mpsc;
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;

use actix_web::dev::ServerHandle;
use actix_web::{App, HttpRequest, HttpResponse, HttpServer, web};
use serde_json::{Value, json};

/// The header that lets in.
pub const KEY: &str = "Bearer sesame";

/// What it holds and does.
#[derive(Default)]
pub struct State {
    /// Contacts by id.
    pub contacts: BTreeMap<String, Value>,
    /// Events by id.
    pub events: BTreeMap<String, Value>,
    /// Work that goes on: what is erased when it is asked after once more.
    jobs: BTreeMap<String, (String, bool)>,
    /// Each call: method and path, without what is asked.
    pub calls: Vec<String>,
    /// Each row that went, in order.
    pub erased: Vec<String>,
    /// What it does wrong.
    pub wrong: Wrong,
}

/// What it does wrong.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Wrong {
    /// Nothing.
    #[default]
    Nothing,
    /// It takes no notice of what is asked for and gives everybody.
    IgnoresFilter,
    /// It says that there is more than it gives.
    OtherTotal,
    /// Its pages have no end.
    Endless,
    /// Its pages lead in a circle.
    Circle,
    /// Its next page is elsewhere.
    NextElsewhere,
    /// It sends callers elsewhere.
    Redirects,
    /// It says that it erased, and does not.
    KeepsErased,
    /// It gives another row than was asked for.
    OtherRow,
    /// It no longer takes the credentials after so many calls.
    Expires(usize),
    /// It is overloaded.
    Busy,
}

/// The service; it ends with this.
pub struct Service {
    /// Its address.
    pub base: String,
    state: Arc<Mutex<State>>,
    stop: ServerHandle,
    thread: Option<JoinHandle<()>>,
}

impl Service {
    /// Serves contacts with these addresses, each with three events.
    pub fn with<'a>(emails: impl IntoIterator<Item = &'a str>) -> Self {
        let mut state = State::default();
        for (at, email) in emails.into_iter().enumerate() {
            let id = format!("c{at}");
            let contact = json!({ "id": id, "profile": { "email": email.to_uppercase(), "vip": false },
                "blocked": false, "score": 7, "tags": ["a"], "note": null });
            state.contacts.insert(id.clone(), contact);
            for nth in 0..3 {
                let event = format!("e{at}-{nth}");
                let row = json!({ "id": event, "contact": id, "what": "opened" });
                state.events.insert(event, row);
            }
        }
        let state = Arc::new(Mutex::new(state));
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let base = format!("http://{}/v1", listener.local_addr().unwrap());
        let (send, receive) = mpsc::channel();
        let shared = Arc::clone(&state);
        let thread = std::thread::spawn(move || {
            actix_web::rt::System::new().block_on(async move {
                let server = HttpServer::new(move || {
                    let shared = Arc::clone(&shared);
                    let answer = move |request: HttpRequest, body: web::Bytes| {
                        let answer = shared.lock().unwrap().answer(&request, &body);
                        async move { answer }
                    };
                    App::new().default_service(web::to(answer))
                });
                let server = server.workers(1).listen(listener).unwrap().run();
                send.send(server.handle()).unwrap();
                server.await.unwrap();
            });
        });
        Self {
            base,
            state,
            stop: receive.recv().unwrap(),
            thread: Some(thread),
        }
    }

    /// Looks at what it holds, or changes it.
    pub fn state<T>(&self, work: impl FnOnce(&mut State) -> T) -> T {
        work(&mut self.state.lock().unwrap())
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        drop(self.stop.stop(false));
        if let Some(thread) = self.thread.take() {
            thread.join().ok();
        }
    }
}

impl State {
    fn answer(&mut self, request: &HttpRequest, body: &[u8]) -> HttpResponse {
        self.calls
            .push(format!("{} {}", request.method(), request.path()));
        let key = request
            .headers()
            .get("authorization")
            .map(|key| key.to_str().unwrap());
        let expired = matches!(self.wrong, Wrong::Expires(after) if self.calls.len() > after);
        match self.wrong {
            _ if key != Some(KEY) || expired => return HttpResponse::Unauthorized().finish(),
            Wrong::Busy => return HttpResponse::ServiceUnavailable().finish(),
            Wrong::Redirects => {
                let elsewhere = ("location", "http://169.254.169.254/latest");
                return HttpResponse::Found().insert_header(elsewhere).finish();
            }
            _ => {}
        }
        let path: Vec<&str> = request.path().trim_start_matches("/v1/").split('/').collect();
        match (request.method().as_str(), path.as_slice()) {
            ("GET", ["contacts"]) => self.list(request),
            ("GET", ["contacts", id, "events"]) => {
                let own = self.events.values().filter(|event| event["contact"] == *id);
                HttpResponse::Ok().json(own.collect::<Vec<_>>())
            }
            ("GET", ["contacts", id]) => {
                let id = if self.wrong == Wrong::OtherRow { "c1" } else { *id };
                Self::one(self.contacts.get(id))
            }
            ("GET", ["events", id]) => Self::one(self.events.get(*id)),
            ("PATCH", ["contacts", id]) => self.change(id, body),
            ("DELETE", ["contacts", id]) => self.begin(id),
            ("DELETE", ["events", id]) => match self.events.remove(*id) {
                None => HttpResponse::NotFound().finish(),
                Some(_) => {
                    self.erased.push((*id).to_owned());
                    HttpResponse::NoContent().finish()
                }
            },
            ("GET", ["jobs", id]) => self.go_on(id),
            _ => HttpResponse::BadRequest().finish(),
        }
    }

    fn one(row: Option<&Value>) -> HttpResponse {
        match row {
            Some(row) => HttpResponse::Ok().json(json!({ "data": row })),
            None => HttpResponse::NotFound().finish(),
        }
    }

    fn list(&self, request: &HttpRequest) -> HttpResponse {
        let query = web::Query::<BTreeMap<String, String>>::from_query(request.query_string()).unwrap();
        let email = query.get("email").cloned().unwrap_or_default().to_lowercase();
        let everybody = self.wrong == Wrong::IgnoresFilter;
        let fits = |row: &&Value| row["profile"]["email"].as_str().unwrap().to_lowercase() == email;
        let found: Vec<&Value> = self
            .contacts
            .values()
            .filter(|row| everybody || fits(row))
            .collect();
        let from: usize = query.get("after").map_or(0, |after| after.parse().unwrap());
        let page: Vec<&Value> = found.iter().skip(from).take(2).copied().collect();
        let more = (from + 2 < found.len()).then(|| (from + 2).to_string());
        let next = match self.wrong {
            Wrong::Endless => Some((from + 1).to_string()),
            Wrong::Circle => Some("0".to_owned()),
            _ => more,
        };
        let total = found.len() + usize::from(self.wrong == Wrong::OtherTotal);
        let link = (self.wrong == Wrong::NextElsewhere).then_some("http://169.254.169.254/latest");
        HttpResponse::Ok().json(json!({ "data": page, "next": next, "total": total, "link": link }))
    }

    fn change(&mut self, id: &str, body: &[u8]) -> HttpResponse {
        let Some(contact) = self.contacts.get_mut(id) else {
            return HttpResponse::NotFound().finish();
        };
        let sent: Value = serde_json::from_slice(body).unwrap();
        for (name, value) in sent.as_object().unwrap() {
            contact[name] = value.clone();
        }
        HttpResponse::Ok().json(json!({}))
    }

    fn begin(&mut self, id: &str) -> HttpResponse {
        if !self.contacts.contains_key(id) {
            return HttpResponse::NotFound().finish();
        }
        let job = format!("j{}", self.jobs.len());
        self.jobs.insert(job.clone(), (id.to_owned(), false));
        HttpResponse::Accepted().json(json!({ "job": { "id": job } }))
    }

    fn go_on(&mut self, job: &str) -> HttpResponse {
        let Some((id, asked)) = self.jobs.get_mut(job) else {
            return HttpResponse::NotFound().finish();
        };
        if !*asked {
            *asked = true;
            return HttpResponse::Ok().json(json!({ "state": "running" }));
        }
        let id = id.clone();
        if self.wrong != Wrong::KeepsErased && self.contacts.remove(&id).is_some() {
            self.events.retain(|_, event| event["contact"] != id.as_str());
            self.erased.push(id);
        }
        HttpResponse::Ok().json(json!({ "state": "done" }))
    }
}
