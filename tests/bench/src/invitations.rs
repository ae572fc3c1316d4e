//! Whether anybody who invites waits for mail: the same requests while the mail service is up, slow and down, in turns.

use std::time::{Duration, Instant};

use embedded::mail::Mode;
use journeys::{Client, Portal};
use serde_json::json;

/// So many invitations are made in each state of the mail service, unless the command line says otherwise.
pub(crate) const USUAL: usize = 6_000;
/// The states change so often: whatever else slows the machine meets all of them, and each lasts longer than one message of the
/// stream is worked on.
const ROUNDS: usize = 3;
/// So long does a slow mail service take.
const SLOW: Duration = Duration::from_secs(2);

/// Invites and prints, for each state, how long the requests took.
pub(crate) async fn run(each: usize) {
    let portal = Portal::unhurried().await;
    let ops = portal.superadmin().await;
    let list = format!("/v1/organizations/{}/invitations", portal.organization("Bench").await);
    let states = [("up", Mode::Accept), ("slow", Mode::Slow(SLOW)), ("down", Mode::Down)];
    let mut took: [Vec<Duration>; 3] = Default::default();
    let at_once = each.div_ceil(ROUNDS);
    warm(&ops, &list, at_once.min(20)).await;
    for round in 0..ROUNDS {
        // Another one begins each round.
        for turn in 0..states.len() {
            let at = (round + turn) % states.len();
            portal.stack().mail().set_mode(states[at].1);
            for number in 0..at_once {
                took[at].push(invite(&ops, &list, &format!("{}.{round}.{number}", states[at].0)).await);
            }
        }
    }
    portal.stack().mail().set_mode(Mode::Accept);
    println!("{:>6} {:>8} {:>8} {:>8} {:>8} {:>12}", "mails", "requests", "p50 ms", "p99 ms", "max ms", "p99 / up");
    for all in &mut took {
        all.sort();
    }
    let up = part(&took[0], 99);
    for ((name, _), all) in states.iter().zip(&took) {
        let [middle, most, worst] = [50, 99, 100].map(|percent| part(all, percent));
        let ratio = most.as_secs_f64() / up.as_secs_f64();
        println!(
            "{name:>6} {:>8} {:>8.2} {:>8.2} {:>8.2} {ratio:>12.3}",
            all.len(),
            millis(middle),
            millis(most),
            millis(worst)
        );
    }
    portal.stop().await;
}

async fn warm(ops: &Client, list: &str, requests: usize) {
    for number in 0..requests {
        let _ = invite(ops, list, &format!("warm.{number}")).await;
    }
}

async fn invite(ops: &Client, list: &str, name: &str) -> Duration {
    let asked = json!({ "email": format!("{name}@bench.example"), "role": "member" });
    let started = Instant::now();
    let _ = ops.post(list, asked).await.expect_status(201);
    started.elapsed()
}

/// The time within which that part of them was answered.
fn part(sorted: &[Duration], percent: usize) -> Duration {
    sorted[(sorted.len() * percent).div_ceil(100).saturating_sub(1)]
}

fn millis(time: Duration) -> f64 {
    time.as_secs_f64() * 1_000.0
}
