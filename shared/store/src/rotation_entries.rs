//! What leads to rotations by time: one entry for those of a provider, and one for each thing of it that is to go from the vault.

use aws_sdk_dynamodb::types::TransactWriteItem;
use domain::home::Home;
use domain::id::{OrganizationId, ProviderId};
use domain::rotation::Rotations;
use domain::{OrgScope, Result, Timestamp};
use serde::{Deserialize, Serialize};

use crate::core::{Store, put};
use crate::edit::Edit;
use crate::keys::{Key, rotation};

/// Something that is to be looked at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// In which organization; none = on the platform.
    pub organization: Option<OrganizationId>,
    /// Of which provider.
    pub provider: ProviderId,
    /// What is to go from the vault; none = the rotations are due.
    pub forget: Option<Forget>,
    pub(crate) key: Key,
    pub(crate) at: String,
}

/// What is to go from the vault: a function tried at once, and may not have got there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Forget {
    /// One version of the credential.
    Version(u64),
    /// All that are older than that one.
    Before(u64),
    /// The second credential, of a schedule.
    Keeper,
    /// All of a provider that was deleted.
    All,
}

#[derive(Serialize, Deserialize)]
pub(crate) struct EntryItem {
    pk: String,
    sk: String,
    gsi1pk: String,
    gsi1sk: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    organization: Option<OrganizationId>,
    provider: ProviderId,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    forget: Option<Forget>,
}

impl From<EntryItem> for Entry {
    fn from(EntryItem { pk, sk, gsi1sk, organization, provider, forget, .. }: EntryItem) -> Self {
        Self { organization, provider, forget, key: Key { pk, sk }, at: gsi1sk }
    }
}

impl Forget {
    fn word(self) -> String {
        match self {
            Self::Version(version) => format!("VERSION#{version}"),
            Self::Before(version) => format!("BEFORE#{version}"),
            Self::Keeper => "KEEPER".to_owned(),
            Self::All => "ALL".to_owned(),
        }
    }
}

impl Store {
    /// That something is to go from the vault, as a part of the transaction by which nothing names it any more. It also has the
    /// rotations looked at, which may have been overtaken.
    pub(crate) fn to_forget(
        &self,
        home: &impl Home,
        provider: ProviderId,
        forget: Forget,
        now: Timestamp,
    ) -> Result<TransactWriteItem> {
        let organization = home.organization().map(OrgScope::organization);
        let Key { pk, sk } = rotation::look(organization, provider, &forget.word());
        let (gsi1pk, gsi1sk) = (rotation::LIST.to_owned(), rotation::at(now, provider));
        put(&self.platform, &EntryItem { pk, sk, gsi1pk, gsi1sk, organization, provider, forget: Some(forget) })
    }

    /// The entry of a provider's rotations as they are; none where nobody has to look at them.
    pub(crate) fn entry_of(&self, home: &impl Home, rotations: &Rotations) -> Result<TransactWriteItem> {
        let organization = home.organization().map(OrgScope::organization);
        let provider = rotations.provider;
        let Key { pk, sk } = rotation::due(organization, provider);
        match rotations.due() {
            Some(due) => {
                let (gsi1pk, gsi1sk) = (rotation::LIST.to_owned(), rotation::at(due, provider));
                put(&self.platform, &EntryItem { pk, sk, gsi1pk, gsi1sk, organization, provider, forget: None })
            }
            None => Edit::of(&self.platform, Key { pk, sk }).delete(),
        }
    }
}
