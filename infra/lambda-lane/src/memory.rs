//! How much memory a process holds, from the kernel.

use anyhow::{Context, Result};

/// The most KiB that the process held at once.
///
/// # Errors
/// There is no such process.
pub fn kib_max(process_id: u32) -> Result<u64> {
    let text = std::fs::read_to_string(format!("/proc/{process_id}/status"))?;
    let line = text.lines().find_map(|line| line.strip_prefix("VmHWM:")).context("no VmHWM")?;
    let number = line.split_whitespace().next().context("no number")?;
    Ok(number.parse()?)
}
