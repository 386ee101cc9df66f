//! Staff and machines: who they are, how they come in, and what ends it.

mod keys;
mod login;
mod own;
mod passwords;
mod sessions;
mod staff;
mod totp;

use uuid::Uuid;

use super::{Context, Error, Result};
use crate::domain::staff::{Actor, Permission};
pub use crate::store::staff::StaffMember;

pub use keys::{AddedKey, add_key, authenticate_key, list_keys, revoke_key};
pub use login::{LoggedIn, login};
pub use own::change_password;
pub use passwords::{MAX_PASSWORD_CHARS, MIN_PASSWORD_CHARS};
pub use sessions::{ABSOLUTE_HOURS, IDLE_MINUTES, authenticate, logout};
pub use staff::{activate, add_staff, deactivate, find, list, reset};
pub use totp::{TotpOffer, disable_totp, enable_totp, offer_totp, rewrap_totp};

/// Who a bearer value stands for, as of this moment.
#[derive(Clone, Debug)]
pub struct Authenticated {
    /// For permissions and the audit trail, with the role that the database has now.
    pub actor: Actor,
    /// The person or machine.
    pub staff: StaffMember,
    /// The login it came by; none for an API key.
    pub session: Option<Uuid>,
}

impl Authenticated {
    fn new(staff: StaffMember, session: Option<Uuid>) -> Self {
        let actor = Actor::Staff {
            id: staff.id,
            role: staff.role,
        };
        Self {
            actor,
            staff,
            session,
        }
    }
}

/// Who a bearer value stands for: an API key, or the token of a login.
///
/// # Errors
/// [`Error::Unauthenticated`] as [`authenticate`] and [`authenticate_key`] have it.
pub fn authenticate_bearer(ctx: &Context, bearer: &str) -> Result<Authenticated> {
    if keys::is_key(bearer) {
        authenticate_key(ctx, bearer)
    } else {
        authenticate(ctx, bearer)
    }
}

/// Only who may manage staff gets past this.
fn managing(actor: &Actor) -> Result<()> {
    if actor.may(Permission::ManageStaff) {
        Ok(())
    } else {
        Err(Error::Forbidden("not_permitted"))
    }
}
