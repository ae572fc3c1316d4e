//! A database behind a proxy, organizations in it, calls that are reserved and settled there, and the clock.

use std::cell::Cell;
use std::collections::{BTreeMap, HashMap};
use std::time::Duration;

use aws_credential_types::Credentials;
use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::config::retry::RetryConfig;
use aws_sdk_dynamodb::config::{BehaviorVersion, Region};
use aws_sdk_dynamodb::types::AttributeValue;
use domain::actor::SystemPart;
use domain::id::{ProjectId, ReservationId, ServiceAccountId, UseCaseId, UserId};
use domain::metadata::Metadata;
use domain::organization::{CreateOrganization, Organization, Placement, Provision};
use domain::quota::{
    ByPeriod, Call, Counter, Limits, QuotaScope, ReadStatements, ReserveQuota, ScopeSet, SettleQuota, Statement,
    StatementLine, Tokens, Usage, UsageSource, Window,
};
use domain::scope::Platform;
use domain::settings::ModelId;
use domain::{Actor, Mint, OrgScope, Origin, Principal, Timestamp};
use embedded::faults::{Fault, Options, Proxy};
use embedded::{Database, database};
use futures::future::{Either, select};
use quota_reset::{App, BUDGET, Done};
use store::quota::{Outcome, QuotaDesk, Try, reserve, settle};
use store::{Made, Store};

pub(crate) type Item = HashMap<String, AttributeValue>;

thread_local! {
    // Each test has a thread and a runtime of its own. 2026-11-29T12:00:00Z, a Sunday.
    static NOW: Cell<u64> = const { Cell::new(1_795_953_600_000) };
}

pub(crate) fn now() -> Timestamp {
    Timestamp::from_millis(NOW.get())
}

pub(crate) fn set_now(at: &str) {
    NOW.set(Timestamp::try_from(at.to_owned()).unwrap().millis());
}

pub(crate) fn pass(time: Duration) {
    NOW.set(now().plus(time).millis());
}

/// A clock by which ten seconds pass between any two looks at it.
pub(crate) fn hurried() -> Timestamp {
    pass(Duration::from_secs(10));
    now()
}

pub(crate) fn random() -> [u8; 32] {
    let mut bytes = [0; 32];
    getrandom::fill(&mut bytes).unwrap();
    bytes
}

pub(crate) fn window(text: &str) -> Window {
    Window::try_from(text.to_owned()).unwrap()
}

pub(crate) fn tokens(count: u64) -> Tokens {
    Tokens::try_from(count).unwrap()
}

pub(crate) struct Stack {
    pub(crate) proxy: Proxy,
    /// Past the proxy.
    pub(crate) store: Store,
    pub(crate) client: Client,
    _database: Database,
}

impl Stack {
    pub(crate) async fn start() -> Self {
        let database = Database::start(database::Options::default()).await.unwrap();
        let proxy = Proxy::start(Options::before(database.endpoint())).await.unwrap();
        let store = Store::new(store::Config { client: client(database.endpoint()), prefix: String::new() });
        store.create_tables().await.unwrap();
        Self { proxy, store, client: client(database.endpoint()), _database: database }
    }

    /// The function, freshly started.
    pub(crate) fn app(&self) -> App {
        let store = Store::new(store::Config { client: client(self.proxy.endpoint()), prefix: String::new() });
        App { store, clock: now, random, budget: BUDGET }
    }

    pub(crate) async fn run(&self) -> Done {
        let done = self.app().run().await.unwrap();
        assert_eq!(done.failed, 0);
        done
    }

    /// One run that dies at the write of that number. False where it needed fewer, and so lived.
    pub(crate) async fn dying_run(&self, number: u64, kind: Fault) -> bool {
        let mut writes = 0;
        self.proxy.script(move |seen| {
            writes += u64::from(!matches!(seen.operation.as_str(), "Query" | "GetItem" | "BatchGetItem"));
            if writes == number { kind } else { Fault::Pass }
        });
        let app = self.app();
        let struck = async {
            while !self.proxy.is_killed() {
                tokio::task::yield_now().await;
            }
        };
        let died = match select(Box::pin(app.run()), Box::pin(struck)).await {
            Either::Left(_) => self.proxy.is_killed(),
            Either::Right(((), run)) => {
                drop(run);
                true
            }
        };
        self.proxy.clear();
        died
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
        let mut mint = Mint::new(now(), random());
        let granted = superadmin(None).grant(asked, Platform).unwrap();
        let made = self.store.create_organization(&granted, None, &mut mint).await.unwrap();
        let Made::Now(made) = made else { panic!("made before") };
        let principal = Principal::System { part: SystemPart::TenantLifecycle, on_behalf_of: None };
        let granted = actor(principal, Some(&made)).grant(Provision, made.id).unwrap();
        self.store.finish_provisioning(&granted, &made, &mut mint).await.unwrap()
    }

    /// Sets what admins would set for a month.
    pub(crate) async fn limit(&self, place: &Organization, scope: QuotaScope, monthly: u64) {
        self.limits(place, scope, ByPeriod { monthly: Some(tokens(monthly)), ..ByPeriod::default() }).await;
    }

    /// The same for several periods.
    pub(crate) async fn limits(&self, place: &Organization, scope: QuotaScope, own: ByPeriod<Tokens>) {
        let mut item: Item = serde_dynamo::to_item(Limits { own, version: 1, ..Limits::default() }).unwrap();
        let keys = [("pk", format!("{}#LIMITS#{scope}", place.id)), ("sk", "LIMITS".to_owned())];
        item.extend(keys.map(|(name, value)| (name.to_owned(), AttributeValue::S(value))));
        self.client.put_item().table_name("tenants").set_item(Some(item)).send().await.unwrap();
    }

    pub(crate) async fn reserve(&self, place: &Organization, call: Call) -> Outcome {
        let scope = scope(place);
        let tables = self.store.quota_tables(&scope);
        let state = tables.read(call.id, &call.set).await.unwrap();
        reserve(&tables, state, Try { call, first: 7, now: now() }).await.unwrap()
    }

    pub(crate) async fn settle(&self, place: &Organization, call: Call, used: u64) {
        let scope = scope(place);
        let tables = self.store.quota_tables(&scope);
        let state = tables.read(call.id, &call.set).await.unwrap();
        settle(&tables, state, &settlement(&call, used), 8, now()).await.unwrap();
    }

    /// A call that is reserved and settled now.
    pub(crate) async fn spend(&self, place: &Organization, number: u64, used: u64) {
        let call = call(place, number, used);
        assert!(matches!(self.reserve(place, call).await, Outcome::Reserved { .. }));
        self.settle(place, call, used).await;
    }

    pub(crate) async fn counter(&self, place: &Organization, of: QuotaScope) -> Option<Counter> {
        let state = self.store.quota_scopes(&scope(place), &[of]).await.unwrap();
        state.scopes.into_iter().next().unwrap().counter
    }

    /// The right of a run in that organization.
    pub(crate) fn reset(&self, place: &Organization) -> domain::Granted<domain::quota::ResetQuotas> {
        let principal = Principal::System { part: domain::actor::SystemPart::QuotaReset, on_behalf_of: None };
        actor(principal, Some(place)).grant(domain::quota::ResetQuotas, place.id).unwrap()
    }

    pub(crate) async fn statement(
        &self,
        place: &Organization,
        month: &str,
    ) -> domain::Result<(Statement, Vec<StatementLine>)> {
        let granted = superadmin(Some(place)).grant(ReadStatements, place.id).unwrap();
        self.store.whole_statement(&granted, window(month), now()).await
    }

    /// What was spent, told and counted of the organization, in order, and how far the reset has come.
    pub(crate) async fn items(&self, place: &Organization) -> Vec<BTreeMap<String, AttributeValue>> {
        let mut all = vec![];
        for partition in partitions(place) {
            let call = self.client.query().table_name("tenants").key_condition_expression("pk = :pk");
            let call = call.expression_attribute_values(":pk", AttributeValue::S(partition)).consistent_read(true);
            all.extend(call.send().await.unwrap().items.unwrap_or_default());
        }
        let mut all: Vec<_> = all.into_iter().map(|item| item.into_iter().collect::<BTreeMap<_, _>>()).collect();
        all.sort_by_key(|item| format!("{:?} {:?}", item["pk"], item["sk"]));
        all
    }

    /// What the log says that the reset did in the organization.
    pub(crate) async fn told(&self, place: &Organization) -> Vec<domain::Event> {
        let granted = superadmin(Some(place)).grant(domain::audit::ReadAudit, place.id).unwrap();
        let since = now().minus(Duration::from_secs(40 * 86_400));
        let until = now().plus(Duration::from_secs(3_600));
        let filter = store::EventFilter::default();
        let page = self.store.list_events(&granted, &filter, since, None, 100, until).await.unwrap();
        let of_reset = |event: &domain::Event| event.actor.id.as_deref() == Some("quota-reset");
        page.items.into_iter().filter(of_reset).collect()
    }
}

fn partitions(place: &Organization) -> Vec<String> {
    let days = ["2026-11-28", "2026-11-29", "2026-11-30", "2026-12-01", "2026-12-02"];
    let usage = days.iter().map(|day| format!("{}#USAGE#{day}", place.id));
    let months = ["2026-10", "2026-11", "2026-12"].map(|month| format!("{}#STATEMENT#{month}", place.id));
    let rest = ["STATEMENTS", "LATE", "COUNTER#organization", "ALERTS#organization", "CLOSING"];
    usage.chain(months).chain(rest.map(|name| format!("{}#{name}", place.id))).collect()
}

pub(crate) fn set(place: &Organization, number: u64) -> ScopeSet {
    ScopeSet {
        project: place.default_project,
        use_case: (!number.is_multiple_of(2)).then(|| UseCaseId::from_parts(1, u128::from(number % 5))),
        user: (!number.is_multiple_of(3)).then(|| UserId::from_parts(1, u128::from(number % 3))),
    }
}

/// A call whose id is made now.
pub(crate) fn call(place: &Organization, number: u64, amount: u64) -> Call {
    let id = ReservationId::from_parts(now().millis(), u128::from(number));
    Call { id, set: set(place, number), amount: tokens(amount) }
}

pub(crate) fn settlement(call: &Call, used: u64) -> SettleQuota {
    let usage = Usage {
        prompt: tokens(used / 2),
        completion: tokens(used - used / 2),
        source: UsageSource::Provider,
        model: Some(ModelId::try_from(format!("model-{}", used % 2)).unwrap()),
        provider: None,
        cost_micro_usd: used * 3,
    };
    SettleQuota { id: call.id, set: call.set, usage, charged: None }
}

pub(crate) fn scope(place: &Organization) -> OrgScope {
    let id = ServiceAccountId::from_parts(1, 1);
    let principal = Principal::ServiceAccount { id, name: "Runtime".into(), runtime: true };
    actor(principal, Some(place)).grant(ReserveQuota { calls: vec![] }, place.id).unwrap().scope().clone()
}

pub(crate) fn superadmin(place: Option<&Organization>) -> Actor {
    let (id, email) = (UserId::from_parts(1, 99), "x@x.example".to_owned());
    actor(Principal::User { id, email, superadmin: true, must_change_password: false }, place)
}

pub(crate) fn actor(principal: Principal, place: Option<&Organization>) -> Actor {
    let standing = place.map(|place| place.standing(None, BTreeMap::new()));
    Actor { principal, standing, origin: Origin::default() }
}

pub(crate) fn project(place: &Organization) -> ProjectId {
    place.default_project
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
