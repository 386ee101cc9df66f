//! Every text a person sees, by key and language, from the Fluent files under `locales/`.

use std::borrow::Cow;
use std::collections::HashMap;
use std::fmt::Display;

use chrono::NaiveDate;
use fluent_templates::fluent_bundle::FluentValue;
use unic_langid::{LanguageIdentifier, langid};

use crate::domain::language::Language;

fluent_templates::static_loader! {
    static LOCALES = {
        locales: "./locales",
        fallback_language: "sv",
        // Isolation marks would end up inside links, codes and file names.
        customise: |bundle| bundle.set_use_isolating(false),
    };
}

const SWEDISH: LanguageIdentifier = langid!("sv");
const ENGLISH: LanguageIdentifier = langid!("en");

/// What stands before a key that has no text: never seen by users, searched for by tests.
pub const MISSING: &str = "⟦";

/// The texts in one language. Templates read `{{ t.get("customer-start-title") }}`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Texts {
    language: Language,
}

impl Texts {
    /// The texts in `language`.
    #[must_use]
    pub const fn new(language: Language) -> Self {
        Self { language }
    }

    /// The language of these texts.
    #[must_use]
    pub const fn language(self) -> Language {
        self.language
    }

    /// The BCP 47 tag for `lang` attributes.
    #[must_use]
    pub const fn tag(self) -> &'static str {
        self.language.tag()
    }

    /// The text of `key`.
    #[must_use]
    pub fn get(self, key: &str) -> String {
        t(self.language, key)
    }

    /// The text of a key made of a fixed `prefix` and a `name` known at run time, such as a state.
    #[must_use]
    pub fn of(self, prefix: &str, name: impl AsRef<str>) -> String {
        t(self.language, &format!("{prefix}{}", name.as_ref()))
    }

    /// Like [`Self::of`], but the name itself where there is no such text: for names that others may add to.
    #[must_use]
    pub fn or(self, prefix: &str, name: impl AsRef<str>) -> String {
        let text = self.of(prefix, name.as_ref());
        if text.starts_with(MISSING) {
            name.as_ref().replace('_', " ")
        } else {
            text
        }
    }

    /// A number with its thousands apart, as the language writes them.
    #[must_use]
    pub fn number(self, number: impl Display) -> String {
        let digits = number.to_string();
        let apart = match self.language {
            Language::Sv => '\u{a0}',
            Language::En => ',',
        };
        let mut grouped = String::new();
        for (index, digit) in digits.chars().enumerate() {
            if index > 0 && (digits.len() - index).is_multiple_of(3) && !grouped.ends_with('-') {
                grouped.push(apart);
            }
            grouped.push(digit);
        }
        grouped
    }

    /// A length in bytes, in the unit that keeps it short.
    #[must_use]
    pub fn size(self, bytes: u64) -> String {
        let mut units = ["B", "kB", "MB", "GB", "TB"].into_iter();
        let (mut tenths, mut unit) = (u128::from(bytes) * 10, units.next().unwrap_or_default());
        for larger in units {
            if tenths < 10_000 {
                break;
            }
            tenths = tenths.div_ceil(1000);
            unit = larger;
        }
        let comma = if self.language == Language::Sv { ',' } else { '.' };
        let (whole, tenth) = (self.number(tenths / 10), tenths % 10);
        if unit == "B" || tenth == 0 {
            format!("{whole}\u{a0}{unit}")
        } else {
            format!("{whole}{comma}{tenth}\u{a0}{unit}")
        }
    }

    /// The text of `key` with one value in it.
    #[must_use]
    pub fn one(self, key: &str, name: &'static str, value: impl Arg) -> String {
        t_args(self.language, key, [(name, value.arg())])
    }

    /// The text of `key` with two values in it.
    #[must_use]
    pub fn two(
        self,
        key: &str,
        first: &'static str,
        value: impl Arg,
        second: &'static str,
        other: impl Arg,
    ) -> String {
        t_args(self.language, key, [(first, value.arg()), (second, other.arg())])
    }
}

/// A value that a text can hold.
pub trait Arg {
    /// The value as Fluent takes it: numbers stay numbers, so that texts can tell one from many.
    fn arg(&self) -> FluentValue<'static>;
}

impl<T: Arg + ?Sized> Arg for &T {
    fn arg(&self) -> FluentValue<'static> {
        (**self).arg()
    }
}

impl Arg for str {
    fn arg(&self) -> FluentValue<'static> {
        FluentValue::from(self.to_owned())
    }
}

impl Arg for String {
    fn arg(&self) -> FluentValue<'static> {
        self.as_str().arg()
    }
}

impl Arg for NaiveDate {
    fn arg(&self) -> FluentValue<'static> {
        FluentValue::from(self.to_string())
    }
}

macro_rules! number_arg {
    ($($kind:ty),*) => {$(
        impl Arg for $kind {
            fn arg(&self) -> FluentValue<'static> {
                FluentValue::from(*self)
            }
        }
    )*};
}
number_arg!(u16, u32, u64, i32, i64, usize);

/// The text of `key` in `language`; the marked key itself where there is none.
#[must_use]
pub fn t(language: Language, key: &str) -> String {
    look_up::<Cow<'static, str>>(language, key, None)
}

/// The text of `key` in `language` with values in it.
#[must_use]
pub fn t_args<const N: usize>(
    language: Language,
    key: &str,
    values: [(&'static str, FluentValue<'static>); N],
) -> String {
    look_up(language, key, Some(&HashMap::from(values)))
}

fn look_up<S: AsRef<str>>(
    language: Language,
    key: &str,
    values: Option<&HashMap<S, FluentValue<'_>>>,
) -> String {
    let tag = match language {
        Language::Sv => &SWEDISH,
        Language::En => &ENGLISH,
    };
    LOCALES
        .lookup_single_language(tag, key, values)
        .unwrap_or_else(|_| format!("{MISSING}{key}⟧"))
}

#[cfg(test)]
#[path = "texts_tests.rs"]
mod tests;
