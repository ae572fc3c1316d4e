//! Session tokens: who and which session in clear, and a secret that is stored as its hash alone.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use domain::id::{SessionId, UserId};
use http::HeaderMap;
use http::header::{AUTHORIZATION, COOKIE};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

use crate::api_token::ApiToken;

/// The cookie of browsers; the prefix binds it to this host, TLS and the whole path.
pub const SESSION_COOKIE: &str = "__Host-session";
/// What tokens begin with, for secret scanners.
const PREFIX: &str = "aps";
/// 32 bytes as Base64 without padding.
const SECRET_LENGTH: usize = 43;

/// 256 random bits. Has no `Debug`, `Clone` or `Serialize`: it leaves in the answer that makes it, and nowhere else.
pub struct Secret(String);

impl Secret {
    /// A secret from random bytes.
    #[must_use]
    pub fn from_bytes(random: [u8; 32]) -> Self {
        Self(URL_SAFE_NO_PAD.encode(random))
    }

    /// Reads its text; none where it cannot be one.
    pub(crate) fn read(text: &str) -> Option<Self> {
        let random = Some(text).filter(|text| text.len() == SECRET_LENGTH).map(|text| URL_SAFE_NO_PAD.decode(text));
        (random?.ok()?.len() == 32).then(|| Self(text.to_owned()))
    }

    pub(crate) fn text(&self) -> &str {
        &self.0
    }

    /// Whether it is the one whose hash is stored; takes the same time wherever they differ.
    pub(crate) fn proves(&self, stored: &str) -> bool {
        self.hashed().as_bytes().ct_eq(stored.as_bytes()).into()
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
        let secret = Secret::read(secret)?;
        (prefix == PREFIX).then_some(Self { user, session, secret })
    }

    /// Whether the secret is the one whose hash is stored; takes the same time wherever they differ.
    pub(crate) fn proves(&self, stored: &str) -> bool {
        self.secret.proves(stored)
    }
}

/// What a request shows to say who it comes from.
pub(crate) enum Shown {
    /// A person's session.
    Session(Token),
    /// A program's token, which is no cookie's.
    Program(ApiToken),
}

impl Shown {
    /// What the headers show: a bearer before a cookie.
    pub(crate) fn in_headers(headers: &HeaderMap) -> Option<Self> {
        let bearer = headers.get(AUTHORIZATION).and_then(|value| value.to_str().ok());
        let Some(bearer) = bearer else { return Token::read(cookie(headers)?).map(Self::Session) };
        let (scheme, token) = bearer.split_once(' ')?;
        let token = Some(token.trim()).filter(|_| scheme.eq_ignore_ascii_case("bearer"))?;
        Token::read(token).map(Self::Session).or_else(|| ApiToken::read(token).map(Self::Program))
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
