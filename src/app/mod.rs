//! What the service is made of once it has been put together.

use std::net::IpAddr;
use std::path::PathBuf;
use std::sync::Arc;

use crate::adapters::templates::look::OrganisationLook;
use crate::services::Context;
use crate::services::mailing::Wording;
use crate::services::ports::Mailer;

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
    pub trusted_proxies: Vec<IpAddr>,
    /// Where the local page shows outgoing mail from, when it is on.
    pub mail_viewer: Option<PathBuf>,
}
