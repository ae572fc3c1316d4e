//! `POST /v1/sessions`

use api::{Body, ProblemView, Reply, Secret, Token, Visitor};
use axum::Json;
use axum::extract::State;
use axum::response::IntoResponse;
use domain::id::UserId;
use domain::session::{Session, refused};
use domain::user::User;
use domain::{Actor, Code, Email, Error, EventKind, Principal, Result};
use http::StatusCode;
use http::header::{LOCATION, SET_COOKIE};
use serde::{Deserialize, Serialize};
use store::{Asked, Attempt, Login, SignIn};
use utoipa::ToSchema;

use crate::App;
use crate::cookie;
use crate::typed::Typed;

/// Who signs in.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct SignInBody {
    /// The e-mail, in any case.
    #[schema(value_type = String, format = "email", example = "ann@acme.example")]
    email: Email,
    /// The password.
    #[schema(value_type = String, format = "password", example = "velvet-Orchard-31")]
    password: Typed,
}

/// A session that has begun.
#[derive(Serialize, ToSchema)]
pub(crate) struct StartedSessionView {
    /// The session's id.
    #[schema(example = "ses_01JZA000000000000000000000")]
    id: String,
    /// Who signed in.
    user: SignedInUserView,
    /// Whether a temporary password has to be changed before anything else.
    password_change_required: bool,
    /// When it ends if nothing more happens: 12 hours after the last request, 7 days after the sign-in at the latest.
    #[schema(format = "date-time", example = "2026-11-24T00:00:00.000Z")]
    expires_at: String,
    /// The bearer token of programs, shown only here. Browsers have the cookie instead.
    #[serde(skip_serializing_if = "Option::is_none")]
    token: Option<String>,
}

/// Who signed in.
#[derive(Serialize, ToSchema)]
pub(crate) struct SignedInUserView {
    /// The person's id.
    #[schema(example = "usr_01JZA000000000000000000000")]
    id: String,
    /// The e-mail as it was typed first.
    #[schema(example = "ann@acme.example")]
    email: String,
    /// The name.
    #[schema(example = "Ann Lee")]
    display_name: String,
    /// Whether every check passes.
    superadmin: bool,
}

/// Sign in
///
/// A program gets a bearer token in the answer. A browser (which sends `Sec-Fetch-Site`) gets the cookie
/// `__Host-session` and no token. Ten failures in any 15 minutes are looked at for an e-mail and address; after that, as for
/// an unknown e-mail and a wrong password, the answer is the same `session.refused`. A success forgives them. While the
/// secrets server is away, only a right password that somebody chose is answered otherwise than with `service.unavailable`.
///
/// There is no `Idempotency-Key`: what was not answered is sent again and begins a session of its own, since a token is
/// shown once and kept nowhere.
#[utoipa::path(post, path = "/v1/sessions", tag = "Sessions", request_body = SignInBody, security(()),
    responses(
        (status = 201, description = "Signed in", body = StartedSessionView, headers(
            ("Location" = String, description = "The session's address"),
            ("Set-Cookie" = String, description = "The session, for browsers"))),
        (status = 401, description = "E-mail or password is wrong, or the account has to wait", body = ProblemView,
            content_type = "application/problem+json"),
        (status = 403, description = "The password is right, but the account is suspended, or its e-mail not confirmed yet", body = ProblemView,
            content_type = "application/problem+json"),
        (status = 422, description = "The e-mail is none", body = ProblemView,
            content_type = "application/problem+json")))]
pub(crate) async fn sign_in(
    State(app): State<App>,
    visitor: Visitor,
    Body(SignInBody { email, password }): Body<SignInBody>,
) -> Reply {
    let Attempt { waits, login, .. } = app.core.store.begin_sign_in(&email, &visitor.address, app.core.now()).await?;
    let proof = app.prove(login.as_ref(), waits, &password, app.core.now()).await?;
    let login = match (proof, login) {
        (Ok(()), Some(login)) => login,
        (Err(why), login) => {
            return Err(refuse(&app, &visitor, login.map(|login| login.user), why.as_str()).await?.into());
        }
        (Ok(()), None) => return Err(Error::internal("a proof without an account").into()),
    };
    begin(&app, &visitor, email, login).await
}

/// The session of somebody whose password was right, as the kind of client wants it.
async fn begin(app: &App, visitor: &Visitor, email: Email, login: Login) -> Reply {
    let (secret, user) = (Secret::from_bytes((app.core.random)()), login.user);
    let asked = SignIn { email: email.clone(), login, secret: secret.hashed(), address: visitor.address.clone() };
    let actor = known(visitor, user, &email);
    let session = match app.core.store.sign_in(&actor, asked, &mut app.core.mint()).await {
        Err(error) if error.code() == Code::AccountSuspended => {
            refuse(app, visitor, Some(user), "account-suspended").await?;
            return Err(error.into());
        }
        Err(error) if error.code() == Code::EmailUnverified => {
            refuse(app, visitor, Some(user), "email-unverified").await?;
            return Err(error.into());
        }
        Err(error) if error.code() == Code::SignInRefused => {
            return Err(refuse(app, visitor, Some(user), "password-changed-meanwhile").await?.into());
        }
        outcome => outcome?,
    };
    let asked = Asked { user, session: session.id, organization: None, named: None };
    let found = app.core.store.identify(asked, app.core.now()).await?.ok_or_else(refused)?;
    let token = Token::new(user, session.id, secret).text();
    answer(&session, &found.user, token, visitor.is_browser)
}

fn answer(session: &Session, user: &User, token: String, is_browser: bool) -> Reply {
    let User { id, email, display_name, superadmin, must_change_password, .. } = user;
    let cookie = if is_browser { Some(cookie::set(&token)?) } else { None };
    let view = StartedSessionView {
        id: session.id.to_string(),
        user: SignedInUserView {
            id: id.to_string(),
            email: email.to_string(),
            display_name: display_name.to_string(),
            superadmin: *superadmin,
        },
        password_change_required: *must_change_password,
        expires_at: session.expires_at().to_string(),
        token: (!is_browser).then_some(token),
    };
    let location = [(LOCATION, format!("/v1/sessions/{}", session.id))];
    let mut response = (StatusCode::CREATED, location, Json(view)).into_response();
    response.headers_mut().extend(cookie.map(|cookie| (SET_COOKIE, cookie)));
    Ok(response)
}

/// Records the refusal and gives the one answer for all of them.
async fn refuse(app: &App, visitor: &Visitor, whose: Option<UserId>, reason: &str) -> Result<Error> {
    let (store, mint) = (&app.core.store, &mut app.core.mint());
    store.refuse_password(&visitor.actor, EventKind::SignInFailed, whose, reason, mint).await?;
    Ok(refused())
}

/// The visitor once the password was right: the audit log names who signed in.
fn known(visitor: &Visitor, id: UserId, email: &Email) -> Actor {
    let principal = Principal::User { id, email: email.to_string(), superadmin: false, must_change_password: true };
    Actor { principal, ..visitor.actor.clone() }
}
