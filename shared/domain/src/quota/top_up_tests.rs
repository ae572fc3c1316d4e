use super::*;

fn tokens(count: u64) -> Tokens {
    Tokens::try_from(count).unwrap()
}

fn at(text: &str) -> Timestamp {
    Timestamp::try_from(text.to_owned()).unwrap()
}

fn november() -> Window {
    Window::of(Period::Monthly, at("2026-11-30T12:00:00Z"))
}

fn december() -> Window {
    Window::of(Period::Monthly, november().end())
}

#[test]
fn top_ups_of_one_window_add_up_and_those_of_the_last_one_make_room() {
    let first = Limits::default().topped_up_by(november(), tokens(5)).unwrap();
    let second = first.topped_up_by(november(), tokens(7)).unwrap();
    assert_eq!(second.topped_up(Period::Monthly, november().start()), tokens(12));
    let later = second.topped_up_by(december(), tokens(1)).unwrap();
    assert_eq!(later.topped_up(Period::Monthly, december().start()), tokens(1));
    assert_eq!((first.version, second.version, later.version), (1, 2, 3));
}

#[test]
fn a_clock_that_is_behind_does_not_bring_an_old_window_back() {
    let later = Limits::default().topped_up_by(december(), tokens(1)).unwrap();
    assert_eq!(later.topped_up_by(november(), tokens(5)).unwrap_err().code(), Code::Conflict);
}

#[test]
fn what_was_added_can_be_taken_back_and_no_more_than_that() {
    let twelve = Limits::default().topped_up_by(november(), tokens(12)).unwrap();
    let seven = twelve.without_top_up(november(), tokens(5));
    assert_eq!(seven.topped_up(Period::Monthly, november().start()), tokens(7));
    assert_eq!(seven.without_top_up(november(), tokens(99)).topped_up(Period::Monthly, november().start()), tokens(0));
    assert_eq!(seven.without_top_up(december(), tokens(5)), seven, "another window's is not touched");
}

#[test]
fn a_sum_that_could_not_be_taken_back_exactly_is_refused() {
    let most = Limits::default().topped_up_by(november(), Tokens::MAX).unwrap();
    assert_eq!(most.topped_up_by(november(), tokens(1)).unwrap_err().code(), Code::Invalid);
}

#[test]
fn a_top_up_can_be_taken_back_once_and_up_to_the_last_instant_of_its_window() {
    let by = "usr_00000000000000000000000001".to_owned();
    let top_up = TopUp {
        id: TopUpId::from_parts(1, 1),
        on: ScopeObject::Organization,
        window: november(),
        tokens: tokens(1),
        reason: None,
        request: None,
        by: by.clone(),
        at: november().start(),
        revoked: None,
        version: 1,
    };
    let end = november().end();
    assert!(top_up.refusal(Timestamp::from_millis(end.millis() - 1)).is_none());
    assert_eq!(top_up.refusal(end).unwrap().code(), Code::TopUpOver);
    let revoked = TopUp { revoked: Some(Revoked { by, at: november().start() }), ..top_up };
    assert_eq!(revoked.refusal(november().start()).unwrap().code(), Code::TopUpOver);
}
