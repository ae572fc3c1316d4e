//! API tokens of service accounts: which account and which token in clear, and a secret that is stored as its hash alone.

use domain::id::{ApiTokenId, ServiceAccountId};

use crate::token::Secret;

/// What API tokens begin with, for secret scanners; stable, and another one than that of sessions.
pub const API_TOKEN_PREFIX: &str = "apt";

/// An API token as a program shows it.
pub struct ApiToken {
    /// Whose.
    pub account: ServiceAccountId,
    /// Which.
    pub token: ApiTokenId,
    pub(crate) secret: Secret,
}

impl ApiToken {
    /// A new token.
    #[must_use]
    pub fn new(account: ServiceAccountId, token: ApiTokenId, secret: Secret) -> Self {
        Self { account, token, secret }
    }

    /// The text that a program keeps.
    #[must_use]
    pub fn text(&self) -> String {
        format!("{API_TOKEN_PREFIX}_{}_{}_{}", self.account.ulid(), self.token.ulid(), self.secret.text())
    }

    /// Reads the text; none where it cannot be a token.
    #[must_use]
    pub fn read(text: &str) -> Option<Self> {
        let mut parts = text.splitn(4, '_');
        let (prefix, account, token, secret) = (parts.next()?, parts.next()?, parts.next()?, parts.next()?);
        let account = format!("svc_{account}").parse().ok()?;
        let token = format!("tok_{token}").parse().ok()?;
        let secret = Secret::read(secret)?;
        (prefix == API_TOKEN_PREFIX).then_some(Self { account, token, secret })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn token() -> ApiToken {
        let secret = Secret::from_bytes([7; 32]);
        ApiToken::new(ServiceAccountId::from_parts(1, 2), ApiTokenId::from_parts(3, 4), secret)
    }

    #[test]
    fn a_token_survives_being_written_and_read() {
        let (token, read) = (token(), ApiToken::read(&token().text()).unwrap());
        assert_eq!((read.account, read.token), (token.account, token.token));
        assert!(read.secret.proves(&token.secret.hashed()));
        assert!(!read.secret.proves(&Secret::from_bytes([8; 32]).hashed()));
    }

    #[test]
    fn a_secret_scanner_finds_every_token_by_one_pattern() {
        // The pattern that is given to scanners: apt_[0-9A-HJKMNP-TV-Z]{26}_[0-9A-HJKMNP-TV-Z]{26}_[A-Za-z0-9_-]{43}
        let text = token().text();
        let parts: Vec<&str> = text.splitn(4, '_').collect();
        assert_eq!(parts[0], "apt");
        let crockford = |c: char| c.is_ascii_digit() || (c.is_ascii_uppercase() && !"ILOU".contains(c));
        for id in &parts[1..3] {
            assert!(id.len() == 26 && id.chars().all(crockford), "{id}");
        }
        let base64 = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
        assert!(parts[3].len() == 43 && parts[3].chars().all(base64), "{}", parts[3]);
    }

    #[test]
    fn what_only_looks_like_a_token_is_none() {
        let text = token().text();
        for bad in [
            "",
            "apt",
            "apt_x_y_z",
            &text[..text.len() - 1],
            &format!("{text}A"),
            &text.replacen("apt", "aps", 1),
            &text.to_uppercase(),
            &"apt_".repeat(100_000),
        ] {
            assert!(ApiToken::read(bad).is_none(), "{}", &bad[..bad.len().min(80)]);
        }
    }
}
