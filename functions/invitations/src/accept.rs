//! `POST /v1/invitations/accept`

use api::{Body, Guest, OrgRoleName, ProblemView, Reply, answer};
use axum::extract::State;
use domain::invitation::{AnswerInvitation, Backing, Invitation};
use domain::name::DisplayName;
use domain::user::User;
use domain::{Code, Error, Granted, OrgRole, Result, Timestamp};
use serde::{Deserialize, Serialize};
use store::{Accepter, NewPerson};
use utoipa::ToSchema;

use crate::password::Chosen;
use crate::{App, Opened};

/// An acceptance.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct AcceptBody {
    /// What stands behind `#token=` in the link.
    token: String,
    /// What somebody new is called, 1 to 120 characters; who has an account keeps their name.
    #[schema(value_type = Option<String>)]
    display_name: Option<DisplayName>,
    /// The password of somebody new: 12 to 256 characters, not a common one.
    #[schema(value_type = Option<String>, format = "password", min_length = 12, max_length = 256,
        example = "velvet-Orchard-31")]
    password: Option<Chosen>,
}

/// Who belongs to which organization now.
#[derive(Serialize, ToSchema)]
pub(crate) struct AcceptedView {
    /// The organization's id.
    organization_id: String,
    /// What it is called.
    organization_name: String,
    /// The person's id.
    user_id: String,
    /// What they sign in with.
    email: String,
    /// The role.
    #[schema(value_type = OrgRoleName)]
    role: OrgRole,
    /// Whether the account was made now.
    account_created: bool,
}

/// Accept an invitation
///
/// An e-mail without an account sets a name and a password and is verified by that: sign in afterwards. Who has an account
/// accepts signed in with the invited e-mail. Takes no `Idempotency-Key`: a link works once, and a second acceptance is
/// told that there was a first.
#[utoipa::path(post, path = "/v1/invitations/accept", tag = "Invitations", request_body = AcceptBody, security(()),
    responses((status = 200, body = AcceptedView),
        (status = 401, description = "The e-mail has an account: sign in with it first", body = ProblemView,
            content_type = "application/problem+json"),
        (status = 409, description = "The link is not worth anything any more, somebody else is signed in, or who invited may not do so any more",
            body = ProblemView, content_type = "application/problem+json"),
        (status = 422, description = "Not the token of an invitation, a weak password, or no name", body = ProblemView,
            content_type = "application/problem+json")))]
pub(crate) async fn accept(State(app): State<App>, guest: Guest, Body(asked): Body<AcceptBody>) -> Reply {
    let AcceptBody { token, display_name, password } = asked;
    let (opened, person) = tokio::join!(app.open(&token, guest.visitor.actor.origin.clone()), guest.person(&app.core));
    let (Opened { organization, invitation, granted }, person) = (opened?, person?);
    let now = app.core.now();
    if let Some(refusal) = invitation.standing_of(granted.command().link, now).refusal() {
        return Err(refusal.into());
    }
    let (mut mint, store) = (app.core.mint(), &app.core.store);
    let (who, backing) = match person {
        Some(user) => {
            let user = as_invited(user, &invitation)?;
            (Accepter::Known(Box::new(user)), backed(&app, &granted, &invitation, now).await?)
        }
        None => {
            let (login, backing) =
                tokio::join!(store.login(&invitation.email), backed(&app, &granted, &invitation, now));
            if login?.is_some() {
                return Err(sign_in(&app, &granted).await?.into());
            }
            let (backing, (display_name, password)) = (backing?, named(display_name, password)?);
            let password = password.hash((app.core.random)()).await?;
            let (id, email) = (mint.id(), invitation.email.clone());
            let (password_until, must_confirm) = (None, false);
            let person = NewPerson { id, email, display_name, password, password_until, must_confirm };
            (Accepter::New(Box::new(person)), backing)
        }
    };
    let joined = store.accept_invitation(&granted, (&invitation, backing), &who, &mut mint).await?;
    answer::ok(AcceptedView {
        organization_id: organization.id.to_string(),
        organization_name: organization.name.to_string(),
        user_id: joined.user.to_string(),
        email: joined.email.to_string(),
        role: joined.role,
        account_created: matches!(who, Accepter::New(_)),
    })
}

/// Who answers for the invitation may still give what it offers.
async fn backed(
    app: &App,
    granted: &Granted<AnswerInvitation>,
    invitation: &Invitation,
    now: Timestamp,
) -> Result<Backing> {
    let backing = app.core.store.backing(granted, invitation).await?;
    let standing = invitation.standing_with(granted.command().link, backing, now);
    standing.refusal().map_or(Ok(backing), Err)
}

/// Whoever is signed in accepts what is theirs and nothing else, and learns which two e-mails differ.
fn as_invited(user: User, invitation: &Invitation) -> Result<User> {
    if user.email.folded() != invitation.email.folded() {
        let (own, invited) = (&user.email, &invitation.email);
        let words = format!("you are signed in as {own}, and the invitation is for {invited}: sign in as {invited}");
        return Err(Error::new(Code::InvitationOfAnother, words));
    }
    if user.must_change_password {
        return Err(Error::new(Code::PasswordChangeRequired, "change the temporary password first"));
    }
    Ok(user)
}

/// The account may be what another acceptance of the same link made at this moment.
async fn sign_in(app: &App, granted: &Granted<AnswerInvitation>) -> Result<Error> {
    let invitation = app.core.store.answered_invitation(granted).await?;
    let over = invitation.standing_of(granted.command().link, app.core.now()).refusal();
    let words = format!("{} has an account: sign in with it, then accept", invitation.email);
    Ok(over.unwrap_or_else(|| Error::new(Code::InvitationSignIn, words)))
}

/// Name and password of somebody new.
fn named(name: Option<DisplayName>, password: Option<Chosen>) -> Result<(DisplayName, Chosen)> {
    let missing = |words, pointer| Error::new(Code::Invalid, words).at(pointer);
    let name = name.filter(|name| !name.folded().is_empty());
    let name = name.ok_or_else(|| missing("must be the name of the new account", "/display_name"))?;
    let password = password.ok_or_else(|| missing("must be the password of the new account", "/password"))?;
    Ok((name, password))
}
