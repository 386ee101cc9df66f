//! A person's files: planned with their sizes, erased and verified, handed over with their checksums.

use std::fs;
use std::io::{Cursor, Read};
use std::path::PathBuf;
use std::sync::Arc;

use chrono::TimeDelta;
use dataratt::adapters::profiles;
use dataratt::adapters::sample::{SamplePerson, SampleSystem};
use dataratt::domain::case::State;
use dataratt::domain::staff::{Actor, Role};
use dataratt::services::granting::Asked;
use dataratt::services::handling::Action;
use dataratt::services::packages::PieceReader;
use dataratt::services::{keys, overview, packages};
use dataratt::store::cases::StoredCase;
use dataratt::store::packages as kept;
use dataratt::store::plans::{self, StepState, StoredStep};
use sha2::{Digest, Sha256};

use crate::support::world::World;

/// The directories of a person's site and mail.
struct Own {
    site: PathBuf,
    mail: Vec<PathBuf>,
}

fn own(world: &World, person: &SamplePerson) -> Own {
    let mut client = world.host.database(SampleSystem::Hosting).owner();
    let account = "SELECT login_name FROM accounts WHERE customer_no = $1";
    let login: String = client
        .query_one(account, &[&person.customer_number])
        .unwrap()
        .get(0);
    let boxes =
        "SELECT b.address FROM mailboxes b JOIN accounts a ON a.id = b.account_id WHERE a.customer_no = $1";
    let addresses = client.query(boxes, &[&person.customer_number]).unwrap();
    let directory = |address: String| {
        let (local, domain) = address.split_once('@').unwrap();
        world.host.files().join("mail").join(domain).join(local)
    };
    let own = Own {
        site: world.host.files().join("www").join(login),
        mail: addresses.iter().map(|row| directory(row.get(0))).collect(),
    };
    assert!(own.site.is_dir() && own.mail.iter().all(|mail| mail.is_dir()) && !own.mail.is_empty());
    own
}

fn approved(world: &World, case: &StoredCase) -> StoredCase {
    let approver = world.staff(Role::Approver);
    world.act(&approver, &case.reference, &Action::Approve).unwrap();
    world.work();
    world.find(&case.reference)
}

fn steps(world: &World, case: &StoredCase) -> Vec<StoredStep> {
    let mut conn = world.store.get().unwrap();
    let plan = plans::find_newest(&mut conn, case.id).unwrap();
    let steps = plans::list_steps(&mut conn, dataratt::domain::ids::PlanId(plan.id)).unwrap();
    steps
        .into_iter()
        .filter(|stored| stored.step.system == "disk")
        .collect()
}

fn plan_of_disk(world: &World, case: &StoredCase) -> Vec<(String, usize, u64)> {
    let mut conn = world.store.get().unwrap();
    let summary = plans::find_newest(&mut conn, case.id).unwrap().summary;
    let disk = summary["systems"]
        .as_array()
        .unwrap()
        .iter()
        .find(|part| part["system"] == "disk")
        .unwrap()
        .clone();
    let line = |line: &serde_json::Value| {
        let rows = usize::try_from(line["rows"].as_u64().unwrap()).unwrap();
        (
            line["table"].as_str().unwrap().to_owned(),
            rows,
            line["bytes"].as_u64().unwrap(),
        )
    };
    disk["lines"].as_array().unwrap().iter().map(line).collect()
}

#[test]
fn an_erasure_takes_the_persons_files_and_nobody_elses() {
    let world = World::new();
    let (people, agent) = (world.host.people(), world.staff(Role::Agent));
    let (theirs, others) = (own(&world, &people[0]), own(&world, &people[1]));
    let before = fs::read_dir(&others.site).unwrap().count();
    let case = world.planned(&people[0], &agent);
    let planned = plan_of_disk(&world, &case);
    let tables: Vec<&str> = planned.iter().map(|(table, ..)| table.as_str()).collect();
    assert_eq!(tables, ["site_files", "mail_files"]);
    assert!(
        planned.iter().all(|(_, rows, bytes)| *rows > 2 && *bytes > 30),
        "{planned:?}"
    );
    let case = approved(&world, &case);
    assert!(
        matches!(case.case.state, State::Answered { .. } | State::Closed { .. }),
        "{case:?}"
    );
    assert!(!theirs.site.exists());
    for mail in &theirs.mail {
        assert!(
            !mail.exists() && !mail.parent().unwrap().exists(),
            "the directory of the domain names them"
        );
    }
    assert_eq!(fs::read_dir(&others.site).unwrap().count(), before);
    assert!(others.mail.iter().all(|mail| mail.is_dir()));
}

#[test]
fn a_file_that_arrives_after_the_approval_is_a_declared_delta() {
    let world = World::new();
    let (people, agent) = (world.host.people(), world.staff(Role::Agent));
    let theirs = own(&world, &people[0]);
    let case = world.planned(&people[0], &agent);
    fs::write(theirs.mail[0].join("cur/late.mx:2,"), "Subject: late\n\n").unwrap();
    approved(&world, &case);
    assert!(!theirs.mail[0].exists());
    let declared: Vec<(String, i64)> = steps(&world, &case)
        .into_iter()
        .filter(|stored| stored.appeared > 0)
        .map(|stored| (stored.step.table, stored.appeared))
        .collect();
    assert_eq!(declared, [("mail_files".to_owned(), 1)]);
}

#[test]
fn a_mailbox_made_after_the_plan_asks_for_a_new_one() {
    let world = World::new();
    let (people, agent) = (world.host.people(), world.staff(Role::Agent));
    let theirs = own(&world, &people[0]);
    let case = world.planned(&people[0], &agent);
    let mut client = world.host.database(SampleSystem::Hosting).owner();
    let insert = "INSERT INTO mailboxes (account_id, domain_id, address, bytes)
        SELECT b.account_id, b.domain_id, 'new@' || split_part(b.address, '@', 2), 1
        FROM mailboxes b JOIN accounts a ON a.id = b.account_id WHERE a.customer_no = $1 LIMIT 1";
    client.execute(insert, &[&people[0].customer_number]).unwrap();
    let directory = theirs.mail[0].parent().unwrap().join("new");
    fs::create_dir(&directory).unwrap();
    fs::write(directory.join("mail"), "x").unwrap();
    let case = approved(&world, &case);
    assert_eq!(case.attention.as_deref(), Some("plan_outdated"));
    assert!(
        theirs.site.is_dir() && theirs.mail[0].is_dir(),
        "nothing is gone yet"
    );
}

#[test]
fn a_disk_that_is_not_mounted_leaves_a_reason_and_the_case_goes_on_when_it_is() {
    let world = World::new();
    let (people, agent) = (world.host.people(), world.staff(Role::Agent));
    let theirs = own(&world, &people[0]);
    let case = world.planned(&people[0], &agent);
    let (root, aside) = (world.host.files(), world.host.files().with_extension("aside"));
    fs::rename(&root, &aside).unwrap();
    fs::create_dir(&root).unwrap();
    let case = approved(&world, &case);
    assert_eq!(case.case.state, State::Executing);
    assert_eq!(case.attention.as_deref(), Some("system_failed"));
    let failed = steps(&world, &case)
        .into_iter()
        .find_map(|stored| match stored.state {
            StepState::Failed { why } => Some(why),
            _ => None,
        });
    let why = failed.unwrap();
    assert!(
        why.starts_with("disk does not answer: its directory is empty"),
        "{why}"
    );
    fs::remove_dir(&root).unwrap();
    fs::rename(&aside, &root).unwrap();
    world.later(TimeDelta::hours(1));
    let case = world.find(&case.reference);
    assert!(
        matches!(case.case.state, State::Answered { .. } | State::Closed { .. }),
        "{case:?}"
    );
    assert_eq!(case.attention, None);
    assert!(!theirs.site.exists());
}

/// A world in which the site's files are the person's own records, not content of which they are the controller.
fn own_records() -> World {
    let mut organisation = profiles::load("admax").unwrap();
    for system in organisation
        .map
        .systems
        .iter_mut()
        .filter(|system| system.id == "disk")
    {
        for table in &mut system.tables {
            table.category = "calls".to_owned();
        }
    }
    World::of_organisation(Arc::new(organisation))
}

fn collected(world: &World, agent: &Actor, person: &SamplePerson) -> StoredCase {
    let case = world.asks("access", person);
    let method = "in_person".to_owned();
    world
        .act(agent, &case.reference, &Action::AcceptIdentity { method })
        .unwrap();
    world
        .act(agent, &case.reference, &Action::Collect(Asked::default()))
        .unwrap();
    world.work();
    world.find(&case.reference)
}

/// The archive that waits for its release.
fn archive_of(world: &World, case: &StoredCase) -> Vec<u8> {
    let mut conn = world.store.get().unwrap();
    let package = kept::find_alive(&mut conn, case.id).unwrap().unwrap();
    let parts = kept::list_files(&mut conn, package.id).unwrap();
    let archive = parts
        .into_iter()
        .find(|part| part.is(kept::FileKind::Archive))
        .unwrap();
    let key = keys::find(world, case.id.0).unwrap();
    let mut bytes = Vec::new();
    PieceReader::new(world, &key, &archive)
        .bytes()
        .read_to_end(&mut bytes)
        .unwrap();
    bytes
}

#[test]
fn an_access_package_holds_the_files_themselves_with_their_checksums() {
    let world = own_records();
    let (people, agent) = (world.host.people(), world.staff(Role::Agent));
    let theirs = own(&world, &people[0]);
    // Longer than what is kept in one piece.
    let large: Vec<u8> = (0..1_500_000_u32)
        .map(|at| (at.wrapping_mul(2_654_435_761) >> 24) as u8)
        .collect();
    fs::write(theirs.site.join("large.bin"), &large).unwrap();
    fs::write(theirs.site.join("empty"), "").unwrap();
    let case = collected(&world, &agent, &people[0]);
    assert_eq!(case.case.state, State::ReadyForRelease, "{:?}", case.attention);
    let looked = packages::look(&world, &agent, &case.reference, ("disk", "site_files"), 0).unwrap();
    assert_eq!(looked.columns.len(), 5);
    let mut archive = zip::ZipArchive::new(Cursor::new(archive_of(&world, &case))).unwrap();
    let names: Vec<String> = archive
        .file_names()
        .map(|name| name.unwrap().into_owned())
        .collect();
    let stored: Vec<&String> = names
        .iter()
        .filter(|name| name.starts_with("files/disk/"))
        .collect();
    assert!(stored.len() > 4, "{names:?}");
    let mut manifest = String::new();
    archive
        .by_name("manifest.json")
        .unwrap()
        .read_to_string(&mut manifest)
        .unwrap();
    for name in stored {
        let mut bytes = Vec::new();
        archive.by_name(name).unwrap().read_to_end(&mut bytes).unwrap();
        let (_, path) = name.strip_prefix("files/disk/").unwrap().split_once('/').unwrap();
        assert_eq!(
            bytes,
            fs::read(world.host.files().join(path.replace("%3A", ":"))).unwrap(),
            "{name}"
        );
        let sum: String = Sha256::digest(&bytes)
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect();
        assert!(manifest.contains(&sum), "{name}");
    }
    let mut listed = String::new();
    archive
        .by_name("data/disk/site_files.csv")
        .unwrap()
        .read_to_string(&mut listed)
        .unwrap();
    let sum: String = Sha256::digest(&large)
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    assert!(listed.contains("large.bin") && listed.contains(&sum), "{listed}");
}

#[test]
fn hosted_files_are_counted_and_not_read() {
    let world = World::new();
    let (people, agent) = (world.host.people(), world.staff(Role::Agent));
    let case = collected(&world, &agent, &people[0]);
    let seen = overview::staff_case(&world, &agent, &case.reference).unwrap();
    let parts = seen.package.unwrap().parts;
    let disk: Vec<_> = parts.iter().filter(|part| part.system == "disk").collect();
    assert_eq!(disk.len(), 2);
    assert!(disk.iter().all(|part| part.counted && part.rows > 0), "{disk:?}");
}

#[test]
fn a_disk_of_our_own_that_fills_is_told_and_the_collection_starts_anew() {
    let world = own_records();
    let (people, agent) = (world.host.people(), world.staff(Role::Agent));
    let theirs = own(&world, &people[0]);
    fs::write(theirs.site.join("large.bin"), vec![7; 1_200_000]).unwrap();
    world.database.owner().batch_execute(
        "CREATE FUNCTION full_disk() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
            IF NEW.seq > 0 THEN
                RAISE EXCEPTION 'could not extend file \"base/1/2\": No space left on device' USING ERRCODE = '53100';
            END IF;
            RETURN NEW;
         END $$;
         CREATE TRIGGER full_disk BEFORE INSERT ON package_chunks FOR EACH ROW EXECUTE FUNCTION full_disk()",
    )
    .unwrap();
    let case = collected(&world, &agent, &people[0]);
    assert_eq!(case.case.state, State::Executing);
    assert_eq!(case.attention.as_deref(), Some("disk_full"));
    world
        .database
        .owner()
        .batch_execute("DROP TRIGGER full_disk ON package_chunks")
        .unwrap();
    world.later(TimeDelta::hours(1));
    let case = world.find(&case.reference);
    assert_eq!(case.case.state, State::ReadyForRelease);
    assert_eq!(case.attention, None);
}
