//! From the session or token of a request to its caller, with one read; beside the handler, what a use of it leaves.

use axum::RequestExt;
use axum::extract::{RawPathParams, Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use domain::id::{OrganizationId, UserId};
use domain::service_account::Belongs;
use domain::session::TOUCH;
use domain::{Actor, Code, Error, Origin, Principal, Result, Timestamp};
use store::{Asked, AskedByToken, Identified, IdentifiedProgram};

use crate::api_token::ApiToken;
use crate::look::Look;
use crate::token::Shown;
use crate::visitor::origin;
use crate::{Caller, Core, Identity, Problem, Token};

/// Lets a request through that shows a session or token which holds.
pub(crate) async fn authenticate(State(core): State<Core>, mut request: Request, next: Next) -> Response {
    let now = core.now();
    let (caller, look) = match identify(&core, &mut request, now).await {
        Ok(identified) => identified,
        Err(error) => return Problem::from(error).into_response(),
    };
    request.extensions_mut().insert(caller.clone());
    let touch = touch(&core, &caller, now);
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

/// The last use, where the one that is known is old enough.
pub(crate) async fn touch(core: &Core, caller: &Caller, now: Timestamp) {
    let touched = match caller.identity.as_ref() {
        Identity::Person { session, .. } if now >= session.last_used_at.plus(TOUCH) => {
            core.store.touch_session(session, now).await
        }
        Identity::Program { token, .. } if token.is_to_be_touched(now) => core.store.touch_api_token(token, now).await,
        Identity::Person { .. } | Identity::Program { .. } => Ok(()),
    };
    if let Err(error) = touched {
        tracing::warn!(error = %error, "the last use of a session or token was not written");
    }
}

/// The organization and the person whom the path names.
pub(crate) struct Named {
    pub(crate) organization: Option<OrganizationId>,
    pub(crate) person: Option<UserId>,
}

async fn identify(core: &Core, request: &mut Request, now: Timestamp) -> Result<(Caller, Option<Look>)> {
    let shown = Shown::in_headers(request.headers()).ok_or_else(refused)?;
    let params = request.extract_parts::<RawPathParams>().await.map_err(|_| Error::not_found())?;
    let param = |name: &str| params.iter().find(|(key, _)| *key == name).map(|(_, value)| value.to_owned());
    let organization = param("org").map(|raw| raw.parse::<OrganizationId>());
    let is_no_id = matches!(organization, Some(Err(_)));
    let person = param("user").and_then(|raw| raw.parse::<UserId>().ok());
    let named = Named { organization: organization.and_then(std::result::Result::ok), person };
    let (parts, body) = std::mem::take(request).into_parts();
    let origin = origin(&parts);
    *request = Request::from_parts(parts, body);
    let caller = match shown {
        Shown::Session(token) => signed_in(core, &token, named, now, origin).await?,
        Shown::Program(token) => program(core, &token, named, now, origin).await?,
    };
    // What is no id is an unknown organization, but only to somebody who is signed in.
    if is_no_id {
        return Err(Error::not_found());
    }
    let look = Look::of(&caller, &params);
    Ok((caller, look))
}

pub(crate) fn refused() -> Error {
    Error::new(Code::Unauthenticated, "sign in first")
}

pub(crate) async fn signed_in(
    core: &Core,
    token: &Token,
    named: Named,
    now: Timestamp,
    origin: Origin,
) -> Result<Caller> {
    let Named { organization, person } = named;
    let asked = Asked { user: token.user, session: token.session, organization, named: person };
    let found = core.store.identify(asked, now).await?.filter(|found| token.proves(&found.secret));
    let found = found.ok_or_else(refused)?;
    let standing = found.standing();
    let Identified { session, user, organization, membership, named, .. } = found;
    let principal = Principal::User {
        id: user.id,
        email: user.email.to_string(),
        superadmin: user.superadmin,
        must_change_password: user.must_change_password,
    };
    Ok(Caller {
        actor: Actor { principal, standing, origin },
        identity: Box::new(Identity::Person { session, user }),
        organization,
        membership,
        named_member: named,
    })
}

async fn program(core: &Core, shown: &ApiToken, named: Named, now: Timestamp, origin: Origin) -> Result<Caller> {
    let Named { organization, person } = named;
    let asked = AskedByToken { account: shown.account, token: shown.token, organization, named: person };
    let found = core.store.identify_program(asked, now).await?.filter(|found| shown.secret.proves(&found.secret));
    Ok(with_program(found.ok_or_else(refused)?, origin))
}

/// A program whose token was proved.
pub(crate) fn with_program(found: IdentifiedProgram, origin: Origin) -> Caller {
    let standing = found.standing();
    let IdentifiedProgram { account, token, organization, named, .. } = found;
    let runtime = account.belongs == Belongs::Platform;
    let principal = Principal::ServiceAccount { id: account.id, name: account.name.to_string(), runtime };
    Caller {
        actor: Actor { principal, standing, origin },
        identity: Box::new(Identity::Program { token, account }),
        organization,
        membership: None,
        named_member: named,
    }
}
