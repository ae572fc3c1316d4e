//! What answers show of a request for more tokens.

use domain::Timestamp;
use domain::id::OrganizationId;
use domain::quota::{Allowance, QuotaRequest, RequestState};
use serde::Serialize;
use utoipa::ToSchema;

use crate::views::ScopeView;
use crate::words::Shown;

/// A request for more tokens.
#[derive(Serialize, ToSchema)]
pub(crate) struct QuotaRequestView {
    /// Its id.
    id: String,
    /// Of what.
    scope: ScopeView,
    /// What that was called when it was made.
    name: String,
    /// `daily`, `weekly` or `monthly`.
    period: &'static str,
    /// How many more.
    tokens: u64,
    /// Why; left out where it cannot be shown now.
    reason: Option<String>,
    /// Why the reason is left out: `unavailable` for the moment, or `unreadable`.
    reason_left_out: Option<&'static str>,
    /// Who asked: a person's id.
    requested_by: String,
    /// Their e-mail at that time.
    requester_email: String,
    /// `pending`, `approved`, `denied`, `cancelled` or `expired`.
    state: &'static str,
    /// Until when it waits, of one that was not decided.
    expires_at: Option<String>,
    /// Who decided.
    decided_by: Option<String>,
    /// When it was decided or taken back.
    decided_at: Option<String>,
    /// What an approval gave.
    gives: Option<AllowanceView>,
    /// What was said with a denial, if anything; left out where it cannot be shown now.
    note: Option<String>,
    /// Why the note is left out: `unavailable` for the moment, or `unreadable`.
    note_left_out: Option<&'static str>,
    /// When it was made.
    created_at: String,
    /// When it was changed last.
    updated_at: String,
    /// Counts changes; the `ETag`.
    version: u64,
}

/// What an approval gave.
#[derive(Serialize, ToSchema)]
pub(crate) struct AllowanceView {
    /// `top_up` or `limit`.
    #[serde(rename = "as")]
    given_as: &'static str,
    /// The top-up.
    top_up_id: Option<String>,
    /// Of a top-up: how many tokens.
    tokens: Option<u64>,
    /// Of a limit: the new one.
    limit: Option<u64>,
}

impl From<&Allowance> for AllowanceView {
    fn from(allowance: &Allowance) -> Self {
        match allowance {
            Allowance::TopUp { id, tokens } => {
                Self { given_as: "top_up", top_up_id: Some(id.to_string()), tokens: Some(tokens.get()), limit: None }
            }
            Allowance::Limit { limit } => {
                Self { given_as: "limit", top_up_id: None, tokens: None, limit: Some(limit.get()) }
            }
        }
    }
}

/// What a state adds.
#[derive(Default)]
struct Ended {
    expires_at: Option<Timestamp>,
    by: Option<String>,
    at: Option<Timestamp>,
    gives: Option<AllowanceView>,
}

impl From<&RequestState> for Ended {
    fn from(state: &RequestState) -> Self {
        match state {
            RequestState::Pending { expires } => Self { expires_at: Some(*expires), ..Self::default() },
            RequestState::Approved { by, at, gives } => {
                Self { by: Some(by.clone()), at: Some(*at), gives: Some(gives.into()), ..Self::default() }
            }
            RequestState::Denied { by, at, note: _ } => Self { by: Some(by.clone()), at: Some(*at), ..Self::default() },
            RequestState::Cancelled { at } => Self { at: Some(*at), ..Self::default() },
            RequestState::Expired { at } => Self { expires_at: Some(*at), ..Self::default() },
        }
    }
}

impl QuotaRequestView {
    pub(crate) fn of(
        org: OrganizationId,
        request: QuotaRequest,
        (reason, note): (Shown, Shown),
        now: Timestamp,
    ) -> Self {
        let (standing, ended) = (request.standing(now), Ended::from(&request.state));
        let QuotaRequest { id, on, name, period, tokens, reason: _, by, state: _, created_at, updated_at, version } =
            request;
        let Ended { expires_at, by: decided_by, at, gives } = ended;
        Self {
            id: id.to_string(),
            scope: ScopeView::of(org, on),
            name,
            period: period.as_str(),
            tokens: tokens.get(),
            reason: reason.words,
            reason_left_out: reason.left_out,
            requested_by: by.user.to_string(),
            requester_email: by.email,
            state: standing.as_str(),
            expires_at: expires_at.map(|at| at.to_string()),
            decided_by,
            decided_at: at.map(|at| at.to_string()),
            gives,
            note: note.words,
            note_left_out: note.left_out,
            created_at: created_at.to_string(),
            updated_at: updated_at.to_string(),
            version,
        }
    }
}
