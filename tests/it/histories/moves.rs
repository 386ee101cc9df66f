//! What people and faults do in a history, one move each.

use super::*;

impl Play {
    /// What a person wants stopped, when it is that they ask for.
    pub(super) fn wish(&mut self) -> Option<Wish> {
        Some(match self.below(4) {
            0 => return None,
            1 => Wish {
                marketing: true,
                purposes: vec!["newsletter".to_owned()],
                confirmed: true,
                ..Wish::default()
            },
            2 => Wish {
                other: true,
                purposes: vec!["newsletter".to_owned()],
                ..Wish::default()
            },
            _ => Wish {
                marketing: true,
                other: true,
                ..Wish::default()
            },
        })
    }

    pub(super) fn enters_a_code(&mut self, case: &StoredCase) -> Result<()> {
        self.world.work();
        let reference = case.reference.to_string();
        let mails = self.world.sink.mails();
        // A search through all that ever came would be most of the time.
        let lately = mails
            .iter()
            .rev()
            .take(12)
            .filter(|mail| mail.text().contains(&reference));
        let found = lately.filter_map(crate::support::mail::Mail::find_code).next();
        let code = match self.below(4) {
            0 => "00000000".to_owned(),
            _ => found.unwrap_or_default(),
        };
        codes::verify(&self.world, &case.reference, &code).map(drop)
    }

    pub(super) fn staff_act(&mut self, case: &StoredCase) -> Result<()> {
        let staff = self.staff.clone();
        let actor = self.one_of(&staff);
        // Mostly what is offered, and sometimes anything.
        let offered = overview::actions(&self.world, &actor, case);
        let name = match self.below(5) {
            0 => self.one_of(&handling::ACTIONS),
            _ if offered.is_empty() => return Ok(()),
            _ => self.one_of(&offered),
        };
        self.told.push(format!("  {name} by {}", actor.pseudonym()));
        if name == "record_answer" {
            return self.staff_record_an_answer(&actor, case);
        }
        let mut action = serde_json::json!({ "action": name, "reason": "Enligt samtal.", "text": "Hej." });
        action["method"] = self
            .one_of(&["in_person", "call_back", "letter", "two_facts"])
            .into();
        action["ground"] = self
            .one_of(&[
                "not_identified",
                "manifestly_unfounded",
                "excessive",
                "overriding_grounds_21_1",
                "nonsense",
            ])
            .into();
        if self.below(3) == 0 {
            action["objection"] = serde_json::json!({ "purposes": ["usage_analysis"] });
        }
        if self.below(4) == 0 {
            let item = self.one_of(&["usage_analysis", "newsletter", "*"]);
            let refused = serde_json::json!({ "item": item, "ground": action["ground"], "reason": "Vägt." });
            action["refused"] = serde_json::json!([refused]);
        }
        action["rights"] = serde_json::json!([self.one_of(&["access", "objection", "nonsense"])]);
        action["into"] = self.older_case(case).into();
        action["told"] = (self.below(2) == 0).into();
        action["controller"] = serde_json::json!({ "name": "Kund AB", "email": "dso@kund.example" });
        let action: Action = serde_json::from_value(action).unwrap();
        let version = case.version - i64::from(self.below(10) == 0);
        handling::act(&self.world, &actor, &case.reference, version, &action).map(drop)
    }

    /// The oldest other case of the same right, if there is one: what a merge would be into.
    fn older_case(&self, case: &StoredCase) -> String {
        let sql = "SELECT reference FROM cases WHERE \"right\" = $1 AND reference <> $2 ORDER BY received_at LIMIT 1";
        let (right, own) = (case.case.right.name(), case.reference.to_string());
        let found = self
            .world
            .database
            .owner()
            .query_opt(sql, &[&right, &own])
            .unwrap();
        found.map_or_else(String::new, |row| row.get(0))
    }

    pub(super) fn answer(&mut self) -> Answer {
        let outcome = self.one_of(&[
            Outcome::Erased,
            Outcome::NoDataFound,
            Outcome::Refused,
            Outcome::Partly,
        ]);
        Answer {
            outcome,
            ground: Some(KeepGround::LegalClaims),
            statute: None,
            backups_until: None,
        }
    }

    pub(super) fn staff_record_an_answer(&mut self, actor: &Actor, case: &StoredCase) -> Result<()> {
        let rows = store::notices::list(&mut self.world.store.get().unwrap(), case.id)?;
        let answer = self.answer();
        let Some(row) = rows.get(self.below(rows.len())) else {
            return Ok(());
        };
        notices::answer_for_recipient(
            &self.world,
            actor,
            case.id,
            case.version,
            &row.recipient,
            (&answer, None),
        )
    }

    pub(super) fn recipient_answers(&mut self, case: &StoredCase) -> Result<()> {
        self.world.work();
        let rows = store::notices::list(&mut self.world.store.get().unwrap(), case.id)?;
        let own: Vec<String> = rows
            .iter()
            .map(|row| notices::notice_reference(row.notice_id()))
            .collect();
        let mails = self.world.sink.mails();
        let mine: Vec<_> = mails
            .iter()
            .rev()
            .take(30)
            .filter(|mail| {
                mail.find_link("/notices/").is_some() && own.iter().any(|name| mail.text().contains(name))
            })
            .collect();
        let Some(mail) = mine.get(self.below(mine.len())) else {
            return Ok(());
        };
        let link = mail.link("/notices/");
        let code = match self.below(4) {
            0 => "00000000".to_owned(),
            _ => mail.code(),
        };
        let answer = self.answer();
        notices::answer(
            &self.world,
            link.rsplit('/').next().unwrap(),
            &code,
            &answer,
            Some("Klart."),
        )
    }

    pub(super) fn something_fails(&mut self) -> Result<()> {
        match self.below(3) {
            0 => self.world.sink.fail_next(Failure::Code(451)),
            1 => self.world.sink.fail_next(Failure::Code(550)),
            _ => {
                let (nth, how) = (1 + self.below(25) as i64, self.one_of(&How::ALL));
                self.fault.arm(nth, how);
            }
        }
        // Panics are for workers, who catch them.
        self.world.work();
        self.fault.disarm();
        Ok(())
    }
}
