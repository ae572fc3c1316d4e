//! Tokens: how they are made, how long they live and what they show of themselves.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::answer::Refusal;
use crate::ledger::Ledger;
use crate::random;

/// 32 days, Vault's system maximum and its default.
pub(crate) const LIFE_SECONDS_MAX: u64 = 2_764_800;

/// A live token.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Token {
    pub(crate) id: String,
    accessor: String,
    pub(crate) policies: Vec<String>,
    pub(crate) path: String,
    display_name: String,
    metadata: Option<BTreeMap<String, String>>,
    created: Timestamp,
    creation_ttl: u64,
    expires: Option<Timestamp>,
    explicit_max_ttl: u64,
    max_ttl: u64,
    uses_left: Option<u64>,
    renewable: bool,
    parent: Option<String>,
    entity_id: String,
    /// The answer that a wrapping token stands for.
    pub(crate) wrapped: Option<Value>,
}

/// What a new token shall be; `ttl_seconds` 0 means without end, `max_seconds` 0 the system's maximum.
#[derive(Default)]
pub(crate) struct Wish {
    pub(crate) id: Option<String>,
    pub(crate) policies: Vec<String>,
    pub(crate) path: String,
    pub(crate) display_name: String,
    pub(crate) metadata: Option<BTreeMap<String, String>>,
    pub(crate) ttl_seconds: u64,
    pub(crate) explicit_max_seconds: u64,
    pub(crate) max_seconds: u64,
    pub(crate) uses: u64,
    pub(crate) renewable: bool,
    pub(crate) parent: Option<String>,
    pub(crate) entity_id: String,
    pub(crate) wrapped: Option<Value>,
}

/// Makes the token and drops those whose time is over.
pub(crate) fn issue(ledger: &mut Ledger, wish: Wish, now: Timestamp) -> Result<Token, Refusal> {
    let cap = [wish.explicit_max_seconds, wish.max_seconds, LIFE_SECONDS_MAX].into_iter().filter(|cap| *cap > 0).min();
    let ttl = wish.ttl_seconds.min(cap.unwrap_or(LIFE_SECONDS_MAX));
    let token = Token {
        id: wish.id.map_or_else(|| random::name().map(|name| format!("s.{name}")), Ok)?,
        accessor: random::name()?,
        policies: wish.policies,
        path: wish.path,
        display_name: wish.display_name,
        metadata: wish.metadata,
        created: now,
        creation_ttl: ttl,
        expires: (ttl > 0).then(|| after(now, ttl)),
        explicit_max_ttl: wish.explicit_max_seconds,
        max_ttl: wish.max_seconds,
        uses_left: (wish.uses > 0).then_some(wish.uses),
        renewable: wish.renewable && ttl > 0,
        parent: wish.parent,
        entity_id: wish.entity_id,
        wrapped: wish.wrapped,
    };
    ledger.forget_expired(now);
    ledger.tokens_mut(&token.id).insert(token.id.clone(), token.clone());
    Ok(token)
}

/// The token, if it is known and its time is not over.
pub(crate) fn find<'a>(ledger: &'a Ledger, id: &str, now: Timestamp) -> Option<&'a Token> {
    ledger.tokens.get(id).filter(|token| token.is_alive(now))
}

/// The id of the live token with that accessor.
pub(crate) fn by_accessor(ledger: &Ledger, accessor: &str, now: Timestamp) -> Option<String> {
    let token = ledger.tokens.values().find(|token| token.accessor == accessor && token.is_alive(now))?;
    Some(token.id.clone())
}

/// Takes the token away, and every token that was made with it.
pub(crate) fn revoke(ledger: &mut Ledger, id: &str) {
    ledger.tokens_mut(id).remove(id);
    for child in children(ledger, id) {
        revoke(ledger, &child);
    }
}

/// Takes the token away and lets its children live.
pub(crate) fn revoke_alone(ledger: &mut Ledger, id: &str) {
    ledger.tokens_mut(id).remove(id);
    for child in children(ledger, id) {
        if let Some(token) = ledger.tokens_mut(&child).get_mut(&child) {
            token.parent = None;
        }
    }
}

fn children(ledger: &Ledger, id: &str) -> Vec<String> {
    let is_child = |token: &&Token| token.parent.as_deref() == Some(id);
    ledger.tokens.values().filter(is_child).map(|token| token.id.clone()).collect()
}

/// Counts one use; true if it was the last one.
pub(crate) fn count_use(ledger: &mut Ledger, id: &str) -> bool {
    let Some(left) = ledger.tokens.get(id).and_then(|token| token.uses_left) else { return false };
    if let Some(token) = ledger.tokens_mut(id).get_mut(id) {
        token.uses_left = Some(left.saturating_sub(1));
    }
    left <= 1
}

/// Lets the token live for the increment (default: as long as at first), within its maximum.
pub(crate) fn renew(
    ledger: &mut Ledger,
    id: &str,
    increment_seconds: Option<u64>,
    now: Timestamp,
) -> Result<Value, Refusal> {
    let token = find(ledger, id, now).ok_or_else(|| Refusal::new(403, "bad token"))?;
    if !token.renewable {
        return Err(Refusal::bad("lease is not renewable"));
    }
    let wished = after(now, increment_seconds.filter(|seconds| *seconds > 0).unwrap_or(token.creation_ttl));
    let expires = Some(wished.min(token.end()));
    let token = ledger.tokens_mut(id).get_mut(id).ok_or_else(Refusal::unknown_token)?;
    token.expires = expires;
    Ok(token.auth(now))
}

impl Token {
    pub(crate) fn is_root(&self) -> bool {
        self.policies.iter().any(|policy| policy == "root")
    }

    /// The `auth` member of the answer that hands the token out.
    pub(crate) fn auth(&self, now: Timestamp) -> Value {
        json!({
            "client_token": self.id, "accessor": self.accessor, "policies": self.policies, "token_policies": self.policies,
            "metadata": self.metadata, "lease_duration": self.left_seconds_up(now), "renewable": self.renewable,
            "entity_id": self.entity_id, "token_type": "service", "orphan": self.parent.is_none(),
        })
    }

    /// The `data` member of a look-up.
    pub(crate) fn print(&self, now: Timestamp) -> Value {
        json!({
            "accessor": self.accessor, "creation_time": self.created.as_second(), "creation_ttl": self.creation_ttl,
            "display_name": self.display_name, "entity_id": self.entity_id,
            "expire_time": self.expires.map(|expires| expires.to_string()), "explicit_max_ttl": self.explicit_max_ttl,
            "id": self.id, "issue_time": self.created.to_string(), "meta": self.metadata,
            "num_uses": self.uses_left.unwrap_or(0), "orphan": self.parent.is_none(), "path": self.path,
            "policies": self.policies, "renewable": self.renewable, "ttl": self.left(now).map_or(0, |left| left.as_secs()),
            "type": "service",
        })
    }

    /// The `wrap_info` member of the answer that this token stands for.
    pub(crate) fn wrap_info(&self) -> Value {
        json!({
            "token": self.id, "accessor": self.accessor, "ttl": self.creation_ttl, "creation_time": self.created.to_string(),
            "creation_path": self.path,
        })
    }

    /// The `data` member of a wrapping look-up.
    pub(crate) fn wrap_print(&self) -> Value {
        json!({"creation_path": self.path, "creation_time": self.created.to_string(), "creation_ttl": self.creation_ttl})
    }

    pub(crate) fn is_alive(&self, now: Timestamp) -> bool {
        self.expires.is_none_or(|expires| now < expires)
    }

    fn left(&self, now: Timestamp) -> Option<SignedDuration> {
        self.expires.map(|expires| expires.duration_since(now))
    }

    fn left_seconds_up(&self, now: Timestamp) -> i64 {
        self.left(now).map_or(0, |left| left.as_secs() + i64::from(left.subsec_nanos() > 0))
    }

    /// The moment that no renewal passes.
    fn end(&self) -> Timestamp {
        let caps = [self.explicit_max_ttl, self.max_ttl, LIFE_SECONDS_MAX];
        after(self.created, caps.into_iter().filter(|cap| *cap > 0).min().unwrap_or(LIFE_SECONDS_MAX))
    }
}

/// That many seconds later.
pub(crate) fn after(moment: Timestamp, seconds: u64) -> Timestamp {
    let duration = SignedDuration::from_secs(i64::try_from(seconds).unwrap_or(i64::MAX));
    moment.checked_add(duration).unwrap_or(Timestamp::MAX)
}
