//! Who is at the other end of the connection, as far as that can be believed.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use actix_web::HttpRequest;

use crate::app::Web;

/// The client's address: the peer's, or what trusted proxies say it is. Each proxy appends whom it heard from to
/// `X-Forwarded-For`, so the last address there that is no trusted proxy's is the client's; what stands before it
/// anybody can have written.
#[must_use]
pub fn address(request: &HttpRequest, web: &Web) -> IpAddr {
    let peer = request
        .peer_addr()
        .map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), |peer| peer.ip());
    let lines = request.headers().get_all("x-forwarded-for");
    let forwarded: Vec<&str> = lines.filter_map(|line| line.to_str().ok()).collect();
    client_of(peer, &forwarded.join(","), |hop| {
        web.trusted_proxies.iter().any(|network| network.contains(hop))
    })
}

fn client_of(peer: IpAddr, forwarded: &str, is_proxy: impl Fn(IpAddr) -> bool) -> IpAddr {
    let mut client = peer.to_canonical();
    for hop in forwarded.rsplit(',').map(str::trim) {
        if !is_proxy(client) {
            break;
        }
        let Some(before) = read(hop) else { break };
        client = before.to_canonical();
    }
    client
}

/// An address with or without port and brackets.
fn read(hop: &str) -> Option<IpAddr> {
    let with_port = hop.parse::<std::net::SocketAddr>().map(|address| address.ip());
    let bare = hop.trim_start_matches('[').trim_end_matches(']');
    with_port.or_else(|_| bare.parse()).ok()
}

/// The network that intake is counted by: an IPv4 /24 or an IPv6 /64.
#[must_use]
pub fn neighbourhood(address: IpAddr) -> String {
    match address.to_canonical() {
        IpAddr::V4(v4) => {
            let [a, b, c, _] = v4.octets();
            format!("{}/24", Ipv4Addr::new(a, b, c, 0))
        }
        v6 @ IpAddr::V6(_) => network(v6),
    }
}

/// The network that failed logins are counted by: an IPv4 address or an IPv6 /64.
#[must_use]
pub fn network(address: IpAddr) -> String {
    match address.to_canonical() {
        IpAddr::V4(v4) => v4.to_string(),
        IpAddr::V6(v6) => {
            let prefix = v6.to_bits() >> 64 << 64;
            format!("{}/64", Ipv6Addr::from_bits(prefix))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ip(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    #[rstest::rstest]
    #[case("198.51.100.7", "", "198.51.100.7")]
    #[case("198.51.100.7", "203.0.113.9", "198.51.100.7")]
    #[case("10.0.0.1", "203.0.113.9", "203.0.113.9")]
    #[case("10.0.0.1", "192.0.2.66, 203.0.113.9", "203.0.113.9")]
    #[case("10.0.0.1", "192.0.2.66, 203.0.113.9, 10.0.0.2", "203.0.113.9")]
    #[case("10.0.0.1", "203.0.113.9:4711", "203.0.113.9")]
    #[case("10.0.0.1", "[2001:db8::9]:4711", "2001:db8::9")]
    #[case("10.0.0.1", "[2001:db8::9]", "2001:db8::9")]
    #[case("10.0.0.1", "203.0.113.9, unknown", "10.0.0.1")]
    #[case("10.0.0.1", "", "10.0.0.1")]
    #[case("::ffff:10.0.0.1", "203.0.113.9", "203.0.113.9")]
    fn only_trusted_proxies_say_who_the_client_is(
        #[case] peer: &str,
        #[case] forwarded: &str,
        #[case] client: &str,
    ) {
        let is_proxy = |hop| [ip("10.0.0.1"), ip("10.0.0.2")].contains(&hop);
        assert_eq!(client_of(ip(peer), forwarded, is_proxy), ip(client));
    }

    #[rstest::rstest]
    #[case("203.0.113.9", "203.0.113.0/24", "203.0.113.9")]
    #[case("::ffff:203.0.113.9", "203.0.113.0/24", "203.0.113.9")]
    #[case("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64", "2001:db8:1:2::/64")]
    fn neighbours_are_counted_together(#[case] address: &str, #[case] intake: &str, #[case] login: &str) {
        assert_eq!(neighbourhood(ip(address)), intake);
        assert_eq!(network(ip(address)), login);
    }
}
