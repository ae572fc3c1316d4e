//! Which events tell whom, as a table.

use std::collections::BTreeSet;

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
    for action in [EventKind::ApiTokenCreated, EventKind::ApiTokenRevoked, EventKind::EncryptionKeyRotated] {
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
fn a_request_for_more_tokens_is_told_to_those_who_may_decide_and_the_decision_to_who_asked() {
    let project = ProjectId::from_parts(1, 7);
    let asked = |of: &str| {
        let changes = vec![Change::set("of", of), Change::set("requested_by", ann())];
        let target = Target::named("quota-request", "qrq_01JZA000000000000000000000", "Rocket");
        by(user(ann()), EventKind::QuotaRequestCreated, target, changes).in_project(project)
    };
    let (kind, admins) = (NoticeKind::QuotaRequestCreated, Recipient::AdminsOfOrganization);
    expect(&asked("organization"), &[(kind, Recipient::Superadmins)]);
    expect(&asked("project"), &[(kind, admins.clone())]);
    expect(&asked("user"), &[(kind, admins.clone())]);
    expect(&asked("use_case"), &[(kind, admins), (kind, Recipient::AdminsOfProject(project))]);
    let reset = Principal::System { part: SystemPart::QuotaReset, on_behalf_of: None };
    for (action, actor) in [
        (EventKind::QuotaRequestApproved, user(bob())),
        (EventKind::QuotaRequestDenied, user(bob())),
        (EventKind::QuotaRequestExpired, reset),
    ] {
        let decided = Event { action, actor: (&actor).into(), ..asked("project") };
        expect(&decided, &[(NoticeKind::QuotaRequestDecided, Recipient::Person(ann()))]);
    }
    expect(&Event { action: EventKind::QuotaRequestCancelled, ..asked("project") }, &[]);
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

/// Bob as he is when something is told: suspended or not, in the event's organization or not.
fn person(suspended: bool, belongs: bool) -> User {
    User {
        id: bob(),
        email: "bob@b.example".parse().unwrap(),
        display_name: Default::default(),
        status: if suspended { UserStatus::Suspended } else { UserStatus::Active },
        email_verified: true,
        must_change_password: false,
        superadmin: false,
        organizations: if belongs { BTreeSet::from([OrganizationId::from_parts(1, 1)]) } else { BTreeSet::new() },
        last_sign_in_at: None,
        created_at: Timestamp::from_millis(1),
        session_epoch: 0,
        version: 1,
    }
}

#[test]
fn who_is_suspended_or_removed_is_told_nothing_of_the_organization_but_that_it_ended() {
    let table = |kind: NoticeKind, to: Recipient| {
        let notice = Notice { kind, to, except: None };
        let event = anns(EventKind::MemberRoleChanged);
        let reaches = |suspended, belongs| notice.reaches(&event, &person(suspended, belongs));
        [reaches(false, true), reaches(false, false), reaches(true, true), reaches(true, false)]
    };
    let (bob, address) = (|| Recipient::Person(bob()), || address("bob@b.example"));
    assert_eq!(table(NoticeKind::RoleChanged, bob()), [true, false, false, false]);
    assert_eq!(table(NoticeKind::Joined, bob()), [true, false, false, false]);
    assert_eq!(table(NoticeKind::MembershipEnded, bob()), [true, true, false, false]);
    assert_eq!(table(NoticeKind::Invited, address()), [true, true, false, false]);
    assert_eq!(table(NoticeKind::AccountStatus, bob()), [true; 4]);
    assert_eq!(table(NoticeKind::EmailChanged, address()), [true; 4]);
    assert_eq!(table(NoticeKind::MemberJoined, Recipient::AdminsOfOrganization), [true, false, false, false]);
    assert_eq!(table(NoticeKind::KeyChanged, Recipient::OwnersOfOrganization), [true, false, false, false]);
    assert_eq!(table(NoticeKind::KeyChanged, Recipient::Superadmins), [false; 4]);
}

#[test]
fn nothing_but_security_reaches_who_did_it_whoever_it_was_addressed_to() {
    for (kind, to) in
        [(NoticeKind::Invited, address("bob@b.example")), (NoticeKind::MemberJoined, Recipient::AdminsOfOrganization)]
    {
        let notice = Notice { kind, to, except: Some(bob()) };
        assert!(!notice.reaches(&bobs(EventKind::InvitationCreated), &person(false, true)));
    }
}

#[test]
fn what_is_mailed_to_an_address_is_in_the_inbox_of_the_account_and_of_nobody_who_got_the_address_later() {
    let inboxes = |event: &Event| notices_of(event).iter().map(|notice| notice.inbox(event)).collect::<Vec<_>>();
    assert_eq!(inboxes(&bobs(EventKind::EmailChanged)), [Inbox::Of(bob()), Inbox::Of(bob())]);
    let target = Target::named("invitation", "inv_01JZA000000000000000000000", "New@b.example");
    assert_eq!(inboxes(&by(user(ann()), EventKind::InvitationCreated, target, vec![])), [Inbox::OfAddress]);
    assert_eq!(inboxes(&anns(EventKind::ApiTokenCreated)), [Inbox::None]);
}
