//! What a link is for, and for whom.

use domain::id::{InvitationId, OrganizationId, UserId};

/// What a link is for, with the ids that it names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Link {
    /// Accepts an invitation.
    Invitation {
        /// The organization that invites, in whose table the invitation is.
        organization: OrganizationId,
        /// Which invitation.
        invitation: InvitationId,
    },
    /// Proves the e-mail of an account.
    Verification(UserId),
    /// Sets a new password.
    PasswordReset(UserId),
    /// Proves the e-mail that an account wants in place of its own.
    EmailChange(UserId),
}

impl Link {
    /// The page of the portal that a link of this purpose opens.
    #[must_use]
    pub fn page(self) -> &'static str {
        match self {
            Self::Invitation { .. } => "/invitation",
            Self::Verification(_) => "/verify",
            Self::PasswordReset(_) => "/reset",
            Self::EmailChange(_) => "/email-change",
        }
    }

    /// The letter of the purpose in a token's text; never another one.
    fn letter(self) -> &'static str {
        match self {
            Self::Invitation { .. } => "i",
            Self::Verification(_) => "v",
            Self::PasswordReset(_) => "r",
            Self::EmailChange(_) => "e",
        }
    }

    /// Purpose and ids as text, such as `v_01JZA…`; no two links have the same.
    pub(crate) fn text(self) -> String {
        let letter = self.letter();
        match self {
            Self::Invitation { organization, invitation } => {
                format!("{letter}_{}.{}", organization.ulid(), invitation.ulid())
            }
            Self::Verification(user) | Self::PasswordReset(user) | Self::EmailChange(user) => {
                format!("{letter}_{}", user.ulid())
            }
        }
    }

    /// Reads a letter and ids; what is not written exactly so is no link.
    pub(crate) fn read(letter: &str, ids: &str) -> Option<Self> {
        let user = || format!("usr_{ids}").parse().ok();
        match letter {
            "i" => {
                let (organization, invitation) = ids.split_once('.')?;
                let organization = format!("org_{organization}").parse().ok()?;
                let invitation = format!("inv_{invitation}").parse().ok()?;
                Some(Self::Invitation { organization, invitation })
            }
            "v" => user().map(Self::Verification),
            "r" => user().map(Self::PasswordReset),
            "e" => user().map(Self::EmailChange),
            _ => None,
        }
    }
}
