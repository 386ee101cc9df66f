//! Changes of the profile are in the trail.

use std::sync::Arc;

use dataratt::services::auditing::record_profile;
use serde_json::Value;

use super::Trail;
use crate::support::context::TestContext;

/// With another recipient than the profile that ships.
fn edited(ctx: &TestContext) -> TestContext {
    let mut edited = ctx.another();
    let mut organisation = (*ctx.organisation).clone();
    organisation.sections.insert("recipients".into(), [1; 32]);
    organisation.sections.remove("contact");
    edited.organisation = Arc::new(organisation);
    edited
}

#[test]
fn a_change_is_recorded_once_by_the_names_of_its_sections() {
    let trail = Trail::empty();
    let first = record_profile(&trail.ctx).unwrap();
    for section in ["name", "recipients", "contact", "dpo", "levels"] {
        assert_eq!(
            first.contains(&section.to_owned()),
            trail.ctx.organisation.sections.contains_key(section),
            "{section} in {first:?}"
        );
    }
    assert_eq!(
        record_profile(&trail.ctx.another()).unwrap(),
        Vec::<String>::new()
    );
    let edited = edited(&trail.ctx);
    assert_eq!(record_profile(&edited).unwrap(), ["contact", "recipients"]);
    assert_eq!(record_profile(&edited).unwrap(), Vec::<String>::new());
    let sql = "SELECT detail FROM audit_events WHERE action = 'profile_changed' ORDER BY seq DESC";
    let events = trail.database.owner().query(sql, &[]).unwrap();
    assert_eq!(events.len(), 2);
    let detail: Value = events[0].get(0);
    assert_eq!(detail["sections"], serde_json::json!(["contact", "recipients"]));
    let organisation = &trail.ctx.organisation;
    assert!(
        !detail.to_string().contains(&organisation.contact.email),
        "no values"
    );
    assert_eq!(trail.verify().broken, []);
}

#[test]
fn instances_that_start_at_once_record_it_once() {
    let trail = Trail::empty();
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| record_profile(&trail.ctx.another()).unwrap());
        }
    });
    let recorded = "SELECT count(*) FROM audit_events WHERE action = 'profile_changed'";
    assert_eq!(trail.database.count(recorded), 1);
}
