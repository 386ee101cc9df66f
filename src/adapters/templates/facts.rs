//! The facts of an answer in the reader's words: names of systems, categories, statutes and recipients.

use std::collections::BTreeSet;

use chrono::NaiveDate;

use super::answer::{Gone, Kept, Reply, Told};
use super::mails::{RefusedPart, StoppedUse};
use crate::adapters::texts::Texts;
use crate::domain::calendar::stockholm_date;
use crate::domain::data_map::RetentionGround;
use crate::domain::erasure::{Basis, EndingService};
use crate::domain::grant::RefusedItem;
use crate::domain::organisation::Organisation;
use crate::services::answer::{AnswerFacts, ErasedIn, ToldRecipient};
use crate::services::planning::PlanFacts;

/// One line for what several tables keep alike, until the last of them may go.
fn merged(all: impl Iterator<Item = Kept>) -> Vec<Kept> {
    let mut lines: Vec<Kept> = Vec::new();
    for kept in all {
        let same = |line: &&mut Kept| {
            (&line.what, &line.system, &line.ground) == (&kept.what, &kept.system, &kept.ground)
        };
        match lines.iter_mut().find(same) {
            Some(line) => line.until = line.until.max(kept.until),
            None => lines.push(kept),
        }
    }
    lines
}

/// Puts facts into words, in one language and for one organisation.
#[derive(Clone, Copy)]
pub struct Words<'a> {
    /// The texts.
    pub t: Texts,
    /// The organisation, whose profile names everything.
    pub organisation: &'a Organisation,
}

impl Words<'_> {
    /// A system's name.
    #[must_use]
    pub fn system(&self, id: &str) -> String {
        let system = self.organisation.map.system(id);
        system.map_or_else(
            || id.to_owned(),
            |system| system.name.get(self.t.language()).to_owned(),
        )
    }

    /// A category's name.
    #[must_use]
    pub fn category(&self, id: &str) -> String {
        let category = self.organisation.category(id);
        category.map_or_else(
            || id.to_owned(),
            |category| category.name.get(self.t.language()).to_owned(),
        )
    }

    /// What a table holds: its category's name.
    #[must_use]
    pub fn contents(&self, system: &str, table: &str) -> String {
        let table = self.organisation.map.table(system, table);
        let category = table.and_then(|table| self.organisation.category(&table.category));
        category.map_or_else(
            || "…".to_owned(),
            |category| category.name.get(self.t.language()).to_owned(),
        )
    }

    /// The statute behind a ground, or the reason of the map's.
    #[must_use]
    pub fn ground(&self, ground: &str) -> String {
        let known = RetentionGround::ALL
            .into_iter()
            .find(|known| known.name() == ground);
        let rule = known.and_then(|known| self.organisation.retention_for(known));
        match rule {
            Some(rule) => rule
                .statute
                .as_ref()
                .unwrap_or(&rule.text)
                .get(self.t.language())
                .to_owned(),
            None => self.t.or("keep-", ground),
        }
    }

    /// A recipient's name.
    #[must_use]
    pub fn recipient(&self, id: &str) -> String {
        self.organisation
            .recipient(id)
            .map_or_else(|| id.to_owned(), |recipient| recipient.name.clone())
    }

    /// What a recipient is to us, where it is and what for; empty when the profile has it no more.
    #[must_use]
    pub fn recipient_about(&self, id: &str) -> String {
        let Some(recipient) = self.organisation.recipient(id) else {
            return String::new();
        };
        let language = self.t.language();
        let country = recipient
            .country
            .map(|country| country.name(language).unwrap_or(country.code()).to_owned());
        let country = country.unwrap_or_else(|| self.t.get("register-country-unknown"));
        let purpose = self.organisation.purpose(&recipient.purpose);
        let purpose = purpose.map(|purpose| purpose.title.get(language).to_owned());
        let role = self.t.of("role-", recipient.role.name());
        [Some(country), Some(role), purpose]
            .into_iter()
            .flatten()
            .collect::<Vec<_>>()
            .join("; ")
    }

    /// A service: its kind and what the person calls it.
    #[must_use]
    pub fn service(&self, service: &EndingService) -> String {
        let kind = self.t.or("service-kind-", &service.kind);
        if service.label.is_empty() {
            kind
        } else {
            format!("{kind}: {}", service.label)
        }
    }

    /// A purpose.
    #[must_use]
    pub fn purpose(&self, id: &str) -> String {
        let known = self.organisation.purpose(id);
        known.map_or_else(
            || id.to_owned(),
            |known| known.title.get(self.t.language()).to_owned(),
        )
    }

    /// What stops, by name, with what stops working.
    #[must_use]
    pub fn stopped(&self, uses: &[String]) -> Vec<StoppedUse> {
        let language = self.t.language();
        let known = |id: &String| {
            let one = self.organisation.map.purpose_use(id);
            StoppedUse {
                title: one.map_or_else(|| id.clone(), |one| one.title.get(language).to_owned()),
                stops: one.and_then(|one| one.stops.as_ref().map(|text| text.get(language).to_owned())),
            }
        };
        uses.iter().map(known).collect()
    }

    /// A refused part that names a use of the map, in words.
    #[must_use]
    pub fn refused_use(&self, item: &RefusedItem) -> RefusedPart {
        let one = self.organisation.map.purpose_use(&item.item);
        RefusedPart {
            what: one.map_or_else(
                || item.item.clone(),
                |one| one.title.get(self.t.language()).to_owned(),
            ),
            ground: item.ground.name().to_owned(),
            reason: item.reason.clone(),
        }
    }

    /// What a category or a table holds, by the name that decisions use: a category, or `system.table`.
    #[must_use]
    pub fn item(&self, item: &str) -> String {
        match item.split_once('.') {
            Some((system, table)) if self.organisation.map.table(system, table).is_some() => {
                format!(
                    "{} ({}, {table})",
                    self.contents(system, table),
                    self.system(system)
                )
            }
            _ => self.category(item),
        }
    }

    /// A refused part that names a category, a table or something else, in words.
    #[must_use]
    pub fn refused_item(&self, item: &RefusedItem) -> RefusedPart {
        RefusedPart {
            what: self.item(&item.item),
            ground: item.ground.name().to_owned(),
            reason: item.reason.clone(),
        }
    }

    /// The ground of an erasure by name, and why it applies.
    #[must_use]
    pub fn basis(&self, basis: &Basis) -> (String, Option<String>) {
        (
            basis.ground().name().to_owned(),
            basis.reason().map(str::to_owned),
        )
    }

    /// What is gone, by system.
    #[must_use]
    pub fn gone(&self, answer: &AnswerFacts) -> Vec<Gone> {
        answer
            .erased
            .iter()
            .map(|part| self.gone_from(part))
            .filter(|gone| !gone.what.is_empty())
            .collect()
    }

    fn gone_from(&self, part: &ErasedIn) -> Gone {
        let what: BTreeSet<String> = part
            .tables
            .iter()
            .filter(|rows| rows.rows > 0 && !rows.reduced)
            .map(|rows| self.contents(&part.system, &rows.table))
            .collect();
        Gone {
            system: self.system(&part.system),
            what: what.into_iter().collect(),
            on: part.on,
            backups_until: part.backups_until,
        }
    }

    /// What a plan will erase, by system.
    #[must_use]
    pub fn going(&self, plan: &PlanFacts, today: NaiveDate) -> Vec<Gone> {
        let systems = plan.systems.iter().map(|part| {
            let lines = part.lines.iter().filter(|line| line.operation == "erase");
            let what: BTreeSet<String> = lines
                .map(|line| self.contents(&part.system, &line.table))
                .collect();
            let days = part
                .backups_expire_after_days
                .map(|days| chrono::Days::new(days.into()));
            Gone {
                system: self.system(&part.system),
                what: what.into_iter().collect(),
                on: None,
                backups_until: days.and_then(|days| today.checked_add_days(days)),
            }
        });
        systems.filter(|gone| !gone.what.is_empty()).collect()
    }

    /// What remains.
    #[must_use]
    pub fn kept(&self, answer: &AnswerFacts) -> Vec<Kept> {
        let rows = answer.kept.iter();
        merged(rows.map(|rows| self.keep(&rows.system, &rows.table, &rows.ground, rows.reduced, rows.until)))
    }

    /// What a plan will keep.
    #[must_use]
    pub fn keeping(&self, plan: &PlanFacts) -> Vec<Kept> {
        let lines = plan
            .systems
            .iter()
            .flat_map(|part| part.lines.iter().map(move |line| (part, line)));
        let by_law_or_map = lines.filter(|(_, line)| line.operation != "refuse");
        merged(by_law_or_map.filter_map(|(part, line)| {
            let ground = line.ground.as_ref()?;
            Some(self.keep(
                &part.system,
                &line.table,
                ground,
                line.operation == "reduce",
                line.until,
            ))
        }))
    }

    fn keep(&self, system: &str, table: &str, ground: &str, reduced: bool, until: Option<NaiveDate>) -> Kept {
        let what = self.contents(system, table);
        Kept {
            what: if reduced {
                self.t.one("kept-reduced", "what", what)
            } else {
                what
            },
            system: self.system(system),
            ground: self.ground(ground),
            until,
        }
    }

    /// Who was told, and what they answered.
    #[must_use]
    pub fn told(&self, answer: &AnswerFacts) -> Vec<Told> {
        answer.told.iter().map(|told| self.told_one(told)).collect()
    }

    pub(super) fn told_one(&self, told: &ToldRecipient) -> Told {
        let reply = match (told.state.as_str(), &told.outcome) {
            (_, Some(outcome)) => Reply::Outcome(outcome.clone()),
            ("impossible", _) => Reply::Impossible,
            ("informed", _) => Reply::Informed,
            ("sent" | "overdue" | "escalated" | "bounced", _) => Reply::Awaited,
            ("unanswered", _) => Reply::Unanswered,
            _ => Reply::Planned,
        };
        let ground = told
            .ground
            .as_ref()
            .map(|ground| self.t.or("notice-ground-", ground));
        let why = told
            .why
            .as_ref()
            .filter(|_| reply == Reply::Impossible)
            .map(|why| self.t.or("impossible-", why));
        let note = match (ground, &told.statute) {
            (Some(ground), Some(statute)) => Some(format!("{ground} ({statute})")),
            (Some(ground), None) => Some(ground),
            (None, _) => why,
        };
        Told {
            recipient: self.recipient(&told.recipient),
            about: self.recipient_about(&told.recipient),
            on: told.sent_at.map(stockholm_date),
            answer: reply,
            note,
        }
    }
}
