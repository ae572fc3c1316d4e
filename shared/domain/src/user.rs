//! People: an account on the platform, whatever organizations it belongs to.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::id::{OrganizationId, UserId};
use crate::name::DisplayName;
use crate::{Action, Command, Email, PlatformScope, SelfScope, Timestamp};

/// Whether the account can be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum UserStatus {
    /// Waits for its e-mail to be confirmed.
    Pending,
    /// In use.
    Active,
    /// Taken out of use by a superadmin; effective on the next request.
    Suspended,
}

/// A person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct User {
    /// Who.
    pub id: UserId,
    /// The e-mail as typed.
    pub email: Email,
    /// The name.
    pub display_name: DisplayName,
    /// Whether the account can be used.
    pub status: UserStatus,
    /// Whether the e-mail was confirmed.
    pub email_verified: bool,
    /// Whether a temporary password has to be changed first.
    pub must_change_password: bool,
    /// Whether every check passes; set by the operator alone.
    pub superadmin: bool,
    /// The organizations it belongs to.
    pub organizations: BTreeSet<OrganizationId>,
    /// When it signed in last.
    pub last_sign_in_at: Option<Timestamp>,
    /// When it was made.
    pub created_at: Timestamp,
    /// Sessions of an earlier epoch are over.
    pub session_epoch: u64,
    /// Counts changes; the `ETag`.
    pub version: u64,
}

/// `GET /v1/me`
#[derive(Clone, Copy, Debug)]
pub struct ReadMe;

impl Command for ReadMe {
    type Scope = SelfScope;
    fn action(&self) -> Action {
        Action::ChangeOwnPassword
    }
}

/// `PATCH /v1/me`
#[derive(Clone, Debug)]
pub struct EditMe {
    /// The version that was read.
    pub version: u64,
    /// A new name.
    pub display_name: DisplayName,
}

impl Command for EditMe {
    type Scope = SelfScope;
    fn action(&self) -> Action {
        Action::ManageSelf
    }
}

/// By what people are listed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PeopleBy {
    /// By e-mail, those whose e-mail begins so, ignoring case; all of them if that is empty.
    Email(String),
    /// By name, those whose name begins so, ignoring case.
    Name(String),
}

/// `GET /v1/users`
#[derive(Clone, Debug)]
pub struct ListUsers {
    /// By what.
    pub by: PeopleBy,
    /// Only those whose account is so.
    pub status: Option<UserStatus>,
}

impl Command for ListUsers {
    type Scope = PlatformScope;
    fn action(&self) -> Action {
        Action::ManageUsers
    }
}

/// `GET /v1/users/{user}/memberships`
#[derive(Clone, Copy, Debug)]
pub struct ReadMemberships {
    /// Whose.
    pub user: UserId,
}

impl Command for ReadMemberships {
    type Scope = PlatformScope;
    fn action(&self) -> Action {
        Action::ManageUsers
    }
}

/// `GET /v1/users/{user}` and `GET /v1/users?email=`
#[derive(Clone, Copy, Debug)]
pub struct ReadUsers;

impl Command for ReadUsers {
    type Scope = PlatformScope;
    fn action(&self) -> Action {
        Action::ManageUsers
    }
}

/// `POST /v1/users/{user}/suspend|reactivate`
#[derive(Clone, Copy, Debug)]
pub struct SetUserStatus {
    /// Whom.
    pub user: UserId,
    /// To suspend, or to let in again.
    pub suspended: bool,
}

impl Command for SetUserStatus {
    type Scope = PlatformScope;
    fn action(&self) -> Action {
        Action::ManageUsers
    }
}

/// `POST /v1/users/{user}/verify`
#[derive(Clone, Copy, Debug)]
pub struct VouchForEmail {
    /// Whose.
    pub user: UserId,
}

impl Command for VouchForEmail {
    type Scope = PlatformScope;
    fn action(&self) -> Action {
        Action::ManageUsers
    }
}

/// `POST /v1/me/email`; the password is proved before.
#[derive(Clone, Debug)]
pub struct ChangeEmail {
    /// The e-mail that is wanted.
    pub email: Email,
}

impl Command for ChangeEmail {
    type Scope = SelfScope;
    fn action(&self) -> Action {
        Action::ManageSelf
    }
}

/// The operator makes the first superadmin, or changes who is one.
#[derive(Clone, Copy, Debug)]
pub struct Bootstrap;

impl Command for Bootstrap {
    type Scope = PlatformScope;
    fn action(&self) -> Action {
        Action::Bootstrap
    }
}
