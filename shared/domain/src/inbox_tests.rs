//! What notices say, as a table, and how long they are kept.

use std::collections::BTreeSet;

use super::*;
use crate::actor::SystemPart;
use crate::change::{Change, Target};
use crate::notices::notices_of;
use crate::user::UserStatus;
use crate::{Actor, EventKind, Mint, Origin, Principal};

const AT: u64 = 1_795_476_475_120;

fn ann() -> UserId {
    UserId::from_parts(1, 1)
}

fn bob() -> User {
    User {
        id: UserId::from_parts(1, 2),
        email: "bob@b.example".parse().unwrap(),
        display_name: Default::default(),
        status: UserStatus::Active,
        email_verified: true,
        must_change_password: false,
        superadmin: false,
        organizations: BTreeSet::new(),
        last_sign_in_at: None,
        created_at: Timestamp::from_millis(1),
        session_epoch: 0,
        version: 1,
    }
}

fn names() -> Names {
    Names { organization: Some("Acme".to_owned()), project: Some("Rocket".to_owned()) }
}

fn event(principal: Principal, action: EventKind, target: Target, changes: Vec<Change>) -> Event {
    let origin = Origin { address: Some("203.0.113.7".into()), user_agent: Some("curl".into()), ..Origin::default() };
    let actor = Actor { principal, standing: None, origin };
    let mut mint = Mint::new(Timestamp::from_millis(AT), [7; 32]);
    Event::of(&actor, &mut mint, action, target, changes)
        .within(OrganizationId::from_parts(1, 1))
        .in_project(ProjectId::from_parts(1, 1))
}

fn anns(action: EventKind, changes: Vec<Change>) -> Event {
    let principal =
        Principal::User { id: ann(), email: "ann@a.example".into(), superadmin: false, must_change_password: false };
    event(principal, action, Target::named("user", bob().id, "bob@b.example"), changes)
}

/// The notices of an event as lines: kind, sentence, link.
fn lines(event: &Event) -> String {
    let line = |kind: NoticeKind| {
        let notice = InboxNotice::of(event, kind, &names(), &bob())?;
        Some(format!("{} | {} | {}\n", kind.name(), notice.title, notice.link.as_deref().unwrap_or("-")))
    };
    notices_of(event).into_iter().filter_map(|notice| line(notice.kind)).collect()
}

/// Limits of which much was used.
fn alerts() -> Vec<Event> {
    let used = |of: &str, window: &str, share: bool| {
        let changes = vec![
            Change::set("of", of),
            Change::set("window", window),
            Change::set("share", share),
            Change::set("percent", 80),
            Change::set("tokens", 85),
            Change::set("limit", 100),
        ];
        let principal = Principal::System { part: SystemPart::QuotaReset, on_behalf_of: None };
        let target = Target::named(of, "prj_01JZA000000000000000000000", "Answering");
        event(principal, EventKind::QuotaThresholdReached, target, changes)
    };
    vec![used("organization", "2026-11", false), used("use_case", "2026-W49", false), used("user", "2026-11-30", true)]
}

/// Requests for tokens, and what became of them.
fn requests() -> Vec<Event> {
    let quota = |action, of: &str, more: Vec<Change>| {
        let asked = [("of", of), ("period", "weekly")].map(|(field, text)| Change::set(field, text));
        let target = Target::named("quota-request", "qrq_01JZA000000000000000000000", "Answering");
        Event { target, ..anns(action, [asked.to_vec(), more].concat()) }
    };
    let tokens = || Change::set("tokens", 5000);
    let given = |as_what: &str| vec![tokens(), Change::set("given_as", as_what), Change::set("requested_by", bob().id)];
    vec![
        quota(EventKind::QuotaRequestCreated, "organization", vec![tokens()]),
        quota(EventKind::QuotaRequestCreated, "project", vec![tokens()]),
        quota(EventKind::QuotaRequestCreated, "user", vec![tokens()]),
        quota(EventKind::QuotaRequestApproved, "use_case", given("top_up")),
        quota(EventKind::QuotaRequestApproved, "user", given("limit")),
        quota(EventKind::QuotaRequestDenied, "use_case", vec![Change::set("requested_by", bob().id)]),
        quota(EventKind::QuotaRequestExpired, "project", vec![Change::set("requested_by", bob().id)]),
    ]
}

/// One event of each other kind that is told.
fn events() -> Vec<Event> {
    let role = |role: &str| vec![Change::set("role", role), Change::set("source", "manual")];
    let email = || Change::between("email", "bob@b.example", "bob@new.example").into_iter().collect::<Vec<_>>();
    let invitation = |action| {
        let target = Target::named("invitation", "inv_01JZA000000000000000000000", "bob@b.example");
        Event { target, ..anns(action, role("admin")) }
    };
    let token = |action| {
        let target = Target::named("api-token", "tok_01JZA000000000000000000000", "ci");
        Event { target, ..anns(action, vec![Change::set("service_account", "Robot")]) }
    };
    let import = |action| {
        let principal = Principal::System { part: SystemPart::Importer, on_behalf_of: Some(bob().id.to_string()) };
        event(principal, action, Target::named("import", "imp_01JZA000000000000000000000", "a.xlsx"), vec![])
    };
    vec![
        invitation(EventKind::InvitationCreated),
        invitation(EventKind::InvitationAccepted),
        anns(EventKind::MemberAdded, role("member")),
        anns(EventKind::MemberRoleChanged, role("admin")),
        anns(EventKind::ProjectMemberSet, role("builder")),
        anns(EventKind::ProjectMemberRemoved, vec![]),
        anns(EventKind::MemberRemoved, vec![]),
        anns(EventKind::MemberLeft, vec![]),
        anns(EventKind::UserSuspended, vec![]),
        anns(EventKind::UserReactivated, vec![]),
        anns(EventKind::PasswordChanged, vec![]),
        anns(EventKind::PasswordReset, vec![]),
        anns(EventKind::EmailChangeRequested, email()),
        anns(EventKind::EmailChanged, email()),
        anns(EventKind::SessionStarted, vec![]),
        anns(EventKind::SuperadminChanged, vec![Change::set("superadmin", true)]),
        token(EventKind::ApiTokenCreated),
        Event { organization: None, ..token(EventKind::ApiTokenRevoked) },
        anns(EventKind::EncryptionKeyRotated, vec![]),
        import(EventKind::ImportCompleted),
        import(EventKind::ImportFailed),
    ]
}

fn credentials() -> [Event; 2] {
    let provider = |action| {
        let part = Principal::System { part: SystemPart::ProviderRotations, on_behalf_of: None };
        event(part, action, Target::named("provider", "prv_01JZA000000000000000000000", "Models"), vec![])
    };
    let failed = Event { organization: None, ..provider(EventKind::RotationFailed) };
    [provider(EventKind::RotationDue), failed]
}

#[test]
fn each_event_is_told_in_a_sentence_with_a_way_to_more_of_it() {
    let told: String = alerts().iter().chain(&requests()).chain(&events()).chain(&credentials()).map(lines).collect();
    let org = format!("/organizations/{}", OrganizationId::from_parts(1, 1));
    let project = ProjectId::from_parts(1, 1);
    let wanted = format!(
        "\
usage.alert | The organization “Acme” has used 80 % of its tokens for 2026-11 | {org}/quotas
usage.alert | The use case “Answering” of “Acme” has used 80 % of its tokens for 2026-W49 | {org}/quotas
usage.alert | The member “Answering” of “Acme” has used 80 % of a day's even share of its tokens on 2026-11-30 | {org}/quotas
quota-request.created | ann@a.example asks for 5000 more tokens a week for the organization “Acme” | {org}/quota-requests
quota-request.created | ann@a.example asks for 5000 more tokens a week for the project “Answering” of “Acme” | {org}/quota-requests
quota-request.created | ann@a.example asks for 5000 more tokens a week for their own use in “Acme” | {org}/quota-requests
quota-request.decided | Your request for more tokens for the use case “Answering” of “Acme” was approved: 5000 more for this week | {org}/quota-requests
quota-request.decided | Your request for more tokens for your own use in “Acme” was approved: the limit is 5000 tokens a week now | {org}/quota-requests
quota-request.decided | Your request for more tokens for the use case “Answering” of “Acme” was denied | {org}/quota-requests
quota-request.decided | Your request for more tokens for the project “Answering” of “Acme” has expired: nobody decided in 30 days | {org}/quota-requests
membership.invited | You are invited to “Acme”: the link is in your mail | -
membership.member-joined | bob@b.example joined “Acme”, as admin | {org}/members
membership.joined | You belong to “Acme” now, as member | {org}
membership.member-joined | bob@b.example joined “Acme”, as member | {org}/members
membership.role-changed | Your role in “Acme” is admin now | {org}
membership.role-changed | Your role in the project “Rocket” of “Acme” is builder now | {org}/projects/{project}
membership.role-changed | You no longer have a role in the project “Rocket” of “Acme” | {org}
membership.ended | You no longer belong to “Acme” | -
membership.member-left | bob@b.example left “Acme” | {org}/members
security.account-status | Your account was suspended | -
security.account-status | Your account works again | -
security.password | Your password was changed | /sessions
security.password | Your password was reset | /sessions
security.email | A change of your e-mail to bob@new.example was asked for | /profile
security.email | Your e-mail is bob@new.example now | /profile
security.email | Your e-mail is bob@new.example now | /profile
security.new-sign-in | New sign-in to your account from 203.0.113.7 with curl | /sessions
security.superadmin-changed | You are now a superadmin | -
security.superadmin-changed | You are now a superadmin | -
security.key-changed | The API token “ci” of the service account “Robot” of “Acme” was created | {org}/service-accounts
security.key-changed | The API token “ci” of the service account “Robot” was revoked | /service-accounts
security.key-changed | The encryption key of “Acme” was rotated | {org}
file.ready | Your import is complete | /imports/imp_01JZA000000000000000000000
file.ready | Your import has failed | /imports/imp_01JZA000000000000000000000
provider.credential-due | The credential of the provider “Models” of “Acme” is to be replaced: it is too old | {org}/providers
provider.credential-due | The credential of the provider “Models” could not be replaced | /providers
"
    );
    assert_eq!(told, wanted);
}

#[test]
fn a_link_that_somebody_waits_for_is_in_no_inbox() {
    for action in [EventKind::EmailVerificationSent, EventKind::PasswordResetRequested] {
        assert_eq!(lines(&anns(action, vec![Change::set("link_version", 1)])), "");
    }
}

#[test]
fn another_superadmin_is_called_by_the_e_mail() {
    let event = anns(EventKind::SuperadminChanged, vec![Change::set("superadmin", false)]);
    let to = User { id: ann(), ..bob() };
    let notice = InboxNotice::of(&event, NoticeKind::SuperadminChanged, &names(), &to).unwrap();
    assert_eq!(notice.title, "bob@b.example is no longer a superadmin");
}

#[test]
fn people_and_service_accounts_are_named_and_the_system_is_not() {
    let by = |principal| {
        let event = event(principal, EventKind::MemberRemoved, Target::unnamed("user", bob().id), vec![]);
        InboxNotice::of(&event, NoticeKind::MembershipEnded, &names(), &bob()).unwrap().by
    };
    let program = Principal::ServiceAccount {
        id: crate::id::ServiceAccountId::from_parts(1, 1),
        name: "Robot".into(),
        runtime: false,
    };
    assert_eq!(by(program), Some("Robot".to_owned()));
    assert_eq!(by(Principal::Operator), None);
    assert_eq!(by(Principal::System { part: SystemPart::Importer, on_behalf_of: Some("x".into()) }), None);
}

#[test]
fn a_notice_is_kept_for_ninety_days_after_the_day_of_its_event() {
    let event = anns(EventKind::MemberRemoved, vec![]);
    let notice = InboxNotice::of(&event, NoticeKind::MembershipEnded, &names(), &bob()).unwrap();
    let last = Timestamp::from_millis(notice.until().millis() - 1);
    assert!(last.minus(DAY * 90) >= event.at && last.minus(DAY * 91) < event.at);
    assert_eq!(first_day(last), event.at.day());
    assert!(first_day(notice.until()) > event.at.day());
}
