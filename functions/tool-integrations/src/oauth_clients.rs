//! `/v1/organizations/{org}/oauth-clients[/{id}[/credential]]`

mod bodies;
mod views;

use api::{At, Body, Caller, IfMatch, Once, PageParams, PageView, Params, ProblemView, Reply, Routes, answer};
use axum::extract::State;
use domain::id::{OauthClientId, OrganizationId};
use domain::oauth_client::{
    AuthorizationServerPatch, DeleteOauthClient, ReadOauthClients, RemoveClientSecret, SetClientSecret,
};
use domain::{Error, Patch, Result};
use http::Method;
use store::{Made, client_secret_path};

use crate::App;
use bodies::{ClientSecretBody, CreateOauthClientBody, OauthClientPatch};
use views::OauthClientView;

pub(crate) fn routes(routes: Routes<App>) -> Routes<App> {
    let (all, one) = ("/v1/organizations/{org}/oauth-clients", "/v1/organizations/{org}/oauth-clients/{id}");
    let credential = "/v1/organizations/{org}/oauth-clients/{id}/credential";
    routes
        .search(Method::GET, all, list)
        .route(Method::POST, all, create)
        .route(Method::GET, one, read)
        .route(Method::PATCH, one, edit)
        .route(Method::DELETE, one, delete)
        .route(Method::PUT, credential, set_credential)
        .route(Method::DELETE, credential, remove_credential)
}

/// List OAuth clients
///
/// For owners. Oldest first.
#[utoipa::path(get, path = "/v1/organizations/{org}/oauth-clients", tag = "OAuth clients",
    params(("org" = String, Path), PageParams),
    responses(
        (status = 200, description = "A page", body = PageView<OauthClientView>),
        (status = 400, description = "A parameter or the cursor is wrong", body = ProblemView,
            content_type = "application/problem+json"),
        (status = 401, description = "Not signed in", body = ProblemView,
            content_type = "application/problem+json"),
        (status = 403, description = "Not an owner", body = ProblemView,
            content_type = "application/problem+json"),
        (status = 404, description = "No such organization", body = ProblemView,
            content_type = "application/problem+json")))]
pub(crate) async fn list(
    State(app): State<App>,
    caller: Caller,
    At(org): At<OrganizationId>,
    Params(page): Params<PageParams>,
) -> Reply {
    let granted = caller.grant(ReadOauthClients, org)?;
    let page = app.core.store.list_oauth_clients(&granted, page.cursor().as_ref(), page.limit()).await?;
    answer::ok(PageView::from(page.map(|client| OauthClientView::from(&client))))
}

/// Make an OAuth client
///
/// For owners. It has no secret yet.
#[utoipa::path(post, path = "/v1/organizations/{org}/oauth-clients", tag = "OAuth clients", request_body = CreateOauthClientBody,
    params(("org" = String, Path), ("Idempotency-Key" = Option<String>, Header)),
    responses(
        (status = 201, description = "Made", body = OauthClientView,
            headers(("ETag" = String), ("Location" = String))),
        (status = 401, description = "Not signed in", body = ProblemView,
            content_type = "application/problem+json"),
        (status = 403, description = "Not an owner", body = ProblemView,
            content_type = "application/problem+json"),
        (status = 404, description = "No such organization", body = ProblemView,
            content_type = "application/problem+json"),
        (status = 409, description = "The organization is not active, or another client has that name", body = ProblemView,
            content_type = "application/problem+json"),
        (status = 422, description = "A value is out of bounds, or the key was used for another request", body = ProblemView,
            content_type = "application/problem+json")))]
pub(crate) async fn create(
    State(app): State<App>,
    caller: Caller,
    At(org): At<OrganizationId>,
    Once(asked, sent): Once<CreateOauthClientBody>,
) -> Reply {
    let granted = caller.grant(asked.command(), org)?;
    app.admit_server(&granted.command().server)?;
    let store = &app.core.store;
    let client = match store.create_oauth_client(&granted, sent.as_ref(), &mut app.core.mint()).await? {
        Made::Now(client) => client,
        Made::Before(id) => store.read_oauth_client(&granted, id.parse().map_err(Error::internal)?).await?,
    };
    let location = format!("/v1/organizations/{org}/oauth-clients/{}", client.id);
    answer::created(OauthClientView::from(&client), client.version, &location)
}

/// Read an OAuth client
///
/// For owners. Of its secret a mask and a fingerprint, never the value.
#[utoipa::path(get, path = "/v1/organizations/{org}/oauth-clients/{id}", tag = "OAuth clients",
    params(("org" = String, Path), ("id" = String, Path, description = "The client's id", example = "oac_01JZA000000000000000000000")),
    responses(
        (status = 200, description = "The client", body = OauthClientView, headers(("ETag" = String))),
        (status = 401, description = "Not signed in", body = ProblemView,
            content_type = "application/problem+json"),
        (status = 403, description = "Not an owner", body = ProblemView,
            content_type = "application/problem+json"),
        (status = 404, description = "No such organization or client", body = ProblemView,
            content_type = "application/problem+json")))]
pub(crate) async fn read(
    State(app): State<App>,
    caller: Caller,
    At((org, id)): At<(OrganizationId, OauthClientId)>,
) -> Reply {
    let granted = caller.grant(ReadOauthClients, org)?;
    let client = app.core.store.read_oauth_client(&granted, id).await?;
    answer::ok_tagged(OauthClientView::from(&client), client.version)
}

/// Edit an OAuth client
///
/// For owners. With another issuer, another host of the token endpoint or another client id its secret is void: it goes nowhere but
/// where it was meant to. An issuer takes the place of both endpoints, and they its.
#[utoipa::path(patch, path = "/v1/organizations/{org}/oauth-clients/{id}", tag = "OAuth clients", request_body(content = OauthClientPatch, content_type = "application/merge-patch+json"),
    params(("org" = String, Path), ("id" = String, Path, description = "The client's id", example = "oac_01JZA000000000000000000000"), ("If-Match" = String, Header, description = "The `ETag` that was read", example = "\"1\"")),
    responses(
        (status = 200, description = "With its changes", body = OauthClientView, headers(("ETag" = String))),
        (status = 401, description = "Not signed in", body = ProblemView,
            content_type = "application/problem+json"),
        (status = 403, description = "Not an owner", body = ProblemView,
            content_type = "application/problem+json"),
        (status = 404, description = "No such organization or client", body = ProblemView,
            content_type = "application/problem+json"),
        (status = 409, description = "Another client has that name", body = ProblemView,
            content_type = "application/problem+json"),
        (status = 412, description = "Changed since it was read", body = ProblemView,
            content_type = "application/problem+json"),
        (status = 422, description = "A value is out of bounds", body = ProblemView,
            content_type = "application/problem+json"),
        (status = 428, description = "No `If-Match`", body = ProblemView,
            content_type = "application/problem+json")))]
pub(crate) async fn edit(
    State(app): State<App>,
    caller: Caller,
    At((org, id)): At<(OrganizationId, OauthClientId)>,
    IfMatch(version): IfMatch,
    Body(asked): Body<OauthClientPatch>,
) -> Reply {
    let granted = caller.grant(asked.command(id, version)?, org)?;
    app.admit_server(&granted.command().server)?;
    let (client, void) = app.core.store.edit_oauth_client(&granted, &mut app.core.mint()).await?;
    if let Some(version) = void {
        app.keeper.forget(&client_secret_path(granted.scope(), id), vec![version]).await;
    }
    answer::ok_tagged(OauthClientView::from(&client), client.version)
}

/// Delete an OAuth client
///
/// For owners. Its secret goes with it.
#[utoipa::path(delete, path = "/v1/organizations/{org}/oauth-clients/{id}", tag = "OAuth clients",
    params(("org" = String, Path), ("id" = String, Path, description = "The client's id", example = "oac_01JZA000000000000000000000")),
    responses(
        (status = 204, description = "Deleted"),
        (status = 401, description = "Not signed in", body = ProblemView,
            content_type = "application/problem+json"),
        (status = 403, description = "Not an owner", body = ProblemView,
            content_type = "application/problem+json"),
        (status = 404, description = "No such organization or client", body = ProblemView,
            content_type = "application/problem+json"),
        (status = 409, description = "Changed by somebody else at this moment", body = ProblemView,
            content_type = "application/problem+json")))]
pub(crate) async fn delete(
    State(app): State<App>,
    caller: Caller,
    At((org, id)): At<(OrganizationId, OauthClientId)>,
) -> Reply {
    let granted = caller.grant(DeleteOauthClient { id }, org)?;
    app.core.store.delete_oauth_client(&granted, &mut app.core.mint()).await?;
    app.keeper.forget_all(&client_secret_path(granted.scope(), id)).await;
    answer::no_content()
}

/// Store the secret of an OAuth client
///
/// For owners. It goes to the vault and is shown by no route. `If-Match` says for which server and client id it is meant.
#[utoipa::path(put, path = "/v1/organizations/{org}/oauth-clients/{id}/credential", tag = "OAuth clients", request_body = ClientSecretBody,
    params(("org" = String, Path), ("id" = String, Path, description = "The client's id", example = "oac_01JZA000000000000000000000"), ("If-Match" = String, Header, description = "The `ETag` that was read", example = "\"1\"")),
    responses(
        (status = 200, description = "With what may be known of it", body = OauthClientView, headers(("ETag" = String))),
        (status = 401, description = "Not signed in", body = ProblemView,
            content_type = "application/problem+json"),
        (status = 403, description = "Not an owner", body = ProblemView,
            content_type = "application/problem+json"),
        (status = 404, description = "No such organization or client", body = ProblemView,
            content_type = "application/problem+json"),
        (status = 409, description = "Somebody else stores one at this moment", body = ProblemView,
            content_type = "application/problem+json"),
        (status = 412, description = "Changed since it was read", body = ProblemView,
            content_type = "application/problem+json"),
        (status = 422, description = "A value is out of bounds", body = ProblemView,
            content_type = "application/problem+json"),
        (status = 428, description = "No `If-Match`", body = ProblemView,
            content_type = "application/problem+json"),
        (status = 503, description = "The vault does not answer", body = ProblemView,
            content_type = "application/problem+json")))]
pub(crate) async fn set_credential(
    State(app): State<App>,
    caller: Caller,
    At((org, id)): At<(OrganizationId, OauthClientId)>,
    IfMatch(version): IfMatch,
    Body(asked): Body<ClientSecretBody>,
) -> Reply {
    let granted = caller.grant(SetClientSecret { id, version }, org)?;
    let client = app.core.store.oauth_client_to_set(&granted).await?;
    let fields = asked.fields()?;
    let mark = app.keeper.mark(&fields).await?;
    let path = client_secret_path(granted.scope(), id);
    let stored = app.keeper.store(&path, &fields).await?;
    let named = (stored.version, mark);
    let set = app.core.store.set_client_secret(&granted, &client, named, &mut app.core.mint()).await;
    app.keeper.settle(&path, stored, &set).await;
    let client = set?;
    answer::ok_tagged(OauthClientView::from(&client), client.version)
}

/// Remove the secret of an OAuth client
///
/// For owners. Nothing is asked for with it from here on. Without one nothing happens.
#[utoipa::path(delete, path = "/v1/organizations/{org}/oauth-clients/{id}/credential", tag = "OAuth clients",
    params(("org" = String, Path), ("id" = String, Path, description = "The client's id", example = "oac_01JZA000000000000000000000")),
    responses(
        (status = 204, description = "It has none"),
        (status = 401, description = "Not signed in", body = ProblemView,
            content_type = "application/problem+json"),
        (status = 403, description = "Not an owner", body = ProblemView,
            content_type = "application/problem+json"),
        (status = 404, description = "No such organization or client", body = ProblemView,
            content_type = "application/problem+json"),
        (status = 412, description = "Changed by somebody else at this moment", body = ProblemView,
            content_type = "application/problem+json")))]
pub(crate) async fn remove_credential(
    State(app): State<App>,
    caller: Caller,
    At((org, id)): At<(OrganizationId, OauthClientId)>,
) -> Reply {
    let granted = caller.grant(RemoveClientSecret { id }, org)?;
    if let Some(version) = app.core.store.remove_client_secret(&granted, &mut app.core.mint()).await? {
        app.keeper.forget(&client_secret_path(granted.scope(), id), vec![version]).await;
    }
    answer::no_content()
}

impl App {
    /// Whether an authorization server may be where it is said to be.
    fn admit_server(&self, asked: &AuthorizationServerPatch) -> Result<()> {
        let AuthorizationServerPatch { issuer, authorization_endpoint, token_endpoint } = asked;
        if let Patch::Set(issuer) = issuer {
            self.admit(&issuer.to_string(), "/issuer")?;
        }
        for (endpoint, at) in [(authorization_endpoint, "/authorization_endpoint"), (token_endpoint, "/token_endpoint")]
        {
            if let Patch::Set(endpoint) = endpoint {
                self.admit(&endpoint.to_string(), at)?;
            }
        }
        Ok(())
    }
}
