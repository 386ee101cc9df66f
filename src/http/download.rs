//! A package on its way to the person: piece by piece, none of which is made before the one before it has left.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context as TaskContext, Poll};

use actix_web::body::{BodySize, MessageBody};
use actix_web::http::header::{self, HeaderValue};
use actix_web::web::{self, Bytes};
use actix_web::{HttpResponse, HttpResponseBuilder};

use super::blocking::blocking;
use crate::app::App;
use crate::services::packages::{self, Download};
use crate::services::{Error, Result};

type NextPiece = Pin<Box<dyn Future<Output = Result<Bytes>>>>;

/// The package as a body.
struct Pieces {
    app: web::Data<App>,
    download: Arc<Download>,
    seq: i32,
    next: Option<NextPiece>,
}

impl Pieces {
    fn ask(&mut self) -> NextPiece {
        let (app, download, seq) = (self.app.clone(), Arc::clone(&self.download), self.seq);
        self.seq += 1;
        Box::pin(async move {
            let piece = blocking(&app, move |ctx| packages::piece(ctx, &download, seq));
            Ok(Bytes::copy_from_slice(&piece.await?))
        })
    }
}

impl MessageBody for Pieces {
    type Error = Box<dyn std::error::Error>;

    fn size(&self) -> BodySize {
        BodySize::Sized(self.download.bytes)
    }

    fn poll_next(
        mut self: Pin<&mut Self>,
        task: &mut TaskContext<'_>,
    ) -> Poll<Option<std::result::Result<Bytes, Self::Error>>> {
        let mut next = match self.next.take() {
            Some(next) => next,
            None if self.seq >= self.download.pieces => return Poll::Ready(None),
            None => self.ask(),
        };
        match next.as_mut().poll(task) {
            Poll::Pending => {
                self.next = Some(next);
                Poll::Pending
            }
            Poll::Ready(piece) => Poll::Ready(Some(piece.map_err(|error: Error| error.code().into()))),
        }
    }
}

/// The answer that hands a package over.
pub(super) fn hand_over(app: &web::Data<App>, download: Download) -> HttpResponse {
    let name = format!("attachment; filename=\"{}\"", download.name);
    let mut answer: HttpResponseBuilder = HttpResponse::Ok();
    answer
        .content_type("application/zip")
        .insert_header((header::CACHE_CONTROL, "no-store"));
    if let Ok(name) = HeaderValue::from_str(&name) {
        answer.insert_header((header::CONTENT_DISPOSITION, name));
    }
    // To compress what is compressed only costs, and hides how long it is.
    answer.insert_header((header::CONTENT_ENCODING, "identity"));
    answer.body(Pieces {
        app: app.clone(),
        download: Arc::new(download),
        seq: 0,
        next: None,
    })
}
