//! By which channels people are told: the platform's defaults, an organization's, and what somebody chose.

use std::collections::HashMap;

use aws_sdk_dynamodb::types::TransactWriteItem;
use domain::change::Target;
use domain::id::OrganizationId;
use domain::inbox::{
    EditChoices, EditOrganizationDefaults, EditPlatformDefaults, EditPreferences, ReadOrganizationDefaults,
    ReadPlatformDefaults, ReadPreferences,
};
use domain::notification_choices::{ChoiceSet, Layers, NoticeChoices};
use domain::organization::{Organization, Status};
use domain::user::User;
use domain::{Code, Command, Error, EventKind, Granted, Mint, Result};
use serde::{Deserialize, Serialize};

use crate::core::{Item, Store, decode};
use crate::edit::Edit;
use crate::items::OrganizationItem;
use crate::keys::{self, Key};

/// Absent as long as nobody chose anything.
#[derive(Serialize, Deserialize)]
pub(crate) struct ChoicesItem {
    pk: String,
    sk: String,
    choices: NoticeChoices,
    version: u64,
}

impl From<ChoicesItem> for ChoiceSet {
    fn from(ChoicesItem { choices, version, .. }: ChoicesItem) -> Self {
        Self { choices, version }
    }
}

/// The layers of choices, as far as they were asked for; an empty one stands for each of the others.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ChoiceLayers {
    /// The platform's.
    pub platform: ChoiceSet,
    /// An organization's.
    pub organization: ChoiceSet,
    /// A person's own.
    pub own: ChoiceSet,
}

impl ChoiceLayers {
    /// To be resolved.
    #[must_use]
    pub fn layers(&self) -> Layers<'_> {
        let Self { platform, organization, own } = self;
        Layers { platform: &platform.choices, organization: &organization.choices, own: &own.choices }
    }
}

impl Store {
    /// AP-179. What the caller chose, above the platform's defaults and those of an organization that the caller belongs to,
    /// if one is named.
    ///
    /// # Errors
    /// [`Code::NotFound`] for an organization that the caller does not belong to, [`Code::OrganizationNotActive`].
    pub async fn preferences(&self, granted: &Granted<ReadPreferences>) -> Result<ChoiceLayers> {
        let user = granted.scope().user();
        let (own, platform) = (keys::own_choices(user), keys::platform_choices());
        let Some(organization) = granted.command().organization else {
            let mut found = self.found(&[own.clone(), platform.clone()]).await?;
            let (own, platform) = (chosen(&mut found, &own)?, chosen(&mut found, &platform)?);
            return Ok(ChoiceLayers { own, platform, ..ChoiceLayers::default() });
        };
        let (defaults, place) = (keys::organization_choices(organization), keys::organization(organization));
        let membership = keys::membership(user, organization);
        let all = [&own, &platform, &defaults, &place, &membership].map(Clone::clone);
        let mut found = self.found(&all).await?;
        let entry = found.remove(&place).filter(|_| found.contains_key(&membership)).ok_or_else(Error::not_found)?;
        if Organization::from(decode::<OrganizationItem>(entry)?).state.standing() != Status::Active {
            return Err(Error::new(Code::OrganizationNotActive, "the organization is not active"));
        }
        Ok(ChoiceLayers {
            own: chosen(&mut found, &own)?,
            platform: chosen(&mut found, &platform)?,
            organization: chosen(&mut found, &defaults)?,
        })
    }

    /// AP-180. What the caller chooses from now on. The same again changes nothing.
    ///
    /// # Errors
    /// [`Code::PreconditionFailed`] where it is not what was read any more, [`Code::Invalid`] for what cannot be switched.
    pub async fn edit_preferences(
        &self,
        granted: &Granted<EditPreferences>,
        user: &User,
        mint: &mut Mint,
    ) -> Result<ChoiceLayers> {
        let (own, platform) = (keys::own_choices(user.id), keys::platform_choices());
        let mut found = self.found(&[own.clone(), platform.clone()]).await?;
        let (before, platform) = (chosen(&mut found, &own)?, chosen(&mut found, &platform)?);
        let target = Target::named("user", user.id, &user.email);
        let asked = &granted.command().0;
        let own = self.choose(granted, asked, own, before, target, None, mint).await?;
        Ok(ChoiceLayers { own, platform, ..ChoiceLayers::default() })
    }

    /// AP-181. The platform's defaults.
    pub async fn platform_defaults(&self, _: &Granted<ReadPlatformDefaults>) -> Result<ChoiceLayers> {
        let platform = self.platform_choices().await?;
        Ok(ChoiceLayers { platform, ..ChoiceLayers::default() })
    }

    /// AP-182. Other defaults of the platform. The same again changes nothing.
    ///
    /// # Errors
    /// As [`Store::edit_preferences`].
    pub async fn edit_platform_defaults(
        &self,
        granted: &Granted<EditPlatformDefaults>,
        mint: &mut Mint,
    ) -> Result<ChoiceLayers> {
        let (before, asked) = (self.platform_choices().await?, &granted.command().0);
        let (key, target) = (keys::platform_choices(), Target::unnamed("settings", "notifications"));
        let platform = self.choose(granted, asked, key, before, target, None, mint).await?;
        Ok(ChoiceLayers { platform, ..ChoiceLayers::default() })
    }

    /// AP-181. An organization's defaults, above the platform's.
    pub async fn organization_defaults(&self, granted: &Granted<ReadOrganizationDefaults>) -> Result<ChoiceLayers> {
        self.defaults_of(granted.scope().organization()).await
    }

    /// AP-182. Other defaults of an organization. The same again changes nothing.
    ///
    /// # Errors
    /// As [`Store::edit_preferences`]; [`Code::OrganizationNotActive`] where it goes at this moment.
    pub async fn edit_organization_defaults(
        &self,
        granted: &Granted<EditOrganizationDefaults>,
        name: &str,
        mint: &mut Mint,
    ) -> Result<ChoiceLayers> {
        let (id, asked) = (granted.scope().organization(), &granted.command().0);
        let before = self.defaults_of(id).await?;
        let (key, target) = (keys::organization_choices(id), Target::named("organization", id, name));
        // The purge takes them along with the entry: where that is gone, nothing would.
        let there = Edit::of(&self.platform, keys::organization(id)).if_there().check()?;
        let own = before.organization.clone();
        let organization = self.choose(granted, asked, key, own, target, Some(there), mint).await?;
        Ok(ChoiceLayers { organization, ..before })
    }

    async fn defaults_of(&self, id: OrganizationId) -> Result<ChoiceLayers> {
        let (defaults, platform) = (keys::organization_choices(id), keys::platform_choices());
        let mut found = self.found(&[defaults.clone(), platform.clone()]).await?;
        let (organization, platform) = (chosen(&mut found, &defaults)?, chosen(&mut found, &platform)?);
        Ok(ChoiceLayers { organization, platform, ..ChoiceLayers::default() })
    }

    pub(crate) async fn platform_choices(&self) -> Result<ChoiceSet> {
        let item: Option<ChoicesItem> = self.get(&self.platform, &keys::platform_choices()).await?;
        Ok(item.map(ChoiceSet::from).unwrap_or_default())
    }

    #[expect(clippy::too_many_arguments, reason = "one transaction, for three places")]
    async fn choose<C: Command>(
        &self,
        granted: &Granted<C>,
        EditChoices { version, patch }: &EditChoices,
        key: Key,
        before: ChoiceSet,
        target: Target,
        there: Option<TransactWriteItem>,
        mint: &mut Mint,
    ) -> Result<ChoiceSet> {
        if *version != before.version {
            return Err(Error::stale());
        }
        let after = ChoiceSet { choices: before.choices.patched(patch.clone())?, version: version + 1 };
        let changes = before.choices.changes(&after.choices);
        if changes.is_empty() {
            return Ok(before);
        }
        let event = granted.event(mint, EventKind::NotificationPreferencesChanged, target, changes);
        let edit = Edit::of(&self.platform, key).set("choices", &after.choices)?.set("version", after.version)?;
        let edit = match version {
            0 => edit.if_absent(),
            version => edit.when("version", "=", version)?,
        };
        let mut writes = vec![edit.update()?, self.event(&event)?];
        writes.extend(there);
        self.transact(writes).await.map_err(|fault| match fault.refused() {
            Some(0) => Error::stale(),
            Some(_) => Error::new(Code::OrganizationNotActive, "the organization is not active"),
            None => fault.into_error("changing who is told by which channel"),
        })?;
        Ok(after)
    }

    /// What of these is there, by key.
    pub(crate) async fn found(&self, keys: &[Key]) -> Result<HashMap<Key, Item>> {
        let items = self.get_many(&self.platform, keys).await?.into_iter();
        Ok(items.filter_map(|item| Some((key_of(&item)?, item))).collect())
    }
}

pub(crate) fn chosen(found: &mut HashMap<Key, Item>, key: &Key) -> Result<ChoiceSet> {
    let item = found.remove(key).map(decode::<ChoicesItem>).transpose()?;
    Ok(item.map(ChoiceSet::from).unwrap_or_default())
}

fn key_of(item: &Item) -> Option<Key> {
    let text = |name: &str| item.get(name)?.as_s().ok().cloned();
    Some(Key { pk: text("pk")?, sk: text("sk")? })
}
