//! Mails of invitations: one a link that works, whatever the mail service does, and none for a dead link.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use domain::change::{Change, Target};
use domain::invitation::{Invitation, Invite, Inviter, ResendInvitation, RevokeInvitation};
use domain::metadata::Metadata;
use domain::organization::{CreateOrganization, Organization, Placement, Provision};
use domain::scope::Platform;
use domain::settings::OrganizationSettings;
use domain::{Actor, Event, EventKind, OrgRole, Origin, Principal, actor::SystemPart};
use embedded::mail::Mode;
use serde_json::Value;
use store::{Made, Store};

use crate::stack::{ANN, Stack, message, mint, pass};

struct Inviting {
    stack: Stack,
    store: Store,
    organization: Organization,
}

impl Inviting {
    async fn start() -> Self {
        let stack = Stack::start().await;
        let store = stack.store();
        let asked = CreateOrganization {
            name: "Acme".to_owned().try_into().unwrap(),
            slug: None,
            metadata: Metadata::default(),
            settings: OrganizationSettings::default(),
            placement: Placement::Pooled,
        };
        let granted = ann(&stack, None).grant(asked, Platform).unwrap();
        let Made::Now(begun) = store.create_organization(&granted, None, &mut mint()).await.unwrap() else { panic!() };
        let principal = Principal::System { part: SystemPart::TenantLifecycle, on_behalf_of: None };
        let actor =
            Actor { principal, standing: Some(begun.standing(None, BTreeMap::new())), origin: Origin::default() };
        let granted = actor.grant(Provision, begun.id).unwrap();
        let organization = store.finish_provisioning(&granted, &begun, &mut mint()).await.unwrap();
        Self { stack, store, organization }
    }

    fn ann(&self) -> Actor {
        ann(&self.stack, Some(&self.organization))
    }

    fn inviter(&self) -> Inviter {
        let display_name = "Ann".to_owned().try_into().unwrap();
        Inviter::Person { user: self.stack.ann, email: ANN.parse().unwrap(), display_name }
    }

    async fn invite(&self, email: &str) -> Invitation {
        let inviter = self.inviter();
        let asked = Invite { email: email.parse().unwrap(), role: OrgRole::Member, projects: BTreeMap::new(), inviter };
        let granted = self.ann().grant(asked, self.organization.id).unwrap();
        match self.store.invite(&granted, None, &mut mint()).await.unwrap() {
            Made::Now(invitation) => invitation,
            Made::Before(_) => panic!("it was made before"),
        }
    }

    async fn resend(&self, invitation: &Invitation) -> Invitation {
        let asked = ResendInvitation { id: invitation.id, inviter: self.inviter() };
        let granted = self.ann().grant(asked, self.organization.id).unwrap();
        match self.store.resend_invitation(&granted, None, &mut mint()).await.unwrap() {
            Made::Now(invitation) => invitation,
            Made::Before(_) => panic!("it was resent before"),
        }
    }

    /// The stream's message about the latest mails of these.
    fn told_of(&self, invitations: &[Invitation]) -> Value {
        let events: Vec<Event> = invitations.iter().map(|invitation| self.event(invitation)).collect();
        message(&events.iter().collect::<Vec<_>>())
    }

    fn event(&self, invitation: &Invitation) -> Event {
        let target = Target::named("invitation", invitation.id, &invitation.email);
        let kind = if invitation.link == 1 { EventKind::InvitationCreated } else { EventKind::InvitationResent };
        let changes = vec![Change::set("link_version", invitation.link)];
        Event { id: invitation.mail, ..Event::of(&self.ann(), &mut mint(), kind, target, changes) }
    }

    /// Whom each mail was for, in the order in which they came.
    fn mailed(&self) -> Vec<String> {
        self.stack.sink.letters().into_iter().flat_map(|letter| letter.to).collect()
    }
}

fn ann(stack: &Stack, organization: Option<&Organization>) -> Actor {
    let principal =
        Principal::User { id: stack.ann, email: ANN.to_owned(), superadmin: true, must_change_password: false };
    let standing = organization.map(|organization| organization.standing(None, BTreeMap::new()));
    Actor { principal, standing, origin: Origin::default() }
}

#[tokio::test]
async fn of_a_thousand_invitations_made_while_the_mail_service_fails_for_an_hour_none_is_lost_or_doubled() {
    const ALL: usize = 1_000;
    const AT_ONCE: usize = 100;
    let inviting = Inviting::start().await;
    let stack = &inviting.stack;
    let modes = [Mode::Down, Mode::Throttle, Mode::Slow(Duration::from_millis(1)), Mode::Down];
    for (first, mode) in (0..ALL).step_by(AT_ONCE).zip(modes.into_iter().cycle()) {
        stack.sink.set_mode(mode);
        let mut made = vec![];
        for number in first..first + AT_ONCE {
            made.push(inviting.invite(&format!("new-{number}@acme.example")).await);
        }
        let told = inviting.told_of(&made);
        stack.told(&told).await;
        stack.told(&told).await;
        pass(Duration::from_secs(6 * 60));
        stack.sweep().await;
    }
    assert_eq!(stack.planned().await, ALL);
    stack.sink.set_mode(Mode::Accept);
    stack.settle().await;
    let mailed = inviting.mailed();
    assert_eq!((mailed.iter().collect::<BTreeSet<_>>().len(), mailed.len()), (ALL, ALL));
    let texts = stack.sink.letters().into_iter().map(|letter| letter.text.unwrap());
    let links: BTreeSet<String> = texts
        .map(|text| text.split_once("/invitation#token=").unwrap().1.split_whitespace().next().unwrap().to_owned())
        .collect();
    assert_eq!(links.len(), ALL);
    stack.settle().await;
    assert_eq!(inviting.mailed().len(), ALL);
}

#[tokio::test]
async fn a_mail_that_waited_is_not_sent_once_its_link_is_dead() {
    let inviting = Inviting::start().await;
    let stack = &inviting.stack;
    stack.sink.set_mode(Mode::Down);
    let (resent, revoked) = (inviting.invite("one@acme.example").await, inviting.invite("two@acme.example").await);
    stack.told(&inviting.told_of(&[resent.clone(), revoked.clone()])).await;
    let newer = inviting.resend(&resent).await;
    let granted = inviting.ann().grant(RevokeInvitation { id: revoked.id }, inviting.organization.id).unwrap();
    inviting.store.revoke_invitation(&granted, &mut mint()).await.unwrap();
    stack.told(&inviting.told_of(&[newer])).await;
    stack.sink.set_mode(Mode::Accept);
    stack.settle().await;
    assert_eq!((inviting.mailed(), stack.planned().await), (vec!["one@acme.example".to_owned()], 3));
    let text = stack.sink.letters()[0].text.clone().unwrap();
    assert!(text.contains("_2_"), "the link of the second version: {text}");
}

#[tokio::test]
async fn a_mail_waits_while_the_key_of_links_cannot_be_had() {
    let mut inviting = Inviting::start().await;
    inviting.stack.lose_secrets().await;
    let invitation = inviting.invite("new@acme.example").await;
    inviting.stack.told(&inviting.told_of(&[invitation])).await;
    assert_eq!(inviting.mailed(), Vec::<String>::new());
    inviting.stack.regain_secrets().await;
    inviting.stack.settle().await;
    assert_eq!(inviting.mailed(), ["new@acme.example"]);
}
