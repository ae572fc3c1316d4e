//! Data keys at hand: for minutes, so many at most, and each asked for once however many wait for it.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use domain::id::OrganizationId;
use futures::FutureExt;
use futures::future::{BoxFuture, Shared, WeakShared};

use crate::data_key::DataKey;
use crate::failure::Failure;
use crate::form::Wrapped;

/// What a data key is wanted for.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Wanted {
    /// To seal: any key of the organization that may still do so.
    ToSeal(OrganizationId),
    /// To open: the one that was wrapped like this.
    ToOpen(OrganizationId, Wrapped),
}

/// What a question to Vault brings.
pub(crate) type Answer = Result<Arc<DataKey>, Failure>;

/// How long and how many keys are kept.
#[derive(Clone, Copy)]
pub(crate) struct Room {
    pub(crate) time: Duration,
    pub(crate) keys: usize,
}

/// The keys at hand.
pub(crate) struct Shelf {
    room: Room,
    state: Mutex<State>,
}

/// Keys that go are wiped, as nobody else holds them but who uses them at this moment.
#[derive(Default)]
struct State {
    kept: BTreeMap<Wanted, (Duration, Arc<DataKey>)>,
    /// What is kept, the first to go in front; also what went before its time.
    order: VecDeque<(Duration, Wanted)>,
    /// Questions that somebody waits for; one that nobody waits for any more ends by itself.
    asked: BTreeMap<Wanted, WeakShared<BoxFuture<'static, Answer>>>,
}

impl Shelf {
    pub(crate) fn new(room: Room) -> Arc<Self> {
        Arc::new(Self { room, state: Mutex::default() })
    }

    /// The key; from Vault, by `ask`, if it is not at hand and nobody is asking for it already.
    pub(crate) async fn get(
        self: &Arc<Self>,
        wanted: &Wanted,
        now: Duration,
        ask: impl FnOnce() -> BoxFuture<'static, Answer>,
    ) -> Answer {
        let answer = {
            let mut state = self.state();
            state.drop_ended(now);
            match state.kept.get(wanted) {
                Some((_, key)) => return Ok(Arc::clone(key)),
                None => self.question(&mut state, wanted, now, ask),
            }
        };
        answer.await
    }

    /// The key may seal no more: whoever comes next gets another.
    pub(crate) fn retire(&self, wanted: &Wanted, spent: &Arc<DataKey>) {
        let mut state = self.state();
        if state.kept.get(wanted).is_some_and(|(_, kept)| Arc::ptr_eq(kept, spent)) {
            state.kept.remove(wanted);
        }
    }

    fn question(
        self: &Arc<Self>,
        state: &mut State,
        wanted: &Wanted,
        now: Duration,
        ask: impl FnOnce() -> BoxFuture<'static, Answer>,
    ) -> Shared<BoxFuture<'static, Answer>> {
        state.asked.retain(|_, question| question.upgrade().is_some());
        if let Some(question) = state.asked.get(wanted).and_then(WeakShared::upgrade) {
            return question;
        }
        let (shelf, asking, answer) = (Arc::clone(self), wanted.clone(), ask());
        let question = async move {
            let answer = answer.await;
            shelf.answered(asking, &answer, now);
            answer
        };
        let question = question.boxed().shared();
        state.asked.extend(question.downgrade().map(|waiting| (wanted.clone(), waiting)));
        question
    }

    /// Time counts from the question. A key that was made to seal also opens what it sealed.
    fn answered(&self, asked: Wanted, answer: &Answer, now: Duration) {
        let mut state = self.state();
        state.asked.remove(&asked);
        let Ok(key) = answer else { return };
        let until = now.saturating_add(self.room.time);
        if let Wanted::ToSeal(organization) = asked {
            state.keep(Wanted::ToOpen(organization, key.wrapped().clone()), until, key);
        }
        state.keep(asked, until, key);
        state.drop_beyond(self.room.keys);
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn keep(&mut self, wanted: Wanted, until: Duration, key: &Arc<DataKey>) {
        self.kept.insert(wanted.clone(), (until, Arc::clone(key)));
        self.order.push_back((until, wanted));
    }

    fn drop_ended(&mut self, now: Duration) {
        while self.order.front().is_some_and(|(until, _)| *until <= now) {
            self.drop_first();
        }
    }

    fn drop_beyond(&mut self, keys: usize) {
        while self.order.len() > keys {
            self.drop_first();
        }
    }

    /// One that was kept anew meanwhile stays.
    fn drop_first(&mut self) {
        let Some((until, wanted)) = self.order.pop_front() else { return };
        if self.kept.get(&wanted).is_some_and(|(kept_until, _)| *kept_until == until) {
            self.kept.remove(&wanted);
        }
    }
}
