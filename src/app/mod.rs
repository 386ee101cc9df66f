//! The service, put together from its settings.

mod database;

use std::path::PathBuf;
use std::sync::Arc;

use secrecy::ExposeSecret;

pub use database::{Database, Tenancy};

use crate::adapters::anchor::FileAnchor;
use crate::adapters::clock::SystemClock;
use crate::adapters::cluster::ClusterError;
use crate::adapters::connectors::{Connected, addresses};
use crate::adapters::keys::{DatabaseKeys, DirectoryKeys, FileOfKeys};
use crate::adapters::mail::{FileMailer, Sender, SenderError, SmtpMailer, SmtpSetupError};
use crate::adapters::package::ZipPacking;
use crate::adapters::profiles::{self, ProfileError};
use crate::adapters::random::SystemRandom;
use crate::adapters::templates::look::OrganisationLook;
use crate::adapters::templates::wording::TemplateWording;
use crate::config::{KeyStorePlace, Network, Settings, Transport};
use crate::domain::organisation::{Organisation, Severity, findings};
use crate::services::handoff::PortalKey;
use crate::services::mailing::Wording;
use crate::services::manual::WithManual;
use crate::services::ports::{Clock, KeyError, KeyStore, Mailer};
use crate::services::{Context, Keys, PasswordCost, Policy, RetentionPolicy};
use crate::store;

/// Why the service cannot be put together. The texts say what to fix.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The private PostgreSQL.
    #[error(transparent)]
    Cluster(#[from] ClusterError),
    /// The profile.
    #[error(transparent)]
    Profile(#[from] ProfileError),
    /// The profile can be read and does not hold together.
    #[error("the profile {profile} does not hold together at {}: run `dataratt check`", .keys.join(", "))]
    ProfileFindings {
        /// Its name.
        profile: String,
        /// Where.
        keys: Vec<String>,
    },
    /// The database.
    #[error("the database does not answer (database.url): {0}")]
    Database(#[from] store::Error),
    /// The database cannot be brought up to date.
    #[error("{0}: run `dataratt migrate` with database.owner_url set to the owner's login")]
    Migration(#[from] store::migrations::MigrationError),
    /// The key file or the key store.
    #[error("{0} (secrets.key_file, secrets.key_store)")]
    Keys(#[from] KeyError),
    /// The portal's public key.
    #[error("portal.public_key_file {}: {source}", .path.display())]
    PortalKey {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// The sender of mails.
    #[error("mail.from: {0}")]
    Sender(#[from] SenderError),
    /// The mail server.
    #[error(transparent)]
    Smtp(#[from] SmtpSetupError),
    /// The certificates of authorities that the mail server's may come from.
    #[error("mail.ca_file {}: {source}", .path.display())]
    MailAuthority {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
}

/// Mails at a time; the server may allow fewer.
const SMTP_CONNECTIONS: u32 = 8;

/// The service, ready to serve pages and to work.
#[derive(Clone)]
pub struct App {
    /// What use cases work with.
    pub ctx: Context,
    /// What sends mail.
    pub mailer: Arc<dyn Mailer>,
    /// What puts letters into words.
    pub wording: Arc<dyn Wording>,
    /// How the organisation presents itself.
    pub look: OrganisationLook,
    /// What the pages need to know of where they run.
    pub web: Web,
}

/// What the pages need to know of where they run.
#[derive(Clone, Debug, Default)]
pub struct Web {
    /// Whether people reach the service over https: then cookies are Secure with the `__Host-` prefix.
    pub secure: bool,
    /// Proxies that may say who the client is.
    pub trusted_proxies: Vec<Network>,
    /// Where the local page shows outgoing mail from, when it is on.
    pub mail_viewer: Option<PathBuf>,
}

impl App {
    /// The service on `database`, with up to `connections` to it.
    ///
    /// # Errors
    /// What to fix in the settings, the profile or around them.
    pub fn build(settings: &Settings, database: &Database, connections: u32) -> Result<Self, StartError> {
        let organisation = Arc::new(load_profile(settings)?);
        let look = look(&organisation, settings);
        let ctx = context(settings, database, connections, &organisation, &look)?;
        let mailer = mailer(settings, &organisation)?;
        let wording = Arc::new(TemplateWording {
            organisation,
            look: look.clone(),
        });
        let viewer = settings.mail.viewer && settings.mail.transport == Transport::File;
        let web = Web {
            secure: ctx.policy.public_url.starts_with("https://"),
            trusted_proxies: settings.http.trusted_proxies.clone(),
            mail_viewer: viewer.then(|| settings.mail_dir()),
        };
        Ok(Self {
            ctx,
            mailer,
            wording,
            look,
            web,
        })
    }
}

fn load_profile(settings: &Settings) -> Result<Organisation, StartError> {
    let organisation = profiles::load(&settings.organisation)?;
    let found = findings(&organisation);
    let keys: Vec<String> = found
        .into_iter()
        .filter(|f| f.severity == Severity::Error)
        .map(|f| f.key)
        .collect();
    if keys.is_empty() {
        Ok(organisation)
    } else {
        Err(StartError::ProfileFindings {
            profile: settings.organisation.clone(),
            keys,
        })
    }
}

fn context(
    settings: &Settings,
    database: &Database,
    connections: u32,
    organisation: &Arc<Organisation>,
    look: &OrganisationLook,
) -> Result<Context, StartError> {
    let (random, clock) = (SystemRandom, clock(settings));
    let file = FileOfKeys::open(&settings.key_file(), &random, clock.now())?;
    let ctx = Context {
        store: database.connect(connections)?,
        clock: Arc::new(clock),
        random: Arc::new(random),
        keys: Keys::of_file(Arc::new(file))?,
        key_store: key_store(settings)?,
        organisation: Arc::clone(organisation),
        systems: Arc::new(Connected::new(
            &organisation.map,
            addresses(settings.data_dir.clone()),
        )),
        anchor: Arc::new(FileAnchor::new(settings.checkpoint_file())),
        packing: Arc::new(ZipPacking {
            organisation: Arc::clone(organisation),
            look: look.clone(),
        }),
        policy: Policy {
            cool_off: settings.cool_off(),
            lift_lead: settings.lift_lead(),
            account_end_quarantine_days: settings.erasure.account_end_quarantine_days,
            limits: settings.limits.enabled,
            public_url: settings.public_url(),
            portal: portal(settings)?,
            retention: RetentionPolicy {
                purge_approval: settings.retention.purge_approval,
                propose_again_after_days: settings.retention.propose_again_after_days,
            },
            filing: settings.filing(),
            password_cost: PasswordCost::default(),
        },
    };
    Ok(Context {
        systems: WithManual::around(&ctx),
        ..ctx
    })
}

fn key_store(settings: &Settings) -> Result<Arc<dyn KeyStore>, KeyError> {
    Ok(match settings.key_store() {
        KeyStorePlace::Directory(root) => Arc::new(DirectoryKeys::open(root)?),
        KeyStorePlace::Database(url) => Arc::new(DatabaseKeys::open(url.expose_secret())?),
    })
}

#[cfg(feature = "testing")]
const fn clock(settings: &Settings) -> SystemClock {
    SystemClock::ahead_by(settings.clock.offset)
}

#[cfg(not(feature = "testing"))]
fn clock(_: &Settings) -> SystemClock {
    SystemClock::default()
}

fn portal(settings: &Settings) -> Result<Option<PortalKey>, StartError> {
    let (Some(path), Some(issuer)) = (&settings.portal.public_key_file, &settings.portal.issuer) else {
        return Ok(None);
    };
    let read = std::fs::read_to_string(path);
    let public_key_pem = read.map_err(|source| StartError::PortalKey {
        path: path.clone(),
        source,
    })?;
    Ok(Some(PortalKey {
        public_key_pem,
        issuer: issuer.clone(),
    }))
}

fn mailer(settings: &Settings, organisation: &Organisation) -> Result<Arc<dyn Mailer>, StartError> {
    let address = settings
        .mail
        .from
        .as_deref()
        .unwrap_or(&organisation.contact.email);
    let mut sender = Sender::new(&organisation.name, address)?;
    if let Some(path) = &settings.mail.return_path {
        sender = sender.with_return_path(path.as_str())?;
    }
    Ok(match (settings.mail.transport, &settings.mail.smtp_url) {
        (Transport::Smtp, Some(url)) => {
            let authorities = authorities(settings)?;
            let (url, authorities) = (url.expose_secret(), authorities.as_deref());
            Arc::new(SmtpMailer::new(sender, url, authorities, SMTP_CONNECTIONS)?)
        }
        _ => Arc::new(FileMailer::new(sender, settings.mail_dir())),
    })
}

fn authorities(settings: &Settings) -> Result<Option<Vec<u8>>, StartError> {
    let Some(path) = &settings.mail.ca_file else {
        return Ok(None);
    };
    let read = std::fs::read(path);
    read.map(Some).map_err(|source| StartError::MailAuthority {
        path: path.clone(),
        source,
    })
}

fn look(organisation: &Organisation, settings: &Settings) -> OrganisationLook {
    OrganisationLook {
        name: organisation.name.clone(),
        legal_name: organisation.name.clone(),
        organisation_number: organisation.organisation_number.clone().unwrap_or_default(),
        email: organisation.contact.email.clone(),
        phone: organisation.contact.phone.clone(),
        dpo: organisation.dpo.as_ref().map(|dpo| dpo.email.clone()),
        colour: organisation.colour.css().to_owned(),
        public_url: settings.public_url(),
    }
}
