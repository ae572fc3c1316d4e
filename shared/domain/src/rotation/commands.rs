//! What is asked of rotations: by people in the two homes of providers, and by the part of the product that runs them.

use super::{EveryDays, GraceHours};
use crate::home::{Rights, take_rights};
use crate::id::ProviderId;
use crate::scope::PlatformScope;
use crate::{Action, Command};

/// The right to look after providers.
const MANAGE: Rights = Rights { organization: Action::ManageOwnProviders, platform: Action::ManageGlobalProviders };
const RUN: Rights = Rights { organization: Action::RotateCredentials, platform: Action::RotateCredentials };

take_rights!(MANAGE => RequestRotation, ViewRotations, CancelRotation, SetSchedule, RemoveSchedule);
take_rights!(RUN => RunRotation);

/// `POST …/providers/{id}/rotations`. The new credential goes to the vault, and is no part of this.
#[derive(Clone, Copy, Debug)]
pub struct RequestRotation {
    /// Of which provider.
    pub id: ProviderId,
    /// The version of the provider that was read: a key is meant for the address that its owner saw.
    pub version: u64,
    /// How long the old one stays valid.
    pub grace: GraceHours,
}

/// `GET …/providers/{id}/rotation`
#[derive(Clone, Copy, Debug)]
pub struct ViewRotations {
    /// Of which provider.
    pub id: ProviderId,
}

/// `POST …/providers/{id}/rotation/cancel`
#[derive(Clone, Copy, Debug)]
pub struct CancelRotation {
    /// Of which provider.
    pub id: ProviderId,
}

/// `PUT …/providers/{id}/rotation-schedule`. A second credential goes to the vault, and is no part of this.
#[derive(Clone, Copy, Debug)]
pub struct SetSchedule {
    /// Of which provider.
    pub id: ProviderId,
    /// The version of the provider that was read.
    pub version: u64,
    /// How old a credential gets.
    pub every: EveryDays,
    /// How long the old one stays valid.
    pub grace: GraceHours,
    /// Whether the product is to replace it itself.
    pub automatic: bool,
}

/// `DELETE …/providers/{id}/rotation-schedule`
#[derive(Clone, Copy, Debug)]
pub struct RemoveSchedule {
    /// Of which provider.
    pub id: ProviderId,
}

/// The rotations of one provider are looked at.
#[derive(Clone, Copy, Debug)]
pub struct RunRotation {
    /// Of which provider.
    pub id: ProviderId,
}

/// Which providers are to be looked at.
#[derive(Clone, Copy, Debug)]
pub struct RunRotations;

impl Command for RunRotations {
    type Scope = PlatformScope;
    fn action(&self) -> Action {
        Action::RotateCredentials
    }
}
