//! A real browser for tests: headless Chromium that sees pages as people do, by their texts and labels.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};

use fantoccini::elements::Element;
use fantoccini::{Client, ClientBuilder, Locator};
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::{Value, json};
use tempfile::TempDir;

use super::chromedriver::Chromedriver;
use super::fixtures::{eventually_async, root};

/// How large the window is, and whether pages may run scripts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct View {
    width: u32,
    height: u32,
    scripts: bool,
}

/// A phone held upright.
pub const PHONE: View = View {
    width: 390,
    height: 844,
    scripts: true,
};
/// A window on a desk.
pub const DESKTOP: View = View {
    width: 1280,
    height: 900,
    scripts: true,
};

impl View {
    /// The same with JavaScript switched off, which every page must survive.
    pub const fn without_scripts(self) -> Self {
        Self {
            scripts: false,
            ..self
        }
    }
}

/// A browser of its own with an empty profile. When the test fails, what it showed is kept as a picture.
pub struct Browser {
    client: Client,
    driver: Chromedriver,
    session: String,
    profile: TempDir,
}

impl Browser {
    /// Opens a browser; `None` only under `DATARATT_SKIP_BROWSER=1`, and then the test should return.
    pub async fn open(view: View) -> Option<Self> {
        if std::env::var("DATARATT_SKIP_BROWSER").is_ok_and(|value| value == "1") {
            return None;
        }
        let driver = Chromedriver::start();
        let profile = tempfile::tempdir().unwrap();
        let mut builder = ClientBuilder::new(HttpConnector::new());
        builder.capabilities(capabilities(view, profile.path()));
        let client = builder.connect(&driver.url()).await.expect("chromium starts");
        let session = client.session_id().await.unwrap().expect("a session has an id");
        let browser = Self {
            client,
            driver,
            session,
            profile,
        };
        browser.resize(view).await;
        Some(browser)
    }

    /// The client underneath, for what the helpers do not offer.
    pub fn client(&self) -> &Client {
        &self.client
    }

    /// The folder of its profile, which ends with it.
    pub fn profile(&self) -> String {
        self.profile.path().display().to_string()
    }

    /// Gives the page exactly the view's width and height, which the window's frame would shrink.
    pub async fn resize(&self, view: View) {
        let metrics = json!({
            "width": view.width, "height": view.height, "deviceScaleFactor": 1, "mobile": view.width < 600,
        });
        let body = json!({ "cmd": "Emulation.setDeviceMetricsOverride", "params": metrics });
        self.client
            .issue_cmd(DevTools(body))
            .await
            .expect("the window takes the size");
    }

    /// Saves what is downloaded to a folder, without asking.
    pub async fn save_downloads_to(&self, folder: &Path) {
        let params = json!({ "behavior": "allow", "downloadPath": folder });
        let body = json!({ "cmd": "Browser.setDownloadBehavior", "params": params });
        self.client
            .issue_cmd(DevTools(body))
            .await
            .expect("downloads are saved");
    }

    /// Opens a page.
    pub async fn goto(&self, url: &str) {
        self.client
            .goto(url)
            .await
            .unwrap_or_else(|error| panic!("{url}: {error}"));
    }

    /// The address of the page.
    pub async fn url(&self) -> String {
        self.client.current_url().await.unwrap().to_string()
    }

    /// The text that the page shows.
    pub async fn text(&self) -> String {
        // As WebDriver's own would, in one call and without a look at the style of every element.
        let text = "return document.body ? document.body.innerText : ''";
        match self.client.execute(text, Vec::new()).await {
            Ok(Value::String(text)) => text,
            _ => String::new(), // between two pages
        }
    }

    /// Whether the page shows `text` now.
    pub async fn shows(&self, text: &str) -> bool {
        self.text().await.contains(text)
    }

    /// Waits until the page shows `text`; fails the test with what it shows instead.
    pub async fn see(&self, text: &str) {
        let mut shown = String::new();
        for _ in 0..400 {
            shown = self.text().await;
            if shown.contains(text) {
                return;
            }
            tokio::time::sleep(std::time::Duration::from_millis(25)).await;
        }
        panic!("the page does not show {text:?} but:\n{shown}");
    }

    /// The field that the label with this text names, or holds.
    pub async fn field(&self, label: &str) -> Element {
        let label = quoted(label);
        let is_label = format!("//label[normalize-space(.)={label} or normalize-space(text())={label}]");
        let fields = "self::input or self::textarea or self::select";
        let path = format!("//*[{fields}][@id={is_label}/@for] | {is_label}//*[{fields}]");
        self.find(&path, &format!("a field labelled {label}")).await
    }

    /// Replaces what stands in the field with this label.
    pub async fn fill(&self, label: &str, value: &str) {
        let field = self.field(label).await;
        field.clear().await.unwrap();
        field.send_keys(value).await.unwrap();
    }

    /// Chooses the option with this text in the list with this label.
    pub async fn choose(&self, label: &str, option: &str) {
        let list = self.field(label).await;
        list.select_by_label(option)
            .await
            .unwrap_or_else(|error| panic!("{option:?} in {label:?}: {error}"));
    }

    /// Switches the box or the radio button with this label on.
    pub async fn tick(&self, label: &str) {
        let field = self.field(label).await;
        if !field.is_selected().await.unwrap() {
            field.click().await.unwrap();
        }
    }

    /// Switches the box with this label off.
    pub async fn untick(&self, label: &str) {
        let field = self.field(label).await;
        if field.is_selected().await.unwrap() {
            field.click().await.unwrap();
        }
    }

    /// Presses the button, the link or the summary with this text (exact, else the first that holds it).
    pub async fn click_text(&self, text: &str) {
        let text = quoted(text);
        let kinds = "self::button or self::a or self::summary";
        let exact =
            format!("//*[{kinds}][normalize-space(.)={text}] | //input[@type='submit'][@value={text}]");
        let holds = format!("//*[{kinds}][contains(normalize-space(.), {text})]");
        if let Ok(element) = self.client.find(Locator::XPath(&exact)).await {
            return element
                .click()
                .await
                .unwrap_or_else(|error| panic!("{text}: {error}"));
        }
        let path = format!("{exact} | {holds}");
        let element = self.find(&path, &format!("a button or link {text}")).await;
        element
            .click()
            .await
            .unwrap_or_else(|error| panic!("{text}: {error}"));
    }

    /// Keeps a picture of the page as `target/screenshots/NAME.png`, and returns where.
    pub async fn screenshot(&self, name: &str) -> PathBuf {
        let picture = self.client.screenshot().await.unwrap();
        keep(name, &picture)
    }

    /// Whether the page is wider than the window, so that one has to scroll sideways.
    pub async fn scrolls_sideways(&self) -> bool {
        let wider = "return document.documentElement.scrollWidth > document.documentElement.clientWidth";
        self.client.execute(wider, Vec::new()).await.unwrap() == Value::Bool(true)
    }

    async fn find(&self, path: &str, what: &str) -> Element {
        eventually_async(what, async || self.client.find(Locator::XPath(path)).await.ok()).await
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        static FAILED: AtomicU32 = AtomicU32::new(1);
        if !std::thread::panicking() {
            return;
        }
        if let Some(picture) = self.driver.screenshot(&self.session) {
            let test = std::thread::current().name().unwrap_or("test").replace("::", "-");
            let number = FAILED.fetch_add(1, Ordering::Relaxed);
            let path = keep(&format!("failed-{test}-{number}"), &picture);
            eprintln!("what the browser showed: {}", path.display());
        }
    }
}

fn keep(name: &str, picture: &[u8]) -> PathBuf {
    let folder = root().join("target/screenshots");
    fs::create_dir_all(&folder).unwrap();
    let path = folder.join(format!("{name}.png"));
    fs::write(&path, picture).unwrap();
    path
}

/// Starts the browser with an empty page: Chromium's own first page costs as much as three of ours. Where there is the
/// one without windows, it does the same for half of the time.
const LAUNCHER: &str = "#!/bin/sh
for browser in chromium-headless-shell chromium google-chrome; do
    command -v $browser >/dev/null && exec $browser \"$@\" about:blank
done
exit 127
";

/// The launcher as a program, which ends with the profile.
fn launcher(profile: &Path) -> PathBuf {
    let path = profile.join("launcher");
    fs::write(&path, LAUNCHER).unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
    path
}

fn capabilities(view: View, profile: &Path) -> fantoccini::wd::Capabilities {
    let mut args = vec![
        "--headless".to_owned(),
        "--no-sandbox".to_owned(),
        "--disable-gpu".to_owned(),
        "--disable-quic".to_owned(),
        "--disable-dev-shm-usage".to_owned(),
        "--no-first-run".to_owned(),
        "--disable-background-networking".to_owned(),
        "--disable-component-update".to_owned(),
        "--disable-sync".to_owned(),
        "--hide-scrollbars".to_owned(),
        "--accept-lang=sv".to_owned(),
        format!("--user-data-dir={}", profile.display()),
        format!("--window-size={},{}", view.width, view.height),
    ];
    if !view.scripts {
        args.push("--blink-settings=scriptEnabled=false".to_owned());
    }
    let options = json!({ "args": args, "binary": launcher(profile) });
    let capabilities = json!({ "goog:chromeOptions": options });
    let Value::Object(capabilities) = capabilities else {
        unreachable!("written as an object")
    };
    capabilities
}

/// A text as an XPath literal, which knows no escapes.
fn quoted(text: &str) -> String {
    let parts: Vec<String> = text.split('"').map(|part| format!("\"{part}\"")).collect();
    if parts.len() == 1 {
        parts.concat()
    } else {
        format!("concat({})", parts.join(", '\"', "))
    }
}

/// A command of Chromium's own protocol.
#[derive(Debug)]
struct DevTools(Value);

impl fantoccini::wd::WebDriverCompatibleCommand for DevTools {
    fn endpoint(&self, base: &url::Url, session: Option<&str>) -> Result<url::Url, url::ParseError> {
        base.join(&format!(
            "session/{}/goog/cdp/execute",
            session.unwrap_or_default()
        ))
    }

    fn method_and_body(&self, _: &url::Url) -> (reqwest::Method, Option<String>) {
        (reqwest::Method::POST, Some(self.0.to_string()))
    }
}
