//! One role of approle: its settings and its secret ids.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::answer::{Outcome, Refusal, Reply};
use crate::ask::Fields;
use crate::random;
use crate::tokens::after;

/// A role; durations in seconds, 0 means not set.
#[derive(Serialize, Deserialize)]
pub(crate) struct Role {
    pub(crate) role_id: String,
    pub(crate) entity_id: String,
    pub(crate) bind_secret_id: bool,
    pub(crate) token_policies: Vec<String>,
    pub(crate) token_ttl: u64,
    pub(crate) token_max_ttl: u64,
    pub(crate) token_explicit_max_ttl: u64,
    pub(crate) token_num_uses: u64,
    pub(crate) token_no_default_policy: bool,
    secret_id_num_uses: u64,
    secret_id_ttl: u64,
    secret_ids: BTreeMap<String, SecretId>,
}

#[derive(Serialize, Deserialize)]
struct SecretId {
    accessor: String,
    expires: Option<Timestamp>,
    uses_left: Option<u64>,
}

impl Role {
    pub(crate) fn new() -> Result<Self, Refusal> {
        Ok(Self {
            role_id: random::uuid()?,
            entity_id: random::uuid()?,
            bind_secret_id: true,
            token_policies: Vec::new(),
            token_ttl: 0,
            token_max_ttl: 0,
            token_explicit_max_ttl: 0,
            token_num_uses: 0,
            token_no_default_policy: false,
            secret_id_num_uses: 0,
            secret_id_ttl: 0,
            secret_ids: BTreeMap::new(),
        })
    }

    /// Takes over the members that are given; nothing changes if one of them is wrong.
    pub(crate) fn change(&mut self, fields: &Fields) -> Outcome {
        if fields
            .names("token_bound_cidrs")
            .or_else(|| fields.names("secret_id_bound_cidrs"))
            .is_some_and(|bound| !bound.is_empty())
        {
            return Err(Refusal::bad("this development server does not bind to addresses"));
        }
        let token_ttl = fields.seconds("token_ttl")?.unwrap_or(self.token_ttl);
        let token_max_ttl = fields.seconds("token_max_ttl")?.unwrap_or(self.token_max_ttl);
        if token_max_ttl > 0 && token_ttl > token_max_ttl {
            return Err(Refusal::bad("\"token_ttl\" cannot be greater than \"token_max_ttl\""));
        }
        let (uses, life) = (fields.number("secret_id_num_uses")?, fields.seconds("secret_id_ttl")?);
        let (explicit, token_uses) = (fields.seconds("token_explicit_max_ttl")?, fields.number("token_num_uses")?);
        self.token_ttl = token_ttl;
        self.token_max_ttl = token_max_ttl;
        self.secret_id_num_uses = uses.unwrap_or(self.secret_id_num_uses);
        self.secret_id_ttl = life.unwrap_or(self.secret_id_ttl);
        self.token_explicit_max_ttl = explicit.unwrap_or(self.token_explicit_max_ttl);
        self.token_num_uses = token_uses.unwrap_or(self.token_num_uses);
        self.token_policies = fields
            .names("token_policies")
            .or_else(|| fields.names("policies"))
            .unwrap_or_else(|| self.token_policies.clone());
        self.bind_secret_id = fields.flag("bind_secret_id").unwrap_or(self.bind_secret_id);
        self.token_no_default_policy = fields.flag("token_no_default_policy").unwrap_or(self.token_no_default_policy);
        Ok(Reply::Nothing)
    }

    /// The `data` member of a read.
    pub(crate) fn print(&self) -> Value {
        json!({
            "bind_secret_id": self.bind_secret_id, "local_secret_ids": false, "secret_id_bound_cidrs": null,
            "secret_id_num_uses": self.secret_id_num_uses, "secret_id_ttl": self.secret_id_ttl, "token_bound_cidrs": [],
            "token_explicit_max_ttl": self.token_explicit_max_ttl, "token_max_ttl": self.token_max_ttl,
            "token_no_default_policy": self.token_no_default_policy, "token_num_uses": self.token_num_uses, "token_period": 0,
            "token_policies": self.token_policies, "token_ttl": self.token_ttl, "token_type": "default",
        })
    }

    /// Makes a secret id, or takes over the given one.
    pub(crate) fn add_secret_id(&mut self, given: Option<&str>, now: Timestamp) -> Outcome {
        let id = given.map_or_else(random::uuid, |id| Ok(id.to_owned()))?;
        let accessor = random::uuid()?;
        let expires = (self.secret_id_ttl > 0).then(|| after(now, self.secret_id_ttl));
        let uses_left = (self.secret_id_num_uses > 0).then_some(self.secret_id_num_uses);
        self.secret_ids.insert(id.clone(), SecretId { accessor: accessor.clone(), expires, uses_left });
        Ok(Reply::Data(json!({"secret_id": id, "secret_id_accessor": accessor, "secret_id_ttl": self.secret_id_ttl})))
    }

    pub(crate) fn accessors(&self) -> Outcome {
        let accessors: Vec<&String> = self.secret_ids.values().map(|secret| &secret.accessor).collect();
        if accessors.is_empty() { Err(Refusal::absent()) } else { Ok(Reply::Data(json!({ "keys": accessors }))) }
    }

    pub(crate) fn remove_secret_id(&mut self, id: &str) -> Reply {
        self.secret_ids.remove(id);
        Reply::Nothing
    }

    /// Uses the secret id once; false if it is unknown, used up or too old.
    pub(crate) fn use_secret_id(&mut self, id: &str, now: Timestamp) -> bool {
        let Some(secret) = self.secret_ids.get_mut(id) else { return false };
        let alive = secret.expires.is_none_or(|expires| now < expires);
        secret.uses_left = secret.uses_left.map(|left| left.saturating_sub(1));
        if !alive || secret.uses_left == Some(0) {
            self.secret_ids.remove(id);
        }
        alive
    }
}
