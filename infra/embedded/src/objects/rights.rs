//! Who may do what: access keys, their principals and their grants.

use std::collections::HashMap;

use s3s::auth::{S3Auth, SecretKey};
use s3s::{S3Request, S3Result, s3_error};

/// One thing that can be done with objects.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// Read an object or what is known about it.
    Read,
    /// Create or replace an object, in parts or whole, by form or copy.
    Write,
    /// Delete an object.
    Delete,
    /// List keys.
    List,
}

/// Actions allowed on a part of a bucket.
#[derive(Clone, Debug)]
pub struct Grant {
    /// What may be done.
    pub actions: Vec<Action>,
    /// The bucket's name, or `*` for all.
    pub bucket: String,
    /// Only keys that begin with this, and lists whose prefix begins with it; empty for the whole bucket.
    pub key_prefix: String,
}

impl Grant {
    /// Everything, everywhere.
    #[must_use]
    pub fn everything() -> Self {
        let actions = vec![Action::Read, Action::Write, Action::Delete, Action::List];
        Self { actions, bucket: "*".to_owned(), key_prefix: String::new() }
    }

    /// These actions under one prefix of one bucket.
    #[must_use]
    pub fn on(bucket: &str, key_prefix: &str, actions: &[Action]) -> Self {
        Self { actions: actions.to_vec(), bucket: bucket.to_owned(), key_prefix: key_prefix.to_owned() }
    }

    fn covers(&self, action: Action, bucket: &str, key: &str) -> bool {
        let bucket_fits = self.bucket == "*" || self.bucket == bucket;
        bucket_fits && self.actions.contains(&action) && key.starts_with(&self.key_prefix)
    }
}

/// An access key and whom it stands for.
#[derive(Clone)]
pub struct Principal {
    /// The access key's id.
    pub key_id: String,
    /// The access key's secret.
    pub secret: String,
    /// The `principalId` in events.
    pub name: String,
    /// What it may do; nothing if empty.
    pub grants: Vec<Grant>,
}

impl std::fmt::Debug for Principal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { key_id, name, grants, secret: _ } = self;
        f.debug_struct("Principal")
            .field("key_id", key_id)
            .field("name", name)
            .field("grants", grants)
            .finish_non_exhaustive()
    }
}

/// All access keys of a store.
#[derive(Clone, Debug, Default)]
pub(super) struct Principals(HashMap<String, Principal>);

impl Principals {
    pub(super) fn new(principals: Vec<Principal>) -> Self {
        Self(principals.into_iter().map(|principal| (principal.key_id.clone(), principal)).collect())
    }

    pub(super) fn name(&self, key_id: &str) -> &str {
        self.0.get(key_id).map(|principal| principal.name.as_str()).unwrap_or_default()
    }

    /// The request's principal, if it may do this.
    ///
    /// # Errors
    /// `AccessDenied`; `InvalidRequest` for signatures of version 2, which carry no region and which S3 no longer takes.
    pub(super) fn permit<T>(
        &self,
        asked: &S3Request<T>,
        action: Action,
        bucket: &str,
        key: &str,
    ) -> S3Result<&Principal> {
        if asked.region.is_none() {
            return Err(s3_error!(InvalidRequest, "Please use AWS4-HMAC-SHA256."));
        }
        let known = asked.credentials.as_ref().and_then(|credentials| self.0.get(&credentials.access_key));
        known
            .filter(|principal| principal.grants.iter().any(|grant| grant.covers(action, bucket, key)))
            .ok_or_else(|| s3_error!(AccessDenied, "Access Denied"))
    }
}

#[async_trait::async_trait]
impl S3Auth for Principals {
    async fn get_secret_key(&self, access_key: &str) -> S3Result<SecretKey> {
        let unknown =
            || s3_error!(InvalidAccessKeyId, "The AWS Access Key Id you provided does not exist in our records.");
        self.0.get(access_key).map(|principal| SecretKey::from(principal.secret.as_str())).ok_or_else(unknown)
    }
}
