//! Requests for more tokens that nobody decided.

use std::collections::BTreeMap;
use std::time::Duration;

use domain::id::{QuotaRequestId, UserId};
use domain::organization::{MoveOrganization, Organization};
use domain::quota::{
    AskForMore, DecideRequest, Decision, Period, QuotaRequest, QuotaScope, REQUEST_LIFETIME, ReadQuotaRequests,
    RequestStanding, RequestState, ScopeObject,
};
use domain::sealed::Sealed;
use domain::{Actor, Code, Event, EventKind, Mint, OrgRole, Origin, Principal};
use embedded::faults::Fault;
use futures::future::join_all;
use quota_reset::App;
use store::Made;
use store::quota::SealedReason;

use crate::stack::{Stack, now, pass, random, superadmin, tokens};

const HOUR: Duration = Duration::from_secs(3_600);

fn mint() -> Mint {
    Mint::new(now(), random())
}

fn member(place: &Organization, number: u128) -> Actor {
    let (id, email) = (UserId::from_parts(1, number), format!("{number}@acme.example"));
    let principal = Principal::User { id, email, superadmin: false, must_change_password: false };
    let standing = place.standing(Some(OrgRole::Member), BTreeMap::new());
    Actor { principal, standing: Some(standing), origin: Origin::default() }
}

/// Somebody asks for more of the organization's month, which is blocked.
async fn ask(stack: &Stack, place: &Organization, who: u128) -> QuotaRequest {
    let asked = AskForMore { object: ScopeObject::Organization, period: Period::Monthly, tokens: tokens(5) };
    let granted = member(place, who).grant(asked, place.id).unwrap();
    let mut mint = mint();
    let reason = SealedReason { id: mint.id(), sealed: Sealed::new(b"a secret merger".to_vec()) };
    match stack.store.ask_for_more(&granted, &reason, None, &mut mint).await.unwrap() {
        Made::Now(request) => request,
        Made::Before(_) => panic!("asked before"),
    }
}

async fn blocked(stack: &Stack) -> Organization {
    let place = stack.organization("Acme").await;
    stack.limit(&place, QuotaScope::Organization, 0).await;
    place
}

async fn read(stack: &Stack, place: &Organization, id: QuotaRequestId) -> QuotaRequest {
    let granted = superadmin(Some(place)).grant(ReadQuotaRequests, place.id).unwrap();
    stack.store.read_quota_request(&granted, id).await.unwrap()
}

async fn approve(stack: &Stack, place: &Organization, id: QuotaRequestId, mut mint: Mint) -> Result<(), Code> {
    let asked = DecideRequest { id, object: ScopeObject::Organization, decision: Decision::TopUp(None) };
    let granted = superadmin(Some(place)).grant(asked, place.id).unwrap();
    stack.store.decide_quota_request(&granted, None, None, &mut mint).await.map(drop).map_err(|error| error.code())
}

async fn recorded(stack: &Stack, place: &Organization) -> Vec<Event> {
    let mut events = stack.told(place).await;
    events.retain(|event| event.action == EventKind::QuotaRequestExpired);
    events
}

#[tokio::test]
async fn what_nobody_decided_is_written_down_once_by_the_system_and_names_who_asked() {
    let stack = Stack::start().await;
    let place = blocked(&stack).await;
    let request = ask(&stack, &place, 1).await;
    pass(HOUR);
    let younger = ask(&stack, &place, 2).await;
    stack.run().await;
    pass(REQUEST_LIFETIME - HOUR);
    assert_eq!(stack.run().await.expired, 0, "for a clock that is behind it waits yet");
    assert_eq!(read(&stack, &place, request.id).await, request);
    pass(HOUR / 2);
    // Once an hour is enough: it expires where it is read, whatever is written.
    assert_eq!(stack.run().await.expired, 0);
    pass(HOUR / 2);
    assert_eq!(stack.run().await.expired, 1);
    let written = read(&stack, &place, request.id).await;
    let RequestState::Pending { expires } = request.state else { panic!("{request:?}") };
    assert_eq!((written.state, written.version), (RequestState::Expired { at: expires }, 2));
    assert_eq!(read(&stack, &place, younger.id).await, younger);
    let events = recorded(&stack, &place).await;
    assert_eq!((events.len(), events[0].actor.kind.as_str()), (1, "system"));
    let field = |name: &str| events[0].changes.iter().find(|change| change.field == name).unwrap().after.clone();
    assert_eq!(field("requested_by"), Some(UserId::from_parts(1, 1).to_string().into()));
    assert!(!format!("{events:?}").contains("merger"), "the reason stands in no record");
    pass(2 * HOUR);
    assert_eq!(stack.run().await.expired, 1, "the younger one");
    pass(24 * HOUR);
    assert_eq!(stack.run().await.expired, 0);
    assert_eq!(recorded(&stack, &place).await.len(), 2);
}

#[tokio::test]
async fn many_runs_at_once_months_late_write_each_request_down_once() {
    let stack = Stack::start().await;
    let place = blocked(&stack).await;
    let mut asked = vec![];
    for who in 1..=120 {
        asked.push(ask(&stack, &place, who).await.id);
    }
    pass(100 * 24 * HOUR);
    let apps: Vec<App> = (0..4).map(|_| stack.app()).collect();
    let runs = join_all(apps.iter().map(App::run)).await;
    assert!(runs.iter().all(|done| done.as_ref().unwrap().failed == 0), "{runs:?}");
    let expired: usize = runs.into_iter().map(|done| done.unwrap().expired).sum();
    assert_eq!(expired, 120, "more than one page of them");
    for id in asked {
        let request = read(&stack, &place, id).await;
        assert!(matches!(request.state, RequestState::Expired { .. }) && request.version == 2, "{request:?}");
    }
    pass(2 * HOUR);
    assert_eq!(stack.run().await.expired, 0);
}

#[tokio::test]
async fn a_run_that_dies_at_any_write_tells_nobody_twice_and_forgets_nobody() {
    for kind in [Fault::KillBefore, Fault::KillAfter] {
        crate::stack::set_now("2026-11-29T12:00:00Z");
        let stack = Stack::start().await;
        let place = blocked(&stack).await;
        for who in 1..=3 {
            let _ = ask(&stack, &place, who).await;
        }
        pass(REQUEST_LIFETIME + 2 * HOUR);
        let mut number = 1;
        while stack.dying_run(number, kind).await {
            number += 1;
        }
        assert!(number > 3, "{number} writes");
        let mut events = recorded(&stack, &place).await;
        events.dedup_by_key(|event| event.target.id.clone());
        assert_eq!((events.len(), recorded(&stack, &place).await.len()), (3, 3), "{kind:?}");
    }
}

#[tokio::test]
async fn of_a_decision_and_the_end_of_a_request_one_counts_whichever_was_first() {
    let stack = Stack::start().await;
    let place = blocked(&stack).await;
    let (approved, expired) = (ask(&stack, &place, 1).await, ask(&stack, &place, 2).await);
    // Whoever decides has a clock that is behind by more than it may be, so that for both it is in time.
    pass(REQUEST_LIFETIME - HOUR);
    let in_time = now();
    pass(3 * HOUR);
    let granted = crate::alerts::reset(&place);
    assert_eq!(approve(&stack, &place, approved.id, Mint::new(in_time, random())).await, Ok(()));
    let late = stack.store.expire_request(&granted, &approved, &mut mint()).await.unwrap();
    assert!(!late, "what was read before it was decided");
    assert!(stack.store.expire_request(&granted, &expired, &mut mint()).await.unwrap());
    let refused = approve(&stack, &place, expired.id, Mint::new(in_time, random())).await;
    assert_eq!(refused, Err(Code::QuotaRequestOver));
    assert_eq!(read(&stack, &place, approved.id).await.standing(now()), RequestStanding::Approved);
    assert_eq!(read(&stack, &place, expired.id).await.standing(in_time), RequestStanding::Expired);
    assert_eq!(recorded(&stack, &place).await.len(), 1);
}

#[tokio::test]
async fn who_asked_may_ask_anew_before_and_after_it_is_written_down() {
    let stack = Stack::start().await;
    let place = blocked(&stack).await;
    let _ = (ask(&stack, &place, 1).await, ask(&stack, &place, 2).await);
    pass(REQUEST_LIFETIME);
    let anew = ask(&stack, &place, 1).await;
    pass(2 * HOUR);
    assert_eq!(stack.run().await.expired, 2, "also the one whose claim was taken over");
    let later = ask(&stack, &place, 2).await;
    for request in [anew, later] {
        assert_eq!(read(&stack, &place, request.id).await, request);
    }
}

#[tokio::test]
async fn in_an_archived_organization_it_is_told_once_somebody_can_read_it_again() {
    let stack = Stack::start().await;
    let place = blocked(&stack).await;
    let request = ask(&stack, &place, 1).await;
    let step = async |place: &Organization, step| {
        let granted = superadmin(Some(place)).grant(step, place.id).unwrap();
        stack.store.move_organization(&granted, place, &mut mint()).await.unwrap()
    };
    let archived = step(&place, MoveOrganization::Archive).await;
    pass(REQUEST_LIFETIME + 2 * HOUR);
    assert_eq!(stack.run().await.expired, 0);
    assert_eq!(read(&stack, &archived, request.id).await.standing(now()), RequestStanding::Expired);
    let _ = step(&archived, MoveOrganization::Restore).await;
    pass(2 * HOUR);
    assert_eq!(stack.run().await.expired, 1);
}
