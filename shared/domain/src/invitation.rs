//! Invitations: somebody's way into an organization, by a link that works once.

use std::collections::BTreeMap;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::id::{EventId, InvitationId, ProjectId, ServiceAccountId, UserId};
use crate::name::{DisplayName, ItemName};
use crate::{Actor, Code, Email, Error, OrgRole, ProjectRole, Timestamp};

pub use crate::invitation_commands::{
    AnswerInvitation, CopyInvitationLink, Invite, ListInvitations, OpenLink, ReadInvitation, ResendInvitation,
    RevokeInvitation,
};

/// So long a link can be accepted after it was sent.
pub const LIFETIME: Duration = Duration::from_secs(7 * 24 * 3600);
/// So many mails with invitations go from an organization to one e-mail in [`SENDS_WINDOW`].
pub const SENDS_MAX: usize = 5;
/// In which they are counted.
pub const SENDS_WINDOW: Duration = Duration::from_secs(24 * 3600);
/// In so many team projects an invitation may give a role: all of them are checked as it is made and accepted.
pub const PROJECTS_MAX: usize = 50;

/// Somebody is invited.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Invitation {
    /// Which invitation.
    pub id: InvitationId,
    /// Whom, as typed.
    pub email: Email,
    /// To which role.
    pub role: OrgRole,
    /// With which roles in team projects.
    pub projects: BTreeMap<ProjectId, ProjectRole>,
    /// Who answers for it.
    pub inviter: Inviter,
    /// What became of it.
    pub state: InvitationState,
    /// Which link works: those of lower versions are dead.
    pub link: u64,
    /// When the latest mails to that e-mail were asked for, also those of earlier invitations, oldest first; at most
    /// [`SENDS_MAX`].
    pub sent: Vec<Timestamp>,
    /// The event that the latest mail is about.
    pub mail: EventId,
    /// When the inviter copied the link.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub copied_at: Option<Timestamp>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was changed last.
    pub updated_at: Timestamp,
    /// Counts changes; the `ETag`.
    pub version: u64,
}

/// Who answers for an invitation, with the names of that time: who made it, or sent it again since.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Inviter {
    /// A person.
    Person {
        /// The person's id.
        user: UserId,
        /// The person's e-mail.
        email: Email,
        /// What the person is called; may be empty.
        display_name: DisplayName,
    },
    /// A program of the organization.
    Program {
        /// The service account's id.
        service_account: ServiceAccountId,
        /// What it is called.
        name: ItemName,
    },
}

impl Inviter {
    /// Whether that is who acts.
    #[must_use]
    pub fn is(&self, actor: &Actor) -> bool {
        match self {
            Self::Person { user, .. } => actor.user() == Some(*user),
            Self::Program { service_account, .. } => actor.service_account() == Some(*service_account),
        }
    }
}

/// What who answers for an invitation is in the organization now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Backing {
    /// A superadmin, who may give everything.
    Superadmin,
    /// That role.
    Role(OrgRole),
    /// Nothing: removed, suspended or gone.
    None,
}

impl Backing {
    /// Whether that is enough to invite to the role.
    #[must_use]
    pub fn is_enough_for(self, role: OrgRole) -> bool {
        match self {
            Self::Superadmin => true,
            Self::Role(own) => enough_for(role).contains(&own),
            Self::None => false,
        }
    }
}

/// The roles that may invite to a role: an admin's and above, and never a lower one than it.
#[must_use]
pub fn enough_for(role: OrgRole) -> &'static [OrgRole] {
    match role {
        OrgRole::Member | OrgRole::Admin => &[OrgRole::Admin, OrgRole::Owner],
        OrgRole::Owner => &[OrgRole::Owner],
    }
}

/// What became of an invitation. That one has expired follows from the time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "is")]
pub enum InvitationState {
    /// It can be accepted.
    Pending {
        /// Until then.
        expires: Timestamp,
    },
    /// It was accepted.
    Accepted {
        /// By whom.
        by: UserId,
        /// When.
        at: Timestamp,
    },
    /// It was taken back.
    Revoked {
        /// By whom.
        by: String,
        /// When.
        at: Timestamp,
    },
}

/// What a link is worth now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LinkStanding {
    /// It can be accepted.
    Pending,
    /// A newer one was sent.
    Superseded,
    /// The invitation was accepted.
    Accepted,
    /// The invitation was taken back.
    Revoked,
    /// It is too old.
    Expired,
    /// Who answers for the invitation may not give that role any more.
    Lapsed,
}

impl LinkStanding {
    /// The name on the wire.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Superseded => "superseded",
            Self::Accepted => "accepted",
            Self::Revoked => "revoked",
            Self::Expired => "expired",
            Self::Lapsed => "lapsed",
        }
    }

    /// Why nothing can be done with an invitation or a link that is worth so much; none while it is pending.
    #[must_use]
    pub fn refusal(self) -> Option<Error> {
        let (code, words) = match self {
            Self::Pending => return None,
            Self::Superseded => (Code::InvitationSuperseded, "a newer link was sent; use the one in the latest mail"),
            Self::Accepted => (Code::InvitationAccepted, "the invitation was accepted already; sign in"),
            Self::Revoked => (Code::InvitationRevoked, "the invitation was taken back"),
            Self::Expired => (Code::InvitationExpired, "the invitation has expired; ask for a new one"),
            Self::Lapsed => {
                (Code::InvitationLapsed, "who invited you may not do so any more; ask for the mail to be sent again")
            }
        };
        Some(Error::new(code, words))
    }
}

impl Invitation {
    /// What the link that works is worth now.
    #[must_use]
    pub fn standing(&self, now: Timestamp) -> LinkStanding {
        match self.state {
            InvitationState::Pending { expires } if expires > now => LinkStanding::Pending,
            InvitationState::Pending { .. } => LinkStanding::Expired,
            InvitationState::Accepted { .. } => LinkStanding::Accepted,
            InvitationState::Revoked { .. } => LinkStanding::Revoked,
        }
    }

    /// What the link of that version is worth now. Of an invitation that is over its end counts more than the version.
    #[must_use]
    pub fn standing_of(&self, link: u64, now: Timestamp) -> LinkStanding {
        match self.standing(now) {
            LinkStanding::Pending if link != self.link => LinkStanding::Superseded,
            standing => standing,
        }
    }

    /// When it can no longer be accepted; none once it is over.
    #[must_use]
    pub fn expires(&self) -> Option<Timestamp> {
        match self.state {
            InvitationState::Pending { expires } => Some(expires),
            InvitationState::Accepted { .. } | InvitationState::Revoked { .. } => None,
        }
    }

    /// What the link of that version is worth now, where who answers for the invitation is that in the organization.
    #[must_use]
    pub fn standing_with(&self, link: u64, backing: Backing, now: Timestamp) -> LinkStanding {
        match self.standing_of(link, now) {
            LinkStanding::Pending if !backing.is_enough_for(self.role) => LinkStanding::Lapsed,
            standing => standing,
        }
    }
}

/// The mails that count towards [`SENDS_MAX`], with one more; or how long to wait until one more may be sent.
///
/// # Errors
/// The time to wait.
pub fn sends_with(sent: &[Timestamp], now: Timestamp) -> Result<Vec<Timestamp>, Duration> {
    let mut counted: Vec<_> = sent.iter().copied().filter(|at| at.plus(SENDS_WINDOW) > now).collect();
    match counted.first() {
        Some(first) if counted.len() >= SENDS_MAX => {
            Err(Duration::from_millis(first.plus(SENDS_WINDOW).millis().saturating_sub(now.millis())))
        }
        _ => {
            counted.push(now);
            Ok(counted)
        }
    }
}

#[cfg(test)]
#[path = "invitation_tests.rs"]
mod tests;
