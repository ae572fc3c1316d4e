//! The catalogue of well-known models: the seed is part of the product, what superadmins made of it is one item.

use std::collections::BTreeSet;

use domain::change::{Change, Target};
use domain::provider::{Catalogue, EditCatalogue, ProviderType, ReadCatalogue};
use domain::settings::ModelId;
use domain::{Error, EventKind, Granted, Mint, Result};

use crate::core::{Store, encode};
use crate::edit::Edit;
use crate::items::TenantItem;
use crate::keys::provider;

impl Store {
    /// AP-290. Well-known models.
    pub async fn read_catalogue(&self, _: &Granted<ReadCatalogue>) -> Result<Catalogue> {
        self.catalogue().await
    }

    pub(crate) async fn catalogue(&self) -> Result<Catalogue> {
        let item: Option<TenantItem<Catalogue>> = self.get(&self.platform, &provider::catalogue()).await?;
        Ok(item.map(|item| item.content).unwrap_or_default())
    }

    /// AP-291. Another catalogue, on the version that was read. What providers have by now stays as it is.
    ///
    /// # Errors
    /// [`domain::Code::PreconditionFailed`]; [`domain::Code::Invalid`] beyond 100 models of a type.
    pub async fn edit_catalogue(&self, granted: &Granted<EditCatalogue>, mint: &mut Mint) -> Result<Catalogue> {
        let asked = granted.command();
        let before = self.catalogue().await?;
        if asked.version != before.version {
            return Err(Error::stale());
        }
        let after = asked.apply(&before)?;
        let changes = between(&before, &after);
        if changes.is_empty() {
            return Ok(before);
        }
        let event = granted.event(mint, EventKind::CatalogueEdited, Target::unnamed("catalogue", "models"), changes);
        let entry = Edit::of(&self.platform, provider::catalogue()).set_all(encode(&after)?, &[])?;
        let entry = if before.version == 0 { entry.if_absent() } else { entry.when("version", "=", before.version)? };
        self.transact(vec![entry.update()?, self.event(&event)?]).await.map_err(|fault| match fault.refused() {
            Some(0) => Error::stale(),
            _ => fault.into_error("editing the catalogue"),
        })?;
        Ok(after)
    }
}

/// What the record says: each model by itself.
fn between(before: &Catalogue, after: &Catalogue) -> Vec<Change> {
    let of_type = |kind: ProviderType| {
        let (had, has) = (before.models_of(kind), after.models_of(kind));
        let ids: BTreeSet<ModelId> = had.keys().chain(has.keys()).cloned().collect();
        let name =
            serde_json::to_value(kind).ok().and_then(|name| name.as_str().map(str::to_owned)).unwrap_or_default();
        ids.into_iter()
            .filter_map(|id| {
                let field = format!("{name}.{}", String::from(id.clone()));
                Change::between(&field, had.get(&id), has.get(&id))
            })
            .collect::<Vec<_>>()
    };
    ProviderType::ALL.into_iter().flat_map(of_type).collect()
}
