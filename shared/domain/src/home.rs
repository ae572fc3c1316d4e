//! Homes: where there are things of the same kind for one organization alone, and for all of them.

use std::marker::PhantomData;

use crate::scope::Reach;
use crate::{Action, Command, OrgScope, PlatformScope};

/// Where such things are kept: an organization, or the platform.
pub trait Home: Reach {
    /// The organization, if it is one.
    fn organization(&self) -> Option<&OrgScope>;
    /// Which of the rights is asked for here.
    fn right(rights: Rights) -> Action;
}

impl Home for OrgScope {
    fn organization(&self) -> Option<&OrgScope> {
        Some(self)
    }

    fn right(rights: Rights) -> Action {
        rights.organization
    }
}

impl Home for PlatformScope {
    fn organization(&self) -> Option<&OrgScope> {
        None
    }

    fn right(rights: Rights) -> Action {
        rights.platform
    }
}

/// The right that is needed in each kind of home.
#[derive(Clone, Copy, Debug)]
pub struct Rights {
    /// In an organization.
    pub organization: Action,
    /// On the platform.
    pub platform: Action,
}

/// What may be asked for in either home.
pub trait HomeCommand {
    /// What it takes.
    const RIGHTS: Rights;
}

/// Gives commands the right that they take, all of them the same one.
macro_rules! take_rights {
    ($rights:expr => $($command:ty),+ $(,)?) => { $(impl $crate::home::HomeCommand for $command {
        const RIGHTS: $crate::home::Rights = $rights;
    })+ };
}
pub(crate) use take_rights;

/// That, in the home which the type names.
#[derive(Debug)]
pub struct InHome<H, C> {
    /// What.
    pub what: C,
    home: PhantomData<fn() -> H>,
}

impl<H: Home, C: HomeCommand> InHome<H, C> {
    /// The command, in that home.
    pub fn new(what: C) -> Self {
        Self { what, home: PhantomData }
    }
}

impl<H: Home, C: HomeCommand> Command for InHome<H, C> {
    type Scope = H;
    fn action(&self) -> Action {
        H::right(C::RIGHTS)
    }
}
