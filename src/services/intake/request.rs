//! What a person writes in a request: as typed, and checked.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::domain::contact::{ContactError, Email, FreeText, PersonName};
use crate::domain::grant::stop;
use crate::domain::language::Language;
use crate::domain::matching::PersonKeys;
use crate::domain::personal_number::PersonalNumber;
use crate::domain::restriction::Ground;
use crate::domain::right::Right;
use crate::services::{Error, FieldError, Result};

/// A request as it was typed. Empty texts count as absent.
#[derive(Clone, Default, Deserialize)]
pub struct Typed {
    /// The right's name.
    pub right: Option<String>,
    /// E-mail address.
    pub email: Option<String>,
    /// Name.
    pub name: Option<String>,
    /// Personnummer or samordningsnummer.
    pub personal_number: Option<String>,
    /// The host's customer number.
    pub customer_number: Option<String>,
    /// What the person wants to say.
    pub message: Option<String>,
    /// `sv` or `en`.
    pub language: Option<String>,
    /// For whom somebody acts: their own name.
    pub acting_name: Option<String>,
    /// What they are to the person.
    pub acting_relation: Option<String>,
    /// For a rectification: what is wrong.
    pub wrong: Option<String>,
    /// What is right.
    pub correct: Option<String>,
    /// What shows that.
    pub evidence: Option<String>,
    /// What is to be stopped: for an objection and a withdrawal of consent.
    pub stop: Option<stop::Wish>,
    /// For a restriction: the name of its ground.
    pub restriction_ground: Option<String>,
}

/// Whether the right is about stopping something.
const fn stops(right: Right) -> bool {
    matches!(right, Right::Objection | Right::ConsentWithdrawal)
}

/// What the person wrote, checked; the sealed part of the case.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CaseFile {
    /// E-mail address; staff may take in a request without one.
    pub email: Option<Email>,
    /// Name.
    pub name: Option<PersonName>,
    /// Personnummer or samordningsnummer.
    pub personal_number: Option<PersonalNumber>,
    /// The host's customer number.
    pub customer_number: Option<String>,
    /// What the person wants to say.
    pub message: Option<FreeText>,
    /// Who acts for the person, and as what.
    pub acting_for: Option<ActingFor>,
    /// For a rectification: what is wrong, what is right, and what shows that.
    #[serde(default, skip_serializing_if = "Wish::is_empty")]
    pub wish: Wish,
    /// What is to be stopped, where they said so by more than their message.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stop: Option<stop::Wish>,
    /// By what a machine named an account that ended; none of it is known to lead to its holder.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub named: Option<PersonKeys>,
    /// For a restriction: the ground that they name (Art. 18(1)). Staff decide on which it is granted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub restriction_ground: Option<Ground>,
}

/// What somebody wants corrected, in their words.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Wish {
    /// What is wrong.
    pub wrong: Option<FreeText>,
    /// What is right.
    pub correct: Option<FreeText>,
    /// What shows that.
    pub evidence: Option<FreeText>,
}

/// Somebody who acts for the person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ActingFor {
    /// Their name.
    pub name: PersonName,
    /// What they are to the person.
    pub relation: FreeText,
}

/// Customer numbers are short; anything longer is something else.
const MAX_CUSTOMER_NUMBER: usize = 40;

impl Wish {
    /// Whether nothing was said.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.wrong.is_none() && self.correct.is_none() && self.evidence.is_none()
    }
}

impl CaseFile {
    /// The keys by which the person may be found.
    #[must_use]
    pub fn keys(&self) -> PersonKeys {
        if let Some(named) = &self.named {
            return named.clone();
        }
        PersonKeys {
            customer_number: self.customer_number.clone(),
            personal_number: self
                .personal_number
                .as_ref()
                .map(|number| number.as_str().to_owned()),
            email: self.email.as_ref().map(|email| email.as_str().to_owned()),
            phone: None,
        }
    }
}

/// A request that can be taken in.
#[derive(Clone, Debug)]
pub struct Request {
    /// What is asked for.
    pub right: Right,
    /// In which language the person reads.
    pub language: Language,
    /// What they wrote.
    pub file: CaseFile,
}

impl Request {
    /// Checks what was typed, all of it at once, so that a form can show every wrong field.
    ///
    /// # Errors
    /// [`Error::Invalid`] with a code for each field.
    pub fn parse(typed: &Typed, now: DateTime<Utc>, email_needed: bool) -> Result<Self> {
        let mut wrong = Vec::new();
        let right = match typed.right.as_deref().map(Right::from_name) {
            Some(Some(right)) => Some(right),
            Some(None) => fail(&mut wrong, "right", "unknown"),
            None => fail(&mut wrong, "right", "required"),
        };
        let language = match filled(typed.language.as_ref()) {
            None => Some(Language::default()),
            Some(tag) => Language::from_tag(tag).or_else(|| fail(&mut wrong, "language", "unknown")),
        };
        let email = contact(&mut wrong, "email", typed.email.as_ref(), Email::parse);
        if email_needed && filled(typed.email.as_ref()).is_none() {
            fail::<()>(&mut wrong, "email", "required");
        }
        let name = contact(&mut wrong, "name", typed.name.as_ref(), PersonName::parse);
        let message = contact(&mut wrong, "message", typed.message.as_ref(), FreeText::parse);
        let today = crate::domain::calendar::stockholm_date(now);
        let personal_number = filled(typed.personal_number.as_ref()).and_then(|text| {
            PersonalNumber::parse(text, today)
                .ok()
                .or_else(|| fail(&mut wrong, "personal_number", "invalid"))
        });
        let customer_number = filled(typed.customer_number.as_ref()).and_then(|text| {
            let plain = text.chars().count() <= MAX_CUSTOMER_NUMBER && !text.chars().any(char::is_control);
            if plain {
                Some(text.to_owned())
            } else {
                fail(&mut wrong, "customer_number", "invalid")
            }
        });
        let acting_for = acting_for(&mut wrong, typed);
        let wish = wish(&mut wrong, typed);
        let restriction_ground = restriction_ground(&mut wrong, typed);
        let only_other = |wish: &stop::Wish| wish.other && !wish.marketing;
        if right == Some(Right::Objection) && message.is_none() && typed.stop.as_ref().is_some_and(only_other)
        {
            fail::<()>(&mut wrong, "objection.message", "required");
        }
        match (right, language) {
            (Some(right), Some(language)) if wrong.is_empty() => {
                let file = CaseFile {
                    email,
                    name,
                    personal_number,
                    customer_number,
                    message,
                    acting_for,
                    wish,
                    stop: typed.stop.clone().filter(|_| stops(right)),
                    named: None,
                    restriction_ground: restriction_ground.filter(|_| right == Right::Restriction),
                };
                Ok(Self {
                    right,
                    language,
                    file,
                })
            }
            _ => Err(Error::Invalid(wrong)),
        }
    }
}

/// The identifiers among what was typed.
///
/// # Errors
/// [`Error::Invalid`] with a code for each field that is none.
pub fn identifiers(typed: &Typed, now: DateTime<Utc>) -> Result<PersonKeys> {
    let only = Typed {
        right: Some(Right::Access.name().to_owned()),
        email: typed.email.clone(),
        personal_number: typed.personal_number.clone(),
        customer_number: typed.customer_number.clone(),
        ..Typed::default()
    };
    Ok(Request::parse(&only, now, false)?.file.keys())
}

fn filled(text: Option<&String>) -> Option<&str> {
    text.map(|text| text.trim()).filter(|text| !text.is_empty())
}

fn fail<T>(wrong: &mut Vec<FieldError>, field: &'static str, code: &'static str) -> Option<T> {
    wrong.push(FieldError { field, code });
    None
}

fn contact<T>(
    wrong: &mut Vec<FieldError>,
    field: &'static str,
    text: Option<&String>,
    parse: impl Fn(&str) -> std::result::Result<T, ContactError>,
) -> Option<T> {
    match parse(filled(text)?) {
        Ok(value) => Some(value),
        Err(ContactError::TooLong) => fail(wrong, field, "too_long"),
        Err(_) => fail(wrong, field, "invalid"),
    }
}

fn wish(wrong: &mut Vec<FieldError>, typed: &Typed) -> Wish {
    Wish {
        wrong: contact(wrong, "wrong", typed.wrong.as_ref(), FreeText::parse),
        correct: contact(wrong, "correct", typed.correct.as_ref(), FreeText::parse),
        evidence: contact(wrong, "evidence", typed.evidence.as_ref(), FreeText::parse),
    }
}

fn restriction_ground(wrong: &mut Vec<FieldError>, typed: &Typed) -> Option<Ground> {
    let name = filled(typed.restriction_ground.as_ref())?;
    Ground::from_name(name).or_else(|| fail(wrong, "restriction.ground", "unknown"))
}

fn acting_for(wrong: &mut Vec<FieldError>, typed: &Typed) -> Option<ActingFor> {
    let name = contact(
        wrong,
        "acting_for.name",
        typed.acting_name.as_ref(),
        PersonName::parse,
    );
    let relation = contact(
        wrong,
        "acting_for.relation",
        typed.acting_relation.as_ref(),
        FreeText::parse,
    );
    match (
        filled(typed.acting_name.as_ref()),
        filled(typed.acting_relation.as_ref()),
    ) {
        (None, None) => None,
        (Some(_), None) => fail(wrong, "acting_for.relation", "required"),
        (None, Some(_)) => fail(wrong, "acting_for.name", "required"),
        (Some(_), Some(_)) => Some(ActingFor {
            name: name?,
            relation: relation?,
        }),
    }
}
