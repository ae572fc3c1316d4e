//! What may be typed in, and what it means.

use outbound::{Address, Allowed, Fault, Outbound};

use crate::support::{Liar, address};

async fn check(list: &str, raw: &str, answer: &str) -> Result<(), Fault> {
    Outbound::new(Allowed::try_from(list).unwrap(), Liar::new(&[&[answer]]), vec![]).check(&address(raw)).await
}

#[tokio::test]
async fn this_machine_is_refused_however_it_is_written() {
    for host in [
        "127.0.0.1",
        "127.0.0.1.",
        "127.1",
        "127.0.1",
        "2130706433",
        "0x7f000001",
        "0x7f.0.0.1",
        "0x7f.1",
        "017700000001",
        "0177.0.0.1",
        "0177.0.0.01",
        "127.0.0.0x1",
        "%31%32%37.0.0.1",
        "127%2e0%2e0%2e1",
        "0",
        "0.0.0.0",
        "0x0",
        "[::1]",
        "[0:0:0:0:0:0:0:1]",
        "[::ffff:127.0.0.1]",
        "[::ffff:7f00:1]",
        "[::127.0.0.1]",
        "[64:ff9b::127.0.0.1]",
        "[64:ff9b:1::7f00:1]",
        "[2002:7f00:1::]",
        "[2001:0:7f00:1::]",
        "[::]",
        "[::ffff:0:127.0.0.1]",
    ] {
        assert_eq!(check("", &format!("https://{host}/v1"), "8.8.8.8").await, Err(Fault::NotPublic), "{host}");
    }
}

#[test]
fn what_is_no_plain_address_of_a_host_is_refused() {
    for raw in [
        "",
        "https://",
        "https:///",
        "https:///v1",
        "https://?a",
        "https:api.example.com",
        "api.example.com",
        "//api.example.com",
        "ftp://api.example.com",
        "file:///etc/passwd",
        "gopher://api.example.com",
        "https://user@api.example.com",
        "https://user:pw@api.example.com",
        "https://@api.example.com",
        "https://:@api.example.com",
        "https://api.example.com@evil.example",
        "https://evil.example\\@api.example.com",
        "https://api.example.com\\v1",
        "https://api.example.com#a",
        "https://api.example.com:0",
        "https://api.example.com:65536",
        "https://api.example.com:x",
        "https://api example.com",
        "https://api.example.com\n",
        " https://api.example.com",
        "https://api.\texample.com",
        "https://bücher.example",
        "https://１２７.0.0.1",
        "https://127。0。0。1",
        "https://api%00.example.com",
        "https://a%0ab.example",
        "https://api.example.com..",
        "https://.example.com",
        "https://a..b",
        "https://.",
        "https://1.2.3.4.5",
        "https://256.1.1.1",
        "https://0x1ffffffff",
        "https://[::1",
        "https://[::1%25eth0]",
        "https://[fe80::1%eth0]",
        "https://a|b.example",
    ] {
        assert!(Address::try_from(raw).is_err(), "{raw:?}");
    }
    assert!(Address::try_from(format!("https://a.example/{}", "x".repeat(2048)).as_str()).is_err());
    assert!(Address::try_from(format!("https://{}.example/", "x".repeat(64)).as_str()).is_err());
}

#[test]
fn an_address_is_kept_in_the_one_form_that_is_judged() {
    for (raw, kept) in [
        ("HTTPS://API.Example.COM.", "https://api.example.com/"),
        ("https://api.example.com:443/v1", "https://api.example.com/v1"),
        ("http://0x7f.1:8000", "http://127.0.0.1:8000/"),
        ("https://xn--bcher-kva.example/", "https://xn--bcher-kva.example/"),
        ("https://api.example.com/a/../b?x=@", "https://api.example.com/b?x=@"),
    ] {
        assert_eq!(address(raw).as_str(), kept);
    }
}

#[test]
fn another_host_scheme_or_port_is_another_origin_and_nothing_else_is() {
    let origin = |raw| address(raw).origin();
    assert_eq!(origin("https://a.example/v1?x"), origin("https://A.example.:443/v2"));
    for other in ["http://a.example", "https://b.example", "https://a.example:8443", "https://a.example.org"] {
        assert_ne!(origin("https://a.example"), origin(other), "{other}");
    }
}

#[test]
fn segments_and_pairs_cannot_leave_their_place() {
    let base = || address("https://a.example/v1/");
    assert_eq!(base().under(&["models"]).as_str(), "https://a.example/v1/models");
    assert_eq!(address("https://a.example").under(&["models"]).as_str(), "https://a.example/models");
    assert_eq!(base().under(&["..", "a/b?c#d", "."]).as_str(), "https://a.example/v1/a%2Fb%3Fc%23d");
    assert_eq!(base().asking("v", "1&w=2#").as_str(), "https://a.example/v1/?v=1%26w%3D2%23");
}

#[tokio::test]
async fn plain_http_and_older_ports_are_for_the_operators_list() {
    assert_eq!(check("", "http://a.example/", "8.8.8.8").await, Err(Fault::NotSecure));
    assert_eq!(check("", "http://a.example:8000/", "8.8.8.8").await, Err(Fault::NotSecure));
    for port in [1, 22, 25, 80, 442, 444, 465, 1023] {
        let raw = format!("https://a.example:{port}/");
        assert_eq!(check("", &raw, "8.8.8.8").await, Err(Fault::Port), "{port}");
        assert_eq!(check("a.example", &raw, "8.8.8.8").await, Ok(()), "{port}");
    }
    for port in [443, 1024, 8443, 65535] {
        assert_eq!(check("", &format!("https://a.example:{port}/"), "8.8.8.8").await, Ok(()), "{port}");
    }
    assert_eq!(check("a.example", "http://a.example/", "8.8.8.8").await, Ok(()));
    assert_eq!(check("a.example:8000", "http://a.example/", "8.8.8.8").await, Err(Fault::NotSecure));
}

#[tokio::test]
async fn what_is_listed_may_be_private_and_nothing_beside_it() {
    assert_eq!(check("a.example", "http://a.example/", "10.0.0.1").await, Ok(()));
    assert_eq!(check("a.example", "http://a.example./", "fd12::1").await, Ok(()));
    assert_eq!(check("a.example", "https://b.example/", "10.0.0.1").await, Err(Fault::NotPublic));
    assert_eq!(check("a.example", "http://a.example/", "169.254.169.254").await, Err(Fault::NotPublic));
    assert_eq!(check("10.0.0.0/24", "http://b.example/", "10.0.0.255").await, Ok(()));
    assert_eq!(check("10.0.0.0/24", "http://b.example/", "10.0.1.0").await, Err(Fault::NotPublic));
    assert_eq!(check("10.0.0.1:80", "http://[::ffff:10.0.0.1]/", "8.8.8.8").await, Ok(()));
}
