//! Mail into files, one a Message-ID, and reading them back for the local page.

use std::fs::{self, DirBuilder, File};
use std::io::{self, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use chrono::{DateTime, Utc};
use mail_parser::{Message, MessageParser};
use uuid::Uuid;

use super::message::{Sender, message};
use crate::services::ports::{MailError, Mailer, OutgoingMail};

/// Keeps every mail as a file.
pub struct FileMailer {
    sender: Sender,
    directory: PathBuf,
}

impl FileMailer {
    /// A mailer into `directory`, which is made at the first mail.
    #[must_use]
    pub const fn new(sender: Sender, directory: PathBuf) -> Self {
        Self { sender, directory }
    }

    /// Writes beside, then renames: whoever looks sees the whole mail or none.
    fn write(&self, id: Uuid, bytes: &[u8]) -> io::Result<()> {
        DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(&self.directory)?;
        let place = place(&self.directory, id);
        let beside = place.with_extension("new");
        let mut options = File::options();
        options.write(true).create(true).truncate(true).mode(0o600);
        let mut file = options.open(&beside)?;
        file.write_all(bytes)?;
        file.sync_all()?;
        fs::rename(&beside, &place)?;
        File::open(&self.directory)?.sync_all()
    }
}

impl Mailer for FileMailer {
    fn send(&self, mail: &OutgoingMail) -> Result<(), MailError> {
        let message = message(&self.sender, mail)?;
        self.write(mail.id, &message.formatted()).map_err(|error| {
            tracing::warn!(%error, directory = %self.directory.display(), "a mail could not be written");
            MailError::Later("file_unwritable".to_owned())
        })
    }
}

fn place(directory: &Path, id: Uuid) -> PathBuf {
    directory.join(format!("{id}.eml"))
}

/// A line of the list of mails.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredMail {
    /// Its id.
    pub id: Uuid,
    /// To whom.
    pub to: String,
    /// Its subject.
    pub subject: String,
    /// Its Date.
    pub at: Option<DateTime<Utc>>,
}

/// A mail with its contents.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredMessage {
    /// What the list says of it.
    pub mail: StoredMail,
    /// The plain text part.
    pub text: String,
    /// The HTML part, as it was sent.
    pub html: String,
}

/// The newest mails in `directory`, at most `limit`, newest first; none when there is no such directory.
///
/// # Errors
/// When the directory cannot be read.
pub fn list(directory: &Path, limit: usize) -> io::Result<Vec<StoredMail>> {
    let entries = match fs::read_dir(directory) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(error),
    };
    let mut ids: Vec<Uuid> = entries
        .filter_map(|entry| {
            let name = entry.ok()?.file_name();
            name.to_str()?.strip_suffix(".eml")?.parse().ok()
        })
        .collect();
    // Ids sort by the time they were made.
    ids.sort_unstable_by(|a, b| b.cmp(a));
    let mut mails = Vec::new();
    for id in ids.into_iter().take(limit) {
        mails.extend(read(directory, id)?.map(|message| message.mail));
    }
    Ok(mails)
}

/// One mail; `None` when there is none of that id.
///
/// # Errors
/// When the file cannot be read.
pub fn read(directory: &Path, id: Uuid) -> io::Result<Option<StoredMessage>> {
    let bytes = match fs::read(place(directory, id)) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error),
    };
    Ok(MessageParser::default()
        .parse(&bytes)
        .map(|message| stored(id, &message)))
}

fn stored(id: Uuid, message: &Message<'_>) -> StoredMessage {
    let to = message.to().and_then(|to| to.first()?.address());
    let part = |text: Option<std::borrow::Cow<'_, str>>| text.unwrap_or_default().into_owned();
    StoredMessage {
        mail: StoredMail {
            id,
            to: to.unwrap_or_default().to_owned(),
            subject: message.subject().unwrap_or_default().to_owned(),
            at: message
                .date()
                .and_then(|date| DateTime::from_timestamp(date.to_timestamp(), 0)),
        },
        text: part(message.body_text(0)),
        html: part(message.body_html(0)),
    }
}
