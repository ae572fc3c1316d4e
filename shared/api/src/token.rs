//! Session tokens: who and which session in clear, and a secret that is stored as its hash alone.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use domain::id::{SessionId, UserId};
use http::HeaderMap;
use http::header::{AUTHORIZATION, COOKIE};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

/// The cookie of browsers; the prefix binds it to this host, TLS and the whole path.
pub const SESSION_COOKIE: &str = "__Host-session";
/// What tokens begin with, for secret scanners.
const PREFIX: &str = "aps";

/// 256 random bits. Has no `Debug`, `Clone` or `Serialize`: it leaves in the answer that makes it, and nowhere else.
pub struct Secret(String);

impl Secret {
    /// A secret from random bytes.
    #[must_use]
    pub fn from_bytes(random: [u8; 32]) -> Self {
        Self(URL_SAFE_NO_PAD.encode(random))
    }

    /// What is stored of it.
    #[must_use]
    pub fn hashed(&self) -> String {
        Sha256::digest(self.0.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect()
    }
}

/// A token as a request shows it.
pub struct Token {
    /// Whose.
    pub user: UserId,
    /// Which session.
    pub session: SessionId,
    secret: Secret,
}

impl Token {
    /// A new token.
    #[must_use]
    pub fn new(user: UserId, session: SessionId, secret: Secret) -> Self {
        Self { user, session, secret }
    }

    /// The text that a client keeps.
    #[must_use]
    pub fn text(&self) -> String {
        format!("{PREFIX}_{}_{}_{}", self.user.ulid(), self.session.ulid(), self.secret.0)
    }

    /// Reads the text; none where it cannot be a token.
    #[must_use]
    pub fn read(text: &str) -> Option<Self> {
        let mut parts = text.splitn(4, '_');
        let (prefix, user, session, secret) = (parts.next()?, parts.next()?, parts.next()?, parts.next()?);
        let user = format!("usr_{user}").parse().ok()?;
        let session = format!("ses_{session}").parse().ok()?;
        let random = URL_SAFE_NO_PAD.decode(secret).ok()?;
        (prefix == PREFIX && random.len() == 32).then(|| Self { user, session, secret: Secret(secret.to_owned()) })
    }

    /// The token of a request: a bearer before a cookie.
    pub(crate) fn of(headers: &HeaderMap) -> Option<Self> {
        let bearer = headers.get(AUTHORIZATION).and_then(|value| value.to_str().ok());
        match bearer {
            Some(value) => {
                let (scheme, token) = value.split_once(' ')?;
                scheme.eq_ignore_ascii_case("bearer").then(|| Self::read(token.trim()))?
            }
            None => Self::read(cookie(headers)?),
        }
    }

    /// Whether the secret is the one whose hash is stored; takes the same time wherever they differ.
    pub(crate) fn proves(&self, stored: &str) -> bool {
        self.secret.hashed().as_bytes().ct_eq(stored.as_bytes()).into()
    }
}

fn cookie(headers: &HeaderMap) -> Option<&str> {
    let cookies =
        headers.get_all(COOKIE).iter().filter_map(|value| value.to_str().ok()).flat_map(|line| line.split(';'));
    cookies
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(name, _)| *name == SESSION_COOKIE)
        .map(|(_, value)| value)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn token() -> Token {
        Token::new(UserId::from_parts(1, 2), SessionId::from_parts(3, 4), Secret::from_bytes([7; 32]))
    }

    #[test]
    fn a_token_survives_being_written_and_read() {
        let (token, read) = (token(), Token::read(&token().text()).unwrap());
        assert_eq!((read.user, read.session), (token.user, token.session));
        assert!(read.proves(&token.secret.hashed()));
    }

    #[test]
    fn another_secret_proves_nothing() {
        let other = Secret::from_bytes([8; 32]).hashed();
        assert!(!token().proves(&other));
        assert!(!token().proves(""));
        assert!(!token().proves(&token().secret.0));
    }

    #[test]
    fn what_only_looks_like_a_token_is_none() {
        let text = token().text();
        for bad in [
            "",
            "aps",
            "aps_x_y_z",
            &text[..text.len() - 1],
            &format!("{text}A"),
            &text.replacen("aps", "apx", 1),
            &text.to_uppercase(),
            &text.replacen(&token().secret.0, &"!".repeat(43), 1),
        ] {
            assert!(Token::read(bad).is_none(), "{bad}");
        }
    }
}
