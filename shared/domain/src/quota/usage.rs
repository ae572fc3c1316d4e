//! What is asked of usage over time.

use super::{QuotaScope, ScopeObject, Window};
use crate::decide::Place;
use crate::id::{OrganizationId, UserId};
use crate::{Action, Code, Command, Error, OrgScope, Result};

/// So many days are shown at once.
pub const USAGE_DAYS_MAX: usize = 92;

/// `GET …/usage`: of oneself, or of what one administers.
#[derive(Clone, Copy, Debug)]
pub struct ReadUsage {
    /// Of what.
    pub object: ScopeObject,
    /// The first day.
    pub from: Window,
    /// The last day.
    pub to: Window,
    own: bool,
}

impl ReadUsage {
    /// Of that, as `caller` asks for it; at most 92 days.
    ///
    /// # Errors
    /// [`Code::Invalid`]
    pub fn new(object: ScopeObject, (from, to): (Window, Window), caller: Option<UserId>) -> Result<Self> {
        let days = to.first_day().saturating_sub(from.first_day()).saturating_add(1);
        if !(1..=92).contains(&days) {
            return Err(Error::new(Code::Invalid, "must be 1 to 92 days, the first not after the last").at("first_day"));
        }
        let own = matches!(object, ScopeObject::User { id } if Some(id) == caller);
        Ok(Self { object, from, to, own })
    }

    /// The days, in order.
    pub fn days(&self) -> impl Iterator<Item = Window> + use<> {
        let last = self.to;
        std::iter::successors(Some(self.from), |day| Some(day.after())).take_while(move |day| *day <= last)
    }

    /// Whether it is the caller's own.
    #[must_use]
    pub fn is_own(&self) -> bool {
        self.own
    }

    /// Of what, as counters know it.
    #[must_use]
    pub fn scope(&self) -> QuotaScope {
        self.object.scope()
    }
}

impl Command for ReadUsage {
    type Scope = OrgScope;
    fn action(&self) -> Action {
        if self.own { Action::ReadOwnQuotas } else { self.object.read_by() }
    }
    fn place(&self, at: &OrganizationId) -> Place {
        self.object.place(*at)
    }
}
