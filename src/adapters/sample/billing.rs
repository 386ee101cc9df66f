//! Rows of the billing system: customers, services, and accounting that balances.

use chrono::{Datelike, Days, NaiveDate};

use super::SampleProfile;
use super::names::{Draw, NOTES};
use super::nasty::NastyCase;
use super::people::{Extra, Person};
use super::schema::{Copy, Field, Rows, fields};

#[derive(Debug)]
pub(super) struct Billing {
    customers: Rows,
    contacts: Rows,
    orders: Rows,
    services: Rows,
    invoices: Rows,
    payments: Rows,
    ledger: Rows,
}

/// An invoice on its way into the books; amounts in öre.
struct Invoice {
    id: i64,
    number: String,
    issued_on: NaiveDate,
    paid_on: Option<NaiveDate>,
    net: i64,
    vat: i64,
    /// The invoice that it corrects, for a credit note.
    credit_of: Option<i64>,
}

impl Billing {
    pub(super) const fn new() -> Self {
        Self {
            customers: Rows::of(
                "customers",
                "customer_no, kind, name, email, phone, address, postal_code, city, personal_number, \
                 organisation_number, login_name, created_on, closed_on, notes",
            ),
            contacts: Rows::of("contacts", "customer_id, name, email, phone, role"),
            orders: Rows::of("orders", "customer_id, ordered_on, description, amount"),
            services: Rows::of(
                "services",
                "customer_id, kind, label, status, payment, started_on, ended_on",
            ),
            invoices: Rows::of(
                "invoices",
                "customer_id, number, issued_on, voucher_date, due_on, paid_on, buyer_name, buyer_address, amount, vat, \
                 oss, credit_of",
            ),
            payments: Rows::of(
                "payments",
                "customer_id, invoice_id, method, transaction_ref, paid_on, amount",
            ),
            ledger: Rows::of(
                "ledger_entries",
                "invoice_id, fiscal_year, voucher_no, voucher_date, account, debit, credit",
            ),
        }
    }

    pub(super) fn take(&mut self) -> Vec<Copy> {
        [
            &mut self.customers,
            &mut self.contacts,
            &mut self.orders,
            &mut self.services,
            &mut self.invoices,
            &mut self.payments,
            &mut self.ledger,
        ]
        .into_iter()
        .filter_map(Rows::take)
        .collect()
    }

    pub(super) fn add(&mut self, profile: &SampleProfile, draw: &mut Draw, person: &Person) {
        let customer = self.customers.add(fields![
            &person.customer_no,
            person.kind.name(),
            &person.name,
            &person.email,
            person.phone.as_ref(),
            &person.street,
            person.postal_code,
            person.city,
            person.personal_number,
            person.organisation_number.as_ref(),
            &person.login,
            person.created_on,
            person.closed_on,
            draw.percent(20).then(|| draw.pick(&NOTES)),
        ]);
        for contact in &person.contacts {
            self.contacts.add(fields![
                customer,
                &contact.name,
                &contact.email,
                None::<&str>,
                contact.role
            ]);
        }
        let yearly = self.add_services(draw, person, customer);
        self.add_accounting(profile, draw, person, customer, yearly);
    }

    /// Returns what the services cost a year, in öre without tax.
    fn add_services(&mut self, draw: &mut Draw, person: &Person, customer: i64) -> i64 {
        const PAYMENTS: [&str; 4] = ["invoice_credit", "bank", "card", "paypal"];
        let payment = if person.is_ordinary() {
            let turn = usize::try_from(person.place % 4).unwrap_or(0);
            PAYMENTS.get(turn).copied().unwrap_or("bank")
        } else {
            draw.pick(&PAYMENTS)
        };
        let mut wanted: Vec<(&str, String, i64)> = Vec::new();
        for domain in &person.domains {
            wanted.push(("domain", domain.name.clone(), 15_900));
            wanted.push(("web", format!("Webbhotell Bas {}", domain.name), 58_800));
            wanted.push(("mail", format!("E-post {}", domain.name), 22_800));
        }
        for extra in &person.extras {
            wanted.push(match extra {
                Extra::Office => ("office", "Kontorspaket 1 användare".to_owned(), 142_800),
                Extra::Firewall => (
                    "firewall",
                    format!("Brandvägg FW-{}", person.customer_no),
                    298_800,
                ),
                Extra::Server => ("server", format!("VPS S {}", person.login), 178_800),
            });
        }
        let status = if person.closed_on.is_some() {
            "ended"
        } else {
            "active"
        };
        let mut yearly = 0;
        for (kind, label, price) in wanted {
            yearly += price;
            self.orders.add(fields![
                customer,
                person.created_on,
                format!("Beställning: {label}"),
                Field::Money(price)
            ]);
            self.services.add(fields![
                customer,
                kind,
                &label,
                status,
                payment,
                person.created_on,
                person.closed_on
            ]);
        }
        yearly
    }

    /// An invoice a year until today or the end.
    fn add_accounting(
        &mut self,
        profile: &SampleProfile,
        draw: &mut Draw,
        person: &Person,
        customer: i64,
        net: i64,
    ) {
        let end = person.closed_on.unwrap_or(profile.today);
        let mut issued_on = person.created_on;
        let late = person.nasty == Some(NastyCase::UnpaidInvoice)
            || (person.nasty.is_none()
                && !person.is_ordinary()
                && person.closed_on.is_none()
                && draw.percent(6));
        while issued_on < end {
            let next = issued_on + Days::new(365);
            let due_on = issued_on + Days::new(30);
            let owed = late && next >= end;
            let paid_on = issued_on + Days::new(draw.between(2, 35).unsigned_abs());
            let invoice = Invoice {
                id: self.invoices.next_id(),
                number: format!("F{}-{:06}", issued_on.format("%Y"), self.invoices.next_id()),
                issued_on,
                paid_on: (!owed && paid_on <= profile.today).then_some(paid_on),
                net,
                vat: net / 4,
                credit_of: None,
            };
            self.add_invoice(person, customer, &invoice, due_on);
            self.add_ledger(profile, &invoice);
            self.add_payment(draw, person, customer, &invoice);
            issued_on = next;
        }
        if person.nasty == Some(NastyCase::CreditedOverNewYear) {
            self.add_credited(profile, person, customer, net);
        }
    }

    /// An invoice of the last December and the credit note that takes it back in January.
    fn add_credited(&mut self, profile: &SampleProfile, person: &Person, customer: i64, net: i64) {
        let year = profile.today.year();
        let day = |year, month, day| NaiveDate::from_ymd_opt(year, month, day).unwrap_or(profile.today);
        let mut corrected = None;
        for (issued_on, net) in [(day(year - 1, 12, 20), net), (day(year, 1, 10), -net)] {
            let id = self.invoices.next_id();
            let invoice = Invoice {
                id,
                number: format!(
                    "{}{}-{id:06}",
                    if net < 0 { "K" } else { "F" },
                    issued_on.format("%Y")
                ),
                issued_on,
                paid_on: None,
                net,
                vat: net / 4,
                credit_of: corrected.replace(id),
            };
            self.add_invoice(person, customer, &invoice, issued_on + Days::new(30));
            self.add_ledger(profile, &invoice);
        }
    }

    fn add_invoice(&mut self, person: &Person, customer: i64, invoice: &Invoice, due_on: NaiveDate) {
        self.invoices.add(fields![
            customer,
            &invoice.number,
            invoice.issued_on,
            invoice.issued_on,
            due_on,
            invoice.paid_on,
            &person.name,
            format!("{}, {} {}", person.street, person.postal_code, person.city),
            Field::Money(invoice.net + invoice.vat),
            Field::Money(invoice.vat),
            person.nasty == Some(NastyCase::OneStopShopSale),
            invoice.credit_of,
        ]);
    }

    fn add_payment(&mut self, draw: &mut Draw, person: &Person, customer: i64, invoice: &Invoice) {
        const METHODS: [&str; 4] = ["invoice_credit", "payson", "paypal", "transfer"];
        let Some(paid_on) = invoice.paid_on else { return };
        let method = if person.is_ordinary() {
            let turn = usize::try_from((person.place + invoice.id) % 4).unwrap_or(0);
            METHODS.get(turn).copied().unwrap_or("transfer")
        } else {
            draw.pick(&METHODS)
        };
        let reference = format!(
            "{}-{}",
            method.get(..3).unwrap_or(method).to_uppercase(),
            invoice.number
        );
        self.payments.add(fields![
            customer,
            invoice.id,
            method,
            reference,
            paid_on,
            Field::Money(invoice.net + invoice.vat),
        ]);
    }

    /// The claim when the invoice is issued, and its settlement when it is paid.
    fn add_ledger(&mut self, profile: &SampleProfile, invoice: &Invoice) {
        let gross = invoice.net + invoice.vat;
        let mut lines = vec![
            ("A", invoice.issued_on, "1510", gross, 0),
            ("A", invoice.issued_on, "3041", 0, invoice.net),
            ("A", invoice.issued_on, "2611", 0, invoice.vat),
        ];
        if let Some(paid_on) = invoice.paid_on {
            lines.push(("B", paid_on, "1930", gross, 0));
            lines.push(("B", paid_on, "1510", 0, gross));
        }
        for (series, date, account, debit, credit) in lines {
            // A credit note's stand on the other side.
            let (debit, credit) = if gross < 0 {
                (-credit, -debit)
            } else {
                (debit, credit)
            };
            self.ledger.add(fields![
                invoice.id,
                profile.label_of(date),
                format!("{series}{}", invoice.id),
                date,
                account,
                Field::Money(debit),
                Field::Money(credit),
            ]);
        }
    }
}
