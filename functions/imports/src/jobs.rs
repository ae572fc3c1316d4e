//! `GET /v1/imports` and `GET /v1/imports/{import}`

use api::{At, Caller, PageParams, PageView, Params, ProblemView, Reply, answer};
use axum::extract::State;
use domain::id::ImportId;
use domain::import::ReadImports;
use domain::scope::Platform;

use crate::App;
use crate::views::JobView;

/// List imports, newest first
#[utoipa::path(get, path = "/v1/imports", tag = "Imports", params(PageParams),
    responses((status = 200, body = PageView<JobView>), (status = 403, body = ProblemView)))]
pub(crate) async fn list(State(app): State<App>, caller: Caller, Params(asked): Params<PageParams>) -> Reply {
    let granted = caller.grant(ReadImports, Platform)?;
    let page = app.core.store.list_imports(&granted, asked.cursor().as_ref(), asked.limit()).await?;
    answer::ok(PageView::from(page.map(|job| JobView::from(&job))))
}

/// Read an import
#[utoipa::path(get, path = "/v1/imports/{import}", tag = "Imports", params(("import" = String, Path)),
    responses((status = 200, body = JobView), (status = 404, body = ProblemView)))]
pub(crate) async fn read(State(app): State<App>, caller: Caller, At(id): At<ImportId>) -> Reply {
    let granted = caller.grant(ReadImports, Platform)?;
    answer::ok(JobView::from(&app.core.store.read_import(&granted, id).await?))
}
