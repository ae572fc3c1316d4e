//! What can happen.

use serde::{Deserialize, Serialize};

pub use crate::event_category::Category;

/// What happened, as a closed list; names are past tense and never renamed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum EventKind {
    /// An organization was made.
    #[serde(rename = "organization.created")]
    OrganizationCreated,
    /// Its table, key and default project are there.
    #[serde(rename = "organization.provisioned")]
    OrganizationProvisioned,
    /// Name, slug, metadata or settings changed.
    #[serde(rename = "organization.edited")]
    OrganizationEdited,
    /// Nobody but superadmins gets in.
    #[serde(rename = "organization.archived")]
    OrganizationArchived,
    /// Members get in again.
    #[serde(rename = "organization.restored")]
    OrganizationRestored,
    /// The 30 days before the purge began.
    #[serde(rename = "organization.deletion-requested")]
    OrganizationDeletionRequested,
    /// They were called off.
    #[serde(rename = "organization.deletion-cancelled")]
    OrganizationDeletionCancelled,
    /// The 30 days are over: from here on nothing brings it back.
    #[serde(rename = "organization.purge-begun")]
    OrganizationPurgeBegun,
    /// Everything of it is gone.
    #[serde(rename = "organization.purged")]
    OrganizationPurged,
    /// A project was made.
    #[serde(rename = "project.created")]
    ProjectCreated,
    /// A project was edited.
    #[serde(rename = "project.edited")]
    ProjectEdited,
    /// A project was archived or brought back.
    #[serde(rename = "project.archived")]
    ProjectArchived,
    /// A project was brought back.
    #[serde(rename = "project.restored")]
    ProjectRestored,
    /// A project was deleted.
    #[serde(rename = "project.deleted")]
    ProjectDeleted,
    /// Somebody got a role in a project, or another one.
    #[serde(rename = "project.member-set")]
    ProjectMemberSet,
    /// Somebody lost the role in a project.
    #[serde(rename = "project.member-removed")]
    ProjectMemberRemoved,
    /// Somebody joined an organization. Accounts are made by joining alone, so this is the record of that too: its
    /// `account_created` tells, and the owners see it, which a record on the platform's part of the log would hide.
    #[serde(rename = "member.added")]
    MemberAdded,
    /// A role in an organization changed.
    #[serde(rename = "member.role-changed")]
    MemberRoleChanged,
    /// Somebody was removed from an organization.
    #[serde(rename = "member.removed")]
    MemberRemoved,
    /// Somebody left an organization.
    #[serde(rename = "member.left")]
    MemberLeft,
    /// A use case was registered.
    #[serde(rename = "use-case.registered")]
    UseCaseRegistered,
    /// A use case was edited or archived.
    #[serde(rename = "use-case.edited")]
    UseCaseEdited,
    /// An agent was registered.
    #[serde(rename = "agent.registered")]
    AgentRegistered,
    /// An agent was edited or archived.
    #[serde(rename = "agent.edited")]
    AgentEdited,
    /// Somebody edited their profile.
    #[serde(rename = "user.edited")]
    UserEdited,
    /// An account was suspended.
    #[serde(rename = "user.suspended")]
    UserSuspended,
    /// An account works again.
    #[serde(rename = "user.reactivated")]
    UserReactivated,
    /// The operator made or unmade a superadmin.
    #[serde(rename = "user.superadmin-changed")]
    SuperadminChanged,
    /// A session began.
    #[serde(rename = "session.started")]
    SessionStarted,
    /// A session was ended by its owner.
    #[serde(rename = "session.revoked")]
    SessionRevoked,
    /// All other sessions were ended.
    #[serde(rename = "session.others-revoked")]
    OtherSessionsRevoked,
    /// A sign-in was refused.
    #[serde(rename = "session.refused")]
    SignInFailed,
    /// A password was changed by its owner.
    #[serde(rename = "password.changed")]
    PasswordChanged,
    /// A password was not changed: the present one was not proved.
    #[serde(rename = "password.refused")]
    PasswordRefused,
    /// A password was set through a link, or the operator gave a superadmin a new one-time password.
    #[serde(rename = "password.reset")]
    PasswordReset,
    /// An import was asked for, or a workbook was dropped.
    #[serde(rename = "import.requested")]
    ImportRequested,
    /// Its rows are valid and are being applied.
    #[serde(rename = "import.started")]
    ImportStarted,
    /// Its result is there.
    #[serde(rename = "import.completed")]
    ImportCompleted,
    /// The workbook could not be used.
    #[serde(rename = "import.failed")]
    ImportFailed,
    /// Somebody asked for the link to the result, which holds passwords.
    #[serde(rename = "import.result-read")]
    ImportResultRead,
    /// Somebody was invited into an organization.
    #[serde(rename = "invitation.created")]
    InvitationCreated,
    /// An invitation was sent again, with a new link; the old one is dead.
    #[serde(rename = "invitation.resent")]
    InvitationResent,
    /// An invitation was taken back.
    #[serde(rename = "invitation.revoked")]
    InvitationRevoked,
    /// An invitation was accepted, and who did joined.
    #[serde(rename = "invitation.accepted")]
    InvitationAccepted,
    /// The inviter took the link, to pass it on by hand.
    #[serde(rename = "invitation.link-copied")]
    InvitationLinkCopied,
    /// The mail of an invitation did not arrive.
    #[serde(rename = "invitation.mail-bounced")]
    InvitationMailBounced,
    /// A link that proves an e-mail was asked for.
    #[serde(rename = "email-verification.sent")]
    EmailVerificationSent,
    /// An e-mail was proved, or a superadmin vouched for it.
    #[serde(rename = "email.verified")]
    EmailVerified,
    /// Somebody wants another e-mail, which is not proved yet.
    #[serde(rename = "email-change.requested")]
    EmailChangeRequested,
    /// The new e-mail was proved and took the old one's place.
    #[serde(rename = "email.changed")]
    EmailChanged,
    /// A link that sets a new password was asked for.
    #[serde(rename = "password-reset.requested")]
    PasswordResetRequested,
    /// The platform's rules of signing in changed.
    #[serde(rename = "settings.authentication-changed")]
    AuthenticationSettingsChanged,
    /// A service account was made.
    #[serde(rename = "service-account.created")]
    ServiceAccountCreated,
    /// A service account's name or roles changed.
    #[serde(rename = "service-account.edited")]
    ServiceAccountEdited,
    /// A service account was deleted, and its tokens with it.
    #[serde(rename = "service-account.deleted")]
    ServiceAccountDeleted,
    /// An API token was made.
    #[serde(rename = "api-token.created")]
    ApiTokenCreated,
    /// An API token was ended.
    #[serde(rename = "api-token.revoked")]
    ApiTokenRevoked,
    /// The platform's or an organization's quota defaults changed.
    #[serde(rename = "quota-defaults.changed")]
    QuotaDefaultsChanged,
    /// The limits of one thing changed.
    #[serde(rename = "quota.changed")]
    QuotaChanged,
    /// Tokens were added to a window.
    #[serde(rename = "top-up.given")]
    TopUpGiven,
    /// A top-up was taken back.
    #[serde(rename = "top-up.revoked")]
    TopUpRevoked,
    /// Somebody asked for more tokens.
    #[serde(rename = "quota-request.created")]
    QuotaRequestCreated,
    /// A request for more tokens was approved.
    #[serde(rename = "quota-request.approved")]
    QuotaRequestApproved,
    /// A request for more tokens was denied.
    #[serde(rename = "quota-request.denied")]
    QuotaRequestDenied,
    /// Who had asked for more tokens took it back.
    #[serde(rename = "quota-request.cancelled")]
    QuotaRequestCancelled,
    /// Nobody decided a request for more tokens in time.
    #[serde(rename = "quota-request.expired")]
    QuotaRequestExpired,
    /// Of a window, or of a day's share, 80 or 100 % were used.
    #[serde(rename = "quota.threshold-reached")]
    QuotaThresholdReached,
    /// A limit was set in the middle of a window, and now counts what was used in it before.
    #[serde(rename = "quota.usage-counted")]
    QuotaUsageCounted,
    /// A counter is not what the ledger says, and is made so.
    #[serde(rename = "quota.drift-found")]
    QuotaDriftFound,
    /// Somebody asked for a new version of the organization's encryption key.
    #[serde(rename = "encryption-key.rotation-requested")]
    EncryptionKeyRotationRequested,
    /// It has one, which seals from here on.
    #[serde(rename = "encryption-key.rotated")]
    EncryptionKeyRotated,
    /// When it turns by itself changed.
    #[serde(rename = "encryption-key.schedule-changed")]
    EncryptionKeyScheduleChanged,
    /// Everything is under the newest version, and older ones open nothing any more.
    #[serde(rename = "encryption-key.versions-retired")]
    EncryptionKeyVersionsRetired,
    /// A provider was made.
    #[serde(rename = "provider.created")]
    ProviderCreated,
    /// A provider was changed.
    #[serde(rename = "provider.edited")]
    ProviderEdited,
    /// A provider was deleted.
    #[serde(rename = "provider.deleted")]
    ProviderDeleted,
    /// The credential of a provider was stored.
    #[serde(rename = "provider.credential-set")]
    ProviderCredentialSet,
    /// The credential of a provider was removed.
    #[serde(rename = "provider.credential-removed")]
    ProviderCredentialRemoved,
    /// A provider was called with its credential, to see whether it answers.
    #[serde(rename = "provider.tested")]
    ProviderTested,
    /// Another credential is to take the place of a provider's.
    #[serde(rename = "provider.rotation-requested")]
    RotationRequested,
    /// A rotation was called off, or somebody stored, removed or voided the credential meanwhile.
    #[serde(rename = "provider.rotation-cancelled")]
    RotationCancelled,
    /// A new credential did not work, or could not be made; the old one was not touched.
    #[serde(rename = "provider.rotation-failed")]
    RotationFailed,
    /// A new credential took the place of the old one, which is valid until its grace ends.
    #[serde(rename = "provider.credential-rotated")]
    CredentialRotated,
    /// The grace of an old credential ended, and it is gone.
    #[serde(rename = "provider.credential-retired")]
    CredentialRetired,
    /// How often a credential is to be replaced changed.
    #[serde(rename = "provider.rotation-schedule-changed")]
    RotationScheduleChanged,
    /// A credential is older than its schedule says, and somebody has to replace it.
    #[serde(rename = "provider.rotation-due")]
    RotationDue,
    /// An organization came on the list of a provider of the platform, or off it.
    #[serde(rename = "provider.assigned")]
    ProviderAssigned,
    /// Default parameters of a provider were set.
    #[serde(rename = "provider.parameters-set")]
    ProviderParametersSet,
    /// An organization's admins chose which providers and models are used.
    #[serde(rename = "models.chosen")]
    ModelChoicesEdited,
    /// The catalogue of well-known models was changed.
    #[serde(rename = "catalogue.edited")]
    CatalogueEdited,
    /// The runtime was given what a call is made with.
    #[serde(rename = "credential.leased")]
    CredentialLeased,
    /// An MCP server was made.
    #[serde(rename = "mcp-server.created")]
    McpServerCreated,
    /// An MCP server was changed.
    #[serde(rename = "mcp-server.edited")]
    McpServerEdited,
    /// An MCP server was deleted.
    #[serde(rename = "mcp-server.deleted")]
    McpServerDeleted,
    /// The headers that an MCP server is called with were stored.
    #[serde(rename = "mcp-server.credential-set")]
    McpServerCredentialSet,
    /// The headers that an MCP server is called with were removed.
    #[serde(rename = "mcp-server.credential-removed")]
    McpServerCredentialRemoved,
    /// Somebody had an MCP server asked for its tools.
    #[serde(rename = "mcp-server.discovered")]
    McpServerDiscovered,
    /// An MCP server answers for the first time, again, or no more.
    #[serde(rename = "mcp-server.reachability-changed")]
    McpServerReachabilityChanged,
    /// An MCP server offers other tools than before, or tells something else of them.
    #[serde(rename = "mcp-server.tools-changed")]
    McpServerToolsChanged,
    /// An OAuth client was made.
    #[serde(rename = "oauth-client.created")]
    OauthClientCreated,
    /// An OAuth client was changed.
    #[serde(rename = "oauth-client.edited")]
    OauthClientEdited,
    /// An OAuth client was deleted.
    #[serde(rename = "oauth-client.deleted")]
    OauthClientDeleted,
    /// The secret of an OAuth client was stored.
    #[serde(rename = "oauth-client.credential-set")]
    OauthClientCredentialSet,
    /// The secret of an OAuth client was removed.
    #[serde(rename = "oauth-client.credential-removed")]
    OauthClientCredentialRemoved,
    /// Somebody chose what they are told, or an organization's or the platform's defaults of it changed.
    #[serde(rename = "notification-preferences.changed")]
    NotificationPreferencesChanged,
    /// Mail to an address bounced or was complained of: it gets none any more.
    #[serde(rename = "mail.suppressed")]
    MailSuppressed,
    /// A superadmin lets an address have mail again.
    #[serde(rename = "mail.suppression-lifted")]
    MailSuppressionLifted,
    /// A superadmin's request reached into a tenant, whatever came of it.
    #[serde(rename = "organization.accessed")]
    TenantAccessed,
    /// Somebody read the audit log.
    #[serde(rename = "audit.read")]
    AuditRead,
}

impl EventKind {
    /// The name on the wire, such as `organization.created`.
    #[must_use]
    pub fn name(self) -> String {
        let name = serde_json::to_value(self).ok();
        name.and_then(|name| name.as_str().map(str::to_owned)).unwrap_or_default()
    }
}
