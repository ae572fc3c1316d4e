//! A running stack in a folder of its own.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

use local::{GivenVault, Options, PortsPlan, Stack};
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::sync::OnceCell;

use crate::{Client, Finished, Row, workbook};

/// What people choose as their password.
pub const PASSWORD: &str = "velvet-Orchard-31";

/// A stack, and the people who were made on it.
pub struct Portal {
    stack: Stack,
    http: reqwest::Client,
    superadmin: OnceCell<Client>,
    folder: TempDir,
}

/// The Vault that `VAULT_ADDR` and `VAULT_TOKEN` name, if both do: then whole stacks run against it, one at a time (`-j 1`), since
/// functions have their logins there by their names.
fn given_vault() -> Option<GivenVault> {
    let named = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
    Some(GivenVault { address: named("VAULT_ADDR")?, token: named("VAULT_TOKEN")? })
}

impl Portal {
    /// A fresh stack on free ports.
    pub async fn start() -> Self {
        Self::open(|usual| Options { mails_per_second: 1000, gathering: Duration::ZERO, ..usual }).await
    }

    /// The same with mails as slow as under `cargo xtask up`.
    pub async fn unhurried() -> Self {
        Self::open(|usual| usual).await
    }

    /// The same with a proxy that counts what the database is asked.
    pub async fn measured() -> Self {
        Self::open(|usual| Options { proxy: true, mails_per_second: 1000, gathering: Duration::ZERO, ..usual }).await
    }

    async fn open(wanted: impl FnOnce(Options) -> Options) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let usual = Options::new(folder.path()).unwrap();
        let stack =
            Stack::start(wanted(Options { ports: PortsPlan::Free, vault: given_vault(), ..usual })).await.unwrap();
        Self { stack, http: reqwest::Client::new(), superadmin: OnceCell::new(), folder }
    }

    /// The stack itself.
    #[must_use]
    pub fn stack(&self) -> &Stack {
        &self.stack
    }

    /// Where it keeps everything.
    #[must_use]
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Somebody without a session.
    #[must_use]
    pub fn visitor(&self) -> Client {
        visitor(&self.http, &self.stack.card().api)
    }

    /// The superadmin, signed in, with a password of their own, who has switched off that new accounts confirm their e-mail:
    /// most tests sign people in who were imported a moment ago. [`Portal::require_verification`] switches it on.
    pub async fn superadmin(&self) -> Client {
        let first = self.stack.first_password().unwrap();
        let sign_in = || async {
            let ops = self.visitor().sign_in(&first.email, &first.password).await;
            require_verification(&ops, false).await;
            ops
        };
        self.superadmin.get_or_init(sign_in).await.clone()
    }

    /// Whether accounts that are made from now on have to confirm their e-mail.
    pub async fn require_verification(&self, on: bool) {
        require_verification(&self.superadmin().await, on).await;
    }

    /// The token of the newest link that was mailed to an address, of the page at that path.
    ///
    /// # Panics
    /// There is none.
    pub async fn mailed_token(&self, email: &str, page: &str) -> String {
        self.stack.idle().await;
        let begin = format!("{page}#token=");
        let letters = self.stack.mail().letters();
        let texts =
            letters.iter().rev().filter(|letter| letter.to == [email]).filter_map(|letter| letter.text.as_deref());
        let token = |text: &str| Some(text.split_once(&begin)?.1.split_whitespace().next()?.to_owned());
        texts.filter_map(token).next().unwrap_or_else(|| panic!("no link to {page} was mailed to {email}"))
    }

    /// The mail service tells that the newest mail to an address bounced for good.
    ///
    /// # Panics
    /// There is none.
    pub async fn bounce(&self, email: &str) {
        self.mail_became(email, "bounce").await;
    }

    /// The mail service tells that of the newest mail to an address: `bounce`, `bounce-once`, `complain` or `deliver`.
    ///
    /// # Panics
    /// There is none.
    pub async fn mail_became(&self, email: &str, what: &str) {
        self.stack.idle().await;
        let letters = self.stack.mail().letters();
        let letter = letters.iter().rev().find(|letter| letter.to == [email]);
        let id = &letter.unwrap_or_else(|| panic!("no mail to {email}")).message_id;
        let _ = self.visitor().act(&format!("/_local/mail/{id}/{what}")).await.expect_status(204);
    }

    /// Makes a pooled organization; its id.
    pub async fn organization(&self, name: &str) -> String {
        let asked = json!({ "name": name, "placement": "pooled" });
        let made = self.superadmin().await.post("/v1/organizations", asked).await.expect_status(201);
        assert_eq!(made.text("status"), "active", "{made:?}");
        made.text("id")
    }

    /// Imports these people, each with [`PASSWORD`], and signs them in: by e-mail, id and client.
    pub async fn people(&self, rows: &[Row<'_>]) -> BTreeMap<String, (String, Client)> {
        let typed: Vec<Row> = rows.iter().map(|row| Row { password: PASSWORD, ..*row }).collect();
        let done = self.import(&workbook(&typed)).await;
        assert_eq!(done.job["counts"]["errors"], 0, "{:?}", done.job);
        let mut people = BTreeMap::new();
        for row in rows {
            if people.contains_key(row.email) {
                continue;
            }
            let started = self.visitor().try_sign_in(row.email, PASSWORD).await.expect_status(201);
            let id = started.json()["user"]["id"].as_str().unwrap().to_owned();
            people.insert(row.email.to_owned(), (id, self.visitor().with_token(&started.text("token"))));
        }
        people
    }

    /// Uploads a workbook as the superadmin and waits for its end, not for the mails about it.
    pub async fn import(&self, workbook: &[u8]) -> Finished {
        self.import_as(workbook, false).await
    }

    /// The same, perhaps as a dry run.
    pub async fn import_as(&self, workbook: &[u8], dry_run: bool) -> Finished {
        let ops = self.superadmin().await;
        let asked = ops.post("/v1/imports", json!({ "dry_run": dry_run })).await.expect_status(202);
        crate::upload(&self.http, &asked.json()["upload"], workbook).await;
        self.stack.objects().idle().await;
        let given_up = self.stack.objects().dead_letters().unwrap();
        assert!(given_up.is_empty(), "{given_up:?}");
        Finished::read(&ops, &self.http, &asked.text("id")).await
    }

    /// Reads the end of an import that began in another way.
    pub async fn finished(&self, id: &str) -> Finished {
        self.stack.idle().await;
        Finished::read(&self.superadmin().await, &self.http, id).await
    }

    /// Every audit event of an organization, newest first.
    pub async fn events(&self, organization: &str) -> Vec<Value> {
        let ops = self.superadmin().await;
        let (mut events, mut next) = (Vec::new(), String::new());
        loop {
            let path = format!("/v1/organizations/{organization}/audit-events?limit=100{next}");
            let page = ops.get(&path).await.expect_status(200).json();
            events.extend(page["items"].as_array().unwrap().iter().cloned());
            match page["next"].as_str() {
                Some(cursor) => next = format!("&cursor={cursor}"),
                None => return events,
            }
        }
    }

    /// Ends the stack in good order.
    pub async fn stop(self) {
        self.stack.stop().await.unwrap();
    }
}

async fn require_verification(ops: &Client, on: bool) {
    let asked = json!({ "require_email_verification": on });
    let _ = ops.edit("/v1/settings/authentication", asked).await.expect_status(200);
}

/// Somebody without a session at that address.
pub(crate) fn visitor(http: &reqwest::Client, api: &str) -> Client {
    // The name may resolve to an IPv6 address first, on which nothing listens.
    Client::visitor(http.clone(), api.replace("localhost", "127.0.0.1"))
}
