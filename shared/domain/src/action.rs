//! Everything that needs a right, grouped as the product's table of roles groups it.

/// One kind of act. The permission decision knows nothing finer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Action {
    // The platform's own: superadmins.
    /// Make an organization.
    CreateOrganization,
    /// Archive one.
    ArchiveOrganization,
    /// Bring an archived one back.
    RestoreOrganization,
    /// List organizations of everybody.
    ListOrganizations,
    /// Settings of the platform.
    ManagePlatform,
    /// The deployment's branding.
    ManageBranding,
    /// Providers and MCP servers for every organization.
    ManageGlobalProviders,
    /// The platform's dashboard.
    ReadPlatformDashboard,
    /// The audit log of everything.
    ReadPlatformAudit,
    /// Bulk import.
    BulkImport,
    /// People over all organizations.
    ManageUsers,
    /// The organization's own quota ceiling, and the platform's defaults.
    ManageQuotaCeiling,
    /// The platform's own service accounts and their tokens.
    ManagePlatformServiceAccounts,

    // An organization's owner.
    /// Delete the organization.
    DeleteOrganization,
    /// Call a deletion off; the one thing that owners may do while it is deleting.
    CancelDeletion,
    /// Single sign-on.
    ManageSso,
    /// The organization's service accounts and their tokens.
    ManageServiceAccounts,
    /// The organization's own providers, MCP servers and OAuth clients.
    ManageOwnProviders,
    /// The billing statement.
    ReadBilling,
    /// Make or unmake an owner.
    ManageOwners,
    /// The organization's encryption key: see it, turn it, say when it turns.
    ManageEncryptionKey,

    // An organization's admin.
    /// Name, metadata, settings, notification defaults.
    EditOrganization,
    /// Invite, add, remove, change roles below owner.
    ManageMembers,
    /// List, create and delete team projects.
    ManageProjects,
    /// Enable and disable providers and models.
    ManageModelAccess,
    /// Quotas and top-ups below the organization's ceiling.
    ManageQuotas,
    /// Decide increase requests.
    DecideQuotaRequests,
    /// Quotas and top-ups of a use case; also its project's admin.
    ManageUseCaseQuotas,
    /// The audit log of the organization.
    ReadAudit,
    /// Analytics of the organization.
    ReadAnalytics,

    // An organization's member.
    /// See the organization and who belongs to it.
    ReadOrganization,
    /// List the projects that the caller may see.
    ListProjects,
    /// See what one did oneself, as the audit log has it.
    ReadOwnActivity,
    /// See which models the organization is offered and uses.
    ReadModels,
    /// Leave.
    LeaveOrganization,
    /// See which quotas bind the caller, and the own requests.
    ReadOwnQuotas,
    /// Ask for more tokens.
    RequestQuota,

    // A project's roles.
    /// See that a project is there, its settings and members; also an organization's admin.
    ViewProject,
    /// Read what is in a project.
    ReadInProject,
    /// Run use cases.
    RunInProject,
    /// Register and edit use cases and agents.
    BuildInProject,
    /// Edit the project and its models.
    EditProject,
    /// The project's members; also an organization's admin.
    ManageProjectMembers,

    // The caller's own.
    /// Own profile, sessions, usage, notifications.
    ManageSelf,
    /// Own profile and password, while a temporary password waits to be changed.
    ChangeOwnPassword,

    /// See which models are well known.
    ReadCatalogue,
    /// Be told who one is, whatever one is.
    KnowOneself,

    // The runtime's.
    /// Reserve tokens before a call.
    ReserveQuota,
    /// Get what a reserved call is made with: the way to a provider, and its credential.
    LeaseCredential,
    /// Say what a reserved call used, or that it was not made.
    SettleQuota,

    // Parts of the product that act on their own.
    /// Finish or undo what an organization stands on.
    RunTenantLifecycle,
    /// Apply a validated row of an import.
    ApplyImport,
    /// Answer an invitation, for whoever shows its link.
    AnswerInvitation,
    /// Plan and send what people are told.
    SendNotices,
    /// Close windows into statements, clean counters, compare them with the ledger.
    RunQuotaReset,
    /// Look whether MCP servers answer, and what they offer.
    WatchTools,
    /// Replace credentials of providers, and end those that were replaced.
    RotateCredentials,
    /// Turn organizations' encryption keys, and wrap anew what they wrap.
    TurnEncryptionKeys,
    /// Make the first superadmin.
    Bootstrap,
}

/// Which role an action belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Needs {
    /// Superadmin, whatever the organization.
    Superadmin,
    /// This organization role or a higher one.
    Organization(crate::OrgRole),
    /// This project role or a higher one.
    Project(crate::ProjectRole),
    /// This project role or a higher one, or the organization's admin.
    ProjectOrOrganizationAdmin(crate::ProjectRole),
    /// Anybody who is signed in, for what is their own.
    SignedIn,
    /// As `SignedIn`, also while a temporary password waits to be changed.
    SignedInAtFirst,
    /// A platform's service account.
    Runtime,
    /// A part of the product.
    System(crate::actor::SystemPart),
    /// The operator's command.
    Operator,
}

impl Action {
    /// Every action, in the order of the table.
    pub const ALL: [Self; 59] = [
        Self::CreateOrganization,
        Self::ArchiveOrganization,
        Self::RestoreOrganization,
        Self::ListOrganizations,
        Self::ManagePlatform,
        Self::ManageBranding,
        Self::ManageGlobalProviders,
        Self::ReadPlatformDashboard,
        Self::ReadPlatformAudit,
        Self::BulkImport,
        Self::ManageUsers,
        Self::ManageQuotaCeiling,
        Self::ManagePlatformServiceAccounts,
        Self::DeleteOrganization,
        Self::CancelDeletion,
        Self::ManageSso,
        Self::ManageServiceAccounts,
        Self::ManageOwnProviders,
        Self::ReadBilling,
        Self::ManageOwners,
        Self::ManageEncryptionKey,
        Self::EditOrganization,
        Self::ManageMembers,
        Self::ManageProjects,
        Self::ManageModelAccess,
        Self::ManageQuotas,
        Self::DecideQuotaRequests,
        Self::ManageUseCaseQuotas,
        Self::ReadAudit,
        Self::ReadAnalytics,
        Self::ReadOrganization,
        Self::ListProjects,
        Self::ReadOwnActivity,
        Self::ReadModels,
        Self::LeaveOrganization,
        Self::ReadOwnQuotas,
        Self::RequestQuota,
        Self::ViewProject,
        Self::ReadInProject,
        Self::RunInProject,
        Self::BuildInProject,
        Self::EditProject,
        Self::ManageProjectMembers,
        Self::ManageSelf,
        Self::ChangeOwnPassword,
        Self::ReadCatalogue,
        Self::KnowOneself,
        Self::ReserveQuota,
        Self::LeaseCredential,
        Self::SettleQuota,
        Self::RunTenantLifecycle,
        Self::ApplyImport,
        Self::AnswerInvitation,
        Self::SendNotices,
        Self::RunQuotaReset,
        Self::WatchTools,
        Self::RotateCredentials,
        Self::TurnEncryptionKeys,
        Self::Bootstrap,
    ];

    /// Whether it reads or writes what lies in the organization's own table, which is there from the end of provisioning
    /// to the beginning of the purge.
    #[must_use]
    pub fn reaches_content(self) -> bool {
        matches!(
            self,
            Self::ManageProjects
                | Self::ListProjects
                | Self::ViewProject
                | Self::ReadInProject
                | Self::RunInProject
                | Self::BuildInProject
                | Self::EditProject
                | Self::ManageProjectMembers
                | Self::ManageQuotaCeiling
                | Self::ReadBilling
                | Self::ManageQuotas
                | Self::DecideQuotaRequests
                | Self::ManageUseCaseQuotas
                | Self::ManageOwnProviders
                | Self::ManageModelAccess
                | Self::ReadModels
                | Self::ReadAnalytics
                | Self::ManageEncryptionKey
                | Self::ReadOwnQuotas
                | Self::RequestQuota
                | Self::ReserveQuota
                | Self::LeaseCredential
                | Self::SettleQuota
        )
    }

    /// Whether it is the work of a platform's service account, the role `runtime`, in every organization.
    #[must_use]
    pub fn is_of_runtime(self) -> bool {
        matches!(self, Self::BuildInProject | Self::ReserveQuota | Self::LeaseCredential | Self::SettleQuota)
    }

    /// The role it belongs to: the product's table of roles, line by line.
    #[must_use]
    #[allow(clippy::too_many_lines, reason = "a line for each action, and the compiler asks for every action")]
    pub fn needs(self) -> Needs {
        use crate::actor::SystemPart;
        use crate::{OrgRole, ProjectRole};
        match self {
            Self::CreateOrganization
            | Self::ArchiveOrganization
            | Self::RestoreOrganization
            | Self::ListOrganizations
            | Self::ManagePlatform
            | Self::ManageBranding
            | Self::ManageGlobalProviders
            | Self::ReadPlatformDashboard
            | Self::ReadPlatformAudit
            | Self::BulkImport
            | Self::ManageUsers
            | Self::ManageQuotaCeiling
            | Self::ManagePlatformServiceAccounts => Needs::Superadmin,
            Self::DeleteOrganization
            | Self::CancelDeletion
            | Self::ManageSso
            | Self::ManageServiceAccounts
            | Self::ManageOwnProviders
            | Self::ReadBilling
            | Self::ManageOwners
            | Self::ManageEncryptionKey => Needs::Organization(OrgRole::Owner),
            Self::EditOrganization
            | Self::ManageMembers
            | Self::ManageProjects
            | Self::ManageModelAccess
            | Self::ManageQuotas
            | Self::DecideQuotaRequests
            | Self::ReadAudit
            | Self::ReadAnalytics => Needs::Organization(OrgRole::Admin),
            Self::ReadOrganization
            | Self::ListProjects
            | Self::ReadOwnActivity
            | Self::ReadModels
            | Self::LeaveOrganization
            | Self::ReadOwnQuotas
            | Self::RequestQuota => Needs::Organization(OrgRole::Member),
            Self::ViewProject => Needs::ProjectOrOrganizationAdmin(ProjectRole::Viewer),
            Self::ReadInProject => Needs::Project(ProjectRole::Viewer),
            Self::RunInProject => Needs::Project(ProjectRole::Operator),
            Self::BuildInProject => Needs::Project(ProjectRole::Builder),
            Self::EditProject => Needs::Project(ProjectRole::Admin),
            Self::ManageProjectMembers | Self::ManageUseCaseQuotas => {
                Needs::ProjectOrOrganizationAdmin(ProjectRole::Admin)
            }
            Self::ManageSelf | Self::ReadCatalogue => Needs::SignedIn,
            Self::ChangeOwnPassword | Self::KnowOneself => Needs::SignedInAtFirst,
            Self::ReserveQuota | Self::LeaseCredential | Self::SettleQuota => Needs::Runtime,
            Self::RunTenantLifecycle => Needs::System(SystemPart::TenantLifecycle),
            Self::ApplyImport => Needs::System(SystemPart::Importer),
            Self::AnswerInvitation => Needs::System(SystemPart::Invitations),
            Self::SendNotices => Needs::System(SystemPart::Notifier),
            Self::RunQuotaReset => Needs::System(SystemPart::QuotaReset),
            Self::WatchTools => Needs::System(SystemPart::ToolWatch),
            Self::RotateCredentials => Needs::System(SystemPart::ProviderRotations),
            Self::TurnEncryptionKeys => Needs::System(SystemPart::EncryptionKeys),
            Self::Bootstrap => Needs::Operator,
        }
    }
}
