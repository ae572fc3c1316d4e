//! What the mail service tells of a mail after it took it, and what that makes of the delivery.

use crate::Timestamp;
use crate::delivery::DeliveryState;
use crate::mail_suppression::SuppressionReason;

/// What was told of one mail. It may come late, twice, in any order, and before the sender knows that the mail was taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeliveryReport {
    /// What the mail service calls the mail.
    pub message_id: String,
    /// When it happened.
    pub at: Timestamp,
    /// What happened.
    pub outcome: ReportedOutcome,
}

/// What became of a mail that the mail service had taken. Texts are the other side's words: one line, cut.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ReportedOutcome {
    /// The recipient's server took it.
    Delivered,
    /// The recipient's server refuses the address for good.
    Bounced(String),
    /// It did not arrive this time, or an automatic answer came; the address may well be fine.
    Troubled(String),
    /// The recipient called it unwanted.
    Complained(String),
    /// The mail service did not send it after all.
    NotSent(String),
}

impl DeliveryReport {
    /// What the delivery is from now on; none where the report changes nothing, such as one that is told again. What says more
    /// outranks what says less, whichever came first: a complaint, a bounce, that it was sent.
    #[must_use]
    pub fn changes(&self, state: &DeliveryState) -> Option<DeliveryState> {
        use DeliveryState::{Bounced, Claimed, Complained, Failed, Queued, Sent};
        let at = self.at;
        match (&self.outcome, state) {
            (_, Complained { .. }) => None,
            (ReportedOutcome::Complained(why), _) => Some(Complained { at, why: why.clone() }),
            (_, Bounced { .. }) => None,
            (ReportedOutcome::Bounced(why), _) => Some(Bounced { at, why: why.clone() }),
            (ReportedOutcome::Delivered, Sent { delivered_at: Some(_), .. }) => None,
            (ReportedOutcome::Delivered, _) => Some(self.sent(state, Some(at), None)),
            (ReportedOutcome::Troubled(_), Sent { trouble: Some(_), .. } | Failed { .. }) => None,
            (ReportedOutcome::Troubled(why), _) => Some(self.sent(state, None, Some(why.clone()))),
            (ReportedOutcome::NotSent(_), Failed { .. } | Sent { delivered_at: Some(_), .. }) => None,
            (ReportedOutcome::NotSent(why), Sent { .. } | Claimed { .. } | Queued { .. }) => {
                Some(Failed { at, why: why.clone() })
            }
        }
    }

    /// Why the address gets no mail from now on; none if it still does.
    #[must_use]
    pub fn suppresses(&self) -> Option<(SuppressionReason, &str)> {
        match &self.outcome {
            ReportedOutcome::Bounced(why) => Some((SuppressionReason::Bounced, why)),
            ReportedOutcome::Complained(why) => Some((SuppressionReason::Complained, why)),
            ReportedOutcome::Delivered | ReportedOutcome::Troubled(_) | ReportedOutcome::NotSent(_) => None,
        }
    }

    fn sent(&self, before: &DeliveryState, delivered: Option<Timestamp>, told: Option<String>) -> DeliveryState {
        match before.clone() {
            DeliveryState::Sent { at, message_id, delivered_at, trouble } => DeliveryState::Sent {
                at,
                message_id,
                delivered_at: delivered.or(delivered_at),
                trouble: told.or(trouble),
            },
            _ => DeliveryState::Sent {
                at: self.at,
                message_id: self.message_id.clone(),
                delivered_at: delivered,
                trouble: told,
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn report(outcome: ReportedOutcome) -> DeliveryReport {
        DeliveryReport { message_id: "m".to_owned(), at: Timestamp::from_millis(5_000), outcome }
    }

    fn every() -> [DeliveryReport; 5] {
        let why = || "550 no such user".to_owned();
        [
            report(ReportedOutcome::Delivered),
            report(ReportedOutcome::Bounced(why())),
            report(ReportedOutcome::Troubled(why())),
            report(ReportedOutcome::Complained(why())),
            report(ReportedOutcome::NotSent(why())),
        ]
    }

    fn begun() -> [DeliveryState; 4] {
        let now = Timestamp::from_millis(1_000);
        let queued = DeliveryState::Queued { due: now, attempts: 0 };
        let failed = DeliveryState::Failed { at: now, why: "refused".to_owned() };
        [queued.clone(), queued.claimed(now), DeliveryState::sent(now, "m".to_owned()), failed]
    }

    fn after(state: &DeliveryState, reports: &[&DeliveryReport]) -> DeliveryState {
        let step = |state: DeliveryState, report: &&DeliveryReport| report.changes(&state).unwrap_or(state);
        reports.iter().fold(state.clone(), step)
    }

    #[test]
    fn a_report_that_is_told_again_changes_nothing() {
        for state in begun() {
            for first in every() {
                for second in every() {
                    let once = after(&state, &[&first, &second]);
                    assert_eq!(after(&state, &[&first, &first, &second, &second]), once, "{first:?}, {second:?}");
                }
            }
        }
    }

    #[test]
    fn complaints_and_bounces_outrank_everything_else_in_any_order() {
        let [delivered, bounced, troubled, complained, not_sent] = every();
        for state in begun() {
            for other in [&delivered, &troubled, &not_sent] {
                for order in [[&bounced, other], [other, &bounced]] {
                    assert!(matches!(after(&state, &order), DeliveryState::Bounced { .. }), "{state:?}, {other:?}");
                }
            }
            for other in every() {
                for order in [[&complained, &other], [&other, &complained]] {
                    assert!(matches!(after(&state, &order), DeliveryState::Complained { .. }), "{state:?}, {other:?}");
                }
            }
        }
    }

    #[test]
    fn a_mail_that_arrived_is_sent_even_if_its_sender_never_knew() {
        for state in begun() {
            let sent = after(&state, &[&report(ReportedOutcome::Delivered)]);
            assert!(matches!(sent, DeliveryState::Sent { delivered_at: Some(_), .. }), "{state:?}");
            assert_eq!(sent.due(), None);
        }
    }

    #[test]
    fn only_bounces_for_good_and_complaints_stop_further_mail() {
        let stops: Vec<bool> = every().iter().map(|report| report.suppresses().is_some()).collect();
        assert_eq!(stops, [false, true, false, true, false]);
    }
}
