//! What is asked, by whom. Things are named by a number that is taken modulo how many there are, so that any part of a history
//! is a history too.

use domain::{OrgRole, ProjectRole};

/// Picks one of what there is.
pub type Pick = usize;

/// Who asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Who {
    /// Nobody.
    Nobody,
    /// Somebody with a session, if they can have one.
    Person(Pick),
    /// Somebody with a session that was ended.
    Ended(Pick),
    /// A program with a token, if it has one.
    Program(Pick),
    /// A program with a token that was revoked.
    Revoked(Pick),
}

/// How much time passes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Gap {
    /// An hour.
    Hour,
    /// A day.
    Day,
    /// As long as a link of an invitation works.
    Link,
}

/// Which link of an invitation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Link {
    /// The latest.
    Latest,
    /// The one before; the latest if there is only one.
    Earlier,
}

/// How a program is edited.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Edit {
    /// Its tokens are refused.
    Suspend,
    /// They are taken again.
    Resume,
    /// Another role.
    Role(OrgRole),
}

/// One request, or time that passes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "the fields say what the request says")]
pub enum Command {
    Pass(Gap),
    CreateOrganization {
        by: Who,
    },
    ReadOrganization {
        by: Who,
        org: Pick,
    },
    AddMember {
        by: Who,
        org: Pick,
        person: Pick,
        role: OrgRole,
    },
    ChangeRole {
        by: Who,
        org: Pick,
        person: Pick,
        role: OrgRole,
        stale: bool,
    },
    /// Who names themselves leaves.
    Remove {
        by: Who,
        org: Pick,
        person: Pick,
    },
    Suspend {
        by: Who,
        person: Pick,
    },
    Reactivate {
        by: Who,
        person: Pick,
    },
    Invite {
        by: Who,
        org: Pick,
        person: Pick,
        role: OrgRole,
        project: Option<(Pick, ProjectRole)>,
    },
    Resend {
        by: Who,
        invitation: Pick,
    },
    Revoke {
        by: Who,
        invitation: Pick,
    },
    CopyLink {
        by: Who,
        invitation: Pick,
    },
    LookUp {
        invitation: Pick,
        link: Link,
    },
    Accept {
        by: Who,
        invitation: Pick,
        link: Link,
    },
    /// Whoever was invited accepts.
    AcceptOwn {
        invitation: Pick,
        link: Link,
    },
    CreateProject {
        by: Who,
        org: Pick,
        name: Pick,
    },
    DeleteProject {
        by: Who,
        project: Pick,
    },
    SetProjectMember {
        by: Who,
        project: Pick,
        person: Pick,
        role: ProjectRole,
    },
    RemoveProjectMember {
        by: Who,
        project: Pick,
        person: Pick,
    },
    CreateProgram {
        by: Who,
        org: Pick,
        role: OrgRole,
        project: Option<(Pick, ProjectRole)>,
    },
    EditProgram {
        by: Who,
        program: Pick,
        edit: Edit,
        stale: bool,
    },
    DeleteProgram {
        by: Who,
        program: Pick,
    },
    CreateToken {
        by: Who,
        program: Pick,
    },
    RevokeToken {
        by: Who,
        program: Pick,
        token: Pick,
    },
}

/// What goes wrong below the store.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// The first transaction conflicts with another one.
    Conflict,
    /// That call to the database is throttled.
    Throttle(u64),
    /// That call arrives nowhere.
    LostBefore(u64),
    /// That call is carried out, and its answer is lost.
    LostAfter(u64),
    /// The first transaction is carried out, and said to be still running.
    Unfinished,
}

/// A command, and what goes wrong with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Step {
    /// What is asked.
    pub command: Command,
    /// What goes wrong.
    pub fault: Option<Fault>,
    /// Whether a request that makes something is sent again with its key.
    pub again: bool,
}
