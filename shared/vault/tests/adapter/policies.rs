//! The policies in `infra/vault`: each lets its function's calls through and refuses others.

use std::time::Duration;

use vault::{Fault, Kind, Vault};

use crate::place::{Place, Terms, secret};

const CREDENTIAL_LEASES: &str = include_str!("../../../../infra/vault/credential-leases.hcl");
const IDENTITY: &str = include_str!("../../../../infra/vault/identity.hcl");
const ORGANIZATIONS: &str = include_str!("../../../../infra/vault/organizations.hcl");
const TENANT_LIFECYCLE: &str = include_str!("../../../../infra/vault/tenant-lifecycle.hcl");
const INVITATIONS: &str = include_str!("../../../../infra/vault/invitations.hcl");
const NOTIFICATIONS: &str = include_str!("../../../../infra/vault/notifications.hcl");
const PROVIDERS: &str = include_str!("../../../../infra/vault/providers.hcl");
const PROVIDER_ROTATIONS: &str = include_str!("../../../../infra/vault/provider-rotations.hcl");
const PROVIDER_TESTS: &str = include_str!("../../../../infra/vault/provider-tests.hcl");
const TOOL_INTEGRATIONS: &str = include_str!("../../../../infra/vault/tool-integrations.hcl");
const TOOL_CHECKS: &str = include_str!("../../../../infra/vault/tool-checks.hcl");
const TOOL_WATCH: &str = include_str!("../../../../infra/vault/tool-watch.hcl");
const IMPORTS: &str = include_str!("../../../../infra/vault/imports.hcl");
const QUOTAS: &str = include_str!("../../../../infra/vault/quotas.hcl");
const ENCRYPTION_KEYS: &str = include_str!("../../../../infra/vault/encryption-keys.hcl");
const IMPORT_WORKER: &str = include_str!("../../../../infra/vault/import-worker.hcl");

/// Every kind of call on every kind of path, by name.
const CALLS: [&str; 34] = [
    "make key",
    "see key",
    "data key",
    "open data key",
    "destroy key",
    "make platform key",
    "make temporary-password key",
    "make link key",
    "read platform key",
    "destroy platform key",
    "make import key",
    "destroy import key",
    "list organization",
    "destroy organization secret",
    "make fingerprint key",
    "store credential",
    "forget credential",
    "read credential",
    "wrap credential",
    "wrap credential for longer than a minute",
    "make tool fingerprint key",
    "store tool credential",
    "forget tool credential",
    "read headers",
    "read client secret",
    "wrap tool credential",
    "wrap tool credential for longer than a minute",
    "read credential to replace it",
    "store second credential",
    "read second credential",
    "forget second credential",
    "rotate key",
    "rewrap data key",
    "retire versions",
];

/// Where credentials of tools are kept.
const KEPT_TOOLS: [&str; 3] = ["orgs/1/mcp-servers/z", "platform/mcp-servers/z", "orgs/1/oauth-clients/z"];

/// Where those come and go.
const TOOLS: [&str; 3] = ["orgs/1/mcp-servers/y", "platform/mcp-servers/y", "orgs/1/oauth-clients/y"];

async fn run(vault: &Vault, call: &str, wrapped: &str) -> Result<(), Fault> {
    match call {
        "make key" => vault.create_organization_key("org_new").await,
        "see key" => vault.organization_key_exists("org_old").await.map(|_| ()),
        "data key" => vault.data_key("org_old").await.map(|_| ()),
        "open data key" => vault.unwrap_data_key("org_old", wrapped).await.map(|_| ()),
        "destroy key" => vault.destroy_organization_key("org_doomed").await,
        "make platform key" => vault.secret_once("platform/keys/new", secret("v")).await.map(|_| ()),
        "make temporary-password key" => {
            vault.secret_once("platform/keys/temporary-passwords", secret("v")).await.map(|_| ())
        }
        "make link key" => vault.secret_once("platform/keys/links", secret("v")).await.map(|_| ()),
        "read platform key" => vault.read_secret("platform/keys/old").await.map(|_| ()),
        "destroy platform key" => vault.destroy_secret("platform/keys/old").await,
        "make import key" => vault.secret_once("platform/imports/1", secret("v")).await.map(|_| ()),
        "destroy import key" => vault.destroy_secret("platform/imports/1").await,
        "list organization" => vault.secrets_under("orgs/1").await.map(|_| ()),
        "destroy organization secret" => vault.destroy_secret("orgs/1/providers/x").await,
        "make fingerprint key" => {
            vault.secret_once("platform/keys/provider-fingerprints", secret("v")).await.map(|_| ())
        }
        "store credential" => {
            for path in ["orgs/1/providers/y", "platform/providers/y"] {
                let after = vault.newest_version(path).await?;
                let _ = vault.write_version(path, after, &[("api_key", secret("v"))]).await?;
            }
            Ok(())
        }
        "forget credential" => {
            vault.destroy_versions("orgs/1/providers/y", vec![1]).await?;
            vault.destroy_versions("platform/providers/y", vec![1]).await?;
            vault.destroy_secret("platform/providers/y").await
        }
        "rotate key" => vault.rotate_organization_key("org_old").await,
        "rewrap data key" => vault.rewrap_data_keys("org_old", &[wrapped.to_owned()]).await.map(|_| ()),
        "retire versions" => vault.retire_organization_key_versions("org_old", 1).await,
        "read credential" => vault.read_secret("orgs/1/providers/z").await.map(|_| ()),
        "wrap credential" => wrap(vault, 60).await,
        "wrap credential for longer than a minute" => wrap(vault, 61).await,
        other => run_on_rotations(vault, other).await,
    }
}

async fn run_on_rotations(vault: &Vault, call: &str) -> Result<(), Fault> {
    match call {
        "read credential to replace it" => {
            for path in ["orgs/1/providers/z", "platform/providers/z"] {
                let _ = vault.newest_version(path).await?;
                let _ = vault.read_version(path, 1).await?;
            }
            Ok(())
        }
        "store second credential" => {
            for path in ["orgs/1/rotations/y", "platform/rotations/y"] {
                let after = vault.newest_version(path).await?;
                let _ = vault.write_version(path, after, &[("admin_key", secret("v"))]).await?;
            }
            Ok(())
        }
        "read second credential" => {
            for path in ["orgs/1/rotations/z", "platform/rotations/z"] {
                let _ = vault.read_version(path, 1).await?;
            }
            Ok(())
        }
        "forget second credential" => {
            for path in ["orgs/1/rotations/y", "platform/rotations/y"] {
                vault.destroy_versions(path, vec![1]).await?;
                vault.destroy_secret(path).await?;
            }
            Ok(())
        }
        other => run_on_tools(vault, other).await,
    }
}

async fn run_on_tools(vault: &Vault, call: &str) -> Result<(), Fault> {
    match call {
        "make tool fingerprint key" => {
            vault.secret_once("platform/keys/tool-fingerprints", secret("v")).await.map(|_| ())
        }
        "store tool credential" => {
            for path in TOOLS {
                let after = vault.newest_version(path).await?;
                let _ = vault.write_version(path, after, &[("authorization", secret("v"))]).await?;
            }
            Ok(())
        }
        "forget tool credential" => {
            for path in TOOLS {
                vault.destroy_versions(path, vec![1]).await?;
                vault.destroy_secret(path).await?;
            }
            Ok(())
        }
        "read headers" => {
            let _ = vault.read_version("platform/mcp-servers/z", 1).await?;
            vault.read_version("orgs/1/mcp-servers/z", 1).await.map(|_| ())
        }
        "wrap tool credential" => wrap_tools(vault, 60).await,
        "wrap tool credential for longer than a minute" => wrap_tools(vault, 61).await,
        "read client secret" => vault.read_version("orgs/1/oauth-clients/z", 1).await.map(|_| ()),
        other => panic!("unknown call {other}"),
    }
}

async fn wrap(vault: &Vault, seconds: u64) -> Result<(), Fault> {
    vault.wrap_version("orgs/1/providers/z", 1, Duration::from_secs(seconds)).await.map(|_| ())
}

async fn wrap_tools(vault: &Vault, seconds: u64) -> Result<(), Fault> {
    for path in KEPT_TOOLS {
        let _ = vault.wrap_version(path, 1, Duration::from_secs(seconds)).await?;
    }
    Ok(())
}

/// The calls that the policy allows, on a fresh server that holds one of everything.
async fn allowed_by(policy: &'static str) -> Vec<&'static str> {
    let place = Place::start().await;
    let root = place.root();
    for key in ["org_old", "org_doomed"] {
        root.create_organization_key(key).await.unwrap();
    }
    let wrapped = root.data_key("org_old").await.unwrap_or_else(|fault| panic!("{fault}")).wrapped;
    let kept = ["platform/keys/old", "orgs/1/providers/x", "orgs/1/providers/z"];
    for path in kept.into_iter().chain(KEPT_TOOLS) {
        root.secret_once(path, secret("v")).await.unwrap_or_else(|fault| panic!("{fault}"));
    }
    let vault = place.role("tested", Terms { policy, token_ttl: "10m", token_max_ttl: "1h", logins: 1 }).await;
    let mut allowed = Vec::new();
    for call in CALLS {
        match run(&vault, call, &wrapped).await {
            Ok(()) => allowed.push(call),
            Err(fault) => assert_eq!(fault.kind(), Kind::Refused, "{call}: {fault:?}"),
        }
    }
    allowed
}

#[tokio::test]
async fn identity_reads_and_makes_platform_keys_and_nothing_else() {
    let expected = [
        "make platform key",
        "make temporary-password key",
        "make link key",
        "read platform key",
        "make fingerprint key",
        "make tool fingerprint key",
    ];
    assert_eq!(allowed_by(IDENTITY).await, expected);
}

#[tokio::test]
async fn organizations_makes_organization_keys_and_neither_destroys_nor_opens_any() {
    assert_eq!(allowed_by(ORGANIZATIONS).await, ["make key", "see key", "rotate key", "retire versions"]);
}

#[tokio::test]
async fn tenant_lifecycle_also_destroys_keys_and_what_an_organization_kept_and_reads_none_of_it() {
    let expected = [
        "make key",
        "see key",
        "destroy key",
        "list organization",
        "destroy organization secret",
        "rotate key",
        "retire versions",
    ];
    assert_eq!(allowed_by(TENANT_LIFECYCLE).await, expected);
}

#[tokio::test]
async fn invitations_and_notifications_read_and_make_the_key_of_links_and_nothing_else() {
    assert_eq!(allowed_by(INVITATIONS).await, ["make link key"]);
    assert_eq!(allowed_by(NOTIFICATIONS).await, ["make link key"]);
}

#[tokio::test]
async fn providers_stores_and_destroys_credentials_and_reads_none_and_seals_parameters() {
    let expected = [
        "data key",
        "open data key",
        "destroy organization secret",
        "make fingerprint key",
        "store credential",
        "forget credential",
        "store second credential",
        "forget second credential",
    ];
    assert_eq!(allowed_by(PROVIDERS).await, expected);
}

#[tokio::test]
async fn provider_rotations_reads_writes_and_destroys_credentials_and_reads_and_destroys_the_second_ones() {
    let expected = [
        "destroy organization secret",
        "make fingerprint key",
        "store credential",
        "forget credential",
        "read credential",
        "wrap credential",
        "wrap credential for longer than a minute",
        "read credential to replace it",
        "read second credential",
        "forget second credential",
    ];
    assert_eq!(allowed_by(PROVIDER_ROTATIONS).await, expected);
}

#[tokio::test]
async fn provider_tests_reads_credentials_and_nothing_else() {
    let expected = ["read credential", "wrap credential", "wrap credential for longer than a minute"];
    assert_eq!(allowed_by(PROVIDER_TESTS).await, expected);
}

#[tokio::test]
async fn credential_leases_lets_others_fetch_a_credential_within_a_minute_and_can_read_none() {
    assert_eq!(allowed_by(CREDENTIAL_LEASES).await, ["open data key", "wrap credential", "wrap tool credential"]);
}

#[tokio::test]
async fn tool_integrations_stores_and_destroys_credentials_of_tools_and_reads_none() {
    let expected = ["make tool fingerprint key", "store tool credential", "forget tool credential"];
    assert_eq!(allowed_by(TOOL_INTEGRATIONS).await, expected);
}

#[tokio::test]
async fn tool_checks_and_tool_watch_read_headers_of_mcp_servers_and_nothing_else() {
    assert_eq!(allowed_by(TOOL_CHECKS).await, ["read headers"]);
    assert_eq!(allowed_by(TOOL_WATCH).await, ["read headers"]);
}

#[tokio::test]
async fn imports_may_do_nothing() {
    assert_eq!(allowed_by(IMPORTS).await, [""; 0]);
}

#[tokio::test]
async fn the_import_worker_makes_and_destroys_import_keys_makes_the_key_of_temporary_passwords_and_reads_platform_keys()
{
    assert_eq!(
        allowed_by(IMPORT_WORKER).await,
        ["make temporary-password key", "read platform key", "make import key", "destroy import key"]
    );
}

#[tokio::test]
async fn quotas_makes_and_opens_data_keys_and_nothing_else() {
    assert_eq!(allowed_by(QUOTAS).await, ["data key", "open data key"]);
}

/// Vault counts the making of a key as an update of it.
#[tokio::test]
async fn encryption_keys_turns_keys_and_neither_opens_a_data_key_nor_makes_one_nor_destroys_any_key() {
    let expected = ["make key", "see key", "rotate key", "rewrap data key", "retire versions"];
    assert_eq!(allowed_by(ENCRYPTION_KEYS).await, expected);
}

#[tokio::test]
async fn no_function_reaches_a_key_of_another_kind_or_the_server_itself() {
    for policy in [
        CREDENTIAL_LEASES,
        IDENTITY,
        ORGANIZATIONS,
        TENANT_LIFECYCLE,
        INVITATIONS,
        NOTIFICATIONS,
        PROVIDERS,
        PROVIDER_ROTATIONS,
        PROVIDER_TESTS,
        TOOL_INTEGRATIONS,
        TOOL_CHECKS,
        TOOL_WATCH,
        IMPORTS,
        IMPORT_WORKER,
        QUOTAS,
        ENCRYPTION_KEYS,
    ] {
        let place = Place::start().await;
        let vault = place.role("tested", Terms { policy, token_ttl: "10m", token_max_ttl: "1h", logins: 1 }).await;
        assert_eq!(vault.create_organization_key("checkpoints").await.unwrap_err().kind(), Kind::Refused);
        assert_eq!(vault.read_secret("elsewhere/a").await.err().unwrap().kind(), Kind::Refused);
        assert_eq!(vault.secrets_under("platform").await.unwrap_err().kind(), Kind::Refused);
    }
}
