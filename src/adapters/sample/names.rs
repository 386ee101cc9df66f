//! The words of which the sample people are made. All of them are invented, or too common to mean anybody.

use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};

/// The ten of the published test numbers of the Swedish Tax Agency that the sample uses; no other may occur in it.
pub const PUBLISHED_PERSONAL_NUMBERS: [&str; 10] = [
    "200001012384",
    "200001012392",
    "200002292399",
    "200002292381",
    "200006062392",
    "200009302399",
    "189001019802",
    "189112319810",
    "200012312385",
    "200101012391",
];

/// The first people: in this order, whatever the seed.
pub(super) const FIRST_PEOPLE: [(&str, &str); 24] = [
    ("Anna", "Berg"),
    ("Erik", "Nordin"),
    ("Johan", "Falk"),
    ("Maria", "Hedlund"),
    ("Lars", "Wiklund"),
    ("Karl", "Moberg"),
    ("Elsa", "Strand"),
    ("Nils", "Ekman"),
    ("Sara", "Lindgren"),
    ("Peter", "Sandin"),
    ("Emma", "Ros"),
    ("Oskar", "Vinter"),
    ("Ida", "Palm"),
    ("Mikael", "Forsell"),
    ("Linda", "Granit"),
    ("Henrik", "Lundin"),
    ("Klara", "Hjelm"),
    ("David", "Wester"),
    ("Hanna", "Blomkvist"),
    ("Gustav", "Alm"),
    ("Julia", "Norell"),
    ("Simon", "Kvarn"),
    ("Agnes", "Molin"),
    ("Viktor", "Stenberg"),
];

pub(super) const GIVEN: [&str; 32] = [
    "Anna", "Åsa", "Björn", "Cecilia", "Daniel", "Elin", "Fredrik", "Göran", "Håkan", "Ingrid", "Jonas",
    "Kerstin", "Lena", "Magnus", "Nora", "Olle", "Pär", "Rasmus", "Sofia", "Tove", "Ulf", "Vera", "Wilma",
    "Örjan", "Astrid", "Bo", "Camilla", "Dag", "Ester", "Folke", "Gunilla", "Hugo",
];

pub(super) const FAMILY: [&str; 32] = [
    "Andersson",
    "Björk",
    "Claesson",
    "Dahlgren",
    "Engström",
    "Fransson",
    "Gustafsson",
    "Håkansson",
    "Isaksson",
    "Johansson",
    "Karlsson",
    "Lundqvist",
    "Månsson",
    "Nyström",
    "Öberg",
    "Persson",
    "Rydberg",
    "Sjögren",
    "Törnqvist",
    "Ullman",
    "Viberg",
    "Westin",
    "Åberg",
    "Ängqvist",
    "Ek",
    "Lind",
    "Hall",
    "Ström",
    "Skog",
    "Sund",
    "Bäck",
    "Holm",
];

pub(super) const CITIES: [(&str, &str); 10] = [
    ("111 00", "Stockholm"),
    ("411 00", "Göteborg"),
    ("211 00", "Malmö"),
    ("753 00", "Uppsala"),
    ("532 00", "Skara"),
    ("903 00", "Umeå"),
    ("702 00", "Örebro"),
    ("582 00", "Linköping"),
    ("972 00", "Luleå"),
    ("352 00", "Växjö"),
];

pub(super) const STREETS: [&str; 6] = [
    "Exempelgatan",
    "Provvägen",
    "Påhittsgränd",
    "Fiktiva allén",
    "Låtsasstigen",
    "Sagotorget",
];

pub(super) const TRADES: [&str; 8] = [
    "Snickeri",
    "Bageri",
    "Måleri",
    "Konsult",
    "Trädgård",
    "Foto",
    "Bokhandel",
    "Cykelservice",
];

pub(super) const MAIL_HOSTS: [&str; 4] = ["mail.example", "post.example", "brev.example", "epost.example"];

/// Subject and text of tickets; `{d}` is a domain, `{n}` the customer.
pub(super) const TICKETS: [(&str, &str); 8] = [
    (
        "Hemsidan är vit",
        "Hej! Sedan i går kväll visar {d} bara en vit sida. Inget är ändrat hos oss.\nMvh {n}",
    ),
    (
        "Kan inte skicka e-post",
        "Jag får felet 550 när jag skickar från min brevlåda på {d}. Kan ni titta? /{n}",
    ),
    (
        "Byta ägare på domän",
        "Min syster ska ta över {d}. Vad behöver ni av oss?\nHälsningar {n}",
    ),
    (
        "Fråga om fakturan",
        "Jag förstår inte raden om tillägg på senaste fakturan. Ring gärna efter klockan 16. {n}",
    ),
    (
        "Certifikatet varnar",
        "Webbläsaren säger att certifikatet för {d} har gått ut. Brukar inte det ske av sig självt?",
    ),
    (
        "Flytt från annan leverantör",
        "Vi har en kopia av sidan i en zip-fil. Kan ni lägga upp den på {d}? Tack, {n}",
    ),
    (
        "Full disk",
        "Brevlådan är full fast jag har raderat allt i skräpposten. Jag väntar på besked från vården och måste kunna ta emot.",
    ),
    (
        "Lösenord",
        "Jag har bytt telefon och kommer inte in i kontrollpanelen längre. {n}",
    ),
];

pub(super) const REPLIES: [&str; 5] = [
    "Hej {n}! Tack för att du hör av dig, vi tittar på det.",
    "Nu ska det fungera igen. Säg till om du ser något mer.",
    "Vi behöver veta ungefär när det började. Kan du svara här?",
    "Vi har pratat i telefon i dag och ärendet kan stängas.",
    "Det är ordnat. Ändringen kan ta någon timme innan den syns överallt.",
];

pub(super) const NOTES: [&str; 5] = [
    "Vill bli uppringd på förmiddagar.",
    "Funderar på att flytta två domäner hit till våren.",
    "Nöjd kund, tipsade en granne.",
    "Har frågat om rabatt vid treårsavtal.",
    "Föredrar e-post framför telefon.",
];

pub(super) const AGENTS: [&str; 4] = [
    "Mozilla/5.0 (X11; Linux x86_64)",
    "Mozilla/5.0 (Macintosh)",
    "Mozilla/5.0 (Windows NT 10.0)",
    "Mozilla/5.0 (iPhone)",
];

/// The letters of a name that an address or a domain can hold: `Åsa Öberg` → `asaoberg`.
pub(super) fn folded(name: &str) -> String {
    name.chars()
        .filter_map(|letter| match letter.to_lowercase().next()? {
            'å' | 'ä' => Some('a'),
            'ö' => Some('o'),
            'é' => Some('e'),
            plain if plain.is_ascii_alphanumeric() => Some(plain),
            _ => None,
        })
        .collect()
}

/// A number out of the ranges set aside in Sweden for use in fiction: 495 in all, one for each place; then none.
pub(super) fn fictitious_phone(place: i64) -> Option<String> {
    let (start, place) = match place {
        0..95 => (46_701_740_605_i64, place),
        95..195 => (46_313_900_600, place - 95),
        195..295 => (46_406_280_400, place - 195),
        295..395 => (46_846_500_400, place - 295),
        395..495 => (46_980_319_200, place - 395),
        _ => return None,
    };
    Some(format!("+{}", start + place))
}

/// The same choices for the same seed and place, however many others are made.
pub(super) struct Draw(StdRng);

impl Draw {
    pub(super) fn new(seed: u64, place: i64) -> Self {
        let place = place.cast_unsigned().wrapping_mul(0x9E37_79B9_7F4A_7C15);
        Self(StdRng::seed_from_u64(seed.rotate_left(32) ^ place))
    }

    /// From 0 to below `end`, which is at least 1.
    pub(super) fn below(&mut self, end: i64) -> i64 {
        let wide = u128::from(self.0.next_u64()) * u128::from(end.max(1).cast_unsigned());
        i64::try_from(wide >> 64).unwrap_or(0)
    }

    pub(super) fn between(&mut self, first: i64, last: i64) -> i64 {
        first + self.below(last - first + 1)
    }

    /// True in so many of a hundred cases.
    pub(super) fn percent(&mut self, share: i64) -> bool {
        self.below(100) < share
    }

    pub(super) fn pick<T: Copy>(&mut self, from: &[T]) -> T {
        let place = usize::try_from(self.below(i64::try_from(from.len()).unwrap_or(1))).unwrap_or(0);
        *from
            .get(place)
            .or_else(|| from.first())
            .expect("a list of words is not empty")
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn folding_leaves_what_a_domain_may_hold() {
        assert_eq!(folded("Åsa Ängqvist-Öbergé"), "asaangqvistoberge");
        for name in GIVEN.iter().chain(&FAMILY) {
            assert!(
                folded(name).bytes().all(|byte| byte.is_ascii_lowercase()),
                "{name}"
            );
        }
    }

    #[test]
    fn phones_are_distinct_and_run_out() {
        let all: HashSet<_> = (0..600).filter_map(fictitious_phone).collect();
        assert_eq!(all.len(), 495);
        assert_eq!(fictitious_phone(0).unwrap(), "+46701740605");
        assert_eq!(fictitious_phone(94).unwrap(), "+46701740699");
    }

    #[test]
    fn draws_depend_on_seed_and_place_only() {
        let draw = |seed, place| {
            let mut draw = Draw::new(seed, place);
            (0..20).map(|_| draw.below(1000)).collect::<Vec<_>>()
        };
        assert_eq!(draw(1, 5), draw(1, 5));
        assert_ne!(draw(1, 5), draw(2, 5));
        assert_ne!(draw(1, 5), draw(1, 6));
        assert!(draw(3, 3).iter().all(|value| (0..1000).contains(value)));
    }

    #[test]
    fn the_first_people_have_distinct_plain_addresses() {
        let all: HashSet<_> = FIRST_PEOPLE
            .iter()
            .map(|(given, family)| format!("{given}.{family}"))
            .collect();
        assert_eq!(all.len(), FIRST_PEOPLE.len());
        assert!(all.iter().all(|name| name.is_ascii()));
    }
}
