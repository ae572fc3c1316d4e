//! An organization with people in it, and what they are told.

use std::collections::BTreeMap;

use domain::actor::SystemPart;
use domain::change::{Change, Target};
use domain::id::UserId;
use domain::import::ApplyRow;
use domain::inbox::{
    CountUnread, EditChoices, EditOrganizationDefaults, EditPlatformDefaults, EditPreferences, ListNotices,
    MarkAllRead, ReadPreferences,
};
use domain::member::Membership;
use domain::metadata::Metadata;
use domain::notification_choices::ChoicesPatch;
use domain::organization::{CreateOrganization, Organization, Placement, Provision};
use domain::role::Source;
use domain::scope::{Own, Platform};
use domain::user::{ReadUsers, User};
use domain::{Actor, Event, EventKind, OrgRole, Origin, Principal};
use serde_json::Value;
use store::{Joiner, Made, NewPerson, PlannedJoin};

use crate::stack::{ANN, Stack, mint, now};

pub(crate) struct Home {
    pub(crate) organization: Organization,
}

impl Home {
    pub(crate) async fn make(stack: &Stack, name: &str) -> Self {
        let store = stack.store();
        let asked = CreateOrganization {
            name: name.to_owned().try_into().unwrap(),
            slug: None,
            metadata: Metadata::default(),
            settings: Default::default(),
            placement: Placement::Pooled,
        };
        let granted = ops(stack, None).grant(asked, Platform).unwrap();
        let Made::Now(begun) = store.create_organization(&granted, None, &mut mint()).await.unwrap() else { panic!() };
        let actor = system(SystemPart::TenantLifecycle, Some(&begun));
        let granted = actor.grant(Provision, begun.id).unwrap();
        Self { organization: store.finish_provisioning(&granted, &begun, &mut mint()).await.unwrap() }
    }

    /// Somebody new of that name joins in that role.
    pub(crate) async fn join(&self, stack: &Stack, name: &str, role: OrgRole) -> UserId {
        let id = mint().id();
        let person = NewPerson {
            id,
            email: address(name).parse().unwrap(),
            display_name: name.to_owned().try_into().unwrap(),
            password: "none".into(),
            password_until: None,
            must_confirm: false,
        };
        self.row(stack, Joiner::New { person: Box::new(person), made_here: true }, role).await;
        id
    }

    /// Somebody known joins.
    pub(crate) async fn take_in(&self, stack: &Stack, user: UserId, role: OrgRole) {
        self.row(stack, Joiner::Known(user), role).await;
    }

    async fn row(&self, stack: &Stack, joiner: Joiner, role: OrgRole) {
        let join = PlannedJoin { row: 2, mark: mint().id::<domain::id::Import>().to_string(), role, joiner };
        let importer = system(SystemPart::Importer, Some(&self.organization));
        let granted = importer.grant(ApplyRow { role }, self.organization.id).unwrap();
        stack.store().apply_rows(&granted, &[join], &mut mint()).await.unwrap();
    }

    pub(crate) fn ops(&self, stack: &Stack) -> Actor {
        ops(stack, Some(&self.organization))
    }

    /// A membership as it is stored, before anything was changed of it.
    pub(crate) fn membership(&self, user: UserId, name: &str, role: OrgRole) -> Membership {
        Membership {
            user,
            organization: self.organization.id,
            email: address(name).parse().unwrap(),
            display_name: name.to_owned(),
            role,
            source: Source::Import,
            projects: BTreeMap::new(),
            joined_at: now(),
            version: 1,
        }
    }

    /// Something that one person does to another in here.
    pub(crate) fn event(&self, by: (UserId, &str), kind: EventKind, to: (UserId, &str), changes: Vec<Change>) -> Event {
        let target = Target::named("user", to.0, address(to.1));
        Event::of(&person(by.0, by.1), &mut mint(), kind, target, changes).within(self.organization.id)
    }

    /// Somebody was added by hand.
    pub(crate) fn added(&self, by: (UserId, &str), who: (UserId, &str)) -> Event {
        let changes = vec![Change::set("role", "member"), Change::set("source", "manual")];
        self.event(by, EventKind::MemberAdded, who, changes)
    }

    /// Somebody makes a token of one of the organization's service accounts.
    pub(crate) fn token_made(&self, by: (UserId, &str)) -> Event {
        token_made(by).within(self.organization.id)
    }

    /// The organization chooses.
    pub(crate) async fn choose(&self, stack: &Stack, patch: Value) {
        let asked = EditOrganizationDefaults(EditChoices { version: 0, patch: choices(patch) });
        let granted = self.ops(stack).grant(asked, self.organization.id).unwrap();
        stack.store().edit_organization_defaults(&granted, "Acme", &mut mint()).await.unwrap();
    }
}

/// Somebody makes a token of one of the platform's service accounts.
pub(crate) fn token_made(by: (UserId, &str)) -> Event {
    let target = Target::named("api-token", "tok_01JZA000000000000000000000", "ci");
    let changes = vec![Change::set("service_account", "Robot")];
    Event::of(&person(by.0, by.1), &mut mint(), EventKind::ApiTokenCreated, target, changes)
}

pub(crate) fn address(name: &str) -> String {
    format!("{name}@acme.example")
}

pub(crate) fn person(id: UserId, name: &str) -> Actor {
    let principal = Principal::User { id, email: address(name), superadmin: false, must_change_password: false };
    Actor { principal, standing: None, origin: Origin::default() }
}

fn system(part: SystemPart, place: Option<&Organization>) -> Actor {
    let standing = place.map(|place| place.standing(None, BTreeMap::new()));
    Actor { principal: Principal::System { part, on_behalf_of: None }, standing, origin: Origin::default() }
}

/// Ann, the superadmin.
pub(crate) fn ops(stack: &Stack, place: Option<&Organization>) -> Actor {
    let principal =
        Principal::User { id: stack.ann, email: ANN.to_owned(), superadmin: true, must_change_password: false };
    let standing = place.map(|place| place.standing(None, BTreeMap::new()));
    Actor { principal, standing, origin: Origin::default() }
}

fn choices(patch: Value) -> ChoicesPatch {
    serde_json::from_value(patch).unwrap()
}

impl Stack {
    /// What somebody finds in their inbox, each with whether it was read; and how many are said to be unread.
    pub(crate) async fn inbox(&self, user: UserId) -> (Vec<(String, bool)>, u64) {
        let store = self.store();
        let granted = person(user, "x").grant(ListNotices { unread: false }, Own).unwrap();
        let found = store.list_notices(&granted, now(), None, 100).await.unwrap();
        let granted = person(user, "x").grant(CountUnread, Own).unwrap();
        assert_eq!(store.count_unread(&granted, now()).await.unwrap(), found.unread);
        let items = found.page.items.into_iter().map(|item| (item.notice.title, item.read)).collect::<Vec<_>>();
        let unread = items.iter().filter(|(_, read)| !read).count();
        assert_eq!(u64::try_from(unread).unwrap(), found.unread, "the count is the list's: {items:?}");
        (items, found.unread)
    }

    /// The sentences alone.
    pub(crate) async fn titles(&self, user: UserId) -> Vec<String> {
        self.inbox(user).await.0.into_iter().map(|(title, _)| title).collect()
    }

    pub(crate) async fn mark_all_read(&self, user: UserId) {
        let granted = person(user, "x").grant(MarkAllRead, Own).unwrap();
        self.store().mark_all_read(&granted, now()).await.unwrap();
    }

    /// Somebody chooses.
    pub(crate) async fn choose(&self, user: UserId, patch: Value) {
        let store = self.store();
        let granted = person(user, "x").grant(ReadPreferences { organization: None }, Own).unwrap();
        let version = store.preferences(&granted).await.unwrap().own.version;
        let asked = EditPreferences(EditChoices { version, patch: choices(patch) });
        let granted = person(user, "x").grant(asked, Own).unwrap();
        store.edit_preferences(&granted, &self.user(user).await, &mut mint()).await.unwrap();
    }

    /// The platform chooses.
    pub(crate) async fn choose_for_all(&self, patch: Value) {
        let asked = EditPlatformDefaults(EditChoices { version: 0, patch: choices(patch) });
        let granted = ops(self, None).grant(asked, Platform).unwrap();
        self.store().edit_platform_defaults(&granted, &mut mint()).await.unwrap();
    }

    pub(crate) async fn user(&self, id: UserId) -> User {
        let granted = ops(self, None).grant(ReadUsers, Platform).unwrap();
        self.store().read_user(&granted, id).await.unwrap()
    }

    /// To whom mails went, in their order.
    pub(crate) fn mailed(&self) -> Vec<String> {
        self.sink.letters().into_iter().flat_map(|letter| letter.to).collect()
    }
}
