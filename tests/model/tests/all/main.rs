//! Random commands on people, memberships, invitations, projects and service accounts, against a model that knows nothing of
//! databases: every answer, everything that is stored and every audit event must be what the model says.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "helpers of tests are tests too"
)]

mod ask;
mod cast;
mod look;
mod play;
mod shrink;
mod world;

use model::{Random, Step, history};

use crate::play::Play;
use crate::shrink::shrunk;
use crate::world::World;

/// So many commands are asked, unless `MODEL_STEPS` says otherwise.
const STEPS: usize = 10_000;
/// So many of them are about the same people.
const STEPS_OF_ONE: usize = 250;

fn number(name: &str) -> Option<u64> {
    std::env::var(name).ok().map(|text| text.parse().unwrap_or_else(|why| panic!("{name}: {why}")))
}

/// Plays a history among new people; how many commands were asked, and why it ended early.
async fn played(world: &mut World, steps: &[Step]) -> (usize, Option<(usize, String)>) {
    let mut play = Play::begin(world).await;
    for (number, step) in steps.iter().enumerate() {
        if let Err(why) = play.step(step).await {
            return (play.asked(), Some((number, why)));
        }
    }
    let end = play.end().await.err().map(|why| (steps.len() - 1, why));
    (play.asked(), end)
}

#[tokio::test]
async fn ten_thousand_random_commands_are_answered_and_recorded_as_the_model_says() {
    let seed = number("MODEL_SEED").unwrap_or_else(|| u64::from_le_bytes(world::random()[..8].try_into().unwrap()));
    let wanted = number("MODEL_STEPS").map_or(STEPS, |steps| usize::try_from(steps).unwrap());
    println!("MODEL_SEED={seed} repeats this run");
    let (mut world, mut seeds, mut asked) = (World::start().await, Random::new(seed), 0);
    while asked < wanted {
        let steps = history(seeds.number(), STEPS_OF_ONE);
        let (done, failure) = played(&mut world, &steps).await;
        asked += done;
        let Some((number, why)) = failure else { continue };
        println!("after {asked} commands: {why}\n{}", listed(&steps[..=number]));
        let (fewest, why) = shrunk(&mut world, &steps[..=number], why).await;
        panic!("MODEL_SEED={seed}: {why}\nthe shortest history that was found:\n{}", listed(&fewest));
    }
    for ((kind, answer), times) in &world.answered {
        println!("{times:>6} {kind} {answer}");
    }
    println!("{asked} commands were asked, {} of them disturbed", world.disturbed);
}

fn listed(steps: &[Step]) -> String {
    let line = |(number, step): (usize, &Step)| {
        let Step { command, fault, again } = step;
        let fault = fault.map(|fault| format!(", {fault:?}")).unwrap_or_default();
        format!("{number:>4} {command:?}{fault}{}\n", if *again { ", again" } else { "" })
    };
    steps.iter().enumerate().map(line).collect()
}

#[test]
fn a_seed_gives_the_same_history_every_time() {
    assert_eq!(history(7, 500), history(7, 500));
    assert_ne!(history(7, 500), history(8, 500));
}
