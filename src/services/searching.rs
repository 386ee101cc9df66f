//! Whom the systems know under a case's identifiers. It runs in the background, so that nothing
//! the requester sees depends on the answer.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use serde_json::json;

use super::transition::{self, Change};
use super::{Context, Error, Result, codes, granting, intake, keys, links, planning, proving, records};
use crate::domain::case::{Event, State};
use crate::domain::contact::Email;
use crate::domain::data_map::ConnectorKind;
use crate::domain::ids::CaseId;
use crate::domain::matching::{self, Account, FoundRow, KeyKind, Match, PersonKeys, RowKey, Standing};
use crate::domain::recipient::IdentifierKind;
use crate::domain::staff::Actor;
use crate::store::Conn;
use crate::store::cases::{self, StoredCase};
use crate::store::identity::{self, SubjectRow};
use crate::store::jobs;
use crate::store::keys::CaseKey;

/// Rows of one table that a search looks at; a person has fewer, and a shared address is seen long before.
pub(super) const FIND_LIMIT: usize = 100;

/// Local parts of addresses that belong to a role, not to a person.
const ROLE_ADDRESSES: [&str; 10] = [
    "info",
    "admin",
    "administrator",
    "webmaster",
    "postmaster",
    "hostmaster",
    "support",
    "kontakt",
    "office",
    "abuse",
];

/// Where a sealed subject belongs.
const SUBJECT: &str = "subjects.sealed";

/// Whom the systems know.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Subject {
    /// The keys by which the systems were searched.
    pub keys: PersonKeys,
    /// The account, when exactly one fits or staff chose one.
    pub account: Option<FoundRow>,
    /// The accounts that fit, when several do.
    pub candidates: Vec<FoundRow>,
    /// Every row found, with what it is to the person and why.
    pub matches: Vec<Match>,
    /// Whether services of the person still run.
    pub live_services: bool,
    /// Whether the typed address is on file.
    pub typed_is_on_file: bool,
    /// Whether the address on file proves nothing alone.
    pub on_file_is_weak: bool,
    /// Domains that we host for the person; addresses in them go with the erasure.
    pub own_domains: BTreeSet<String>,
    /// Addresses and numbers of the person that more than one account used. It cannot be asked again once accounts
    /// are gone.
    #[serde(default)]
    pub shared: Vec<String>,
}

impl Subject {
    /// Whether staff must choose between accounts before anything can be erased.
    #[must_use]
    pub fn ambiguous(&self) -> bool {
        self.account.is_none() && !self.candidates.is_empty()
    }

    /// The address on file.
    #[must_use]
    pub fn on_file(&self) -> Option<Email> {
        self.account
            .as_ref()
            .and_then(|row| row.keys.email.as_deref())
            .and_then(|text| Email::parse(text).ok())
    }

    /// The person's own rows, by system and table.
    #[must_use]
    pub fn roots(&self) -> BTreeMap<String, BTreeMap<String, Vec<RowKey>>> {
        let mut roots: BTreeMap<String, BTreeMap<String, Vec<RowKey>>> = BTreeMap::new();
        for found in self
            .matches
            .iter()
            .filter(|found| found.standing == Standing::Theirs)
        {
            let tables = roots.entry(found.row.system.clone()).or_default();
            tables
                .entry(found.row.table.clone())
                .or_default()
                .push(found.row.key.clone());
        }
        roots
    }

    /// The identifiers of the account, but for addresses and numbers that others use too.
    #[must_use]
    pub fn identifiers(&self) -> PersonKeys {
        let own = self
            .account
            .as_ref()
            .map(|row| row.keys.clone())
            .unwrap_or_default();
        let alone = |value: &String| !self.shared.contains(value);
        PersonKeys {
            email: own.email.filter(alone),
            phone: own.phone.filter(alone),
            ..own
        }
    }

    /// Whether mail to this address stays possible after the erasure.
    #[must_use]
    pub fn survives(&self, email: &Email) -> bool {
        !self.own_domains.contains(email.domain())
    }
}

/// Searches every system for the person with the keys `typed`.
///
/// # Errors
/// When a system fails: a search that left one out would be worse than none.
pub fn search(ctx: &Context, typed: &PersonKeys, chosen: Option<&RowKey>) -> Result<Subject> {
    let registered = find_rows(ctx, typed, true)?;
    let account = matching::account(typed, &registered, chosen);
    let keys = matching::subject(typed, &account);
    let shared = shared_addresses(ctx, &keys)?;
    let matches = matching::classify(&keys, &account, find_rows(ctx, &keys, false)?, &shared);
    let (account, candidates) = match account {
        Account::None => (None, vec![]),
        Account::One(row) => (Some(row), vec![]),
        Account::Several(rows) => (None, rows),
    };
    let typed_is_on_file =
        typed.email.is_some() && account.as_ref().is_some_and(|row| row.keys.email == typed.email);
    let mut subject = Subject {
        keys,
        account,
        candidates,
        matches,
        live_services: false,
        typed_is_on_file,
        on_file_is_weak: false,
        own_domains: BTreeSet::new(),
        shared,
    };
    let surveys = surveys_of_rows(ctx, &subject)?;
    let (linked, surveys) = links::follow(ctx, surveys)?;
    subject.matches.extend(linked);
    subject.live_services = planning::has_live_services(ctx, &surveys);
    subject.own_domains = identifiers(ctx, &surveys, IdentifierKind::DomainName);
    subject.on_file_is_weak = subject.on_file().is_some_and(|email| {
        let local = email.as_str().split('@').next().unwrap_or_default().to_owned();
        !subject.survives(&email)
            || ROLE_ADDRESSES.contains(&local.as_str())
            || subject.shared.iter().any(|address| address == email.as_str())
    });
    Ok(subject)
}

/// What the systems of rows hold of the person. Files end no service and name nobody: to walk through them all for every
/// request would cost much and tell nothing.
fn surveys_of_rows(ctx: &Context, subject: &Subject) -> Result<Vec<planning::Surveyed>> {
    let mut roots = subject.roots();
    roots.retain(|id, _| {
        let system = ctx.organisation.map.system(id);
        system.is_some_and(|system| system.connector != ConnectorKind::Files)
    });
    planning::survey(ctx, &roots)
}

/// How many rows of the person one system holds, found anew by the keys of an earlier search.
///
/// # Errors
/// When the system fails.
pub fn count_again(ctx: &Context, subject: &Subject, system: &str) -> Result<usize> {
    let account = subject.account.clone().map_or(Account::None, Account::One);
    let rows = find_rows_in(ctx, &subject.keys, false, |id| id == system)?;
    let found = matching::classify(&subject.keys, &account, rows, &subject.shared);
    Ok(found
        .iter()
        .filter(|found| found.standing == Standing::Theirs)
        .count())
}

fn find_rows(ctx: &Context, keys: &PersonKeys, register_only: bool) -> Result<Vec<FoundRow>> {
    find_rows_in(ctx, keys, register_only, |_| true)
}

fn find_rows_in(
    ctx: &Context,
    keys: &PersonKeys,
    register_only: bool,
    asked: impl Fn(&str) -> bool,
) -> Result<Vec<FoundRow>> {
    let mut rows = Vec::new();
    for (system, table) in ctx
        .organisation
        .map
        .tables()
        .filter(|(system, _)| asked(&system.id))
    {
        if !table.is_searchable() || (register_only && !table.register) {
            continue;
        }
        rows.extend(ctx.systems.get(&system.id)?.find(table, keys, FIND_LIMIT)?);
    }
    Ok(rows)
}

/// The person's address and number, as far as more than one account has them.
fn shared_addresses(ctx: &Context, keys: &PersonKeys) -> Result<Vec<String>> {
    let mut shared = Vec::new();
    let by_email = PersonKeys {
        email: keys.email.clone(),
        ..PersonKeys::default()
    };
    let by_phone = PersonKeys {
        phone: keys.phone.clone(),
        ..PersonKeys::default()
    };
    for key in [by_email, by_phone] {
        let Some(value) = key.iter().next().map(|(_, value)| value.to_owned()) else {
            continue;
        };
        if find_rows(ctx, &key, true)?.len() > 1 {
            shared.push(value);
        }
    }
    Ok(shared)
}

/// Every value of one kind of identifier among the person's rows, in lower case.
fn identifiers(ctx: &Context, surveys: &[planning::Surveyed], kind: IdentifierKind) -> BTreeSet<String> {
    let mut values = BTreeSet::new();
    for (survey, _) in surveys {
        let Some(system) = ctx.organisation.map.system(&survey.system) else {
            continue;
        };
        for table in &system.tables {
            let Some(column) = table.identifiers.get(&kind) else {
                continue;
            };
            values.extend(
                survey
                    .rows(&table.name)
                    .iter()
                    .filter_map(|row| row.values.get(column))
                    .map(|v| v.to_lowercase()),
            );
        }
    }
    values
}

/// Searches for the person of a case, keeps what was found, and sends the code to the address on
/// file when that is not the typed one.
///
/// # Errors
/// When a system or the database fails; nothing is kept then.
pub fn search_for_case(ctx: &Context, id: CaseId) -> Result<()> {
    let (case, file) = {
        let mut conn = ctx.store.get()?;
        let case = cases::find_by_id(&mut conn, id)?;
        let (_, file) = intake::open_file(ctx, &case)?;
        (case, file)
    };
    if !case.case.state.can_be_withdrawn() {
        return Ok(());
    }
    let subject = search(ctx, &file.keys(), None)?;
    ctx.store.transaction(|conn| {
        let case = cases::lock(conn, id)?;
        // The person may have withdrawn, or the case ended, while the systems were asked.
        if !case.case.state.can_be_withdrawn() {
            return Ok(());
        }
        let (key, _) = intake::open_file(ctx, &case)?;
        keep(ctx, conn, &key, &case, &subject)?;
        super::account_end::keep_address(ctx, conn, &case, &subject)?;
        send_on_file_code(ctx, conn, &key, &case)?;
        let case = if case.case.state == State::Received {
            let change = Change {
                event: Event::IdentityAsked,
                actor: &Actor::System,
                action: "identity_asked",
                detail: json!({}),
                visible: false,
            };
            transition::apply(ctx, conn, &case, change)?
        } else {
            case
        };
        if subject.ambiguous() {
            cases::set_attention(conn, id, Some("ambiguous_match"))?;
        } else {
            cases::clear_attention(conn, id, &["ambiguous_match", "system_failed", jobs::ATTENTION])?;
        }
        proving::refresh(ctx, conn, &case, &Actor::System)?;
        Ok(())
    })
}

/// Keeps what a search found.
///
/// # Errors
/// When the database fails.
pub fn keep(
    ctx: &Context,
    conn: &mut Conn,
    key: &CaseKey,
    case: &StoredCase,
    subject: &Subject,
) -> Result<()> {
    let found = subject
        .matches
        .iter()
        .any(|found| found.standing == Standing::Theirs);
    let mut subject = subject.clone();
    if let Some(email) = subject.on_file() {
        subject.on_file_is_weak |= granting::rectification::has_set(ctx, conn, case, &email)?;
    }
    records::recognise(ctx, conn, case, &subject)?;
    let row = SubjectRow {
        case_id: case.id.0,
        searched_at: ctx.now(),
        found,
        ambiguous: subject.ambiguous(),
        live_services: subject.live_services,
        sealed: key.seal(SUBJECT, ctx.nonce(), &subject),
    };
    identity::put_subject(conn, &row)?;
    let counts = json!({ "rows": subject.matches.len(), "found": found, "ambiguous": subject.ambiguous() });
    Ok(ctx.record(conn, case.id.0, &Actor::System, "person_searched", counts)?)
}

/// Sends the code to the address on file, if the search found one that is not the typed one.
///
/// # Errors
/// When the database fails.
pub fn send_on_file_code(ctx: &Context, conn: &mut Conn, key: &CaseKey, case: &StoredCase) -> Result<()> {
    let Some(subject) = find_subject(ctx, conn, case)? else {
        return Ok(());
    };
    match subject.on_file() {
        Some(email) if !subject.typed_is_on_file => codes::add_on_file(ctx, conn, key, case, &email),
        _ => Ok(()),
    }
}

/// What the last search for a case found.
///
/// # Errors
/// When the database fails.
pub fn find_subject(ctx: &Context, conn: &mut Conn, case: &StoredCase) -> Result<Option<Subject>> {
    let Some(row) = identity::find_subject(conn, case.id)? else {
        return Ok(None);
    };
    let key = keys::find(ctx, case.id.0)?;
    Ok(Some(key.open(SUBJECT, &row.sealed)?))
}

/// The subject, when it is clear whose rows are to be worked on.
///
/// # Errors
/// [`Error::Conflict`] when the systems have not been searched, or staff must choose an account.
pub fn clear_subject(subject: Option<Subject>) -> Result<Subject> {
    match subject {
        None => Err(Error::Conflict("not_searched_yet")),
        Some(subject) if subject.ambiguous() => Err(Error::Conflict("ambiguous_match")),
        Some(subject) => Ok(subject),
    }
}

/// How a row was found, for showing.
#[must_use]
pub fn reasons(found: &Match) -> Vec<&'static str> {
    found.by.iter().map(|kind: &KeyKind| kind.name()).collect()
}
