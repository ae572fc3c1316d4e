//! Pages of a statement that is computed anew while somebody reads it.

use std::time::Duration;

use domain::Code;
use domain::id::UserId;
use domain::organization::Organization;
use domain::quota::{ReadStatements, Spent, Split, Statement, StatementLine};
use embedded::faults::Fault;
use futures::future::{Either, select};
use store::{Cursor, Page};

use crate::stack::{Stack, call, now, pass, set_now, superadmin, window};

const HOUR: Duration = Duration::from_secs(3_600);

/// One page of the people of November.
async fn page(
    stack: &Stack,
    place: &Organization,
    cursor: Option<&Cursor>,
    limit: u32,
) -> domain::Result<(Statement, Page<StatementLine>)> {
    let granted = superadmin(Some(place)).grant(ReadStatements, place.id).unwrap();
    stack.store.statement_page(&granted, (window("2026-11"), Split::User), (cursor, limit), now()).await
}

/// All of them, page by page, one at a time; and of which version each page is.
async fn pages(stack: &Stack, place: &Organization) -> domain::Result<(Vec<u64>, Spent)> {
    let (mut versions, mut sum, mut cursor) = (vec![], Spent::default(), None);
    loop {
        let (head, rows) = page(stack, place, cursor.as_ref(), 1).await?;
        versions.push(head.version());
        sum = rows.items.iter().fold(sum, |sum, line| sum.plus(line.row.spent));
        cursor = rows.next;
        if cursor.is_none() {
            assert_eq!(sum, head.total, "pages of one version add up to its total");
            return Ok((versions, sum));
        }
    }
}

/// A month that is closed, and a call of it that is settled later.
async fn written_to_since(stack: &Stack) -> Organization {
    let place = stack.organization("Acme").await;
    for number in 1..=6 {
        stack.spend(&place, number, 10 * number).await;
    }
    let late = call(&place, 7, 700);
    stack.reserve(&place, late).await;
    set_now("2026-12-03T12:00:00Z");
    stack.run().await;
    stack.settle(&place, late, 700).await;
    pass(HOUR);
    place
}

#[tokio::test]
async fn who_pages_on_in_a_statement_that_was_computed_anew_is_told_to_begin_again() {
    let stack = Stack::start().await;
    let place = written_to_since(&stack).await;
    let (head, first) = page(&stack, &place, None, 1).await.unwrap();
    assert_eq!((head.version(), head.total.tokens()), (6, 210));
    let next = first.next.unwrap();
    let (same, _) = page(&stack, &place, Some(&next), 1).await.unwrap();
    assert_eq!(same, head);
    stack.run().await;
    let refused = page(&stack, &place, Some(&next), 1).await.unwrap_err();
    assert_eq!((refused.code(), refused.pointer()), (Code::CursorInvalid, Some("cursor")));
    let (versions, sum) = pages(&stack, &place).await.unwrap();
    assert!(versions.len() > 2 && versions.iter().all(|version| *version == 7), "{versions:?}");
    assert_eq!(sum.tokens(), 910);
}

#[tokio::test]
async fn a_page_is_of_one_version_or_refused_for_the_moment_wherever_its_writing_is() {
    for kind in [Fault::KillBefore, Fault::KillAfter] {
        set_now("2026-11-29T12:00:00Z");
        let stack = Stack::start().await;
        let place = written_to_since(&stack).await;
        let (mut number, mut refused, mut seen) = (1, 0, std::collections::BTreeSet::new());
        while stack.dying_run(number, kind).await {
            match page(&stack, &place, None, 100).await {
                Ok((head, rows)) => {
                    let sum = rows.items.iter().fold(Spent::default(), |sum, line| sum.plus(line.row.spent));
                    assert_eq!(sum, head.total, "{kind:?} at write {number}");
                    seen.insert(head.version());
                }
                Err(error) => {
                    assert_eq!((error.code(), error.retry_after_seconds()), (Code::Unavailable, Some(5)));
                    refused += 1;
                }
            }
            number += 1;
        }
        assert!(refused > 2, "{refused} of {number} writes were met");
        let (versions, sum) = pages(&stack, &place).await.unwrap();
        seen.extend(versions);
        assert_eq!((sum.tokens(), seen), (910, [6, 7].into()), "{kind:?}");
    }
}

#[tokio::test]
async fn a_run_that_has_read_less_makes_no_page_one_of_its_own_version_again() {
    let stack = Stack::start().await;
    let place = stack.organization("Acme").await;
    // More people than a run writes at once.
    let of = |number: u64| {
        let mut call = call(&place, number, 10);
        call.set.user = Some(UserId::from_parts(1, number.into()));
        call
    };
    for number in 1..=40 {
        stack.reserve(&place, of(number)).await;
        stack.settle(&place, of(number), 10).await;
    }
    let late = of(41);
    stack.reserve(&place, late).await;
    set_now("2026-12-03T12:00:00Z");
    stack.run().await;
    let granted = crate::alerts::reset(&place);
    let closing = stack.store.closing(&granted, place.created_at).await.unwrap();
    let app = stack.app();
    let _ = stack.proxy.take_log();
    let slow = Box::pin(app.store.write_statement(&granted, window("2026-11"), &closing, now()));
    let begun = async {
        while !stack.proxy.take_log().iter().any(|call| call.operation == "UpdateItem") {
            tokio::task::yield_now().await;
        }
    };
    // It has read, and begun to write; then it stands still, and another one reads more and writes all of it.
    let Either::Right(((), slow)) = select(slow, Box::pin(begun)).await else { panic!("it has written all of it") };
    stack.settle(&place, late, 10).await;
    pass(HOUR);
    stack.run().await;
    let whole = pages(&stack, &place).await.unwrap();
    assert_eq!(whole.1.lines, 41);
    assert!(!slow.await.unwrap(), "its head comes too late");
    assert_eq!(pages(&stack, &place).await.unwrap(), whole);
}
