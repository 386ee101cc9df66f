//! Where the addresses of systems are found that a profile names only as `env:NAME`.

use std::fs;
use std::path::PathBuf;

/// Under the service's data directory: lines `NAME=value`, written by `sample load` or by hand.
pub const SYSTEMS_FILE: &str = "systems.env";

/// Looks a name up in the environment, then in [`SYSTEMS_FILE`] under `data_dir`; the file is read anew each time.
pub fn addresses(data_dir: PathBuf) -> impl Fn(&str) -> Option<String> + Send + Sync + 'static {
    move |name| {
        std::env::var(name)
            .ok()
            .filter(|value| !value.is_empty())
            .or_else(|| from_file(&fs::read_to_string(data_dir.join(SYSTEMS_FILE)).ok()?, name))
    }
}

/// The value of `name` in the text of such a file: the last one given. Empty lines and those that begin with `#` say
/// nothing; a value may stand in quotes.
#[must_use]
pub fn from_file(text: &str, name: &str) -> Option<String> {
    text.lines()
        .map(str::trim)
        .filter(|line| !line.starts_with('#'))
        .filter_map(|line| line.split_once('='))
        .filter(|(key, _)| key.trim() == name)
        .map(|(_, value)| unquoted(value.trim()))
        .rfind(|value| !value.is_empty())
        .map(ToOwned::to_owned)
}

fn unquoted(value: &str) -> &str {
    ['"', '\'']
        .into_iter()
        .find_map(|quote| value.strip_prefix(quote)?.strip_suffix(quote))
        .unwrap_or(value)
}
