//! Reading a mail that came in: which of our mails it is about, and whether a machine wrote it.

use mail_parser::{Address, HeaderValue, Message, MessageParser, MimeHeaders, PartType};
use uuid::Uuid;

use crate::domain::contact::MAX_TEXT_CHARS;
use crate::domain::ids::MailId;
use crate::domain::incoming::{Incoming, Report};

/// Headers by which machines say that no person wrote, beside `Auto-Submitted` (RFC 3834): ticket systems, absences, lists.
const OF_MACHINES: [&str; 6] = [
    "X-Autoreply",
    "X-Autorespond",
    "X-Auto-Response-Suppress",
    "X-Loop",
    "List-Id",
    "Feedback-ID",
];
/// What separates our address from the mail's id in the address that a bounce comes to.
pub(super) const MARK: char = '+';

/// Reads a mail. `delivered_to`: the address that it came to, where the server says so.
#[must_use]
pub fn read_incoming(bytes: &[u8], delivered_to: Option<&str>) -> Incoming {
    let Some(message) = MessageParser::default().parse(bytes) else {
        return Incoming::default();
    };
    let text = message.body_text(0).map(|text| shortened(&text));
    Incoming {
        about: about(&message, delivered_to),
        report: report(&message),
        automatic: is_automatic(&message),
        text: text.filter(|text| !text.is_empty()),
    }
}

/// Our mails that it names, the surest first, each once.
fn about(message: &Message<'_>, delivered_to: Option<&str>) -> Vec<MailId> {
    let mut ids: Vec<Uuid> = delivered_to.into_iter().filter_map(of_address).collect();
    for name in ["Delivered-To", "X-Original-To", "Envelope-To"] {
        ids.extend(message.header_raw(name).and_then(of_address));
    }
    let addressed = message.to().into_iter().flat_map(Address::iter);
    ids.extend(addressed.filter_map(|address| of_address(address.address()?)));
    for part in &message.parts {
        match &part.body {
            PartType::Message(returned) => ids.extend(returned.message_id().and_then(of_message_id)),
            // Some servers return the headers alone, as text.
            _ if is_of_type(part, "text", "rfc822-headers") => {
                let returned = MessageParser::default().parse_headers(part.contents());
                let id = returned.as_ref().and_then(|headers| headers.message_id());
                ids.extend(id.and_then(of_message_id));
            }
            _ => {}
        }
    }
    for value in [message.in_reply_to(), message.references()] {
        ids.extend(texts(value).into_iter().filter_map(of_message_id));
    }
    let mut seen = std::collections::BTreeSet::new();
    ids.into_iter()
        .filter(|id| seen.insert(*id))
        .map(MailId)
        .collect()
}

fn texts<'a>(value: &'a HeaderValue<'_>) -> Vec<&'a str> {
    match value {
        HeaderValue::Text(text) => vec![text],
        HeaderValue::TextList(list) => list.iter().map(|text| &**text).collect(),
        _ => vec![],
    }
}

/// The id in `bounces+ID@host.example`.
fn of_address(address: &str) -> Option<Uuid> {
    let (local, _) = address.trim().trim_matches(['<', '>']).rsplit_once('@')?;
    Uuid::try_parse(local.rsplit_once(MARK)?.1).ok()
}

/// The id in `ID@host.example`, as our Message-IDs are.
fn of_message_id(id: &str) -> Option<Uuid> {
    Uuid::try_parse(id.trim().trim_matches(['<', '>']).split_once('@')?.0).ok()
}

/// What a delivery report says of the first recipient that it names: our mails have one each.
fn report(message: &Message<'_>) -> Option<Report> {
    let part = message
        .parts
        .iter()
        .find(|part| is_of_type(part, "message", "delivery-status"))?;
    let fields = String::from_utf8_lossy(part.contents()).into_owned();
    let field = |name: &str| {
        fields.lines().find_map(|line| {
            let (found, value) = line.split_once(':')?;
            found
                .trim()
                .eq_ignore_ascii_case(name)
                .then(|| value.trim().to_owned())
        })
    };
    Some(Report {
        action: field("Action")?.to_lowercase(),
        status: field("Status").and_then(|status| status.split_whitespace().next().map(str::to_owned)),
    })
}

fn is_of_type(part: &mail_parser::MessagePart<'_>, kind: &str, subtype: &str) -> bool {
    part.content_type().is_some_and(|found| {
        found.ctype().eq_ignore_ascii_case(kind)
            && found
                .subtype()
                .is_some_and(|own| own.eq_ignore_ascii_case(subtype))
    })
}

fn is_automatic(message: &Message<'_>) -> bool {
    let value = |name: &'static str| message.header_raw(name).map(str::trim);
    let submitted = value("Auto-Submitted").is_some_and(|value| !value.to_lowercase().starts_with("no"));
    let bulk = value("Precedence")
        .is_some_and(|value| ["bulk", "junk", "list", "auto_reply"].contains(&&*value.to_lowercase()));
    // Reports of mail servers and answers of machines have nobody to answer to.
    let from_nobody = value("Return-Path").is_some_and(|value| value == "<>");
    submitted
        || bulk
        || from_nobody
        || OF_MACHINES
            .into_iter()
            .any(|name| message.header_raw(name).is_some())
}

/// What was written, without what it quotes below, no longer than a message to us may be.
fn shortened(text: &str) -> String {
    let text = text.replace("\r\n", "\n");
    let own: Vec<&str> = text.lines().filter(|line| !line.starts_with('>')).collect();
    let clean = |character: &char| !character.is_control() || matches!(character, '\n' | '\t');
    let own: String = own.join("\n").chars().filter(clean).collect();
    own.trim().chars().take(MAX_TEXT_CHARS).collect()
}
