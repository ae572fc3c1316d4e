//! What people are told of: the kinds of notices, the channels, and what of it may be switched off.

use serde::{Deserialize, Serialize};

/// A way to tell somebody.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Channel {
    /// The inbox in the portal, for whoever has an account.
    InApp,
    /// A mail.
    Email,
}

/// By which channels somebody is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
pub struct Channels {
    /// In the inbox.
    pub in_app: bool,
    /// By mail.
    pub email: bool,
}

/// What a notice is about, as a closed list; names are never changed. A preference is set for a kind and a channel.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum NoticeKind {
    /// You are invited into an organization.
    #[serde(rename = "membership.invited")]
    Invited,
    /// You belong to an organization.
    #[serde(rename = "membership.joined")]
    Joined,
    /// Your role in an organization or a project is another one.
    #[serde(rename = "membership.role-changed")]
    RoleChanged,
    /// You no longer belong to an organization.
    #[serde(rename = "membership.ended")]
    MembershipEnded,
    /// Somebody joined an organization that you run.
    #[serde(rename = "membership.member-joined")]
    MemberJoined,
    /// Somebody left an organization that you run.
    #[serde(rename = "membership.member-left")]
    MemberLeft,
    /// A workflow of yours was changed.
    #[serde(rename = "workflow.changed")]
    WorkflowChanged,
    /// An execution of yours ended.
    #[serde(rename = "execution.ended")]
    ExecutionEnded,
    /// An account was suspended or works again.
    #[serde(rename = "security.account-status")]
    AccountStatus,
    /// A password was changed or reset.
    #[serde(rename = "security.password")]
    PasswordChanged,
    /// An account gets another e-mail, or got it.
    #[serde(rename = "security.email")]
    EmailChanged,
    /// Somebody signed in from a place that was not seen before.
    #[serde(rename = "security.new-sign-in")]
    NewSignIn,
    /// An API token or a key was made or ended.
    #[serde(rename = "security.key-changed")]
    KeyChanged,
    /// Somebody was made a superadmin, or no longer is one.
    #[serde(rename = "security.superadmin-changed")]
    SuperadminChanged,
    /// A quota's window is nearly or wholly used.
    #[serde(rename = "usage.alert")]
    UsageAlert,
    /// A file that you asked for is ready, or could not be made.
    #[serde(rename = "file.ready")]
    FileReady,
    /// Somebody asks for more quota.
    #[serde(rename = "quota-request.created")]
    QuotaRequestCreated,
    /// Your request for more quota was decided.
    #[serde(rename = "quota-request.decided")]
    QuotaRequestDecided,
    /// A credential of a provider is too old, or could not be replaced.
    #[serde(rename = "provider.credential-due")]
    CredentialDue,
    /// The link that proves your e-mail.
    #[serde(rename = "link.verification")]
    VerificationLink,
    /// The link that sets a new password.
    #[serde(rename = "link.password-reset")]
    PasswordResetLink,
    /// The link that proves your new e-mail.
    #[serde(rename = "link.email-change")]
    EmailChangeLink,
}

/// What a kind is about as a whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Family {
    /// Who belongs where, with which role.
    Membership,
    /// What was built.
    Workflows,
    /// What ran.
    Executions,
    /// Accounts, passwords, sign-ins, keys: told always, also to whoever did it.
    Security,
    /// Quotas and files.
    Usage,
    /// Requests for more quota.
    QuotaRequests,
    /// Providers of language models.
    Providers,
    /// Mails with a link that somebody waits for; no notice, and nothing without its mail.
    Links,
}

/// Whether a kind uses a channel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Setting {
    /// Always or never, whatever anybody chose.
    Fixed(bool),
    /// So, until somebody chooses.
    Default(bool),
}

impl Channel {
    /// Every channel.
    pub const ALL: [Self; 2] = [Self::InApp, Self::Email];

    /// The name on the wire.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::InApp => "in_app",
            Self::Email => "email",
        }
    }
}

impl NoticeKind {
    /// Every kind, in the order of the contract.
    pub const ALL: [Self; 22] = [
        Self::Invited,
        Self::Joined,
        Self::RoleChanged,
        Self::MembershipEnded,
        Self::MemberJoined,
        Self::MemberLeft,
        Self::WorkflowChanged,
        Self::ExecutionEnded,
        Self::AccountStatus,
        Self::PasswordChanged,
        Self::EmailChanged,
        Self::NewSignIn,
        Self::KeyChanged,
        Self::SuperadminChanged,
        Self::UsageAlert,
        Self::FileReady,
        Self::QuotaRequestCreated,
        Self::QuotaRequestDecided,
        Self::CredentialDue,
        Self::VerificationLink,
        Self::PasswordResetLink,
        Self::EmailChangeLink,
    ];

    /// The name on the wire, such as `membership.joined`.
    #[must_use]
    pub fn name(self) -> String {
        let name = serde_json::to_value(self).ok();
        name.and_then(|name| name.as_str().map(str::to_owned)).unwrap_or_default()
    }

    /// What it is about as a whole.
    #[must_use]
    pub fn family(self) -> Family {
        match self {
            Self::Invited
            | Self::Joined
            | Self::RoleChanged
            | Self::MembershipEnded
            | Self::MemberJoined
            | Self::MemberLeft => Family::Membership,
            Self::WorkflowChanged => Family::Workflows,
            Self::ExecutionEnded => Family::Executions,
            Self::AccountStatus
            | Self::PasswordChanged
            | Self::EmailChanged
            | Self::NewSignIn
            | Self::KeyChanged
            | Self::SuperadminChanged => Family::Security,
            Self::UsageAlert | Self::FileReady => Family::Usage,
            Self::QuotaRequestCreated | Self::QuotaRequestDecided => Family::QuotaRequests,
            Self::CredentialDue => Family::Providers,
            Self::VerificationLink | Self::PasswordResetLink | Self::EmailChangeLink => Family::Links,
        }
    }

    /// What the product itself says of a kind and a channel: the layer below everybody's choices.
    #[must_use]
    pub fn setting(self, channel: Channel) -> Setting {
        match (self.family(), channel) {
            (Family::Security, _) | (Family::Links, Channel::Email) => Setting::Fixed(true),
            (Family::Links, Channel::InApp) => Setting::Fixed(false),
            (_, Channel::Email) if self == Self::Invited => Setting::Fixed(true),
            (_, Channel::InApp) => Setting::Default(true),
            (_, Channel::Email) => Setting::Default(self.is_mailed()),
        }
    }

    /// Whether somebody may choose it.
    #[must_use]
    pub fn can_be_switched(self, channel: Channel) -> bool {
        matches!(self.setting(channel), Setting::Default(_))
    }

    /// Whether who did it is told too.
    #[must_use]
    pub fn reaches_actor(self) -> bool {
        matches!(self.family(), Family::Security | Family::Links)
    }

    /// Whether it is told to people who do not belong to the organization, or not any more.
    #[must_use]
    pub fn is_of_outsiders(self) -> bool {
        matches!(self, Self::Invited | Self::MembershipEnded)
    }

    /// Whether there are mails of it until somebody chooses: what is about the reader, or waits for the reader.
    fn is_mailed(self) -> bool {
        match self.family() {
            Family::Membership => !matches!(self, Self::MemberJoined | Self::MemberLeft),
            Family::Usage => self == Self::UsageAlert,
            Family::QuotaRequests | Family::Providers | Family::Security | Family::Links => true,
            Family::Workflows | Family::Executions => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    /// In-app and e-mail: `!` and `-` cannot be switched, `+` and `.` are defaults.
    fn table() -> String {
        let sign = |setting| match setting {
            Setting::Fixed(true) => '!',
            Setting::Fixed(false) => '-',
            Setting::Default(true) => '+',
            Setting::Default(false) => '.',
        };
        let row = |kind: NoticeKind| {
            let signs: String = Channel::ALL.map(|channel| sign(kind.setting(channel))).into_iter().collect();
            format!("{signs} {}\n", kind.name())
        };
        NoticeKind::ALL.map(row).concat()
    }

    #[test]
    fn each_kind_has_the_defaults_of_the_contract() {
        let wanted = "\
+! membership.invited
++ membership.joined
++ membership.role-changed
++ membership.ended
+. membership.member-joined
+. membership.member-left
+. workflow.changed
+. execution.ended
!! security.account-status
!! security.password
!! security.email
!! security.new-sign-in
!! security.key-changed
!! security.superadmin-changed
++ usage.alert
+. file.ready
++ quota-request.created
++ quota-request.decided
++ provider.credential-due
-! link.verification
-! link.password-reset
-! link.email-change
";
        assert_eq!(table(), wanted);
    }

    #[test]
    fn every_channel_is_called_what_it_is_called_on_the_wire() {
        for channel in Channel::ALL {
            assert_eq!(serde_json::to_value(channel).unwrap(), channel.as_str());
        }
    }

    #[test]
    fn every_kind_is_listed_once_and_has_a_name_of_its_own() {
        let names: HashSet<String> = NoticeKind::ALL.iter().map(|kind| kind.name()).collect();
        assert_eq!(names.len(), NoticeKind::ALL.len());
    }
}
