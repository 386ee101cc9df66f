//! What no letter that refuses anything leaves without: reasons, complaint and court (Art. 12(4)).

use super::mails::RefusedPart;
use super::render::MailBody;
use crate::adapters::texts::Texts;
use crate::domain::language::Language;
use crate::services::ports::RenderedMail;

impl MailBody {
    /// The parts of a request that it refuses.
    fn refused(&self) -> Vec<RefusedPart> {
        match self {
            Self::ErasureDone(mail) => mail.refused.clone(),
            Self::Granted(mail) => mail.refused.clone(),
            Self::Restricted(mail) => mail.refused.clone(),
            Self::Rectified(mail) => mail.answer.refused.clone(),
            Self::ObjectionMarketing(mail) | Self::ObjectionOther(mail) | Self::ConsentWithdrawn(mail) => {
                mail.refused.clone()
            }
            Self::Refused(mail) => {
                let part = |ground: &String| RefusedPart {
                    what: mail.right.name().to_owned(),
                    ground: ground.clone(),
                    reason: mail.reason.clone(),
                };
                mail.grounds.iter().map(part).collect()
            }
            _ => vec![],
        }
    }
}

/// What a rendered letter lacks of what a refusal must say; nothing where it refuses nothing, or says it all.
#[must_use]
pub fn missing(body: &MailBody, rendered: &RenderedMail, language: Language) -> Option<&'static str> {
    let (refused, t) = (body.refused(), Texts::new(language));
    if refused.is_empty() {
        return matches!(body, MailBody::Refused(_)).then_some("ground");
    }
    let (text, html) = (&rendered.text, &rendered.html);
    for part in &refused {
        if part.reason.trim().is_empty() {
            return Some("reasons");
        }
        let lines = part.reason.lines().map(str::trim);
        if !lines.into_iter().all(|line| text.contains(line)) {
            return Some("reasons");
        }
        if !text.contains(&t.or("refusal-", &part.ground)) {
            return Some("ground");
        }
    }
    let said = |text: &str| text.contains("IMY") && text.contains(&t.get("imy-link"));
    if !said(text) || !said(html) {
        return Some("complaint");
    }
    let court = t.get("remedy-court");
    (!text.contains(&court) || !html.contains(&court)).then_some("court")
}

#[cfg(test)]
mod tests {
    use super::super::samples::{all, look};
    use super::*;

    fn refusing() -> Vec<MailBody> {
        let refuses = |body: &MailBody| !body.refused().is_empty();
        all().into_iter().filter(refuses).collect()
    }

    #[test]
    fn every_letter_that_refuses_says_why_where_to_complain_and_that_courts_are_open() {
        let names: std::collections::BTreeSet<&str> = refusing().iter().map(MailBody::name).collect();
        for needed in [
            "erasure_done",
            "refused",
            "granted",
            "rectified",
            "objection_other",
        ] {
            assert!(names.contains(needed), "{needed} has no sample that refuses");
        }
        for body in refusing() {
            for language in Language::ALL {
                let rendered = body.render(language, &look());
                assert_eq!(missing(&body, &rendered, language), None, "{}", body.name());
            }
        }
    }

    /// A letter that has a place for what is refused, and is not looked into above, would slip through.
    #[test]
    fn no_kind_of_letter_refuses_unseen() {
        for body in all() {
            let json = serde_json::to_value(&body).unwrap();
            if count_refused(&json) > 0 {
                assert!(!body.refused().is_empty(), "{}", body.name());
            }
        }
    }

    fn count_refused(json: &serde_json::Value) -> usize {
        match json {
            serde_json::Value::Object(fields) => {
                let own = fields
                    .get("refused")
                    .and_then(|list| list.as_array())
                    .map_or(0, Vec::len);
                own + fields.values().map(count_refused).sum::<usize>()
            }
            serde_json::Value::Array(items) => items.iter().map(count_refused).sum(),
            _ => 0,
        }
    }

    #[test]
    fn a_letter_without_any_of_it_is_found_out() {
        for body in refusing() {
            for language in Language::ALL {
                let t = Texts::new(language);
                let whole = body.render(language, &look());
                let part = body.refused().remove(0);
                let reason = part.reason.lines().next().unwrap().trim().to_owned();
                let without = [
                    (reason, "reasons"),
                    (t.or("refusal-", &part.ground), "ground"),
                    ("IMY".to_owned(), "complaint"),
                    (t.get("remedy-court"), "court"),
                ];
                for (words, what) in without {
                    let cut = RenderedMail {
                        text: whole.text.replace(&words, ""),
                        ..whole.clone()
                    };
                    assert_eq!(
                        missing(&body, &cut, language),
                        Some(what),
                        "{} {}",
                        body.name(),
                        language.tag()
                    );
                }
                for (words, what) in [("IMY".to_owned(), "complaint"), (t.get("remedy-court"), "court")] {
                    let html = whole.html.replace(&words, "");
                    let cut = RenderedMail {
                        html,
                        ..whole.clone()
                    };
                    assert_eq!(missing(&body, &cut, language), Some(what), "{}", body.name());
                }
            }
        }
    }

    #[test]
    fn blank_reasons_are_none() {
        for body in refusing() {
            let mut json = serde_json::to_value(&body).unwrap();
            blank_reasons(&mut json);
            let body: MailBody = serde_json::from_value(json).unwrap();
            let rendered = body.render(Language::Sv, &look());
            assert_eq!(
                missing(&body, &rendered, Language::Sv),
                Some("reasons"),
                "{}",
                body.name()
            );
        }
    }

    fn blank_reasons(json: &mut serde_json::Value) {
        match json {
            serde_json::Value::Object(fields) => {
                for (name, value) in fields {
                    if name == "reason" {
                        *value = " ".into();
                    } else {
                        blank_reasons(value);
                    }
                }
            }
            serde_json::Value::Array(items) => items.iter_mut().for_each(blank_reasons),
            _ => {}
        }
    }
}
