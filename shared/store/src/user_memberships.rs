//! Where somebody is a member, as superadmins see it.

use std::collections::{BTreeMap, BTreeSet};

use domain::change::Target;
use domain::id::OrganizationId;
use domain::member::Membership;
use domain::organization::Organization;
use domain::user::{ReadMemberships, User};
use domain::{EventKind, Granted, Mint, Result};
use futures::future::join_all;

use crate::core::{Store, decode};
use crate::cursor::Cursor;
use crate::items::OrganizationItem;
use crate::keys;
use crate::page::{Page, Query};

impl Store {
    /// AP-164. A person's memberships with the organizations they are in, by the organization's id; at most 100. Each of
    /// those organizations gets a record of the look (AP-165), without which there is no answer.
    pub async fn list_memberships(
        &self,
        granted: &Granted<ReadMemberships>,
        cursor: Option<&Cursor>,
        limit: u32,
        mint: &mut Mint,
    ) -> Result<Page<(Membership, Option<Organization>)>> {
        let id = granted.command().user;
        let query = Query::of(&self.platform, keys::user(id).pk).beginning_with(keys::MEMBERSHIP_PREFIX);
        let (person, page) = futures::join!(self.user(id), self.memberships("memberships", query, cursor, limit));
        let (person, page) = (person?, page?);
        let places: Vec<OrganizationId> = page.items.iter().map(|membership| membership.organization).collect();
        let (named, recorded) =
            futures::join!(self.organizations_by_id(&places), self.record_looks(granted, &person, &places, mint));
        let mut named = named?;
        recorded?;
        let shown = page.items.into_iter().map(|membership| {
            let organization = named.remove(&membership.organization);
            async move {
                let membership = self.membership_shown(membership, organization.as_ref()).await?;
                Ok((membership, organization))
            }
        });
        let items = join_all(shown).await.into_iter().collect::<Result<_>>()?;
        Ok(Page { items, next: page.next })
    }

    /// Without its roles in projects that are gone (AP-201).
    async fn membership_shown(
        &self,
        mut membership: Membership,
        organization: Option<&Organization>,
    ) -> Result<Membership> {
        let named = membership.projects.keys().copied().collect();
        let there = match organization {
            Some(organization) => self.those_in(organization, named).await?,
            None => BTreeSet::new(),
        };
        membership.projects.retain(|project, _| there.contains(project));
        Ok(membership)
    }

    async fn organizations_by_id(&self, ids: &[OrganizationId]) -> Result<BTreeMap<OrganizationId, Organization>> {
        let keys: Vec<_> = ids.iter().map(|id| keys::organization(*id)).collect();
        let found = self.get_many(&self.platform, &keys).await?.into_iter();
        let found = found.map(|item| decode::<OrganizationItem>(item).map(Organization::from));
        found.map(|found| found.map(|organization| (organization.id, organization))).collect()
    }

    /// AP-165. Records in each of these organizations that a superadmin saw somebody's place in it.
    async fn record_looks(
        &self,
        granted: &Granted<ReadMemberships>,
        person: &User,
        places: &[OrganizationId],
        mint: &mut Mint,
    ) -> Result<()> {
        let mut record = |place: &OrganizationId| {
            let target = Target::named("user", person.id, &person.email);
            self.event(&granted.event(mint, EventKind::TenantAccessed, target, vec![]).within(*place))
        };
        let writes = places.iter().map(&mut record).collect::<Result<Vec<_>>>()?;
        match writes.is_empty() {
            true => Ok(()),
            false => self.transact(writes).await.map_err(|fault| fault.into_error("recording a look")),
        }
    }
}
