//! The way into an organization by a link: who invites, and what whoever was invited can do with it.

mod accept;
mod invite;
mod look_up;
mod moves;
mod password;
mod read;
mod views;

use api::{Core, Routes};
use axum::Router;
use domain::actor::SystemPart;
use domain::id::InvitationId;
use domain::invitation::{AnswerInvitation, Invitation, OpenLink};
use domain::organization::{Organization, Status};
use domain::scope::Platform;
use domain::{Actor, Code, Error, Granted, Origin, Principal, Result};
use http::Method;
use links::{HeldKey, Link, LinkToken, Proof, PublicUrl};
use utoipa::OpenApi;

/// What this function stands on.
#[derive(Clone)]
pub struct App {
    /// The tables, the clock and randomness.
    pub core: Core,
    /// Makes and proves links.
    pub key: HeldKey,
    /// Where links lead.
    pub portal: PublicUrl,
}

/// What a link leads to, once its token was proved.
struct Opened {
    organization: Organization,
    invitation: Invitation,
    granted: Granted<AnswerInvitation>,
}

impl App {
    /// From a token to its invitation: two reads, and none for what this system did not make.
    ///
    /// # Errors
    /// [`Code::Invalid`] for every token that leads nowhere, in the same words; [`Code::OrganizationNotActive`].
    async fn open(&self, token: &str, origin: Origin) -> Result<Opened> {
        let unknown = || Error::new(Code::Invalid, "must be the token of an invitation's link").at("/token");
        let token = LinkToken::read(token).ok_or_else(unknown)?;
        let proof = self.key.get().await?.prove(&token).ok_or_else(unknown)?;
        let Proof { link: Link::Invitation { organization, invitation: id }, version: link } = proof else {
            return Err(unknown());
        };
        let principal = Principal::System { part: SystemPart::Invitations, on_behalf_of: None };
        let actor = Actor { principal, standing: None, origin };
        let found = self.core.store.inviting_organization(&actor.grant(OpenLink, Platform)?, organization).await?;
        let organization = found.ok_or_else(unknown)?;
        let standing = organization.standing(None, std::collections::BTreeMap::new());
        if standing.status != Status::Active {
            return Err(Error::new(Code::OrganizationNotActive, "the organization is not active"));
        }
        let actor = Actor { standing: Some(standing), ..actor };
        let granted = actor.grant(AnswerInvitation { id, link }, organization.id)?;
        let invitation = self.core.store.answered_invitation(&granted).await;
        let invitation = invitation.map_err(|error| if error.code() == Code::NotFound { unknown() } else { error })?;
        Ok(Opened { organization, invitation, granted })
    }

    /// The address of an invitation's latest link.
    async fn url(&self, organization: domain::id::OrganizationId, id: InvitationId, link: u64) -> Result<String> {
        let key = self.key.get().await?;
        Ok(key.token(Link::Invitation { organization, invitation: id }, link).url(&self.portal))
    }
}

/// The routes, as declared.
#[must_use]
pub fn routes(app: &App) -> Routes<App> {
    let list = "/v1/organizations/{org}/invitations";
    Routes::new(app.core.clone())
        .search(Method::GET, list, read::list)
        .route(Method::POST, list, invite::invite)
        .route(Method::GET, "/v1/organizations/{org}/invitations/{id}", read::read)
        .route(Method::POST, "/v1/organizations/{org}/invitations/{id}/resend", moves::resend)
        .route(Method::POST, "/v1/organizations/{org}/invitations/{id}/revoke", moves::revoke)
        .route(Method::POST, "/v1/organizations/{org}/invitations/{id}/link", moves::copy_link)
        .open(Method::POST, "/v1/invitations/look-up", look_up::look_up)
        .open(Method::POST, "/v1/invitations/accept", accept::accept)
}

/// The router.
pub fn router(app: App) -> Router {
    routes(&app).into_router(app)
}

/// The part of the API's description that belongs to this function.
#[derive(OpenApi)]
#[openapi(paths(
    read::list,
    invite::invite,
    read::read,
    moves::resend,
    moves::revoke,
    moves::copy_link,
    look_up::look_up,
    accept::accept,
))]
struct Description;

/// The OpenAPI document of this function's routes.
#[must_use]
pub fn openapi() -> utoipa::openapi::OpenApi {
    Description::openapi()
}
