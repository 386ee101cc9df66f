//! A case as its person sees it, in their words.

use super::path_of;
use crate::adapters::templates::facts::Words;
use crate::domain::audit::Event;
use crate::domain::calendar::stockholm_date;
use crate::domain::case::{Confirmation, State};
use crate::http::auth::csrf_token;
use crate::http::pages::{Visit, local_time};
use crate::http::views::customer::{
    AnswerView, AskedItem, CasePage, Download, MessageItem, PersonCourse, PlanView, TimelineItem,
};
use crate::http::views::layout::FieldErrors;
use crate::services::overview::{self, PersonCase};
use crate::services::packages::Waiting;
use crate::services::{account_end, handling};

/// The page of a case in the making.
pub(super) struct CaseView<'a> {
    visit: &'a Visit,
    person: &'a PersonCase,
    csrf: String,
    /// The message as typed, when something was wrong with it.
    pub message: String,
    /// What was wrong with the form just sent.
    pub errors: FieldErrors,
}

impl<'a> CaseView<'a> {
    /// The case of `person`, for who holds `token`.
    pub fn new(visit: &'a Visit, person: &'a PersonCase, token: &str) -> Self {
        Self {
            visit,
            person,
            csrf: csrf_token(&visit.app.ctx, token),
            message: String::new(),
            errors: FieldErrors::default(),
        }
    }

    fn words(&self) -> Words<'_> {
        Words {
            t: self.visit.t(),
            organisation: &self.visit.app.ctx.organisation,
        }
    }

    /// The page.
    pub fn page(self) -> CasePage {
        let (stored, clock) = (&self.person.case, &self.person.clock);
        let case = &stored.case;
        let may_stop_until = match case.state {
            State::Approved { cool_off_until } => Some(local_time(cool_off_until)),
            _ => None,
        };
        CasePage {
            t: self.visit.t(),
            page: self.visit.page_at(&path_of(&stored.reference), self.csrf.clone()),
            reference: stored.reference.to_string(),
            right: case.right,
            account_ended: account_end::is_end(stored),
            state: case.state.name().to_owned(),
            received_on: stockholm_date(clock.received_at),
            due_on: clock.due_on,
            extended_due_on: clock.extended_due_on,
            paused: clock.paused,
            level: case.identity.reached,
            required_level: case.identity.required,
            plan: self.plan(),
            stop: super::stop::view(self.visit, self.person),
            answer: self.answer(),
            timeline: timeline(&self.person.events),
            messages: self.messages(),
            downloads: self.downloads(),
            course: self.course(),
            may_withdraw: case.state.can_be_withdrawn(),
            may_stop_until,
            may_state: handling::may_state(self.person),
            may_write: case.state.is_open() || matches!(case.state, State::Answered { .. }),
            message: self.message,
            errors: self.errors,
        }
    }

    fn plan(&self) -> Option<PlanView> {
        let plan = self.person.plan.as_ref()?;
        let (words, facts) = (self.words(), &plan.facts);
        let today = stockholm_date(self.visit.app.ctx.now());
        let gone = words.going(facts, today);
        let (domains, services): (Vec<_>, Vec<_>) = facts
            .services
            .iter()
            .partition(|service| service.kind == "domain");
        Some(PlanView {
            services: services
                .into_iter()
                .map(|service| words.service(service))
                .collect(),
            domains: domains.into_iter().map(|domain| domain.label.clone()).collect(),
            backups_until: gone.iter().filter_map(|gone| gone.backups_until).max(),
            gone,
            kept: words.keeping(facts),
            told: plan.told.iter().map(|id| words.recipient(id)).collect(),
            ground: words.basis(&facts.basis),
            refused: facts
                .refused
                .iter()
                .map(|item| words.refused_item(item))
                .collect(),
            hash: facts.hash.clone(),
            confirmed: plan.confirmation != Some(Confirmation::Awaited),
            awaits_approval: self.awaits_approval(plan),
        })
    }

    fn course(&self) -> PersonCourse {
        let person = self.person;
        let asked = person.questions.iter().map(|question| AskedItem {
            is_identity: !question.file.evidence.is_empty(),
            text: question.file.text.clone(),
            evidence: question
                .file
                .evidence
                .iter()
                .map(|method| method.name())
                .collect(),
            pauses: question.pauses,
            answer_by: question.answer_by,
        });
        let linked = person.linked.iter();
        PersonCourse {
            asked: asked.collect(),
            is_held: person.is_held,
            forwarded_to: person.forwarded_to.clone(),
            linked: linked
                .map(|one| (one.reference.clone(), one.right.clone()))
                .collect(),
            reopened: person
                .case
                .reopened
                .map(|(at, first)| (stockholm_date(at), first)),
            may_ask_for_copy: person.may_ask_for_copy,
            has_told: !person.told.is_empty(),
            may_ask_for_transfer: person.may_ask_for_transfer,
            waits_for_data: person.waits_for_data,
        }
    }

    fn awaits_approval(&self, plan: &overview::PlanView) -> bool {
        plan.confirmation == Some(Confirmation::Given) && self.person.case.case.state == State::Assessing
    }

    fn answer(&self) -> Option<AnswerView> {
        let words = self.words();
        if let Some((ground, reason)) = &self.person.refusal {
            let ground = words.t.of("refusal-", ground.name());
            return Some(AnswerView {
                text: Some(format!("{ground}\n\n{reason}").trim().to_owned()),
                ..AnswerView::default()
            });
        }
        if let Some(facts) = &self.person.rectified {
            return Some(AnswerView {
                rectified: Some(words.rectified(facts)),
                ..AnswerView::default()
            });
        }
        if self.person.stopped.is_some() {
            return None;
        }
        if let Some(facts) = &self.person.restricted {
            return Some(AnswerView {
                restricted: Some(words.restricted(facts)),
                ..AnswerView::default()
            });
        }
        let facts = self.person.answer.as_ref()?;
        Some(AnswerView {
            gone: words.gone(facts),
            kept: words.kept(facts),
            told: words.told(facts),
            text: self
                .person
                .grant
                .as_ref()
                .and_then(|grant| super::granted::text(words, grant, self.person.download.is_some())),
            suppressed: facts.suppressed,
            ground: facts.basis.as_ref().map(|basis| words.basis(basis)),
            refused: facts
                .refused
                .iter()
                .map(|item| words.refused_item(item))
                .collect(),
            ..AnswerView::default()
        })
    }

    fn downloads(&self) -> Vec<Download> {
        let (t, reference) = (self.visit.t(), &self.person.case.reference);
        let view = |waiting: &Waiting| Download {
            name: waiting.name.clone(),
            href: format!("{}/downloads/{}", path_of(reference), waiting.name),
            size: t.size(waiting.bytes.unsigned_abs()),
            until: stockholm_date(waiting.until),
        };
        self.person.download.iter().map(view).collect()
    }

    fn messages(&self) -> Vec<MessageItem> {
        let item = |message: &overview::Message| MessageItem {
            at: local_time(message.at),
            from_person: message.kind != "to_person",
            text: message.text.clone(),
        };
        self.person.messages.iter().map(item).collect()
    }
}

/// What has happened, newest first; what has no words for the person is left out.
fn timeline(events: &[Event]) -> Vec<TimelineItem> {
    let item = |event: &Event| {
        Some(TimelineItem {
            at: local_time(event.at),
            key: format!("event-{}", event_name(event)?),
        })
    };
    events.iter().rev().filter_map(item).collect()
}

fn event_name(event: &Event) -> Option<&'static str> {
    let refuses = event.detail.get("ground").is_some_and(|ground| !ground.is_null());
    Some(match event.action.as_str() {
        "case_received" => "received",
        "identity_level_reached" => "identity_proven",
        "identity_accepted" => "identity_accepted",
        "plan_made" => "plan_prepared",
        "consequences_confirmed" => "plan_confirmed",
        "proposal_approved" if refuses => "refused",
        "proposal_approved" => "plan_approved",
        "granted" => "granted",
        "grant_carried_out" => "grant_carried_out",
        "consent_end_confirmed" => "consent_ended",
        "erasure_started" => "erasure_started",
        "erasure_stopped" => "stopped",
        "erasure_completed" => "erasure_verified",
        "package_released" => "package_released",
        "package_downloaded" => "package_downloaded",
        "deadline_extended" => "extended",
        "message_sent" => "message_sent",
        "message_received" => "message_received",
        "notices_released" => "notices_sent",
        "case_withdrawn" => "withdrawn",
        "case_closed" => "closed",
        "case_reopened" => "reopened",
        "case_lapsed" => "lapsed",
        "case_merged" => "merged",
        "case_merged_here" => "merged_here",
        "case_split" => "split",
        "copy_asked" => "copy_asked",
        "transfer_asked" => "transfer_asked",
        "recipients_listed" => "recipients_listed",
        "fee_announced" => "fee_announced",
        "incident_told" => "incident_told",
        "case_forwarded" => "forwarded",
        "clarification_asked" => "clarification_requested",
        "clarification_answered" => "clarification_answered",
        "identity_evidence_asked" => "identity_evidence_asked",
        "restriction_placed" => "restriction_placed",
        "restriction_lift_announced" => "restriction_lift_announced",
        "restriction_lifted" => "restriction_lifted",
        "restriction_consent_given" => "restriction_consent_given",
        "restriction_consent_withdrawn" => "restriction_consent_withdrawn",
        "legal_hold_put" => "held",
        "legal_hold_lifted" => "hold_lifted",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;
    use serde_json::json;
    use uuid::Uuid;

    use super::*;
    use crate::adapters::texts::{MISSING, Texts};

    fn event(seq: i64, action: &str, detail: serde_json::Value) -> Event {
        Event {
            stream: Uuid::nil(),
            seq,
            at: DateTime::from_timestamp(1_795_269_780 + seq, 0).unwrap(),
            actor: "system".to_owned(),
            action: action.to_owned(),
            detail,
        }
    }

    #[test]
    fn every_event_that_a_person_is_shown_has_words() {
        for action in overview::PERSON_EVENTS {
            let shown = timeline(&[event(1, action, json!({}))]);
            let text = Texts::default().get(&shown[0].key);
            assert!(!text.starts_with(MISSING), "{action}: {text}");
        }
    }

    #[test]
    fn an_approved_refusal_is_told_from_an_approved_erasure() {
        let events = [
            event(1, "case_received", json!({})),
            event(2, "proposal_approved", json!({ "hash": "5e1f", "ground": null })),
            event(
                3,
                "proposal_approved",
                json!({ "hash": null, "ground": "excessive" }),
            ),
            event(4, "steps_frozen", json!({})),
        ];
        let keys: Vec<String> = timeline(&events).into_iter().map(|item| item.key).collect();
        assert_eq!(keys, ["event-refused", "event-plan_approved", "event-received"]);
    }
}
