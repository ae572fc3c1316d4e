//! From the token of a request to its caller, with one read; beside the handler, what a use of a session leaves.

use axum::RequestExt;
use axum::extract::{RawPathParams, Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use domain::id::{OrganizationId, UserId};
use domain::session::TOUCH;
use domain::{Actor, Code, Error, Principal, Result, Timestamp};
use store::{Asked, Identified};

use crate::look::Look;
use crate::visitor::origin;
use crate::{Caller, Core, Problem, Token};

/// Lets a request through that shows a session which holds.
pub(crate) async fn authenticate(State(core): State<Core>, mut request: Request, next: Next) -> Response {
    let now = core.now();
    let (caller, look) = match identify(&core, &mut request, now).await {
        Ok(identified) => identified,
        Err(error) => return Problem::from(error).into_response(),
    };
    request.extensions_mut().insert(caller.clone());
    let stale = now >= caller.session.last_used_at.plus(TOUCH);
    let touch = async {
        if stale && let Err(error) = core.store.touch_session(&caller.session, now).await {
            tracing::warn!(error = %error, "a session's last use was not written");
        }
    };
    let record = async {
        match look {
            Some(Look { organization, project, target }) => {
                core.store.record_access(&caller.actor, organization, project, target, &mut core.mint()).await
            }
            None => Ok(()),
        }
    };
    let looks_only = request.method().is_safe();
    let run = async {
        if looks_only {
            return futures::join!(next.run(request), record);
        }
        // What was refused has shown and changed nothing.
        let response = next.run(request).await;
        let recorded = if response.status().is_success() { record.await } else { Ok(()) };
        (response, recorded)
    };
    let ((response, recorded), ()) = futures::join!(run, touch);
    // A tenant's content is not shown where the record of it could not be written.
    recorded.map_or_else(|error| Problem::from(error).into_response(), |()| response)
}

async fn identify(core: &Core, request: &mut Request, now: Timestamp) -> Result<(Caller, Option<Look>)> {
    let refused = || Error::new(Code::Unauthenticated, "sign in first");
    let token = Token::of(request.headers()).ok_or_else(refused)?;
    let params = request.extract_parts::<RawPathParams>().await.map_err(|_| Error::not_found())?;
    let param = |name: &str| params.iter().find(|(key, _)| *key == name).map(|(_, value)| value.to_owned());
    let organization = param("org").map(|raw| raw.parse::<OrganizationId>());
    let named = param("user").and_then(|raw| raw.parse::<UserId>().ok());
    let known = organization.and_then(std::result::Result::ok);
    let asked = Asked { user: token.user, session: token.session, organization: known, named };
    let found =
        core.store.identify(asked, now).await?.filter(|found| token.proves(&found.secret)).ok_or_else(refused)?;
    // What is no id is an unknown organization, but only to somebody who is signed in.
    if matches!(organization, Some(Err(_))) {
        return Err(Error::not_found());
    }
    let (parts, body) = std::mem::take(request).into_parts();
    let origin = origin(&parts);
    *request = Request::from_parts(parts, body);
    let caller = caller(found, origin);
    let look = Look::of(&caller, &params);
    Ok((caller, look))
}

fn caller(found: Identified, origin: domain::Origin) -> Caller {
    let standing = found.standing();
    let Identified { session, user, organization, membership, named, .. } = found;
    let principal = Principal::User {
        id: user.id,
        email: user.email.to_string(),
        superadmin: user.superadmin,
        must_change_password: user.must_change_password,
    };
    Caller {
        actor: Actor { principal, standing, origin },
        session,
        user,
        organization,
        membership,
        named_member: named,
    }
}
