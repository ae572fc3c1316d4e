//! `GET /v1/organizations/{org}/statements` and `GET …/statements/{month}`

use api::{At, Caller, PageParams, PageView, Params, ProblemView, Reply, answer, cursor};
use axum::extract::State;
use domain::Error;
use domain::id::OrganizationId;
use domain::quota::{Period, ReadStatements, Split, Window};
use serde::Deserialize;
use utoipa::IntoParams;

use crate::App;
use crate::files::{self, Format};
use crate::views::{RowView, StatementPageView, StatementView};

/// In which form, and of a page which.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(crate) struct StatementParams {
    /// `json`, `csv` or `xlsx`; a file holds every split.
    #[param(value_type = Option<String>)]
    format: Option<Format>,
    /// `project`, `use_case`, `model` or `user`; `project` if left out.
    #[param(value_type = Option<String>)]
    by: Option<Split>,
    /// Where the page begins: `next` of the one before.
    cursor: Option<String>,
    /// At most so many, 1 to 100; 50 if left out.
    #[param(value_type = Option<u32>, minimum = 1, maximum = 100)]
    limit: Option<String>,
}

/// List statements
///
/// The latest month first; the present one as far as its days are over.
#[utoipa::path(get, path = "/v1/organizations/{org}/statements", tag = "Quotas", params(("org" = String, Path), PageParams),
    responses((status = 200, body = PageView<StatementView>), (status = 403, body = ProblemView), (status = 404, body = ProblemView)))]
pub(crate) async fn list(
    State(app): State<App>,
    caller: Caller,
    At(org): At<OrganizationId>,
    Params(asked): Params<PageParams>,
) -> Reply {
    let granted = caller.grant(ReadStatements, org)?;
    let page = app.core.store.statements(&granted, asked.cursor().as_ref(), asked.limit()).await?;
    answer::ok(PageView::from(page.map(StatementView::from)))
}

/// Read a month's statement
///
/// As JSON with a page of one split, or whole as a file. It grows while calls are settled: pages of one `version` belong together. A
/// `cursor` of an earlier one is refused, and then its pages begin anew.
#[utoipa::path(get, path = "/v1/organizations/{org}/statements/{month}", tag = "Quotas",
    params(("org" = String, Path), ("month" = String, Path, example = "2026-11"), StatementParams),
    responses(
        (status = 200, content(
            (StatementPageView = "application/json"),
            (String = "text/csv"),
            (Vec<u8> = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
        )),
        (status = 400, description = "The statement was computed anew since the page before; begin without a cursor",
            body = ProblemView),
        (status = 403, body = ProblemView), (status = 404, body = ProblemView),
        (status = 503, description = "It is being written at this moment", body = ProblemView)))]
pub(crate) async fn read(
    State(app): State<App>,
    caller: Caller,
    At((org, month)): At<(OrganizationId, Window)>,
    Params(asked): Params<StatementParams>,
) -> Reply {
    let granted = caller.grant(ReadStatements, org)?;
    if month.period() != Period::Monthly {
        return Err(Error::not_found().into());
    }
    let StatementParams { format, by, cursor: sent, limit } = asked;
    let (store, now) = (&app.core.store, app.core.mint().now());
    match format.unwrap_or(Format::Json) {
        Format::Json => {
            let (by, (sent, limit)) = (by.unwrap_or(Split::Project), cursor(sent, limit)?);
            let page = (sent.as_ref(), limit);
            let (head, rows) = store.statement_page(&granted, (month, by), page, now).await?;
            let (items, next) = (rows.items.into_iter().map(RowView::from), rows.next);
            let next = next.map(|next| next.as_str().to_owned());
            answer::ok(StatementPageView { statement: head.into(), by, items: items.collect(), next })
        }
        format @ (Format::Csv | Format::Xlsx) => {
            files::check_whole(by.is_some(), sent.is_some(), limit.is_some())?;
            files::file(format, store.whole_statement(&granted, month, now).await?).await
        }
    }
}
