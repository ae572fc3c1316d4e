//! A function's real binary behind a Runtime API: woken by the stack's object store, or event by event.

use std::path::Path;
use std::sync::Arc;

use journeys::Portal;
use lambda_lane::{Outcome, RuntimeApi, bootstrap, memory};
use serde_json::Value;
use tokio::process::Child;
use tokio::sync::Mutex;

/// A running function.
pub(crate) struct Worker {
    process: Child,
    idle_kib: u64,
    runtime_api: Arc<Mutex<RuntimeApi>>,
}

impl Worker {
    /// Starts the binary.
    pub(crate) async fn start(binary: &Path, portal: &Portal) -> Self {
        let mut runtime_api = RuntimeApi::start().await.unwrap();
        let process = bootstrap::start(binary, runtime_api.address(), &environment(portal)).unwrap();
        runtime_api.first_poll().await.unwrap();
        let idle_kib = memory::kib_max(process.id().unwrap()).unwrap();
        Self { process, idle_kib, runtime_api: Arc::new(Mutex::new(runtime_api)) }
    }

    /// Gives it the object store's events from now on, one after the other.
    pub(crate) fn woken_by_objects(&self, portal: &Portal) {
        let runtime_api = Arc::clone(&self.runtime_api);
        portal.stack().objects().on("import-worker", move |event| {
            let runtime_api = Arc::clone(&runtime_api);
            async move { invoke(&runtime_api, event).await.map(drop) }
        });
    }

    /// Gives it one event; what it answers.
    pub(crate) async fn invoke(&self, event: Value) -> Value {
        invoke(&self.runtime_api, event).await.unwrap()
    }

    /// Ends it. The most MiB that it held beyond what it held before the first event.
    pub(crate) async fn stop(mut self) -> f64 {
        let kib = memory::kib_max(self.process.id().unwrap()).unwrap().saturating_sub(self.idle_kib);
        self.process.kill().await.unwrap();
        f64::from(u32::try_from(kib).unwrap()) / 1024.0
    }
}

async fn invoke(runtime_api: &Mutex<RuntimeApi>, event: Value) -> Result<Value, String> {
    match runtime_api.lock().await.invoke(event).await {
        Ok(Outcome::Answer(answer)) => Ok(answer),
        Ok(Outcome::Failure(why)) => Err(why.to_string()),
        Err(why) => Err(why.to_string()),
    }
}

fn environment(portal: &Portal) -> Vec<(&'static str, String)> {
    let card = portal.stack().card();
    // What is measured goes through the proxy, where there is one.
    let database = portal.stack().proxy().map_or(card.dynamodb_endpoint.as_str(), |proxy| proxy.endpoint());
    vec![
        ("AWS_REGION", card.region.clone()),
        ("AWS_ACCESS_KEY_ID", card.functions_key.id.clone()),
        ("AWS_SECRET_ACCESS_KEY", card.functions_key.secret.clone()),
        ("AWS_ENDPOINT_URL_DYNAMODB", database.to_owned()),
        ("AWS_ENDPOINT_URL_S3", card.s3_endpoint.clone()),
        ("TABLE_PREFIX", card.tables.prefix.clone()),
        ("PUBLIC_URL", card.api.clone()),
        ("BUCKET", card.bucket.clone()),
        ("VAULT_ADDR", card.vault_address.clone()),
        ("VAULT_TOKEN", card.vault_token.clone()),
    ]
}
