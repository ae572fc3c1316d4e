//! What the platform knows of the organizations and people that a sheet names.

use std::collections::{BTreeSet, HashMap};
use std::sync::{Mutex, PoisonError};

use domain::id::OrganizationId;
use domain::import::AdvanceImport;
use domain::import_row::{Known, SoundRow, TypedRow};
use domain::organization::{Organization, Status};
use domain::{Granted, Result};
use store::Store;

/// An organization, as far as rows need to know it.
#[derive(Clone)]
pub(crate) struct Place {
    /// Its state when the sheet was checked.
    pub(crate) status: Status,
    /// Its name.
    pub(crate) name: String,
}

/// The organizations that were asked for in this import; those that are not there are asked for again.
#[derive(Default)]
pub(crate) struct Organizations(Mutex<HashMap<OrganizationId, Place>>);

/// What is known of a few rows.
pub(crate) struct Facts {
    organizations: HashMap<OrganizationId, Place>,
    people: HashMap<(String, Option<OrganizationId>), Known>,
}

impl Facts {
    /// Looks up what these rows name; at most 50, in two or three calls.
    pub(crate) async fn of(
        store: &Store,
        granted: &Granted<AdvanceImport>,
        cache: &Organizations,
        rows: &[TypedRow],
    ) -> Result<Self> {
        let sound: Vec<SoundRow> = rows.iter().filter_map(|row| row.check().ok()).collect();
        let named: BTreeSet<OrganizationId> = sound.iter().filter_map(|row| row.organization).collect();
        let organizations = cache.find(store, granted, named).await?;
        let people = sound.iter().map(|row| (row.email.folded(), row.organization)).collect();
        Ok(Self { organizations, people: store.people_named(granted, &people).await? })
    }

    /// The organization, if there is one.
    pub(crate) fn organization(&self, row: &SoundRow) -> Option<&Place> {
        self.organizations.get(row.organization.as_ref()?)
    }

    /// The person, if there is an account.
    pub(crate) fn person(&self, row: &SoundRow) -> Option<Known> {
        self.people.get(&(row.email.folded(), row.organization)).copied()
    }
}

#[cfg(test)]
impl Facts {
    /// One organization, and nobody.
    pub(crate) fn with_organization(id: OrganizationId, name: &str) -> Self {
        let place = Place { status: Status::Active, name: name.to_owned() };
        Self { organizations: HashMap::from([(id, place)]), people: HashMap::new() }
    }
}

impl Organizations {
    async fn find(
        &self,
        store: &Store,
        granted: &Granted<AdvanceImport>,
        named: BTreeSet<OrganizationId>,
    ) -> Result<HashMap<OrganizationId, Place>> {
        let (mut found, missing) = self.split(named);
        if !missing.is_empty() {
            let asked = store.organizations_named(granted, &missing).await?;
            let asked: Vec<(OrganizationId, Place)> = asked.into_iter().map(place).collect();
            self.0.lock().unwrap_or_else(PoisonError::into_inner).extend(asked.iter().cloned());
            found.extend(asked);
        }
        Ok(found)
    }

    fn split(&self, named: BTreeSet<OrganizationId>) -> (HashMap<OrganizationId, Place>, Vec<OrganizationId>) {
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (mut found, mut missing) = (HashMap::new(), vec![]);
        for id in named {
            match known.get(&id) {
                Some(place) => drop(found.insert(id, place.clone())),
                None => missing.push(id),
            }
        }
        (found, missing)
    }
}

fn place(organization: Organization) -> (OrganizationId, Place) {
    let place = Place { status: organization.state.status(), name: organization.name.to_string() };
    (organization.id, place)
}
