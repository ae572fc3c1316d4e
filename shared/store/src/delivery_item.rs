//! What is stored of a mail on its way.

use std::time::Duration;

use domain::delivery::{Delivery, DeliveryState};
use serde::{Deserialize, Serialize};

use crate::keys::{self, Key, index, mails};

/// What is over is kept for so long.
const KEPT: Duration = Duration::from_secs(90 * 24 * 3600);

#[derive(Serialize, Deserialize)]
pub(crate) struct DeliveryItem {
    pk: String,
    sk: String,
    /// Only while it is open.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    gsi2pk: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    gsi2sk: Option<String>,
    #[serde(flatten)]
    delivery: Delivery,
}

impl From<&Delivery> for DeliveryItem {
    fn from(delivery: &Delivery) -> Self {
        let Key { pk, sk } = key(delivery);
        let gsi2sk = delivery.state.due().map(|due| index::open_mail(due, &pk));
        let gsi2pk = gsi2sk.is_some().then(|| mails::open(delivery.turn()).to_owned());
        Self { pk, sk, gsi2pk, gsi2sk, delivery: delivery.clone() }
    }
}

impl From<DeliveryItem> for Delivery {
    fn from(item: DeliveryItem) -> Self {
        item.delivery
    }
}

pub(crate) fn key(delivery: &Delivery) -> Key {
    keys::mail(delivery.event.id, &delivery.to.folded())
}

/// Seconds since 1970 after which nobody asks for it any more; never for what is open.
pub(crate) fn expires(state: &DeliveryState) -> Option<u64> {
    match state {
        DeliveryState::Sent { at, .. }
        | DeliveryState::Failed { at, .. }
        | DeliveryState::Bounced { at, .. }
        | DeliveryState::Complained { at, .. } => Some(at.plus(KEPT).seconds()),
        DeliveryState::Queued { .. } | DeliveryState::Claimed { .. } => None,
    }
}
