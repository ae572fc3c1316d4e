//! A store with one bucket, and whom it serves.

use std::time::SystemTime;

use blobs::{Blobs, Config};
use domain::Timestamp;
use embedded::ObjectStore;
use embedded::objects::{Action, Grant, Options, Principal};
use tempfile::TempDir;

pub(crate) const BUCKET: &str = "files";
pub(crate) const TEXT: &str = "text/plain";

/// A running store in a folder of its own.
pub(crate) struct Store {
    pub(crate) folder: TempDir,
    store: ObjectStore,
}

impl Store {
    pub(crate) async fn start() -> Self {
        let folder = TempDir::new().unwrap();
        let mut options =
            Options::new(folder.path().join("store"), BUCKET, principal("FUNCTIONS", Grant::everything()));
        options.principals.push(principal("READER", Grant::on(BUCKET, "open/", &[Action::Read, Action::List])));
        Self { store: ObjectStore::start(options).await.unwrap(), folder }
    }

    pub(crate) fn blobs(&self) -> Blobs {
        self.blobs_of("FUNCTIONS")
    }

    pub(crate) fn blobs_of(&self, access_key_id: &str) -> Blobs {
        Blobs::new(config(self.store.endpoint(), access_key_id))
    }

    /// With credentials that have a token, which the store takes without looking into it.
    pub(crate) fn temporary_blobs(&self) -> Blobs {
        let session_token = Some("a+token/==".to_owned());
        Blobs::new(Config { session_token, ..config(self.store.endpoint(), "FUNCTIONS") })
    }
}

fn principal(key_id: &str, grant: Grant) -> Principal {
    Principal { key_id: key_id.to_owned(), secret: "a-secret".to_owned(), name: key_id.to_owned(), grants: vec![grant] }
}

pub(crate) fn config(endpoint: &str, access_key_id: &str) -> Config {
    Config {
        endpoint: Some(endpoint.to_owned()),
        public_endpoint: None,
        region: "eu-central-1".to_owned(),
        bucket: BUCKET.to_owned(),
        access_key_id: access_key_id.to_owned(),
        secret_access_key: "a-secret".to_owned(),
        session_token: None,
        server_side_kms_key: None,
    }
}

pub(crate) fn now() -> Timestamp {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap();
    Timestamp::from_millis(u64::try_from(since.as_millis()).unwrap())
}
