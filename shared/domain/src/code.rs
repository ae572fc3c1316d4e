//! The closed list of refusals, by which clients decide.

/// Every refusal of the API. A slug is never renamed or reused: clients decide by it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Code {
    /// The request is not what the route takes: broken JSON, wrong types, unknown fields or parameters.
    Malformed,
    /// A page's cursor was not made by this list.
    CursorInvalid,
    /// No valid session or token.
    Unauthenticated,
    /// E-mail and password do not belong together, or the account has to wait; neutral by intent.
    SignInRefused,
    /// The caller's role does not allow it.
    Forbidden,
    /// A browser sent the session's cookie from another site.
    CrossSite,
    /// The temporary password has to be changed before anything else.
    PasswordChangeRequired,
    /// The account is suspended.
    AccountSuspended,
    /// The password is right, but the e-mail was not confirmed yet.
    EmailUnverified,
    /// The organization is archived, about to be deleted or not ready.
    OrganizationNotActive,
    /// No such thing, or none that the caller may know of.
    NotFound,
    /// The route exists with other methods.
    MethodNotAllowed,
    /// Another organization has that name.
    OrganizationNameTaken,
    /// Another organization has that slug.
    OrganizationSlugTaken,
    /// The state does not allow that step.
    OrganizationState,
    /// The typed name is not the organization's.
    ConfirmationMismatch,
    /// Another project of the organization has that name.
    ProjectNameTaken,
    /// Another provider of the same home has that name.
    ProviderNameTaken,
    /// Organizations use the provider; it is deleted when none does.
    ProviderInUse,
    /// No provider serves the model in that project.
    ModelNotUsable,
    /// Another MCP server of the same home has that name.
    McpServerNameTaken,
    /// Another OAuth client of the organization has that name.
    OauthClientNameTaken,
    /// The default project cannot be deleted, archived or left, and holds no grants.
    ProjectDefault,
    /// The project is archived.
    ProjectArchived,
    /// A call names a project that is none of the organization's.
    ProjectUnknown,
    /// A call names a use case that is none of the project's.
    UseCaseUnknown,
    /// The use case is archived.
    UseCaseArchived,
    /// The person belongs to the organization already.
    AlreadyMember,
    /// The person does not belong to the organization.
    NotMember,
    /// An organization keeps at least one owner.
    LastOwner,
    /// The person's account does not allow it.
    UserSuspended,
    /// The service account has as many living tokens as it may.
    TooManyTokens,
    /// The new password is too short, too long or too common.
    PasswordWeak,
    /// The present password is wrong.
    PasswordWrong,
    /// What was shown as a link's token was not made here, or for something else.
    LinkUnknown,
    /// A newer link was sent.
    LinkSuperseded,
    /// The link is too old.
    LinkExpired,
    /// The link was used, or what it would prove has changed.
    LinkUsed,
    /// The e-mail was confirmed before.
    EmailAlreadyVerified,
    /// Another account has that e-mail.
    EmailTaken,
    /// Somebody with that e-mail is invited already.
    InvitationPending,
    /// The invitation was accepted already.
    InvitationAccepted,
    /// The invitation was taken back.
    InvitationRevoked,
    /// The invitation is older than its link works.
    InvitationExpired,
    /// A newer link of the invitation was sent.
    InvitationSuperseded,
    /// Who answers for the invitation may not give that role any more.
    InvitationLapsed,
    /// The link was copied already, which is possible once.
    InvitationLinkCopied,
    /// The invitation is for another e-mail than the one that is signed in.
    InvitationOfAnother,
    /// The invited e-mail has an account: sign in with it first.
    InvitationSignIn,
    /// The import has no result yet, or it has expired.
    ImportResultUnavailable,
    /// A limit of tokens leaves no room for the call.
    QuotaExceeded,
    /// Too little is left for a lease.
    LeaseTooSmall,
    /// Nothing limits it in that period, so there is nothing to add to.
    QuotaUnlimited,
    /// The top-up was taken back already, or its window is over.
    TopUpOver,
    /// So much is left that there is no reason to ask for more yet.
    QuotaRequestTooEarly,
    /// The person has asked for more of that already.
    QuotaRequestPending,
    /// The request was decided or taken back already, or has expired.
    QuotaRequestOver,
    /// The organization's encryption key is turning already.
    EncryptionKeyRotating,
    /// The reservation's id was used for another call, or it was settled with other numbers.
    ReservationReused,
    /// There is no such reservation, or it is over.
    ReservationNotLive,
    /// The key was used for another request.
    IdempotencyKeyReused,
    /// The first request with that key still runs.
    IdempotencyInProgress,
    /// The thing was changed since it was read.
    PreconditionFailed,
    /// An `If-Match` is needed on this route.
    PreconditionRequired,
    /// The body is larger than the route takes.
    TooLarge,
    /// The body is of another media type than the route takes.
    UnsupportedMediaType,
    /// The request is well formed, but a value is out of its bounds.
    Invalid,
    /// Too many requests; wait.
    TooManyRequests,
    /// Somebody changes the same thing at this moment; try again.
    Conflict,
    /// A part that is needed does not answer; try again.
    Unavailable,
    /// A fault of the product.
    Internal,
}

impl Code {
    /// Every code, in the order in which the documentation lists them.
    pub const ALL: [Self; 71] = [
        Self::Malformed,
        Self::CursorInvalid,
        Self::Unauthenticated,
        Self::SignInRefused,
        Self::Forbidden,
        Self::CrossSite,
        Self::PasswordChangeRequired,
        Self::AccountSuspended,
        Self::EmailUnverified,
        Self::OrganizationNotActive,
        Self::NotFound,
        Self::MethodNotAllowed,
        Self::OrganizationNameTaken,
        Self::OrganizationSlugTaken,
        Self::OrganizationState,
        Self::ConfirmationMismatch,
        Self::ProjectNameTaken,
        Self::ProviderNameTaken,
        Self::ProviderInUse,
        Self::ModelNotUsable,
        Self::McpServerNameTaken,
        Self::OauthClientNameTaken,
        Self::ProjectDefault,
        Self::ProjectArchived,
        Self::ProjectUnknown,
        Self::UseCaseUnknown,
        Self::UseCaseArchived,
        Self::AlreadyMember,
        Self::NotMember,
        Self::LastOwner,
        Self::UserSuspended,
        Self::TooManyTokens,
        Self::PasswordWeak,
        Self::PasswordWrong,
        Self::LinkUnknown,
        Self::LinkSuperseded,
        Self::LinkExpired,
        Self::LinkUsed,
        Self::EmailAlreadyVerified,
        Self::EmailTaken,
        Self::InvitationPending,
        Self::InvitationAccepted,
        Self::InvitationRevoked,
        Self::InvitationExpired,
        Self::InvitationSuperseded,
        Self::InvitationLapsed,
        Self::InvitationLinkCopied,
        Self::InvitationOfAnother,
        Self::InvitationSignIn,
        Self::ImportResultUnavailable,
        Self::QuotaExceeded,
        Self::LeaseTooSmall,
        Self::QuotaUnlimited,
        Self::TopUpOver,
        Self::QuotaRequestTooEarly,
        Self::QuotaRequestPending,
        Self::QuotaRequestOver,
        Self::EncryptionKeyRotating,
        Self::ReservationReused,
        Self::ReservationNotLive,
        Self::IdempotencyKeyReused,
        Self::IdempotencyInProgress,
        Self::PreconditionFailed,
        Self::PreconditionRequired,
        Self::TooLarge,
        Self::UnsupportedMediaType,
        Self::Invalid,
        Self::TooManyRequests,
        Self::Conflict,
        Self::Unavailable,
        Self::Internal,
    ];

    /// The name on the wire.
    #[allow(clippy::too_many_lines, reason = "a line for each code, and the compiler asks for every code")]
    #[must_use]
    pub fn slug(self) -> &'static str {
        match self {
            Self::Malformed => "request.malformed",
            Self::CursorInvalid => "request.cursor-invalid",
            Self::Unauthenticated => "session.required",
            Self::SignInRefused => "session.refused",
            Self::Forbidden => "permission.denied",
            Self::CrossSite => "request.cross-site",
            Self::PasswordChangeRequired => "password.change-required",
            Self::AccountSuspended => "account.suspended",
            Self::EmailUnverified => "account.unverified",
            Self::OrganizationNotActive => "organization.not-active",
            Self::NotFound => "resource.not-found",
            Self::MethodNotAllowed => "request.method-not-allowed",
            Self::OrganizationNameTaken => "organization.name-taken",
            Self::OrganizationSlugTaken => "organization.slug-taken",
            Self::OrganizationState => "organization.wrong-state",
            Self::ConfirmationMismatch => "organization.confirmation-mismatch",
            Self::ProjectNameTaken => "project.name-taken",
            Self::ProviderNameTaken => "provider.name-taken",
            Self::ProviderInUse => "provider.in-use",
            Self::ModelNotUsable => "model.not-usable",
            Self::McpServerNameTaken => "mcp-server.name-taken",
            Self::OauthClientNameTaken => "oauth-client.name-taken",
            Self::ProjectDefault => "project.is-default",
            Self::ProjectArchived => "project.archived",
            Self::ProjectUnknown => "project.unknown",
            Self::UseCaseUnknown => "use-case.unknown",
            Self::UseCaseArchived => "use-case.archived",
            Self::AlreadyMember => "member.already",
            Self::NotMember => "member.unknown",
            Self::LastOwner => "member.last-owner",
            Self::UserSuspended => "user.suspended",
            Self::TooManyTokens => "api-token.too-many",
            Self::PasswordWeak => "password.weak",
            Self::PasswordWrong => "password.wrong",
            Self::LinkUnknown => "link.unknown",
            Self::LinkSuperseded => "link.superseded",
            Self::LinkExpired => "link.expired",
            Self::LinkUsed => "link.used",
            Self::EmailAlreadyVerified => "email.already-verified",
            Self::EmailTaken => "email.taken",
            Self::InvitationPending => "invitation.pending",
            Self::InvitationAccepted => "invitation.accepted",
            Self::InvitationRevoked => "invitation.revoked",
            Self::InvitationExpired => "invitation.expired",
            Self::InvitationSuperseded => "invitation.superseded",
            Self::InvitationLapsed => "invitation.lapsed",
            Self::InvitationLinkCopied => "invitation.link-copied",
            Self::InvitationOfAnother => "invitation.of-another",
            Self::InvitationSignIn => "invitation.sign-in",
            Self::ImportResultUnavailable => "import.result-unavailable",
            Self::QuotaExceeded => "quota-exceeded",
            Self::LeaseTooSmall => "token-lease.too-small",
            Self::QuotaUnlimited => "quota.unlimited",
            Self::TopUpOver => "top-up.over",
            Self::QuotaRequestTooEarly => "quota-request.too-early",
            Self::QuotaRequestPending => "quota-request.pending",
            Self::QuotaRequestOver => "quota-request.over",
            Self::EncryptionKeyRotating => "encryption-key.rotating",
            Self::ReservationReused => "reservation.reused",
            Self::ReservationNotLive => "reservation.not-live",
            Self::IdempotencyKeyReused => "idempotency.key-reused",
            Self::IdempotencyInProgress => "idempotency.in-progress",
            Self::PreconditionFailed => "precondition.failed",
            Self::PreconditionRequired => "precondition.required",
            Self::TooLarge => "request.too-large",
            Self::UnsupportedMediaType => "request.unsupported-media-type",
            Self::Invalid => "request.invalid",
            Self::TooManyRequests => "request.too-many",
            Self::Conflict => "resource.busy",
            Self::Unavailable => "service.unavailable",
            Self::Internal => "service.internal",
        }
    }

    /// Whether the same request may succeed later without being changed.
    #[must_use]
    pub fn is_retryable(self) -> bool {
        matches!(self, Self::TooManyRequests | Self::Conflict | Self::Unavailable | Self::IdempotencyInProgress)
    }
}
