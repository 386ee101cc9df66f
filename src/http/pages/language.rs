//! Which language a page is in.

use crate::domain::language::Language;

/// The language that the address asks for: `?lang=en`.
pub(super) fn chosen(query: &str) -> Option<Language> {
    let value = query.split('&').find_map(|pair| pair.strip_prefix("lang="))?;
    Language::ALL.into_iter().find(|language| language.tag() == value)
}

/// The language of ours that a browser likes best, by the `Accept-Language` header.
pub(super) fn accepted(header: &str) -> Option<Language> {
    let mut best: Option<(Language, f32)> = None;
    for entry in header.split(',') {
        let mut parts = entry.split(';').map(str::trim);
        let language = parts.next().and_then(of_range);
        let weight = parts.find_map(|part| part.strip_prefix("q="));
        let weight = weight.map_or(1.0, |text| text.parse().unwrap_or(0.0));
        let Some(language) = language.filter(|_| weight > 0.0) else {
            continue;
        };
        if best.is_none_or(|(_, so_far)| weight > so_far) {
            best = Some((language, weight));
        }
    }
    best.map(|(language, _)| language)
}

/// `sv`, `en-GB`; not `svx`, nor `*`.
fn of_range(range: &str) -> Option<Language> {
    let primary = range.split('-').next()?;
    Language::from_tag(primary).filter(|_| primary.len() == 2)
}

#[cfg(test)]
mod tests {
    use super::*;
    use Language::{En, Sv};

    #[rstest::rstest]
    #[case("lang=en", Some(En))]
    #[case("right=erasure&lang=sv", Some(Sv))]
    #[case("lang=de", None)]
    #[case("lang=", None)]
    #[case("slang=en", None)]
    #[case("", None)]
    fn the_address_chooses(#[case] query: &str, #[case] language: Option<Language>) {
        assert_eq!(chosen(query), language);
    }

    #[rstest::rstest]
    #[case("en-GB,en;q=0.9", Some(En))]
    #[case("sv-SE, en;q=0.8", Some(Sv))]
    #[case("en;q=0.3, sv;q=0.7", Some(Sv))]
    #[case("de, en;q=0.1", Some(En))]
    #[case("en;q=0, sv;q=0.1", Some(Sv))]
    #[case("en; q=0.2, sv; q=0.1", Some(En))]
    #[case("en, sv", Some(En))]
    #[case("svx, *", None)]
    #[case("en;q=much", None)]
    #[case("", None)]
    #[case(";;,,", None)]
    fn the_browser_prefers(#[case] header: &str, #[case] language: Option<Language>) {
        assert_eq!(accepted(header), language);
    }

    proptest::proptest! {
        #[test]
        fn no_header_makes_it_panic(header in ".*") {
            let _ = accepted(&header);
            let _ = chosen(&header);
        }
    }
}
