//! What is public is what IANA's registries say, read here in another way than there.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use outbound::{Allowed, Fault, Outbound};
use proptest::prelude::*;

use crate::support::{Liar, address};

/// A row of a registry: first and last address as numbers, and what it says of being reachable.
struct Row {
    first: u128,
    last: u128,
    says: &'static str,
}

fn rows(csv: &'static str, bits: u32) -> Vec<Row> {
    let parse = |line: &'static str| {
        let (block, rest) = line.split_once(',').unwrap();
        let (says, _) = rest.split_once(',').unwrap();
        let (ip, prefix) = block.split_once('/').unwrap();
        let first = number(ip.parse().unwrap());
        let size = bits - prefix.parse::<u32>().unwrap();
        Row { first, last: first + ((1 << size) - 1), says }
    };
    csv.lines().filter(|line| !line.starts_with('#')).map(parse).collect()
}

fn v4() -> Vec<Row> {
    rows(include_str!("special-v4.csv"), 32)
}

fn v6() -> Vec<Row> {
    rows(include_str!("special-v6.csv"), 128)
}

fn number(ip: IpAddr) -> u128 {
    match ip {
        IpAddr::V4(ip) => u32::from(ip).into(),
        IpAddr::V6(ip) => ip.into(),
    }
}

fn ip_v4(number: u128) -> IpAddr {
    Ipv4Addr::from(u32::try_from(number).unwrap()).into()
}

fn ip_v6(number: u128) -> IpAddr {
    Ipv6Addr::from(number).into()
}

/// The smallest row that holds the address decides.
fn expected(ip: IpAddr) -> bool {
    let at = number(ip);
    let rows = if ip.is_ipv4() { v4() } else { v6() };
    let row = rows.iter().filter(|row| (row.first..=row.last).contains(&at)).min_by_key(|row| row.last - row.first);
    match row.map(|row| row.says) {
        None => ip.is_ipv4(),
        Some("True") => true,
        Some("inside") => expected(ip_v4(at & 0xffff_ffff)),
        Some(_) => false,
    }
}

/// What is answered for the address, both as a host of its own and as the address of a name.
fn answered(ip: IpAddr) -> bool {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let outbound = Outbound::new(Allowed::default(), Liar::new(&[&[&ip.to_string()]]), vec![]);
    let host = if ip.is_ipv4() { ip.to_string() } else { format!("[{ip}]") };
    let literal = runtime.block_on(outbound.check(&address(&format!("https://{host}/"))));
    let named = runtime.block_on(outbound.check(&address("https://a.example/")));
    assert_eq!(literal, named, "{ip}");
    assert!(matches!(literal, Ok(()) | Err(Fault::NotPublic)), "{ip}");
    literal.is_ok()
}

/// What anybody may be called at.
const PUBLIC: &str = "
    1.1.1.1 8.8.8.8 9.255.255.255 11.0.0.0 100.63.255.255 100.128.0.0 126.255.255.255 128.0.0.0
    169.253.255.255 169.255.0.0 172.15.255.255 172.32.0.0 192.167.255.255 192.169.0.0 198.17.255.255
    198.20.0.0 223.255.255.255 2606:4700:4700::1111 2a00:1450:4001::1 2001:4860:4860::8888 2400:cb00::1
    64:ff9b::8.8.8.8 ::ffff:8.8.8.8
";

/// What nobody but the operator may let be called.
const HIDDEN: &str = "
    0.0.0.0 10.255.255.255 100.64.0.1 127.0.0.1 127.255.255.255 169.254.169.254 169.254.170.2 172.16.0.1
    172.31.255.255 192.168.1.1 224.0.0.1 239.255.255.255 240.0.0.1 255.255.255.255 :: ::1 ::7f00:1 ::8.8.8.8
    ::ffff:10.0.0.1 ::ffff:169.254.169.254 ::ffff:0:8.8.8.8 64:ff9b::10.0.0.1 64:ff9b::169.254.169.254
    64:ff9b:1::8.8.8.8 2002:808:808::1 2002:a00:1::1 2001::1 2001:db8::1 fc00::1 fd00:ec2::254 fe80::1 febf::1
    fec0::1 ff02::1 3fff::1 4000::1 5f00::1 100::1
";

/// Judges both edges of each row, what lies inside and what lies beside them; says how many addresses that were.
fn edges(rows: &[Row], top: u128, ip: fn(u128) -> IpAddr) -> usize {
    let mut judged = 0;
    for Row { first, last, .. } in rows {
        let inside =
            [*first, (first + 1).min(*last), first + (last - first) / 2, last.saturating_sub(1).max(*first), *last];
        let outside = [first.checked_sub(1), last.checked_add(1).filter(|after| *after <= top)];
        for at in inside.into_iter().chain(outside.into_iter().flatten()) {
            assert_eq!(answered(ip(at)), expected(ip(at)), "{}", ip(at));
            judged += 1;
        }
    }
    judged
}

#[test]
fn each_range_of_the_registries_is_judged_as_they_say_up_to_both_edges() {
    let judged = edges(&v4(), u32::MAX.into(), ip_v4) + edges(&v6(), u128::MAX, ip_v6);
    assert!(judged > 380, "{judged}");
}

#[test]
fn well_known_addresses_are_what_everybody_takes_them_for() {
    for (addresses, public) in [(PUBLIC, true), (HIDDEN, false)] {
        for address in addresses.split_whitespace() {
            assert_eq!(answered(address.parse().unwrap()), public, "{address}");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_address_is_judged_as_the_registries_say(low: u32, high: u128, row in 0_usize..31, within: u128) {
        let unicast = (high >> 3) | (1 << 125);
        let Row { first, last, .. } = &v6()[row];
        let special = first + within % (last - first).saturating_add(1).max(1);
        for ip in [ip_v4(low.into()), ip_v6(high), ip_v6(unicast), ip_v6(special)] {
            prop_assert_eq!(answered(ip), expected(ip), "{}", ip);
        }
    }
}
