//! Who belongs to an organization: list, add, change role, remove, leave.

use std::collections::BTreeMap;

use domain::change::{Change, Target};
use domain::invitation::InvitationState;
use domain::member::{
    AddMember, ChangeRole, Leave, ListMembers, Membership, Person, RemoveMember, may_act_on, may_give,
};
use domain::role::Source;
use domain::user::User;
use domain::{Actor, Code, Error, EventKind, Granted, Mint, OrgRole, OrgScope, Result};

use crate::core::{Store, decode};
use crate::cursor::Cursor;
use crate::edit::Edit;
use crate::idempotency::{Idempotency, Made};
use crate::invitation_item::busy as invitation_busy;
use crate::joining::{departure_refusal, refusal};
use crate::keys::{self, index};
use crate::organizations::acting;
use crate::page::{Page, Query};
use crate::person_items::{LoginItem, MembershipItem, UserItem};

impl Store {
    /// AP-20. Members by e-mail; the index is eventually consistent. Then AP-201.
    pub async fn list_members(
        &self,
        granted: &Granted<ListMembers>,
        cursor: Option<&Cursor>,
        limit: u32,
    ) -> Result<Page<Membership>> {
        let prefix = granted.command().email_prefix.as_deref().unwrap_or_default().to_lowercase();
        let partition = index::members_of(granted.scope().organization());
        let query = Query::on(&self.platform, index::FIRST, partition).beginning_with(prefix);
        let page = self.memberships("members", query, cursor, limit).await?;
        Ok(Page { items: self.members_shown(granted, page.items).await?, next: page.next })
    }

    pub(crate) async fn memberships(
        &self,
        list: &str,
        query: Query<'_>,
        cursor: Option<&Cursor>,
        limit: u32,
    ) -> Result<Page<Membership>> {
        let page = self.page(list, query, cursor, limit).await?;
        let items = page.items.into_iter().map(|item| decode::<MembershipItem>(item).map(Membership::from));
        Ok(Page { items: items.collect::<Result<_>>()?, next: page.next })
    }

    /// AP-21. Somebody joins by hand. An invitation of theirs that is pending has done its work and ends in the same
    /// transaction, as accepted by them.
    ///
    /// # Errors
    /// [`Code::AlreadyMember`], [`Code::UserSuspended`], [`Code::OrganizationNotActive`], [`Code::NotFound`] for an
    /// unknown person.
    pub async fn add_member(
        &self,
        granted: &Granted<AddMember>,
        sent: Option<&Idempotency>,
        mint: &mut Mint,
    ) -> Result<Made<Membership>> {
        let AddMember { person, role } = granted.command();
        may_give(granted.actor(), *role)?;
        let person = match self.person(person).await {
            Ok(person) => person,
            Err(refusal) => return self.made_before(granted.actor(), sent, refusal, mint).await,
        };
        let membership = Membership {
            user: person.id,
            organization: granted.scope().organization(),
            email: person.email,
            display_name: person.display_name.to_string(),
            role: *role,
            source: Source::Manual,
            projects: BTreeMap::new(),
            joined_at: mint.now(),
            version: 1,
        };
        let (scope, now) = (granted.scope(), mint.now());
        let invited = self.email_claim(scope, &membership.email).await?.filter(|claim| claim.is_live(now));
        let mut changes = vec![Change::set("role", role), Change::set("source", Source::Manual)];
        changes.extend(invited.as_ref().map(|claim| Change::set("invitation_id", claim.holder)));
        let event = granted.event(mint, EventKind::MemberAdded, target(&membership), changes);
        let mut writes = self.join(&membership)?;
        writes.push(self.event(&event)?);
        let joined = writes.len();
        if let Some(claim) = &invited {
            let state = InvitationState::Accepted { by: membership.user, at: now };
            writes.extend(self.end_invitation(scope, (&membership.email, claim), state, now)?);
        }
        let mark = self.mark(granted.actor(), sent, membership.user, mint)?;
        self.make(writes, mark, membership).await?.map_err(|fault| match fault.refused() {
            Some(at) if at >= joined => invitation_busy(),
            _ => refusal(fault, 0),
        })
    }

    /// AP-25. What an earlier request with the same idempotency key made.
    pub async fn added_member(&self, granted: &Granted<AddMember>, user: domain::id::UserId) -> Result<Membership> {
        let key = keys::membership(user, granted.scope().organization());
        let item: Option<MembershipItem> = self.get(&self.platform, &key).await?;
        item.map(Membership::from).ok_or_else(Error::not_found)
    }

    /// AP-22. The role of somebody else, or of oneself downwards, on the version that was read.
    ///
    /// # Errors
    /// [`Code::LastOwner`], [`Code::PreconditionFailed`], [`Code::Forbidden`] for somebody of a higher role.
    pub async fn change_role(
        &self,
        granted: &Granted<ChangeRole>,
        before: &Membership,
        mint: &mut Mint,
    ) -> Result<Membership> {
        let ChangeRole { role, version, .. } = *granted.command();
        may_act_on(granted.actor(), before.role)?;
        may_give(granted.actor(), role)?;
        if version != before.version {
            return Err(Error::stale());
        }
        let after = Membership { role, source: Source::Manual, version: version + 1, ..before.clone() };
        let changes: Vec<_> = Change::between("role", before.role, role).into_iter().collect();
        if changes.is_empty() {
            return Ok(before.clone());
        }
        let event = granted.event(mint, EventKind::MemberRoleChanged, target(&after), changes);
        let key = keys::membership(before.user, before.organization);
        let edit = Edit::of(&self.platform, key)
            .set("role", role)?
            .set("source", Source::Manual)?
            .set("version", after.version)?;
        let edit = match role {
            OrgRole::Member => edit.remove("gsi2pk").remove("gsi2sk"),
            OrgRole::Admin | OrgRole::Owner => {
                edit.set("gsi2pk", index::admins_of(before.organization))?.set("gsi2sk", before.user)?
            }
        };
        let mut writes = vec![edit.when("version", "=", version)?.update()?, self.event(&event)?];
        let owners_at = writes.len();
        match (before.role, role) {
            (OrgRole::Owner, _) => writes.push(self.owners(before.organization, -1)?),
            (_, OrgRole::Owner) => writes.push(self.owners(before.organization, 1)?),
            (OrgRole::Admin | OrgRole::Member, OrgRole::Admin | OrgRole::Member) => {}
        }
        self.transact(writes).await.map_err(|fault| match fault.refused() {
            Some(0) => Error::stale(),
            _ => departure_refusal(fault, owners_at),
        })?;
        Ok(after)
    }

    /// AP-23. Somebody is removed, with all grants in projects.
    ///
    /// # Errors
    /// [`Code::LastOwner`], [`Code::Forbidden`] for somebody of a higher role.
    pub async fn remove_member(
        &self,
        granted: &Granted<RemoveMember>,
        before: &Membership,
        mint: &mut Mint,
    ) -> Result<()> {
        may_act_on(granted.actor(), before.role)?;
        let event =
            granted.event(mint, EventKind::MemberRemoved, target(before), vec![Change::cleared("role", before.role)]);
        self.go(granted.scope(), granted.actor(), before, &event).await
    }

    /// AP-24. The caller leaves.
    ///
    /// # Errors
    /// [`Code::LastOwner`].
    pub async fn leave(&self, granted: &Granted<Leave>, before: &Membership, mint: &mut Mint) -> Result<()> {
        let event =
            granted.event(mint, EventKind::MemberLeft, target(before), vec![Change::cleared("role", before.role)]);
        self.go(granted.scope(), granted.actor(), before, &event).await
    }

    /// An invitation that is still pending, because its person came by an import, is taken back: nobody who was removed
    /// comes back by a link of before.
    async fn go(&self, scope: &OrgScope, actor: &Actor, before: &Membership, event: &domain::Event) -> Result<()> {
        let now = event.at;
        let invited = self.email_claim(scope, &before.email).await?.filter(|claim| claim.is_live(now));
        let mut writes = self.depart(before)?;
        let owners_at = if before.role == OrgRole::Owner { writes.len() - 1 } else { usize::MAX };
        writes.push(self.event(event)?);
        if let Some(claim) = &invited {
            let state = InvitationState::Revoked { by: acting(actor), at: now };
            writes.extend(self.end_invitation(scope, (&before.email, claim), state, now)?);
        }
        self.transact(writes).await.map_err(|fault| departure_refusal(fault, owners_at))
    }

    async fn person(&self, person: &Person) -> Result<User> {
        let unknown = || Error::new(Code::NotFound, "there is no such person on the platform").at("/email");
        let id = match person {
            Person::Id(id) => *id,
            Person::Email(email) => {
                let login: Option<LoginItem> = self.get(&self.platform, &keys::login(&email.folded())).await?;
                login.ok_or_else(unknown)?.user
            }
        };
        let item: Option<UserItem> = self.get(&self.platform, &keys::user(id)).await?;
        item.map(User::from).ok_or_else(unknown)
    }
}

pub(crate) fn target(membership: &Membership) -> Target {
    Target::named("user", membership.user, &membership.email)
}
