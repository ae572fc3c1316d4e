//! From a history that fails to a shorter one that fails too.

use model::Step;

use crate::played;
use crate::world::World;

/// So often a shorter history is tried.
const TRIES_MAX: usize = 150;

/// Leaves out parts, halves first and single commands last, as long as it still fails; with the reason of the last failure.
pub(crate) async fn shrunk(world: &mut World, failing: &[Step], why: String) -> (Vec<Step>, String) {
    let (mut best, mut why, mut tries) = (failing.to_vec(), why, 0);
    let mut part = best.len().div_ceil(2);
    while part > 0 {
        let (mut at, before) = (0, best.len());
        while at < best.len() && tries < TRIES_MAX {
            let rest: Vec<Step> = [&best[..at], &best[(at + part).min(best.len())..]].concat();
            tries += 1;
            match played(world, &rest).await.1 {
                Some((number, other)) => {
                    best = rest[..=number].to_vec();
                    why = other;
                }
                None => at += part,
            }
        }
        if tries >= TRIES_MAX {
            break;
        }
        // Single commands once more where the last round found one.
        part = if part == 1 && best.len() < before { 1 } else { part / 2 };
    }
    (best, why)
}
