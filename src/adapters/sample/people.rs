//! Who the sample people are, one by one, before their rows are written.

use chrono::{Days, NaiveDate};

use super::SampleProfile;
use super::names::{
    CITIES, Draw, FAMILY, FIRST_PEOPLE, GIVEN, MAIL_HOSTS, PUBLISHED_PERSONAL_NUMBERS, STREETS, TRADES,
    fictitious_phone, folded,
};
use super::nasty::NastyCase;

/// So many people at the start are private customers with everything in order.
pub const ORDINARY_PEOPLE: i64 = 24;
/// Two sole traders follow them whose organisation number is their personal number.
const SOLE_TRADERS_WITH_NUMBER: i64 = 2;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Private,
    SoleTrader,
    Company,
}

impl Kind {
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Private => "private",
            Self::SoleTrader => "sole_trader",
            Self::Company => "company",
        }
    }

    /// Whether the customer is a natural person.
    pub(super) const fn is_natural(self) -> bool {
        matches!(self, Self::Private | Self::SoleTrader)
    }
}

#[derive(Clone, Debug)]
pub(super) struct Domain {
    pub(super) name: String,
    pub(super) tld: String,
    pub(super) registered_on: NaiveDate,
}

#[derive(Clone, Debug)]
pub(super) struct Contact {
    pub(super) name: String,
    pub(super) email: String,
    pub(super) role: &'static str,
}

/// A service beside domain, web and mail, which come with every domain.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Extra {
    Office,
    Firewall,
    Server,
}

#[derive(Clone, Debug)]
pub(super) struct Person {
    /// From 1, in the order of loading; also the id of customer and account.
    pub(super) place: i64,
    pub(super) customer_no: String,
    pub(super) kind: Kind,
    pub(super) name: String,
    pub(super) email: String,
    pub(super) phone: Option<String>,
    pub(super) street: String,
    pub(super) postal_code: &'static str,
    pub(super) city: &'static str,
    pub(super) personal_number: Option<&'static str>,
    pub(super) organisation_number: Option<String>,
    pub(super) login: String,
    pub(super) created_on: NaiveDate,
    pub(super) closed_on: Option<NaiveDate>,
    pub(super) domains: Vec<Domain>,
    pub(super) extras: Vec<Extra>,
    pub(super) contacts: Vec<Contact>,
    pub(super) nasty: Option<NastyCase>,
}

impl Person {
    /// One of the first people, who have everything.
    pub(super) const fn is_ordinary(&self) -> bool {
        self.place <= ORDINARY_PEOPLE
    }

    /// How a domain is named in a text about them.
    pub(super) fn main_domain(&self) -> &str {
        self.domains
            .first()
            .map_or("min sida", |domain| domain.name.as_str())
    }
}

/// How many people there are at least: the ordinary ones, the numbered sole traders, the nasty cases, a few others.
pub(super) const LEAST_PEOPLE: i64 = 50;

/// The person at a place from 1 to `total`; the last places are those of the nasty cases.
pub(super) fn person(profile: &SampleProfile, seed: u64, place: i64, total: i64) -> Person {
    let mut draw = Draw::new(seed, place);
    let mut person = basics(profile, &mut draw, place);
    let cases: Vec<NastyCase> = NastyCase::ALL
        .into_iter()
        .filter(|case| case.customer_number().is_some())
        .collect();
    let first_nasty = total - i64::try_from(cases.len()).unwrap_or(0);
    let case = usize::try_from(place - first_nasty - 1)
        .ok()
        .and_then(|offset| cases.get(offset));
    if let Some(case) = case {
        person.domains.truncate(1);
        person.extras.clear();
        person.organisation_number = None;
        case.apply(&mut person, profile.today);
    } else if !person.is_ordinary() {
        vary(profile, &mut draw, &mut person);
    }
    person
}

fn basics(profile: &SampleProfile, draw: &mut Draw, place: i64) -> Person {
    let fixed = usize::try_from(place - 1)
        .ok()
        .and_then(|offset| FIRST_PEOPLE.get(offset))
        .copied();
    let (given, family) = fixed.unwrap_or_else(|| (draw.pick(&GIVEN), draw.pick(&FAMILY)));
    let host = draw.pick(&MAIL_HOSTS);
    let (email, stem) = if fixed.is_some() {
        let local = format!("{}.{}", folded(given), folded(family));
        (
            format!("{local}@mail.example"),
            format!("exempel-{}{}", folded(given), folded(family)),
        )
    } else {
        let local = format!("{}.{}", folded(given), folded(family));
        (
            format!("{local}.{place}@{host}"),
            format!("exempel-{}-{place}", folded(family)),
        )
    };
    let (postal_code, city) = draw.pick(&CITIES);
    let created_on = created_on(profile, draw, place);
    let customer_no = (1_000_000 + place).to_string();
    Person {
        place,
        login: format!("u{customer_no}"),
        customer_no,
        kind: Kind::Private,
        name: format!("{given} {family}"),
        email,
        phone: fictitious_phone(place - 1),
        street: format!("{} {}", draw.pick(&STREETS), draw.between(1, 120)),
        postal_code,
        city,
        personal_number: personal_number(place),
        organisation_number: None,
        created_on,
        closed_on: None,
        domains: domains(draw, &stem, place, created_on),
        extras: extras(draw, place),
        contacts: Vec::new(),
        nasty: None,
    }
}

/// The ordinary ones came evenly over the years, so that accounting of every age is among theirs.
fn created_on(profile: &SampleProfile, draw: &mut Draw, place: i64) -> NaiveDate {
    let first = profile.first_day();
    let span = (profile.today - first).num_days();
    let days = if place <= ORDINARY_PEOPLE {
        (place - 1) * span / 30
    } else {
        draw.below(span - 90)
    };
    first + Days::new(days.unsigned_abs())
}

/// Eight ordinary people and two sole traders; the others have none, as most customers of a web host.
fn personal_number(place: i64) -> Option<&'static str> {
    let traders = ORDINARY_PEOPLE + 1..=ORDINARY_PEOPLE + SOLE_TRADERS_WITH_NUMBER;
    let offset = match place {
        1..=8 => place - 1,
        _ if traders.contains(&place) => 8 + place - traders.start(),
        _ => return None,
    };
    usize::try_from(offset)
        .ok()
        .and_then(|offset| PUBLISHED_PERSONAL_NUMBERS.get(offset))
        .copied()
}

/// The first is `.se` or `.com` for the ordinary; they take turns with the other zones for a second one.
fn domains(draw: &mut Draw, stem: &str, place: i64, created_on: NaiveDate) -> Vec<Domain> {
    const OTHERS: [&str; 7] = ["dk", "fi", "no", "nu", "org", "eu", "bo"];
    let mut zones = vec![if place % 2 == 1 { "se" } else { "com" }];
    if place <= ORDINARY_PEOPLE {
        let turn = usize::try_from(place % 8).unwrap_or(0);
        zones.extend(OTHERS.get(turn).copied());
    } else {
        if draw.percent(30) {
            zones = vec![draw.pick(&OTHERS)];
        }
        if draw.percent(35) {
            zones.push("nu");
        }
        zones.dedup();
    }
    zones
        .into_iter()
        .map(|zone| Domain {
            name: format!("{stem}.{zone}"),
            tld: zone.to_owned(),
            registered_on: created_on + Days::new(draw.below(20).unsigned_abs()),
        })
        .collect()
}

fn extras(draw: &mut Draw, place: i64) -> Vec<Extra> {
    let mut extras = Vec::new();
    let ordinary = place <= ORDINARY_PEOPLE;
    let mut offer = |extra, turn: i64, share: i64, draw: &mut Draw| {
        if if ordinary {
            place % turn == 0
        } else {
            draw.percent(share)
        } {
            extras.push(extra);
        }
    };
    offer(Extra::Office, 3, 20, draw);
    offer(Extra::Firewall, 5, 6, draw);
    offer(Extra::Server, 7, 5, draw);
    extras
}

/// What makes the many differ: sole traders, companies, people who left.
fn vary(profile: &SampleProfile, draw: &mut Draw, person: &mut Person) {
    let dice = draw.below(100);
    if person.personal_number.is_some() || (60..70).contains(&dice) {
        person.kind = Kind::SoleTrader;
        person.organisation_number = person
            .personal_number
            .and_then(|number| number.get(2..))
            .map(str::to_owned);
    } else if dice >= 70 {
        become_company(draw, person);
    }
    if person.personal_number.is_none() && draw.percent(8) {
        let served = (profile.today - person.created_on).num_days();
        let closed = person.created_on + Days::new(draw.between(60, served.max(61)).unsigned_abs());
        person.closed_on = (closed < profile.today).then_some(closed);
    }
}

fn become_company(draw: &mut Draw, person: &mut Person) {
    person.kind = Kind::Company;
    let trade = draw.pick(&TRADES);
    person.name = format!("{} {trade} {} AB", draw.pick(&FAMILY), person.place);
    person.email = format!("info@{}-{}.example", folded(trade), person.place);
    person.organisation_number = Some(impossible_organisation_number(person.place));
    for role in ["ekonomi", "teknik", "beställare"]
        .into_iter()
        .take(usize::try_from(draw.between(1, 3)).unwrap_or(1))
    {
        let (given, family) = (draw.pick(&GIVEN), draw.pick(&FAMILY));
        person.contacts.push(Contact {
            name: format!("{given} {family}"),
            email: format!(
                "{}.{role}@{}-{}.example",
                folded(given),
                folded(trade),
                person.place
            )
            .replace('ä', "a"),
            role,
        });
    }
}

/// Looks like an organisation number, with a check digit that is never right: it cannot be anybody's.
fn impossible_organisation_number(place: i64) -> String {
    let stem = format!("55{:07}", place % 10_000_000);
    let sum: u32 = stem
        .chars()
        .filter_map(|digit| digit.to_digit(10))
        .enumerate()
        .map(|(at, digit)| {
            if at % 2 == 0 {
                digit * 2 / 10 + digit * 2 % 10
            } else {
                digit
            }
        })
        .sum();
    let right = (10 - sum % 10) % 10;
    format!("{stem}{}", (right + 5) % 10)
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    fn profile() -> SampleProfile {
        SampleProfile::at(NaiveDate::from_ymd_opt(2026, 11, 21).unwrap())
    }

    fn all(seed: u64, total: i64) -> Vec<Person> {
        (1..=total)
            .map(|place| person(&profile(), seed, place, total))
            .collect()
    }

    #[test]
    fn the_ordinary_are_the_same_whatever_seed_and_number() {
        let key = |person: &Person| {
            (
                person.name.clone(),
                person.email.clone(),
                person.customer_no.clone(),
                person.extras.clone(),
            )
        };
        let few: Vec<_> = all(1, 60).iter().take(24).map(key).collect();
        let many: Vec<_> = all(9, 500).iter().take(24).map(key).collect();
        assert_eq!(few, many);
    }

    #[test]
    fn addresses_and_domains_are_distinct_but_for_the_shared_one() {
        let people = all(4, 600);
        let emails: HashSet<_> = people.iter().map(|person| person.email.clone()).collect();
        assert_eq!(emails.len(), people.len() - 1);
        let domains: Vec<_> = people
            .iter()
            .flat_map(|person| &person.domains)
            .map(|domain| domain.name.clone())
            .collect();
        assert_eq!(domains.iter().collect::<HashSet<_>>().len(), domains.len());
    }

    #[test]
    fn every_kind_occurs_and_so_do_people_who_left() {
        let people = all(4, 400);
        for kind in [Kind::Private, Kind::SoleTrader, Kind::Company] {
            assert!(
                people.iter().filter(|person| person.kind == kind).count() > 20,
                "{kind:?}"
            );
        }
        assert!(people.iter().filter(|person| person.closed_on.is_some()).count() > 5);
    }

    #[test]
    fn personal_numbers_are_the_published_ones_each_once() {
        let numbers: Vec<_> = all(4, 400)
            .iter()
            .filter_map(|person| person.personal_number)
            .collect();
        assert_eq!(numbers, PUBLISHED_PERSONAL_NUMBERS);
    }

    #[test]
    fn a_sole_trader_is_registered_under_the_personal_number() {
        let people = all(4, 60);
        let trader = people
            .iter()
            .find(|person| person.kind == Kind::SoleTrader && person.personal_number.is_some())
            .unwrap();
        assert_eq!(trader.organisation_number.as_deref(), Some("0012312385"));
    }

    #[test]
    fn company_numbers_fail_their_check() {
        // 556036-079 has the check digit 3; made here, it may not.
        let number = impossible_organisation_number(6_036_079);
        assert_eq!(number, "5560360798");
    }
}
