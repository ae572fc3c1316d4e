//! What runs by itself: the sweeps that a schedule starts in the cloud.

use std::time::Duration;

use tokio::task::JoinSet;

use crate::apart::apart;
use crate::functions::Functions;

/// How often the sweep of tenants runs, that of mails, that of imports, that of quotas, that of rotations and that of tools; as in the
/// template.
pub(crate) const TENANTS: Duration = Duration::from_secs(60);
pub(crate) const MAILS: Duration = Duration::from_secs(60);
pub(crate) const IMPORTS: Duration = Duration::from_secs(5 * 60);
pub(crate) const QUOTAS: Duration = Duration::from_secs(5 * 60);
pub(crate) const TOOLS: Duration = Duration::from_secs(5 * 60);
pub(crate) const ROTATIONS: Duration = Duration::from_secs(60);
/// How often the turn of encryption keys goes on.
pub(crate) const KEYS: Duration = Duration::from_secs(60);

/// The running timers. Dropping them ends them; every sweep may be cut off anywhere.
pub(crate) struct Schedules(JoinSet<()>);

impl Schedules {
    /// Begins: tenants, mails, rotations and keys at once and every minute, imports, quotas and tools every five minutes.
    pub(crate) fn start(functions: &Functions) -> Self {
        let mut timers = JoinSet::new();
        let tenants = functions.tenant_lifecycle.clone();
        timers.spawn(every(TENANTS, move || {
            let tenants = tenants.clone();
            async move {
                match tenants.sweep().await {
                    Ok(swept) => tracing::debug!(?swept, "swept tenants"),
                    Err(error) => tracing::warn!(%error, "could not sweep tenants"),
                }
            }
        }));
        let imports = functions.import_worker.clone();
        timers.spawn(every(IMPORTS, move || {
            let imports = imports.clone();
            async move {
                let swept = apart(async move || import_worker::sweep(&imports).await).await;
                if let Some(Err(error)) = swept {
                    tracing::warn!(%error, "could not sweep imports");
                }
            }
        }));
        let mails = functions.notifications.clone();
        timers.spawn(every(MAILS, move || {
            let mails = mails.clone();
            async move {
                let swept = apart(async move || notifications::handle(&mails, serde_json::Value::Null).await).await;
                if let Some(Err(error)) = swept {
                    tracing::warn!(%error, "could not sweep mails");
                }
            }
        }));
        let quotas = functions.quota_reset.clone();
        timers.spawn(every(QUOTAS, move || {
            let quotas = quotas.clone();
            async move {
                let reset = apart(async move || quotas.run().await).await;
                if let Some(Err(error)) = reset {
                    tracing::warn!(%error, "could not reset quotas");
                }
            }
        }));
        watch_tools(&mut timers, functions);
        timers.spawn(rotations(functions));
        timers.spawn(turns(functions.encryption_keys.clone()));
        Self(timers)
    }

    pub(crate) async fn stop(mut self) {
        self.0.shutdown().await;
    }
}

fn rotations(functions: &Functions) -> impl Future<Output = ()> + use<> {
    let rotations = functions.provider_rotations.clone();
    every(ROTATIONS, move || {
        let rotations = rotations.clone();
        async move {
            let run = apart(async move || rotations.run().await).await;
            if let Some(Err(error)) = run {
                tracing::warn!(%error, "could not look at rotations");
            }
        }
    })
}

async fn turns(keys: encryption_keys::App) {
    every(KEYS, move || {
        let keys = keys.clone();
        async move {
            if let Some(Err(error)) = apart(async move || keys.run().await).await {
                tracing::warn!(%error, "could not turn encryption keys");
            }
        }
    })
    .await;
}

fn watch_tools(timers: &mut JoinSet<()>, functions: &Functions) {
    let tools = functions.tool_watch.clone();
    timers.spawn(every(TOOLS, move || {
        let tools = tools.clone();
        async move {
            let watched = apart(async move || tools.run().await).await;
            if let Some(Err(error)) = watched {
                tracing::warn!(%error, "could not look at MCP servers");
            }
        }
    }));
}

async fn every<F: Future<Output = ()>>(period: Duration, act: impl Fn() -> F) {
    let mut ticks = tokio::time::interval(period);
    ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        ticks.tick().await;
        act().await;
    }
}
