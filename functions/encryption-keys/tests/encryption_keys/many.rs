//! More than a run can do.

use std::time::Duration;

use domain::organization::Placement;
use encryption_keys::{App, Limits};

use crate::place::{Place, hurried, pass};

#[tokio::test]
async fn ten_thousand_attributes_follow_in_shares_and_keep_no_other_organization_waiting() {
    let place = Place::start().await;
    let (mut large, small) =
        (place.tenant("Acme", Placement::Pooled).await, place.tenant("Beta", Placement::Pooled).await);
    place.add(&mut large, &place.sealer(), 2_500).await;
    assert!(large.sealed.len() >= 10_000);
    let old = place.copies(&small).await;
    place.ask(&large.organization).await.unwrap();
    pass(1);
    place.ask(&small.organization).await.unwrap();
    let limits = Limits { run: Duration::from_secs(120), organization: Duration::from_secs(30) };
    let app = || App { clock: hurried, limits, ..place.app() };
    let first = app().run().await.unwrap();
    assert!(first.rewrapped < 9_000, "{first:?}");
    place.assert_followed(&small, 2).await;
    let mut runs = 1;
    while place.key(&large.organization).await.newest != place.key(&large.organization).await.oldest {
        let done = app().run().await.unwrap();
        assert_eq!(done.failed, 0);
        (runs, _) = (runs + 1, pass(60));
        assert!(runs < 60, "there is no end: {done:?}");
    }
    assert!(runs > 5, "{runs} runs");
    place.assert_followed(&large, 2).await;
    place.assert_turned(&small, &old, 2).await;
}
