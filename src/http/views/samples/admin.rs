//! The pages that administer.

use super::super::account::{AccountPage, Authenticator, square};
use super::super::admin::{Member, StaffListPage, StatsPage};
use super::super::layout::FieldErrors;
use super::{Sample, sample, staff_page};
use crate::adapters::texts::Texts;
use crate::domain::right::Right;

pub(super) fn all(t: Texts) -> Vec<Sample> {
    let issued = Some((
        "ny@nordhamn.example".to_owned(),
        "korg-lykta-7741-sten".to_owned(),
    ));
    let wrong = StaffListPage {
        errors: FieldErrors::of_fields(&["email", "role"]),
        ..members(t)
    };
    let refused = StaffListPage {
        error: Some("staff_exists"),
        ..members(t)
    };
    vec![
        sample("members-refused", &refused),
        sample("members", &StaffListPage { issued, ..members(t) }),
        sample("members-errors", &wrong),
        sample("account", &account(t)),
        sample(
            "account-on",
            &AccountPage {
                offer: None,
                ..account(t)
            },
        ),
        sample("account-wrong", &wrong_account(t)),
        sample("stats", &stats(t)),
        sample(
            "stats-empty",
            &StatsPage {
                late: 0,
                median_days: None,
                by_right: Vec::new(),
                ..stats(t)
            },
        ),
    ]
}

fn members(t: Texts) -> StaffListPage {
    let member = |name: &str, role: &str, active: bool| Member {
        id: name.to_lowercase(),
        own: name == "Maja",
        email: format!("{}@nordhamn.example", name.to_lowercase()),
        role: role.to_owned(),
        active,
        second_factor: role != "agent",
        last_seen: (role != "auditor").then(|| "2026-09-08 08:12".to_owned()),
    };
    StaffListPage {
        t,
        page: staff_page("/staff/members", "staff"),
        members: vec![
            member("Maja", "admin", true),
            member("Ville", "agent", true),
            member("Ingrid", "approver", true),
            member("Sami", "dpo", false),
            member("Rut", "auditor", true),
            member("Portalen", "machine", true),
        ],
        issued: None,
        error: None,
        email: String::new(),
        role: "approver".to_owned(),
        errors: FieldErrors::default(),
    }
}

fn account(t: Texts) -> AccountPage {
    let url = "otpauth://totp/Dataratt:maja%40nordhamn.example?secret=JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP&issuer=Dataratt";
    AccountPage {
        t,
        page: staff_page("/staff/account", "account"),
        email: "maja@nordhamn.example".to_owned(),
        offer: Some(Authenticator {
            secret: "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP".to_owned(),
            url: url.to_owned(),
            square: square(url),
        }),
        errors: FieldErrors::default(),
        error: None,
    }
}

fn wrong_account(t: Texts) -> AccountPage {
    AccountPage {
        errors: FieldErrors::of_fields(&["own_password", "totp", "old_password", "new_password"]),
        error: Some("too_many"),
        ..account(t)
    }
}

fn stats(t: Texts) -> StatsPage {
    let by_right = Right::ALL
        .into_iter()
        .zip([(4, 31), (0, 12), (9, 88), (1, 2), (0, 5), (2, 17), (0, 40)]);
    StatsPage {
        t,
        page: staff_page("/staff/stats", "stats"),
        open: 16,
        late: 1,
        answered_recently: 23,
        median_days: Some(6),
        notices_waiting: 4,
        by_right: by_right.map(|(right, (open, all))| (right, open, all)).collect(),
    }
}
