//! Stopping what rests on consent or on legitimate interests: what may be asked, what may be refused, what is done.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::domain::case::RefusalGround;
use crate::domain::data_map::{DataMap, PurposeUse, Stop};
use crate::domain::matching::{KeyKind, PersonKeys, RowKey};
use crate::domain::right::Right;

/// In the place of a purpose's id: all direct marketing, also such as begins later (Art. 21(3)).
pub const ALL_MARKETING: &str = "*";

/// The person's own rows, by system and table.
pub type Roots = BTreeMap<String, BTreeMap<String, Vec<RowKey>>>;

/// What the person wants stopped, as they said it in the request.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Wish {
    /// All direct marketing.
    pub marketing: bool,
    /// Something else, in the words of the message: staff weigh it.
    pub other: bool,
    /// The consents that are withdrawn, by the ids of their uses.
    pub purposes: Vec<String>,
    /// Whether they were shown what stops working, and want it.
    pub confirmed: bool,
}

/// What is stopped for a person: the terms of an objection or a withdrawal that is granted.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stopping {
    /// Whether all direct marketing stops, by whatever channel.
    pub marketing: bool,
    /// The uses that stop, by id.
    pub uses: Vec<String>,
    /// From which local day.
    pub from: NaiveDate,
    /// Where, and how.
    pub places: Vec<Place>,
    /// The addresses that are left alone from now on.
    pub addresses: Vec<Address>,
    /// The person's rows as they were found.
    pub roots: Roots,
    /// Whether some of it has to be stopped by hand.
    pub by_hand: bool,
}

/// An address that is left alone: an e-mail address or a telephone number, normalised.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Address {
    /// Which of the two.
    pub kind: KeyKind,
    /// It.
    pub value: String,
}

impl Address {
    /// The addresses among these keys.
    #[must_use]
    pub fn among(keys: &PersonKeys) -> Vec<Self> {
        keys.iter()
            .filter(|(kind, _)| matches!(kind, KeyKind::Email | KeyKind::Phone))
            .map(|(kind, value)| Self {
                kind,
                value: value.to_owned(),
            })
            .collect()
    }

    /// It alone, to look by.
    #[must_use]
    pub fn keys(&self) -> PersonKeys {
        let mut keys = PersonKeys::default();
        match self.kind {
            KeyKind::Phone => keys.phone = Some(self.value.clone()),
            _ => keys.email = Some(self.value.clone()),
        }
        keys
    }
}

/// A table in which something stops.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Place {
    /// The system's id.
    pub system: String,
    /// The table.
    pub table: String,
    /// How.
    pub stop: Stop,
}

impl Stopping {
    /// The place in a table.
    #[must_use]
    pub fn place(&self, system: &str, table: &str) -> Option<&Place> {
        self.places
            .iter()
            .find(|place| place.system == system && place.table == table)
    }

    /// What suppression entries are kept for.
    pub fn suppressed(&self) -> impl Iterator<Item = &str> {
        let all = self.marketing.then_some(ALL_MARKETING);
        all.into_iter().chain(self.uses.iter().map(String::as_str))
    }
}

/// Why something cannot be stopped on request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotStoppable {
    /// The map knows no such use.
    #[error("no such use")]
    Unknown,
    /// Nothing is asked to be stopped.
    #[error("nothing is to be stopped")]
    Nothing,
    /// The use rests on something else than what the right is about: consent is withdrawn (Art. 7(3)), processing on
    /// legitimate interests is objected to (Art. 21(1)).
    #[error("it rests on something else")]
    OtherBasis,
}

/// The uses that an objection stops: all marketing whatever it rests on (Art. 21(2)), and of other processing on
/// legitimate interests what is named (Art. 21(1)).
///
/// # Errors
/// When it names what there is not, or what does not rest on legitimate interests.
pub fn objected<'a>(
    map: &'a DataMap,
    marketing: bool,
    named: &[String],
) -> Result<Vec<&'a PurposeUse>, NotStoppable> {
    if !marketing && named.is_empty() {
        return Err(NotStoppable::Nothing);
    }
    for id in named {
        let known = map.purpose_use(id).ok_or(NotStoppable::Unknown)?;
        if !known.is_interest() && !known.marketing {
            return Err(NotStoppable::OtherBasis);
        }
    }
    Ok(map.distinct_uses(|one| (marketing && one.marketing) || named.contains(&one.id)))
}

/// The uses that a withdrawal stops: the consents named (Art. 7(3)), or all of them.
///
/// # Errors
/// When it names what there is not, or what does not rest on consent.
pub fn withdrawn<'a>(map: &'a DataMap, named: &[String]) -> Result<Vec<&'a PurposeUse>, NotStoppable> {
    for id in named {
        let known = map.purpose_use(id).ok_or(NotStoppable::Unknown)?;
        if !known.is_consent() {
            return Err(NotStoppable::OtherBasis);
        }
    }
    let uses = map.distinct_uses(|one| one.is_consent() && (named.is_empty() || named.contains(&one.id)));
    if uses.is_empty() {
        return Err(NotStoppable::Nothing);
    }
    Ok(uses)
}

/// The tables in which these uses stop, each once, and whether some of them have no way to.
#[must_use]
pub fn places(map: &DataMap, ids: &[String]) -> (Vec<Place>, bool) {
    let mut places: Vec<Place> = Vec::new();
    let mut by_hand = false;
    for (system, table, one) in map.uses().filter(|(_, _, one)| ids.contains(&one.id)) {
        let Some(stop) = &one.stop else {
            by_hand = true;
            continue;
        };
        let same = |place: &&mut Place| place.system == system.id && place.table == table.name;
        match places.iter_mut().find(same) {
            Some(place) => place.stop = place.stop.clone().and(stop.clone()),
            None => places.push(Place {
                system: system.id.clone(),
                table: table.name.clone(),
                stop: stop.clone(),
            }),
        }
    }
    (places, by_hand)
}

/// Whether the service grants it by itself, with nobody judging: direct marketing always (Art. 21(3)), and consent
/// that the person named knowing what stops, where nothing but the consent hangs on it (Art. 7(3): as easy as giving).
#[must_use]
pub fn needs_nobody(map: &DataMap, right: Right, wish: &Wish) -> bool {
    match right {
        Right::Objection => wish.marketing && !wish.other,
        Right::ConsentWithdrawal => {
            wish.confirmed
                && !wish.purposes.is_empty()
                && withdrawn(map, &wish.purposes).is_ok()
                && map
                    .uses()
                    .filter(|(_, _, one)| wish.purposes.contains(&one.id))
                    .all(|(_, table, one)| table.service.is_none() && one.stop.is_some())
        }
        _ => false,
    }
}

/// Whether the request may be refused on this ground.
///
/// Who objects to direct marketing is never weighed against (Art. 21(3)); a consent that was withdrawn is gone
/// (Art. 7(3)), and Art. 11(2) takes neither away. What is manifestly unfounded or excessive may be refused
/// (Art. 12(5)), and what a customer of ours is controller of is not ours to stop (Art. 28). An objection of which
/// nobody has said that it leaves marketing out covers it.
#[must_use]
pub fn may_refuse(right: Right, wish: Option<&Wish>, ground: RefusalGround) -> bool {
    use RefusalGround as G;
    let protected = match right {
        Right::Objection => wish.is_none_or(|wish| wish.marketing || !wish.other),
        Right::ConsentWithdrawal => true,
        _ => return true,
    };
    !protected || matches!(ground, G::ManifestlyUnfounded | G::Excessive | G::WeAreProcessor)
}

/// Whether a part of the request, a use named by its id, may be refused on this ground.
#[must_use]
pub fn may_refuse_part(map: &DataMap, right: Right, item: &str, ground: RefusalGround) -> bool {
    let marketing = item == ALL_MARKETING || map.purpose_use(item).is_some_and(|one| one.marketing);
    let wish = Wish {
        marketing,
        other: !marketing,
        ..Wish::default()
    };
    may_refuse(right, Some(&wish), ground)
}

/// Tables of which nothing is needed any more once these uses have stopped: every purpose of theirs that the map knows
/// is among them, and their rows are still there (Art. 17(1)(b), (c)).
#[must_use]
pub fn without_basis(map: &DataMap, ids: &[String]) -> bool {
    map.tables().any(|(_, table)| {
        !table.purposes.is_empty()
            && table.purposes.iter().all(|one| ids.contains(&one.id))
            && table.purposes.iter().all(|one| one.stop != Some(Stop::Delete))
    })
}

#[cfg(test)]
mod tests;
