//! What is asked of invitations, by those who invite and by whoever shows a link.

use std::collections::BTreeMap;

use crate::id::{InvitationId, ProjectId};
use crate::invitation::Inviter;
use crate::{Action, Command, Email, OrgRole, OrgScope, PlatformScope, ProjectRole};

/// `POST …/invitations`
#[derive(Clone, Debug)]
pub struct Invite {
    /// Whom.
    pub email: Email,
    /// To which role.
    pub role: OrgRole,
    /// With which roles in team projects; at most [`crate::invitation::PROJECTS_MAX`].
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
#[derive(Clone, Debug)]
pub struct ResendInvitation {
    /// Which.
    pub id: InvitationId,
    /// By whom.
    pub inviter: Inviter,
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
