use proptest::prelude::*;
use serde_json::json;

use super::*;

fn found(names: &[&str]) -> Look {
    let mut tools = ToolList::default();
    for name in names {
        assert!(tools.take(&json!({ "name": name })));
    }
    Look::Found(Found { protocol: "2025-11-25", tools })
}

fn at(minutes: u64) -> Timestamp {
    Timestamp::from_millis(1_795_476_475_120 + minutes * 60_000)
}

#[test]
fn a_server_that_answers_is_looked_at_every_ten_minutes_and_one_that_does_not_ever_less_often() {
    let late = Look::Failed(Unreachable::Late);
    let mut seen = Seen::after(None, &found(&["a"]), at(0));
    assert_eq!((seen.next_at, seen.failures), (at(10), 0));
    for (failures, minutes) in [(1, 10), (2, 20), (3, 40), (4, 80), (5, 160), (6, 320), (7, 360), (8, 360)] {
        seen = Seen::after(Some(&seen), &late, at(0));
        assert_eq!((seen.failures, seen.next_at), (failures, at(minutes)));
    }
    seen = Seen::after(Some(&seen), &found(&["a"]), at(1));
    assert_eq!((seen.next_at, seen.failures), (at(11), 0), "one answer and it counts as any other");
    let forever = Seen { failures: u32::MAX, ..seen };
    assert_eq!(Seen::after(Some(&forever), &late, at(0)).next_at, at(360));
}

#[test]
fn since_when_it_is_so_follows_whether_it_answers_and_not_why_not() {
    let first = Seen::after(None, &Look::Failed(Unreachable::Late), at(0));
    let second = Seen::after(Some(&first), &Look::Failed(Unreachable::Refused), at(5));
    assert_eq!((second.since, second.looked_at), (at(0), at(5)));
    assert!(first.differs_from(None) && !second.differs_from(Some(&first)));
    let third = Seen::after(Some(&second), &found(&[]), at(9));
    assert_eq!(third.since, at(9));
    assert!(third.differs_from(Some(&second)));
    let fourth = Seen::after(Some(&third), &found(&[]), at(19));
    assert_eq!(fourth.since, at(9));
    assert!(!fourth.differs_from(Some(&third)));
}

#[test]
fn tools_stay_known_while_a_server_does_not_answer() {
    let seen = Seen::after(None, &found(&["a", "b"]), at(0));
    assert!(seen.has_other_tools_than(None));
    let gone = Seen::after(Some(&seen), &Look::Failed(Unreachable::Late), at(1));
    assert_eq!((&gone.tools, &gone.protocol), (&seen.tools, &seen.protocol));
    assert!(!gone.has_other_tools_than(Some(&seen)));
    let back = Seen::after(Some(&gone), &found(&["b", "a"]), at(2));
    assert!(!back.has_other_tools_than(Some(&gone)), "the same ones");
    assert_eq!(back.tools.as_ref().unwrap().since, at(0));
    let other = Seen::after(Some(&back), &found(&["a"]), at(3));
    assert!(other.has_other_tools_than(Some(&back)));
    assert_eq!(other.tools.unwrap().since, at(3));
}

#[test]
fn a_reason_has_the_same_name_wherever_it_is_written() {
    use Unreachable::*;
    for why in [
        CredentialUnusable,
        CredentialRefused,
        Forbidden,
        RateLimited,
        NotMcp,
        ProtocolUnsupported,
        Unavailable,
        NameNotFound,
        NotPublic,
        NotSecure,
        Port,
        Refused,
        TlsName,
        TlsExpired,
        TlsUntrusted,
        TlsHandshake,
        CutOff,
        Late,
        TooLarge,
        Redirected,
    ] {
        assert_eq!(json!(why), json!(why.slug()));
        assert_eq!(json!(Reachability::Unreachable { why }), json!({ "state": "unreachable", "why": why.slug() }));
    }
}

proptest! {
    #[test]
    fn looks_are_counted_and_the_next_one_is_never_in_the_past(outcomes in prop::collection::vec(any::<bool>(), 1..40)) {
        let mut seen = None;
        for (number, answers) in outcomes.iter().enumerate() {
            let now = at(u64::try_from(number).unwrap());
            let look = if *answers { found(&["a"]) } else { Look::Failed(Unreachable::Refused) };
            let after = Seen::after(seen.as_ref(), &look, now);
            prop_assert!(after.next_at > now && after.since <= now);
            prop_assert_eq!(after.looks, u64::try_from(number).unwrap() + 1);
            prop_assert_eq!(after.failures == 0, *answers);
            seen = Some(after);
        }
    }
}
