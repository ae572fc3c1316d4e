//! What the runtime is told.

use std::time::Duration;

use api::RateLimit;
use domain::Timestamp;
use domain::quota::{Room, Settled, Shortage, Tokens, Window};
use serde::Serialize;
use store::quota::Outcome;
use utoipa::ToSchema;

/// What holds now.
#[derive(Serialize, ToSchema)]
pub(crate) struct ReservationsView {
    /// One for each call, in the same order.
    reservations: Vec<ReservationView>,
}

/// One reservation.
#[derive(Serialize, ToSchema)]
pub(crate) struct ReservationView {
    /// The call's id.
    #[schema(example = "rsv_01JZA000000000000000000000")]
    id: String,
    /// `held`; or `settled`, where the call was settled before it was asked for again.
    #[schema(example = "held")]
    status: &'static str,
    /// Since when; the windows of that instant are charged.
    #[schema(example = "2026-11-30T12:00:00.000Z")]
    reserved_at: String,
    /// When it ends by itself, if it is neither settled nor released.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "2026-11-30T12:15:00.000Z")]
    lapses_at: Option<String>,
}

impl ReservationsView {
    pub(crate) fn of(outcomes: &[Outcome]) -> Self {
        Self { reservations: outcomes.iter().filter_map(ReservationView::of).collect() }
    }
}

impl ReservationView {
    fn of(outcome: &Outcome) -> Option<Self> {
        match outcome {
            Outcome::Reserved { reserved, .. } => Some(Self {
                id: reserved.call.id.to_string(),
                status: "held",
                reserved_at: reserved.reserved_at.to_string(),
                lapses_at: Some(reserved.lapses_at.to_string()),
            }),
            Outcome::Ended(settled) => Some(Self {
                id: settled.id.to_string(),
                status: "settled",
                reserved_at: settled.reserved_at.to_string(),
                lapses_at: None,
            }),
            Outcome::Refused(_) => None,
        }
    }
}

/// What was charged.
#[derive(Serialize, ToSchema)]
pub(crate) struct SettledView {
    /// The call's id.
    #[schema(example = "rsv_01JZA000000000000000000000")]
    id: String,
    /// Prompt and completion together.
    tokens: u64,
    /// Whether its hold had lapsed by then, or there was none.
    late: bool,
    /// The windows of that instant were charged.
    #[schema(example = "2026-11-30T12:00:00.000Z")]
    reserved_at: String,
    /// When it was settled.
    #[schema(example = "2026-11-30T12:00:07.000Z")]
    settled_at: String,
}

impl From<&Settled> for SettledView {
    fn from(settled: &Settled) -> Self {
        let Settled { id, late, reserved_at, settled_at, .. } = settled;
        Self {
            id: id.to_string(),
            tokens: settled.tokens().get(),
            late: *late,
            reserved_at: reserved_at.to_string(),
            settled_at: settled_at.to_string(),
        }
    }
}

/// The tightest window, as `RateLimit` headers.
pub(crate) fn rate_limit(outcomes: &[Outcome], now: Timestamp) -> Option<RateLimit> {
    let tightest = outcomes.iter().filter_map(|outcome| match outcome {
        Outcome::Reserved { room, .. } => {
            room.map(|Room { left, cap, window }| (Tokens::at_least_zero(left), cap, window))
        }
        Outcome::Refused(short) => Some((short.remaining, short.limit.plus(short.top_ups), short.window)),
        Outcome::Ended(_) => None,
    });
    tightest.min_by_key(|(left, _, _)| *left).map(|(left, cap, window)| header(left, cap, window, now))
}

fn header(left: Tokens, cap: Tokens, window: Window, now: Timestamp) -> RateLimit {
    let until = |from: Timestamp| Duration::from_millis(window.end().millis().saturating_sub(from.millis()));
    RateLimit {
        policy: "tokens",
        quota: cap.get(),
        window: until(window.start()),
        left: left.get(),
        resets_in: until(now),
    }
}

/// The refusal, if there is one.
pub(crate) fn refusal(outcomes: &[Outcome]) -> Option<Shortage> {
    outcomes.iter().find_map(|outcome| match outcome {
        Outcome::Refused(short) => Some(*short),
        Outcome::Reserved { .. } | Outcome::Ended(_) => None,
    })
}
