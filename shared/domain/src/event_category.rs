//! What the record of an event is about.

use serde::{Deserialize, Serialize};

use crate::EventKind;

/// What a record is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Category {
    /// Who created, edited or deleted what.
    Activity,
    /// Sign-ins, roles, refusals, keys.
    Security,
    /// Data that came in or went out.
    Data,
}

impl EventKind {
    /// What a record of this kind is about.
    #[must_use]
    #[allow(clippy::too_many_lines, reason = "a line for each kind, and the compiler asks for every kind")]
    pub fn category(self) -> Category {
        match self {
            Self::ProjectMemberSet
            | Self::ProjectMemberRemoved
            | Self::MemberAdded
            | Self::MemberRoleChanged
            | Self::MemberRemoved
            | Self::MemberLeft
            | Self::UserSuspended
            | Self::UserReactivated
            | Self::SuperadminChanged
            | Self::SessionStarted
            | Self::SessionRevoked
            | Self::OtherSessionsRevoked
            | Self::SignInFailed
            | Self::TenantAccessed
            | Self::AuditRead
            | Self::PasswordChanged
            | Self::PasswordRefused
            | Self::PasswordReset
            | Self::InvitationCreated
            | Self::InvitationResent
            | Self::InvitationRevoked
            | Self::InvitationAccepted
            | Self::InvitationLinkCopied
            | Self::EmailVerificationSent
            | Self::EmailVerified
            | Self::EmailChangeRequested
            | Self::EmailChanged
            | Self::PasswordResetRequested
            | Self::AuthenticationSettingsChanged
            | Self::ServiceAccountCreated
            | Self::ServiceAccountEdited
            | Self::ServiceAccountDeleted
            | Self::ApiTokenCreated
            | Self::ApiTokenRevoked
            | Self::ProviderCredentialSet
            | Self::ProviderCredentialRemoved
            | Self::McpServerCredentialSet
            | Self::McpServerCredentialRemoved
            | Self::McpServerToolsChanged
            | Self::OauthClientCredentialSet
            | Self::OauthClientCredentialRemoved
            | Self::RotationRequested
            | Self::RotationCancelled
            | Self::RotationFailed
            | Self::CredentialRotated
            | Self::CredentialRetired
            | Self::RotationScheduleChanged
            | Self::CredentialLeased
            | Self::EncryptionKeyRotationRequested
            | Self::EncryptionKeyRotated
            | Self::EncryptionKeyScheduleChanged
            | Self::EncryptionKeyVersionsRetired => Category::Security,
            Self::ImportRequested
            | Self::ImportStarted
            | Self::ImportCompleted
            | Self::ImportFailed
            | Self::ImportResultRead => Category::Data,
            Self::OrganizationCreated
            | Self::OrganizationProvisioned
            | Self::OrganizationEdited
            | Self::OrganizationArchived
            | Self::OrganizationRestored
            | Self::OrganizationDeletionRequested
            | Self::OrganizationDeletionCancelled
            | Self::OrganizationPurgeBegun
            | Self::OrganizationPurged
            | Self::ProjectCreated
            | Self::ProjectEdited
            | Self::ProjectArchived
            | Self::ProjectRestored
            | Self::ProjectDeleted
            | Self::UseCaseRegistered
            | Self::UseCaseEdited
            | Self::AgentRegistered
            | Self::AgentEdited
            | Self::UserEdited
            | Self::InvitationMailBounced
            | Self::QuotaDefaultsChanged
            | Self::QuotaChanged
            | Self::TopUpGiven
            | Self::TopUpRevoked
            | Self::QuotaRequestCreated
            | Self::QuotaRequestApproved
            | Self::QuotaRequestDenied
            | Self::QuotaRequestCancelled
            | Self::QuotaRequestExpired
            | Self::QuotaThresholdReached
            | Self::QuotaUsageCounted
            | Self::QuotaDriftFound
            | Self::ProviderCreated
            | Self::ProviderEdited
            | Self::ProviderDeleted
            | Self::ProviderTested
            | Self::RotationDue
            | Self::ProviderAssigned
            | Self::ProviderParametersSet
            | Self::ModelChoicesEdited
            | Self::CatalogueEdited
            | Self::McpServerCreated
            | Self::McpServerEdited
            | Self::McpServerDeleted
            | Self::McpServerDiscovered
            | Self::McpServerReachabilityChanged
            | Self::OauthClientCreated
            | Self::OauthClientEdited
            | Self::OauthClientDeleted
            | Self::NotificationPreferencesChanged
            | Self::MailSuppressed
            | Self::MailSuppressionLifted => Category::Activity,
        }
    }
}
