//! The operator's list: where calls may go although it is private or plain http.

use std::net::IpAddr;

use domain::Rejected;
use ipnet::IpNet;
use url::Host;

use crate::address::Address;
use crate::fault::Fault;
use crate::reach::Reach;

/// Places that the operator vouches for; empty for most deployments.
///
/// An entry is `host`, `host:port` or a network such as `10.2.0.0/16`. There, plain http and every port (or the one named) may
/// be used. A host that is a name may have public, private and loopback addresses; other special ones, link-local above all,
/// where clouds keep their machines' credentials, are allowed by their network only.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Allowed(Vec<Entry>);

#[derive(Clone, Debug, PartialEq, Eq)]
struct Entry {
    place: Place,
    port: Option<u16>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Place {
    Name(String),
    Network(IpNet),
}

impl TryFrom<&str> for Allowed {
    type Error = Rejected;

    /// Reads entries with commas or white space between them.
    fn try_from(list: &str) -> Result<Self, Rejected> {
        let entries = list.split(|c: char| c == ',' || c.is_whitespace()).filter(|entry| !entry.is_empty());
        entries
            .map(entry)
            .collect::<Option<_>>()
            .map(Self)
            .ok_or(Rejected("must list hosts, hosts with ports and networks"))
    }
}

impl Allowed {
    /// Whether calls may go there, as far as that is known without asking for the host's addresses: a call asks, and decides.
    ///
    /// # Errors
    /// [`Fault::NotPublic`], [`Fault::NotSecure`], [`Fault::Port`]
    pub fn admits(&self, address: &Address) -> Result<(), Fault> {
        let host = address.host().ok_or(Fault::NameNotFound)?;
        let ip = match host {
            Host::Domain(_) if self.may_hold(&host, address.port()) => return Ok(()),
            Host::Domain(_) => return unlisted(None, address),
            Host::Ipv4(literal) => IpAddr::V4(literal),
            Host::Ipv6(literal) => IpAddr::V6(literal),
        };
        if self.holds(&host, ip, address.port()) { Ok(()) } else { unlisted(Some(ip), address) }
    }

    /// Whether a name may turn out to be on the list: by itself, or by an address in one of its networks.
    fn may_hold(&self, host: &Host<&str>, port: u16) -> bool {
        self.0.iter().filter(|entry| entry.port.is_none_or(|only| only == port)).any(|entry| match &entry.place {
            Place::Name(name) => *host == Host::Domain(name.as_str()),
            Place::Network(_) => true,
        })
    }

    /// Whether a connection for this host may go to this address and port whatever they are.
    pub(crate) fn holds(&self, host: &Host<&str>, address: IpAddr, port: u16) -> bool {
        self.0.iter().filter(|entry| entry.port.is_none_or(|only| only == port)).any(|entry| match &entry.place {
            Place::Name(name) => *host == Host::Domain(name.as_str()) && Reach::of(address) != Reach::Special,
            Place::Network(network) => network.contains(&address.to_canonical()),
        })
    }
}

/// What holds for everybody: public, secure, and no port where something older than the web may listen.
pub(crate) fn unlisted(ip: Option<IpAddr>, address: &Address) -> Result<(), Fault> {
    match address.port() {
        _ if ip.is_some_and(|ip| Reach::of(ip) != Reach::Public) => Err(Fault::NotPublic),
        _ if !address.is_secure() => Err(Fault::NotSecure),
        443 | 1024.. => Ok(()),
        _ => Err(Fault::Port),
    }
}

fn entry(raw: &str) -> Option<Entry> {
    if let Ok(network) = raw.parse::<IpNet>() {
        return Some(Entry { place: Place::Network(network.trunc()), port: None });
    }
    if let Ok(address) = raw.parse::<IpAddr>() {
        return Some(Entry { place: Place::Network(address.into()), port: None });
    }
    let (host, port) = match raw.rsplit_once(':') {
        Some((host, port)) if !raw.ends_with(']') => (host, Some(port.parse().ok()?)),
        _ => (raw, None),
    };
    let place = match Host::parse(host).ok()? {
        Host::Domain(name) if name.bytes().all(of_a_name) => Place::Name(name.trim_end_matches('.').to_owned()),
        Host::Domain(_) => return None,
        Host::Ipv4(address) => Place::Network(IpAddr::V4(address).into()),
        Host::Ipv6(address) => Place::Network(IpAddr::V6(address).to_canonical().into()),
    };
    Some(Entry { place, port })
}

/// Stars above all are not: an entry is one host.
fn of_a_name(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn holds(list: &str, host: &str, address: &str, port: u16) -> bool {
        let host = Host::parse(host).unwrap();
        let host = match &host {
            Host::Domain(name) => Host::Domain(name.as_str()),
            Host::Ipv4(address) => Host::Ipv4(*address),
            Host::Ipv6(address) => Host::Ipv6(*address),
        };
        Allowed::try_from(list).unwrap().holds(&host, address.parse().unwrap(), port)
    }

    #[test]
    fn what_is_known_of_an_address_without_asking_is_judged_as_a_call_judges_it() {
        let admits =
            |list: &str, address: &str| Allowed::try_from(list).unwrap().admits(&Address::try_from(address).unwrap());
        for address in
            ["https://api.example.com/v1", "https://api.example.com:8443", "https://1.1.1.1", "https://[2606:4700::1]"]
        {
            assert_eq!(admits("", address), Ok(()), "{address}");
        }
        for (address, fault) in [
            ("http://api.example.com", Fault::NotSecure),
            ("https://api.example.com:22", Fault::Port),
            ("https://10.0.0.5", Fault::NotPublic),
            ("http://169.254.169.254/latest", Fault::NotPublic),
            ("https://[::1]", Fault::NotPublic),
            ("https://[::ffff:127.0.0.1]", Fault::NotPublic),
            ("http://1.1.1.1", Fault::NotSecure),
        ] {
            assert_eq!(admits("", address), Err(fault), "{address}");
        }
        assert_eq!(admits("vllm.internal:8000", "http://vllm.internal:8000/v1"), Ok(()));
        assert_eq!(admits("vllm.internal:8000", "http://vllm.internal:8001/v1"), Err(Fault::NotSecure));
        assert_eq!(admits("vllm.internal", "http://other.internal"), Err(Fault::NotSecure));
        assert_eq!(admits("10.2.0.0/16", "http://10.2.0.7:8000"), Ok(()));
        assert_eq!(admits("10.2.0.0/16", "http://10.3.0.7:8000"), Err(Fault::NotPublic));
        assert_eq!(admits("10.2.0.0/16", "http://vllm.internal"), Ok(()), "its address may be one of these");
    }

    #[test]
    fn a_name_is_allowed_as_it_is_and_not_what_ends_like_it() {
        assert!(holds("vllm.internal", "vllm.internal", "10.0.0.5", 8000));
        assert!(holds("VLLM.internal.", "vllm.internal", "10.0.0.5", 8000));
        for host in ["evil-vllm.internal", "a.vllm.internal", "internal", "vllm.internal.evil.com"] {
            assert!(!holds("vllm.internal", host, "10.0.0.5", 8000), "{host}");
        }
    }

    #[test]
    fn a_port_limits_an_entry() {
        assert!(holds("vllm.internal:8000", "vllm.internal", "10.0.0.5", 8000));
        assert!(!holds("vllm.internal:8000", "vllm.internal", "10.0.0.5", 8001));
        assert!(holds("10.0.0.5:8000", "10.0.0.5", "10.0.0.5", 8000));
        assert!(!holds("10.0.0.5:8000", "10.0.0.5", "10.0.0.5", 22));
        assert!(holds("[fd12::1]:8000", "[fd12::1]", "fd12::1", 8000));
        assert!(!holds("[fd12::1]:8000", "[fd12::1]", "fd12::1", 8001));
        assert!(holds("fd12::1, [fd12::2]", "[fd12::2]", "fd12::2", 8001));
    }

    #[test]
    fn a_network_is_allowed_whatever_the_host_is_called() {
        assert!(holds("10.2.0.0/16", "anything.example", "10.2.255.255", 80));
        assert!(holds("10.2.0.0/16", "anything.example", "::ffff:10.2.0.1", 80));
        assert!(!holds("10.2.0.0/16", "anything.example", "10.3.0.0", 80));
        assert!(
            holds("10.2.3.4/16", "anything.example", "10.2.0.1", 80),
            "an entry with bits of a host is its network"
        );
        assert!(!holds("10.2.0.0/16", "anything.example", "::10.2.0.1", 80));
    }

    #[test]
    fn a_name_never_stands_for_where_clouds_keep_credentials() {
        for address in ["169.254.169.254", "fd00:ec2::254", "fe80::1", "::ffff:169.254.169.254", "0.0.0.0", "::"] {
            assert!(!holds("vllm.internal", "vllm.internal", address, 80), "{address}");
        }
        assert!(holds("169.254.0.0/16", "vllm.internal", "169.254.10.1", 80));
    }

    #[test]
    fn what_is_no_entry_is_refused_and_nothing_is_allowed_by_an_empty_list() {
        for list in ["10.0.0.0/33", "host:port", "host:70000", "http://host", "a b/c", "[::1", "*"] {
            assert!(Allowed::try_from(list).is_err(), "{list}");
        }
        assert_eq!(Allowed::try_from(" , ").unwrap(), Allowed::default());
    }
}
