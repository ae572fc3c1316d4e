//! The local credentials: random for each data folder, and the same at every start.

use embedded::objects::{Action, Grant, Principal};
use serde::{Deserialize, Serialize};

use crate::card::{AccessKey, Card};

/// What the parts are protected with.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Credentials {
    /// The functions' access key: everything.
    pub(crate) functions: AccessKey,
    /// The operator's access key: put under `drops/`, and look there.
    pub(crate) operator: AccessKey,
    /// Vault's root token.
    pub(crate) vault_token: String,
}

impl Credentials {
    /// Those of the earlier stack in this folder, or new ones.
    pub(crate) fn of(earlier: Option<Card>) -> Self {
        match earlier {
            Some(Card { functions_key, operator_key, vault_token, .. }) => {
                Self { functions: functions_key, operator: operator_key, vault_token }
            }
            None => Self { functions: access_key(), operator: access_key(), vault_token: format!("hvs.{}", text(24)) },
        }
    }

    /// The object store's principals. Whoever drops workbooks reads no result: those hold other people's passwords, and
    /// each look at one is recorded by the API.
    pub(crate) fn principals(&self, bucket: &str) -> Vec<Principal> {
        let drops = Grant::on(bucket, "drops/", &[Action::Write, Action::Read, Action::List]);
        vec![
            principal(&self.functions, "AWS:local-functions", vec![Grant::everything()]),
            principal(&self.operator, "AWS:local-operator", vec![drops]),
        ]
    }
}

fn principal(key: &AccessKey, name: &str, grants: Vec<Grant>) -> Principal {
    let AccessKey { id, secret } = key.clone();
    Principal { key_id: id, secret, name: name.to_owned(), grants }
}

fn access_key() -> AccessKey {
    AccessKey { id: format!("LOCAL{}", text(15).to_ascii_uppercase()), secret: text(40) }
}

/// Random letters and digits, five bits each, at most 32 at a draw.
fn text(length: usize) -> String {
    const SYMBOLS: [u8; 32] = *b"abcdefghijklmnopqrstuvwxyz234567";
    let draws = std::iter::repeat_with(start::random).flatten();
    let symbol = |byte: u8| SYMBOLS.get(usize::from(byte % 32)).copied().map_or('a', char::from);
    draws.map(symbol).take(length).collect()
}
