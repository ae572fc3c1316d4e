//! `DELETE /v1/sessions/{session}`, also for `current` and `others`

use api::{At, Person, ProblemView, Reply, answer};
use axum::extract::State;
use domain::Error;
use domain::id::SessionId;
use domain::scope::Own;
use domain::session::{RevokeOtherSessions, RevokeSession};
use http::header::SET_COOKIE;

use crate::{App, cookie};

/// End a session
///
/// `current` signs out and takes the cookie away; `others` ends all sessions but this one.
#[utoipa::path(delete, path = "/v1/sessions/{session}", tag = "Sessions",
    params(("session" = String, Path, description = "A session's id, `current` or `others`", example = "current")),
    responses(
        (status = 204, description = "Ended, from the next request on"),
        (status = 401, description = "Not signed in", body = ProblemView, content_type = "application/problem+json"),
        (status = 403, description = "A temporary password has to be changed before `others`", body = ProblemView,
            content_type = "application/problem+json"),
        (status = 404, description = "No such session of the caller", body = ProblemView,
            content_type = "application/problem+json"),
        (status = 409, description = "Two such requests at once", body = ProblemView,
            content_type = "application/problem+json")))]
pub(crate) async fn revoke(State(app): State<App>, caller: Person, At(session): At<String>) -> Reply {
    let current = caller.session.id;
    match session.as_str() {
        "others" => revoke_others(&app, &caller).await,
        "current" => revoke_one(&app, &caller, current).await,
        id => revoke_one(&app, &caller, id.parse().map_err(|_| Error::not_found())?).await,
    }
}

async fn revoke_one(app: &App, caller: &Person, session: SessionId) -> Reply {
    let granted = caller.grant(RevokeSession { session }, Own)?;
    app.core.store.revoke_session(&granted, &mut app.core.mint()).await?;
    let mut response = answer::no_content()?;
    if session == caller.session.id {
        response.headers_mut().insert(SET_COOKIE, cookie::clear()?);
    }
    Ok(response)
}

async fn revoke_others(app: &App, caller: &Person) -> Reply {
    let granted = caller.grant(RevokeOtherSessions { current: caller.session.id }, Own)?;
    app.core.store.revoke_other_sessions(&granted, &caller.user, &mut app.core.mint()).await?;
    answer::no_content()
}
