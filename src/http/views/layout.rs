//! What every page has around its contents, the fields of forms, and the error pages.

use askama::Template;

use super::assets::asset_href;
use crate::adapters::templates::look::OrganisationLook;
use crate::adapters::texts::Texts;
use crate::domain::language::Language;
use crate::domain::staff::{Permission, Role};

/// The frame of a page.
#[derive(Clone, Debug)]
pub struct Page {
    /// The organisation whose page it is.
    pub look: OrganisationLook,
    /// The path and query of this request, for the link to the other language.
    pub path: String,
    /// The token that every form on the page carries in its hidden field `csrf`.
    pub csrf: String,
    /// Who is logged in, on staff pages.
    pub staff: Option<StaffBar>,
    /// The key of a text that says what just happened, such as `flash-claimed`.
    pub flash: Option<String>,
}

/// The logged-in member of staff, for the bar on top.
#[derive(Clone, Debug)]
pub struct StaffBar {
    /// Their name, or their address.
    pub name: String,
    /// Their role: `agent`, `approver`, `dpo`, `admin` or `auditor`.
    pub role: String,
    /// Which part of the staff pages this is: `queue`, `new`, `purges`, `staff`, `stats`, or empty.
    pub section: &'static str,
}

impl StaffBar {
    fn may(&self, what: Permission) -> bool {
        Role::from_name(&self.role).is_some_and(|role| role.may(what))
    }

    /// Whether this role announces changes of policy and register.
    #[must_use]
    pub fn announces(&self) -> bool {
        self.may(Permission::AnnounceChanges)
    }

    /// Whether this role sees the queue.
    #[must_use]
    pub fn reads_cases(&self) -> bool {
        self.may(Permission::ReadCases)
    }

    /// Whether this role types in requests.
    #[must_use]
    pub fn opens_cases(&self) -> bool {
        self.may(Permission::OpenCases)
    }

    /// Whether this role sees the figures.
    #[must_use]
    pub fn reads_figures(&self) -> bool {
        self.may(Permission::ReadStatistics)
    }

    /// Whether this role follows personal data breaches.
    #[must_use]
    pub fn follows_incidents(&self) -> bool {
        self.may(Permission::HandleIncidents)
    }

    /// Whether this role sees the pages that administer staff.
    #[must_use]
    pub fn administers(&self) -> bool {
        self.may(Permission::ManageStaff)
    }

    /// The page to begin at.
    #[must_use]
    pub fn home(&self) -> &'static str {
        if self.reads_cases() {
            "/staff"
        } else {
            "/staff/members"
        }
    }

    /// The value of `aria-current` for the link to `section`.
    #[must_use]
    pub fn current(&self, section: &str) -> &'static str {
        if self.section == section { "page" } else { "false" }
    }
}

impl Page {
    /// The address of a static file.
    #[must_use]
    pub fn asset(&self, name: &str) -> String {
        asset_href(name)
    }

    /// The address of the stylesheet of the organisation's colour: a new colour, a new address.
    #[must_use]
    pub fn brand_href(&self) -> String {
        format!("/assets/brand.css?v={}", self.look.colour.trim_start_matches('#'))
    }

    /// This page in the other language than `t`'s.
    #[must_use]
    pub fn other_language_href(&self, t: &Texts) -> String {
        let other = match t.language() {
            Language::Sv => Language::En,
            Language::En => Language::Sv,
        };
        let (path, query) = self.path.split_once('?').unwrap_or((&self.path, ""));
        let kept = query
            .split('&')
            .filter(|pair| !pair.is_empty() && !pair.starts_with("lang="));
        let mut href = format!("{path}?");
        for pair in kept {
            href.push_str(pair);
            href.push('&');
        }
        href + "lang=" + other.tag()
    }

    /// The tag of the other language than `t`'s.
    #[must_use]
    pub fn other_language(&self, t: &Texts) -> &'static str {
        match t.language() {
            Language::Sv => Language::En.tag(),
            Language::En => Language::Sv.tag(),
        }
    }
}

/// What was wrong with the fields of a form, in the order they stand on the page.
#[derive(Clone, Debug, Default)]
pub struct FieldErrors(pub Vec<FieldError>);

/// What was wrong with one field.
#[derive(Clone, Debug)]
pub struct FieldError {
    /// The field's name, which is also its id on the page.
    pub field: &'static str,
    /// The key of the text that says what to do, such as `error-email`.
    pub key: String,
}

impl FieldErrors {
    /// Errors from fields; the text of each is `error-` and its name.
    #[must_use]
    pub fn of_fields(fields: &[&'static str]) -> Self {
        let error = |field: &&'static str| FieldError {
            field,
            key: format!("error-{field}"),
        };
        Self(fields.iter().map(error).collect())
    }

    /// The key of the text for `field`, where that field is wrong.
    #[must_use]
    pub fn get(&self, field: &str) -> Option<&str> {
        self.0
            .iter()
            .find(|error| error.field == field)
            .map(|error| error.key.as_str())
    }

    /// Whether nothing is wrong.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// How many fields are wrong.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }
}

/// A page instead of the one asked for.
#[derive(Clone, Debug, Template)]
#[template(path = "layout/error.html")]
pub struct ErrorPage {
    /// The texts.
    pub t: Texts,
    /// The frame.
    pub page: Page,
    /// The HTTP status: 403, 404, 409, 410, 422, 429, 500 or 503.
    pub status: u16,
    /// The number under which the chain of causes was logged, for 500.
    pub incident: Option<String>,
    /// Whether it is gone because the file of a case was destroyed in its time.
    pub thinned: bool,
}

impl ErrorPage {
    /// The statuses that have texts; any other is shown as 500.
    pub const STATUSES: [u16; 8] = [403, 404, 409, 410, 422, 429, 500, 503];

    fn name(&self) -> String {
        if self.thinned {
            return "thinned".to_owned();
        }
        let known = Self::STATUSES.contains(&self.status);
        if known {
            self.status.to_string()
        } else {
            "500".to_owned()
        }
    }
}
