//! Reads a workbook and prints its rows, the seconds it took and the peak of memory.
#![allow(clippy::print_stdout, clippy::disallowed_methods, reason = "prints what it measured")]

use std::error::Error;
use std::fs::{self, File};
use std::time::Instant;

use sheets::Workbook;

fn main() -> Result<(), Box<dyn Error>> {
    let path = std::env::args().nth(1).ok_or("usage: measure WORKBOOK")?;
    let start = Instant::now();
    let told = match count(&path) {
        Ok(rows) => format!("{rows} rows"),
        Err(fault) => format!("refused: {fault}"),
    };
    let status = fs::read_to_string("/proc/self/status")?;
    let peak = status.lines().find(|line| line.starts_with("VmHWM")).unwrap_or_default();
    println!("{told}, {:.2} s, {peak}", start.elapsed().as_secs_f64());
    Ok(())
}

fn count(path: &str) -> Result<usize, Box<dyn Error>> {
    let mut book = Workbook::open(File::open(path)?, &std::env::temp_dir())?;
    let rows: Result<Vec<()>, _> = book.users()?.map(|row| row.map(|_| ())).collect();
    Ok(rows?.len())
}
