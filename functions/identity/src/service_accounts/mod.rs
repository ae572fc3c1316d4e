//! `…/service-accounts`, of an organization and of the platform: what both do in the same way.

mod bodies;
pub(crate) mod of_organization;
pub(crate) mod of_platform;
pub(crate) mod views;

use api::{ApiToken, Caller, PageParams, PageView, Reply, Routes, Secret, answer};
use axum::Json;
use axum::response::IntoResponse;
use domain::Error;
use domain::home::{Home, InHome};
use domain::id::{ApiTokenId, ServiceAccountId};
use domain::service_account::{
    AccountHome, CreateApiToken, CreateServiceAccount, DeleteServiceAccount, EditServiceAccount, ReadServiceAccounts,
    RevokeApiToken,
};
use http::StatusCode;
use http::header::LOCATION;
use store::{Idempotency, Made};

use crate::App;
use crate::service_accounts::views::{ApiTokenView, ServiceAccountView};

/// The routes of both.
pub(crate) fn routes(routes: Routes<App>) -> Routes<App> {
    of_platform::routes(of_organization::routes(routes))
}

async fn list<H: Home>(app: &App, caller: &Caller, at: H::At, page: &PageParams) -> Reply {
    let granted = caller.grant(InHome::<H, _>::new(ReadServiceAccounts), at)?;
    let page = app.core.store.list_service_accounts(&granted, page.cursor().as_ref(), page.limit()).await?;
    answer::ok(PageView::from(page.map(|account| ServiceAccountView::from(&account))))
}

async fn create<H: AccountHome>(
    app: &App,
    caller: &Caller,
    at: H::At,
    asked: CreateServiceAccount<H::Roles>,
    sent: Option<&Idempotency>,
    list: &str,
) -> Reply {
    let granted = caller.grant(InHome::<H, _>::new(asked), at)?;
    let store = &app.core.store;
    let account = match store.create_service_account(&granted, sent, &mut app.core.mint()).await? {
        Made::Now(account) => account,
        Made::Before(id) => store.read_service_account(&granted, id.parse().map_err(Error::internal)?).await?,
    };
    answer::created(ServiceAccountView::from(&account), account.version, &format!("{list}/{}", account.id))
}

async fn read<H: Home>(app: &App, caller: &Caller, at: H::At, id: ServiceAccountId) -> Reply {
    let granted = caller.grant(InHome::<H, _>::new(ReadServiceAccounts), at)?;
    let account = app.core.store.read_service_account(&granted, id).await?;
    answer::ok_tagged(ServiceAccountView::from(&account), account.version)
}

async fn edit<H: Home>(app: &App, caller: &Caller, at: H::At, asked: EditServiceAccount) -> Reply {
    let granted = caller.grant(InHome::<H, _>::new(asked), at)?;
    let account = app.core.store.edit_service_account(&granted, &mut app.core.mint()).await?;
    answer::ok_tagged(ServiceAccountView::from(&account), account.version)
}

async fn delete<H: Home>(app: &App, caller: &Caller, at: H::At, id: ServiceAccountId) -> Reply {
    let granted = caller.grant(InHome::<H, _>::new(DeleteServiceAccount { id }), at)?;
    app.core.store.delete_service_account(&granted, &mut app.core.mint()).await?;
    answer::no_content()
}

async fn list_tokens<H: Home>(
    app: &App,
    caller: &Caller,
    at: H::At,
    account: ServiceAccountId,
    page: &PageParams,
) -> Reply {
    let granted = caller.grant(InHome::<H, _>::new(ReadServiceAccounts), at)?;
    let (now, cursor) = (app.core.now(), page.cursor());
    let page = app.core.store.list_api_tokens(&granted, account, now, cursor.as_ref(), page.limit()).await?;
    answer::ok(PageView::from(page.map(|token| ApiTokenView::of(&token, None))))
}

/// The secret is made here, and leaves in this answer alone.
async fn create_token<H: Home>(
    app: &App,
    caller: &Caller,
    at: H::At,
    asked: CreateApiToken,
    sent: Option<&Idempotency>,
    list: &str,
) -> Reply {
    let granted = caller.grant(InHome::<H, _>::new(asked), at)?;
    let (store, secret) = (&app.core.store, Secret::from_bytes((app.core.random)()));
    let view = match store.create_api_token(&granted, &secret.hashed(), sent, &mut app.core.mint()).await? {
        Made::Now(token) => {
            let text = ApiToken::new(token.account, token.id, secret).text();
            ApiTokenView::of(&token, Some(text))
        }
        Made::Before(id) => {
            ApiTokenView::of(&store.created_api_token(&granted, id.parse().map_err(Error::internal)?).await?, None)
        }
    };
    let location = [(LOCATION, format!("{list}/{}", view.id()))];
    Ok((StatusCode::CREATED, location, Json(view)).into_response())
}

async fn revoke_token<H: Home>(
    app: &App,
    caller: &Caller,
    at: H::At,
    (account, token): (ServiceAccountId, ApiTokenId),
) -> Reply {
    let granted = caller.grant(InHome::<H, _>::new(RevokeApiToken { account, token }), at)?;
    app.core.store.revoke_api_token(&granted, &mut app.core.mint()).await?;
    answer::no_content()
}
