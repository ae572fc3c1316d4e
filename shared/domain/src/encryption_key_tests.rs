use super::*;

fn start() -> Timestamp {
    Timestamp::from_millis(1_795_435_200_000)
}

fn later(seconds: u64) -> Timestamp {
    start().plus(Duration::from_secs(seconds))
}

fn rotated() -> EncryptionKey {
    let asked = EncryptionKey::first(start()).requested(Some("usr_1".to_owned()), start()).unwrap();
    asked.looked(1).rotated(2, start())
}

#[test]
fn a_key_turns_every_30_to_3650_days_and_at_no_other_pace() {
    for (days, fits) in [(0, false), (29, false), (30, true), (3_650, true), (3_651, false)] {
        assert_eq!(RotationDays::try_from(days).is_ok(), fits, "{days}");
    }
}

#[test]
fn a_scheduled_key_turns_when_its_days_are_over_and_one_without_a_schedule_never() {
    let key = EncryptionKey::first(start());
    assert_eq!((key.due(), key.next(later(u32::MAX.into()))), (None, Step::Wait));
    let key = key.scheduled(Some(RotationDays(30)));
    let end = 30 * 24 * 3600;
    assert_eq!((key.next(later(end - 1)), key.next(later(end))), (Step::Wait, Step::Begin));
}

#[test]
fn a_second_turn_is_refused_until_the_first_is_over() {
    let asked = EncryptionKey::first(start()).requested(None, start()).unwrap();
    let retiring = rotated().passed(&Pass::since(later(600)), later(600));
    assert_eq!(retiring.next(later(600)), Step::Retire);
    for key in [&asked, &asked.looked(1), &rotated(), &retiring] {
        assert_eq!(key.requested(None, start()).unwrap_err().code(), Code::EncryptionKeyRotating);
    }
    assert!(retiring.retired().requested(None, start()).is_ok());
    assert_eq!((retiring.oldest, retiring.retired().oldest), (1, 2));
}

/// The whole of the promise: who had a data key of the old version at hand when the new one came is done before the pass begins
/// that lets the old one go.
#[test]
fn older_versions_go_only_after_a_pass_that_found_nothing_and_began_when_nothing_could_come() {
    let cases = [(0, false, false), (599, false, false), (600, false, true), (600, true, false), (9_999, true, false)];
    for (since, found, goes) in cases {
        let pass = Pass { found, ..Pass::since(later(since)) };
        let after = rotated().passed(&pass, later(since + 500));
        assert_eq!(matches!(after.stage, Stage::Retiring { .. }), goes, "since {since}, found {found}");
    }
}

#[test]
fn a_pass_that_found_something_puts_off_the_next_one_as_a_new_version_does() {
    let found = Pass { found: true, ..Pass::since(later(700)) };
    let after = rotated().passed(&found, later(800));
    assert_eq!((after.next(later(1_399)), after.due()), (Step::Wait, Some(later(1_400))));
    assert_eq!(after.next(later(1_400)), Step::Walk(Pass::since(later(1_400))));
    let early = after.passed(&Pass::since(later(1_399)), later(1_399));
    assert!(matches!(early.stage, Stage::Rewrapping(_)));
    let late = after.passed(&Pass::since(later(1_400)), later(1_400));
    assert!(matches!(late.stage, Stage::Retiring { .. }));
}

#[test]
fn what_cannot_be_wrapped_anew_keeps_older_versions_and_is_looked_at_again_in_an_hour() {
    let stuck = Pass { found: true, stuck: 3, ..Pass::since(later(700)) };
    let after = rotated().passed(&stuck, later(800));
    assert_eq!(after.due(), Some(later(800 + 3_600)));
    assert!(matches!(after.stage, Stage::Rewrapping(Rewrapping { stuck: 3, .. })));
}

#[test]
fn every_step_counts_and_only_what_people_change_is_a_version() {
    let key = EncryptionKey::first(start());
    let (scheduled, rotated) = (key.scheduled(None), rotated());
    assert_eq!((scheduled.version, scheduled.step), (1, 1));
    assert_eq!((rotated.version, rotated.step), (0, 3));
    let walked = rotated.walked(Pass::since(start()), 5, later(1)).walked(Pass::since(start()), 7, later(2));
    assert!(matches!(walked.stage, Stage::Rewrapping(Rewrapping { rewrapped: 12, .. })));
    assert_eq!((walked.step, walked.due()), (5, Some(later(2))));
}
