//! The cloud's local counterparts, started together.

use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use anyhow::{Context, Result, anyhow};
use embedded::events::Rule;
use embedded::objects::{self, Lifecycle};
use embedded::{Database, MailSink, ObjectStore, Proxy, Streams, database, faults, mail, streams};

use crate::credentials::Credentials;
use crate::lock::Folder;
use crate::options::{GivenVault, Options, Place};
use crate::wakes::FULL_MESSAGE;

/// The bucket of imports and drops.
pub(crate) const BUCKET: &str = "portal-imports";
/// The function that objects' events go to.
pub(crate) const IMPORT_WORKER: &str = "import-worker";

/// The function that events go to.
pub(crate) const NOTIFICATIONS: &str = "notifications";

/// Everything below the functions.
pub(crate) struct Parts {
    pub(crate) database: Database,
    pub(crate) proxy: Option<Proxy>,
    pub(crate) streams: Streams,
    pub(crate) objects: ObjectStore,
    pub(crate) mail: MailSink,
    pub(crate) vault: Secrets,
}

/// The secrets server: one of the stack's own, or one that runs elsewhere.
pub(crate) enum Secrets {
    Own(vault_dev::Running),
    Given(GivenVault),
}

impl Secrets {
    /// Where it is.
    pub(crate) fn url(&self) -> String {
        match self {
            Self::Own(vault) => vault.url(),
            Self::Given(vault) => vault.address.clone(),
        }
    }

    /// What may do everything there, where that is not for the stack to say.
    pub(crate) fn token(&self) -> Option<String> {
        match self {
            Self::Own(_) => None,
            Self::Given(vault) => Some(vault.token.clone()),
        }
    }

    /// Ends what the stack began.
    async fn stop(self) {
        match self {
            Self::Own(vault) => vault.stop().await,
            Self::Given(_) => {}
        }
    }
}

impl Parts {
    /// Starts all parts at once.
    ///
    /// # Errors
    /// A port is taken, or a file cannot be read.
    pub(crate) async fn start(
        folder: &Folder,
        credentials: &Credentials,
        origins: Vec<String>,
        options: &Options,
    ) -> Result<Self> {
        let ports = options.ports;
        let (database, objects, mail, vault) = tokio::try_join!(
            start_database(folder, ports.address(Place::Database)?),
            start_objects(folder, ports.address(Place::Objects)?, credentials, origins),
            start_mail(folder, ports.address(Place::Mail)?),
            start_vault(folder, ports.address(Place::Vault)?, credentials, options.vault.clone()),
        )?;
        let proxy = match options.proxy {
            true => Some(Proxy::start(faults::Options::before(database.endpoint())).await?),
            false => None,
        };
        // Past the proxy: what the platform reads is no call of a function.
        let usual = streams::Options::new(database.endpoint(), folder.join("streams"));
        let (batch_max, gathering) = (FULL_MESSAGE, options.gathering);
        let streams = Streams::start(streams::Options { writes: database.writes()?, batch_max, gathering, ..usual })?;
        Ok(Self { database, proxy, streams, objects, mail, vault })
    }

    /// Where the functions find the database.
    pub(crate) fn database_endpoint(&self) -> &str {
        self.proxy.as_ref().map_or(self.database.endpoint(), Proxy::endpoint)
    }

    /// Ends all parts; what was answered stays.
    pub(crate) async fn stop(self) {
        let Self { database, proxy, streams, objects, mail, vault } = self;
        tokio::join!(objects.stop(), streams.stop());
        if let Some(proxy) = proxy {
            proxy.stop().await;
        }
        tokio::join!(database.stop(), mail.stop(), vault.stop());
    }
}

/// A taken port is the one failure that people meet; it is told with what to do.
pub(crate) fn explain(why: &io::Error, place: Place, address: SocketAddr) -> anyhow::Error {
    let name = place.name();
    match why.kind() {
        io::ErrorKind::AddrInUse => {
            anyhow!(
                "port {} for {name} is taken; end what listens there, or give --port another number",
                address.port()
            )
        }
        _ => anyhow!("{name} did not start: {why}"),
    }
}

async fn start_database(folder: &Folder, address: SocketAddr) -> Result<Database> {
    let path = Some(folder.join("database.sqlite"));
    let started = Database::start(database::Options { path, address }).await;
    started.map_err(|why| explain(&why, Place::Database, address))
}

async fn start_objects(
    folder: &Folder,
    address: SocketAddr,
    credentials: &Credentials,
    allowed_origins: Vec<String>,
) -> Result<ObjectStore> {
    let day = Duration::from_secs(24 * 3600);
    let expiry =
        |key_prefix: &str| Lifecycle { bucket: BUCKET.to_owned(), key_prefix: key_prefix.to_owned(), older_than: day };
    let options = objects::Options {
        data: folder.join("objects"),
        address,
        region: crate::clients::REGION.to_owned(),
        buckets: vec![BUCKET.to_owned()],
        principals: credentials.principals(BUCKET),
        rules: rules(),
        retry: embedded::events::Retry::default(),
        lifecycle: vec![expiry("imports/"), expiry("drops/")],
        allowed_origins,
    };
    ObjectStore::start(options).await.map_err(|why| explain(&why, Place::Objects, address))
}

/// Which objects wake the import worker, as in the template: by prefix and ending. Every drop does, as the bucket compares
/// endings with their case and people do not; the last one covers plans and chunks.
pub(crate) const WAKING: [(&str, &str); 3] = [("imports/", "/upload.xlsx"), ("drops/", ""), ("imports/", ".jsonl")];

fn rules() -> Vec<Rule> {
    WAKING.iter().map(|(prefix, suffix)| Rule::created(BUCKET, prefix, IMPORT_WORKER).ending(suffix)).collect()
}

async fn start_mail(folder: &Folder, address: SocketAddr) -> Result<MailSink> {
    let options = mail::Options { folder: folder.join("mail"), address };
    MailSink::start(options).await.map_err(|why| explain(&why, Place::Mail, address))
}

async fn start_vault(
    folder: &Folder,
    address: SocketAddr,
    credentials: &Credentials,
    given: Option<GivenVault>,
) -> Result<Secrets> {
    if let Some(given) = given {
        return Ok(Secrets::Given(given));
    }
    let root_token = credentials.vault_token.clone();
    let data_file = Some(folder.join("vault.json"));
    let options = vault_dev::Options { address, root_token, data_file };
    match vault_dev::Server::start(options).await {
        Ok(vault) => Ok(Secrets::Own(vault)),
        Err(vault_dev::StartError::Listen(why)) => Err(explain(&why, Place::Vault, address)),
        Err(why) => Err(why).context("starting the secrets server"),
    }
}
