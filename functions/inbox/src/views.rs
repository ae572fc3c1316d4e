//! What answers show.

use std::collections::BTreeMap;

use domain::inbox::{InboxNotice, ListedNotice};
use domain::notification::{Channel, Family, NoticeKind};
use domain::notification_choices::{Choice, ChoiceSet, Effective, Layers};
use serde::Serialize;
use store::NoticePage;
use utoipa::ToSchema;

/// Something that the caller was told.
#[derive(Serialize, ToSchema)]
pub(crate) struct NotificationView {
    /// Its id.
    #[schema(example = "ntc_01JZA000000000000000000000")]
    id: String,
    /// What it is about.
    #[schema(example = "membership.joined")]
    kind: String,
    /// One sentence; names in it are text, and as they were then.
    #[schema(example = "You belong to “Acme” now, as member")]
    title: String,
    /// A path of the portal where there is more of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "/organizations/org_01JZA000000000000000000000")]
    link: Option<String>,
    /// The person or service account who did it: an e-mail or a name.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "ann@acme.example")]
    by: Option<String>,
    /// In which organization.
    #[serde(skip_serializing_if = "Option::is_none")]
    organization: Option<NamedView>,
    /// In which project.
    #[serde(skip_serializing_if = "Option::is_none")]
    project: Option<NamedView>,
    /// When it happened.
    #[schema(format = "date-time")]
    at: String,
    /// Whether it was marked as read.
    read: bool,
}

/// Something with its name at that time.
#[derive(Serialize, ToSchema)]
pub(crate) struct NamedView {
    /// Its id.
    id: String,
    /// Its name; absent where it was gone already.
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<String>,
}

impl From<ListedNotice> for NotificationView {
    fn from(ListedNotice { notice, read }: ListedNotice) -> Self {
        let InboxNotice { id, user: _, kind, at, title, link, by, organization, project, names } = notice;
        Self {
            id: id.to_string(),
            kind: kind.name(),
            title,
            link,
            by,
            organization: organization.map(|id| NamedView { id: id.to_string(), name: names.organization }),
            project: project.map(|id| NamedView { id: id.to_string(), name: names.project }),
            at: at.to_string(),
            read,
        }
    }
}

/// A page of notifications.
#[derive(Serialize, ToSchema)]
pub(crate) struct NotificationPageView {
    /// The notifications, the latest events first.
    items: Vec<NotificationView>,
    /// Where the next page begins; absent at the end.
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<String>,
    /// How many are unread in all, on this page or not.
    unread: u64,
}

impl From<NoticePage> for NotificationPageView {
    fn from(NoticePage { page, unread }: NoticePage) -> Self {
        let next = page.next.map(|next| next.as_str().to_owned());
        Self { items: page.items.into_iter().map(NotificationView::from).collect(), next, unread }
    }
}

/// By which channels people are told, at one layer and as it comes out.
#[derive(Serialize, ToSchema)]
pub(crate) struct ChoicesView {
    /// What was chosen at this layer, by kind; what is absent follows the layer below.
    #[schema(example = json!({ "membership.joined": { "email": false } }))]
    choices: BTreeMap<String, ChoiceView>,
    /// Every kind as it comes out.
    effective: Vec<EffectiveView>,
    /// Counts changes; the `ETag`. 0 as long as nobody chose anything.
    version: u64,
}

/// What was chosen of one kind.
#[derive(Serialize, ToSchema)]
pub(crate) struct ChoiceView {
    /// For the inbox.
    #[serde(skip_serializing_if = "Option::is_none")]
    in_app: Option<bool>,
    /// For mail.
    #[serde(skip_serializing_if = "Option::is_none")]
    email: Option<bool>,
}

/// One kind as it comes out.
#[derive(Serialize, ToSchema)]
pub(crate) struct EffectiveView {
    /// The kind.
    #[schema(example = "membership.joined")]
    kind: String,
    /// In the inbox.
    in_app: ChannelView,
    /// By mail.
    email: ChannelView,
}

/// Whether a kind uses a channel.
#[derive(Serialize, ToSchema)]
pub(crate) struct ChannelView {
    /// Whether it does.
    value: bool,
    /// Who says so: `own`, `organization`, `platform` or `product`.
    #[schema(example = "platform")]
    source: &'static str,
    /// Whether anybody may choose; security mails are sent always.
    can_be_switched: bool,
}

impl ChoicesView {
    pub(crate) fn of(set: &ChoiceSet, layers: Layers<'_>) -> Self {
        let chosen =
            |(kind, Choice { in_app, email }): (NoticeKind, Choice)| (kind.name(), ChoiceView { in_app, email });
        // Mails with a link that somebody waits for are nothing to choose.
        let kinds = NoticeKind::ALL.into_iter().filter(|kind| kind.family() != Family::Links);
        Self {
            choices: set.choices.iter().map(chosen).collect(),
            effective: kinds.map(|kind| effective(kind, layers)).collect(),
            version: set.version,
        }
    }
}

fn effective(kind: NoticeKind, layers: Layers<'_>) -> EffectiveView {
    let channel = |channel: Channel| {
        let Effective { told, layer } = layers.effective(kind, channel);
        ChannelView { value: told, source: layer.as_str(), can_be_switched: kind.can_be_switched(channel) }
    };
    EffectiveView { kind: kind.name(), in_app: channel(Channel::InApp), email: channel(Channel::Email) }
}
