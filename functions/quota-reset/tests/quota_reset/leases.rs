//! Blocks of tokens that come back in time, late, twice or never: the ledger, the counters and usage say the same of them.

use std::time::Duration;

use domain::Code;
use domain::id::ReservationId;
use domain::organization::Organization;
use domain::quota::{Call, HOLD, LeaseLine, QuotaScope, ReturnLease, SpentOn, TakeLease, Tokens};
use store::quota::{Outcome, QuotaDesk, return_lease, take_lease};

use crate::stack::{Stack, call, now, pass, scope, set_now, settlement, tokens};

const ALL: QuotaScope = QuotaScope::Organization;

/// Takes a block of what is wanted or an eighth of what is left.
async fn lease(stack: &Stack, place: &Organization, number: u64, wanted: u64) -> domain::Result<Call> {
    let scope = scope(place);
    let tables = stack.store.quota_tables(&scope);
    let wanted = call(place, number, wanted);
    let state = tables.read(wanted.id, &wanted.set).await.unwrap();
    let asked = TakeLease { wanted, at_least: tokens(10) };
    match take_lease(&tables, state, &asked, 7, now()).await? {
        Outcome::Reserved { reserved, .. } => Ok(reserved.call),
        other => panic!("{other:?}"),
    }
}

/// Returns a block with calls that used so much each.
async fn give_back(stack: &Stack, place: &Organization, block: &Call, used: &[u64]) -> bool {
    let scope = scope(place);
    let tables = stack.store.quota_tables(&scope);
    let state = tables.read(block.id, &block.set).await.unwrap();
    let lines = used.iter().zip(1_u128..).map(|(used, number)| {
        let id = ReservationId::from_parts(block.id.made_at().millis(), block.id.ulid().random() * 1_000 + number);
        LeaseLine { id, usage: settlement(block, *used).usage }
    });
    let back = ReturnLease::new(block.id, block.set, lines.collect(), now()).unwrap();
    return_lease(&tables, state, &back, 8, now()).await.unwrap().late
}

async fn standing(stack: &Stack, place: &Organization) -> (Tokens, Tokens) {
    let standing = stack.counter(place, ALL).await.unwrap().standing(domain::quota::Period::Monthly).unwrap();
    (standing.used, standing.held)
}

#[tokio::test]
async fn what_blocks_were_spent_on_adds_up_in_ledger_counters_and_statement_however_they_come_back() {
    let stack = Stack::start().await;
    let place = stack.organization("Acme").await;
    stack.limit(&place, ALL, 8_000).await;
    let mut blocks = vec![];
    for number in [2, 4, 6, 8] {
        blocks.push(lease(&stack, &place, number, 500).await.unwrap());
    }
    assert_eq!(standing(&stack, &place).await, (tokens(0), tokens(2_000)));
    for _ in 0..2 {
        assert!(!give_back(&stack, &place, &blocks[0], &[100, 250, 30]).await, "in time, and again");
    }
    assert_eq!(standing(&stack, &place).await, (tokens(380), tokens(1_500)));
    pass(HOLD);
    // Somebody else's call takes along what has lapsed before the late ones come.
    stack.spend(&place, 50, 20).await;
    for _ in 0..2 {
        assert!(give_back(&stack, &place, &blocks[1], &[400, 45]).await, "late, and again");
    }
    assert!(give_back(&stack, &place, &blocks[2], &[700]).await, "late, and more than it had");
    assert_eq!(standing(&stack, &place).await, (tokens(1_545), tokens(0)), "the fourth never came back");
    let done = stack.run().await;
    assert_eq!((done.compared > 0, done.drifted), (true, 0), "{done:?}");
    set_now("2026-12-02T00:45:00Z");
    stack.run().await;
    let (head, lines) = stack.statement(&place, "2026-11").await.unwrap();
    assert_eq!((head.total.tokens(), head.total.charged), (1_545, 1_545));
    let of_project = lines.iter().find(|line| line.on == SpentOn::Project(place.default_project)).unwrap();
    assert_eq!(of_project.row.spent.tokens(), 1_545);
}

#[tokio::test]
async fn blocks_near_a_limit_shrink_and_come_to_an_end_while_calls_go_on() {
    let stack = Stack::start().await;
    let place = stack.organization("Acme").await;
    stack.limit(&place, ALL, 1_000).await;
    let (mut held, mut sizes) = (0, vec![]);
    for number in 1.. {
        match lease(&stack, &place, number, 1_000).await {
            Ok(block) => {
                assert_eq!(block.amount.get(), (1_000 - held) / 8);
                held += block.amount.get();
                sizes.push(block.amount);
            }
            Err(error) => {
                assert_eq!(error.code(), Code::LeaseTooSmall);
                break;
            }
        }
    }
    assert!(sizes.len() > 10 && sizes.is_sorted_by(|a, b| a >= b), "{sizes:?}");
    let left = 1_000 - held;
    assert!(left < 80, "{left}");
    stack.spend(&place, 100, left).await;
    assert!(matches!(stack.reserve(&place, call(&place, 101, 1)).await, Outcome::Refused(_)));
    pass(HOLD + Duration::from_secs(1));
    assert!(matches!(stack.reserve(&place, call(&place, 102, held)).await, Outcome::Reserved { .. }));
}
