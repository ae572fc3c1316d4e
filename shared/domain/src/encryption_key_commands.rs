//! What can be asked of an organization's encryption key, and what its turn may do.

use crate::encryption_key::RotationDays;
use crate::{Action, Command, OrgScope, Patch, PlatformScope};

/// `GET /v1/organizations/{org}/encryption-key`
#[derive(Clone, Copy, Debug)]
pub struct ReadEncryptionKey;

/// `PATCH /v1/organizations/{org}/encryption-key`
#[derive(Clone, Debug)]
pub struct ScheduleRotation {
    /// The version that was read.
    pub version: u64,
    /// After how many days it turns.
    pub every: Patch<RotationDays>,
}

/// `POST /v1/organizations/{org}/encryption-key/rotations`
#[derive(Clone, Copy, Debug)]
pub struct RotateEncryptionKey;

/// Finds organizations whose keys are to turn.
#[derive(Clone, Copy, Debug)]
pub struct SweepEncryptionKeys;

/// Turns the key of one.
#[derive(Clone, Copy, Debug)]
pub struct TurnEncryptionKey;

impl Command for ReadEncryptionKey {
    type Scope = OrgScope;
    fn action(&self) -> Action {
        Action::ManageEncryptionKey
    }
}

impl Command for ScheduleRotation {
    type Scope = OrgScope;
    fn action(&self) -> Action {
        Action::ManageEncryptionKey
    }
}

impl Command for RotateEncryptionKey {
    type Scope = OrgScope;
    fn action(&self) -> Action {
        Action::ManageEncryptionKey
    }
}

impl Command for SweepEncryptionKeys {
    type Scope = PlatformScope;
    fn action(&self) -> Action {
        Action::TurnEncryptionKeys
    }
}

impl Command for TurnEncryptionKey {
    type Scope = OrgScope;
    fn action(&self) -> Action {
        Action::TurnEncryptionKeys
    }
}
