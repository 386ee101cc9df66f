//! Settings from every place, and every way to get them wrong.

use rstest::rstest;
use secrecy::ExposeSecret;

use super::*;

fn with(variables: &[(&str, &str)]) -> Result<Settings, ConfigError> {
    let owned = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
    Settings::from_environment(variables.iter().map(owned))
}

fn with_file(text: &str, variables: &[(&str, &str)]) -> Result<Settings, ConfigError> {
    let file = tempfile::Builder::new().suffix(".toml").tempfile().unwrap();
    std::fs::write(file.path(), text).unwrap();
    let path = file.path().to_str().unwrap();
    let mut all = vec![(FILE_VARIABLE, path)];
    all.extend_from_slice(variables);
    with(&all).map_err(|error| anonymous(error, file.path()))
}

/// The error, with a fixed name in place of the temporary file's.
fn anonymous(error: ConfigError, file: &Path) -> ConfigError {
    let named = |source: Source| match source {
        Source::File(path) if path == file => Source::File("own.toml".into()),
        other => other,
    };
    match error {
        ConfigError::UnknownKey { origin, key, known } => ConfigError::UnknownKey {
            origin: named(origin),
            key,
            known,
        },
        ConfigError::Value {
            origin,
            key,
            expected,
        } => ConfigError::Value {
            origin: named(origin),
            key,
            expected,
        },
        ConfigError::Syntax { line, reason, .. } => ConfigError::Syntax {
            path: "own.toml".into(),
            line,
            reason,
        },
        other @ ConfigError::Unreadable { .. } => other,
    }
}

/// Fails when a field of [`Settings`] has no key in the file, and when the file has a key that no field reads.
#[test]
fn the_defaults_hold_every_setting_and_no_other() {
    let settings = with(&[]).expect("the defaults alone will do");
    assert_eq!(settings.public_url(), "http://127.0.0.1:8080");
    assert_eq!(settings.key_file(), Path::new("data/secret.key"));
    assert_eq!(settings.mail_dir(), Path::new("data/mail"));
    assert_eq!(settings.cool_off(), Duration::from_hours(24));
    assert!(settings.limits.enabled && !settings.mail.viewer);
    assert!(settings.database.url.is_none() && settings.metrics.listen.is_none());
}

#[test]
fn every_default_is_explained_above_it() {
    let mut before = "";
    for line in DEFAULTS.lines() {
        if line.contains(" = ") && !line.starts_with('#') {
            let explained = before.starts_with('#') || line.starts_with("issuer");
            assert!(explained, "nothing is said about: {line}");
        }
        before = line;
    }
}

#[test]
fn the_environment_wins_over_the_file_and_the_file_over_the_defaults() {
    let file = "organisation = \"poise\"\ndata_dir = \"/var/lib/dr\"\n[worker]\nthreads = 2\n";
    let settings = with_file(file, &[("DATARATT_WORKER__THREADS", "9"), ("PATH", "/bin")]).unwrap();
    assert_eq!(settings.organisation, "poise");
    assert_eq!(settings.data_dir, Path::new("/var/lib/dr"));
    assert_eq!(settings.worker.threads.get(), 9);
    assert_eq!(settings.key_file(), Path::new("/var/lib/dr/secret.key"));
}

#[test]
fn every_kind_of_value_comes_from_the_environment() {
    let settings = with(&[
        ("DATARATT_ORGANISATION", "123"),
        ("DATARATT_HTTP__LISTEN", "[::1]:0"),
        ("DATARATT_HTTP__PUBLIC_URL", "https://dataratt.host.example/"),
        ("DATARATT_HTTP__TRUSTED_PROXIES", "10.0.0.0/8, 2001:db8::1"),
        (
            "DATARATT_DATABASE__URL",
            "postgresql://app:pw@db.example/dataratt",
        ),
        ("DATARATT_MAIL__TRANSPORT", "smtp"),
        ("DATARATT_MAIL__SMTP_URL", "smtp://127.0.0.1:2525"),
        ("DATARATT_MAIL__CA_FILE", "/etc/own-ca.pem"),
        ("DATARATT_ERASURE__COOL_OFF_SECONDS", "0"),
        ("DATARATT_LIMITS__ENABLED", "false"),
        ("DATARATT_METRICS__LISTEN", "127.0.0.1:9100"),
        ("DATARATT_LOG__FORMAT", "json"),
    ])
    .unwrap();
    assert_eq!(
        settings.organisation, "123",
        "a number is a text where a text is meant"
    );
    assert_eq!(settings.http.listen.to_string(), "[::1]:0");
    assert_eq!(settings.public_url(), "https://dataratt.host.example");
    assert_eq!(settings.http.trusted_proxies.len(), 2);
    assert_eq!(
        settings.database.url.unwrap().expose_secret(),
        "postgresql://app:pw@db.example/dataratt"
    );
    assert_eq!(
        settings.mail.smtp_url.unwrap().expose_secret(),
        "smtp://127.0.0.1:2525"
    );
    assert_eq!(settings.mail.ca_file.unwrap(), Path::new("/etc/own-ca.pem"));
    assert!(settings.erasure.cool_off_seconds == 0 && !settings.limits.enabled);
    assert_eq!(settings.metrics.listen.unwrap().port(), 9100);
    assert_eq!(
        (settings.mail.transport, settings.log.format),
        (Transport::Smtp, LogFormat::Json)
    );
}

#[test]
fn an_empty_text_unsets_what_is_optional() {
    let file = "[metrics]\nlisten = \"127.0.0.1:1\"\n[database]\nurl = \"postgres://a\"\n";
    let empty = [
        ("DATARATT_METRICS__LISTEN", ""),
        ("DATARATT_DATABASE__URL", ""),
        (FILE_VARIABLE, ""),
    ];
    let settings = with_file(file, &empty).unwrap();
    assert!(settings.metrics.listen.is_none() && settings.database.url.is_none());
}

#[test]
fn variables_of_the_tests_are_no_settings() {
    assert!(with(&[("DATARATT_SKIP_BROWSER", "1"), ("DATARATT_SOAK", "1")]).is_ok());
}

#[rstest]
#[case(
    "DATARATT_HTTP__PORT",
    "1",
    "there is no setting `http.port`; known here: listen, public_url, trusted_proxies"
)]
#[case("DATARATT_MAIL", "x", "there is no setting `mail`")]
#[case("DATARATT_DATA_DIR__X", "x", "there is no setting `data_dir.x`")]
#[case("DATARATT_", "x", "there is no setting ``")]
#[case("DATARATT_DATA_DIR", "", "`data_dir`: expected a text that is not empty")]
#[case(
    "DATARATT_WORKER__THREADS",
    "many",
    "`worker.threads`: expected a whole number"
)]
#[case("DATARATT_WORKER__THREADS", "", "`worker.threads`: expected a whole number")]
#[case("DATARATT_WORKER__THREADS", "0", "`worker.threads`: ")]
#[case("DATARATT_ERASURE__COOL_OFF_SECONDS", "-1", "`erasure.cool_off_seconds`: ")]
#[case("DATARATT_WORKER__ENABLED", "yes", "`worker.enabled`: expected true or false")]
#[case(
    "DATARATT_HTTP__LISTEN",
    "8080",
    "`http.listen`: expected an address and a port such as"
)]
#[case(
    "DATARATT_HTTP__LISTEN",
    "",
    "`http.listen`: expected an address and a port such as"
)]
#[case(
    "DATARATT_HTTP__PUBLIC_URL",
    "ftp://a.example",
    "`http.public_url`: expected an address such as"
)]
#[case(
    "DATARATT_HTTP__PUBLIC_URL",
    "https://a.example/?x",
    "`http.public_url`: expected an address such as"
)]
#[case(
    "DATARATT_HTTP__TRUSTED_PROXIES",
    "10.0.0.0/33",
    "`http.trusted_proxies`: expected addresses or networks"
)]
#[case(
    "DATARATT_DATABASE__URL",
    "mysql://a",
    "`database.url`: expected an address such as"
)]
#[case(
    "DATARATT_MAIL__TRANSPORT",
    "pigeon",
    "`mail.transport`: unknown variant `pigeon`, expected `smtp` or `file`"
)]
#[case(
    "DATARATT_MAIL__TRANSPORT",
    "smtp",
    "`mail.smtp_url`: expected the mail server's address"
)]
#[case(
    "DATARATT_MAIL__SMTP_URL",
    "smtp://a.example?tls=maybe",
    "`mail.smtp_url`: expected an address such as"
)]
#[case(
    "DATARATT_MAIL__SMTP_URL",
    "a.example:25",
    "`mail.smtp_url`: expected an address such as"
)]
#[case(
    "DATARATT_PORTAL__ISSUER",
    "portal",
    "`portal.public_key_file`: expected a file"
)]
#[case(
    "DATARATT_PORTAL__PUBLIC_KEY_FILE",
    "key.pem",
    "`portal.issuer`: expected a text"
)]
#[case(
    "DATARATT_CONFIG",
    "/no/such/file.toml",
    "/no/such/file.toml (named in DATARATT_CONFIG) cannot be read"
)]
fn a_wrong_variable_is_named(#[case] name: &str, #[case] value: &str, #[case] expected: &str) {
    let message = with(&[(name, value)]).unwrap_err().to_string();
    assert!(message.contains(expected), "{message}");
    let by_itself = message.starts_with(name) || expected.contains("because") || name == "DATARATT_CONFIG";
    let elsewhere = message.starts_with("built-in defaults"); // what is missing because of it
    assert!(by_itself || elsewhere, "{message}");
}

#[rstest]
#[case(
    "[worker]\nthreds = 4",
    "own.toml: there is no setting `worker.threds`; known here: enabled, threads"
)]
#[case("[wroker]\nthreads = 4", "own.toml: there is no setting `wroker.threads`")]
#[case(
    "[worker]\nthreads = \"4\"",
    "own.toml: `worker.threads`: expected a whole number"
)]
#[case("worker = 4", "own.toml: there is no setting `worker`")]
#[case(
    "[http]\ntrusted_proxies = \"10.0.0.1\"",
    "own.toml: `http.trusted_proxies`: expected a list of texts"
)]
#[case("[http]\ntrusted_proxies = [4]", "own.toml: `http.trusted_proxies`: ")]
#[case("[mail]\nviewer = 1.5", "own.toml: `mail.viewer`: expected true or false")]
#[case("[log]\nformat = \"xml\"", "own.toml: `log.format`: unknown variant `xml`")]
#[case("[log]\n\nformat =", "own.toml: line 3: ")]
fn a_mistake_in_the_file_is_named(#[case] text: &str, #[case] expected: &str) {
    let message = with_file(text, &[]).unwrap_err().to_string();
    assert!(message.starts_with(expected), "{message}");
}

#[test]
fn a_wrong_value_is_looked_for_where_it_stands() {
    let file = "[http]\nlisten = \"nowhere\"\n";
    let message = with_file(file, &[("DATARATT_LOG__FORMAT", "human")])
        .unwrap_err()
        .to_string();
    assert!(message.starts_with("own.toml: `http.listen`"), "{message}");
    assert!(
        with_file(file, &[("DATARATT_HTTP__LISTEN", "127.0.0.1:1")]).is_ok(),
        "overridden"
    );
}

#[test]
fn neither_errors_nor_debug_tell_a_secret() {
    let login = "smtp://user:hunter2@a.example?tls=maybe";
    let message = with(&[("DATARATT_MAIL__SMTP_URL", login)])
        .unwrap_err()
        .to_string();
    assert!(!message.contains("hunter2"), "{message}");
    let settings = with(&[
        ("DATARATT_MAIL__SMTP_URL", "smtp://user:hunter2@a.example"),
        ("DATARATT_DATABASE__URL", "postgresql://app:hunter2@db/x"),
    ]);
    assert!(!format!("{:?}", settings.unwrap()).contains("hunter2"));
}

#[rstest]
#[case("10.0.0.0/8", "10.255.0.1", true)]
#[case("10.0.0.0/8", "11.0.0.1", false)]
#[case("192.0.2.7", "192.0.2.7", true)]
#[case("192.0.2.7", "192.0.2.6", false)]
#[case("0.0.0.0/0", "203.0.113.9", true)]
#[case("10.0.0.0/8", "::ffff:10.1.2.3", true)]
#[case("2001:db8::/32", "2001:db8:1::1", true)]
#[case("2001:db8::/32", "2001:db9::1", false)]
#[case("::/0", "10.0.0.1", false)]
fn a_network_holds_its_addresses(#[case] network: &str, #[case] address: &str, #[case] inside: bool) {
    let network = Network::try_from(network.to_owned()).unwrap();
    assert_eq!(network.contains(address.parse().unwrap()), inside);
}

#[cfg(feature = "testing")]
#[rstest]
#[case("0", Some(0))]
#[case("31d", Some(31 * 86400))]
#[case("-2h", Some(-7200))]
#[case("5m", Some(300))]
#[case("d", None)]
#[case("", None)]
#[case("1w", None)]
#[case("99999999999999999d", None)]
fn an_offset_has_a_unit(#[case] text: &str, #[case] seconds: Option<i64>) {
    assert_eq!(types::span(text).map(|span| span.num_seconds()), seconds);
}

#[cfg(not(feature = "testing"))]
#[test]
fn the_clock_cannot_be_set_in_ordinary_builds() {
    let message = with(&[("DATARATT_CLOCK__OFFSET", "1d")]).unwrap_err().to_string();
    assert!(
        message.starts_with("DATARATT_CLOCK__OFFSET: there is no setting"),
        "{message}"
    );
}
