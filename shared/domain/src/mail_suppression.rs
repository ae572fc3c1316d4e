//! Addresses that get no mail any more, because it bounced or was called unwanted.

use std::fmt;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::notification::{Family, NoticeKind};
use crate::{Action, Command, Email, PlatformScope, Rejected, Timestamp};

const PREFIX: &str = "sup_";

/// Names an address without showing it: `sup_` and the SHA-256 of its folded form, 64 hexadecimal digits in upper case.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct SuppressionId(String);

impl SuppressionId {
    /// The id of an address, however it is typed.
    #[must_use]
    pub fn of(email: &Email) -> Self {
        let hash = Sha256::digest(email.folded());
        Self(format!("{PREFIX}{}", hash.iter().map(|byte| format!("{byte:02X}")).collect::<String>()))
    }
}

impl TryFrom<String> for SuppressionId {
    type Error = Rejected;
    fn try_from(raw: String) -> Result<Self, Rejected> {
        let digit = |b: u8| b.is_ascii_digit() || (b'A'..=b'F').contains(&b);
        let fits = raw.strip_prefix(PREFIX).is_some_and(|hash| hash.len() == 64 && hash.bytes().all(digit));
        fits.then_some(Self(raw)).ok_or(Rejected("must be an id of the right kind"))
    }
}

impl From<SuppressionId> for String {
    fn from(id: SuppressionId) -> Self {
        id.0
    }
}

impl fmt::Display for SuppressionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Why an address gets no mail.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SuppressionReason {
    /// Nothing arrives there.
    Bounced,
    /// Whoever reads there called a mail unwanted.
    Complained,
}

impl SuppressionReason {
    /// The name on the wire.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Bounced => "bounced",
            Self::Complained => "complained",
        }
    }

    /// Whether a mail of that kind is not sent. A mailbox that bounces gets nothing. One whose reader complained still gets
    /// what protects the account and the links without which nobody gets in.
    #[must_use]
    pub fn stops(self, notice: NoticeKind) -> bool {
        match self {
            Self::Bounced => true,
            Self::Complained => !matches!(notice.family(), Family::Security | Family::Links),
        }
    }
}

/// An address that gets no mail, or only the necessary, until a superadmin lifts that.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Suppression {
    /// Its id.
    pub id: SuppressionId,
    /// The address, as the mail had it.
    pub email: Email,
    /// Why.
    pub reason: SuppressionReason,
    /// The other side's words.
    pub why: String,
    /// Since when.
    pub at: Timestamp,
}

/// `GET /v1/mail-suppressions`
#[derive(Clone, Copy, Debug)]
pub struct ListSuppressions;

impl Command for ListSuppressions {
    type Scope = PlatformScope;
    fn action(&self) -> Action {
        Action::ManageUsers
    }
}

/// `DELETE /v1/mail-suppressions/{suppression}`
#[derive(Clone, Debug)]
pub struct LiftSuppression {
    /// Which.
    pub id: SuppressionId,
}

impl Command for LiftSuppression {
    type Scope = PlatformScope;
    fn action(&self) -> Action {
        Action::ManageUsers
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_has_one_id_however_it_is_typed() {
        let id = |email: &str| SuppressionId::of(&email.parse().unwrap());
        assert_eq!(id("Ann@Acme.example"), id("ann@acme.EXAMPLE"));
        assert_ne!(id("ann@acme.example"), id("anna@acme.example"));
        let text = id("ann@acme.example").to_string();
        assert_eq!(SuppressionId::try_from(text.clone()).unwrap().to_string(), text);
        for no_id in [text[4..].to_owned(), text.to_lowercase(), format!("{text}0"), format!("sup_{}", "x".repeat(64))]
        {
            assert!(SuppressionId::try_from(no_id).is_err());
        }
    }

    #[test]
    fn who_complained_still_gets_what_protects_the_account_and_a_dead_mailbox_gets_nothing() {
        for kind in NoticeKind::ALL {
            let protects = matches!(kind.family(), Family::Security | Family::Links);
            assert!(SuppressionReason::Bounced.stops(kind));
            assert_eq!(SuppressionReason::Complained.stops(kind), !protects, "{}", kind.name());
        }
    }
}
