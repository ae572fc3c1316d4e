//! `GET /v1/imports/{import}/result`

use api::{At, Caller, ProblemView, Reply, answer};
use axum::extract::State;
use domain::id::ImportId;
use domain::import::{LINK_VALID, ReadImports};
use domain::scope::Platform;
use domain::{Code, Error};
use sheets::MEDIA_TYPE;

use crate::App;
use crate::views::ResultView;

/// Get a link to the result
///
/// The workbook holds passwords: the link works for 15 minutes, the result for 24 hours, and each time somebody asks
/// is in the audit log.
#[utoipa::path(get, path = "/v1/imports/{import}/result", tag = "Imports", params(("import" = String, Path)),
    responses((status = 200, body = ResultView), (status = 404, body = ProblemView), (status = 409, body = ProblemView)))]
pub(crate) async fn result(State(app): State<App>, caller: Caller, At(id): At<ImportId>) -> Reply {
    let granted = caller.grant(ReadImports, Platform)?;
    let (job, now) = (app.core.store.read_import(&granted, id).await?, app.core.now());
    let until = job.result_until().filter(|until| now < *until);
    let until =
        until.ok_or_else(|| Error::new(Code::ImportResultUnavailable, "there is no result yet, or it has expired"))?;
    app.core.store.record_result_read(&granted, &job, &mut app.core.mint()).await?;
    let expires_at = now.plus(LINK_VALID).min(until);
    let valid = std::time::Duration::from_millis(expires_at.millis().saturating_sub(now.millis()));
    let name = format!("{id}-result.xlsx");
    let url = app.blobs.presigned_get(&domain::import::result_key(id), &name, MEDIA_TYPE, valid, now);
    answer::ok(ResultView { url: url.map_err(Error::internal)?, expires_at: expires_at.to_string() })
}
