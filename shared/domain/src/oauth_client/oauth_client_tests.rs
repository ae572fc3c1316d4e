use super::*;
use crate::Patch;
use crate::provider::CredentialMark;

fn at(millis: u64) -> Timestamp {
    Timestamp::from_millis(millis)
}

fn issuer(raw: &str) -> Patch<IssuerUrl> {
    Patch::Set(IssuerUrl::try_from(raw.to_owned()).unwrap())
}

fn endpoint(raw: &str) -> Patch<HttpsUrl> {
    Patch::Set(HttpsUrl::try_from(raw.to_owned()).unwrap())
}

fn client_id(raw: &str) -> ClientId {
    ClientId::try_from(raw.to_owned()).unwrap()
}

fn made(server: AuthorizationServerPatch) -> Result<OauthClient> {
    let asked = CreateOauthClient {
        name: ItemName::try_from("Drive".to_owned()).unwrap(),
        server,
        client_id: client_id("portal"),
        scopes: BTreeSet::from([Scope::try_from("files".to_owned()).unwrap()]),
        redirect_uris: BTreeSet::new(),
    };
    asked.made(OauthClientId::from_parts(1, 1), "usr".to_owned(), at(1))
}

fn by_issuer() -> AuthorizationServerPatch {
    AuthorizationServerPatch { issuer: issuer("https://login.example.com/acme"), ..AuthorizationServerPatch::default() }
}

fn by_endpoints() -> AuthorizationServerPatch {
    AuthorizationServerPatch {
        authorization_endpoint: endpoint("https://www.example.com/authorize"),
        token_endpoint: endpoint("https://api.example.com/token"),
        ..AuthorizationServerPatch::default()
    }
}

fn with_secret(server: AuthorizationServerPatch) -> OauthClient {
    let mark = CredentialMark { mask: "••••".to_owned(), fingerprint: "0123456789abcdef".to_owned() };
    let credential = Credential { version: 1, mark, set_at: at(1), set_by: "usr".to_owned(), last_used_at: None };
    OauthClient { credential: Some(credential), ..made(server).unwrap() }
}

fn edit(server: AuthorizationServerPatch) -> EditOauthClient {
    let id = OauthClientId::from_parts(1, 1);
    let (scopes, redirect_uris) = (Patch::Keep, Patch::Keep);
    EditOauthClient { id, version: 1, name: None, server, client_id: None, scopes, redirect_uris }
}

#[test]
fn a_server_is_known_by_its_issuer_or_by_both_endpoints() {
    assert!(made(by_issuer()).is_ok() && made(by_endpoints()).is_ok());
    let both = AuthorizationServerPatch { issuer: by_issuer().issuer, ..by_endpoints() };
    let one = AuthorizationServerPatch { token_endpoint: Patch::Keep, ..by_endpoints() };
    let other = AuthorizationServerPatch { authorization_endpoint: Patch::Keep, ..by_endpoints() };
    for (server, pointer) in [
        (AuthorizationServerPatch::default(), "/issuer"),
        (both, "/issuer"),
        (one, "/token_endpoint"),
        (other, "/authorization_endpoint"),
    ] {
        assert_eq!(made(server).unwrap_err().pointer(), Some(pointer));
    }
}

#[test]
fn a_secret_follows_to_no_other_issuer_token_host_or_client_id() {
    let default = AuthorizationServerPatch::default;
    for (before, patch, stays) in [
        (by_issuer(), default(), true),
        (
            by_issuer(),
            AuthorizationServerPatch { issuer: issuer("https://login.example.com/beta"), ..default() },
            false,
        ),
        (by_issuer(), AuthorizationServerPatch { issuer: issuer("https://evil.example/acme"), ..default() }, false),
        (by_issuer(), by_endpoints(), false),
        (by_endpoints(), by_issuer(), false),
        (
            by_endpoints(),
            AuthorizationServerPatch { token_endpoint: endpoint("https://api.example.com/v2/token"), ..default() },
            true,
        ),
        (
            by_endpoints(),
            AuthorizationServerPatch { token_endpoint: endpoint("https://evil.example/token"), ..default() },
            false,
        ),
        (
            by_endpoints(),
            AuthorizationServerPatch {
                authorization_endpoint: endpoint("https://sign-in.example/authorize"),
                ..default()
            },
            true,
        ),
    ] {
        let after = edit(patch.clone()).apply(&with_secret(before), at(2)).unwrap();
        assert_eq!(after.credential.is_some(), stays, "{patch:?}");
    }
    let renamed = EditOauthClient { client_id: Some(client_id("other")), ..edit(default()) };
    assert_eq!(renamed.apply(&with_secret(by_issuer()), at(2)).unwrap().credential, None);
}

#[test]
fn lists_have_an_end() {
    let scopes: BTreeSet<_> = (0..=SCOPES_MAX).map(|n| Scope::try_from(format!("s{n}")).unwrap()).collect();
    let uri = |n| RedirectUri::try_from(format!("https://hub.example.com/{n}")).unwrap();
    let uris: BTreeSet<_> = (0..=REDIRECT_URIS_MAX).map(uri).collect();
    let too_many = EditOauthClient { scopes: Patch::Set(scopes), ..edit(AuthorizationServerPatch::default()) };
    let too_far = EditOauthClient { redirect_uris: Patch::Set(uris), ..edit(AuthorizationServerPatch::default()) };
    for (edit, pointer) in [(too_many, "/scopes"), (too_far, "/redirect_uris")] {
        assert_eq!(edit.apply(&with_secret(by_issuer()), at(2)).unwrap_err().pointer(), Some(pointer));
    }
}

#[test]
fn a_client_reads_as_it_was_written() {
    for server in [by_issuer(), by_endpoints()] {
        let client = with_secret(server);
        let text = serde_json::to_string(&client).unwrap();
        assert_eq!(serde_json::from_str::<OauthClient>(&text).unwrap(), client);
    }
}
