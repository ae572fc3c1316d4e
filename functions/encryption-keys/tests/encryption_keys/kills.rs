//! Runs that end at a call, as a process does that is killed there, and runs side by side.

use domain::encryption_key::Stage;
use domain::organization::Placement;
use embedded::Proxy;
use embedded::faults::{Fault, nth};
use encryption_keys::App;
use futures::future::{Either, join_all, select};

use crate::contents::Tenant;
use crate::place::{Place, pass};

/// Which part's calls are counted.
#[derive(Clone, Copy, Debug)]
enum Part {
    Database,
    Secrets,
}

impl Place {
    fn proxy(&self, part: Part) -> &Proxy {
        match part {
            Part::Database => &self.database,
            Part::Secrets => &self.secrets,
        }
    }

    /// A run that dies at the call of that number. False where it needed fewer calls, and so lived.
    async fn dying_run(&self, part: Part, number: u64, kind: Fault) -> bool {
        let proxy = self.proxy(part);
        proxy.script(nth(number, kind));
        let app: App = self.app();
        let died = match select(Box::pin(app.run()), Box::pin(struck(proxy))).await {
            Either::Left(_) => proxy.is_killed(),
            Either::Right(((), run)) => {
                drop(run);
                true
            }
        };
        [&self.database, &self.secrets].iter().for_each(|proxy| proxy.clear());
        died
    }

    /// Runs every ten minutes until the turn is over; nothing may be lost at any time.
    async fn finish(&self, tenant: &Tenant) {
        for _ in 0..6 {
            self.assert_opens(tenant).await;
            if self.key(&tenant.organization).await.stage == Stage::Resting {
                return;
            }
            let done = self.run().await;
            assert_eq!(done.failed, 0);
            pass(600);
        }
        panic!("the turn does not end");
    }
}

/// Resolves once the kill has struck.
async fn struck(proxy: &Proxy) {
    while !proxy.is_killed() {
        tokio::task::yield_now().await;
    }
}

/// Kills the run of that number of a turn at call 1, 2, 3, … until it needs fewer calls.
async fn cut_off_anywhere(part: Part, kind: Fault) {
    let place = Place::start().await;
    for runs_before in 0..2 {
        let mut killed = 0;
        loop {
            let mut tenant = place.tenant(&format!("k{runs_before}-{killed}"), Placement::Pooled).await;
            place.add(&mut tenant, &place.sealer(), 1).await;
            let old = place.copies(&tenant).await;
            place.ask(&tenant.organization).await.unwrap();
            for _ in 0..runs_before {
                place.run().await;
                pass(600);
            }
            if !place.dying_run(part, killed + 1, kind).await {
                break;
            }
            killed += 1;
            place.finish(&tenant).await;
            let newest = place.key(&tenant.organization).await.newest;
            assert_eq!(newest, 2, "it turned once, wherever it was cut off");
            place.assert_turned(&tenant, &old, newest).await;
            for action in ["rotated", "versions-retired"] {
                let found = place.recorded(&format!("encryption-key.{action}"), &tenant.organization).await;
                assert_eq!(found, 1, "{action}, killed at {killed}");
            }
        }
        let least = match (part, runs_before) {
            (Part::Database, 0) => 12,
            (Part::Database, _) => 5,
            (Part::Secrets, 0) => 5,
            (Part::Secrets, _) => 1,
        };
        assert!(killed >= least, "{part:?}, run {runs_before}: only {killed} calls were killed");
    }
}

#[tokio::test]
async fn a_turn_survives_a_kill_before_any_call_to_the_database() {
    cut_off_anywhere(Part::Database, Fault::KillBefore).await;
}

#[tokio::test]
async fn a_turn_survives_a_kill_after_any_call_to_the_database() {
    cut_off_anywhere(Part::Database, Fault::KillAfter).await;
}

#[tokio::test]
async fn a_turn_survives_a_kill_before_any_call_to_the_vault() {
    cut_off_anywhere(Part::Secrets, Fault::KillBefore).await;
}

#[tokio::test]
async fn a_turn_survives_a_kill_after_any_call_to_the_vault() {
    cut_off_anywhere(Part::Secrets, Fault::KillAfter).await;
}

/// A run that dies between what it changes and what it writes down leaves a table in which nothing is old, and must not leave
/// the word that nothing was.
#[tokio::test]
async fn a_pass_that_found_something_is_no_clean_one_wherever_it_was_cut_off() {
    let place = Place::start().await;
    let mut killed = 0;
    loop {
        let tenant = place.tenant(&format!("k{killed}"), Placement::Pooled).await;
        let old = place.copies(&tenant).await;
        place.ask(&tenant.organization).await.unwrap();
        place.run().await;
        pass(600);
        place.write_back(&tenant.sealed[0].0, &old[0]).await;
        let died = place.dying_run(Part::Database, killed + 1, Fault::KillAfter).await;
        place.run().await;
        assert_eq!(place.key(&tenant.organization).await.oldest, 1, "killed at {killed}: it may be written back again");
        place.finish(&tenant).await;
        place.assert_turned(&tenant, &old, 2).await;
        if !died {
            break;
        }
        killed += 1;
    }
    assert!(killed >= 5, "only {killed} calls were killed");
}

#[tokio::test]
async fn runs_side_by_side_do_no_harm() {
    let place = Place::start().await;
    let mut tenant = place.tenant("Acme", Placement::Pooled).await;
    place.add(&mut tenant, &place.sealer(), 60).await;
    let old = place.copies(&tenant).await;
    place.ask(&tenant.organization).await.unwrap();
    for _ in 0..4 {
        let apps: Vec<App> = (0..4).map(|_| place.app()).collect();
        for done in join_all(apps.iter().map(App::run)).await {
            assert_eq!(done.unwrap().failed, 0);
        }
        place.assert_opens(&tenant).await;
        pass(600);
    }
    let key = place.key(&tenant.organization).await;
    assert_eq!((&key.stage, key.oldest), (&Stage::Resting, key.newest));
    let sealer = place.sealer();
    assert!(sealer.open(&tenant.sealed[0].0, &old[0]).await.is_err());
    for action in ["rotated", "versions-retired"] {
        assert_eq!(place.recorded(&format!("encryption-key.{action}"), &tenant.organization).await, 1);
    }
}
