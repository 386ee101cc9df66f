//! A case as staff see it, in the reader's words.

use std::collections::BTreeMap;

use uuid::Uuid;

use super::who::Desk;
use super::{course, found, grant, plan_form, plan_page, records, trail};
use crate::adapters::templates::facts::Words;
use crate::domain::case::{Proposal, State};
use crate::domain::data_map::{DataMap, PersonalField};
use crate::domain::personal_number::PersonalNumber;
use crate::domain::restriction::Ground;
use crate::domain::right::Right;
use crate::domain::staff::Permission;
use crate::http::pages::local_time;
use crate::http::views::customer::MessageItem;
use crate::http::views::staff::{ClockView, MailRow, NoteRow, ProofView, StaffCasePage, Typed, WhoView};
use crate::services::accounts::{Authenticated, StaffMember};
use crate::services::desk::Beside;
use crate::services::intake::Wish;
use crate::services::overview::{self, StaffCase};
use crate::store::cases::StoredCase;
use crate::store::mails::{Mail, MailState};

/// Everything that the page of a case shows.
pub(super) struct Seen {
    /// The case.
    pub case: StaffCase,
    /// What is sealed beside it.
    pub beside: Beside,
    /// Everybody with an account.
    pub colleagues: Vec<StaffMember>,
}

/// What turns a case into words.
pub(super) struct Reader<'a> {
    /// Names of systems, tables, grounds and recipients, and the texts.
    pub words: Words<'a>,
    /// Names of staff.
    pub names: BTreeMap<Uuid, String>,
}

/// What staff are called by each other: their addresses.
pub(super) fn names(staff: &[StaffMember]) -> BTreeMap<Uuid, String> {
    let pairs = staff.iter().map(|member| (member.id.0, member.email.clone()));
    pairs.collect()
}

impl Reader<'_> {
    /// Who a pseudonym of the audit trail stands for.
    pub fn actor(&self, pseudonym: &str) -> String {
        match pseudonym.split_once(':') {
            Some((_, id)) => self.staff(id),
            None => self.words.t.or("actor-", pseudonym),
        }
    }

    /// The member of staff with that id.
    pub fn staff(&self, id: &str) -> String {
        let known = id.parse::<Uuid>().ok().and_then(|id| self.names.get(&id));
        known.map_or_else(|| id.to_owned(), String::clone)
    }
}

/// The page.
pub(super) fn view(desk: &Desk, who: &Authenticated, seen: &Seen) -> StaffCasePage {
    let app = &desk.visit.app;
    let words = Words {
        t: desk.visit.t(),
        organisation: &app.ctx.organisation,
    };
    let names = names(&seen.colleagues);
    let reader = Reader { words, names };
    let (case, stored) = (&seen.case, &seen.case.case);
    let due_on = case.clock.extended_due_on.unwrap_or(case.clock.due_on);
    StaffCasePage {
        t: desk.visit.t(),
        page: desk.page(who, "queue"),
        reference: stored.reference.to_string(),
        right: stored.case.right,
        state: stored.case.state.name().to_owned(),
        version: stored.version,
        channel: stored.channel.clone(),
        who: person(case),
        clock: clock(case, overview::days_left(&app.ctx, due_on)),
        assignee: stored.assignee.map(|id| reader.staff(&id.to_string())),
        colleagues: handlers(&seen.colleagues),
        attention: attention(stored),
        on_hold: stored.case.on_hold,
        level: stored.case.identity.reached,
        required_level: stored.case.identity.required,
        proofs: proofs(&reader, &case.proofs),
        searched: case.subject.is_some(),
        live_services: runs_services(case),
        matches: found::matches(&reader, case),
        excluded: found::excluded(&reader, case),
        candidates: found::candidates(&reader, case),
        plan: case
            .plan
            .as_ref()
            .map(|plan| plan_page::plan(&reader, case, plan)),
        plan_form: plan_form::view(&app.ctx, &reader, case),
        stop: super::stop::view(&app.ctx, &reader, case),
        collect: records::collecting(&reader, seen),
        package: records::package(&reader, seen),
        prepared_refusal: prepared_refusal(&reader, seen),
        grant: grant::granted(&reader, case.grant.as_ref()),
        preview: None,
        restricted: case.restricted.as_ref().map(|facts| words.restricted(facts)),
        restricted_beside: case.restricted_beside.join(", "),
        awaited_by: case.awaited_by.clone(),
        restrictable: restrictable(&words),
        rectifies: rectifies(&app.ctx.organisation.map),
        notices: plan_page::notices(&reader, seen),
        mails: mails(&case.mails),
        earlier: super::core::earlier(&case.earlier),
        events: trail::events(&reader, &case.events),
        messages: messages(case),
        notes: notes(&reader, case),
        course: course::view(&reader, case),
        primary: primary(case),
        actions: actions(case, who),
        error: None,
        typed: Typed::default(),
    }
}

/// Whether services of the person run, where it is clear who the person is.
fn runs_services(case: &StaffCase) -> bool {
    let known = case.subject.as_ref().filter(|subject| !subject.ambiguous());
    case.case.case.state.is_open() && known.is_some_and(|subject| subject.live_services)
}

fn person(case: &StaffCase) -> WhoView {
    let file = &case.file;
    WhoView {
        name: file.name.as_ref().map(|name| name.as_str().to_owned()),
        email: file
            .email
            .as_ref()
            .map(|email| email.as_str().to_owned())
            .unwrap_or_default(),
        personal_number: file.personal_number.as_ref().map(PersonalNumber::masked),
        customer_number: file.customer_number.clone(),
        acting: file.acting_for.as_ref().map(|acting| {
            let (name, relation) = (acting.name.as_str(), acting.relation.as_str());
            (name.to_owned(), relation.to_owned())
        }),
        message: file.message.as_ref().map(|text| text.as_str().to_owned()),
        wish: wish(&file.wish),
        restriction_ground: file.restriction_ground.map(Ground::name),
        language: case.case.language,
    }
}

fn wish(wish: &Wish) -> Vec<(&'static str, String)> {
    let said = [
        ("wrong", &wish.wrong),
        ("correct", &wish.correct),
        ("evidence", &wish.evidence),
    ];
    said.into_iter()
        .filter_map(|(name, text)| Some((name, text.as_ref()?.as_str().to_owned())))
        .collect()
}

/// The categories that some table holds.
fn restrictable(words: &Words<'_>) -> Vec<(String, String)> {
    let categories = words.organisation.categories.iter();
    let held = categories.filter(|category| {
        let mut tables = words.organisation.map.tables();
        tables.any(|(_, table)| table.category == category.id)
    });
    held.map(|category| (category.id.clone(), words.category(&category.id)))
        .collect()
}

/// The fields that some system can correct.
fn rectifies(map: &DataMap) -> Vec<&'static str> {
    let fields = PersonalField::ALL.into_iter();
    let known = fields.filter(|field| {
        map.tables()
            .any(|(_, table)| table.retained().is_none() && table.rectify.contains_key(field))
    });
    known.map(PersonalField::name).collect()
}

fn clock(case: &StaffCase, days_left: i64) -> ClockView {
    let (clock, stored) = (&case.clock, &case.case);
    ClockView {
        received_at: local_time(clock.received_at),
        due_on: clock.due_on,
        extended_due_on: clock.extended_due_on,
        internal_target_on: Some(clock.internal_target_on),
        days_left,
        // The clock itself is told as though every question were answered today.
        paused: stored.deadline.is_paused(),
        cool_off_until: match stored.case.state {
            State::Approved { cool_off_until } => Some(local_time(cool_off_until)),
            _ => None,
        },
    }
}

/// Whom a case can be handed to: id and name.
fn handlers(colleagues: &[StaffMember]) -> Vec<(String, String)> {
    let able = colleagues.iter().filter(|member| can_handle(member));
    able.map(|member| (member.id.to_string(), member.email.clone()))
        .collect()
}

/// Whether a case can be handed to somebody.
pub(super) fn can_handle(member: &StaffMember) -> bool {
    member.active && member.role.may(Permission::HandleCases)
}

/// What proved who the person is.
pub(super) fn proofs(reader: &Reader<'_>, proofs: &[crate::domain::identity::Proof]) -> Vec<ProofView> {
    let view = |proof: &crate::domain::identity::Proof| ProofView {
        at: local_time(proof.at),
        method: proof.method.name().to_owned(),
        by: proof.accepted_by.map(|id| reader.staff(&id.to_string())),
    };
    proofs.iter().map(view).collect()
}

fn prepared_refusal(reader: &Reader<'_>, seen: &Seen) -> Option<(String, String)> {
    let Some(Proposal::Refusal { ground, .. }) = &seen.case.case.case.proposal else {
        return None;
    };
    let ground = reader.words.t.of("refusal-", ground.name());
    Some((ground, seen.beside.reason.clone().unwrap_or_default()))
}

/// Letters, without what stands in them.
pub(super) fn mails(mails: &[Mail]) -> Vec<MailRow> {
    let view = |mail: &Mail| MailRow {
        letter: mail.template.clone(),
        state: match mail.state {
            MailState::Queued => "queued",
            MailState::Sent => "sent",
            MailState::Failed => "failed",
        },
        at: local_time(mail.sent_at.unwrap_or(mail.queued_at)),
        failure: mail.failure.clone(),
    };
    mails.iter().map(view).collect()
}

fn messages(case: &StaffCase) -> Vec<MessageItem> {
    let between_us = ["from_person", "to_person"];
    let said = case
        .messages
        .iter()
        .filter(|message| between_us.contains(&message.kind.as_str()));
    said.map(|message| MessageItem {
        at: local_time(message.at),
        from_person: message.kind != "to_person",
        text: message.text.clone(),
    })
    .collect()
}

fn notes(reader: &Reader<'_>, case: &StaffCase) -> Vec<NoteRow> {
    let notes = case.messages.iter().filter(|message| message.kind == "note");
    notes
        .map(|note| NoteRow {
            at: local_time(note.at),
            by: reader.actor(&note.author),
            text: note.text.clone(),
        })
        .collect()
}

/// What staff must look at: what the service met, and what the person wrote.
fn attention(stored: &StoredCase) -> Vec<String> {
    let message = stored.message_waits.then(|| "message_from_person".to_owned());
    stored.attention.clone().into_iter().chain(message).collect()
}

/// What is allowed, without taking what one has.
fn actions(case: &StaffCase, who: &Authenticated) -> Vec<&'static str> {
    let is_own = case.case.assignee == Some(who.staff.id);
    let offered = case.actions.iter().copied();
    offered.filter(|action| !(is_own && *action == "claim")).collect()
}

/// The action that comes next, among those that are allowed.
fn primary(case: &StaffCase) -> Option<&'static str> {
    let (stored, may) = (&case.case, |name: &&str| case.actions.contains(name));
    let nothing_proposed = stored.case.proposal.is_none();
    let halted = matches!(
        stored.attention.as_deref(),
        Some("system_failed" | "verification_failed" | "erase_by_hand" | "disk_full")
    );
    let steps = [
        ("approve", true),
        ("claim", stored.assignee.is_none()),
        ("accept_identity", true),
        ("retry", halted),
        ("plan", nothing_proposed && stored.case.right == Right::Erasure),
        ("collect", nothing_proposed),
        ("release", true),
    ];
    let due = steps.into_iter().filter(|(_, is_due)| *is_due);
    due.map(|(name, _)| name).find(may)
}
