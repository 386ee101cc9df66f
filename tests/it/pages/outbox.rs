//! The local mail viewer.

use super::site::Site;

fn mail(subject: &str) -> String {
    format!(
        "From: Admax <a@admax.example>\r\nTo: anna@kund.example\r\nSubject: {subject}\r\n\
         Date: Sat, 21 Nov 2026 13:03:00 +0000\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n\
         Hej <b>Anna</b>\r\n\r\n40718265\r\n\r\nhttps://dataratt.example/requests/DR-0000-0000-0000\r\n"
    )
}

const ID: &str = "0197a000-0000-7000-8000-000000000001";

fn with_mail() -> (Site, tempfile::TempDir) {
    let directory = tempfile::tempdir().unwrap();
    std::fs::write(directory.path().join(format!("{ID}.eml")), mail("Din kod")).unwrap();
    let place = directory.path().to_path_buf();
    (
        Site::with(|world| world.app.web.mail_viewer = Some(place)),
        directory,
    )
}

#[test]
fn it_is_off_unless_asked_for() {
    let site = Site::new();
    site.see("/outbox").expect(404);
    site.see(&format!("/outbox/{ID}")).expect(404);
}

#[test]
fn it_shows_mails_with_their_codes_and_links() {
    let (site, _directory) = with_mail();
    let list = site.see("/outbox").expect(200);
    assert!(list.text().contains("2026-11-21 14:03"));
    let link = list.all(".outbox a")[0].attr("href").unwrap().to_owned();
    let mail = site.see(&link).expect(200);
    assert_eq!(mail.title(), "Din kod");
    assert_eq!(mail.all(".mail-code")[0].text().collect::<String>(), "40718265");
    assert!(mail.reply.text.contains("Hej &#60;b&#62;Anna") || mail.reply.text.contains("Hej &lt;b&gt;Anna"));
    for id in [
        "0197a000-0000-7000-8000-000000000002",
        "..%2f..%2fetc%2fpasswd",
        "x",
    ] {
        site.see(&format!("/outbox/{id}")).expect(404);
    }
}

#[test]
fn nobody_beyond_the_machine_sees_it() {
    let (site, _directory) = with_mail();
    for header in ["x-forwarded-for", "forwarded"] {
        site.visit(site.raw("GET", "/outbox").header(header, "203.0.113.9"))
            .expect(404);
    }
}

#[test]
fn a_viewer_without_mails_is_empty() {
    let place = std::path::PathBuf::from("/nonexistent/mail");
    let site = Site::with(|world| world.app.web.mail_viewer = Some(place));
    assert_eq!(site.see("/outbox").expect(200).all(".empty").len(), 1);
}
