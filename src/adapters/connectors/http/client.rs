//! One call and its answer, within limits of time, size and pages. What is logged are templates and numbers, never
//! values.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use serde_json::Value;
use ureq::Agent;
use ureq::config::Config;
use ureq::http::{Request, header};
use ureq::tls::{Certificate, RootCerts, TlsConfig};
use ureq::unversioned::resolver::DefaultResolver;
use ureq::unversioned::transport::DefaultConnector;
use url::Url;

use super::error::Failure;
use super::guard::{Guard, NotAllowed};
use crate::domain::data_map::{Call, HttpAccess, Job, Method, encoded};

/// Rows that one list may give.
const MOST_ROWS: usize = 200_000;

/// The other end of a system's calls.
pub(super) struct Client {
    agent: Agent,
    base: Url,
    headers: Vec<(String, String)>,
    access: HttpAccess,
}

/// What there is where a call went.
pub(super) enum Answer {
    /// An answer; null when it is empty.
    Is(Value),
    /// Nothing (404 or 410).
    Nothing,
}

impl Client {
    /// A client of the system at `base`, which sends these headers.
    pub(super) fn new(
        access: &HttpAccess,
        base: &str,
        headers: Vec<(String, String)>,
    ) -> Result<Self, String> {
        let base = Url::parse(base).map_err(|_| "its address is no address of a web service")?;
        let fits = matches!(base.scheme(), "http" | "https") && base.host_str().is_some();
        if !fits || base.query().is_some() || base.fragment().is_some() {
            return Err("its address must begin with https:// and end with a path".to_owned());
        }
        let timeout = Duration::from_secs(access.timeout_seconds.max(1));
        let config = Config::builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .max_redirects_will_error(false)
            .proxy(None)
            .timeout_global(Some(timeout))
            .user_agent("dataratt")
            .tls_config(
                TlsConfig::builder()
                    .root_certs(authorities())
                    .unversioned_rustls_crypto_provider(Arc::new(rustls::crypto::ring::default_provider()))
                    .build(),
            )
            .build();
        let guard = Guard {
            allowed: access.allow_addresses.clone(),
            inner: DefaultResolver::default(),
        };
        Ok(Self {
            agent: Agent::with_parts(config, DefaultConnector::default(), guard),
            base,
            headers,
            access: access.clone(),
        })
    }

    /// The address of a filled path.
    fn address(&self, path: &str) -> Result<Url, Failure> {
        let joined = format!("{}{path}", self.base.as_str().trim_end_matches('/'));
        self.of_this_host(&joined)
    }

    /// An address that a system gave, if it is on the same host.
    fn of_this_host(&self, address: &str) -> Result<Url, Failure> {
        let url = self
            .base
            .join(address)
            .map_err(|_| Failure::refused("gives an address that is none"))?;
        if url.origin() == self.base.origin() && url.username().is_empty() && url.password().is_none() {
            Ok(url)
        } else {
            Err(Failure::refused("leads to another host, which is not followed"))
        }
    }

    /// Makes a call, and waits for the work that it begins.
    pub(super) fn call(&self, call: &Call, path: &str, body: Option<Value>) -> Result<Answer, Failure> {
        let answer = self.send(call.method, &self.address(path)?, body, call.path.as_str())?;
        if let (Some(job), Answer::Is(value)) = (&call.job, &answer) {
            self.wait_for(job, value)?;
        }
        Ok(answer)
    }

    /// Every row of a list, page after page; what is not there has none.
    pub(super) fn rows(&self, call: &Call, path: &str, body: Option<&Value>) -> Result<Vec<Value>, Failure> {
        let mut url = self.address(path)?;
        let (mut rows, mut seen, mut total) = (Vec::new(), Vec::new(), None);
        loop {
            if seen.len() >= self.access.max_pages {
                return Err(Failure::refused("gives more pages than max_pages"));
            }
            let Answer::Is(answer) = self.send(call.method, &url, body.cloned(), call.path.as_str())? else {
                break;
            };
            match answer.pointer(call.rows.as_str()) {
                Some(Value::Array(page)) => rows.extend(page.iter().cloned()),
                Some(one @ Value::Object(_)) => rows.push(one.clone()),
                _ => {
                    return Err(Failure::refused(format!(
                        "answers {} without rows",
                        call.path.as_str()
                    )));
                }
            }
            if rows.len() > MOST_ROWS {
                return Err(Failure::refused("gives more rows than anybody has"));
            }
            total = call
                .total
                .as_ref()
                .and_then(|total| answer.pointer(total.as_str())?.as_u64())
                .or(total);
            seen.push(url.clone());
            match self.next(call, &answer, &url)? {
                None => break,
                Some(next) if seen.contains(&next) => {
                    return Err(Failure::refused("gives pages that lead in a circle"));
                }
                Some(next) => url = next,
            }
        }
        let got = u64::try_from(rows.len()).unwrap_or(u64::MAX);
        match total {
            Some(total) if total != got => Err(Failure::later(
                "says that it has another number of rows than it gave",
            )),
            _ => Ok(rows),
        }
    }

    fn next(&self, call: &Call, answer: &Value, url: &Url) -> Result<Option<Url>, Failure> {
        let Some(next) = call.next.as_ref().and_then(|next| answer.pointer(next.as_str())) else {
            return Ok(None);
        };
        let next = match next {
            Value::String(next) if !next.is_empty() => next.clone(),
            Value::Number(next) => next.to_string(),
            _ => return Ok(None),
        };
        let Some(parameter) = &call.next_parameter else {
            return self.of_this_host(&next).map(Some);
        };
        let mut url = url.clone();
        let kept: Vec<(String, String)> = url
            .query_pairs()
            .into_owned()
            .filter(|(name, _)| name != parameter)
            .collect();
        let mut query: Vec<String> = kept
            .iter()
            .map(|(name, value)| format!("{}={}", encoded(name), encoded(value)))
            .collect();
        query.push(format!("{}={}", encoded(parameter), encoded(&next)));
        url.set_query(Some(&query.join("&")));
        Ok(Some(url))
    }

    fn wait_for(&self, job: &Job, answer: &Value) -> Result<(), Failure> {
        let id = match answer.pointer(job.id.as_str()) {
            Some(Value::String(id)) => id.clone(),
            Some(Value::Number(id)) => id.to_string(),
            _ => return Ok(()),
        };
        let path = job.path.fill(|name| (name == "job").then_some(id.as_str()));
        let path = path.ok_or_else(|| Failure::refused("gives its work a name that is none"))?;
        let url = self.address(&path)?;
        let asks = job.within_seconds / job.every_seconds.max(1) + 1;
        for _ in 0..asks {
            if let Answer::Is(state) = self.send(Method::Get, &url, None, job.path.as_str())? {
                let state = state
                    .pointer(job.state.as_str())
                    .and_then(Value::as_str)
                    .unwrap_or_default();
                if job.done.contains(state) {
                    return Ok(());
                }
                if job.failed.contains(state) {
                    return Err(Failure::refused("says that its work failed"));
                }
            }
            std::thread::sleep(Duration::from_secs(job.every_seconds));
        }
        Err(Failure::later("has not finished its work in time"))
    }

    fn send(&self, method: Method, url: &Url, body: Option<Value>, said: &str) -> Result<Answer, Failure> {
        let mut request = Request::builder().method(method.name()).uri(url.as_str());
        for (name, value) in &self.headers {
            request = request.header(name, value);
        }
        request = request.header(header::ACCEPT, "application/json");
        let sent = match body {
            Some(body) => {
                let request = request.header(header::CONTENT_TYPE, "application/json");
                request
                    .body(body.to_string())
                    .map(|request| self.agent.run(request))
            }
            None => request.body(()).map(|request| self.agent.run(request)),
        };
        let sent = sent.map_err(|_| Failure::refused("cannot be sent one of its headers"))?;
        let mut answer = sent.map_err(|error| failed(&error))?;
        let status = answer.status().as_u16();
        tracing::debug!(method = method.name(), path = said, status, "asked a system");
        match status {
            200..=299 => {
                let read = answer
                    .body_mut()
                    .with_config()
                    .limit(self.access.max_bytes)
                    .read_to_vec();
                let bytes = read.map_err(|error| failed(&error))?;
                if bytes.is_empty() {
                    return Ok(Answer::Is(Value::Null));
                }
                let whole = serde_json::from_slice(&bytes);
                whole
                    .map(Answer::Is)
                    .map_err(|_| Failure::later("gives an answer that is no whole JSON"))
            }
            404 | 410 => Ok(Answer::Nothing),
            401 | 403 => Err(Failure::refused(format!(
                "does not take the credentials ({status})"
            ))),
            300..=399 => Err(Failure::refused("redirects, which is not followed")),
            408 | 425 | 429 | 500..=599 => Err(Failure::later(format!("answers {status}"))),
            _ => Err(Failure::refused(format!(
                "answers {status} to {} {said}",
                method.name()
            ))),
        }
    }
}

/// What went wrong, without the address, which may hold a person's.
fn failed(error: &ureq::Error) -> Failure {
    match error {
        ureq::Error::Timeout(_) => Failure::later("took too long"),
        ureq::Error::HostNotFound => Failure::later("has a name that is not found"),
        ureq::Error::Other(other) if other.is::<NotAllowed>() => {
            Failure::refused(format!("is not reached: {NotAllowed}"))
        }
        ureq::Error::BodyExceedsLimit(_) => Failure::refused("gives more than max_bytes"),
        ureq::Error::Rustls(_) | ureq::Error::Tls(_) => {
            Failure::refused("has no certificate that can be trusted")
        }
        ureq::Error::Io(io) => Failure::later(format!("breaks off ({})", io.kind())),
        _ => Failure::later("does not answer as HTTP does"),
    }
}

/// The certificate authorities that the machine trusts.
fn authorities() -> RootCerts {
    let found = rustls_native_certs::load_native_certs().certs;
    let certificates: Vec<Certificate<'static>> = found
        .iter()
        .map(|der| Certificate::from_der(der.as_ref()).to_owned())
        .collect();
    RootCerts::new_with_certs(&certificates)
}

/// A body with its values filled in; `None` when one is missing.
pub(super) fn filled(body: &Value, values: &BTreeMap<String, String>) -> Option<Value> {
    Some(match body {
        Value::String(text) => {
            let mut text = text.clone();
            if let Some(name) = text.strip_prefix('{').and_then(|rest| rest.strip_suffix('}')) {
                return values.get(name).cloned().map(Value::String);
            }
            for (name, value) in values {
                text = text.replace(&format!("{{{name}}}"), value);
            }
            Value::String(text)
        }
        Value::Array(items) => Value::Array(
            items
                .iter()
                .map(|item| filled(item, values))
                .collect::<Option<_>>()?,
        ),
        Value::Object(fields) => {
            let fields = fields
                .iter()
                .map(|(name, field)| Some((name.clone(), filled(field, values)?)));
            Value::Object(fields.collect::<Option<_>>()?)
        }
        other => other.clone(),
    })
}
