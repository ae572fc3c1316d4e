//! `GET /v1/health`

use api::{Reply, answer};
use serde::Serialize;
use utoipa::ToSchema;

/// That the product answers.
#[derive(Serialize, ToSchema)]
pub(crate) struct HealthView {
    /// `ok`.
    #[schema(example = "ok")]
    status: &'static str,
}

/// Ask whether the API answers
#[utoipa::path(get, path = "/v1/health", tag = "About the API", security(()),
    responses((status = 200, description = "It does", body = HealthView)))]
pub(crate) async fn health() -> Reply {
    answer::ok(HealthView { status: "ok" })
}
