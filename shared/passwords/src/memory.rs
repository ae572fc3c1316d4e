//! The memory that argon2id works in, lent again and again: an allocator seldom finds the place of an earlier piece of 19
//! MiB for the next one, and the process grows with every hash.

use std::sync::{Mutex, MutexGuard, PoisonError};

use argon2::{Block, Params};

/// Pieces that nobody works in. As many as were ever needed at once, so callers must bound that.
static IDLE: Mutex<Vec<Vec<Block>>> = Mutex::new(Vec::new());

/// Lends `count` blocks of 1 KiB; what they hold does not matter. A hash that wants more than the usual is given memory of
/// its own.
pub(crate) fn lend<T>(count: usize, work: impl FnOnce(&mut [Block]) -> T) -> T {
    let usual = Params::DEFAULT.block_count();
    if count > usual {
        return work(&mut vec![Block::default(); count]);
    }
    let kept = idle().pop();
    let mut blocks = kept.unwrap_or_else(|| vec![Block::default(); usual]);
    let done = work(blocks.get_mut(..count).unwrap_or_default());
    idle().push(blocks);
    done
}

fn idle() -> MutexGuard<'static, Vec<Vec<Block>>> {
    IDLE.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
#[cfg(target_os = "linux")]
mod tests {
    fn peak_kib() -> u64 {
        let status = std::fs::read_to_string("/proc/self/status").unwrap();
        let line = status.lines().find(|line| line.starts_with("VmHWM")).unwrap();
        line.split_whitespace().nth(1).unwrap().parse().unwrap()
    }

    #[test]
    fn hashing_and_verifying_one_after_the_other_takes_the_memory_of_one() {
        let before = peak_kib();
        for salt in 0..8 {
            // A thread of its own, as on a pool.
            let hashed =
                std::thread::spawn(move || crate::hash_chosen("velvet-Orchard-31", [salt; 16])).join().unwrap();
            assert_eq!(hashed.verify("velvet-Orchard-31", None), crate::Verdict::Right);
        }
        let more = peak_kib() - before;
        assert!(more < 32 * 1024, "{more} KiB");
    }
}
