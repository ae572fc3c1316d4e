//! One running stack: parts, functions, schedules, and the card that says where they are.

use anyhow::{Context, Result};
use api::Declared;
use embedded::{Database, MailSink, ObjectStore, Proxy, Streams};
use store::{Config, Store};

use crate::card::{self, Card, Tables};
use crate::credentials::Credentials;
use crate::front::{self, Front};
use crate::functions::Functions;
use crate::lock::Folder;
use crate::options::{Options, Place};
use crate::parts::{self, BUCKET, Parts};
use crate::schedules::Schedules;
use crate::secrets::Secrets;
use crate::superadmin::{self, FirstPassword};

/// What the local tables' names begin with.
const PREFIX: &str = "local-";
/// Where the mails are shown.
const MAILBOX: &str = "/_local/mail";

/// A running stack. Stop it with [`Stack::stop`]; killing it loses nothing that was answered.
pub struct Stack {
    card: Card,
    first_password: Option<FirstPassword>,
    store: Store,
    functions: Functions,
    front: Front,
    schedules: Schedules,
    parts: Parts,
    // Freed last.
    _folder: Folder,
}

impl Stack {
    /// Starts everything; returns when the API answers.
    ///
    /// # Errors
    /// Another stack has the folder, a port is taken, or a file cannot be used; in words for people.
    pub async fn start(options: Options) -> Result<Self> {
        let folder = Folder::take(&options.data)?;
        if options.fresh {
            folder.clear()?;
        }
        let address = options.ports.address(Place::Api)?;
        let listener = front::listen(address).map_err(|why| parts::explain(&why, Place::Api, address))?;
        let port = listener.local_addr().context("asking for the API's port")?.port();
        let credentials = Credentials::of(crate::files::read(&folder.join(card::FILE))?);
        let origins = vec![format!("http://localhost:{port}"), format!("http://127.0.0.1:{port}")];
        let parts = Parts::start(&folder, &credentials, origins, &options).await?;
        let card = card(&parts, credentials, port);
        let client = crate::clients::dynamodb(parts.database_endpoint(), &card.functions_key);
        let store = Store::new(Config { client, prefix: PREFIX.to_owned() });
        let secrets = Secrets::new(card.vault_address.clone(), card.vault_token.clone())?;
        let (tables, secrets_ready) = tokio::join!(store.create_tables(), secrets.prepare());
        tables.context("making the tables")?;
        secrets_ready.context("preparing the secrets server")?;
        let functions = Functions::new(&card, store.clone(), &secrets, folder.scratch()?, options.mails()).await?;
        let file = folder.join(superadmin::FILE);
        let first_password = superadmin::ensure(&file, &store, &options.superadmin).await?;
        crate::files::write(&folder.join(card::FILE), &card)?;
        functions.listen_to(&parts.objects);
        functions.listen_to_events(&parts.streams, &card.tables.events)?;
        functions.listen_to_mail(&parts.mail);
        let router = functions.router().merge(parts.mail.routes(MAILBOX));
        let front = Front::start(listener, api::finish(router, &functions.core));
        let schedules = Schedules::start(&functions);
        Ok(Self { card, first_password, store, functions, front, schedules, parts, _folder: folder })
    }

    /// Where everything is, and how to get in.
    #[must_use]
    pub fn card(&self) -> &Card {
        &self.card
    }

    /// What the first superadmin signs in with, if this start made the account.
    #[must_use]
    pub fn first_password(&self) -> Option<&FirstPassword> {
        self.first_password.as_ref()
    }

    /// Every route, by the function that declared it.
    #[must_use]
    pub fn declared(&self) -> Vec<(&'static str, Declared)> {
        self.functions.declared()
    }

    /// The tables, for what tests look at without the API.
    #[must_use]
    pub fn store(&self) -> &Store {
        &self.store
    }

    /// The database behind the proxy.
    #[must_use]
    pub fn database(&self) -> &Database {
        &self.parts.database
    }

    /// The proxy before the database, where the options asked for one.
    #[must_use]
    pub fn proxy(&self) -> Option<&Proxy> {
        self.parts.proxy.as_ref()
    }

    /// The deliveries from the tables' streams.
    #[must_use]
    pub fn streams(&self) -> &Streams {
        &self.parts.streams
    }

    /// The object store.
    #[must_use]
    pub fn objects(&self) -> &ObjectStore {
        &self.parts.objects
    }

    /// The mails that were sent.
    #[must_use]
    pub fn mail(&self) -> &MailSink {
        &self.parts.mail
    }

    /// Resolves when no object's event and no stream's record is queued, waiting for another attempt, or being handled.
    /// Objects come first: their events make records, and no record makes an object. So the mails of what was done are in the
    /// sink, if it takes them.
    pub async fn idle(&self) {
        self.parts.objects.idle().await;
        self.parts.streams.idle().await;
    }

    /// Finishes requests under way, cuts off sweeps and imports (which go on at the next start), and frees the folder.
    ///
    /// # Errors
    /// The API's task had failed.
    pub async fn stop(self) -> Result<()> {
        let Self { front, schedules, parts, .. } = self;
        let ended = front.stop().await;
        schedules.stop().await;
        parts.stop().await;
        ended
    }
}

fn card(parts: &Parts, credentials: Credentials, port: u16) -> Card {
    let Credentials { functions, operator, vault_token } = credentials;
    let api = format!("http://localhost:{port}");
    Card {
        docs: format!("{api}/docs"),
        mailbox: format!("{api}{MAILBOX}/"),
        api,
        s3_endpoint: parts.objects.endpoint().to_owned(),
        bucket: BUCKET.to_owned(),
        region: crate::clients::REGION.to_owned(),
        functions_key: functions,
        operator_key: operator,
        dynamodb_endpoint: parts.database.endpoint().to_owned(),
        tables: Tables::named(PREFIX),
        vault_address: parts.vault.url(),
        vault_token: parts.vault.token().unwrap_or(vault_token),
        ses_endpoint: parts.mail.endpoint().to_owned(),
        process_id: std::process::id(),
    }
}
