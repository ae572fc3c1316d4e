//! What an audit record says of a change: the target, and each field before and after.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::id::{
    AgentId, ApiTokenId, ImportId, McpServerId, OauthClientId, OrganizationId, ProjectId, ProviderId, QuotaRequestId,
    ServiceAccountId, SessionId, TopUpId, UseCaseId, UserId,
};

/// What was acted on, with its name at that time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Target {
    /// What kind of thing, such as `organization`.
    pub kind: String,
    /// Its id.
    pub id: String,
    /// What it was called.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
}

impl Target {
    /// A target with a name.
    pub fn named(kind: &str, id: impl ToString, name: impl ToString) -> Self {
        Self { kind: kind.to_owned(), id: id.to_string(), name: Some(name.to_string()) }
    }

    /// A target that has none.
    pub fn unnamed(kind: &str, id: impl ToString) -> Self {
        Self { kind: kind.to_owned(), id: id.to_string(), name: None }
    }

    /// What an id names, told by its prefix; none where the text is no id.
    #[must_use]
    pub fn of_id(text: &str) -> Option<Self> {
        let kinds = [
            ("organization", text.parse::<OrganizationId>().is_ok()),
            ("project", text.parse::<ProjectId>().is_ok()),
            ("user", text.parse::<UserId>().is_ok()),
            ("use-case", text.parse::<UseCaseId>().is_ok()),
            ("agent", text.parse::<AgentId>().is_ok()),
            ("import", text.parse::<ImportId>().is_ok()),
            ("session", text.parse::<SessionId>().is_ok()),
            ("service-account", text.parse::<ServiceAccountId>().is_ok()),
            ("api-token", text.parse::<ApiTokenId>().is_ok()),
            ("top-up", text.parse::<TopUpId>().is_ok()),
            ("quota-request", text.parse::<QuotaRequestId>().is_ok()),
            ("provider", text.parse::<ProviderId>().is_ok()),
            ("mcp-server", text.parse::<McpServerId>().is_ok()),
            ("oauth-client", text.parse::<OauthClientId>().is_ok()),
        ];
        kinds.into_iter().find(|(_, fits)| *fits).map(|(kind, _)| Self::unnamed(kind, text))
    }
}

/// One field of a change.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Change {
    /// The field's name on the wire.
    pub field: String,
    /// What it was; absent where the thing is new.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub before: Option<Value>,
    /// What it is; absent where the thing is gone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<Value>,
}

impl Change {
    /// A field that came into being.
    pub fn set(field: &str, after: impl Serialize) -> Self {
        Self { field: field.to_owned(), before: None, after: json(after) }
    }

    /// A field that went away.
    pub fn cleared(field: &str, before: impl Serialize) -> Self {
        Self { field: field.to_owned(), before: json(before), after: None }
    }

    /// A field that may have changed: nothing if it did not.
    pub fn between(field: &str, before: impl Serialize, after: impl Serialize) -> Option<Self> {
        let (before, after) = (json(before), json(after));
        (before != after).then(|| Self { field: field.to_owned(), before, after })
    }
}

fn json(value: impl Serialize) -> Option<Value> {
    serde_json::to_value(value).ok().filter(|value| !value.is_null())
}
