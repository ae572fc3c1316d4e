//! `POST /v1/me/password`

use api::{Body, Person, ProblemView, RateLimit, Reply, answer};
use axum::extract::State;
use domain::scope::Own;
use domain::session::{Allowance, ChangePassword, FAILURE_WINDOW, FAILURES_MAX};
use domain::{Code, Error, EventKind, Granted, Result};
use serde::Deserialize;
use store::{Attempt, Login, NewPassword};
use utoipa::ToSchema;

use crate::App;
use crate::proof::Unproven;
use crate::typed::Typed;

/// Attempts here count for the account as if from one address of their own: whoever stole a session cannot guess from many
/// addresses, and guessing here keeps nobody from signing in.
pub(crate) const COUNTED_AS: &str = "password-change";

/// A change of the own password.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct PasswordBody {
    /// The present one; a temporary one counts.
    #[schema(value_type = String, format = "password")]
    current_password: Typed,
    /// The new one: 12 to 256 characters, not a common one, not the present one.
    #[schema(value_type = String, format = "password", min_length = 12, max_length = 256,
        example = "velvet-Orchard-31")]
    new_password: Typed,
}

/// Change the own password
///
/// Ends the caller's other sessions; this one stays. Ten failures in any 15 minutes.
#[utoipa::path(post, path = "/v1/me/password", tag = "Profile", request_body = PasswordBody, responses(
    (status = 204, description = "Changed", headers(
        ("RateLimit" = String, description = "How many more failures are looked at, and when there are more"),
        ("RateLimit-Policy" = String, description = "How many in which window"))),
    (status = 401, description = "Not signed in", body = ProblemView, content_type = "application/problem+json"),
    (status = 409, description = "Changed by somebody else at this moment", body = ProblemView,
        content_type = "application/problem+json"),
    (status = 422, description = "`password.wrong` or `password.weak`", body = ProblemView,
        content_type = "application/problem+json"),
    (status = 429, description = "Too many attempts", body = ProblemView, content_type = "application/problem+json",
        headers(("RateLimit" = String, description = "When there are more"), ("Retry-After" = u32)))))]
pub(crate) async fn change(State(app): State<App>, caller: Person, Body(asked): Body<PasswordBody>) -> Reply {
    let granted = caller.grant(ChangePassword { current: caller.session.id }, Own)?;
    let PasswordBody { current_password, new_password } = asked;
    if passwords::is_weak(new_password.expose()) || new_password == current_password {
        let words = "must have 12 to 256 characters, not be a common password and not be the present one";
        return Err(Error::new(Code::PasswordWeak, words).at("/new_password").into());
    }
    let store = &app.core.store;
    let attempt = store.begin_sign_in(&caller.user.email, COUNTED_AS, app.core.now()).await?;
    let allowance = attempt.allowance;
    let reply = go_on(&app, &caller, &granted, attempt, &current_password, &new_password).await;
    let allowance = if reply.is_ok() { Allowance::WHOLE } else { allowance };
    Ok(rate_limit(allowance).on(reply))
}

fn rate_limit(Allowance { left, resets_in }: Allowance) -> RateLimit {
    let count = |number| u64::try_from(number).unwrap_or(u64::MAX);
    RateLimit { policy: "password", quota: count(FAILURES_MAX), window: FAILURE_WINDOW, left: count(left), resets_in }
}

/// From a counted attempt to its answer.
async fn go_on(
    app: &App,
    caller: &Person,
    granted: &Granted<ChangePassword>,
    attempt: Attempt,
    current_password: &Typed,
    new_password: &Typed,
) -> Reply {
    let login = prove(app, caller, attempt, current_password, "/current_password").await?;
    let stored = app.hash(new_password).await?;
    let mut mint = app.core.mint();
    app.core
        .store
        .change_password(granted, &caller.user, &login, NewPassword { stored, counted_as: COUNTED_AS }, &mut mint)
        .await?;
    answer::no_content()
}

/// The login whose password was typed, in the field at `pointer`.
pub(crate) async fn prove(
    app: &App,
    caller: &Person,
    attempt: Attempt,
    typed: &Typed,
    pointer: &'static str,
) -> Result<Login> {
    let Attempt { waits, allowance, login } = attempt;
    let login = login.ok_or_else(|| Error::internal("an account without its login"))?;
    let Err(why) = app.prove(Some(&login), waits, typed, app.core.now()).await? else { return Ok(login) };
    let (whose, mint) = (Some(caller.user.id), &mut app.core.mint());
    app.core.store.refuse_password(&caller.actor, EventKind::PasswordRefused, whose, why.as_str(), mint).await?;
    Err(match why {
        Unproven::TooManyAttempts => {
            let seconds = u32::try_from(allowance.resets_in.as_millis().div_ceil(1_000)).unwrap_or(u32::MAX);
            Error::new(Code::TooManyRequests, "too many attempts; wait some minutes").after_seconds(seconds)
        }
        Unproven::UnknownAccount | Unproven::WrongPassword | Unproven::PasswordExpired => {
            Error::new(Code::PasswordWrong, "is not the present password").at(pointer)
        }
    })
}
