//! What answers show of invitations.

use std::collections::BTreeMap;

use api::OrgRoleName;
use domain::delivery::{DeliveryState, is_too_late};
use domain::invitation::{Invitation, InvitationState, Inviter, LinkStanding};
use domain::notification::NoticeKind;
use domain::{OrgRole, Timestamp};
use serde::Serialize;
use store::SentInvitation;
use utoipa::ToSchema;

/// At most so many characters of why a mail did not arrive.
const WHY_MAX: usize = 300;

/// An invitation.
#[derive(Serialize, ToSchema)]
pub(crate) struct InvitationView {
    /// Its id.
    id: String,
    /// Who is invited.
    email: String,
    /// To which role.
    #[schema(value_type = OrgRoleName)]
    role: OrgRole,
    /// With which roles in team projects, by project.
    projects: BTreeMap<String, String>,
    /// Who answers for it: who made it, or sent it again since.
    inviter: InviterView,
    /// `pending`, `accepted`, `revoked` or `expired`.
    state: &'static str,
    /// Whether who answers for a pending one was removed, suspended or may not give that role any more. It cannot be accepted
    /// then, until somebody who may sends it again.
    lapsed: bool,
    /// Until when it can be accepted.
    expires_at: Option<String>,
    /// Who accepted it, or was added while it was pending.
    accepted_by: Option<String>,
    /// When it was accepted or taken back.
    ended_at: Option<String>,
    /// How far the latest mail is; nothing where no record of it is left.
    mail: Option<MailView>,
    /// Whether the link was copied, which is possible once.
    link_copied: bool,
    /// When it was made.
    created_at: String,
    /// When it was changed last.
    updated_at: String,
    /// Counts changes; the `ETag`.
    version: u64,
}

/// Who invited, a person or a service account, as they were called then.
#[derive(Serialize, ToSchema)]
pub(crate) struct InviterView {
    /// The person's id.
    user_id: Option<String>,
    /// The service account's id.
    service_account_id: Option<String>,
    /// The person's e-mail.
    email: Option<String>,
    /// The name; a person's may be empty.
    display_name: String,
}

impl From<&Inviter> for InviterView {
    fn from(inviter: &Inviter) -> Self {
        match inviter {
            Inviter::Person { user, email, display_name } => Self {
                user_id: Some(user.to_string()),
                service_account_id: None,
                email: Some(email.to_string()),
                display_name: display_name.to_string(),
            },
            Inviter::Program { service_account, name } => Self {
                user_id: None,
                service_account_id: Some(service_account.to_string()),
                email: None,
                display_name: name.to_string(),
            },
        }
    }
}

/// How far a mail is.
#[derive(Serialize, ToSchema)]
pub(crate) struct MailView {
    /// `queued`; `sent`, which is that the mail service took it; `failed`: it is not sent; `bounced`: nothing arrives at that
    /// address; or `complained`: whoever got it called it unwanted.
    state: &'static str,
    /// Since when, if it is over.
    at: Option<String>,
    /// When the recipient's server took it, as far as that is known.
    delivered_at: Option<String>,
    /// Why it failed, bounced or was called unwanted; of a sent mail, what went wrong behind the mail service.
    why: Option<String>,
}

impl InvitationView {
    pub(crate) fn of(told: &SentInvitation, now: Timestamp) -> Self {
        let SentInvitation { invitation, mail, lapsed } = told;
        let Invitation { id, email, role, projects, inviter, state, link: _, sent: _, mail: _, .. } = invitation;
        let Invitation { copied_at, created_at, updated_at, version, .. } = invitation;
        let (accepted_by, ended_at) = match state {
            InvitationState::Pending { .. } => (None, None),
            InvitationState::Accepted { by, at } => (Some(by.to_string()), Some(at.to_string())),
            InvitationState::Revoked { by: _, at } => (None, Some(at.to_string())),
        };
        Self {
            id: id.to_string(),
            email: email.to_string(),
            role: *role,
            projects: projects.iter().map(|(id, role)| (id.to_string(), role.to_string())).collect(),
            inviter: InviterView::from(inviter),
            state: invitation.standing(now).as_str(),
            lapsed: *lapsed && invitation.standing(now) == LinkStanding::Pending,
            expires_at: invitation.expires().map(|at| at.to_string()),
            accepted_by,
            ended_at,
            mail: MailView::of(mail.as_ref(), invitation, now),
            link_copied: copied_at.is_some(),
            created_at: created_at.to_string(),
            updated_at: updated_at.to_string(),
            version: *version,
        }
    }
}

impl MailView {
    /// A mail that is not planned yet waits for that, as long as it is worth it; what is older has no record any more.
    fn of(mail: Option<&DeliveryState>, invitation: &Invitation, now: Timestamp) -> Option<Self> {
        let over = |state, at: &Timestamp, why: Option<&String>| Self {
            state,
            at: Some(at.to_string()),
            delivered_at: None,
            why: why.map(|why| why.chars().take(WHY_MAX).collect()),
        };
        let queued = Self { state: "queued", at: None, delivered_at: None, why: None };
        match mail {
            None => {
                let asked_for = invitation.sent.last().copied().unwrap_or(invitation.created_at);
                (!is_too_late(NoticeKind::Invited, asked_for, now)).then_some(queued)
            }
            Some(DeliveryState::Queued { .. } | DeliveryState::Claimed { .. }) => Some(queued),
            Some(DeliveryState::Sent { at, message_id: _, delivered_at, trouble }) => {
                let sent = over("sent", at, trouble.as_ref());
                Some(Self { delivered_at: delivered_at.map(|at| at.to_string()), ..sent })
            }
            Some(DeliveryState::Failed { at, why }) => Some(over("failed", at, Some(why))),
            Some(DeliveryState::Bounced { at, why }) => Some(over("bounced", at, Some(why))),
            Some(DeliveryState::Complained { at, why }) => Some(over("complained", at, Some(why))),
        }
    }
}
