//! Rows of the CRM: deals, newsletter, tickets with free text, calls and chats.

use chrono::TimeDelta;

use super::SampleProfile;
use super::hosting::moment;
use super::names::{Draw, NOTES, REPLIES, TICKETS};
use super::nasty::NastyCase;
use super::people::Person;
use super::schema::{Copy, Rows, fields};

#[derive(Debug)]
pub(super) struct Crm {
    people: Rows,
    activities: Rows,
    newsletter: Rows,
    tickets: Rows,
    ticket_messages: Rows,
    call_recordings: Rows,
    chats: Rows,
}

impl Crm {
    pub(super) const fn new() -> Self {
        Self {
            people: Rows::of(
                "people",
                "customer_no, email, name, phone, personal_number, deal_id, stage, note",
            ),
            activities: Rows::of("activities", "person_id, kind, at, body"),
            newsletter: Rows::of("newsletter", "email, name, provider_member, consented_at, source"),
            tickets: Rows::of(
                "tickets",
                "customer_no, email, subject, body, opened_at, closed_at",
            ),
            ticket_messages: Rows::of("ticket_messages", "ticket_id, author, body, at"),
            call_recordings: Rows::of(
                "call_recordings",
                "customer_no, phone, call_id, recorded_at, seconds, file",
            ),
            chats: Rows::of("chats", "customer_no, email, chat_id, at, transcript"),
        }
    }

    pub(super) fn take(&mut self) -> Vec<Copy> {
        [
            &mut self.people,
            &mut self.activities,
            &mut self.newsletter,
            &mut self.tickets,
            &mut self.ticket_messages,
            &mut self.call_recordings,
            &mut self.chats,
        ]
        .into_iter()
        .filter_map(Rows::take)
        .collect()
    }

    pub(super) fn add(&mut self, profile: &SampleProfile, draw: &mut Draw, person: &Person) {
        // The ordinary take turns, so that each of these systems knows several of them.
        let turn = |every: i64, share: i64, draw: &mut Draw| {
            if person.is_ordinary() {
                person.place % every == 0
            } else {
                draw.percent(share)
            }
        };
        if turn(2, 50, draw) {
            self.add_deal(profile, draw, person);
        }
        if turn(3, 40, draw) && person.kind.is_natural() {
            self.add_subscriber(profile, draw, &person.email, &person.name);
        }
        for _ in 0..(if person.is_ordinary() { 1 } else { draw.below(4) }) {
            self.add_ticket(profile, draw, person);
        }
        if turn(4, 15, draw) {
            let call = format!("call-{}-k{}", person.customer_no, draw.between(100, 999));
            let at = moment(draw, profile, 180);
            let file = format!("calls/{call}.ogg");
            let phone = person.phone.as_ref();
            self.call_recordings.add(fields![
                &person.customer_no,
                phone,
                &call,
                at,
                draw.between(20, 900),
                file
            ]);
        }
        if turn(5, 15, draw) {
            let chat = format!("chat-{}-c{}", person.customer_no, draw.between(100, 999));
            let said = format!(
                "Kund: Hej, det gäller {}\nVi: {}",
                person.main_domain(),
                said(draw.pick(&REPLIES), person)
            );
            self.chats.add(fields![
                &person.customer_no,
                &person.email,
                chat,
                moment(draw, profile, 365),
                said
            ]);
        }
    }

    /// Who is in the newsletter and nowhere else.
    pub(super) fn add_strangers(&mut self, profile: &SampleProfile, draw: &mut Draw) {
        let stranger = NastyCase::NewsletterOnly;
        self.add_subscriber(profile, draw, stranger.email(), stranger.name());
    }

    fn add_deal(&mut self, profile: &SampleProfile, draw: &mut Draw, person: &Person) {
        let id = self.people.add(fields![
            &person.customer_no,
            &person.email,
            &person.name,
            person.phone.as_ref(),
            person.personal_number,
            format!("deal-{}", person.customer_no),
            draw.pick(&["prospect", "offert", "kund"]),
            draw.pick(&NOTES),
        ]);
        for _ in 0..2 {
            let kind = draw.pick(&["samtal", "e-post", "möte"]);
            self.activities
                .add(fields![id, kind, moment(draw, profile, 700), draw.pick(&NOTES)]);
        }
    }

    fn add_subscriber(&mut self, profile: &SampleProfile, draw: &mut Draw, email: &str, name: &str) {
        let member = format!("member-{}", self.newsletter.next_id());
        let source = draw.pick(&["kassan", "webbformulär", "mässa"]);
        self.newsletter
            .add(fields![email, name, member, moment(draw, profile, 900), source]);
    }

    fn add_ticket(&mut self, profile: &SampleProfile, draw: &mut Draw, person: &Person) {
        let (subject, body) = draw.pick(&TICKETS);
        let opened = moment(draw, profile, 800) - TimeDelta::days(10);
        let closed = draw
            .percent(85)
            .then(|| opened + TimeDelta::hours(draw.between(1, 200)));
        let ticket = self.tickets.add(fields![
            &person.customer_no,
            &person.email,
            subject,
            said(body, person),
            opened,
            closed,
        ]);
        for hours in 1..=draw.between(1, 3) {
            let (author, text) = if hours % 2 == 1 {
                ("kundtjänst", draw.pick(&REPLIES))
            } else {
                ("kund", "Tack för snabbt svar! /{n}")
            };
            self.ticket_messages.add(fields![
                ticket,
                author,
                said(text, person),
                opened + TimeDelta::hours(hours)
            ]);
        }
    }
}

/// Fills in whom and what a sentence is about.
fn said(sentence: &str, person: &Person) -> String {
    sentence
        .replace("{n}", &person.name)
        .replace("{d}", person.main_domain())
}
