//! What may be asked of the audit log.

use crate::{Action, Command, OrgScope, PlatformScope};

/// `GET /v1/organizations/{org}/audit-events`
#[derive(Clone, Copy, Debug)]
pub struct ReadAudit;

impl Command for ReadAudit {
    type Scope = OrgScope;
    fn action(&self) -> Action {
        Action::ReadAudit
    }
}

/// `GET /v1/organizations/{org}/activity`
#[derive(Clone, Copy, Debug)]
pub struct ReadOwnActivity;

impl Command for ReadOwnActivity {
    type Scope = OrgScope;
    fn action(&self) -> Action {
        Action::ReadOwnActivity
    }
}

/// `GET /v1/audit-events`
#[derive(Clone, Copy, Debug)]
pub struct ReadPlatformAudit;

impl Command for ReadPlatformAudit {
    type Scope = PlatformScope;
    fn action(&self) -> Action {
        Action::ReadPlatformAudit
    }
}
