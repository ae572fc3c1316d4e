//! Objects that are deleted when they get old, and uploads that nobody finished.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use super::index::Condition;
use super::state::{Origin, State};
use crate::events::Cause;

const SWEEP_EVERY: Duration = Duration::from_secs(3600);

/// Uploads in parts are given up after this long.
const UPLOAD_AGE_MAX: Duration = Duration::from_secs(24 * 3600);

/// One rule of a bucket's lifecycle.
#[derive(Clone, Debug)]
pub struct Lifecycle {
    /// The bucket's name.
    pub bucket: String,
    /// Only keys that begin with this.
    pub key_prefix: String,
    /// Objects written longer ago than this are deleted.
    pub older_than: Duration,
}

pub(super) async fn on_timer(state: Arc<State>, rules: Vec<Lifecycle>) {
    loop {
        give_up_uploads(&state).unwrap_or_else(|fault| tracing::warn!(%fault, "could not clear old uploads"));
        for Lifecycle { bucket, key_prefix, older_than } in &rules {
            match expire(&state, bucket, key_prefix, *older_than) {
                Ok(expired) => tracing::debug!(bucket, key_prefix, expired, "lifecycle rule ran"),
                Err(fault) => tracing::warn!(%fault, bucket, key_prefix, "lifecycle rule failed"),
            }
        }
        tokio::time::sleep(SWEEP_EVERY).await;
    }
}

pub(super) fn expire(state: &State, bucket: &str, key_prefix: &str, older_than: Duration) -> io::Result<usize> {
    let now = crate::clock::now();
    let origin = Origin {
        principal: "AmazonS3".to_owned(),
        source: "s3.amazonaws.com".to_owned(),
        request_id: crate::clock::fresh(),
    };
    let mut expired: usize = 0;
    // On a line of its own: the lock must be free again when the first one is removed.
    let entries = state.index().under(bucket, key_prefix).map_err(io::Error::other)?;
    for entry in entries {
        let age = Duration::try_from(now.duration_since(entry.modified)).unwrap_or_default();
        if age < older_than {
            continue;
        }
        let unchanged = Condition::unchanged(&entry);
        // Refused if it was replaced meanwhile; it is young then.
        let removed = state.remove(bucket, &entry.key, &unchanged, Cause::Expiration, &origin).unwrap_or(false);
        expired = expired.saturating_add(usize::from(removed));
    }
    Ok(expired)
}

fn give_up_uploads(state: &State) -> io::Result<()> {
    let folder = state.data().join("uploads");
    std::fs::create_dir_all(&folder)?;
    for upload in std::fs::read_dir(folder)? {
        let upload = upload?;
        if upload.metadata()?.modified()?.elapsed().unwrap_or_default() > UPLOAD_AGE_MAX {
            std::fs::remove_dir_all(upload.path())?;
        }
    }
    Ok(())
}
