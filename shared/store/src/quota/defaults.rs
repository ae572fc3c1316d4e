//! Limits for whatever has none of its own: the platform's and an organization's.

use aws_sdk_dynamodb::types::TransactWriteItem;
use domain::change::{Change, Target};
use domain::quota::{Defaults, DefaultsHome, EditQuotaDefaults, Period, ReadQuotaDefaults, ScopeKind};
use domain::{Code, Error, EventKind, Granted, Mint, OrgScope, PlatformScope, Result};

use super::read::Found;
use crate::core::Store;
use crate::edit::Edit;
use crate::items::TenantItem;
use crate::keys::{Key, quota};

/// An organization's defaults, and those below them.
#[derive(Clone, Debug)]
pub struct DefaultLayers {
    /// The organization's.
    pub own: Defaults,
    /// The platform's.
    pub platform: Defaults,
}

/// Where defaults are stored.
struct Place {
    table: String,
    key: Key,
    target: Target,
    /// What has to be there beside them.
    there: Option<TransactWriteItem>,
}

impl Store {
    /// AP-230. The platform's defaults.
    pub async fn platform_quota_defaults(&self, _: &Granted<ReadQuotaDefaults<PlatformScope>>) -> Result<Defaults> {
        self.quota_defaults_of_platform().await
    }

    /// AP-231. Other defaults of the platform. The same again changes nothing.
    ///
    /// # Errors
    /// [`Code::PreconditionFailed`]
    pub async fn edit_platform_quota_defaults(
        &self,
        granted: &Granted<EditQuotaDefaults<PlatformScope>>,
        mint: &mut Mint,
    ) -> Result<Defaults> {
        let before = self.quota_defaults_of_platform().await?;
        let (table, key) = (self.platform.clone(), quota::platform_defaults());
        let place = Place { table, key, target: Target::unnamed("settings", "quotas"), there: None };
        self.edit_quota_defaults(granted, before, place, mint).await
    }

    /// AP-232. An organization's defaults, and the platform's below them.
    pub async fn organization_quota_defaults(
        &self,
        granted: &Granted<ReadQuotaDefaults<OrgScope>>,
    ) -> Result<DefaultLayers> {
        self.quota_defaults_of(granted.scope()).await
    }

    /// AP-233. Other defaults of an organization. The same again changes nothing.
    ///
    /// # Errors
    /// [`Code::PreconditionFailed`], [`Code::OrganizationNotActive`] where it goes at this moment.
    pub async fn edit_organization_quota_defaults(
        &self,
        granted: &Granted<EditQuotaDefaults<OrgScope>>,
        name: &str,
        mint: &mut Mint,
    ) -> Result<DefaultLayers> {
        let scope = granted.scope();
        let before = self.quota_defaults_of(scope).await?;
        let place = Place {
            table: self.tenant(scope),
            key: quota::defaults(scope.organization()),
            target: Target::named("organization", scope.organization(), name),
            there: Some(self.has_content(scope)?),
        };
        let own = self.edit_quota_defaults(granted, before.own, place, mint).await?;
        Ok(DefaultLayers { own, platform: before.platform })
    }

    async fn quota_defaults_of_platform(&self) -> Result<Defaults> {
        let item: Option<TenantItem<Defaults>> = self.get(&self.platform, &quota::platform_defaults()).await?;
        Ok(item.map(|item| item.content).unwrap_or_default())
    }

    async fn quota_defaults_of(&self, scope: &OrgScope) -> Result<DefaultLayers> {
        let (own, platform) = (quota::defaults(scope.organization()), quota::platform_defaults());
        let asked = [(self.platform.as_str(), [platform.clone()].into()), (&self.tenant(scope), [own.clone()].into())];
        let found = Found::of(self.get_all(&asked).await?);
        let read = |key| -> Result<Defaults> {
            Ok(found.get::<TenantItem<Defaults>>(key)?.map(|item| item.content).unwrap_or_default())
        };
        Ok(DefaultLayers { own: read(&own)?, platform: read(&platform)? })
    }

    async fn edit_quota_defaults<H: DefaultsHome>(
        &self,
        granted: &Granted<EditQuotaDefaults<H>>,
        before: Defaults,
        place: Place,
        mint: &mut Mint,
    ) -> Result<Defaults> {
        let asked = granted.command();
        if asked.version != before.version {
            return Err(Error::stale());
        }
        let after = asked.patch.over_defaults(&before);
        let changes = changes(&before, &after);
        if changes.is_empty() {
            return Ok(before);
        }
        let Place { table, key, target, there } = place;
        let event = granted.event(mint, EventKind::QuotaDefaultsChanged, target, changes);
        let edit = Edit::of(&table, key).set("limits", after.limits)?.set("version", after.version)?;
        let edit = match before.version {
            0 => edit.if_absent(),
            version => edit.when("version", "=", version)?,
        };
        let mut writes = vec![edit.update()?, self.event(&event)?];
        writes.extend(there);
        self.transact(writes).await.map_err(|fault| match fault.refused() {
            Some(0) => Error::stale(),
            Some(_) => Error::new(Code::OrganizationNotActive, "the organization is not active"),
            None => fault.into_error("changing quota defaults"),
        })?;
        Ok(after)
    }
}

/// Each kind and period whose default is another one.
fn changes(before: &Defaults, after: &Defaults) -> Vec<Change> {
    let all = ScopeKind::ALL.into_iter().flat_map(|kind| Period::ALL.map(|period| (kind, period)));
    let change = |(kind, period): (ScopeKind, Period)| {
        let field = format!("{}.{}", kind.as_str(), period.as_str());
        Change::between(&field, before.limits.get(kind).get(period), after.limits.get(kind).get(period))
    };
    all.filter_map(change).collect()
}
