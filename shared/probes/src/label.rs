//! Short plain values that become part of a host, a header or a query.

use domain::Rejected;

/// 1 to 128 letters, digits, `-`, `_` and `.`, beginning and ending with a letter or digit: a region, an API version, an
/// organization or the id of an access key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Label(String);

impl TryFrom<&str> for Label {
    type Error = Rejected;

    fn try_from(raw: &str) -> Result<Self, Rejected> {
        let known = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.');
        let ends = |byte: Option<u8>| byte.is_some_and(|byte| byte.is_ascii_alphanumeric());
        let fits = raw.len() <= 128 && raw.bytes().all(known) && ends(raw.bytes().next()) && ends(raw.bytes().last());
        fits.then(|| Self(raw.to_owned())).ok_or(Rejected("must be 1 to 128 letters, digits, -, _ and ."))
    }
}

impl Label {
    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}
