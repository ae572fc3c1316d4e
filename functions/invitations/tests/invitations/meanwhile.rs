//! What changes between the look at an invitation and its acceptance: the table decides, not the look.

use std::collections::BTreeMap;

use domain::actor::SystemPart;
use domain::id::OrganizationId;
use domain::invitation::{AnswerInvitation, Invitation, OpenLink};
use domain::scope::Platform;
use domain::{Actor, Code, Granted, Mint, Origin, Principal};
use store::{Accepter, NewPerson};

use crate::place::Place;

const NEW: &str = "new@acme.example";

/// What whoever shows the first link of an invitation has seen of it.
async fn seen(place: &Place, id: &str) -> (Granted<AnswerInvitation>, Invitation) {
    let store = place.portal.stack().store();
    let org: OrganizationId = place.org.parse().unwrap();
    let principal = Principal::System { part: SystemPart::Invitations, on_behalf_of: None };
    let actor = Actor { principal, standing: None, origin: Origin::default() };
    let open = actor.grant(OpenLink, Platform).unwrap();
    let organization = store.inviting_organization(&open, org).await.unwrap().unwrap();
    let actor = Actor { standing: Some(organization.standing(None, BTreeMap::new())), ..actor };
    let granted = actor.grant(AnswerInvitation { id: id.parse().unwrap(), link: 1 }, org).unwrap();
    let invitation = store.answered_invitation(&granted).await.unwrap();
    (granted, invitation)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_link_that_died_behind_the_look_joins_nobody() {
    let place = Place::start().await;
    for (step, code) in [("resend", Code::InvitationSuperseded), ("revoke", Code::InvitationRevoked)] {
        let id = place.invite(NEW).await;
        let (granted, invitation) = seen(&place, &id).await;
        let _ = place.admin.act(&format!("{}/{step}", place.at(&id))).await.expect_status(200);
        let mut mint = Mint::new(start::clock(), start::random());
        let who = somebody(&invitation, &mut mint);
        let store = place.portal.stack().store();
        let backing = store.backing(&granted, &invitation).await.unwrap();
        let refused = store.accept_invitation(&granted, (&invitation, backing), &who, &mut mint).await.unwrap_err();
        assert_eq!(refused.code(), code, "{step}");
        assert_eq!(place.counts(NEW).await, (0, 3, 3), "{step}");
        if step == "resend" {
            let _ = place.admin.act(&format!("{}/revoke", place.at(&id))).await.expect_status(200);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_inviter_who_is_demoted_behind_the_look_lets_nobody_in() {
    let place = Place::start().await;
    let id = place.invite(NEW).await;
    let (granted, invitation) = seen(&place, &id).await;
    let store = place.portal.stack().store();
    let backing = store.backing(&granted, &invitation).await.unwrap();
    let members = place.members().await;
    let admin = members.as_array().unwrap().iter().find(|member| member["role"] == "admin").unwrap();
    let path = format!("/v1/organizations/{}/members/{}", place.org, admin["user_id"].as_str().unwrap());
    let _ = place.owner.edit(&path, serde_json::json!({ "role": "member" })).await.expect_status(200);
    let mut mint = Mint::new(start::clock(), start::random());
    let who = somebody(&invitation, &mut mint);
    let refused = store.accept_invitation(&granted, (&invitation, backing), &who, &mut mint).await.unwrap_err();
    assert_eq!((refused.code(), place.counts(NEW).await), (Code::InvitationLapsed, (0, 3, 3)));
}

/// Somebody without an account.
fn somebody(invitation: &Invitation, mint: &mut Mint) -> Accepter {
    let (id, email) = (mint.id(), invitation.email.clone());
    let (display_name, password) = ("New".to_owned().try_into().unwrap(), "stored".to_owned());
    let (password_until, must_confirm) = (None, false);
    Accepter::New(Box::new(NewPerson { id, email, display_name, password, password_until, must_confirm }))
}
