//! Which addresses are public: the special-purpose registries of IANA as a table.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use ipnet::{Ipv4Net, Ipv6Net};

/// From where an address can be reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Reach {
    /// Globally, as the registries say.
    Public,
    /// Inside a network, or on this machine: what an operator means who allows a host by name.
    Private,
    /// Neither: link-local (the cloud's metadata), multicast, documentation, translated, reserved. Allowed only by its network.
    Special,
}

use Reach::{Private, Public, Special};

/// <https://www.iana.org/assignments/iana-ipv4-special-registry>, as of July 2026, and multicast. The narrowest row counts.
const V4: &[(Ipv4Net, Reach)] = &[
    v4([0, 0, 0, 0], 8, Special),
    v4([10, 0, 0, 0], 8, Private),
    v4([100, 64, 0, 0], 10, Private),
    v4([127, 0, 0, 0], 8, Private),
    v4([169, 254, 0, 0], 16, Special),
    v4([172, 16, 0, 0], 12, Private),
    v4([192, 0, 0, 0], 24, Special),
    v4([192, 0, 0, 9], 32, Public),
    v4([192, 0, 0, 10], 32, Public),
    v4([192, 0, 2, 0], 24, Special),
    v4([192, 88, 99, 0], 24, Special),
    v4([192, 168, 0, 0], 16, Private),
    v4([198, 18, 0, 0], 15, Special),
    v4([198, 51, 100, 0], 24, Special),
    v4([203, 0, 113, 0], 24, Special),
    v4([224, 0, 0, 0], 4, Special),
    v4([240, 0, 0, 0], 4, Special),
];

/// <https://www.iana.org/assignments/iana-ipv6-special-registry>, as of July 2026. What no row holds is public inside 2000::/3, the
/// only global unicast space there is, and special outside of it, where IPv4-mapped and -compatible addresses lie too.
const V6: &[(Ipv6Net, Reach)] = &[
    v6([0, 0, 0, 0, 0, 0, 0, 0], 0, Special),
    v6([0, 0, 0, 0, 0, 0, 0, 1], 128, Private),
    v6([0x2000, 0, 0, 0, 0, 0, 0, 0], 3, Public),
    v6([0x2001, 0, 0, 0, 0, 0, 0, 0], 23, Special),
    v6([0x2001, 1, 0, 0, 0, 0, 0, 1], 128, Public),
    v6([0x2001, 1, 0, 0, 0, 0, 0, 2], 128, Public),
    v6([0x2001, 1, 0, 0, 0, 0, 0, 3], 128, Public),
    v6([0x2001, 3, 0, 0, 0, 0, 0, 0], 32, Public),
    v6([0x2001, 4, 0x112, 0, 0, 0, 0, 0], 48, Public),
    v6([0x2001, 0x20, 0, 0, 0, 0, 0, 0], 28, Public),
    v6([0x2001, 0x30, 0, 0, 0, 0, 0, 0], 28, Public),
    v6([0x2001, 0xdb8, 0, 0, 0, 0, 0, 0], 32, Special),
    v6([0x2002, 0, 0, 0, 0, 0, 0, 0], 16, Special),
    v6([0x3fff, 0, 0, 0, 0, 0, 0, 0], 20, Special),
    v6([0xfc00, 0, 0, 0, 0, 0, 0, 0], 7, Private),
    // Not of the registry: where Amazon's machines find their metadata, name server and clock.
    v6([0xfd00, 0xec2, 0, 0, 0, 0, 0, 0], 32, Special),
];

/// Translated to IPv4 by the network (RFC 6052): as public as the address inside. Its local sister 64:ff9b:1::/48 is special.
const NAT64: Ipv6Net = v6([0x64, 0xff9b, 0, 0, 0, 0, 0, 0], 96, Special).0;

impl Reach {
    /// Of the address as it is used: an IPv4-mapped one is the IPv4 address inside.
    pub(crate) fn of(address: IpAddr) -> Self {
        match address.to_canonical() {
            IpAddr::V4(address) => Self::of_v4(address),
            IpAddr::V6(address) => Self::of_v6(address),
        }
    }

    fn of_v4(address: Ipv4Addr) -> Self {
        let rows = V4.iter().filter(|(net, _)| net.contains(&address));
        rows.max_by_key(|(net, _)| net.prefix_len()).map_or(Public, |(_, reach)| *reach)
    }

    fn of_v6(address: Ipv6Addr) -> Self {
        if NAT64.contains(&address) {
            let [.., a, b, c, d] = address.octets();
            let inside = Self::of_v4(Ipv4Addr::new(a, b, c, d));
            return if inside == Public { Public } else { Special };
        }
        let rows = V6.iter().filter(|(net, _)| net.contains(&address));
        rows.max_by_key(|(net, _)| net.prefix_len()).map_or(Special, |(_, reach)| *reach)
    }
}

const fn v4([a, b, c, d]: [u8; 4], prefix: u8, reach: Reach) -> (Ipv4Net, Reach) {
    (Ipv4Net::new_assert(Ipv4Addr::new(a, b, c, d), prefix), reach)
}

const fn v6([a, b, c, d, e, f, g, h]: [u16; 8], prefix: u8, reach: Reach) -> (Ipv6Net, Reach) {
    (Ipv6Net::new_assert(Ipv6Addr::new(a, b, c, d, e, f, g, h), prefix), reach)
}
