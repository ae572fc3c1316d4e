//! The headers that a server is called with, from the vault to the wire.

use std::collections::BTreeMap;

use domain::Rejected;
use domain::mcp_server::CredentialHeader;
use http::HeaderName;
use outbound::{Request, Sensitive};
use vault::Secret;
use zeroize::Zeroizing;

/// Headers with secret values. Wiped when dropped; has no `Debug` and no `Clone`.
#[derive(Default)]
pub struct Headers(Vec<(HeaderName, Zeroizing<String>)>);

impl Headers {
    /// What the vault keeps, by names.
    ///
    /// # Errors
    /// A name that is no [`CredentialHeader`], or a value with other characters than visible ASCII and spaces.
    pub fn of(kept: BTreeMap<String, Secret>) -> Result<Self, Rejected> {
        let refused = Rejected("must be headers");
        let read = |(name, value): (String, Secret)| {
            let name = CredentialHeader::try_from(name)?;
            let name = HeaderName::try_from(name.as_str()).map_err(|_| refused)?;
            let value = std::str::from_utf8(value.expose()).map_err(|_| refused)?;
            Sensitive::new(&[value])?;
            Ok((name, Zeroizing::new(value.to_owned())))
        };
        kept.into_iter().map(read).collect::<Result<_, _>>().map(Self)
    }

    /// The request with them.
    pub(crate) fn on(&self, request: Request) -> Request {
        self.0.iter().fold(request, |request, (name, value)| with(request, name.clone(), value))
    }
}

/// The request with one more header; what cannot be one is left out.
pub(crate) fn with(request: Request, name: HeaderName, value: &str) -> Request {
    match Sensitive::new(&[value]) {
        Ok(value) => request.with(name, value),
        Err(_) => request,
    }
}
