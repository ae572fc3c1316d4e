//! What there is to write, with all that is said in it.

use domain::notification::NoticeKind;
use domain::quota::{Period, Tokens};
use domain::{Email, OrgRole, ProjectRole, Timestamp};
use links::LinkToken;

use super::account::{CredentialDue, KeyChange, Occasion, Who};
use super::quota::{Limited, QuotaDecision};
use super::role::NewRole;
use super::shown::{Person, Shown};
use super::usage::{Reached, UsageOf};

/// One mail's content. Has no `Debug`, `Clone` or `Serialize`, because some carry a link.
pub enum Letter {
    /// Somebody without an account is invited.
    InvitationOfNewPerson {
        /// Into which organization.
        organization: Shown,
        /// By whom.
        inviter: Person,
        /// With which role.
        role: OrgRole,
        /// With which roles in its team projects.
        projects: Vec<(Shown, ProjectRole)>,
        /// The link.
        link: LinkToken,
        /// Until when it works.
        until: Timestamp,
    },
    /// Somebody who has an account is invited.
    InvitationOfKnownPerson {
        /// Into which organization.
        organization: Shown,
        /// By whom.
        inviter: Person,
        /// With which role.
        role: OrgRole,
        /// With which roles in its team projects.
        projects: Vec<(Shown, ProjectRole)>,
        /// The link.
        link: LinkToken,
        /// Until when it works.
        until: Timestamp,
    },
    /// The link that proves an e-mail.
    Verification {
        /// The link.
        link: LinkToken,
        /// Until when it works.
        until: Timestamp,
    },
    /// The link that sets a new password.
    PasswordReset {
        /// The link.
        link: LinkToken,
        /// Until when it works.
        until: Timestamp,
    },
    /// To the owner of the account.
    PasswordChanged {
        /// Whether by a link of a mail.
        by_link: bool,
        /// When and from where.
        occasion: Occasion,
    },
    /// To the new address: the link that proves it.
    EmailChangeProof {
        /// The account's e-mail until then.
        old: Email,
        /// The link.
        link: LinkToken,
        /// Until when it works.
        until: Timestamp,
    },
    /// To the old address: another one was asked for.
    EmailChangeRequested {
        /// The one that was asked for.
        new: Email,
        /// When and from where.
        occasion: Occasion,
    },
    /// To the old address and the account: another one took its place.
    EmailChanged {
        /// The old one.
        old: Email,
        /// The new one.
        new: Email,
        /// When and from where.
        occasion: Occasion,
    },
    /// To the owner of the account.
    NewSignIn {
        /// When and from where.
        occasion: Occasion,
    },
    /// To the owner of the account.
    AccountSuspended {
        /// When.
        at: Timestamp,
    },
    /// To the owner of the account.
    AccountReactivated {
        /// When.
        at: Timestamp,
    },
    /// Somebody was made a superadmin, or no longer is one.
    SuperadminChanged {
        /// Who.
        who: Who,
        /// Which of the two.
        made: bool,
        /// When.
        at: Timestamp,
    },
    /// An organization's encryption key got a new version.
    EncryptionKeyRotated {
        /// Whose.
        organization: Shown,
        /// When.
        at: Timestamp,
    },
    /// An API token was made or ended.
    KeyChanged {
        /// Which of the two.
        change: KeyChange,
        /// What the token is called.
        token: Shown,
        /// Of which service account.
        account: Shown,
        /// Of which organization; none for the platform's own.
        organization: Option<Shown>,
        /// By whom, if the system did not do it.
        by: Option<Person>,
        /// When.
        at: Timestamp,
    },
    /// A credential of a provider is too old, or could not be replaced.
    CredentialDue {
        /// What the provider is called.
        provider: Shown,
        /// Of which organization; none for the platform's own.
        organization: Option<Shown>,
        /// Which of the two.
        why: CredentialDue,
        /// When.
        at: Timestamp,
    },
    /// To whom it concerns.
    RoleChanged {
        /// In which organization.
        organization: Shown,
        /// What the role is now.
        role: NewRole,
        /// By whom, if the system did not do it.
        by: Option<Person>,
    },
    /// To who belongs to an organization now.
    Joined {
        /// To which.
        organization: Shown,
        /// With which role.
        role: OrgRole,
        /// Through whom, if somebody added them.
        by: Option<Person>,
    },
    /// To who was removed.
    Removed {
        /// From which organization.
        organization: Shown,
        /// By whom, if the system did not do it.
        by: Option<Person>,
    },
    /// To the admins.
    MemberJoined {
        /// Which organization.
        organization: Shown,
        /// Who.
        who: Person,
        /// With which role.
        role: OrgRole,
    },
    /// To the admins.
    MemberLeft {
        /// Which organization.
        organization: Shown,
        /// Who.
        who: Person,
    },
    /// To who may decide.
    QuotaAsked {
        /// Who asks.
        who: Person,
        /// For how many tokens more.
        tokens: Tokens,
        /// In which period.
        period: Period,
        /// Of what.
        of: Limited,
    },
    /// To who asked.
    QuotaDecided {
        /// Of what.
        of: Limited,
        /// How.
        decision: QuotaDecision,
    },
    /// To the admins.
    UsageAlert {
        /// Whose limit.
        of: UsageOf,
        /// How much of it.
        reached: Reached,
    },
    /// To who began it.
    ImportEnded {
        /// How.
        outcome: ImportOutcome,
        /// When.
        at: Timestamp,
    },
}

/// How an import ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ImportOutcome {
    /// Its result is there.
    Completed,
    /// The workbook could not be used.
    Failed,
}

impl Letter {
    /// The name of what it says; never changed.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self {
            Self::InvitationOfNewPerson { .. } => "invitation-new-person",
            Self::InvitationOfKnownPerson { .. } => "invitation-known-person",
            Self::Verification { .. } => "verification",
            Self::PasswordReset { .. } => "password-reset",
            Self::PasswordChanged { .. } => "password-changed",
            Self::EmailChangeProof { .. } => "email-change-proof",
            Self::EmailChangeRequested { .. } => "email-change-requested",
            Self::EmailChanged { .. } => "email-changed",
            Self::NewSignIn { .. } => "new-sign-in",
            Self::AccountSuspended { .. } => "account-suspended",
            Self::AccountReactivated { .. } => "account-reactivated",
            Self::SuperadminChanged { .. } => "superadmin-changed",
            Self::KeyChanged { .. } => "key-changed",
            Self::CredentialDue { .. } => "credential-due",
            Self::EncryptionKeyRotated { .. } => "encryption-key-rotated",
            Self::RoleChanged { .. } => "role-changed",
            Self::Joined { .. } => "joined",
            Self::Removed { .. } => "removed",
            Self::MemberJoined { .. } => "member-joined",
            Self::MemberLeft { .. } => "member-left",
            Self::QuotaAsked { .. } => "quota-asked",
            Self::QuotaDecided { .. } => "quota-decided",
            Self::UsageAlert { .. } => "usage-alert",
            Self::ImportEnded { .. } => "import-ended",
        }
    }

    /// By which preference it is sent.
    #[must_use]
    pub fn notice(&self) -> NoticeKind {
        match self {
            Self::InvitationOfNewPerson { .. } | Self::InvitationOfKnownPerson { .. } => NoticeKind::Invited,
            Self::Verification { .. } => NoticeKind::VerificationLink,
            Self::PasswordReset { .. } => NoticeKind::PasswordResetLink,
            Self::EmailChangeProof { .. } => NoticeKind::EmailChangeLink,
            Self::PasswordChanged { .. } => NoticeKind::PasswordChanged,
            Self::EmailChangeRequested { .. } | Self::EmailChanged { .. } => NoticeKind::EmailChanged,
            Self::NewSignIn { .. } => NoticeKind::NewSignIn,
            Self::AccountSuspended { .. } | Self::AccountReactivated { .. } => NoticeKind::AccountStatus,
            Self::SuperadminChanged { .. } => NoticeKind::SuperadminChanged,
            Self::KeyChanged { .. } | Self::EncryptionKeyRotated { .. } => NoticeKind::KeyChanged,
            Self::CredentialDue { .. } => NoticeKind::CredentialDue,
            Self::RoleChanged { .. } => NoticeKind::RoleChanged,
            Self::Joined { .. } => NoticeKind::Joined,
            Self::Removed { .. } => NoticeKind::MembershipEnded,
            Self::MemberJoined { .. } => NoticeKind::MemberJoined,
            Self::MemberLeft { .. } => NoticeKind::MemberLeft,
            Self::QuotaAsked { .. } => NoticeKind::QuotaRequestCreated,
            Self::QuotaDecided { .. } => NoticeKind::QuotaRequestDecided,
            Self::UsageAlert { .. } => NoticeKind::UsageAlert,
            Self::ImportEnded { .. } => NoticeKind::FileReady,
        }
    }
}
