//! Which limit refused a call, as the problem document tells it.

use domain::quota::{QuotaScope, Shortage};
use serde::Serialize;
use utoipa::ToSchema;

/// The window that lacks room. `used + held + requested` is more than `limit + top_ups`.
#[derive(Serialize, ToSchema)]
pub struct ShortageView {
    /// What is limited.
    pub scope: QuotaScopeView,
    /// `daily`, `weekly` or `monthly`.
    #[schema(example = "monthly")]
    pub period: &'static str,
    /// The window: a day, an ISO week or a month, in UTC.
    #[schema(example = "2026-11")]
    pub window: String,
    /// The limit, in tokens.
    pub limit: u64,
    /// What was added for this window.
    pub top_ups: u64,
    /// What was used.
    pub used: u64,
    /// What other reservations hold.
    pub held: u64,
    /// What was asked for.
    pub requested: u64,
    /// What is left.
    pub remaining: u64,
    /// When the window is over.
    #[schema(example = "2026-12-01T00:00:00.000Z")]
    pub resets_at: String,
    /// Whether a person who is subject to the limit may ask for more: from 80 % of it on.
    pub may_request_more: bool,
}

/// What is limited.
#[derive(Serialize, ToSchema)]
pub struct QuotaScopeView {
    /// `organization`, `project`, `use_case` or `user`.
    #[schema(example = "project")]
    pub kind: &'static str,
    /// Its id; the organization is the one that was asked about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
}

impl From<QuotaScope> for QuotaScopeView {
    fn from(scope: QuotaScope) -> Self {
        Self { kind: scope.kind().as_str(), id: scope.id() }
    }
}

impl From<&Shortage> for ShortageView {
    fn from(shortage: &Shortage) -> Self {
        let Shortage { scope, window, limit, top_ups, used, held, requested, remaining } = *shortage;
        Self {
            scope: scope.into(),
            period: shortage.period().as_str(),
            window: window.to_string(),
            limit: limit.get(),
            top_ups: top_ups.get(),
            used: used.get(),
            held: held.get(),
            requested: requested.get(),
            remaining: remaining.get(),
            resets_at: shortage.resets_at().to_string(),
            may_request_more: shortage.may_ask_for_more(),
        }
    }
}
