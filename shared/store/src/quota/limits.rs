//! Limits of one thing, as those who set them see them, and how far they are used.

use domain::quota::{
    Limiting, Limits, ListLimits, ReadLimits, ReadOwnStandings, ReadStandings, ScopeObject, SetLimits,
};
use domain::{Error, EventKind, Granted, Mint, OrgScope, Result, Timestamp};

use super::known::{LimitedItem, ThingStanding, placed, refused_thing};
use super::read::Found;
use crate::core::{Store, decode};
use crate::cursor::Cursor;
use crate::items::TenantItem;
use crate::keys::{Key, allowance, quota};
use crate::page::{Page, Query};

impl Store {
    /// AP-234. What was set on one thing, which is there.
    pub async fn read_limits(&self, granted: &Granted<ReadLimits>) -> Result<Limits> {
        let known = self.known(granted.scope(), &[granted.command().object]).await?;
        Ok(known.first()?.limits.clone())
    }

    /// AP-235. Sets limits of one thing on the version that was read. A lowered one binds before this returns: no check that
    /// begins later passes by the old one. The same again changes nothing.
    ///
    /// # Errors
    /// [`domain::Code::NotFound`] where the thing is not the organization's, [`domain::Code::PreconditionFailed`].
    pub async fn set_limits(&self, granted: &Granted<Limiting<SetLimits>>, mint: &mut Mint) -> Result<Limits> {
        let (scope, Limiting { object, what }) = (granted.scope(), granted.command());
        let known = self.known(scope, &[*object]).await?;
        let thing = known.first()?;
        if what.version != thing.limits.version {
            return Err(Error::stale());
        }
        let own = what.limits.over(&thing.limits.own);
        let after = Limits { own, version: thing.limits.version + 1, ..thing.limits.clone() };
        let changes = thing.changes(&after);
        if changes.is_empty() {
            return Ok(thing.limits.clone());
        }
        let event = placed(granted.event(mint, EventKind::QuotaChanged, thing.target(scope), changes), *object);
        let mut writes = vec![
            self.replace_limits(scope, *object, thing.limits, &after)?,
            self.list_limited(scope, *object)?,
            self.event(&event)?,
        ];
        let things_from = writes.len();
        writes.extend(self.has_thing(scope, *object)?);
        self.transact(writes).await.map_err(|fault| match fault.refused() {
            Some(0) => Error::stale(),
            _ => refused_thing(fault, things_from, "setting limits"),
        })?;
        self.push_limits(scope, &[object.scope()], mint.now()).await?;
        Ok(after)
    }

    /// AP-236. Things that have limits of their own, by kind and id. A page may be empty and yet have a next one: what has
    /// none any more is left out.
    pub async fn list_limits(
        &self,
        granted: &Granted<ListLimits>,
        cursor: Option<&Cursor>,
        limit: u32,
    ) -> Result<Page<(ScopeObject, Limits)>> {
        let (scope, table) = (granted.scope(), self.tenant(granted.scope()));
        let query = Query::of(&table, allowance::limited(scope.organization()));
        let page = self.page("quotas", query, cursor, limit).await?;
        let listed = page.items.into_iter().map(|item| decode::<LimitedItem>(item).map(|item| item.on));
        let listed: Vec<ScopeObject> = listed.collect::<Result<_>>()?;
        let key = |object: &ScopeObject| quota::limits(scope.organization(), object.scope());
        let keys: Vec<Key> = listed.iter().map(key).collect();
        let found = Found::of(self.get_many(&table, &keys).await?);
        let mut items = vec![];
        for object in listed {
            let limits = found.get::<TenantItem<Limits>>(&key(&object))?.map(|item| item.content);
            items.extend(limits.filter(|limits| !limits.own.is_empty()).map(|limits| (object, limits)));
        }
        Ok(Page { items, next: page.next })
    }

    /// AP-237. How far what binds the caller is used: the organization, the own limits, and a project and use case if those
    /// are asked about.
    ///
    /// # Errors
    /// [`domain::Code::NotFound`] where something that was named is not the organization's.
    pub async fn own_standings(
        &self,
        granted: &Granted<ReadOwnStandings>,
        now: Timestamp,
    ) -> Result<Vec<ThingStanding>> {
        let within = granted.command().within.into_iter().flat_map(domain::quota::InProject::objects);
        // A service account, and a superadmin who is no member, has no limits of its own here.
        let own = granted.actor().user().filter(|_| granted.actor().role().is_some());
        let own = own.map(|id| ScopeObject::User { id });
        self.standings(granted.scope(), within.chain(own), now).await
    }

    /// AP-237. The same of somebody else.
    ///
    /// # Errors
    /// As [`Store::own_standings`].
    pub async fn standings_of(&self, granted: &Granted<ReadStandings>, now: Timestamp) -> Result<Vec<ThingStanding>> {
        let ReadStandings { within, user } = *granted.command();
        let within = within.into_iter().flat_map(domain::quota::InProject::objects);
        self.standings(granted.scope(), within.chain([ScopeObject::User { id: user }]), now).await
    }

    async fn standings(
        &self,
        scope: &OrgScope,
        objects: impl Iterator<Item = ScopeObject>,
        now: Timestamp,
    ) -> Result<Vec<ThingStanding>> {
        let objects: Vec<ScopeObject> = std::iter::once(ScopeObject::Organization).chain(objects).collect();
        Ok(self.known(scope, &objects).await?.standings(now))
    }
}
