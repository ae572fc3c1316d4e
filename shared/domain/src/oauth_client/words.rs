//! What an OAuth client is called, and what it asks for.

use serde::{Deserialize, Serialize};

use crate::Rejected;

/// By which an authorization server knows a client: 1 to 500 visible ASCII characters, with spaces inside (RFC 6749, A.1).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct ClientId(String);

impl TryFrom<String> for ClientId {
    type Error = Rejected;
    fn try_from(raw: String) -> Result<Self, Rejected> {
        let id = raw.trim_matches(' ');
        let fits = (1..=500).contains(&id.len()) && id.bytes().all(|byte| byte.is_ascii_graphic() || byte == b' ');
        fits.then(|| Self(id.to_owned())).ok_or(Rejected("must be 1 to 500 visible ASCII characters"))
    }
}

impl From<ClientId> for String {
    fn from(id: ClientId) -> Self {
        id.0
    }
}

/// One scope: 1 to 200 visible ASCII characters but `"` and `\` (RFC 6749, 3.3).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Scope(String);

impl TryFrom<String> for Scope {
    type Error = Rejected;
    fn try_from(raw: String) -> Result<Self, Rejected> {
        let is_plain = |byte: u8| byte.is_ascii_graphic() && !matches!(byte, b'"' | b'\\');
        let fits = (1..=200).contains(&raw.len()) && raw.bytes().all(is_plain);
        fits.then_some(Self(raw)).ok_or(Rejected("must be scopes of 1 to 200 visible ASCII characters each"))
    }
}

impl From<Scope> for String {
    fn from(scope: Scope) -> Self {
        scope.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_scope_is_one_word() {
        for scope in ["openid", "https://www.example.com/auth/drive.readonly", "repo:status"] {
            assert!(Scope::try_from(scope.to_owned()).is_ok());
        }
        for scope in ["", "two words", "quo\"te", "back\\slash", "umläut", &"x".repeat(201)] {
            assert!(Scope::try_from(scope.to_owned()).is_err(), "{scope:?} was taken");
        }
        assert_eq!(ClientId::try_from(" a b ".to_owned()).map(String::from).as_deref(), Ok("a b"));
        for id in ["", " ", "a\nb", "ü", &"x".repeat(501)] {
            assert!(ClientId::try_from(id.to_owned()).is_err(), "{id:?} was taken");
        }
    }
}
