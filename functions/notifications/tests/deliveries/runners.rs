//! Who is told as somebody who runs an organization or the platform, and who is not any more.

use domain::inbox::ListNotices;
use domain::member::{ChangeRole, RemoveMember};
use domain::scope::{Own, Platform};
use domain::user::{Bootstrap, SetUserStatus};
use domain::{Actor, EventKind, OrgRole, Origin, Principal};

use crate::home::{Home, address, ops, person, token_made};
use crate::stack::{Stack, message, mint, now};

const KEY: &str = "The API token “ci” of the service account “Robot” of “Acme” was created";

struct Acme {
    stack: Stack,
    home: Home,
    olga: domain::id::UserId,
    otto: domain::id::UserId,
}

/// Acme with two owners.
async fn acme() -> Acme {
    let stack = Stack::start().await;
    let home = Home::make(&stack, "Acme").await;
    let olga = home.join(&stack, "olga", OrgRole::Owner).await;
    let otto = home.join(&stack, "otto", OrgRole::Owner).await;
    Acme { stack, home, olga, otto }
}

impl Acme {
    /// How many notices of a new key each of the two has.
    async fn keys(&self) -> [usize; 2] {
        let count = async |user| self.stack.titles(user).await.iter().filter(|title| *title == KEY).count();
        [count(self.olga).await, count(self.otto).await]
    }

    async fn key(&self) {
        self.stack.told(&message(&[&self.home.token_made((self.olga, "olga"))])).await;
    }

    async fn role(&self, from: OrgRole, role: OrgRole, version: u64) {
        let before = domain::member::Membership { version, ..self.home.membership(self.otto, "otto", from) };
        let asked = ChangeRole { user: self.otto, role, version };
        let granted = self.home.ops(&self.stack).grant(asked, self.home.organization.id).unwrap();
        self.stack.store().change_role(&granted, &before, &mut mint()).await.unwrap();
    }
}

#[tokio::test]
async fn a_role_that_changes_changes_who_is_told() {
    let acme = acme().await;
    acme.key().await;
    assert_eq!(acme.keys().await, [1, 1]);
    acme.role(OrgRole::Owner, OrgRole::Member, 1).await;
    acme.key().await;
    assert_eq!(acme.keys().await, [2, 1]);
    acme.role(OrgRole::Member, OrgRole::Admin, 2).await;
    acme.key().await;
    assert_eq!(acme.keys().await, [3, 1], "an admin answers for no key");
    acme.role(OrgRole::Admin, OrgRole::Owner, 3).await;
    acme.key().await;
    assert_eq!(acme.keys().await, [4, 2]);
}

#[tokio::test]
async fn who_was_removed_is_told_so_and_of_nothing_else_of_the_organization_any_more() {
    let acme = acme().await;
    let Acme { stack, home, olga, otto } = &acme;
    // It happened before, and is told after.
    let before = home.event((*olga, "olga"), EventKind::MemberRoleChanged, (*otto, "otto"), vec![]);
    let granted = home.ops(stack).grant(RemoveMember { user: *otto }, home.organization.id).unwrap();
    let membership = home.membership(*otto, "otto", OrgRole::Owner);
    stack.store().remove_member(&granted, &membership, &mut mint()).await.unwrap();
    let removed = home.event((*olga, "olga"), EventKind::MemberRemoved, (*otto, "otto"), vec![]);
    stack.told(&message(&[&before, &removed])).await;
    acme.key().await;
    assert_eq!(stack.titles(*otto).await, ["You no longer belong to “Acme”"]);
    assert_eq!(stack.mailed(), [address("otto"), address("olga")]);
}

#[tokio::test]
async fn who_is_suspended_is_told_so_and_of_nothing_else() {
    let acme = acme().await;
    let Acme { stack, home, olga, otto } = &acme;
    let granted = ops(stack, None).grant(SetUserStatus { user: *otto, suspended: true }, Platform).unwrap();
    stack.store().set_user_status(&granted, &mut mint()).await.unwrap();
    let of =
        |kind| home.event((*olga, "olga"), kind, (*otto, "otto"), vec![domain::change::Change::set("role", "admin")]);
    let suspended = domain::Event { organization: None, ..of(EventKind::UserSuspended) };
    stack.told(&message(&[&suspended, &of(EventKind::MemberRoleChanged)])).await;
    acme.key().await;
    assert_eq!(stack.titles(*otto).await, ["Your account was suspended"]);
    assert_eq!(stack.mailed(), [address("otto"), address("olga")]);
}

#[tokio::test]
async fn who_is_a_superadmin_is_told_of_the_platforms_keys_and_of_other_superadmins() {
    let acme = acme().await;
    let Acme { stack, olga, otto, .. } = &acme;
    let operator = Actor { principal: Principal::Operator, standing: None, origin: Origin::default() };
    let set = async |superadmin| {
        let granted = operator.grant(Bootstrap, Platform).unwrap();
        let email = address("otto").parse().unwrap();
        stack.store().set_superadmin(&granted, &email, superadmin, &mut mint()).await.unwrap();
    };
    set(true).await;
    stack.told(&message(&[&token_made((*olga, "olga"))])).await;
    let key = "The API token “ci” of the service account “Robot” was created";
    assert_eq!((stack.titles(stack.ann).await, stack.titles(*otto).await), (vec![key.into()], vec![key.into()]));
    assert_eq!(stack.titles(*olga).await, Vec::<String>::new());
    let made = vec![domain::change::Change::set("superadmin", true)];
    let target = domain::change::Target::named("user", otto, address("otto"));
    let event = domain::Event::of(&operator, &mut mint(), EventKind::SuperadminChanged, target, made);
    stack.told(&message(&[&event])).await;
    assert_eq!(stack.titles(*otto).await[0], "You are now a superadmin");
    assert_eq!(stack.titles(stack.ann).await[0], "otto@acme.example is now a superadmin");
    set(false).await;
    stack.told(&message(&[&token_made((*olga, "olga"))])).await;
    assert_eq!((stack.titles(stack.ann).await.len(), stack.titles(*otto).await.len()), (3, 2));
}

#[tokio::test]
async fn an_invitation_is_in_the_inbox_of_who_has_the_address_and_holds_no_link() {
    let acme = acme().await;
    let Acme { stack, home, olga, .. } = &acme;
    let beta = Home::make(stack, "Beta").await;
    let bo = beta.join(stack, "bo", OrgRole::Member).await;
    let target = domain::change::Target::named("invitation", mint().id::<domain::id::Invitation>(), "BO@acme.example");
    let changes = vec![domain::change::Change::set("link_version", 1)];
    let event = domain::Event::of(&person(*olga, "olga"), &mut mint(), EventKind::InvitationCreated, target, changes);
    stack.told(&message(&[&event.within(home.organization.id)])).await;
    let granted = person(bo, "bo").grant(ListNotices { unread: true }, Own).unwrap();
    let found = stack.store().list_notices(&granted, now(), None, 10).await.unwrap().page.items.remove(0).notice;
    assert_eq!((found.title.as_str(), found.link), ("You are invited to “Acme”: the link is in your mail", None));
    assert_eq!(found.by.as_deref(), Some("olga@acme.example"));
}
