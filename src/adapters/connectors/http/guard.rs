//! Which addresses are reached: a name is looked up, and what it means now is judged where the connection is made, so that
//! no name, redirection or second look-up leads into the host's own network.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use ureq::config::Config;
use ureq::http::Uri;
use ureq::http::uri::Scheme;
use ureq::unversioned::resolver::{DefaultResolver, ResolvedSocketAddrs, Resolver};
use ureq::unversioned::transport::NextTimeout;

use crate::domain::data_map::AddressRange;

/// Looks names up, and gives back only what may be reached.
#[derive(Debug)]
pub(super) struct Guard {
    pub allowed: Vec<AddressRange>,
    pub inner: DefaultResolver,
}

/// No address of a name may be reached.
#[derive(Debug, thiserror::Error)]
#[error("its address is not a public one, or not encrypted: name it under allow_addresses if it is meant")]
pub(super) struct NotAllowed;

impl Resolver for Guard {
    fn resolve(
        &self,
        uri: &Uri,
        config: &Config,
        timeout: NextTimeout,
    ) -> Result<ResolvedSocketAddrs, ureq::Error> {
        let encrypted = uri.scheme() == Some(&Scheme::HTTPS);
        let mut kept = self.empty();
        for address in self.inner.resolve(uri, config, timeout)?.iter() {
            let named = self.allowed.iter().any(|range| range.contains(address.ip()));
            if named || (encrypted && is_public(address.ip())) {
                kept.push(*address);
            }
        }
        if kept.is_empty() {
            return Err(ureq::Error::Other(Box::new(NotAllowed)));
        }
        Ok(kept)
    }
}

/// Whether an address is one of the public internet's, and leads to no other that is not.
pub(super) fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => is_public_v4(address),
        IpAddr::V6(address) => is_public_v6(address),
    }
}

/// All but what RFC 6890 and its registry name for other purposes.
fn is_public_v4(address: Ipv4Addr) -> bool {
    let [a, b, c, _] = address.octets();
    !matches!(
        (a, b, c),
        (0 | 10 | 127 | 224.., _, _)
            | (100, 64..=127, _)
            | (169, 254, _)
            | (172, 16..=31, _)
            | (192, 0, 0 | 2)
            | (192, 88, 99)
            | (192, 168, _)
            | (198, 18 | 19, _)
            | (198, 51, 100)
            | (203, 0, 113)
    )
}

/// Global unicast, but for documentation and for what carries an IPv4 address; that of a NAT64 must be public itself.
fn is_public_v6(address: Ipv6Addr) -> bool {
    if let Some(inner) = address.to_ipv4_mapped() {
        return is_public_v4(inner);
    }
    match address.segments() {
        [0x64, 0xff9b, 0, 0, 0, 0, high, low] => {
            is_public_v4(Ipv4Addr::from_bits(u32::from(high) << 16 | u32::from(low)))
        }
        // Teredo, benchmarking and ORCHID; documentation; 6to4; documentation.
        [0x2001, 0..=0x1ff, ..] | [0x2001, 0xdb8, ..] | [0x2002, ..] | [0x3fff, 0..=0xfff, ..] => false,
        [0x2000..=0x3fff, ..] => true,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[rstest::rstest]
    #[case("8.8.8.8", true)]
    #[case("172.15.255.255", true)]
    #[case("172.16.0.0", false)]
    #[case("172.31.255.255", false)]
    #[case("172.32.0.0", true)]
    #[case("100.63.255.255", true)]
    #[case("100.64.0.0", false)]
    #[case("169.254.169.254", false)]
    #[case("192.168.255.255", false)]
    #[case("198.20.0.0", true)]
    #[case("223.255.255.255", true)]
    #[case("224.0.0.1", false)]
    #[case("255.255.255.255", false)]
    #[case("0.0.0.0", false)]
    #[case("127.255.255.255", false)]
    #[case("::1", false)]
    #[case("::", false)]
    #[case("::ffff:127.0.0.1", false)]
    #[case("::ffff:8.8.8.8", true)]
    #[case("64:ff9b::7f00:1", false)]
    #[case("64:ff9b::808:808", true)]
    #[case("64:ff9b:1::1", false)]
    #[case("2002:7f00:1::", false)]
    #[case("2001:0:1::1", false)]
    #[case("2001:db8::1", false)]
    #[case("2606:4700::1111", true)]
    #[case("fc00::1", false)]
    #[case("fe80::1", false)]
    #[case("ff02::1", false)]
    fn only_the_public_internet_is_public(#[case] address: &str, #[case] public: bool) {
        assert_eq!(is_public(address.parse().unwrap()), public);
    }

    /// The blocks that are not, as numbers: judged a second way, over all there are.
    #[test]
    #[ignore = "make soak"]
    fn all_ipv4_addresses() {
        let closed = [
            "0.0.0.0/8",
            "10.0.0.0/8",
            "100.64.0.0/10",
            "127.0.0.0/8",
            "169.254.0.0/16",
            "172.16.0.0/12",
            "192.0.0.0/24",
            "192.0.2.0/24",
            "192.88.99.0/24",
            "192.168.0.0/16",
            "198.18.0.0/15",
            "198.51.100.0/24",
            "203.0.113.0/24",
            "224.0.0.0/3",
        ];
        let closed = closed.map(|range| AddressRange::try_from(range.to_owned()).unwrap());
        for number in 0..=u32::MAX {
            let address = IpAddr::V4(Ipv4Addr::from_bits(number));
            let inside = closed.iter().any(|range| range.contains(address));
            assert_ne!(is_public(address), inside, "{address}");
        }
    }
}
