//! Access and portability: asked for on a phone, collected and looked through at the desk, fetched on the phone.

use std::fs;
use std::io::Cursor;
use std::path::Path;
use std::time::Duration;

use dataratt::domain::staff::Role;

use super::customer::ask_for;
use super::erasure::{PASSWORD, account};
use super::staff::log_in;
use crate::support::browser::{Browser, DESKTOP, PHONE};
use crate::support::fixtures::within;
use crate::support::site::Site;

async fn collects_and_releases(site: &Site, desk: &Browser, reference: &str, right: &str) {
    log_in(site, desk, "agent@host.example", PASSWORD).await;
    desk.click_text(reference).await;
    desk.click_text("Möte på plats").await;
    desk.see("räcker").await;
    desk.screenshot(&format!("{right}-assess-desktop")).await;
    if right == "portability" {
        let script = "document.querySelector('form input[value=collect]').form.querySelectorAll('input[value=no]').forEach(e => e.checked = true)";
        desk.client().execute(script, vec![]).await.unwrap();
    }
    let collect = "document.querySelector('form input[value=collect]').form.querySelector('button').click()";
    desk.client().execute(collect, vec![]).await.unwrap();
    desk.see("Utförs").await;
    site.do_work();
    desk.goto(&site.at(&format!("/staff/cases/{reference}"))).await;
    desk.see("Det som lämnas ut").await;
    desk.screenshot(&format!("{right}-package-desktop")).await;
    while desk.shows("fritext att gå igenom").await {
        let open = "document.querySelector('.mark-warn').closest('tr').querySelector('a').click()";
        desk.client().execute(open, vec![]).await.unwrap();
        desk.see("Att du tittar på dem noteras").await;
        desk.screenshot(&format!("{right}-records-desktop")).await;
        desk.click_text("Jag har gått igenom tabellen").await;
        desk.see("Det som lämnas ut").await;
    }
    desk.click_text("Lämna ut").await;
    desk.see("Utlämnat.").await;
    site.do_work();
}

/// The archive that the browser saved. Under its name there is an empty file first.
fn saved(folder: &Path) -> zip::ZipArchive<Cursor<Vec<u8>>> {
    let found = within(Duration::from_secs(20), || {
        let entries = fs::read_dir(folder).ok()?.flatten();
        let mut done = entries
            .map(|entry| entry.path())
            .filter(|path| path.extension().is_some_and(|ending| ending == "zip"));
        zip::ZipArchive::new(Cursor::new(fs::read(done.next()?).ok()?)).ok()
    });
    found.expect("the browser saves the file")
}

#[rstest::rstest]
#[case("access", "Se mina uppgifter", "data/billing/customers.json")]
#[case("portability", "Ta med mina uppgifter", "customer.json")]
fn is_asked_for_looked_through_and_fetched(#[case] right: &str, #[case] name: &str, #[case] inside: &str) {
    let site = Site::of("admax");
    let person = site.host.people()[0].clone();
    let email = person.email.clone().unwrap();
    account(&site, Role::Agent);
    let folder = tempfile::tempdir().unwrap();
    site.visit(PHONE, async |phone| {
        let reference = ask_for(&site, phone, name, &email).await;
        let desk = Browser::open(DESKTOP).await.expect("one browser opened already");
        collects_and_releases(&site, &desk, &reference, right).await;
        phone
            .goto(&site.at(&format!("/requests/{reference}?lang=sv")))
            .await;
        phone.see("Ladda ner filen").await;
        assert!(!phone.scrolls_sideways().await);
        phone.screenshot(&format!("{right}-fetch-phone")).await;
        phone.save_downloads_to(folder.path()).await;
        phone.click_text(".zip").await;
        let mut archive = saved(folder.path());
        let text = std::io::read_to_string(archive.by_name(inside).unwrap()).unwrap();
        assert!(text.contains(&person.customer_number), "{text}");
        let report = std::io::read_to_string(archive.by_name("rapport.html").unwrap()).unwrap();
        let page = folder.path().join("rapport.html");
        fs::write(&page, report).unwrap();
        phone.goto(&format!("file://{}", page.display())).await;
        phone.screenshot(&format!("{right}-report-phone")).await;
        assert!(!phone.scrolls_sideways().await);
    });
}
