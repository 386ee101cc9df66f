//! A letter on paper, to be printed and posted.

use actix_web::web;

use super::case::path_of;
use super::who::{Answer, Desk};
use crate::domain::ids::Reference;
use crate::http::pages::Visit;
use crate::http::views::staff::LetterPage;
use crate::services::{Error, handling};

/// The letter as it will be read. That it was opened is recorded.
pub(super) async fn show(visit: Visit, path: web::Path<(String, String)>) -> Answer {
    let desk = Desk::at(visit)?;
    let (reference, letter) = path.into_inner();
    let wording = desk.visit.app.wording.clone();
    let (who, (reference, mail)) = desk
        .run(move |ctx, who| {
            let reference = Reference::parse(&reference).map_err(|_| Error::NotFound)?;
            let letter = letter.parse().map_err(|_| Error::NotFound);
            let (envelope, language) = handling::open_letter(ctx, &who.actor, &reference, letter)?;
            Ok((reference, wording.render(&envelope, language)?))
        })
        .await?;
    let mut page = desk.page(&who, "queue");
    page.flash = None;
    Ok(desk.visit.show(&LetterPage {
        t: desk.visit.t(),
        page,
        reference: path_of(&reference),
        subject: mail.subject,
        text: mail.text,
    }))
}
