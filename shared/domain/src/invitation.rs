//! Invitations: somebody's way into an organization, by a link that works once.

use std::collections::BTreeMap;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::id::{EventId, InvitationId, ProjectId, UserId};
use crate::name::DisplayName;
use crate::{Action, Code, Command, Email, Error, OrgRole, OrgScope, PlatformScope, ProjectRole, Timestamp};

/// So long a link can be accepted after it was sent.
pub const LIFETIME: Duration = Duration::from_secs(7 * 24 * 3600);
/// So many mails of one invitation in [`SENDS_WINDOW`].
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
    /// By whom.
    pub inviter: Inviter,
    /// What became of it.
    pub state: InvitationState,
    /// Which link works: those of lower versions are dead.
    pub link: u64,
    /// When the latest mails were asked for, oldest first; at most [`SENDS_MAX`].
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

/// Who invited, with the names of that time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Inviter {
    /// The person's id.
    pub user: UserId,
    /// The person's e-mail.
    pub email: Email,
    /// What the person is called; may be empty.
    pub display_name: DisplayName,
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

    /// The mails that count towards [`SENDS_MAX`], with one more; or how long to wait until one more may be sent.
    ///
    /// # Errors
    /// The time to wait.
    pub fn sends_with(&self, now: Timestamp) -> Result<Vec<Timestamp>, Duration> {
        let mut counted: Vec<_> = self.sent.iter().copied().filter(|at| at.plus(SENDS_WINDOW) > now).collect();
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
}

/// `POST …/invitations`
#[derive(Clone, Debug)]
pub struct Invite {
    /// Whom.
    pub email: Email,
    /// To which role.
    pub role: OrgRole,
    /// With which roles in team projects; at most [`PROJECTS_MAX`].
    pub projects: BTreeMap<ProjectId, ProjectRole>,
    /// By whom.
    pub inviter: Inviter,
}

impl Command for Invite {
    type Scope = OrgScope;
    fn action(&self) -> Action {
        if self.role == OrgRole::Owner { Action::ManageOwners } else { Action::ManageMembers }
    }
}

/// `GET …/invitations`
#[derive(Clone, Copy, Debug)]
pub struct ListInvitations;

impl Command for ListInvitations {
    type Scope = OrgScope;
    fn action(&self) -> Action {
        Action::ManageMembers
    }
}

/// `GET …/invitations/{id}`
#[derive(Clone, Copy, Debug)]
pub struct ReadInvitation {
    /// Which.
    pub id: InvitationId,
}

impl Command for ReadInvitation {
    type Scope = OrgScope;
    fn action(&self) -> Action {
        Action::ManageMembers
    }
}

/// `POST …/invitations/{id}/resend`
#[derive(Clone, Copy, Debug)]
pub struct ResendInvitation {
    /// Which.
    pub id: InvitationId,
}

impl Command for ResendInvitation {
    type Scope = OrgScope;
    fn action(&self) -> Action {
        Action::ManageMembers
    }
}

/// `POST …/invitations/{id}/revoke`
#[derive(Clone, Copy, Debug)]
pub struct RevokeInvitation {
    /// Which.
    pub id: InvitationId,
}

impl Command for RevokeInvitation {
    type Scope = OrgScope;
    fn action(&self) -> Action {
        Action::ManageMembers
    }
}

/// `POST …/invitations/{id}/link`
#[derive(Clone, Copy, Debug)]
pub struct CopyInvitationLink {
    /// Which.
    pub id: InvitationId,
}

impl Command for CopyInvitationLink {
    type Scope = OrgScope;
    fn action(&self) -> Action {
        Action::ManageMembers
    }
}

/// Finds what a link leads to, for whoever shows its token.
#[derive(Clone, Copy, Debug)]
pub struct OpenLink;

impl Command for OpenLink {
    type Scope = PlatformScope;
    fn action(&self) -> Action {
        Action::AnswerInvitation
    }
}

/// `POST /v1/invitations/accept` and `/look-up`, for whoever shows the token of its link.
#[derive(Clone, Copy, Debug)]
pub struct AnswerInvitation {
    /// Which.
    pub id: InvitationId,
    /// The version that the link has.
    pub link: u64,
}

impl Command for AnswerInvitation {
    type Scope = OrgScope;
    fn action(&self) -> Action {
        Action::AnswerInvitation
    }
}

#[cfg(test)]
#[path = "invitation_tests.rs"]
mod tests;
