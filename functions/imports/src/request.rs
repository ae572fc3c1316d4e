//! `POST /v1/imports`

use api::{Caller, Once, ProblemView, Reply, answer};
use axum::extract::State;
use domain::Error;
use domain::id::ImportId;
use domain::import::{Job, ReadImports, RequestImport, UPLOAD_BYTES_MAX, UPLOAD_VALID};
use domain::scope::Platform;
use serde::Deserialize;
use sheets::MEDIA_TYPE;
use store::Made;
use utoipa::ToSchema;

use crate::App;
use crate::views::{JobView, RequestedView, UploadView};

/// A new import.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RequestBody {
    /// Only say what would happen: the same three sheets, without passwords and without a change.
    #[serde(default)]
    dry_run: bool,
}

/// Ask for a bulk import
///
/// Gives a presigned form: POST the workbook there as `multipart/form-data`, all fields first, the file last as
/// `file`. Its arrival starts the import. A form serves one import: a workbook that is sent once the import has been read
/// changes nothing.
#[utoipa::path(post, path = "/v1/imports", tag = "Imports", request_body = RequestBody,
    params(("Idempotency-Key" = Option<String>, Header)),
    responses((status = 202, body = RequestedView), (status = 403, body = ProblemView)))]
pub(crate) async fn request(State(app): State<App>, caller: Caller, Once(asked, sent): Once<RequestBody>) -> Reply {
    let granted = caller.grant(RequestImport { dry_run: asked.dry_run }, Platform)?;
    let mut mint = app.core.mint();
    let id: ImportId = mint.id();
    let made =
        app.core.store.request_import(&granted, id, domain::import::upload_key(id), sent.as_ref(), &mut mint).await?;
    let job = match made {
        Made::Now(job) => job,
        Made::Before(id) => {
            let reading = caller.grant(ReadImports, Platform)?;
            app.core.store.read_import(&reading, id.parse().map_err(Error::internal)?).await?
        }
    };
    let location = format!("/v1/imports/{}", job.id);
    answer::accepted(RequestedView { upload: upload(&app, &job), job: JobView::from(&job) }, &location)
}

/// None for a job that takes no workbook any more.
fn upload(app: &App, job: &Job) -> Option<UploadView> {
    if job.state.is_over() {
        return None;
    }
    let now = app.core.now();
    let form = app.blobs.presigned_post(&job.source, 1, UPLOAD_BYTES_MAX, MEDIA_TYPE, UPLOAD_VALID, now);
    Some(UploadView { url: form.url, fields: form.fields, expires_at: now.plus(UPLOAD_VALID).to_string() })
}
