//! Rows of the hosting system: accounts, domains, sites, mail and logins.

use chrono::{Days, NaiveDate, NaiveDateTime, NaiveTime};

use super::SampleProfile;
use super::names::{AGENTS, Draw};
use super::nasty::NastyCase;
use super::people::{Domain, Extra, Person};
use super::schema::{Copy, Rows, fields};

#[derive(Debug)]
pub(super) struct Hosting {
    accounts: Rows,
    domains: Rows,
    dns_records: Rows,
    sites: Rows,
    databases: Rows,
    mailboxes: Rows,
    messages: Rows,
    certificates: Rows,
    logins: Rows,
}

/// Some time on one of the days before today.
pub(super) fn moment(draw: &mut Draw, profile: &SampleProfile, days: i64) -> NaiveDateTime {
    let day = profile.today - Days::new(draw.between(1, days.max(1)).unsigned_abs());
    let second = u32::try_from(draw.below(86_400)).unwrap_or(0);
    day.and_time(NaiveTime::from_num_seconds_from_midnight_opt(second, 0).unwrap_or_default())
}

impl Hosting {
    pub(super) const fn new() -> Self {
        Self {
            accounts: Rows::of(
                "accounts",
                "customer_no, login_name, email, status, upstream_account, tenant_id, firewall_serial, last_login",
            ),
            domains: Rows::of(
                "domains",
                "account_id, name, tld, registrant_handle, registered_on, status",
            ),
            dns_records: Rows::of("dns_records", "domain_id, name, type, value"),
            sites: Rows::of("sites", "account_id, domain_id, docroot, bytes"),
            databases: Rows::of("customer_databases", "account_id, name, bytes"),
            mailboxes: Rows::of("mailboxes", "account_id, domain_id, address, bytes"),
            messages: Rows::of("messages", "mailbox_id, folder, received_at, bytes"),
            certificates: Rows::of("certificates", "account_id, domain_id, ca_order, issued_on"),
            logins: Rows::of("logins", "account_id, at, ip, user_agent"),
        }
    }

    pub(super) fn take(&mut self) -> Vec<Copy> {
        [
            &mut self.accounts,
            &mut self.domains,
            &mut self.dns_records,
            &mut self.sites,
            &mut self.databases,
            &mut self.mailboxes,
            &mut self.messages,
            &mut self.certificates,
            &mut self.logins,
        ]
        .into_iter()
        .filter_map(Rows::take)
        .collect()
    }

    pub(super) fn add(&mut self, profile: &SampleProfile, draw: &mut Draw, person: &Person) {
        let status = if person.closed_on.is_some() {
            "closed"
        } else {
            "active"
        };
        let has = |extra| person.extras.contains(&extra);
        let account = self.accounts.add(fields![
            &person.customer_no,
            &person.login,
            &person.email,
            status,
            format!("upstream-{}", person.customer_no),
            has(Extra::Office).then(|| format!("tenant-{}", person.customer_no)),
            has(Extra::Firewall).then(|| format!("FW-{}", person.customer_no)),
            moment(draw, profile, 60),
        ]);
        for domain in &person.domains {
            self.add_domain(profile, draw, person, account, domain);
        }
        if draw.percent(60) || person.is_ordinary() {
            self.databases.add(fields![
                account,
                format!("{}_wp", person.login),
                draw.between(1, 900) * 1_048_576
            ]);
        }
        for _ in 0..draw.between(3, 8) {
            let ip = format!(
                "{}.{}",
                draw.pick(&["192.0.2", "198.51.100", "203.0.113"]),
                draw.between(1, 254)
            );
            self.logins.add(fields![
                account,
                moment(draw, profile, 365),
                ip,
                draw.pick(&AGENTS)
            ]);
        }
    }

    fn add_domain(
        &mut self,
        profile: &SampleProfile,
        draw: &mut Draw,
        person: &Person,
        account: i64,
        domain: &Domain,
    ) {
        let status = if person.closed_on.is_some() {
            "ended"
        } else {
            "active"
        };
        let handle = format!("H{}-{}", person.customer_no, domain.tld.to_uppercase());
        let id = self.domains.add(fields![
            account,
            &domain.name,
            &domain.tld,
            handle,
            domain.registered_on,
            status,
        ]);
        let address = format!("192.0.2.{}", draw.between(1, 254));
        for (name, kind, value) in [
            ("@", "A", address.as_str()),
            ("www", "CNAME", domain.name.as_str()),
            ("@", "MX", "10 mx.host.example"),
            ("@", "TXT", "v=spf1 include:spf.host.example -all"),
        ] {
            self.dns_records.add(fields![id, name, kind, value]);
        }
        let docroot = format!("/srv/www/{}/{}", person.login, domain.name);
        self.sites
            .add(fields![account, id, docroot, draw.between(1, 900) * 1_048_576]);
        let renewed: NaiveDate = profile.today - Days::new(draw.between(1, 80).unsigned_abs());
        let order = format!("CA-{}-d{id}", person.customer_no);
        self.certificates.add(fields![account, id, order, renewed]);
        self.add_mailboxes(profile, draw, person, account, (id, &domain.name));
    }

    fn add_mailboxes(
        &mut self,
        profile: &SampleProfile,
        draw: &mut Draw,
        person: &Person,
        account: i64,
        (domain, domain_name): (i64, &str),
    ) {
        let mut addresses = vec![format!("info@{domain_name}")];
        if person.nasty == Some(NastyCase::HostedAddress) {
            addresses = vec![person.email.clone()];
        } else if draw.percent(40) {
            addresses.push(format!("kontakt@{domain_name}"));
        }
        for address in addresses {
            let mailbox = self.mailboxes.add(fields![
                account,
                domain,
                address,
                draw.between(1, 900) * 1_048_576
            ]);
            for _ in 0..draw.between(2, 5) {
                let folder = draw.pick(&["INBOX", "INBOX", "Skickat", "Skräppost"]);
                let at = moment(draw, profile, 300);
                self.messages
                    .add(fields![mailbox, folder, at, draw.between(900, 90_000)]);
            }
        }
    }
}
