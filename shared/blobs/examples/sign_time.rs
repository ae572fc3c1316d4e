//! Prints what making a `Blobs` and signing cost on this machine: `cargo run -p blobs --example sign_time`.
#![expect(clippy::print_stdout, clippy::disallowed_methods, reason = "an example that measures and prints")]

use std::time::{Duration, Instant};

use blobs::{Blobs, Config};
use domain::Timestamp;

fn blobs() -> Blobs {
    Blobs::new(Config {
        endpoint: None,
        public_endpoint: None,
        region: "eu-central-1".to_owned(),
        bucket: "files".to_owned(),
        access_key_id: "KEY".to_owned(),
        secret_access_key: "secret".to_owned(),
        session_token: None,
        server_side_kms_key: None,
    })
}

fn main() {
    let start = Instant::now();
    let plain = blobs();
    println!("new             {:>10.3?}", start.elapsed());
    for time in ["first", "then"] {
        let start = Instant::now();
        let form = plain.presigned_post("a", 1, 20, "text/plain", Duration::from_secs(60), Timestamp::from_millis(0));
        println!("form, {time:<5}     {:>10.3?} ({} fields)", start.elapsed(), form.fields.len());
        let start = Instant::now();
        let link = plain.presigned_get("a", "a", "text/plain", Duration::from_secs(60), Timestamp::from_millis(0));
        println!("link, {time:<5}     {:>10.3?} ({})", start.elapsed(), link.is_ok());
    }
}
