//! What answers show of a tool's credential.

use domain::provider::{Credential, CredentialMark};
use serde::Serialize;
use utoipa::ToSchema;

/// What may be known of a tool's credential. The credential itself leaves by no route.
#[derive(Serialize, ToSchema)]
pub(crate) struct ToolCredentialView {
    /// Which version of it.
    version: u64,
    /// Its last four characters, where it has 24 at least.
    #[schema(example = "••••x7Qa")]
    mask: String,
    /// The same credential has the same one.
    #[schema(example = "5be1a0c24f3d7781")]
    fingerprint: String,
    /// When it was stored.
    #[schema(format = "date-time")]
    set_at: String,
    /// By whom.
    #[schema(example = "usr_01JZA000000000000000000000")]
    set_by: String,
    /// When it was handed out last; absent = never.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(format = "date-time")]
    last_used_at: Option<String>,
}

impl From<&Credential> for ToolCredentialView {
    fn from(credential: &Credential) -> Self {
        let Credential { version, mark: CredentialMark { mask, fingerprint }, set_at, set_by, last_used_at } =
            credential;
        Self {
            version: *version,
            mask: mask.clone(),
            fingerprint: fingerprint.clone(),
            set_at: set_at.to_string(),
            set_by: set_by.clone(),
            last_used_at: last_used_at.as_ref().map(ToString::to_string),
        }
    }
}
