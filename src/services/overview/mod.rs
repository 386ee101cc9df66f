//! Reading: the queue, one case for staff, one case for its person, and the public register.

mod course;
mod offered;
mod person;

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, Utc};

use super::handling::MESSAGE;
use super::intake::{self, CaseFile};
use super::packages::{self, PackageView};
use super::planning::{self, PlanFacts};
use super::records::{self, Earlier};
use super::restricting::{self, RestrictionFacts};
use super::searching::{self, Subject};
use super::{Context, Error, Result, auditing, awaiting, granting, notices};
use crate::domain::audit;
use crate::domain::calendar::stockholm_date;
use crate::domain::case::{Confirmation, Proposal, State};
use crate::domain::deadline::{Alarm, Clock};
use crate::domain::grant::Grant;
use crate::domain::identity::Proof;
use crate::domain::ids::{PlanId, Reference, StaffId};
use crate::domain::matching::PersonKeys;
use crate::domain::staff::{Actor, Permission};
use crate::store::cases::{self, StoredCase};
use crate::store::mails::{self, Mail};
use crate::store::notices::NoticeRow;
use crate::store::plans::{self, StoredStep};
use crate::store::queue::{self, Cursor, Filter, Line, Sort};
use crate::store::{Conn, audit as trail, clocks, messages};

pub use course::Course;
pub use offered::actions;
pub use person::{PERSON_EVENTS, PersonCase, person_case};

pub use crate::domain::deadline::AT_RISK_DAYS;

/// A message of a case, opened.
#[derive(Clone, Debug)]
pub struct Message {
    /// When.
    pub at: DateTime<Utc>,
    /// A pseudonym.
    pub author: String,
    /// `from_person`, `to_person`, `statement` or `note`.
    pub kind: String,
    /// The text.
    pub text: String,
}

/// Everything staff see of a case.
pub struct StaffCase {
    /// The case.
    pub case: StoredCase,
    /// What the person wrote.
    pub file: CaseFile,
    /// The clock.
    pub clock: Clock,
    /// What proves who they are.
    pub proofs: Vec<Proof>,
    /// Whom the systems know, once searched.
    pub subject: Option<Subject>,
    /// The newest plan.
    pub plan: Option<PlanView>,
    /// What is granted, or prepared to be.
    pub grant: Option<Grant>,
    /// What was collected for the person.
    pub package: Option<PackageView>,
    /// The restriction in force, or that was.
    pub restricted: Option<RestrictionFacts>,
    /// Other cases of the person's in which a restriction is in force.
    pub restricted_beside: Vec<String>,
    /// Open cases of access and portability of the same person, whose answer an erasure waits for.
    pub awaited_by: Vec<String>,
    /// Notices with their comments.
    pub notices: Vec<(NoticeRow, Vec<String>)>,
    /// Messages and notes.
    pub messages: Vec<Message>,
    /// Mails to the person and to recipients, without contents.
    pub mails: Vec<Mail>,
    /// Other cases of the same person.
    pub earlier: Vec<Earlier>,
    /// The trail.
    pub events: Vec<audit::Event>,
    /// What happened on its way.
    pub course: Course,
    /// What the actor may do now.
    pub actions: Vec<&'static str>,
}

/// A plan with how far it has come.
pub struct PlanView {
    /// Its id.
    pub id: PlanId,
    /// Its facts.
    pub facts: PlanFacts,
    /// Its steps, once approved.
    pub steps: Vec<StoredStep>,
    /// Whether it is what is proposed or approved now.
    pub current: bool,
    /// What the person says to its consequences, while it is current.
    pub confirmation: Option<Confirmation>,
    /// Who made it, while it is current.
    pub prepared_by: Option<StaffId>,
    /// Until when an approved erasure can be stopped.
    pub cool_off_until: Option<DateTime<Utc>>,
    /// The ids of the recipients who will be told.
    pub told: Vec<String>,
}

/// The clock of a case as it stands today: an open pause counts up to today, and shows.
fn clock(ctx: &Context, case: &StoredCase) -> Clock {
    let today = case.deadline.as_of(stockholm_date(ctx.now())).clock();
    Clock {
        received_at: case.case.received_at,
        paused: case.deadline.is_paused(),
        ..today
    }
}

/// A case for staff; that they looked is recorded.
///
/// # Errors
/// When they may not, or there is none.
pub fn staff_case(ctx: &Context, actor: &Actor, reference: &Reference) -> Result<StaffCase> {
    may_read(actor)?;
    let view = ctx
        .store
        .transaction(|conn| load_case(ctx, conn, actor, reference))?;
    auditing::look(ctx, actor, view.case.id, "case_read")?;
    Ok(view)
}

fn may_read(actor: &Actor) -> Result<()> {
    if actor.may(Permission::ReadCases) {
        Ok(())
    } else {
        Err(Error::Forbidden("role"))
    }
}

fn load_case(ctx: &Context, conn: &mut Conn, actor: &Actor, reference: &Reference) -> Result<StaffCase> {
    let case = cases::find(conn, reference)?;
    let (_, file) = intake::open_file(ctx, &case)?;
    let course = course::load(ctx, conn, actor, &case)?;
    Ok(StaffCase {
        earlier: records::earlier(ctx, conn, &case, &file.keys())?,
        file,
        clock: clock(ctx, &case),
        proofs: super::proving::list(conn, case.id)?,
        subject: searching::find_subject(ctx, conn, &case)?,
        plan: plan_view(ctx, conn, &case)?,
        grant: granting::find(ctx, conn, &case)?,
        package: packages::view(ctx, conn, &case)?,
        restricted: restricting::facts(ctx, conn, &case)?,
        restricted_beside: restricting::beside(conn, case.id)?,
        awaited_by: awaiting::erasure_waits_for(conn, &case)?,
        notices: notices::list(ctx, conn, &case)?,
        messages: open_messages(ctx, conn, &case)?,
        mails: mails::list_by_case(conn, case.id)?,
        events: trail::list(conn, case.id.0)?,
        actions: course::with_letters(offered::offered(ctx, conn, actor, &case)?, actor, &course),
        course,
        case,
    })
}

/// The newest plan of a case, with how far it has come.
///
/// # Errors
/// When the database fails.
pub fn plan_view(ctx: &Context, conn: &mut Conn, case: &StoredCase) -> Result<Option<PlanView>> {
    let Some((id, file)) = planning::newest(ctx, conn, case)? else {
        return Ok(None);
    };
    let (current, confirmation, prepared_by) = match &case.case.proposal {
        Some(Proposal::Erasure {
            plan,
            confirmation,
            prepared_by,
            ..
        }) if *plan == id => (true, Some(*confirmation), *prepared_by),
        _ => (false, None, None),
    };
    let cool_off_until = match case.case.state {
        State::Approved { cool_off_until } => Some(cool_off_until),
        _ => None,
    };
    let (facts, steps) = (planning::facts(ctx, &file.plan), plans::list_steps(conn, id)?);
    let told = file.told.into_iter().filter(|told| told.outcome.reaches());
    Ok(Some(PlanView {
        id,
        facts,
        steps,
        current,
        confirmation,
        prepared_by,
        cool_off_until,
        told: told.map(|told| told.recipient).collect(),
    }))
}

fn open_messages(ctx: &Context, conn: &mut Conn, case: &StoredCase) -> Result<Vec<Message>> {
    let (key, _) = intake::open_file(ctx, case)?;
    let rows = messages::list(conn, case.id)?;
    rows.into_iter()
        .map(|row| {
            Ok(Message {
                at: row.at,
                author: row.author,
                kind: row.kind,
                text: key.open(MESSAGE, &row.sealed)?,
            })
        })
        .collect()
}

/// A page of the queue.
pub struct Page {
    /// Its lines.
    pub lines: Vec<Line>,
    /// Where the next page starts, if there is one.
    pub next: Option<Cursor>,
    /// How many cases the filter and the search find, counted up to [`COUNTED`].
    pub total: i64,
    /// Those of the lines whose time runs out.
    pub alarms: BTreeMap<uuid::Uuid, Alarm>,
}

/// How far cases are counted: beyond, "more than" says enough.
pub const COUNTED: i64 = 1000;

/// A page of the queue. `query`: a reference or an exact identifier.
///
/// # Errors
/// When the actor may not.
pub fn queue(
    ctx: &Context,
    actor: &Actor,
    filter: &Filter,
    query: Option<&str>,
    sort: Sort,
    after: Option<Cursor>,
    limit: i64,
) -> Result<Page> {
    may_read(actor)?;
    let mut conn = ctx.store.get()?;
    let filters = match query.map(str::trim).filter(|text| !text.is_empty()) {
        None => vec![filter.clone()],
        Some(text) => search_filters(ctx, filter, text),
    };
    let (mut lines, mut total) = (Vec::new(), 0);
    for filter in filters {
        total = queue::count_up_to(&mut conn, &filter, COUNTED)?;
        if total > 0 {
            lines = queue::list(&mut conn, &filter, sort, after, limit + 1)?;
            break;
        }
    }
    let more = lines.len() > usize::try_from(limit).unwrap_or(usize::MAX);
    lines.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
    let next = lines.last().filter(|_| more).map(|line| Cursor {
        due_on: line.due_on,
        id: line.id,
    });
    let shown: Vec<uuid::Uuid> = lines.iter().map(|line| line.id).collect();
    let alarms = clocks::list_alarms(&mut conn, &shown)?;
    Ok(Page {
        lines,
        next,
        total,
        alarms,
    })
}

/// What a search may mean: a reference, or one of the identifiers in its normalised form.
fn search_filters(ctx: &Context, filter: &Filter, text: &str) -> Vec<Filter> {
    if let Ok(reference) = Reference::parse(text) {
        return vec![Filter {
            reference: Some(reference.to_string()),
            all_states: true,
            ..filter.clone()
        }];
    }
    let today = stockholm_date(ctx.now());
    let keys = PersonKeys {
        email: crate::domain::contact::Email::parse(text)
            .ok()
            .map(|email| email.as_str().to_owned()),
        personal_number: crate::domain::personal_number::PersonalNumber::parse(text, today)
            .ok()
            .map(|number| number.as_str().to_owned()),
        customer_number: Some(text.to_owned()),
        phone: None,
    };
    let digests = intake::lookup_digests(ctx, &keys);
    digests
        .into_iter()
        .map(|(_, digest)| Filter {
            digest: Some(digest),
            all_states: true,
            ..filter.clone()
        })
        .collect()
}

/// Days until the deadline; negative when it has passed.
#[must_use]
pub fn days_left(ctx: &Context, due_on: NaiveDate) -> i64 {
    (due_on - stockholm_date(ctx.now())).num_days()
}

/// The trail of a case.
///
/// # Errors
/// When the actor may not, or there is no such case.
pub fn events(ctx: &Context, actor: &Actor, reference: &Reference) -> Result<Vec<audit::Event>> {
    may_read(actor)?;
    let mut conn = ctx.store.get()?;
    let case = cases::find(&mut conn, reference)?;
    Ok(trail::list(&mut conn, case.id.0)?)
}

/// The trail of a case for who sits at the machine; that somebody looked is recorded.
///
/// # Errors
/// When there is no such case.
pub fn events_at_machine(ctx: &Context, reference: &Reference) -> Result<Vec<audit::Event>> {
    let case = cases::find(&mut *ctx.store.get()?, reference)?;
    auditing::look(ctx, &Actor::System, case.id, "case_read")?;
    events(ctx, &Actor::System, reference)
}
