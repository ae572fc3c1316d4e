//! Every function of the product, built on the local parts as its own start-up builds it on the cloud's.

use std::path::PathBuf;
use std::sync::Arc;

use anyhow::{Context, Result};
use api::{Core, Declared, Settings};
use axum::Router;
use blobs::Blobs;
use outbound::{Allowed, Outbound, SystemResolver};
use seal::Sealer;
use store::Store;
use tenancy::Tenancy;
use vault::Vault;

use crate::apart::apart;
use crate::card::Card;
use crate::operator;
use crate::parts::{IMPORT_WORKER, NOTIFICATIONS};
use crate::secrets::Secrets;

/// Whom local mails come from.
const MAIL_FROM: &str = "portal@local.example";

/// Servers of models on this machine may be called, over plain http too.
const LOOPBACK: &str = "127.0.0.0/8, ::1, localhost";

/// Every function's state.
#[derive(Clone)]
pub(crate) struct Functions {
    pub(crate) core: Core,
    audit: audit::App,
    console: console::App,
    credential_leases: credential_leases::App,
    identity: identity::App,
    pub(crate) import_worker: import_worker::App,
    imports: imports::App,
    inbox: inbox::App,
    invitations: invitations::App,
    pub(crate) notifications: notifications::App,
    organizations: organizations::App,
    models: models::App,
    pub(crate) provider_rotations: provider_rotations::App,
    provider_tests: provider_tests::App,
    providers: providers::App,
    quota_check: quota_check::App,
    quotas: quotas::App,
    pub(crate) quota_reset: quota_reset::App,
    statements: statements::App,
    pub(crate) tenant_lifecycle: tenant_lifecycle::App,
    tool_checks: tool_checks::App,
    tool_integrations: tool_integrations::App,
    pub(crate) tool_watch: tool_watch::App,
    pub(crate) encryption_keys: encryption_keys::App,
}

impl Functions {
    /// Builds them; each gets a login of its own at the secrets server.
    pub(crate) async fn new(
        card: &Card,
        store: Store,
        secrets: &Secrets,
        temp_dir: PathBuf,
        mails: (u32, u32),
    ) -> Result<Self> {
        let settings = Settings { public_url: card.api.clone() };
        let core = Core { store: store.clone(), settings, clock: start::clock, random: start::random };
        let tenancy = async |function| {
            let vault = secrets.login(function).await?;
            anyhow::Ok(Tenancy { store: store.clone(), vault, blobs: blobs(card) })
        };
        Ok(Self {
            audit: audit::App { core: core.clone() },
            console: console::App { core: core.clone() },
            credential_leases: credential_leases(core.clone(), secrets.login("credential-leases").await?),
            identity: identity::App::new(core.clone(), secrets.login("identity").await?),
            import_worker: import_worker::App {
                store: store.clone(),
                blobs: blobs(card),
                vault: secrets.login("import-worker").await?,
                clock: start::clock,
                random: start::random,
                temp_dir,
            },
            imports: imports::App { core: core.clone(), blobs: blobs(card) },
            inbox: inbox::App { core: core.clone() },
            invitations: invitations::App {
                core: core.clone(),
                key: links::HeldKey::new(secrets.login("invitations").await?, start::random),
                portal: portal(card)?,
            },
            notifications: notifications(card, secrets.login("notifications").await?, mails)?,
            organizations: organizations::App { core: core.clone(), tenancy: tenancy("organizations").await? },
            models: models::App { core: core.clone() },
            provider_rotations: provider_rotations(&core, secrets.login("provider-rotations").await?)?,
            provider_tests: provider_tests(core.clone(), secrets.login("provider-tests").await?)?,
            providers: providers(core.clone(), secrets.login("providers").await?)?,
            quota_check: quota_check::App { core: core.clone() },
            quotas: quotas::App { core: core.clone(), sealer: sealer(secrets.login("quotas").await?) },
            quota_reset: quota_reset(&core),
            statements: statements::App { core: core.clone() },
            tenant_lifecycle: tenant_lifecycle::App {
                tenancy: tenancy("tenant-lifecycle").await?,
                clock: start::clock,
                random: start::random,
            },
            tool_checks: tool_checks(core.clone(), secrets.login("tool-checks").await?)?,
            tool_integrations: tool_integrations(core.clone(), secrets.login("tool-integrations").await?)?,
            tool_watch: tool_watch(store, secrets.login("tool-watch").await?)?,
            encryption_keys: encryption_keys(&core, secrets.login("encryption-keys").await?),
            core,
        })
    }

    /// All routes under one address, not yet finished by the edge.
    pub(crate) fn router(&self) -> Router {
        let Self { audit, console, identity, imports, inbox, invitations, organizations, .. } = self.clone();
        let Self { credential_leases, models, provider_tests, providers, quotas, quota_check, statements, .. } =
            self.clone();
        let Self { tool_checks, tool_integrations, .. } = self.clone();
        Router::new()
            .merge(audit::router(audit))
            .merge(console::router(console))
            .merge(credential_leases::router(credential_leases))
            .merge(identity::router(identity))
            .merge(imports::router(imports))
            .merge(inbox::router(inbox))
            .merge(invitations::router(invitations))
            .merge(organizations::router(organizations))
            .merge(models::router(models))
            .merge(provider_tests::router(provider_tests))
            .merge(providers::router(providers))
            .merge(quota_check::router(quota_check))
            .merge(quotas::router(quotas))
            .merge(statements::router(statements))
            .merge(tool_checks::router(tool_checks))
            .merge(tool_integrations::router(tool_integrations))
    }

    /// Every route, by the function that declared it.
    pub(crate) fn declared(&self) -> Vec<(&'static str, Declared)> {
        let of = |function, declared: &[Declared]| -> Vec<_> {
            declared.iter().map(|route| (function, route.clone())).collect()
        };
        [
            of("audit", audit::routes(&self.audit).declared()),
            of("console", console::routes(&self.console).declared()),
            of("credential-leases", credential_leases::routes(&self.credential_leases).declared()),
            of("identity", identity::routes(&self.identity).declared()),
            of("imports", imports::routes(&self.imports).declared()),
            of("inbox", inbox::routes(&self.inbox).declared()),
            of("invitations", invitations::routes(&self.invitations).declared()),
            of("models", models::routes(&self.models).declared()),
            of("organizations", organizations::routes(&self.organizations).declared()),
            of("quota-check", quota_check::routes(&self.quota_check).declared()),
            of("provider-tests", provider_tests::routes(&self.provider_tests).declared()),
            of("providers", providers::routes(&self.providers).declared()),
            of("quotas", quotas::routes(&self.quotas).declared()),
            of("statements", statements::routes(&self.statements).declared()),
            of("tool-checks", tool_checks::routes(&self.tool_checks).declared()),
            of("tool-integrations", tool_integrations::routes(&self.tool_integrations).declared()),
        ]
        .concat()
    }
}

impl Functions {
    /// Hands the object store's events to the import worker.
    pub(crate) fn listen_to(&self, objects: &embedded::ObjectStore) {
        let worker = self.import_worker.clone();
        objects.on(IMPORT_WORKER, move |event| {
            let worker = worker.clone();
            async move {
                let handle = async move || import_worker::handle_object(&worker, event).await;
                match apart(handle).await {
                    Some(handled) => handled.map_err(|error| operator::told(&error).to_string()),
                    None => Err("the import worker panicked".to_owned()),
                }
            }
        });
    }

    /// Hands the events' stream to the notifications.
    pub(crate) fn listen_to_events(&self, streams: &embedded::Streams, table: &str) -> Result<()> {
        let app = self.notifications.clone();
        let handler = move |event| {
            let app = app.clone();
            async move {
                let handled = notifications::handle(&app, event).await;
                handled.map_err(|error| operator::told(&error).to_string())
            }
        };
        streams.on(table, NOTIFICATIONS, handler).context("reading the place in the events' stream")
    }
}

impl Functions {
    /// Hands what becomes of mails to the notifications.
    pub(crate) fn listen_to_mail(&self, mail: &embedded::MailSink) {
        let app = self.notifications.clone();
        mail.on(move |event| {
            let app = app.clone();
            async move {
                let handled = notifications::handle(&app, event).await;
                handled.map(drop).map_err(|error| operator::told(&error).to_string())
            }
        });
    }
}

/// On the database itself: no proxy stands between, so that what is measured of a request, or failed on purpose, is the
/// request's own.
fn notifications(card: &Card, vault: vault::Vault, mails: (u32, u32)) -> Result<notifications::App> {
    let client = crate::clients::dynamodb(&card.dynamodb_endpoint, &card.functions_key);
    let store = Store::new(store::Config { client, prefix: card.tables.prefix.clone() });
    let from = MAIL_FROM.parse().context("reading the address that mails come from")?;
    let client = crate::clients::mail(&card.ses_endpoint, &card.functions_key);
    let (per_second, per_day) = mails;
    Ok(notifications::App {
        store,
        key: links::HeldKey::new(vault, start::random),
        post: notifications::Post::new(client, from, &card.tables.prefix, Some(format!("{}mail", card.tables.prefix))),
        limits: domain::mail_budget::MailLimits::new(per_second, per_day)?,
        branding: notifications::mail::Branding::default(),
        portal: portal(card)?,
        clock: start::clock,
        wait: notifications::asleep,
        random: start::random,
    })
}

fn sealer(vault: Vault) -> Sealer {
    Sealer::new(vault, Arc::new(start::monotonic))
}

fn credential_leases(core: Core, vault: Vault) -> credential_leases::App {
    let sealer = sealer(vault.clone());
    credential_leases::App { core, vault, sealer }
}

fn providers(core: Core, vault: Vault) -> Result<providers::App> {
    let sealer = sealer(vault.clone());
    Ok(providers::App::new(core, vault, sealer, loopback()?))
}

fn provider_tests(core: Core, vault: Vault) -> Result<provider_tests::App> {
    Ok(provider_tests::App { core, vault, outbound: to_loopback()? })
}

fn tool_checks(core: Core, vault: Vault) -> Result<tool_checks::App> {
    Ok(tool_checks::App { core, vault, outbound: to_loopback()? })
}

fn tool_integrations(core: Core, vault: Vault) -> Result<tool_integrations::App> {
    Ok(tool_integrations::App::new(core, vault, loopback()?))
}

fn tool_watch(store: Store, vault: Vault) -> Result<tool_watch::App> {
    Ok(tool_watch::App {
        store,
        vault,
        outbound: to_loopback()?,
        clock: start::clock,
        random: start::random,
        budget: tool_watch::BUDGET,
    })
}

fn to_loopback() -> Result<Outbound> {
    Ok(Outbound::new(loopback()?, SystemResolver, vec![]))
}

fn provider_rotations(core: &Core, vault: Vault) -> Result<provider_rotations::App> {
    let outbound = Outbound::new(loopback()?, SystemResolver, vec![]);
    let clock = provider_rotations::Clock { now: start::clock, random: start::random };
    Ok(provider_rotations::App::new(core.store.clone(), vault, outbound, clock))
}

fn loopback() -> Result<Allowed> {
    Allowed::try_from(LOOPBACK).context("reading the networks of this machine")
}

fn portal(card: &Card) -> Result<links::PublicUrl> {
    card.api.clone().try_into().context("reading the portal's address")
}

fn blobs(card: &Card) -> Blobs {
    Blobs::new(blobs::Config {
        endpoint: Some(card.s3_endpoint.clone()),
        public_endpoint: None,
        region: card.region.clone(),
        bucket: card.bucket.clone(),
        access_key_id: card.functions_key.id.clone(),
        secret_access_key: card.functions_key.secret.clone(),
        session_token: None,
        server_side_kms_key: None,
    })
}

fn encryption_keys(core: &Core, vault: vault::Vault) -> encryption_keys::App {
    let (store, limits) = (core.store.clone(), encryption_keys::Limits::default());
    encryption_keys::App { store, vault, clock: start::clock, random: start::random, limits }
}

fn quota_reset(core: &Core) -> quota_reset::App {
    let (store, budget) = (core.store.clone(), quota_reset::BUDGET);
    quota_reset::App { store, clock: start::clock, random: start::random, budget }
}
