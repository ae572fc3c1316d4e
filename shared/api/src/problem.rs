//! Errors as RFC 9457 problem documents. The error travels in the answer's extensions; the edge writes and logs it.

use std::sync::Arc;

use axum::response::{IntoResponse, Response};
use domain::{Code, Error};
use http::StatusCode;
use serde::Serialize;
use utoipa::ToSchema;

use crate::ShortageView;

/// An error on its way out.
#[derive(Clone, Debug)]
pub struct Problem(pub(crate) Arc<Error>);

impl From<Error> for Problem {
    fn from(error: Error) -> Self {
        Self(Arc::new(error))
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let mut response = status(self.0.code()).into_response();
        response.extensions_mut().insert(self);
        response
    }
}

/// A problem document (RFC 9457).
#[derive(Serialize, ToSchema)]
pub struct ProblemView {
    /// Identifies the kind of problem; stable.
    #[serde(rename = "type")]
    pub kind: String,
    /// The kind in a few words; the same for every problem of the kind.
    pub title: &'static str,
    /// The HTTP status.
    pub status: u16,
    /// The code by which clients decide; stable.
    #[schema(example = "organization.name-taken")]
    pub code: &'static str,
    /// What is wrong with this request, in words.
    pub detail: String,
    /// The request's id, as in the log and the audit log.
    #[schema(example = "req_01JZA000000000000000000000")]
    pub request_id: String,
    /// The fields at fault.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<FieldProblem>,
    /// The tightest window that lacks room, of `quota-exceeded` alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub quota: Option<ShortageView>,
}

/// One field at fault.
#[derive(Serialize, ToSchema)]
pub struct FieldProblem {
    /// A JSON pointer into the body, or the name of a parameter or header.
    #[schema(example = "/name")]
    pub pointer: String,
    /// What is wrong with it.
    pub detail: String,
}

impl ProblemView {
    pub(crate) fn of(error: &Error, request_id: String) -> Self {
        let code = error.code();
        let status = status(code);
        let detail = error.words().to_owned();
        let field = error.pointer().map(|pointer| FieldProblem { pointer: pointer.to_owned(), detail: detail.clone() });
        Self {
            kind: format!("/docs#problem-{}", code.slug()),
            title: title(code),
            status: status.as_u16(),
            code: code.slug(),
            detail,
            request_id,
            errors: field.into_iter().collect(),
            quota: error.shortage().map(ShortageView::from),
        }
    }
}

/// The kind of problem in a few words.
#[must_use]
#[allow(clippy::too_many_lines, reason = "a line for each code, and the compiler asks for every code")]
pub fn title(code: Code) -> &'static str {
    match code {
        Code::Malformed => "Malformed request",
        Code::CursorInvalid => "Unknown cursor",
        Code::Unauthenticated => "Not signed in",
        Code::SignInRefused => "Sign-in refused",
        Code::Forbidden => "Not allowed",
        Code::CrossSite => "Cross-site request",
        Code::PasswordChangeRequired => "Password change required",
        Code::AccountSuspended => "Account suspended",
        Code::EmailUnverified => "E-mail not confirmed",
        Code::OrganizationNotActive => "Organization not active",
        Code::NotFound => "Not found",
        Code::MethodNotAllowed => "Method not allowed",
        Code::OrganizationNameTaken => "Organization name taken",
        Code::OrganizationSlugTaken => "Organization slug taken",
        Code::OrganizationState => "Wrong organization state",
        Code::ConfirmationMismatch => "Confirmation mismatch",
        Code::ProjectNameTaken => "Project name taken",
        Code::ProviderNameTaken => "Provider name taken",
        Code::ProviderInUse => "Provider in use",
        Code::ModelNotUsable => "Model not usable",
        Code::McpServerNameTaken => "MCP server name taken",
        Code::OauthClientNameTaken => "OAuth client name taken",
        Code::ProjectDefault => "Default project",
        Code::ProjectArchived => "Project archived",
        Code::ProjectUnknown => "Unknown project",
        Code::UseCaseUnknown => "Unknown use case",
        Code::UseCaseArchived => "Use case archived",
        Code::AlreadyMember => "Already a member",
        Code::NotMember => "Not a member",
        Code::LastOwner => "Last owner",
        Code::UserSuspended => "Person suspended",
        Code::TooManyTokens => "Too many tokens",
        Code::PasswordWeak => "Weak password",
        Code::PasswordWrong => "Wrong password",
        Code::LinkUnknown => "Unknown link",
        Code::LinkSuperseded => "Link superseded",
        Code::LinkExpired => "Link expired",
        Code::LinkUsed => "Link used",
        Code::EmailAlreadyVerified => "E-mail already confirmed",
        Code::EmailTaken => "E-mail taken",
        Code::InvitationPending => "Already invited",
        Code::InvitationAccepted => "Already accepted",
        Code::InvitationRevoked => "Invitation revoked",
        Code::InvitationExpired => "Invitation expired",
        Code::InvitationSuperseded => "Newer link sent",
        Code::InvitationLapsed => "Invitation lapsed",
        Code::InvitationLinkCopied => "Link copied already",
        Code::InvitationOfAnother => "Somebody else invited",
        Code::InvitationSignIn => "Sign in to accept",
        Code::ImportResultUnavailable => "No import result",
        Code::QuotaExceeded => "Quota exceeded",
        Code::LeaseTooSmall => "Lease too small",
        Code::QuotaUnlimited => "Unlimited",
        Code::TopUpOver => "Top-up over",
        Code::QuotaRequestTooEarly => "Too early to ask",
        Code::QuotaRequestPending => "Already asked",
        Code::QuotaRequestOver => "Request over",
        Code::EncryptionKeyRotating => "Key turning already",
        Code::ReservationReused => "Reservation id reused",
        Code::ReservationNotLive => "No live reservation",
        Code::IdempotencyKeyReused => "Idempotency key reused",
        Code::IdempotencyInProgress => "First request still runs",
        Code::PreconditionFailed => "Changed meanwhile",
        Code::PreconditionRequired => "If-Match required",
        Code::TooLarge => "Body too large",
        Code::UnsupportedMediaType => "Unsupported media type",
        Code::Invalid => "Invalid value",
        Code::TooManyRequests => "Too many requests",
        Code::Conflict => "Changed at this moment",
        Code::Unavailable => "Temporarily unavailable",
        Code::Internal => "Internal error",
    }
}

/// The HTTP status of a code.
#[must_use]
#[allow(clippy::too_many_lines, reason = "a line for each code, and the compiler asks for every code")]
pub fn status(code: Code) -> StatusCode {
    match code {
        Code::Malformed | Code::CursorInvalid => StatusCode::BAD_REQUEST,
        Code::Unauthenticated | Code::SignInRefused | Code::InvitationSignIn => StatusCode::UNAUTHORIZED,
        Code::Forbidden
        | Code::CrossSite
        | Code::PasswordChangeRequired
        | Code::AccountSuspended
        | Code::EmailUnverified
        | Code::OrganizationNotActive => StatusCode::FORBIDDEN,
        Code::NotFound | Code::NotMember | Code::ProjectUnknown | Code::UseCaseUnknown => StatusCode::NOT_FOUND,
        Code::MethodNotAllowed => StatusCode::METHOD_NOT_ALLOWED,
        Code::OrganizationNameTaken
        | Code::OrganizationSlugTaken
        | Code::OrganizationState
        | Code::ProjectNameTaken
        | Code::ProviderNameTaken
        | Code::ProviderInUse
        | Code::ModelNotUsable
        | Code::ReservationNotLive
        | Code::McpServerNameTaken
        | Code::OauthClientNameTaken
        | Code::ProjectDefault
        | Code::ProjectArchived
        | Code::UseCaseArchived
        | Code::LeaseTooSmall
        | Code::AlreadyMember
        | Code::LastOwner
        | Code::UserSuspended
        | Code::LinkSuperseded
        | Code::LinkExpired
        | Code::LinkUsed
        | Code::EmailAlreadyVerified
        | Code::EmailTaken
        | Code::InvitationPending
        | Code::InvitationAccepted
        | Code::InvitationRevoked
        | Code::InvitationExpired
        | Code::InvitationSuperseded
        | Code::InvitationLapsed
        | Code::InvitationLinkCopied
        | Code::InvitationOfAnother
        | Code::TooManyTokens
        | Code::ImportResultUnavailable
        | Code::QuotaUnlimited
        | Code::TopUpOver
        | Code::QuotaRequestTooEarly
        | Code::QuotaRequestPending
        | Code::QuotaRequestOver
        | Code::EncryptionKeyRotating
        | Code::IdempotencyInProgress
        | Code::Conflict => StatusCode::CONFLICT,
        Code::PreconditionFailed => StatusCode::PRECONDITION_FAILED,
        Code::PreconditionRequired => StatusCode::PRECONDITION_REQUIRED,
        Code::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
        Code::UnsupportedMediaType => StatusCode::UNSUPPORTED_MEDIA_TYPE,
        Code::Invalid
        | Code::LinkUnknown
        | Code::ConfirmationMismatch
        | Code::PasswordWeak
        | Code::PasswordWrong
        | Code::ReservationReused
        | Code::IdempotencyKeyReused => StatusCode::UNPROCESSABLE_ENTITY,
        Code::TooManyRequests | Code::QuotaExceeded => StatusCode::TOO_MANY_REQUESTS,
        Code::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
        Code::Internal => StatusCode::INTERNAL_SERVER_ERROR,
    }
}
