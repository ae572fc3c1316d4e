//! The promise: whatever a rotation does, and wherever it is cut off, there is no moment without a credential that works.

use std::future::poll_fn;
use std::task::Poll;
use std::time::Duration;

use domain::provider::Provider;
use domain::rotation::Stage;
use futures::future::{Either, select};

use crate::stack::{Kind, Stack, hours, pass};

/// Longer than anybody keeps others away from a rotation.
const BEYOND_HOLD: Duration = Duration::from_secs(200);

/// What is cut off: before the answer that it waited for is seen, or right after it was asked for.
#[derive(Clone, Copy, Debug)]
enum Cut {
    Unseen,
    Asked,
}

impl Stack {
    /// A run that ends at its await of that number, while a runtime goes on leasing. True where it came to its own end.
    async fn dying_run(&self, provider: &Provider, number: u32, cut: Cut) -> bool {
        let (app, mut polls) = (self.app(), 0);
        let mut run = Box::pin(async move { app.run().await.unwrap() });
        let cut_off = poll_fn(move |context| {
            if polls == number {
                return Poll::Ready(false);
            }
            polls += 1;
            match run.as_mut().poll(context) {
                Poll::Ready(_) => Poll::Ready(true),
                Poll::Pending if polls == number && matches!(cut, Cut::Asked) => Poll::Ready(false),
                Poll::Pending => Poll::Pending,
            }
        });
        let leasing = async {
            loop {
                self.lease(provider.id).await;
                tokio::task::yield_now().await;
            }
        };
        match select(Box::pin(cut_off), Box::pin(leasing)).await {
            Either::Left((ended, _)) => ended,
            Either::Right((never, _)) => never,
        }
    }

    /// Runs, and time passes, until the rotation is in its grace or over.
    async fn until_current(&self, provider: &Provider) {
        for _ in 0..12 {
            self.dying_run(provider, u32::MAX, Cut::Unseen).await;
            let running = self.look(provider.id).await.1.running;
            if running.is_none_or(|running| matches!(running.stage, Stage::Grace { .. })) {
                return;
            }
            pass(BEYOND_HOLD);
        }
        panic!("it never became current: {:?}", self.look(provider.id).await.1);
    }

    async fn until_over(&self, provider: &Provider) {
        for _ in 0..12 {
            let rotations = self.look(provider.id).await.1;
            if rotations.running.is_none() && rotations.leftovers.is_empty() {
                return;
            }
            pass(BEYOND_HOLD);
            self.dying_run(provider, u32::MAX, Cut::Unseen).await;
        }
        panic!("it is never over: {:?}", self.look(provider.id).await.1);
    }
}

/// One rotation, cut off at the await of that number on the way to current and on the way to retired. Whether both ways were
/// shorter.
async fn rotated(stack: &Stack, kind: Kind, number: u32, cut: Cut) -> bool {
    *stack.outside.state() = Default::default();
    let first = format!("typed-key-{kind:?}-{number:06}-{cut:?}");
    let provider = stack.provider(kind, &first).await;
    if kind == Kind::Manual {
        let second = format!("second-key-{number:06}-{cut:?}");
        stack.outside.state().know(&second);
        stack.request(provider.id, Some(stack.fields(kind, &second))).await.unwrap();
    } else {
        stack.schedule(provider.id, kind).await;
        pass(hours(91 * 24));
    }
    let whole = stack.dying_run(&provider, number, cut).await;
    pass(BEYOND_HOLD);
    stack.until_current(&provider).await;
    let current = stack.lease(provider.id).await;
    assert_ne!(current, first, "it was not replaced");
    assert!(stack.outside.state().takes(&first), "the old one is refused inside its grace");
    assert_eq!(stack.alive(provider.id).await.len(), 2, "both are there inside the grace");
    pass(hours(25));
    let rest = stack.dying_run(&provider, number, cut).await;
    stack.until_over(&provider).await;
    assert_eq!(stack.lease(provider.id).await, current);
    let version = stack.read(provider.id).await.credential.unwrap().version;
    assert_eq!(stack.alive(provider.id).await, [version], "one version is left in the vault");
    only_one_is_valid(stack, kind, &first, &current);
    assert_eq!(stack.look(provider.id).await.1.past[0].outcome.as_str(), "retired");
    stack.delete(provider.id).await;
    stack.run().await;
    assert_eq!((stack.alive(provider.id).await, stack.keepers(provider.id).await), (vec![], 0));
    whole && rest
}

fn only_one_is_valid(stack: &Stack, kind: Kind, first: &str, current: &str) {
    let mut state = stack.outside.state();
    match kind {
        // What a person made a person ends.
        Kind::Manual => {}
        Kind::Aws => assert_eq!(state.keys.keys().collect::<Vec<_>>(), [current], "keys are left at the provider"),
        Kind::Azure => assert!(!state.takes(first) && state.takes(current), "the old one is still valid"),
        Kind::OpenAi => {
            let keys: Vec<_> = state.accounts.values().map(|(_, key)| key.as_str()).collect();
            assert_eq!(keys, [current], "accounts are left at the provider");
        }
    }
}

async fn cut_off_anywhere(kind: Kind) {
    let stack = Stack::start().await;
    for cut in [Cut::Unseen, Cut::Asked] {
        let mut number = 1;
        while !rotated(&stack, kind, number, cut).await {
            number += 1;
            assert!(number < 500, "there is no end of awaits");
        }
        // Eight calls at least lead to current; how often each is waited for is the runtime's.
        assert!(number > 8, "only {number} awaits were cut off");
        eprintln!("{kind:?} {cut:?}: cut off at {number} awaits");
    }
}

#[tokio::test]
async fn a_credential_that_somebody_brings_takes_over_without_a_moment_in_which_none_works() {
    cut_off_anywhere(Kind::Manual).await;
}

#[tokio::test]
async fn access_keys_of_aws_are_replaced_without_a_moment_in_which_none_works_and_none_is_left_behind() {
    cut_off_anywhere(Kind::Aws).await;
}

#[tokio::test]
async fn the_two_keys_of_azure_take_turns_without_a_moment_in_which_none_works() {
    cut_off_anywhere(Kind::Azure).await;
}

#[tokio::test]
async fn keys_of_openai_are_replaced_without_a_moment_in_which_none_works_and_none_is_left_behind() {
    cut_off_anywhere(Kind::OpenAi).await;
}
