//! What a bootstrap costs from its start to its first poll: processor time and memory.

use std::path::Path;
use std::time::Duration;

use anyhow::{Context, Result};

use lambda_lane::{RuntimeApi, bootstrap, memory};

use crate::backing::Backing;

/// Linux counts processor time in hundredths of a second there.
const TICK: Duration = Duration::from_millis(10);

/// The costs of one start.
pub(crate) struct ColdStart {
    /// Processor time, user and system. Exact where the kernel counts nanoseconds, else in steps of 10 ms.
    pub(crate) cpu: Duration,
    /// The most memory held at once.
    pub(crate) memory_kib_max: u64,
}

/// Starts the binary until its first poll, then ends it.
pub(crate) async fn measure(binary: &Path, backing: &Backing) -> Result<ColdStart> {
    let mut runtime_api = RuntimeApi::start().await?;
    let mut process = bootstrap::start(binary, runtime_api.address(), &backing.environment())?;
    runtime_api.first_poll().await?;
    let id = process.id().context("the bootstrap has ended")?;
    let cold_start = ColdStart { cpu: cpu(id)?, memory_kib_max: memory::kib_max(id)? };
    process.kill().await?;
    Ok(cold_start)
}

/// The scheduler's nanoseconds of every thread; the process's ticks where the kernel has none.
fn cpu(id: u32) -> Result<Duration> {
    let mut nanos = 0;
    for thread in std::fs::read_dir(format!("/proc/{id}/task"))? {
        let text = std::fs::read_to_string(thread?.path().join("schedstat")).unwrap_or_default();
        nanos += text.split_whitespace().next().and_then(|first| first.parse::<u64>().ok()).unwrap_or(0);
    }
    if nanos > 0 {
        return Ok(Duration::from_nanos(nanos));
    }
    let text = std::fs::read_to_string(format!("/proc/{id}/stat"))?;
    // The fields after the command's name, which may hold spaces: 12 and 13 are user and system time.
    let fields = text.rsplit(") ").next().unwrap_or_default().split(' ');
    let ticks: u32 = fields.skip(11).take(2).filter_map(|field| field.parse::<u32>().ok()).sum();
    Ok(TICK * ticks)
}
