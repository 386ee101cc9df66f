//! The static files, built into the binary, and how pages refer to them.

use std::borrow::Cow;
use std::fmt::Write as _;

use rust_embed::Embed;

#[derive(Embed)]
#[folder = "static/"]
struct Static;

/// One static file.
#[derive(Debug)]
pub struct Asset {
    /// Its bytes.
    pub bytes: Cow<'static, [u8]>,
    /// Its media type, with the charset for text.
    pub mime: &'static str,
    /// A tag that changes with the contents.
    pub etag: String,
}

/// The static file of that name, as it stands after `/assets/`.
#[must_use]
pub fn asset(name: &str) -> Option<Asset> {
    let file = Static::get(name)?;
    let mime = match name.rsplit_once('.')?.1 {
        "css" => "text/css; charset=utf-8",
        "js" => "text/javascript; charset=utf-8",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        _ => "application/octet-stream",
    };
    let etag = tag(&file.metadata.sha256_hash());
    Some(Asset {
        bytes: file.data,
        mime,
        etag,
    })
}

/// The address of a static file: it changes with the contents, so that it can be cached for good.
#[must_use]
pub fn asset_href(name: &str) -> String {
    asset(name).map_or_else(
        || format!("/assets/{name}"),
        |asset| format!("/assets/{name}?v={}", asset.etag),
    )
}

fn tag(hash: &[u8]) -> String {
    hash.iter().take(6).fold(String::new(), |mut tag, byte| {
        let _ = write!(tag, "{byte:02x}");
        tag
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::adapters::templates::brand::contrast;

    #[test]
    fn the_stylesheet_is_served_as_css_under_an_address_of_its_contents() {
        let sheet = asset("app.css").unwrap();
        assert!(sheet.mime.starts_with("text/css"));
        assert_eq!(asset_href("app.css"), format!("/assets/app.css?v={}", sheet.etag));
        assert_eq!(sheet.etag.len(), 12);
    }

    #[test]
    fn nothing_outside_the_folder_is_served() {
        for name in ["../Cargo.toml", "/etc/passwd", "app", ""] {
            assert!(asset(name).is_none(), "{name}");
        }
    }

    /// The value of a token in the light (first) or the dark (second) set.
    fn token(css: &str, name: &str, dark: bool) -> String {
        let set = css.split(":root {").nth(if dark { 2 } else { 1 }).unwrap();
        let value = set.split(&format!("--{name}:")).nth(1).unwrap();
        value.split(';').next().unwrap().trim().to_owned()
    }

    #[test]
    fn the_tokens_reach_the_contrast_of_wcag_in_light_and_in_dark() {
        let sheet = asset("app.css").unwrap();
        let css = std::str::from_utf8(&sheet.bytes).unwrap();
        let text = [
            ("ink", "ground"),
            ("ink", "sheet"),
            ("ink", "wash"),
            ("ink-soft", "ground"),
            ("ink-soft", "sheet"),
            ("ink-soft", "wash"),
            ("bad", "bad-wash"),
            ("bad", "sheet"),
            ("bad", "ground"),
            ("warn", "warn-wash"),
            ("warn", "sheet"),
            ("good", "good-wash"),
            ("sheet", "bad"),
            ("accent", "sheet"),
            ("on-accent", "accent"),
        ];
        let edges = [
            ("line-strong", "sheet"),
            ("line-strong", "ground"),
            ("focus", "ground"),
            ("focus", "sheet"),
        ];
        for dark in [false, true] {
            for (pairs, least) in [(&text[..], 4.5), (&edges[..], 3.0)] {
                for (front, ground) in pairs {
                    let reached = contrast(&token(css, front, dark), &token(css, ground, dark));
                    assert!(reached >= least, "{front} on {ground}, dark {dark}: {reached:.2}");
                }
            }
        }
    }

    #[test]
    fn the_stylesheet_loads_nothing_the_policy_forbids() {
        let sheet = asset("app.css").unwrap();
        let css = std::str::from_utf8(&sheet.bytes).unwrap();
        for forbidden in ["data:", "http:", "https:", "@import", "@font-face"] {
            assert!(!css.contains(forbidden), "{forbidden}");
        }
    }
}
