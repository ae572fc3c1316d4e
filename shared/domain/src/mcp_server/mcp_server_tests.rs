use super::*;
use crate::provider::{Credential, CredentialMark};

fn url(raw: &str) -> McpUrl {
    McpUrl::try_from(raw.to_owned()).unwrap()
}

fn at(millis: u64) -> Timestamp {
    Timestamp::from_millis(millis)
}

fn server() -> McpServer {
    let asked = CreateMcpServer {
        name: ItemName::try_from("Tools".to_owned()).unwrap(),
        url: url("https://mcp.example.com/mcp"),
    };
    let mark = CredentialMark { mask: "••••".to_owned(), fingerprint: "0123456789abcdef".to_owned() };
    let credential = Credential { version: 3, mark, set_at: at(1), set_by: "usr".to_owned(), last_used_at: None };
    let headers = vec![CredentialHeader::try_from("Authorization".to_owned()).unwrap()];
    let seen = Seen::after(None, &Look::Failed(Unreachable::Late), at(2));
    let held = HeaderCredential { headers, credential };
    McpServer {
        credential: Some(held),
        seen: Some(seen),
        ..asked.made(McpServerId::from_parts(1, 1), "usr".to_owned(), at(1))
    }
}

fn edit(to: Option<&str>) -> EditMcpServer {
    EditMcpServer { id: server().id, version: 1, name: None, url: to.map(url), enabled: None }
}

#[test]
fn headers_follow_to_no_other_scheme_host_or_port_and_what_was_seen_to_no_other_address() {
    for (to, headers_stay, seen_stays) in [
        (None, true, true),
        (Some("https://MCP.example.com:443/mcp"), true, true),
        (Some("https://mcp.example.com/mcp/"), true, false),
        (Some("https://mcp.example.com/other"), true, false),
        (Some("http://mcp.example.com:443/mcp"), false, false),
        (Some("https://mcp.example.com:8443/mcp"), false, false),
        (Some("https://evil.example/mcp"), false, false),
    ] {
        let after = edit(to).apply(&server(), at(5));
        assert_eq!((after.credential.is_some(), after.seen.is_some()), (headers_stay, seen_stays), "{to:?}");
        assert_eq!(after.version, 2);
    }
}

#[test]
fn a_server_is_looked_at_when_it_is_enabled_and_due() {
    let server = server();
    let next = server.seen.as_ref().unwrap().next_at;
    assert!(server.is_due(next) && !server.is_due(at(next.millis() - 1)));
    assert!(McpServer { seen: None, ..server.clone() }.is_due(at(0)), "nobody has looked yet");
    assert!(!McpServer { enabled: false, ..server }.is_due(next));
}

#[test]
fn what_was_found_with_other_headers_does_not_hold() {
    let mut other = server();
    assert!(server().is_asked_like(&other));
    other.credential.as_mut().unwrap().credential.version = 4;
    assert!(!server().is_asked_like(&other));
    assert!(!server().is_asked_like(&McpServer { credential: None, ..server() }));
    assert!(!server().is_asked_like(&McpServer { url: url("https://mcp.example.com/"), ..server() }));
}
