//! The local mail viewer: for trying the service out, where mails become files. Off unless it is asked for, and then
//! only for who sits at the machine.

use std::path::PathBuf;

use actix_web::http::header;
use actix_web::web;
use uuid::Uuid;

use super::pages::{self, Answer, PageError, Visit, local_time, reading};
use super::views::outbox::{OutboxMail, OutboxMailPage, OutboxPage};
use crate::adapters::mail::{self, StoredMail};
use crate::domain::ids::MailId;
use crate::services::{Error, auditing};

/// How many mails are shown.
const SHOWN: usize = 200;

/// The addresses of these pages.
pub(super) fn configure(cfg: &mut web::ServiceConfig) {
    let page = |path| web::resource(path).default_service(web::to(pages::unknown));
    cfg.service(page("/outbox").route(reading().to(list)))
        .service(page("/outbox/{id}").route(reading().to(show)));
}

/// Where the mails are, for who may see them: nobody beyond this machine, nor through a proxy on it.
fn directory(visit: &Visit) -> Result<PathBuf, PageError> {
    let is_local = visit
        .request
        .peer_addr()
        .is_some_and(|peer| peer.ip().to_canonical().is_loopback());
    let headers = visit.request.headers();
    let is_direct = !headers.contains_key("x-forwarded-for") && !headers.contains_key(header::FORWARDED);
    let directory = visit.app.web.mail_viewer.clone();
    directory
        .filter(|_| is_local && is_direct)
        .ok_or_else(|| visit.fail(&Error::NotFound))
}

async fn list(visit: Visit) -> Answer {
    let directory = directory(&visit)?;
    let mails = visit
        .run(move |_| mail::list(&directory, SHOWN).map_err(Error::internal))
        .await?;
    Ok(visit.show(&OutboxPage {
        t: visit.t(),
        page: visit.page(String::new()),
        mails: mails.iter().map(line).collect(),
    }))
}

fn line(mail: &StoredMail) -> OutboxMail {
    OutboxMail {
        id: mail.id.to_string(),
        to: mail.to.clone(),
        subject: mail.subject.clone(),
        at: mail.at.map(local_time).unwrap_or_default(),
    }
}

async fn show(visit: Visit, id: web::Path<String>) -> Answer {
    let directory = directory(&visit)?;
    let id: Uuid = id.parse().map_err(|_| visit.fail(&Error::NotFound))?;
    let found = visit.run(move |ctx| {
        let found = mail::read(&directory, id).map_err(Error::internal)?;
        let found = found.ok_or(Error::NotFound)?;
        auditing::look_at_mail(ctx, MailId(id))?;
        Ok(found)
    });
    let found = found.await?;
    let look = &visit.app.look;
    Ok(visit.show(&OutboxMailPage {
        t: visit.t(),
        page: visit.page(String::new()),
        mail: line(&found.mail),
        from: format!("{} <{}>", look.name, look.email),
        text: found.text,
    }))
}
