//! What becomes of rotations that do not work, and of those that somebody interferes with.

use std::time::Duration;

use domain::Code;
use domain::Patch;
use domain::provider::{EditProvider, EndpointPatch};
use domain::rotation::{Method, Outcome, Stage};
use futures::future::join_all;

use crate::stack::{Kind, Stack, granted, hours, mint, pass};

const MINUTES_11: Duration = Duration::from_secs(11 * 60);

fn minutes(minutes: u64) -> Duration {
    Duration::from_secs(minutes * 60)
}

impl Stack {
    async fn runs(&self, count: u32) {
        for _ in 0..count {
            self.run().await;
            pass(minutes(2));
        }
    }

    async fn last(&self, id: domain::id::ProviderId) -> Outcome {
        self.look(id).await.1.past.into_iter().next().expect("none ended").outcome
    }
}

fn failed(why: &str) -> Outcome {
    Outcome::Failed { why: why.to_owned() }
}

#[tokio::test]
async fn a_credential_that_does_not_work_changes_nothing_and_is_forgotten() {
    let stack = Stack::start().await;
    let provider = stack.provider(Kind::Manual, "first").await;
    stack.request(provider.id, Some(stack.fields(Kind::Manual, "wrong"))).await.unwrap();
    stack.run().await;
    assert_eq!(stack.last(provider.id).await, failed("credential-refused"));
    assert_eq!(stack.lease(provider.id).await, "first");
    assert_eq!((stack.alive(provider.id).await, stack.read(provider.id).await.version), (vec![1], provider.version));
}

#[tokio::test]
async fn a_provider_that_is_down_for_a_while_is_waited_for_and_not_for_ever() {
    let stack = Stack::start().await;
    let provider = stack.provider(Kind::Manual, "first").await;
    let edited = stack.moved(provider.id, "http://127.0.0.1:9/v1").await;
    assert!(edited.credential.is_none());
    stack.put(provider.id, stack.fields(Kind::Manual, "first")).await.unwrap();
    stack.request(provider.id, Some(stack.fields(Kind::Manual, "second"))).await.unwrap();
    stack.runs(3).await;
    let running = stack.look(provider.id).await.1.running.expect("it is tried again");
    assert_eq!((running.stage.version(), running.trouble.as_deref()), (Some(3), Some("refused")));
    pass(MINUTES_11);
    stack.runs(1).await;
    assert_eq!(stack.last(provider.id).await, failed("refused"));
    assert_eq!(stack.alive(provider.id).await, [2]);
}

#[tokio::test]
async fn a_second_rotation_is_refused_until_the_first_one_has_ended() {
    let stack = Stack::start().await;
    let provider = stack.provider(Kind::Manual, "first").await;
    stack.outside.state().know("second");
    stack.request(provider.id, Some(stack.fields(Kind::Manual, "second"))).await.unwrap();
    for _ in 0..2 {
        let again = stack.request(provider.id, Some(stack.fields(Kind::Manual, "third"))).await;
        assert_eq!(again.unwrap_err().code(), Code::Conflict);
        stack.run().await;
    }
    assert!(matches!(stack.look(provider.id).await.1.running.unwrap().stage, Stage::Grace { .. }));
    assert_eq!(stack.cancel(provider.id).await.unwrap_err().code(), Code::Conflict, "it is current");
}

#[tokio::test]
async fn whoever_stores_a_credential_while_one_is_rotated_has_the_last_word() {
    let stack = Stack::start().await;
    for grace in [false, true] {
        let (first, second, third) = (format!("first{grace}"), format!("second{grace}"), format!("third{grace}"));
        let provider = stack.provider(Kind::Manual, &first).await;
        stack.outside.state().know(&second);
        stack.outside.state().know(&third);
        stack.request(provider.id, Some(stack.fields(Kind::Manual, &second))).await.unwrap();
        if grace {
            stack.run().await;
            assert_eq!(stack.lease(provider.id).await, second);
        }
        stack.put(provider.id, stack.fields(Kind::Manual, &third)).await.unwrap();
        stack.runs(2).await;
        assert_eq!(stack.lease(provider.id).await, third);
        assert_eq!(stack.last(provider.id).await, Outcome::Overtaken);
        assert_eq!(stack.alive(provider.id).await, [3]);
    }
}

#[tokio::test]
async fn with_a_credential_that_is_removed_goes_everything_that_was_to_follow_or_was_still_valid() {
    let stack = Stack::start().await;
    for grace in [false, true] {
        let provider = stack.provider(Kind::Manual, &format!("first{grace}")).await;
        let second = format!("second{grace}");
        stack.outside.state().know(&second);
        stack.request(provider.id, Some(stack.fields(Kind::Manual, &second))).await.unwrap();
        if grace {
            stack.run().await;
        }
        // The function died before it reached the vault.
        stack.remove(provider.id).await;
        stack.runs(2).await;
        assert_eq!(stack.alive(provider.id).await, [0_u64; 0], "grace: {grace}");
        assert_eq!(stack.last(provider.id).await, Outcome::Overtaken);
        assert_eq!(stack.run().await.looked, 0, "there is no end of looking");
    }
}

#[tokio::test]
async fn a_credential_whose_provider_was_deleted_or_that_became_void_is_destroyed_by_the_sweep() {
    let stack = Stack::start().await;
    let deleted = stack.provider(Kind::Manual, "deleted").await;
    let void = stack.provider(Kind::Manual, "void").await;
    stack.delete(deleted.id).await;
    let _ = stack.moved(void.id, "https://elsewhere.example/v1").await;
    assert_eq!((stack.alive(deleted.id).await, stack.alive(void.id).await), (vec![1], vec![1]));
    stack.run().await;
    assert_eq!((stack.alive(deleted.id).await, stack.alive(void.id).await), (vec![], vec![]));
    assert_eq!(stack.run().await, Default::default());
}

#[tokio::test]
async fn a_rotation_that_is_called_off_leaves_no_key_behind() {
    let stack = Stack::start().await;
    let provider = stack.provider(Kind::Aws, "AKIAFIRST").await;
    stack.request(provider.id, None).await.unwrap();
    // It is made, and refused: the provider does not know it yet.
    stack.run().await;
    assert_eq!(stack.outside.state().keys.len(), 2);
    stack.cancel(provider.id).await.unwrap();
    stack.runs(2).await;
    assert_eq!(stack.outside.state().keys.keys().collect::<Vec<_>>(), ["AKIAFIRST"]);
    assert_eq!((stack.alive(provider.id).await, stack.lease(provider.id).await.as_str()), (vec![1], "AKIAFIRST"));
}

#[tokio::test]
async fn where_there_is_no_room_or_no_right_nothing_is_made_and_the_reason_is_told() {
    let stack = Stack::start().await;
    let provider = stack.provider(Kind::Aws, "AKIAFIRST").await;
    stack.outside.state().know("AKIAOTHER");
    stack.request(provider.id, None).await.unwrap();
    stack.run().await;
    assert_eq!(stack.last(provider.id).await, failed("no-room"));
    assert_eq!(stack.outside.state().asked, ["ListAccessKeys"], "somebody else's key was touched");
    stack.outside.state().keys.remove("AKIAOTHER");
    let denied = "<ErrorResponse><Error><Code>AccessDenied</Code></Error></ErrorResponse>";
    stack.outside.state().refusal = Some((403, denied.to_owned()));
    stack.request(provider.id, None).await.unwrap();
    stack.run().await;
    assert_eq!(stack.last(provider.id).await, failed("forbidden"));
    assert_eq!(stack.lease(provider.id).await, "AKIAFIRST");
}

#[tokio::test]
async fn of_many_runs_at_once_one_makes_a_key() {
    let stack = Stack::start().await;
    let provider = stack.provider(Kind::OpenAi, "sk-first").await;
    stack.schedule(provider.id, Kind::OpenAi).await;
    pass(hours(91 * 24));
    let apps: Vec<_> = (0..6).map(|_| stack.app()).collect();
    let done = join_all(apps.iter().map(|app| app.run())).await;
    assert!(done.iter().all(Result::is_ok), "{done:?}");
    stack.runs(2).await;
    let made = stack.outside.state().asked.iter().filter(|asked| asked.starts_with("POST")).count();
    assert_eq!((made, stack.outside.state().accounts.len()), (1, 1));
}

#[tokio::test]
async fn a_key_that_may_make_keys_is_not_used_for_another_host_than_it_was_stored_for() {
    let stack = Stack::start().await;
    let provider = stack.provider(Kind::OpenAi, "sk-first").await;
    stack.schedule(provider.id, Kind::OpenAi).await;
    let elsewhere = crate::outside::Outside::start().await;
    let _ = stack.moved(provider.id, &format!("{}/v1", elsewhere.url)).await;
    stack.put(provider.id, stack.fields(Kind::OpenAi, "sk-second")).await.unwrap();
    pass(hours(91 * 24));
    stack.runs(3).await;
    assert!(elsewhere.state().asked.is_empty(), "{:?}", elsewhere.state().asked);
    let schedule = stack.look(provider.id).await.1.schedule.unwrap();
    assert_eq!((schedule.method, stack.keepers(provider.id).await), (Method::Reminder, 0));
}

#[tokio::test]
async fn people_are_reminded_when_a_credential_is_old_enough_and_again_each_week() {
    let stack = Stack::start().await;
    let provider = stack.provider(Kind::Manual, "first").await;
    stack.schedule(provider.id, Kind::Manual).await;
    let mut reminded = vec![];
    for day in 0..120 {
        stack.run().await;
        stack.run().await;
        reminded.extend(vec![day; stack.reminders(&provider).await]);
        if day == 105 {
            stack.put(provider.id, stack.fields(Kind::Manual, "second")).await.unwrap();
        }
        pass(hours(24));
    }
    assert_eq!(reminded, [90, 97, 104], "the day in which it is due, and each week until it was replaced");
}

impl Stack {
    /// The provider at another address.
    async fn moved(&self, id: domain::id::ProviderId, base_url: &str) -> domain::provider::Provider {
        let base_url = Patch::Set(base_url.to_owned().try_into().unwrap());
        let asked = EditProvider {
            id,
            version: self.read(id).await.version,
            name: None,
            endpoint: EndpointPatch { base_url, ..Default::default() },
            models: Patch::Keep,
            enabled: None,
            assignment: None,
        };
        self.store.edit_provider(&granted(asked), &mut mint()).await.unwrap().0
    }
}
