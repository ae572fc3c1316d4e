use proptest::prelude::*;

use super::*;

fn url(raw: &str) -> Result<BaseUrl, Rejected> {
    BaseUrl::try_from(raw.to_owned())
}

#[test]
fn an_address_is_kept_in_one_form() {
    for (raw, kept) in [
        ("https://api.openai.com/v1", "https://api.openai.com/v1"),
        (" HTTPS://API.OpenAI.com:443/v1/ ", "https://api.openai.com/v1"),
        ("https://api.example.com", "https://api.example.com"),
        ("https://api.example.com//", "https://api.example.com"),
        ("http://127.0.0.1:11434", "http://127.0.0.1:11434"),
        ("http://localhost:80/v1", "http://localhost/v1"),
        ("https://[2001:DB8::1]:8443/a/b", "https://[2001:db8::1]:8443/a/b"),
        ("https://xn--bcher-kva.example/V1", "https://xn--bcher-kva.example/V1"),
        ("https://3scale.example", "https://3scale.example"),
        ("https://models.1-2", "https://models.1-2"),
    ] {
        assert_eq!(url(raw).unwrap().to_string(), kept);
    }
}

#[test]
fn what_parsers_read_in_different_ways_is_refused() {
    for raw in [
        "",
        "api.openai.com",
        "ftp://api.example.com",
        "https://",
        "https:///v1",
        "https://user@api.example.com",
        "https://user:word@api.example.com",
        "https://api.example.com?key=1",
        "https://api.example.com/v1?key=1",
        "https://api.example.com/v1#a",
        "https://api.example.com\\@evil.example",
        "https://api.example.com:0",
        "https://api.example.com:",
        "https://api.example.com:+443",
        "https://api.example.com:0443",
        "https://api.example.com:65536",
        "https://2130706433",
        "https://0x7f000001",
        "https://0x7f.1",
        "https://127.1",
        "https://0177.0.0.1",
        "https://127.0.0.1.",
        "https://api.example.com.",
        "https://api..example.com",
        "https://-a.example",
        "https://bücher.example",
        "https://api.example.com/../v1",
        "https://api.example.com/./v1",
        "https://api.example.com/%2e%2e/v1",
        "https://api.example.com/a//b",
        "https://api.example.com/a b",
        "https://[::1",
        "https://::1",
        "https://[fe80::1%25eth0]",
        "https://[::1]x",
        "https://a_b.example",
        "https://api.example.com\t/v1",
    ] {
        assert!(url(raw).is_err(), "{raw:?} was taken");
    }
    assert!(url(&format!("https://api.example.com/{}", "a".repeat(500))).is_err());
}

#[test]
fn another_scheme_host_or_port_is_another_origin_and_another_path_is_not() {
    let at = url("https://api.example.com/v1").unwrap();
    for other in ["http://api.example.com:443/v1", "https://api.example.org/v1", "https://api.example.com:8443/v1"] {
        assert_ne!(url(other).unwrap().origin(), at.origin(), "{other}");
    }
    for same in ["https://api.example.com", "https://API.example.com:443/v2"] {
        assert_eq!(url(same).unwrap().origin(), at.origin(), "{same}");
    }
}

proptest! {
    #[test]
    fn what_is_kept_reads_as_itself(raw in "https?://[a-zA-Z0-9.:\\[\\]/_~@%-]{1,40}") {
        if let Ok(read) = url(&raw) {
            prop_assert_eq!(url(&read.to_string()).unwrap(), read);
        }
    }
}
