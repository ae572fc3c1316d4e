//! Inboxes: what people are told in the portal, how long it is kept, and what they may choose of it.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::delivery::Names;
use crate::id::{NoticeId, OrganizationId, ProjectId, UserId};
use crate::inbox_text;
use crate::notification::NoticeKind;
use crate::notification_choices::ChoicesPatch;
use crate::user::User;
use crate::{Action, Command, Event, OrgScope, PlatformScope, SelfScope, Timestamp};

const DAY: Duration = Duration::from_secs(24 * 3600);
/// A notice is kept for the day of its event and so many days after it.
const KEPT_DAYS: u32 = 90;

/// Something that one person is told of one event. It says what was so when it was written, and holds no secret.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct InboxNotice {
    /// Follows from the event: nobody is told of one twice.
    pub id: NoticeId,
    /// Whom it is for.
    pub user: UserId,
    /// What it is about.
    pub kind: NoticeKind,
    /// When that happened.
    pub at: Timestamp,
    /// One sentence.
    pub title: String,
    /// Where in the portal there is more of it: a path.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub link: Option<String>,
    /// Who did it, where a person or a service account did: an e-mail or a name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<String>,
    /// In which organization.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub organization: Option<OrganizationId>,
    /// In which project.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub project: Option<ProjectId>,
    /// What those were called.
    #[serde(default)]
    pub names: Names,
}

/// A notice as its reader finds it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListedNotice {
    /// The notice.
    pub notice: InboxNotice,
    /// Whether it was read.
    pub read: bool,
}

impl InboxNotice {
    /// What that person is told of an event; none where there is nothing to say of the kind yet.
    #[must_use]
    pub fn of(event: &Event, kind: NoticeKind, names: &Names, to: &User) -> Option<Self> {
        let title = inbox_text::title(event, kind, names, to)?;
        Some(Self {
            id: NoticeId::of(event.id),
            user: to.id,
            kind,
            at: event.at,
            title,
            link: inbox_text::link(event, kind),
            by: inbox_text::by(event),
            organization: event.organization,
            project: event.project,
            names: names.clone(),
        })
    }

    /// The first instant at which it is no longer there: a whole day of notices ends at once, so that unread ones can be
    /// counted by day.
    #[must_use]
    pub fn until(&self) -> Timestamp {
        self.at.start_of_day().plus(DAY * (KEPT_DAYS + 1))
    }
}

/// The first day whose notices are still there.
#[must_use]
pub fn first_day(now: Timestamp) -> String {
    now.minus(DAY * KEPT_DAYS).day()
}

/// `GET /v1/me/notifications`
#[derive(Clone, Copy, Debug)]
pub struct ListNotices {
    /// Only those that were not read.
    pub unread: bool,
}

impl Command for ListNotices {
    type Scope = SelfScope;
    fn action(&self) -> Action {
        Action::ManageSelf
    }
}

/// `GET /v1/me/notifications/unread-count`
#[derive(Clone, Copy, Debug)]
pub struct CountUnread;

impl Command for CountUnread {
    type Scope = SelfScope;
    fn action(&self) -> Action {
        Action::ManageSelf
    }
}

/// `POST /v1/me/notifications/{notification}/read`
#[derive(Clone, Copy, Debug)]
pub struct MarkRead {
    /// Which one.
    pub id: NoticeId,
}

impl Command for MarkRead {
    type Scope = SelfScope;
    fn action(&self) -> Action {
        Action::ManageSelf
    }
}

/// `POST /v1/me/notifications/read-all`
#[derive(Clone, Copy, Debug)]
pub struct MarkAllRead;

impl Command for MarkAllRead {
    type Scope = SelfScope;
    fn action(&self) -> Action {
        Action::ManageSelf
    }
}

/// `GET /v1/me/notification-preferences`
#[derive(Clone, Copy, Debug)]
pub struct ReadPreferences {
    /// The organization whose defaults lie below the own choices, if one is asked about.
    pub organization: Option<OrganizationId>,
}

impl Command for ReadPreferences {
    type Scope = SelfScope;
    fn action(&self) -> Action {
        Action::ManageSelf
    }
}

/// `PATCH /v1/me/notification-preferences`
#[derive(Clone, Debug)]
pub struct EditPreferences(pub EditChoices);

impl Command for EditPreferences {
    type Scope = SelfScope;
    fn action(&self) -> Action {
        Action::ManageSelf
    }
}

/// `GET /v1/notification-defaults`
#[derive(Clone, Copy, Debug)]
pub struct ReadPlatformDefaults;

impl Command for ReadPlatformDefaults {
    type Scope = PlatformScope;
    fn action(&self) -> Action {
        Action::ManagePlatform
    }
}

/// `PATCH /v1/notification-defaults`
#[derive(Clone, Debug)]
pub struct EditPlatformDefaults(pub EditChoices);

impl Command for EditPlatformDefaults {
    type Scope = PlatformScope;
    fn action(&self) -> Action {
        Action::ManagePlatform
    }
}

/// `GET /v1/organizations/{org}/notification-defaults`
#[derive(Clone, Copy, Debug)]
pub struct ReadOrganizationDefaults;

impl Command for ReadOrganizationDefaults {
    type Scope = OrgScope;
    fn action(&self) -> Action {
        Action::EditOrganization
    }
}

/// `PATCH /v1/organizations/{org}/notification-defaults`
#[derive(Clone, Debug)]
pub struct EditOrganizationDefaults(pub EditChoices);

impl Command for EditOrganizationDefaults {
    type Scope = OrgScope;
    fn action(&self) -> Action {
        Action::EditOrganization
    }
}

/// A change of one layer's choices.
#[derive(Clone, Debug)]
pub struct EditChoices {
    /// The version that was read.
    pub version: u64,
    /// What is to be chosen, or not any more.
    pub patch: ChoicesPatch,
}

#[cfg(test)]
#[path = "inbox_tests.rs"]
mod tests;
