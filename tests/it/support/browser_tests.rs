//! The browser of the tests, tested on a small page of its own.

use std::time::Duration;

use actix_web::{App, HttpResponse, HttpServer, Responder, web};

use super::browser::{Browser, DESKTOP, PHONE};
use super::fixtures::{eventually, within};

const PAGE: &str = r#"<!doctype html><html lang="sv"><head><meta name="viewport" content="width=device-width">
<title>Begäran</title></head><body><h1>Din begäran</h1><p id="script">utan skript</p>
<form method="post" action="/sent">
<label for="e">E-post</label> <input id="e" name="email" value="gammal">
<label>Namn <input name="name"></label>
<label for="m">Vad "allt" gäller</label> <textarea id="m" name="message"></textarea>
<label for="r">Rättighet</label> <select id="r" name="right"><option value="access">Tillgång</option>
<option value="erasure">Radering</option></select>
<label><input type="checkbox" name="sure" value="yes"> Jag förstår</label>
<button>Skicka</button></form> <a href="/wide">Skicka inte</a>
<script>document.getElementById("script").textContent = "med skript";
setTimeout(() => document.body.append("kom senare"), 150);</script></body></html>"#;

const WIDE: &str =
    "<!doctype html><meta name=viewport content='width=device-width'><p style='width:800px'>Bred</p>";

async fn page(text: &'static str) -> impl Responder {
    HttpResponse::Ok()
        .content_type("text/html; charset=utf-8")
        .body(text)
}

async fn sent(form: web::Form<Vec<(String, String)>>) -> impl Responder {
    let lines: Vec<String> = form.iter().map(|(key, value)| format!("{key}={value}")).collect();
    HttpResponse::Ok()
        .content_type("text/html; charset=utf-8")
        .body(format!("<p>{}</p>", lines.join("; ")))
}

/// Serves the pages for as long as the test runs.
fn serve() -> String {
    let app = || {
        let app = App::new().route("/", web::get().to(|| page(PAGE)));
        app.route("/wide", web::get().to(|| page(WIDE)))
            .route("/sent", web::post().to(sent))
    };
    let server = HttpServer::new(app).workers(1).bind("127.0.0.1:0").unwrap();
    let address = server.addrs()[0];
    actix_web::rt::spawn(server.run());
    format!("http://{address}/")
}

#[actix_web::test]
async fn a_form_is_filled_in_by_its_labels() {
    let Some(browser) = Browser::open(PHONE).await else {
        return;
    };
    browser.goto(&serve()).await;
    browser.fill("E-post", "åsa+test@host.example").await;
    browser.fill("Namn", "Åsa").await;
    browser.fill("Vad \"allt\" gäller", "rad").await;
    browser.choose("Rättighet", "Radering").await;
    browser.tick("Jag förstår").await;
    browser.tick("Jag förstår").await;
    browser.click_text("Skicka").await;
    browser
        .see("email=åsa+test@host.example; name=Åsa; message=rad; right=erasure; sure=yes")
        .await;
    assert!(browser.url().await.ends_with("/sent"));
}

#[actix_web::test]
async fn a_text_that_comes_later_is_waited_for() {
    let Some(browser) = Browser::open(DESKTOP).await else {
        return;
    };
    browser.goto(&serve()).await;
    browser.see("med skript").await;
    browser.see("kom senare").await;
    assert!(!browser.shows("utan skript").await);
}

#[actix_web::test]
async fn pages_work_without_scripts_too() {
    let Some(browser) = Browser::open(PHONE.without_scripts()).await else {
        return;
    };
    browser.goto(&serve()).await;
    browser.see("utan skript").await;
    browser.fill("Namn", "Åsa").await;
    browser.click_text("Skicka").await;
    browser.see("name=Åsa").await;
}

#[actix_web::test]
async fn a_picture_is_as_wide_as_the_view_and_a_wide_page_is_noticed() {
    let Some(browser) = Browser::open(PHONE).await else {
        return;
    };
    browser.goto(&serve()).await;
    assert!(!browser.scrolls_sideways().await);
    let picture = std::fs::read(browser.screenshot("harness-phone").await).unwrap();
    let side = |at: usize| u32::from_be_bytes(picture[at..at + 4].try_into().unwrap());
    assert_eq!((side(16), side(20)), (390, 844));
    browser.click_text("Skicka inte").await;
    browser.see("Bred").await;
    assert!(browser.scrolls_sideways().await);
    browser.resize(DESKTOP).await;
    assert!(!browser.scrolls_sideways().await);
}

#[actix_web::test]
async fn nothing_of_the_browser_is_left_behind() {
    let Some(browser) = Browser::open(PHONE).await else {
        return;
    };
    let profile = browser.profile();
    assert!(running(&profile), "the browser runs with its profile");
    drop(browser);
    eventually("the browser to be gone", || (!running(&profile)).then_some(()));
    let gone = within(Duration::from_secs(2), || {
        (!std::path::Path::new(&profile).exists()).then_some(())
    });
    assert_eq!(gone, Some(()), "its profile is removed");
}

/// Whether a process names `word` among its arguments.
fn running(word: &str) -> bool {
    let processes = std::fs::read_dir("/proc").unwrap().flatten();
    let mut lines = processes.filter_map(|process| std::fs::read(process.path().join("cmdline")).ok());
    lines.any(|line| String::from_utf8_lossy(&line).contains(word))
}
