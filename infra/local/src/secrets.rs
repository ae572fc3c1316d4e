//! The secrets server as an operator would set it up: transit, the login of functions, and each function's policy.

use anyhow::{Context, Result, bail};
use serde_json::{Value, json};
use vault::{Config, Login, Secret, Vault};

/// The policies of `infra/vault`, by function.
const POLICIES: [(&str, &str); 16] = [
    ("credential-leases", include_str!("../../vault/credential-leases.hcl")),
    ("encryption-keys", include_str!("../../vault/encryption-keys.hcl")),
    ("identity", include_str!("../../vault/identity.hcl")),
    ("import-worker", include_str!("../../vault/import-worker.hcl")),
    ("imports", include_str!("../../vault/imports.hcl")),
    ("invitations", include_str!("../../vault/invitations.hcl")),
    ("notifications", include_str!("../../vault/notifications.hcl")),
    ("organizations", include_str!("../../vault/organizations.hcl")),
    ("provider-rotations", include_str!("../../vault/provider-rotations.hcl")),
    ("provider-tests", include_str!("../../vault/provider-tests.hcl")),
    ("providers", include_str!("../../vault/providers.hcl")),
    ("quotas", include_str!("../../vault/quotas.hcl")),
    ("tenant-lifecycle", include_str!("../../vault/tenant-lifecycle.hcl")),
    ("tool-checks", include_str!("../../vault/tool-checks.hcl")),
    ("tool-integrations", include_str!("../../vault/tool-integrations.hcl")),
    ("tool-watch", include_str!("../../vault/tool-watch.hcl")),
];

/// The secrets server, seen by its operator.
pub(crate) struct Secrets {
    address: String,
    token: String,
    http: reqwest::Client,
}

impl Secrets {
    /// Speaks to nobody yet.
    pub(crate) fn new(address: String, token: String) -> Result<Self> {
        let http = reqwest::Client::builder().no_proxy().build().context("making a client of the secrets server")?;
        Ok(Self { address, token, http })
    }

    /// Mounts transit and the login of functions where they are missing. Repeating it changes nothing.
    pub(crate) async fn prepare(&self) -> Result<()> {
        self.enable("sys/mounts/transit", "transit").await?;
        self.enable("sys/auth/approle", "approle").await
    }

    /// One function's own access, with its own policy and a fresh login.
    ///
    /// # Errors
    /// There is no policy of that name, or the secrets server does not answer.
    pub(crate) async fn login(&self, function: &str) -> Result<Vault> {
        let policy = POLICIES.iter().find(|(name, _)| *name == function).map(|(_, policy)| *policy);
        let policy = policy.with_context(|| format!("{function} has no policy"))?;
        let role = format!("auth/approle/role/{function}");
        self.call("PUT", &format!("sys/policies/acl/{function}"), json!({ "policy": policy })).await?;
        // Secret ids of earlier runs go with the role.
        self.call("DELETE", &role, Value::Null).await?;
        let wish = json!({ "token_policies": [function], "token_ttl": "20m", "token_max_ttl": "4h" });
        self.call("POST", &role, wish).await?;
        let made = self.call("GET", &format!("{role}/role-id"), Value::Null).await?;
        let role_id = text(&made, "/data/role_id")?;
        let made = self.call("POST", &format!("{role}/secret-id"), json!({})).await?;
        let secret_id = Secret::new(text(&made, "/data/secret_id")?.into_bytes());
        self.vault(Login::AppRole { role_id, secret_id })
    }

    fn vault(&self, login: Login) -> Result<Vault> {
        let (mount_kv, mount_transit) = ("secret".to_owned(), "transit".to_owned());
        let config = Config { address: self.address.clone(), login, mount_kv, mount_transit };
        Vault::new(config, std::sync::Arc::new(start::monotonic)).context("making a client of the secrets server")
    }

    async fn enable(&self, path: &str, kind: &str) -> Result<()> {
        match self.call("POST", path, json!({ "type": kind })).await {
            Err(why) if why.to_string().contains("already in use") => Ok(()),
            outcome => outcome.map(drop),
        }
    }

    async fn call(&self, method: &str, path: &str, body: Value) -> Result<Value> {
        let url = format!("{}/v1/{path}", self.address);
        let request = self.http.request(method.parse()?, url).header("x-vault-token", &self.token);
        let request = if body.is_null() { request } else { request.body(body.to_string()) };
        let answer = request.send().await.context("asking the secrets server")?;
        let (status, text) = (answer.status(), answer.text().await.context("reading the secrets server's answer")?);
        if !status.is_success() {
            bail!("the secrets server refused {method} {path}: {text}");
        }
        Ok(serde_json::from_str(&text).unwrap_or_default())
    }
}

fn text(answer: &Value, pointer: &str) -> Result<String> {
    let found = answer.pointer(pointer).and_then(Value::as_str).map(str::to_owned);
    found.with_context(|| format!("the secrets server's answer has no {pointer}"))
}
