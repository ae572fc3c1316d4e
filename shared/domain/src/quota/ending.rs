//! How holds end, and how spending is charged whose hold is gone: each step one conditional write.

use std::collections::BTreeSet;
use std::time::Duration;

use super::{Branch, Counter, CounterWrite, Ground, Guard, HOLD, Hold, HoldKey, Next, Part, Stage, Tokens};
use crate::Timestamp;

impl Ground<'_> {
    /// Charges what was used in place of what was held; the next write for that. A hold of a try that the settlement did not
    /// see counts for nothing: it came too late.
    #[must_use]
    pub fn settle(&self, key: HoldKey, used: Tokens, attempts: &BTreeSet<u32>, now: Timestamp) -> Next {
        self.end(key, now, |_, hold| Some(if attempts.contains(&hold.attempt) { used } else { Tokens::ZERO }))
    }

    /// Gives a hold back; with `attempt`, only that of this try.
    #[must_use]
    pub fn release(&self, key: HoldKey, attempt: Option<u32>, now: Timestamp) -> Next {
        self.end(key, now, |_, hold| attempt.is_none_or(|attempt| attempt == hold.attempt).then_some(Tokens::ZERO))
    }

    /// Gives back what a reservation held in that part until it lapsed.
    pub(super) fn drop_lapsed(&self, of: Part, key: HoldKey, now: Timestamp) -> Next {
        self.end(key, now, |part, _| (part == of).then_some(Tokens::ZERO))
    }

    fn end(&self, key: HoldKey, now: Timestamp, used: impl Fn(Part, &Hold) -> Option<Tokens>) -> Next {
        let mut ending = self.holding(key).filter_map(|(part, hold)| Some((part, used(part, &hold)?)));
        let Some((part, used)) = ending.next() else { return Next::Done };
        match (part, self.part(part), self.counter) {
            (Part::Branch(branch), Some(seen), Some(root)) => {
                self.end_in_branch((seen, branch), root, (key, used), now)
            }
            (Part::Root, Some(seen), _) => {
                let mut after = seen.clone();
                after.charge(key, used);
                self.charged(after, now)
            }
            (Part::Root | Part::Branch(_), _, _) => Next::Done,
        }
    }

    fn end_in_branch(
        &self,
        (seen, branch): (&Counter, Branch),
        root: &Counter,
        (key, used): (HoldKey, Tokens),
        now: Timestamp,
    ) -> Next {
        let mut after = seen.clone();
        // A period may be limited since the hold was put: the root has given what it holds of it, and its use counts as well.
        after.count_what(root, self.caps(now).0);
        after.limit_as(root);
        after.receive(root, branch);
        after.charge(key, used);
        // What is used beyond the hold and what the branch has, the root gives first: so it is nowhere free meanwhile. In a
        // period that is not limited a branch may owe while it is open; it is paid when it closes.
        let is_open = after.phase.stage() == Stage::Open;
        let mut paid = root.clone();
        paid.pay(&if is_open { after.limited() } else { after.clone() }, branch);
        if paid != *root {
            return self.charged(paid, now);
        }
        if !is_open {
            after.give_free(branch);
        }
        Next::one(Part::Branch(branch), CounterWrite::between(Some(seen), after, Guard::Moved))
    }

    /// Charges the root whatever is left, where it holds alone. Else what it charges has to be left in it, or branches would
    /// go on giving away what is owed.
    fn charged(&self, after: Counter, now: Timestamp) -> Next {
        if self.phase().stage() == Stage::Joined {
            return Next::one(Part::Root, CounterWrite::between(self.counter, after, Guard::None));
        }
        let owes = after.limited().entries.iter().any(|(_, entry)| entry.left < 0);
        if !owes {
            return Next::one(Part::Root, CounterWrite::between(self.counter, after, Guard::Moved));
        }
        let (now, caps) = self.caps(now);
        if self.is_behind(&caps) { Next::Behind } else { self.join(&caps, now) }
    }
}

/// A hold that lapses so soon may be taken away, as lapsed, by somebody else's reservation while its settlement is under way.
const UNDER_WAY: Duration = Duration::from_secs(60);

impl Hold {
    /// Whether a settlement that begins now may come too late for it.
    #[must_use]
    pub fn may_lapse_meanwhile(&self, now: Timestamp) -> bool {
        self.has_lapsed(now.plus(UNDER_WAY))
    }
}

impl Ground<'_> {
    /// Spending whose hold is gone becomes a hold again first, so that charging it twice is as impossible as for any other; one
    /// that is about to go is renewed, so that it cannot be taken away between the ledger and the charge. It is put whether
    /// there is room or not, unless no window that still counts is concerned; the settlement charges it.
    #[must_use]
    pub fn hold_belated(&self, key: HoldKey, hold: Hold, now: Timestamp) -> Next {
        if let Some((part, there)) = self.holding(key).next() {
            let renewal = self.part(part).filter(|_| there.may_lapse_meanwhile(now));
            return renewal.map_or(Next::Done, |counter| renewed(counter, part, (key, there), now));
        }
        let (now, caps) = self.caps(now);
        if self.is_behind(&caps) {
            return Next::Behind;
        }
        if self.is_outdated(&caps) {
            return self.join(&caps, now);
        }
        if self.lacks_branches(&caps) {
            return Next::Look;
        }
        let mut after = self.root_at(&caps, now);
        if !after.entries.iter().any(|(_, entry)| entry.window.contains(hold.reserved_at)) {
            return Next::Done;
        }
        after.hold(key, hold);
        self.charged(after, now)
    }
}

fn renewed(counter: &Counter, part: Part, (key, there): (HoldKey, Hold), now: Timestamp) -> Next {
    let mut after = counter.clone();
    after.holds.insert(key, Hold { lapses_at: now.plus(HOLD), ..there });
    Next::one(part, CounterWrite::between(Some(counter), after, Guard::None))
}
