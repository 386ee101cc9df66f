//! Every mail, in both languages, from sample data.

use rstest::rstest;
use scraper::{Html, Selector};

use super::super::samples::{CODE, all, done, look, notice, to_the_person};
use super::*;
use crate::adapters::texts::MISSING;

fn each_mail(check: impl Fn(&str, &MailBody, &RenderedMail)) {
    for language in Language::ALL {
        for mail in all() {
            let name = format!("{} ({})", mail.name(), language.tag());
            check(&name, &mail, &mail.render(language, &look()));
        }
    }
}

#[test]
fn every_mail_is_whole_in_both_languages() {
    each_mail(|name, _, mail| {
        for part in [&mail.subject, &mail.text, &mail.html] {
            assert!(!part.contains(MISSING), "{name}: {part}");
            assert!(!part.contains("{ $") && !part.contains("{{"), "{name}: {part}");
        }
        assert!(
            mail.text.contains("Nordhamn Webb AB") && mail.text.contains("556036-0793"),
            "{name}: who writes"
        );
        assert!(
            mail.text.contains("ombud@nordhamn.example"),
            "{name}: the data protection officer"
        );
    });
}

#[test]
fn codes_and_links_stand_alone_on_their_lines() {
    each_mail(|name, body, mail| {
        let json = serde_json::to_value(body).unwrap();
        for field in ["code", "link"] {
            if let Some(value) = json[field].as_str() {
                assert_eq!(
                    mail.text.lines().filter(|line| line == &value).count(),
                    1,
                    "{name}: {}",
                    mail.text
                );
                assert_eq!(mail.text.matches(value).count(), 1, "{name}: {field} twice");
                assert!(mail.html.contains(value), "{name}: {field} in the HTML");
            }
        }
        let digits = |line: &&str| line.len() == 8 && line.bytes().all(|byte| byte.is_ascii_digit());
        let codes = mail.text.lines().filter(digits).count();
        assert_eq!(
            codes,
            usize::from(json["code"].is_string()),
            "{name}: a line that only looks like a code"
        );
    });
}

#[test]
fn the_subject_says_which_case_and_nothing_about_whom() {
    each_mail(|name, body, mail| {
        let json = serde_json::to_value(body).unwrap();
        assert!(
            mail.subject.contains(json["reference"].as_str().unwrap()),
            "{name}: {}",
            mail.subject
        );
        assert!(
            mail.subject.len() < 90 && !mail.subject.contains('\n'),
            "{name}: {}",
            mail.subject
        );
        for private in ["Åsa", "@", "skogsblomma", CODE, "Webbhotell"] {
            assert!(!mail.subject.contains(private), "{name}: {}", mail.subject);
        }
    });
}

#[test]
fn the_text_is_tidy() {
    each_mail(|name, _, mail| {
        assert!(
            !mail.text.contains("\n\n\n") && !mail.text.starts_with('\n'),
            "{name}: {}",
            mail.text
        );
        assert!(
            mail.text.lines().all(|line| line == line.trim()),
            "{name}: blanks at an end: {}",
            mail.text
        );
    });
}

#[test]
fn the_html_is_a_page_of_its_own_that_loads_nothing() {
    each_mail(|name, _, mail| {
        let page = Html::parse_document(&mail.html);
        let count = |selector: &str| page.select(&Selector::parse(selector).unwrap()).count();
        assert_eq!(count("h1"), 1, "{name}");
        assert_eq!(
            count("img, script, link, iframe, form, [src]"),
            0,
            "{name}: something to load"
        );
        assert!(page.errors.is_empty(), "{name}: {:?}", page.errors);
    });
}

#[rstest]
#[case(Language::Sv, "<html lang=\"sv\">")]
#[case(Language::En, "<html lang=\"en\">")]
fn the_html_declares_its_language(#[case] language: Language, #[case] declared: &str) {
    for mail in all() {
        assert!(
            mail.render(language, &look()).html.contains(declared),
            "{}",
            mail.name()
        );
    }
}

#[test]
fn a_bright_colour_is_darkened_so_that_the_button_can_be_read() {
    let mail = to_the_person().remove(0).render(Language::Sv, &look());
    assert!(!mail.html.contains("#e8b021"), "white on yellow");
}

#[test]
fn what_staff_write_is_text_in_the_html() {
    let mail = to_the_person().pop().unwrap().render(Language::Sv, &look());
    assert!(mail.html.contains("&#60;i&#62;") && !mail.html.contains("<i>"));
    assert!(
        mail.text.contains("<i>i dag</i>"),
        "the text part is shown as it is"
    );
}

#[test]
fn the_answer_names_ground_date_authority_and_court() {
    for (language, court) in [(Language::Sv, "prövad i domstol"), (Language::En, "to court")] {
        let text = MailBody::ErasureDone(done()).render(language, &look()).text;
        for needed in [
            "7 kap. 2 § bokföringslagen",
            "2033-12-31",
            "2026-10-13",
            "2026-09-08",
            "Molnkontoret",
            "IMY",
            court,
        ] {
            assert!(text.contains(needed), "{needed}: {text}");
        }
    }
}

#[test]
fn a_refusal_names_article_reasons_authority_court_and_a_way_on() {
    let mail = to_the_person()
        .into_iter()
        .find(|mail| mail.name() == "refused")
        .unwrap();
    let text = mail.render(Language::Sv, &look()).text;
    for needed in [
        "artikel 17.1",
        "artikel 17.3 b",
        "Ditt webbhotell är igång.",
        "IMY",
        "domstol",
        "Säg upp tjänsten",
    ] {
        assert!(text.contains(needed), "{needed}: {text}");
    }
}

#[test]
fn nothing_held_is_said_in_the_words_of_the_law() {
    let mail = to_the_person()
        .into_iter()
        .find(|mail| mail.name() == "no_data")
        .unwrap();
    let text = mail.render(Language::Sv, &look()).text;
    assert!(
        text.contains("Vi behandlar inga personuppgifter om dig") && text.contains("- Kundvård"),
        "{text}"
    );
}

#[test]
fn a_reminder_says_so() {
    let subject = |reminder| {
        MailBody::Notice(notice(reminder))
            .render(Language::Sv, &look())
            .subject
    };
    assert!(subject(true).starts_with("Påminnelse: ") && !subject(false).contains("Påminnelse"));
}

#[test]
fn a_stored_mail_is_the_same_mail_and_its_debug_form_holds_no_data() {
    for mail in all() {
        let stored = serde_json::to_string(&mail).unwrap();
        assert!(
            serde_json::from_str::<MailBody>(&stored).unwrap() == mail,
            "{}",
            mail.name()
        );
        assert_eq!(format!("{mail:?}"), mail.name());
        assert!(
            stored.contains(&format!("\"mail\":\"{}\"", mail.name())),
            "{stored}"
        );
    }
}

#[test]
fn the_text_of_the_first_mail_reads_like_this() {
    let text = to_the_person().remove(0).render(Language::Sv, &look()).text;
    insta::assert_snapshot!(text, @r"
    Hej!

    Vi har tagit emot din begäran den 2026-08-24. Vi har förstått att den gäller: Radering. Du får svar utan onödigt dröjsmål och senast den 2026-09-24.

    Visa att adressen är din med den här koden:

    40718265

    Skriv in den på sidan för ditt ärende:

    https://data.nordhamn.example/requests/R-7K2M-94QX

    Stämmer något inte, eller har du ångrat dig? På samma sida kan du skriva till oss eller ta tillbaka begäran.

    Var det inte du? Då behöver du inte göra något. Utan koden händer inget.

    Vänliga hälsningar
    Nordhamn Webb AB, organisationsnummer 556036-0793
    dataskydd@nordhamn.example, 010-555 00 00
    Dataskyddsombud: ombud@nordhamn.example
    Referens R-7K2M-94QX
    ");
}

#[test]
fn the_text_of_the_answer_reads_like_this() {
    insta::assert_snapshot!(MailBody::ErasureDone(done()).render(Language::Sv, &look()).text, @r"
    Hej!

    Du bad oss radera dina uppgifter. Här står vad som är borta, vad som finns kvar och varför, och vilka vi har meddelat.

    Grunden för raderingen

    Uppgifterna behövs inte längre för det de samlades in för (artikel 17.1 a i dataskyddsförordningen).

    Det här är borta

    Webbhotell, raderat 2026-09-08
    - Webbplatser
    - E-postlådor
    Uppgifterna finns kvar i säkerhetskopior till och med 2026-10-13. De används inte till något.

    Det här finns kvar

    - Fakturor (Faktureringssystem): 7 kap. 2 § bokföringslagen, till och med 2033-12-31

    Vi använder det inte till något annat.

    En kodad uppgift om din adress finns kvar i vår spärrlista, så att du inte får marknadsföring igen. Den används inte till något annat.

    De här har vi meddelat

    - Molnkontoret, 2026-09-08: Raderat
    - Brevduvan, 2026-09-08: Meddelad, svar inväntas
    - Klickmätarna: Kunde inte meddelas (inget att känna igen dig på)

    Är du inte nöjd?

    Säg det gärna till oss först, på dataskydd@nordhamn.example, så tittar vi en gång till. Du kan klaga hos Integritetsskyddsmyndigheten (IMY), imy.se. Du har också rätt att få saken prövad i domstol.

    https://www.imy.se

    Vänliga hälsningar
    Nordhamn Webb AB, organisationsnummer 556036-0793
    dataskydd@nordhamn.example, 010-555 00 00
    Dataskyddsombud: ombud@nordhamn.example
    Referens R-7K2M-94QX
    ");
}

#[test]
fn the_text_of_a_notice_reads_like_this() {
    insta::assert_snapshot!(MailBody::Notice(notice(false)).render(Language::En, &look()).text, @r"
    Hello,

    Who asks: Nordhamn Webb AB, company number 556036-0793
    What we ask: That you erase the data about a person
    Legal basis: Artikel 19 och 28.3 a i dataskyddsförordningen
    Decided: 2026-09-08
    Answer by: 2026-09-22

    Instruction under Article 28(3)(a): carry this out, at your sub-processors too, and in backups on your schedule.

    Open the link. There you see whom it concerns and answer, without logging in:

    https://data.nordhamn.example/notices/pQ7x

    You need this code:

    40718265

    Do not reply to this mail with personal data.

    Not sure that it is genuine? Call Nordhamn Webb AB on a number you already have, or write to dataskydd@nordhamn.example. Send no personal data by mail.

    Kind regards,
    Nordhamn Webb AB, company number 556036-0793
    dataskydd@nordhamn.example, 010-555 00 00
    Data protection officer: ombud@nordhamn.example
    Reference N-4GH2-81KC
    ");
}

/// Writes every mail to `PREVIEW_DIR`, to be looked at: `cargo test --lib preview -- --ignored`.
#[test]
#[ignore = "writes files to look at"]
fn preview() {
    let folder = std::path::PathBuf::from(std::env::var("PREVIEW_DIR").expect("PREVIEW_DIR names a folder"));
    for language in Language::ALL {
        for mail in all() {
            let rendered = mail.render(language, &look());
            let file = format!("mail-{}-{}", mail.name(), language.tag());
            std::fs::write(folder.join(format!("{file}.html")), rendered.html).unwrap();
            std::fs::write(folder.join(format!("{file}.txt")), rendered.text).unwrap();
        }
    }
}
