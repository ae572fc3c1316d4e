//! `GET /v1/imports/template`

use api::{Caller, ProblemView, Reply};
use axum::extract::State;
use axum::response::IntoResponse;
use domain::organization::{ListOrganizations, Status};
use domain::scope::Platform;
use domain::{Error, Result};
use http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use sheets::{MEDIA_TYPE, Workspace};

use crate::App;

/// Fetch the template
///
/// A workbook with an empty sheet `Users` and a sheet `Workspaces` that lists every active organization.
#[utoipa::path(get, path = "/v1/imports/template", tag = "Imports",
    responses((status = 200, content_type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", body = Vec<u8>), (status = 403, body = ProblemView)))]
pub(crate) async fn template(State(app): State<App>, caller: Caller) -> Reply {
    let granted = caller.grant(ListOrganizations { name_prefix: None, status: Some(Status::Active) }, Platform)?;
    let (mut workspaces, mut cursor) = (vec![], None);
    loop {
        let page = app.core.store.list_organizations(&granted, cursor.as_ref(), 100).await?;
        workspaces.extend(
            page.items
                .iter()
                .map(|organization| Workspace { id: organization.id.to_string(), name: organization.name.to_string() }),
        );
        cursor = page.next;
        if cursor.is_none() {
            break;
        }
    }
    let book = tokio::task::spawn_blocking(move || written(workspaces)).await.map_err(Error::internal)??;
    let disposition = (CONTENT_DISPOSITION, "attachment; filename=\"import-template.xlsx\"");
    Ok(([(CONTENT_TYPE, MEDIA_TYPE), disposition], book).into_response())
}

fn written(workspaces: Vec<Workspace>) -> Result<Vec<u8>> {
    let folder = tempfile::tempdir().map_err(Error::internal)?;
    let path = folder.path().join("template.xlsx");
    sheets::write_template(&path, workspaces).map_err(Error::internal)?;
    std::fs::read(&path).map_err(Error::internal)
}
