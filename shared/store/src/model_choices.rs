//! Which models an organization is offered, and what its admins chose among them.

use std::collections::BTreeMap;

use domain::change::{Change, Target};
use domain::id::{OrganizationId, ProviderId};
use domain::project::Project;
use domain::provider::{
    Cost, EditModelChoices, ExplainModel, Explanation, Ground, ModelChoices, Offer, Provider, ReadModelChoices,
};
use domain::settings::{ModelId, OrganizationSettings};
use domain::{Error, EventKind, Granted, Mint, OrgScope, Result};

use crate::core::{Item, Store, decode, encode};
use crate::edit::Edit;
use crate::items::TenantItem;
use crate::keys::provider;
use crate::page::{Query, READ_AT_ONCE};

/// Everything that decides which provider serves a model in an organization.
#[derive(Clone, Debug)]
pub struct ModelGround {
    /// The organization's own providers and the platform's.
    pub offers: Vec<Offer>,
    /// What its admins chose.
    pub choices: ModelChoices,
    /// Its settings.
    pub settings: OrganizationSettings,
}

impl ModelGround {
    /// What the model costs at the provider that serves it, or would come first.
    #[must_use]
    pub fn price(&self, model: &ModelId) -> Option<Cost> {
        let Self { offers, choices, settings } = self;
        let choices = ModelChoices { instead: BTreeMap::new(), ..choices.clone() };
        let explained = Ground { offers, choices: &choices, settings, project: None }.explain(Some(model));
        let first = explained.chosen().or(explained.candidates.first())?.provider;
        let offer = offers.iter().find(|offer| offer.provider.id == first)?;
        offer.provider.models.get(model)?.cost
    }

    /// Which provider serves that model in that project, or in any, and why.
    #[must_use]
    pub fn explain(&self, project: Option<&Project>, asked: Option<&ModelId>) -> Explanation {
        let Self { offers, choices, settings } = self;
        Ground { offers, choices, settings, project }.explain(asked)
    }
}

impl Store {
    /// AP-283. What decides about models in the organization. All of it is read side by side.
    pub async fn model_ground(&self, granted: &Granted<ReadModelChoices>) -> Result<ModelGround> {
        let scope = granted.scope();
        let (organization, table) = (scope.organization(), self.tenant(scope));
        let (entry, (offers, choices)) =
            futures::try_join!(self.organization(organization), self.offered(organization, &table))?;
        Ok(ModelGround { offers, choices, settings: entry.settings })
    }

    /// AP-284. Which provider serves a model in a project, and by which rule.
    pub async fn explain_model(
        &self,
        granted: &Granted<ExplainModel>,
        asked: Option<&ModelId>,
    ) -> Result<(Explanation, ModelGround)> {
        let (scope, project) = (granted.scope().organization(), granted.scope().project());
        let (organization, table) = (scope.organization(), self.tenant(scope));
        let (project, entry, (offers, choices)) = futures::try_join!(
            self.project(scope, project),
            self.organization(organization),
            self.offered(organization, &table),
        )?;
        let ground = ModelGround { offers, choices, settings: entry.settings };
        Ok((ground.explain(Some(&project), asked), ground))
    }

    /// What the organization is offered, and what its admins chose: queries that run side by side.
    pub(crate) async fn offered(
        &self,
        organization: OrganizationId,
        table: &str,
    ) -> Result<(Vec<Offer>, ModelChoices)> {
        let key = provider::choices(organization);
        let (choices, own, platforms, listed) = futures::try_join!(
            self.get::<TenantItem<ModelChoices>>(table, &key),
            self.providers_of(table, Some(organization)),
            self.providers_of(&self.platform, None),
            self.assigned_to(organization),
        )?;
        let offer = |provider: Provider, is_own: bool| {
            let is_listed = listed.contains(&provider.id);
            Offer { provider, is_own, is_listed }
        };
        let own = own.into_iter().map(|provider| offer(provider, true));
        let offers = own.chain(platforms.into_iter().map(|provider| offer(provider, false))).collect();
        Ok((offers, choices.map(|item| item.content).unwrap_or_default()))
    }

    async fn providers_of(&self, table: &str, home: Option<OrganizationId>) -> Result<Vec<Provider>> {
        let query = Query::of(table, provider::partition(home)).beginning_with(provider::PREFIX);
        let items = self.whole(&query).await?.into_iter();
        items.map(|item| Ok(decode::<TenantItem<Provider>>(item)?.content)).collect()
    }

    /// Every item of a query, for lists that are short by their nature.
    pub(crate) async fn whole(&self, query: &Query<'_>) -> Result<Vec<Item>> {
        let (mut all, mut start) = (vec![], None);
        loop {
            let (items, next) = self.query(query, start, READ_AT_ONCE).await?;
            all.extend(items);
            start = next;
            if start.is_none() {
                return Ok(all);
            }
        }
    }

    /// AP-285. What the organization's admins chose.
    pub async fn read_model_choices(&self, granted: &Granted<ReadModelChoices>) -> Result<ModelChoices> {
        self.choices_of(granted.scope()).await
    }

    async fn choices_of(&self, scope: &OrgScope) -> Result<ModelChoices> {
        let item: Option<TenantItem<ModelChoices>> =
            self.get(&self.tenant(scope), &provider::choices(scope.organization())).await?;
        Ok(item.map(|item| item.content).unwrap_or_default())
    }

    /// AP-286. Other choices, on the version that was read.
    ///
    /// # Errors
    /// [`domain::Code::PreconditionFailed`]; [`domain::Code::Invalid`] beyond the limits.
    pub async fn edit_model_choices(
        &self,
        granted: &Granted<EditModelChoices>,
        mint: &mut Mint,
    ) -> Result<ModelChoices> {
        let (scope, asked) = (granted.scope(), granted.command());
        let before = self.choices_of(scope).await?;
        if asked.version != before.version {
            return Err(Error::stale());
        }
        let after = asked.apply(&before)?;
        let changes = between(&before, &after);
        if changes.is_empty() {
            return Ok(before);
        }
        let organization = Target::unnamed("organization", scope.organization());
        let event = granted.event(mint, EventKind::ModelChoicesEdited, organization, changes);
        let (table, key) = (self.tenant(scope), provider::choices(scope.organization()));
        let entry = Edit::of(&table, key).set_all(encode(&after)?, &[])?;
        let entry = if before.version == 0 { entry.if_absent() } else { entry.when("version", "=", before.version)? };
        let writes = vec![entry.update()?, self.event(&event)?, self.has_content(scope)?];
        self.transact(writes).await.map_err(|fault| match fault.refused() {
            Some(0) => Error::stale(),
            Some(2) => Error::new(domain::Code::OrganizationNotActive, "the organization is not active"),
            _ => fault.into_error("choosing models"),
        })?;
        Ok(after)
    }
}

/// What the record says: each provider and model by itself.
fn between(before: &ModelChoices, after: &ModelChoices) -> Vec<Change> {
    let on = |off: bool| !off;
    let providers = before.providers_off.union(&after.providers_off).filter_map(|id: &ProviderId| {
        let (had, has) = (before.providers_off.contains(id), after.providers_off.contains(id));
        Change::between(&format!("providers.{id}"), on(had), on(has))
    });
    let models = before.models_off.union(&after.models_off).filter_map(|id| {
        let (had, has) = (before.models_off.contains(id), after.models_off.contains(id));
        Change::between(&format!("models.{}", String::from(id.clone())), on(had), on(has))
    });
    let asked: std::collections::BTreeSet<&ModelId> = before.instead.keys().chain(after.instead.keys()).collect();
    let instead = asked.into_iter().filter_map(|id| {
        Change::between(&format!("instead.{}", String::from(id.clone())), before.instead.get(id), after.instead.get(id))
    });
    providers.chain(models).chain(instead).collect()
}
