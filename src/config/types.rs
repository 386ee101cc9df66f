//! Values of settings that are more than texts and numbers.

use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;

use secrecy::SecretString;
use serde::de::{Error, IntoDeserializer};
use serde::{Deserialize, Deserializer};
use url::Url;

/// An address, or all that begin with the same bits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct Network {
    address: IpAddr,
    bits: u8,
}

impl Network {
    /// Whether `address` is in it. An IPv4 address that came as IPv6 counts as IPv4.
    #[must_use]
    pub fn contains(&self, address: IpAddr) -> bool {
        match (self.address.to_canonical(), address.to_canonical()) {
            (IpAddr::V4(own), IpAddr::V4(other)) => {
                let differing = own.to_bits() ^ other.to_bits();
                differing.leading_zeros() >= u32::from(self.bits)
            }
            (IpAddr::V6(own), IpAddr::V6(other)) => {
                let differing = own.to_bits() ^ other.to_bits();
                differing.leading_zeros() >= u32::from(self.bits)
            }
            _ => false,
        }
    }
}

impl TryFrom<String> for Network {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        let wrong = "expected addresses or networks such as \"192.0.2.1\" or \"10.0.0.0/8\"";
        let (address, bits) = text.split_once('/').unwrap_or((&text, ""));
        let address: IpAddr = address.parse().map_err(|_| wrong)?;
        let longest = if address.is_ipv4() { 32 } else { 128 };
        let bits = match text.split_once('/') {
            Some(_) => bits.parse().map_err(|_| wrong)?,
            None => longest,
        };
        if bits > longest {
            return Err(wrong);
        }
        Ok(Self { address, bits })
    }
}

/// Where the wrapped keys of cases are.
#[derive(Clone, Debug)]
pub enum KeyStorePlace {
    /// Files in this directory.
    Directory(PathBuf),
    /// A PostgreSQL database of its own.
    Database(SecretString),
}

/// `secrets.key_store` as it is written; none: not set.
#[derive(Clone, Debug, Deserialize)]
#[serde(from = "String")]
pub struct KeyStoreSetting(pub Option<KeyStorePlace>);

impl From<String> for KeyStoreSetting {
    fn from(text: String) -> Self {
        Self(match text.as_str() {
            "" => None,
            url if url.starts_with("postgresql://") || url.starts_with("postgres://") => {
                Some(KeyStorePlace::Database(SecretString::from(text)))
            }
            _ => Some(KeyStorePlace::Directory(PathBuf::from(text))),
        })
    }
}

/// A text that may not be empty.
pub(super) fn filled<'de, D: Deserializer<'de>, T: Deserialize<'de>>(from: D) -> Result<T, D::Error> {
    optional(from)?.ok_or_else(|| D::Error::custom("expected a text that is not empty"))
}

/// An empty text is none.
pub(super) fn optional<'de, D: Deserializer<'de>, T: Deserialize<'de>>(
    from: D,
) -> Result<Option<T>, D::Error> {
    let text = String::deserialize(from)?;
    if text.is_empty() {
        return Ok(None);
    }
    T::deserialize(text.into_deserializer()).map(Some)
}

/// An address with its port.
pub(super) fn address<'de, D: Deserializer<'de>>(from: D) -> Result<SocketAddr, D::Error> {
    optional_address(from)?.ok_or_else(|| D::Error::custom(ADDRESS))
}

const ADDRESS: &str = "expected an address and a port such as \"127.0.0.1:8080\"";

/// An address with its port, or none.
pub(super) fn optional_address<'de, D: Deserializer<'de>>(from: D) -> Result<Option<SocketAddr>, D::Error> {
    let text: Option<String> = optional(from)?;
    text.map(|text| text.parse().map_err(|_| D::Error::custom(ADDRESS)))
        .transpose()
}

/// Where people reach the service: no query, no login.
pub(super) fn public_url<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Url>, D::Error> {
    let expected = "expected an address such as \"https://dataratt.host.example\"";
    let plain = |url: &Url| url.query().is_none() && url.fragment().is_none() && url.username().is_empty();
    url(from, &["http", "https"], plain, expected)
}

/// A mail server.
pub(super) fn smtp_url<'de, D: Deserializer<'de>>(from: D) -> Result<Option<SecretString>, D::Error> {
    let expected =
        "expected an address such as \"smtp://mail.host.example:587?tls=required\" or \"smtps://…\"";
    let known = |url: &Url| {
        url.query_pairs()
            .all(|(name, value)| name == "tls" && ["required", "opportunistic"].contains(&&*value))
    };
    let url = url(from, &["smtp", "smtps"], known, expected)?;
    Ok(url.map(|url| SecretString::from(String::from(url))))
}

/// A PostgreSQL database. Its own driver reads the rest.
pub(super) fn database_url<'de, D: Deserializer<'de>>(from: D) -> Result<Option<SecretString>, D::Error> {
    let expected = "expected an address such as \"postgresql://user:password@host/database\"";
    let text: Option<String> = optional(from)?;
    match text {
        Some(text) if text.starts_with("postgresql://") || text.starts_with("postgres://") => {
            Ok(Some(SecretString::from(text)))
        }
        Some(_) => Err(D::Error::custom(expected)),
        None => Ok(None),
    }
}

fn url<'de, D: Deserializer<'de>>(
    from: D,
    schemes: &[&str],
    fits: impl Fn(&Url) -> bool,
    expected: &str,
) -> Result<Option<Url>, D::Error> {
    let text: Option<String> = optional(from)?;
    let Some(text) = text else { return Ok(None) };
    match Url::parse(&text) {
        Ok(url)
            if schemes.contains(&url.scheme())
                && url.host_str().is_some_and(|h| !h.is_empty())
                && fits(&url) =>
        {
            Ok(Some(url))
        }
        _ => Err(D::Error::custom(expected)),
    }
}

/// A span of time with its sign and unit; a bare number is seconds.
#[cfg(feature = "testing")]
pub(super) fn offset<'de, D: Deserializer<'de>>(from: D) -> Result<chrono::TimeDelta, D::Error> {
    let text = String::deserialize(from)?;
    span(&text).ok_or_else(|| D::Error::custom("expected a span such as \"31d\", \"-2h\" or \"90s\""))
}

#[cfg(feature = "testing")]
pub(super) fn span(text: &str) -> Option<chrono::TimeDelta> {
    let unit = text.chars().last()?;
    let (number, seconds) = match unit {
        '0'..='9' => (text, 1),
        's' => (text.strip_suffix('s')?, 1),
        'm' => (text.strip_suffix('m')?, 60),
        'h' => (text.strip_suffix('h')?, 3600),
        'd' => (text.strip_suffix('d')?, 86400),
        _ => return None,
    };
    let number: i64 = number.parse().ok()?;
    chrono::TimeDelta::try_seconds(number.checked_mul(seconds)?)
}
