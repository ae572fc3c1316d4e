//! What things are called now, so that their usage keeps a name when they are gone.

use std::collections::{BTreeMap, BTreeSet};

use domain::quota::{DayUse, QuotaScope, SpentOn};
use domain::{OrgScope, Result};
use serde::Deserialize;

use crate::core::Store;
use crate::keys::{self, Key, tenant};
use crate::quota::read::Found;

/// So many things are looked up at once.
pub(crate) const AT_ONCE: usize = 50;

#[derive(Deserialize)]
struct Named {
    name: String,
}

#[derive(Deserialize)]
struct Person {
    email: String,
}

impl Store {
    /// AP-252. Names of at most 50 rows. What is gone for good has none; a project's stays after its end.
    pub(crate) async fn names_of(
        &self,
        scope: &OrgScope,
        rows: &[(SpentOn, DayUse)],
    ) -> Result<BTreeMap<SpentOn, String>> {
        let organization = scope.organization();
        let keys_of = |(on, used): &(SpentOn, DayUse)| match on {
            SpentOn::Project(id) => {
                vec![tenant::project(organization, *id), tenant::deleted_project(organization, *id)]
            }
            SpentOn::UseCase(Some(id)) => used
                .project
                .map(|project| tenant::registered(organization, project, &id.to_string()))
                .into_iter()
                .collect(),
            SpentOn::Everything | SpentOn::UseCase(None) | SpentOn::Model(_) | SpentOn::User(_) => vec![],
        };
        let person = |on: &SpentOn| match on {
            SpentOn::User(Some(id)) => Some(keys::user(*id)),
            SpentOn::User(None)
            | SpentOn::Everything
            | SpentOn::Project(_)
            | SpentOn::UseCase(_)
            | SpentOn::Model(_) => None,
        };
        let of_tenant: BTreeSet<Key> = rows.iter().flat_map(keys_of).collect();
        let people: BTreeSet<Key> = rows.iter().filter_map(|(on, _)| person(on)).collect();
        let table = self.tenant(scope);
        let found = Found::of(self.get_all(&[(&self.platform, people), (&table, of_tenant)]).await?);
        let mut names = BTreeMap::new();
        for row in rows {
            let named = keys_of(row).iter().find_map(|key| found.get::<Named>(key).transpose()).transpose()?;
            let person = person(&row.0).map(|key| found.get::<Person>(&key)).transpose()?.flatten();
            if let Some(name) = named.map(|named| named.name).or(person.map(|person| person.email)) {
                names.insert(row.0.clone(), name);
            }
        }
        Ok(names)
    }

    /// AP-252. What a scope is called; the organization is called what its entry says.
    pub(crate) async fn name_of(&self, scope: &OrgScope, of: QuotaScope, used: DayUse) -> Result<Option<String>> {
        let on = SpentOn::from(of);
        Ok(self.names_of(scope, &[(on.clone(), used)]).await?.remove(&on))
    }
}
