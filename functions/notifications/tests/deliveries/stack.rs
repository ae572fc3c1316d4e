//! Everything that the function stands on, in one process, the database and the mail service behind proxies.

use std::cell::Cell;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use aws_credential_types::Credentials;
use aws_sdk_dynamodb::config::retry::RetryConfig;
use aws_sdk_dynamodb::config::{BehaviorVersion, Region};
use aws_sdk_dynamodb::types::AttributeValue;
use aws_smithy_http_client::Builder;
use domain::change::{Change, Target};
use domain::id::UserId;
use domain::mail_budget::MailLimits;
use domain::scope::Platform;
use domain::user::Bootstrap;
use domain::{Actor, Event, EventKind, Mint, Origin, Principal, Timestamp};
use embedded::faults::Options as Before;
use embedded::mail::Letter;
use embedded::{Database, MailSink, Proxy, database, mail};
use notifications::mail::Branding;
use notifications::{App, Post};
use serde_json::{Map, Value, json};
use store::{Bootstrapped, OneTimePassword, Store};
use tempfile::TempDir;
use vault::{Config, Login, Secret, Vault};

pub(crate) const ANN: &str = "ann@acme.example";

thread_local! {
    // Each test has a thread and a runtime of its own. 2026-11-23T12:00:00Z.
    static NOW: Cell<u64> = const { Cell::new(1_795_435_200_000) };
}

pub(crate) fn now() -> Timestamp {
    Timestamp::from_millis(NOW.get())
}

pub(crate) fn pass(time: Duration) {
    NOW.set(now().plus(time).millis());
}

/// Lets simulated time pass in place of real time.
fn simulated(time: Duration) -> Pin<Box<dyn Future<Output = ()> + Send>> {
    pass(time);
    Box::pin(std::future::ready(()))
}

fn random() -> [u8; 32] {
    let mut bytes = [0; 32];
    getrandom::fill(&mut bytes).unwrap();
    bytes
}

pub(crate) fn mint() -> Mint {
    Mint::new(now(), random())
}

async fn secrets() -> vault_dev::Running {
    let address = SocketAddr::from(([127, 0, 0, 1], 0));
    let options = vault_dev::Options { address, root_token: "root".to_owned(), data_file: None };
    vault_dev::Server::start(options).await.unwrap()
}

pub(crate) struct Stack {
    pub(crate) database: Proxy,
    pub(crate) post: Proxy,
    pub(crate) sink: MailSink,
    pub(crate) ann: UserId,
    client: aws_sdk_dynamodb::Client,
    secrets: Option<vault_dev::Running>,
    _running: (Database, TempDir),
}

impl Stack {
    /// With one person, whose e-mail is [`ANN`].
    pub(crate) async fn start() -> Self {
        let folder = TempDir::new().unwrap();
        let database = Database::start(database::Options::default()).await.unwrap();
        let sink = MailSink::start(mail::Options::new(folder.path())).await.unwrap();
        let client = client(database.endpoint());
        let store = store(client.clone());
        store.create_tables().await.unwrap();
        let plain = |upstream: &str| Before { measure: false, ..Before::before(upstream) };
        Self {
            database: Proxy::start(plain(database.endpoint())).await.unwrap(),
            post: Proxy::start(plain(sink.endpoint())).await.unwrap(),
            ann: ann(&store).await,
            sink,
            client,
            secrets: Some(secrets().await),
            _running: (database, folder),
        }
    }

    /// The function, freshly started.
    pub(crate) fn app(&self) -> App {
        self.app_at(1000, 1_000_000)
    }

    pub(crate) fn app_at(&self, mails_per_second: u32, mails_per_day: u32) -> App {
        let (from, set) = ("portal@acme.example".parse().unwrap(), Some("test-mail".to_owned()));
        App {
            store: store(client(self.database.endpoint())),
            post: Post::new(ses(self.post.endpoint()), from, "test-", set),
            limits: MailLimits::new(mails_per_second, mails_per_day).unwrap(),
            branding: Branding::default(),
            key: links::HeldKey::new(self.vault(), random),
            portal: "https://portal.example.com".to_owned().try_into().unwrap(),
            clock: now,
            wait: simulated,
            random,
        }
    }

    /// The tables, past the proxy.
    pub(crate) fn store(&self) -> Store {
        store(self.client.clone())
    }

    /// The secrets server goes away.
    pub(crate) async fn lose_secrets(&mut self) {
        if let Some(secrets) = self.secrets.take() {
            secrets.stop().await;
        }
    }

    /// Another one takes its place.
    pub(crate) async fn regain_secrets(&mut self) {
        self.secrets = Some(secrets().await);
    }

    fn vault(&self) -> Vault {
        let (mount_kv, mount_transit) = ("secret".to_owned(), "transit".to_owned());
        let login = Login::Token(Secret::new(b"root".to_vec()));
        let address = self.secrets.as_ref().map_or_else(|| "http://127.0.0.1:9".to_owned(), |secrets| secrets.url());
        let config = Config { address, login, mount_kv, mount_transit };
        Vault::new(config, Arc::new(|| Duration::ZERO)).unwrap_or_else(|fault| panic!("{fault}"))
    }

    /// Tells the function that, as the platform does.
    pub(crate) async fn told(&self, message: &Value) -> Value {
        notifications::handle(&self.app(), message.clone()).await.unwrap()
    }

    pub(crate) async fn sweep(&self) {
        notifications::handle(&self.app(), Value::Null).await.unwrap();
    }

    /// Time passes in which every lease and every pause ends, and the schedule strikes.
    pub(crate) async fn settle(&self) {
        pass(Duration::from_secs(20 * 60));
        self.sweep().await;
    }

    /// Something that Ann did, or that was done to her.
    pub(crate) fn event(&self, kind: EventKind, address: &str, changes: Vec<Change>) -> Event {
        let principal =
            Principal::User { id: self.ann, email: ANN.to_owned(), superadmin: false, must_change_password: false };
        let origin =
            Origin { address: Some(address.to_owned()), user_agent: Some("curl".to_owned()), ..Origin::default() };
        let actor = Actor { principal, standing: None, origin };
        Event::of(&actor, &mut mint(), kind, Target::named("user", self.ann, ANN), changes)
    }

    /// How many mails were planned.
    pub(crate) async fn planned(&self) -> usize {
        self.items("MAIL#").await.len()
    }

    /// What the platform's table holds under keys that begin so.
    pub(crate) async fn items(&self, begin: &str) -> Vec<Value> {
        self.scan("test-platform", begin).await
    }

    /// The records of that kind.
    pub(crate) async fn records(&self, kind: EventKind) -> Vec<Value> {
        let all = self.scan("test-events", "").await;
        all.into_iter().filter(|event| event["action"] == kind.name()).collect()
    }

    #[expect(clippy::disallowed_methods, reason = "a test looks at everything")]
    async fn scan(&self, table: &str, begin: &str) -> Vec<Value> {
        let mut pages = self.client.scan().table_name(table).into_paginator().items().send();
        let mut found = vec![];
        while let Some(item) = pages.next().await {
            let item = item.unwrap();
            if matches!(&item["pk"], AttributeValue::S(pk) if pk.starts_with(begin)) {
                found.push(serde_dynamo::from_item(item).unwrap());
            }
        }
        found
    }

    /// Writes an event into the log; no stream tells of it here.
    pub(crate) async fn log(&self, event: &Event) {
        let Value::Object(mut item) = serde_json::to_value(event).unwrap() else { panic!("no object") };
        let shard = event.id.ulid().0 % 8;
        for (name, value) in [
            ("pk", format!("PLATFORM#{}#{shard}", event.at.day())),
            ("sk", event.id.to_string()),
            ("gsi1pk", format!("{}#{shard}", event.at.day())),
            ("gsi1sk", event.id.to_string()),
        ] {
            item.insert(name.to_owned(), json!(value));
        }
        let item = serde_dynamo::to_item(item).unwrap();
        self.client.put_item().table_name("test-events").set_item(Some(item)).send().await.unwrap();
    }

    pub(crate) fn subjects(&self) -> Vec<String> {
        self.sink.letters().into_iter().map(|letter| letter.subject).collect()
    }
}

/// What a letter says to whom.
pub(crate) fn content(letter: &Letter) -> (Vec<String>, String, Option<String>, Option<String>) {
    (letter.to.clone(), letter.subject.clone(), letter.text.clone(), letter.html.clone())
}

/// A stream's message of these events.
pub(crate) fn message(events: &[&Event]) -> Value {
    let records = events.iter().enumerate().map(|(at, event)| {
        let Value::Object(mut item) = serde_json::to_value(event).unwrap() else { panic!("no object") };
        for key in ["pk", "sk", "gsi1pk", "gsi1sk"] {
            item.insert(key.to_owned(), json!("x"));
        }
        record(at, item)
    });
    json!({ "Records": records.collect::<Vec<_>>() })
}

pub(crate) fn record(at: usize, item: Map<String, Value>) -> Value {
    let image: Map<String, Value> = item.into_iter().map(|(name, value)| (name, typed(value))).collect();
    let about = json!({ "NewImage": image, "SequenceNumber": at.to_string() });
    json!({ "eventName": "INSERT", "eventSource": "aws:dynamodb", "dynamodb": about })
}

fn typed(value: Value) -> Value {
    match value {
        Value::Null => json!({ "NULL": true }),
        Value::Bool(value) => json!({ "BOOL": value }),
        Value::Number(value) => json!({ "N": value.to_string() }),
        Value::String(value) => json!({ "S": value }),
        Value::Array(values) => json!({ "L": values.into_iter().map(typed).collect::<Vec<_>>() }),
        Value::Object(fields) => {
            json!({ "M": fields.into_iter().map(|(name, value)| (name, typed(value))).collect::<Map<_, _>>() })
        }
    }
}

/// Made so long ago that nobody is told of it any more.
async fn ann(store: &Store) -> UserId {
    let then = Timestamp::from_millis(now().millis() - 8 * 24 * 3_600_000);
    let operator = Actor { principal: Principal::Operator, standing: None, origin: Origin::default() };
    let granted = operator.grant(Bootstrap, Platform).unwrap();
    let asked = OneTimePassword { email: ANN.parse().unwrap(), password: "x".to_owned(), password_until: now() };
    match store.create_superadmin(&granted, asked, &mut Mint::new(then, random())).await.unwrap() {
        Bootstrapped::Created(user) => user,
        Bootstrapped::AlreadyDone => panic!("a new table holds a superadmin"),
    }
}

fn store(client: aws_sdk_dynamodb::Client) -> Store {
    Store::new(store::Config { client, prefix: "test-".into() })
}

fn client(endpoint: &str) -> aws_sdk_dynamodb::Client {
    let config = aws_sdk_dynamodb::Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new("eu-central-1"))
        .credentials_provider(Credentials::new("KEY", "a-secret", None, None, "test"))
        .endpoint_url(endpoint)
        .retry_config(RetryConfig::disabled())
        .http_client(Builder::new().build_http())
        .build();
    aws_sdk_dynamodb::Client::from_conf(config)
}

fn ses(endpoint: &str) -> aws_sdk_sesv2::Client {
    let config = aws_sdk_sesv2::Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new("eu-central-1"))
        .credentials_provider(Credentials::new("KEY", "a-secret", None, None, "test"))
        .endpoint_url(endpoint)
        .retry_config(RetryConfig::disabled())
        .http_client(Builder::new().build_http())
        .build();
    aws_sdk_sesv2::Client::from_conf(config)
}
