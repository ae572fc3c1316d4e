//! A permission as a value: what the store's methods take, and what nothing but a decision can make.

use crate::change::{Change, Target};
use crate::decide::{Place, Verdict, decide};
use crate::event::Event;
use crate::event_kind::EventKind;
use crate::scope::{Reach, Seal};
use crate::{Action, Actor, Code, Error, Mint, Result};

/// Something that a caller asks for.
pub trait Command {
    /// Where it reaches.
    type Scope: Reach;

    /// The right it needs; it may depend on what is asked, such as a role that is to be given.
    fn action(&self) -> Action;

    /// The place to decide on; it too may depend on what is asked, such as a use case, which is decided on in its project.
    fn place(&self, at: &<Self::Scope as Reach>::At) -> Place {
        Self::Scope::place(at)
    }
}

/// A command whose caller's right was checked, with the scope it may reach.
#[derive(Debug)]
pub struct Granted<C: Command> {
    command: C,
    actor: Actor,
    scope: C::Scope,
    as_superadmin: bool,
}

impl Actor {
    /// Decides whether this actor may do that there.
    ///
    /// # Errors
    /// [`Code::NotFound`] where the caller may not know of the place, else [`Code::Forbidden`] or the reason why
    /// nobody gets in at present.
    pub fn grant<C: Command>(&self, command: C, at: <C::Scope as Reach>::At) -> Result<Granted<C>> {
        let (action, place) = (command.action(), command.place(&at));
        match decide(self, action, place) {
            Verdict::Allow => Ok(Granted {
                as_superadmin: self.is_superadmin()
                    && decide(&self.without_superadmin(), action, place) != Verdict::Allow,
                scope: C::Scope::open(self, at, Seal(()))?,
                actor: self.clone(),
                command,
            }),
            Verdict::Refuse(code) => Err(Error::new(code, words(code))),
            Verdict::Conceal => Err(Error::not_found()),
        }
    }
}

fn words(code: Code) -> &'static str {
    match code {
        Code::Unauthenticated => "sign in first",
        Code::PasswordChangeRequired => "change the temporary password first",
        Code::OrganizationNotActive => "the organization is not active",
        _ => "your role does not allow this",
    }
}

impl<C: Command> Granted<C> {
    /// What was asked.
    pub fn command(&self) -> &C {
        &self.command
    }

    /// Who asked.
    pub fn actor(&self) -> &Actor {
        &self.actor
    }

    /// Where it may reach.
    pub fn scope(&self) -> &C::Scope {
        &self.scope
    }

    /// The audit record of this act: who, what and where from are already known.
    pub fn event(&self, mint: &mut Mint, kind: EventKind, target: Target, changes: Vec<Change>) -> Event {
        Event::of(&self.actor, mint, kind, target, changes).as_superadmin(self.as_superadmin)
    }
}
