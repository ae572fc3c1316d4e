//! A store whose calls are counted and can be cut off, with what tests put into it.

use std::collections::{BTreeMap, HashMap};
use std::time::Duration;

use aws_credential_types::Credentials;
use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::config::retry::RetryConfig;
use aws_sdk_dynamodb::config::{BehaviorVersion, Region};
use aws_sdk_dynamodb::types::{AttributeValue, PutRequest, WriteRequest};
use domain::actor::SystemPart;
use domain::audit::ReadAudit;
use domain::id::UserId;
use domain::import::ApplyRow;
use domain::member::{ListMembers, Membership};
use domain::metadata::Metadata;
use domain::name::DisplayName;
use domain::organization::{CreateOrganization, Organization, Placement, Provision};
use domain::scope::Platform;
use domain::{Actor, Command, Event, Granted, Mint, OrgRole, OrgScope, Origin, Principal, ProjectRole, Timestamp};
use embedded::Database;
use embedded::faults::{Options, Proxy};
use store::{Cursor, EventFilter, Joiner, Made, NewPerson, Page, PlannedJoin, Store};

pub(crate) type Item = HashMap<String, AttributeValue>;

/// 2026-11-23T12:00:00Z.
pub(crate) const NOW: u64 = 1_795_435_200_000;
/// 2026-11-23T00:00:00Z.
pub(crate) const MIDNIGHT: u64 = NOW - 12 * 3_600_000;

pub(crate) fn now() -> Timestamp {
    Timestamp::from_millis(NOW)
}

pub(crate) fn mint() -> Mint {
    mint_at(now())
}

pub(crate) fn mint_at(at: Timestamp) -> Mint {
    let mut seed = [0; 32];
    getrandom::fill(&mut seed).unwrap();
    Mint::new(at, seed)
}

pub(crate) struct Bench {
    pub(crate) store: Store,
    /// The tables themselves, past the proxy.
    pub(crate) direct: Client,
    pub(crate) proxy: Proxy,
    _database: Database,
}

impl Bench {
    pub(crate) async fn start() -> Self {
        let database = Database::start(embedded::database::Options::default()).await.unwrap();
        let proxy = Proxy::start(Options::before(database.endpoint())).await.unwrap();
        let store = Store::new(store::Config { client: client(proxy.endpoint()), prefix: String::new() });
        store.create_tables().await.unwrap();
        Self { store, direct: client(database.endpoint()), proxy, _database: database }
    }

    /// Another process on the same tables, which remembers nothing.
    pub(crate) fn again(&self) -> Store {
        Store::new(store::Config { client: client(self.proxy.endpoint()), prefix: String::new() })
    }

    /// A pooled organization that is in use.
    pub(crate) async fn organization(&self, name: &str) -> Organization {
        let asked = CreateOrganization {
            name: name.to_owned().try_into().unwrap(),
            slug: None,
            metadata: Metadata::default(),
            settings: Default::default(),
            placement: Placement::Pooled,
        };
        let granted = actor(UserId::from_parts(1, 1), true).grant(asked, Platform).unwrap();
        let made = self.store.create_organization(&granted, None, &mut mint()).await.unwrap();
        let Made::Now(made) = made else { panic!("made before") };
        let granted = part(SystemPart::TenantLifecycle, &made).grant(Provision, made.id).unwrap();
        self.store.finish_provisioning(&granted, &made, &mut mint()).await.unwrap()
    }

    /// New people of that role: the name, a number, the e-mail in that order.
    pub(crate) async fn people(&self, place: &Organization, name: &str, count: u32, role: OrgRole) -> Vec<Membership> {
        let join = |number: u32| {
            let person = NewPerson {
                id: mint().id(),
                email: format!("{name}{number:05}@{}.example", place.slug).parse().unwrap(),
                display_name: DisplayName::try_from(name.to_owned()).unwrap(),
                password: "none".into(),
                password_until: None,
                must_confirm: false,
            };
            let joiner = Joiner::New { person: Box::new(person), made_here: true };
            PlannedJoin { row: number + 2, mark: format!("{name}{number} {}", place.id), role, joiner }
        };
        let joins: Vec<PlannedJoin> = (0..count).map(join).collect();
        let granted = part(SystemPart::Importer, place).grant(ApplyRow { role }, place.id).unwrap();
        self.store.apply_rows(&granted, &joins, &mut mint()).await.unwrap();
        self.members(place, name).await
    }

    /// The members whose e-mail begins so.
    pub(crate) async fn members(&self, place: &Organization, prefix: &str) -> Vec<Membership> {
        let granted = superadmin(place).grant(ListMembers { email_prefix: Some(prefix.to_owned()) }, place.id).unwrap();
        let (mut all, mut cursor) = (vec![], None);
        loop {
            let page = self.store.list_members(&granted, cursor.as_ref(), 100).await.unwrap();
            all.extend(page.items);
            cursor = page.next;
            if cursor.is_none() {
                return all;
            }
        }
    }

    /// The organization's log, a page.
    pub(crate) async fn log(
        &self,
        place: &Organization,
        filter: &EventFilter,
        cursor: Option<&Cursor>,
        limit: u32,
    ) -> Page<Event> {
        let granted = superadmin(place).grant(ReadAudit, place.id).unwrap();
        let since = Timestamp::from_millis(MIDNIGHT - 24 * 3_600_000);
        let until = now().plus(Duration::from_secs(60));
        self.store.list_events(&granted, filter, since, cursor, limit, until).await.unwrap()
    }

    /// Items past all conditions.
    pub(crate) async fn put(&self, table: &str, items: Vec<Item>) {
        for part in items.chunks(25) {
            let write = |item: &Item| {
                let put = PutRequest::builder().set_item(Some(item.clone())).build().unwrap();
                WriteRequest::builder().put_request(put).build()
            };
            let writes = part.iter().map(write).collect();
            self.direct.batch_write_item().request_items(table, writes).send().await.unwrap();
        }
    }

    /// An item of the platform table as it lies there.
    pub(crate) async fn item(&self, pk: String, sk: String) -> Option<Item> {
        let (pk, sk) = (AttributeValue::S(pk), AttributeValue::S(sk));
        let call = self.direct.get_item().table_name("platform").key("pk", pk).key("sk", sk).consistent_read(true);
        call.send().await.unwrap().item
    }

    /// How many calls of that name were made since this was asked last.
    pub(crate) fn calls(&self, operation: &str) -> usize {
        self.proxy.take_log().iter().filter(|call| call.operation == operation).count()
    }
}

pub(crate) fn actor(id: UserId, superadmin: bool) -> Actor {
    let principal = Principal::User { id, email: "x@x.example".into(), superadmin, must_change_password: false };
    Actor { principal, standing: None, origin: Origin::default() }
}

pub(crate) fn superadmin(place: &Organization) -> Actor {
    let standing = Some(place.standing(None, BTreeMap::new()));
    Actor { standing, ..actor(UserId::from_parts(1, 1), true) }
}

/// Somebody as the membership says.
pub(crate) fn member(place: &Organization, membership: &Membership) -> Actor {
    let grants: BTreeMap<_, ProjectRole> = membership.projects.iter().map(|(id, grant)| (*id, grant.role)).collect();
    let standing = Some(place.standing(Some(membership.role), grants));
    Actor { standing, ..actor(membership.user, false) }
}

/// A command of somebody in an organization.
pub(crate) fn granted<C: Command<Scope = OrgScope>>(who: &Actor, place: &Organization, command: C) -> Granted<C> {
    who.grant(command, place.id).unwrap()
}

fn part(part: SystemPart, place: &Organization) -> Actor {
    let standing = Some(place.standing(None, BTreeMap::new()));
    Actor { principal: Principal::System { part, on_behalf_of: None }, standing, origin: Origin::default() }
}

fn client(endpoint: &str) -> Client {
    let config = aws_sdk_dynamodb::Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::from_static("eu-central-1"))
        .credentials_provider(Credentials::new("id", "secret", None, None, "tests"))
        .retry_config(RetryConfig::disabled())
        .endpoint_url(endpoint)
        .http_client(aws_smithy_http_client::Builder::new().build_http())
        .build();
    Client::from_conf(config)
}
