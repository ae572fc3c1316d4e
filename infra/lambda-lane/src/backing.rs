//! What functions stand on, on loopback: a database with its tables, an object store, a mail sink, a Vault.

use anyhow::{Context, Result, anyhow};
use embedded::objects::{Grant, Options, Principal};
use embedded::{ANY_PORT, Database, MailSink, ObjectStore, database, mail};
use reqwest::Client;
use serde_json::json;
use start::{Parts, Settings};
use tempfile::TempDir;

const BUCKET: &str = "lane-files";
const KEY_ID: &str = "LANE";
const SECRET: &str = "secret-of-the-lane";
const VAULT_TOKEN: &str = "root";

/// Running services; dropping them ends them.
pub(crate) struct Backing {
    database: Database,
    objects: ObjectStore,
    mail: MailSink,
    vault: vault_dev::Running,
    _folder: TempDir,
}

impl Backing {
    /// Starts everything empty, and makes the tables.
    pub(crate) async fn start() -> Result<Self> {
        let folder = tempfile::tempdir()?;
        let database = Database::start(database::Options::default()).await?;
        let principal = Principal {
            key_id: KEY_ID.to_owned(),
            secret: SECRET.to_owned(),
            name: "AWS:lane".to_owned(),
            grants: vec![Grant::everything()],
        };
        let objects = ObjectStore::start(Options::new(folder.path().join("objects"), BUCKET, principal)).await?;
        let mail = MailSink::start(mail::Options::new(folder.path().join("mail"))).await?;
        let options = vault_dev::Options { address: ANY_PORT, root_token: VAULT_TOKEN.to_owned(), data_file: None };
        let vault = vault_dev::Server::start(options).await.context("starting Vault")?;
        enable_transit(&vault.url()).await?;
        let backing = Self { database, objects, mail, vault, _folder: folder };
        backing.make_tables().await?;
        Ok(backing)
    }

    /// The environment that leads a function here.
    pub(crate) fn environment(&self) -> Vec<(&'static str, String)> {
        vec![
            ("AWS_REGION", "eu-central-1".to_owned()),
            ("AWS_ACCESS_KEY_ID", KEY_ID.to_owned()),
            ("AWS_SECRET_ACCESS_KEY", SECRET.to_owned()),
            ("AWS_ENDPOINT_URL_DYNAMODB", self.database.endpoint().to_owned()),
            ("AWS_ENDPOINT_URL_S3", self.objects.endpoint().to_owned()),
            ("AWS_ENDPOINT_URL_SESV2", self.mail.endpoint().to_owned()),
            ("MAIL_FROM", "portal@example.com".to_owned()),
            ("TABLE_PREFIX", "lane-".to_owned()),
            ("PUBLIC_URL", "https://portal.example.com".to_owned()),
            ("BUCKET", BUCKET.to_owned()),
            ("VAULT_ADDR", self.vault.url()),
            ("VAULT_TOKEN", VAULT_TOKEN.to_owned()),
        ]
    }

    async fn make_tables(&self) -> Result<()> {
        let environment = self.environment();
        let find = |name: &str| environment.iter().find(|(known, _)| *known == name).map(|(_, value)| value.clone());
        let store = Parts::new(Settings::read(find)?)?.store();
        store.create_tables().await.map_err(|error| anyhow!("the tables could not be made: {error:?}"))
    }
}

async fn enable_transit(vault: &str) -> Result<()> {
    let client = Client::builder().no_proxy().tls_certs_only(Vec::new()).build()?;
    let asked = client.post(format!("{vault}/v1/sys/mounts/transit")).header("x-vault-token", VAULT_TOKEN);
    asked.json(&json!({ "type": "transit" })).send().await?.error_for_status().context("enabling transit")?;
    Ok(())
}
