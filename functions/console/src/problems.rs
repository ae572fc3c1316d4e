//! What every problem code means, for people who met one.

use domain::Code;

/// What it means and what helps, in one or two sentences.
#[allow(clippy::too_many_lines, reason = "one sentence a code, and the compiler asks for every code")]
pub(crate) fn meaning(code: Code) -> &'static str {
    match code {
        Code::Malformed => {
            "The request is not what the route takes: broken JSON, a wrong type, an unknown field or parameter. `errors` names the place."
        }
        Code::CursorInvalid => {
            "The `cursor` was not made by this list. Begin without one, and pass `next` on unchanged."
        }
        Code::Unauthenticated => "There is no session that holds: none was shown, or it has ended. Sign in.",
        Code::SignInRefused => {
            "E-mail and password do not belong together, or too many attempts were made: wait 15 minutes. Which of the two is not told."
        }
        Code::Forbidden => "Your role does not allow this here. Somebody of a higher role can do it or raise yours.",
        Code::CrossSite => "A browser sent the request from another site. Programs without a browser are not affected.",
        Code::PasswordChangeRequired => "Your password is a temporary one. Change it at `POST /v1/me/password` first.",
        Code::AccountSuspended => {
            "The password is right, but the account is suspended. A superadmin can reactivate it."
        }
        Code::EmailUnverified => {
            "The password is right, but the e-mail was not confirmed yet. Open the link in the mail, or ask for a new one at `POST /v1/email-verifications`."
        }
        Code::OrganizationNotActive => {
            "The organization is archived, about to be deleted or not ready yet; until that changes only superadmins get in."
        }
        Code::NotFound => "There is no such thing, or none that you may know of.",
        Code::MethodNotAllowed => "The path exists, but not with this method; `Allow` lists the others.",
        Code::OrganizationNameTaken => "Another organization has that name; case makes no difference.",
        Code::OrganizationSlugTaken => "Another organization has that slug.",
        Code::OrganizationState => {
            "The organization's state does not allow that step, such as restoring one that is active."
        }
        Code::ConfirmationMismatch => "What was typed as a confirmation is not the organization's name.",
        Code::ProjectNameTaken => "Another project of the organization has that name.",
        Code::ProviderNameTaken => "Another provider of the organization, or of the platform, has that name.",
        Code::ProviderInUse => {
            "Organizations are on the provider's list, or it is the default of some. It is deleted when none uses it; `detail` names them."
        }
        Code::ModelNotUsable => {
            "No provider serves that model in that project. `detail` says which rule speaks against it, and the project's `model-access` \
             all of them."
        }
        Code::McpServerNameTaken => "Another MCP server of the organization, or of the platform, has that name.",
        Code::OauthClientNameTaken => "Another OAuth client of the organization has that name.",
        Code::ProjectDefault => {
            "The default project cannot be deleted or archived, and roles in it follow the organization."
        }
        Code::ProjectArchived => "The project is archived; restore it first.",
        Code::ProjectUnknown => "The call names a project that the organization does not have.",
        Code::UseCaseUnknown => {
            "The call names a use case that the project does not have. Studio registers use cases before they run."
        }
        Code::UseCaseArchived => "The use case is archived and does not run; restore it first.",
        Code::AlreadyMember => "The person belongs to the organization already.",
        Code::NotMember => "The person does not belong to the organization.",
        Code::LastOwner => "An organization keeps at least one owner. Make somebody else an owner first.",
        Code::UserSuspended => "The person's account is suspended.",
        Code::TooManyTokens => "The service account has two tokens that still hold. Revoke one of them first.",
        Code::PasswordWeak => {
            "The new password has fewer than 12 or more than 256 characters, is a common one, or is the present one."
        }
        Code::PasswordWrong => "What was given as the present password is not it.",
        Code::LinkUnknown => {
            "The token is none of this system's, is for something else, or was cut on its way. Copy the whole link."
        }
        Code::LinkSuperseded => "A newer link was sent, and this one is dead. Use the latest mail.",
        Code::LinkExpired => "The link is too old. Ask for a new one.",
        Code::LinkUsed => {
            "The link was used before, or what it would prove has changed. Where it is still needed, ask for a new one."
        }
        Code::EmailAlreadyVerified => "The e-mail is confirmed already: sign in.",
        Code::EmailTaken => "Another account has that e-mail.",
        Code::InvitationPending => {
            "Somebody with that e-mail is invited to the organization already. Resend that invitation, or revoke it first."
        }
        Code::InvitationAccepted => "The invitation was accepted already. Sign in.",
        Code::InvitationRevoked => "The invitation was taken back. Ask whoever invited you.",
        Code::InvitationExpired => "The invitation is too old. Invite the person again.",
        Code::InvitationSuperseded => "A newer link was sent, and this one is dead. Use the one in the latest mail.",
        Code::InvitationLapsed => {
            "Who invited you was removed, suspended or has a lower role by now, so the invitation is worth nothing. Another admin of the organization can send it again."
        }
        Code::InvitationLinkCopied => "The link can be copied once, and it was. Resend the invitation instead.",
        Code::InvitationOfAnother => {
            "You are signed in with another e-mail than the invited one. The text names both: sign in with the invited one, or ask to be invited with yours."
        }
        Code::InvitationSignIn => "The invited e-mail has an account already. Sign in with it, then accept.",
        Code::ImportResultUnavailable => "The import has no result yet, or it is more than 24 hours old.",
        Code::QuotaExceeded => {
            "A limit of tokens leaves no room for the call. `quota` names the tightest one, what it has left and when it begins anew; an admin can top it up or raise it."
        }
        Code::LeaseTooSmall => {
            "Too little is left for a lease of at least that size. Reserve calls one by one: those fit as long as anything does."
        }
        Code::QuotaUnlimited => {
            "Nothing limits that scope in that period, neither explicitly nor by a default. Set a limit first."
        }
        Code::TopUpOver => "The top-up was taken back already, or its window is over, and with it what it was worth.",
        Code::QuotaRequestTooEarly => {
            "Less than 80 % of the limit is used and held in its present window. `GET …/quotas/effective` says how far it is."
        }
        Code::QuotaRequestPending => {
            "A request of yours for the same scope and period waits to be decided. Take it back to make another one."
        }
        Code::QuotaRequestOver => {
            "The request was approved, denied or taken back, or has waited for 30 days. A new one may be made."
        }
        Code::ReservationNotLive => {
            "Credentials are handed out for calls that are reserved: there is no such reservation, or it was settled, released or has lapsed."
        }
        Code::EncryptionKeyRotating => {
            "The organization's encryption key is turning already. `GET …/encryption-key` says how far it is; older versions are retired some minutes after everything is under the new one."
        }
        Code::ReservationReused => {
            "The reservation's id stands for another call, or it was settled with other numbers. Each call has an id of its own."
        }
        Code::IdempotencyKeyReused => {
            "The `Idempotency-Key` was used for another request. Make a new one for each act."
        }
        Code::IdempotencyInProgress => {
            "The first request with that `Idempotency-Key` still runs. Repeat this one later."
        }
        Code::PreconditionFailed => "It was changed since you read it. Read it again and repeat the change on that.",
        Code::PreconditionRequired => "This route needs `If-Match` with the `ETag` that you read.",
        Code::TooLarge => "The body is larger than 256 KiB.",
        Code::UnsupportedMediaType => {
            "Bodies are `application/json`; those of PATCH may also be `application/merge-patch+json`. None is compressed."
        }
        Code::Invalid => "The request is well formed, but a value is out of its bounds. `errors` names it.",
        Code::TooManyRequests => "Too many requests. `Retry-After` says how many seconds to wait.",
        Code::Conflict => "Somebody changes the same thing at this moment. Try again.",
        Code::Unavailable => "A part that is needed did not answer. Try again after `Retry-After` seconds.",
        Code::Internal => "Something went wrong on our side. The `request_id` helps whoever looks into it.",
    }
}
