//! Which events tell whom, as a table.

use serde_json::json;

use super::*;
use crate::actor::SystemPart;
use crate::change::Change;
use crate::id::OrganizationId;
use crate::{Actor, Mint, Origin, Principal, Timestamp};

fn ann() -> UserId {
    UserId::from_parts(1, 1)
}

fn bob() -> UserId {
    UserId::from_parts(1, 2)
}

fn by(principal: Principal, action: EventKind, target: Target, changes: Vec<Change>) -> Event {
    let actor = Actor { principal, standing: None, origin: Origin::default() };
    let mut mint = Mint::new(Timestamp::from_millis(1_795_476_475_120), [7; 32]);
    Event::of(&actor, &mut mint, action, target, changes).within(OrganizationId::from_parts(1, 1))
}

fn user(id: UserId) -> Principal {
    Principal::User { id, email: "ann@a.example".into(), superadmin: false, must_change_password: false }
}

/// Something that Ann does to Bob.
fn anns(action: EventKind) -> Event {
    by(user(ann()), action, Target::named("user", bob(), "bob@b.example"), vec![])
}

/// Something that Bob does to his own account, from one e-mail to another where that matters.
fn bobs(action: EventKind) -> Event {
    let changes = Change::between("email", "bob@b.example", "bob@new.example").into_iter().collect();
    by(user(bob()), action, Target::named("user", bob(), "bob@b.example"), changes)
}

fn address(email: &str) -> Recipient {
    Recipient::Address(email.parse().unwrap())
}

#[track_caller]
fn expect(event: &Event, wanted: &[(NoticeKind, Recipient)]) {
    let told: Vec<_> = notices_of(event).into_iter().map(|notice| (notice.kind, notice.to)).collect();
    assert_eq!(told, wanted, "{}", event.action.name());
}

#[test]
fn what_somebody_does_to_another_is_told_to_that_one() {
    for (action, kind) in [
        (EventKind::MemberRoleChanged, NoticeKind::RoleChanged),
        (EventKind::ProjectMemberSet, NoticeKind::RoleChanged),
        (EventKind::ProjectMemberRemoved, NoticeKind::RoleChanged),
        (EventKind::MemberRemoved, NoticeKind::MembershipEnded),
        (EventKind::UserSuspended, NoticeKind::AccountStatus),
        (EventKind::UserReactivated, NoticeKind::AccountStatus),
    ] {
        expect(&anns(action), &[(kind, Recipient::Person(bob()))]);
    }
}

#[test]
fn security_and_links_reach_who_did_it_and_nothing_else_does() {
    for (action, kind) in [
        (EventKind::SessionStarted, NoticeKind::NewSignIn),
        (EventKind::PasswordChanged, NoticeKind::PasswordChanged),
        (EventKind::PasswordReset, NoticeKind::PasswordChanged),
        (EventKind::PasswordResetRequested, NoticeKind::PasswordResetLink),
        (EventKind::EmailVerificationSent, NoticeKind::VerificationLink),
    ] {
        expect(&bobs(action), &[(kind, Recipient::Person(bob()))]);
    }
    expect(&bobs(EventKind::MemberRoleChanged), &[]);
    expect(&bobs(EventKind::ProjectMemberSet), &[]);
}

#[test]
fn an_invitation_goes_to_the_invited_address() {
    for action in [EventKind::InvitationCreated, EventKind::InvitationResent] {
        let target = Target::named("invitation", "inv_01JZA000000000000000000000", "New@b.example");
        expect(&by(user(ann()), action, target, vec![]), &[(NoticeKind::Invited, address("New@b.example"))]);
    }
}

#[test]
fn another_e_mail_is_proved_at_the_new_address_and_told_to_the_old_one() {
    expect(
        &bobs(EventKind::EmailChangeRequested),
        &[
            (NoticeKind::EmailChangeLink, address("bob@new.example")),
            (NoticeKind::EmailChanged, address("bob@b.example")),
        ],
    );
    expect(
        &bobs(EventKind::EmailChanged),
        &[(NoticeKind::EmailChanged, address("bob@b.example")), (NoticeKind::EmailChanged, Recipient::Person(bob()))],
    );
}

#[test]
fn who_joins_is_told_and_so_are_the_admins_but_not_of_every_row_of_an_import() {
    let added = |source| {
        by(user(ann()), EventKind::MemberAdded, Target::unnamed("user", bob()), vec![Change::set("source", source)])
    };
    let (bob, admins) = (Recipient::Person(bob()), Recipient::AdminsOfOrganization);
    let both = [(NoticeKind::Joined, bob.clone()), (NoticeKind::MemberJoined, admins.clone())];
    expect(&added(Source::Manual), &both);
    expect(&added(Source::Sso), &both);
    expect(&added(Source::Import), &both[..1]);
    expect(&added(Source::Invitation), &[]);
    expect(&bobs(EventKind::InvitationAccepted), &[(NoticeKind::MemberJoined, admins.clone())]);
    expect(&bobs(EventKind::MemberLeft), &[(NoticeKind::MemberLeft, admins)]);
}

#[test]
fn the_actor_is_left_out_of_a_group_but_for_security() {
    let except = |action| notices_of(&anns(action)).pop().unwrap().except;
    assert_eq!(except(EventKind::MemberAdded), Some(ann()));
    assert_eq!(except(EventKind::ApiTokenCreated), None);
}

#[test]
fn keys_are_told_to_the_owners_or_for_the_platforms_own_to_superadmins() {
    for action in [EventKind::ApiTokenCreated, EventKind::ApiTokenRevoked] {
        expect(&anns(action), &[(NoticeKind::KeyChanged, Recipient::OwnersOfOrganization)]);
        let platforms = Event { organization: None, ..anns(action) };
        expect(&platforms, &[(NoticeKind::KeyChanged, Recipient::Superadmins)]);
    }
}

#[test]
fn a_new_superadmin_is_told_first_and_then_the_others() {
    let kind = NoticeKind::SuperadminChanged;
    expect(
        &by(Principal::Operator, EventKind::SuperadminChanged, Target::unnamed("user", bob()), vec![]),
        &[(kind, Recipient::Person(bob())), (kind, Recipient::Superadmins)],
    );
}

#[test]
fn an_import_is_told_to_who_asked_for_it_if_that_is_a_person() {
    let import = |on_behalf_of: &str| {
        let principal = Principal::System { part: SystemPart::Importer, on_behalf_of: Some(on_behalf_of.to_owned()) };
        by(principal, EventKind::ImportCompleted, Target::unnamed("import", "imp_01JZA000000000000000000000"), vec![])
    };
    expect(&import(&ann().to_string()), &[(NoticeKind::FileReady, Recipient::Person(ann()))]);
    expect(&import("a-dropper"), &[]);
}

#[test]
fn what_was_refused_or_names_nobody_is_told_to_nobody() {
    expect(&anns(EventKind::UserSuspended).refused("no"), &[]);
    expect(
        &by(Principal::Nobody, EventKind::PasswordResetRequested, Target::unnamed("account", "unknown"), vec![]),
        &[],
    );
    expect(&by(user(ann()), EventKind::InvitationCreated, Target::unnamed("user", bob()), vec![]), &[]);
    let no_address = vec![Change { field: "email".into(), before: None, after: Some(json!(["not", "one"])) }];
    expect(&by(user(bob()), EventKind::EmailChangeRequested, Target::unnamed("user", bob()), no_address), &[]);
}

#[test]
fn who_drops_a_file_under_the_name_of_a_person_is_not_that_person() {
    let dropper = Principal::Dropper { name: bob().to_string() };
    let event = by(dropper, EventKind::MemberRemoved, Target::unnamed("user", bob()), vec![]);
    expect(&event, &[(NoticeKind::MembershipEnded, Recipient::Person(bob()))]);
}
