//! Prints what the crate's operations cost on this machine: `cargo run -p passwords --example hash_time`.
#![expect(clippy::print_stdout, clippy::disallowed_methods, reason = "an example that measures and prints")]

use std::time::Instant;

use passwords::{Keys, Verdict, hash_chosen, hash_temporary, is_weak, temporary_password, verify_nothing};

fn time(what: &str, times: u32, mut act: impl FnMut()) {
    act();
    let start = Instant::now();
    for _ in 0..times {
        act();
    }
    println!("{what:<24} {:>12.3?}", start.elapsed() / times);
}

fn main() {
    let hash = hash_chosen("velvet-Orchard-31", [1; 16]);
    time("hash_chosen", 20, || assert!(!hash_chosen("velvet-Orchard-31", [1; 16]).is_temporary()));
    time("verify, right", 20, || assert_eq!(hash.verify("velvet-Orchard-31", None), Verdict::Right));
    time("verify, wrong", 20, || assert_eq!(hash.verify("velvet-Orchard-32", None), Verdict::Wrong));
    time("verify_nothing", 20, || verify_nothing("velvet-Orchard-31"));
    if let Ok(keys) = Keys::new(&[7; 32]) {
        let hash = hash_temporary("kx7m-w2pd", &keys);
        time("hash_temporary", 10_000, || assert!(hash_temporary("kx7m-w2pd", &keys).is_temporary()));
        time("verify temporary, right", 10_000, || assert_eq!(hash.verify("kx7m-w2pd", Some(&keys)), Verdict::Right));
        time("verify temporary, wrong", 20, || assert_eq!(hash.verify("kx7m-w2pe", Some(&keys)), Verdict::Wrong));
    }
    time("temporary_password", 10_000, || assert!(temporary_password([9; 32]).len() == 34));
    time("is_weak", 10_000, || assert!(!is_weak("velvet-Orchard-31")));
}
