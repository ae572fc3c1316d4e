//! Limits, defaults and top-ups as admins change them.

use domain::quota::{ByPeriod, Period, QuotaScope, ScopeKind, Tokens, TopUps, Window};

use crate::command::call;
use crate::{Command, Crowd, Random};

impl Crowd {
    pub(crate) fn change_limits(&mut self) {
        self.epoch += 1;
        self.promised.clear();
        let limit = |random: &mut Random| match random.below(30) {
            0..6 => None,
            6 => Some(Tokens::ZERO),
            7..14 => Some(Tokens::try_from(u64::try_from(random.below(200)).unwrap()).unwrap()),
            _ => Some(Tokens::try_from(u64::try_from(random.below(6_000)).unwrap()).unwrap()),
        };
        let [project, use_case, user] = [1 + self.random.below(2), 1 + self.random.below(2), 1 + self.random.below(2)];
        let within = call(0, self.memory.now(), [project, use_case, user], 1).set;
        let scopes: Vec<QuotaScope> = within.scopes().collect();
        let scope = self.random.one_of(&scopes);
        let random = &mut self.random;
        match random.below(6) {
            0 => {
                let limits = ByPeriod { daily: limit(random), weekly: None, monthly: limit(random) };
                let kind = random.one_of(&ScopeKind::ALL);
                self.memory.set_default(random.once_in(2), kind, limits);
            }
            1 | 2 => {
                let (period, now) = (random.one_of(&Period::ALL), self.memory.now());
                let more = Tokens::try_from(u64::try_from(1 + random.below(60)).unwrap()).unwrap();
                self.memory.set(scope, |limits| {
                    let sum = limits.topped_up(period, now).plus(more);
                    *limits.top_ups.slot(period) = Some(TopUps { window: Window::of(period, now), sum });
                });
            }
            _ => {
                let limits = ByPeriod { daily: limit(random), weekly: limit(random), monthly: limit(random) };
                self.memory.set(scope, |set| set.own = limits);
                self.spawn(Command::Push(scope));
            }
        }
    }
}
