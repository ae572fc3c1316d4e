//! From a planned mail to its letter, where that may carry a link: the key is asked for only then, and only if the link
//! still works.

use domain::delivery::{Delivery, SendNotices};
use domain::invitation::{Invitation, Inviter, LinkStanding};
use domain::notification::NoticeKind;
use domain::{Event, Granted, Result};
use links::Link;
use store::InvitationTold;

use crate::account_links::AccountLink;
use crate::mail::{Letter, Person, Shown};
use crate::{App, compose};

/// Why a mail is never sent.
pub(crate) type Never = &'static str;

/// Whether there is a letter of that kind; reads nothing.
pub(crate) fn is_told(delivery: &Delivery) -> bool {
    carries_link(delivery.notice) || AccountLink::of(delivery).is_some() || compose::letter(delivery).is_some()
}

fn carries_link(notice: NoticeKind) -> bool {
    notice == NoticeKind::Invited
}

/// The letter of a delivery, with its link as it is now; or why there is none, for good.
///
/// # Errors
/// The database or Vault does not answer: then the mail is put off.
pub(crate) async fn letter(
    app: &App,
    granted: &Granted<SendNotices>,
    delivery: &Delivery,
) -> Result<std::result::Result<Letter, Never>> {
    if let Some(link) = AccountLink::of(delivery) {
        return link.letter(app, granted, delivery).await;
    }
    match delivery.notice {
        NoticeKind::Invited => invitation(app, granted, delivery).await,
        _ => Ok(compose::letter(delivery).ok_or("there is no letter of this kind")),
    }
}

/// The link of the version that the event made: where a newer one was made, or the invitation is over, nobody waits for it.
async fn invitation(
    app: &App,
    granted: &Granted<SendNotices>,
    delivery: &Delivery,
) -> Result<std::result::Result<Letter, Never>> {
    let Delivery { event, names, .. } = delivery;
    let (Some(organization), Ok(id), Some(version)) = (event.organization, event.target.id.parse(), version(event))
    else {
        return Ok(Err("the event names no link"));
    };
    let Some(told) = app.store.invitation_told(granted, organization, id).await? else {
        return Ok(Err("the invitation is gone"));
    };
    let InvitationTold { invitation, is_known, projects } = told;
    let until = match (invitation.standing_of(version, app.now()), invitation.expires()) {
        (LinkStanding::Pending, Some(until)) => until,
        (LinkStanding::Superseded, _) => return Ok(Err("a newer link was made")),
        _ => return Ok(Err("the invitation is not pending any more")),
    };
    let link = app.key.get().await?.token(Link::Invitation { organization, invitation: id }, version);
    let organization = Shown::or(names.organization.as_deref().unwrap_or_default(), "an organization");
    let Invitation { role, inviter, .. } = invitation;
    let inviter = match inviter {
        Inviter::Person { email, display_name, .. } => Person::new(display_name.as_str(), email),
        Inviter::Program { name, .. } => Person::Program(Shown::or(name.as_str(), "a program")),
    };
    let projects = projects.into_iter().map(|(name, role)| (Shown::or(&name, "a project"), role)).collect();
    Ok(Ok(match is_known {
        true => Letter::InvitationOfKnownPerson { organization, inviter, role, projects, link, until },
        false => Letter::InvitationOfNewPerson { organization, inviter, role, projects, link, until },
    }))
}

fn version(event: &Event) -> Option<u64> {
    event.changes.iter().find(|change| change.field == "link_version")?.after.as_ref()?.as_u64()
}
