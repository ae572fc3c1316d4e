//! Wrapping data keys anew, after their organization's key got another version: the content stays as it is and is not opened.

use std::collections::BTreeMap;

use domain::id::OrganizationId;
use domain::sealed::Sealed;
use vault::Vault;

use crate::failure::Failure;
use crate::form::Parts;

/// Which version of the organization's key wraps its data key; none where the bytes are no sealed form.
#[must_use]
pub fn key_version(sealed: &Sealed) -> Option<u32> {
    Parts::read(sealed.as_bytes()).map(|parts| parts.wrapped.version())
}

/// The same content under the newest version of the organization's key, in the order given; none where Vault does not open the
/// data key, or the bytes are no sealed form. One call of Vault for all data keys that differ, and one for each of them where
/// it refuses them together.
///
/// # Errors
/// `Unavailable` where Vault does not answer, `Refused` where it answers none of them; see [`Failure`].
pub async fn rewrap(
    vault: &Vault,
    organization: OrganizationId,
    sealed: &[&Sealed],
) -> Result<Vec<Option<Sealed>>, Failure> {
    let parts: Vec<_> = sealed.iter().map(|sealed| Parts::read(sealed.as_bytes())).collect();
    let mut anew: BTreeMap<String, Option<String>> =
        parts.iter().flatten().map(|parts| (parts.wrapped.to_vault(), None)).collect();
    let old: Vec<String> = anew.keys().cloned().collect();
    let wrapped = vault.rewrap_data_keys(&organization.to_string(), &old).await?;
    anew.extend(old.into_iter().zip(wrapped));
    let one = |parts: Option<Parts<'_>>| {
        let parts = parts?;
        let wrapped = anew.get(&parts.wrapped.to_vault())?.as_deref()?;
        parts.wrapped_as(wrapped).map(|parts| Sealed::new(parts.write()))
    };
    Ok(parts.into_iter().map(one).collect())
}
