//! Dates in a profile: text, so that a wrong one is answered in the same words whatever is wrong with it.

use std::fmt;

use chrono::NaiveDate;
use serde::de::{Deserializer, Error, Unexpected, Visitor};

struct Form;

impl Visitor<'_> for Form {
    type Value = NaiveDate;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a date in quotation marks, such as \"2026-11-21\"")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<NaiveDate, E> {
        text.parse()
            .map_err(|_| E::invalid_value(Unexpected::Str(text), &self))
    }
}

pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<NaiveDate, D::Error> {
    deserializer.deserialize_str(Form)
}
