//! How long imports take. `cargo nextest run -p import-worker --run-ignored only --no-capture`

use crate::made::workbook;
use crate::stack::Stack;

#[tokio::test(flavor = "multi_thread")]
#[ignore = "measures; other work on the machine disturbs it"]
#[expect(clippy::disallowed_methods, reason = "a stopwatch")]
async fn ten_thousand_rows_are_imported_within_ten_seconds() {
    let stack = Stack::start().await;
    let mut orgs = vec![];
    for name in ["A", "B", "C"] {
        orgs.push(stack.organization(name).await.id.to_string());
    }
    let emails: Vec<String> = (0..10_000).map(|n| format!("person.{n:05}@large.example")).collect();
    let rows: Vec<[&str; 5]> =
        (0..).zip(&emails).map(|(n, email)| [orgs[n % 3].as_str(), email, "Somebody", "", ""]).collect();
    let bytes = workbook(&rows);
    let start = std::time::Instant::now();
    let job = stack.import("large", bytes).await;
    let took = start.elapsed();
    println!("10,000 rows: {took:?}");
    assert_eq!(job.counts.created, 10_000);
    assert!(took.as_secs() < 10, "{took:?}");
}
