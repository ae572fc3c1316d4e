//! From an event to the mails about it.

use std::collections::{BTreeMap, BTreeSet};

use domain::delivery::{Delivery, Names, SendNotices, is_too_late};
use domain::id::{OrganizationId, ProjectId, UserId};
use domain::notices::{Notice, Recipient, notices_of};
use domain::notification::NoticeKind;
use domain::notification_choices::{Layers, NoticeChoices};
use domain::user::User;
use domain::{Email, Event, Granted, Result, Timestamp};

use crate::{App, linked};

/// So many people are read at once.
const READ_AT_ONCE: usize = 100;

/// What is known while the events of one message are planned: each person and each name is read once, so that an import of
/// ten thousand people does not read its organization ten thousand times.
pub(crate) struct Planning<'a> {
    app: &'a App,
    granted: Granted<SendNotices>,
    people: BTreeMap<UserId, User>,
    names: BTreeMap<Place, Names>,
}

/// The things of an event that have names.
type Place = (Option<OrganizationId>, Option<ProjectId>);

impl<'a> Planning<'a> {
    /// Reads whom the events' mails are for.
    pub(crate) async fn of(app: &'a App, events: &[Event]) -> Result<Self> {
        let granted = app.granted()?;
        let mailed = events.iter().flat_map(|event| mailed(event, app.now()));
        let wanted: BTreeSet<UserId> = mailed.filter_map(|notice| person(&notice.to)).collect();
        let mut people = BTreeMap::new();
        for ids in Vec::from_iter(wanted).chunks(READ_AT_ONCE) {
            let read = app.store.people_told(&granted, ids).await?;
            people.extend(read.into_iter().map(|user| (user.id, user)));
        }
        Ok(Self { app, granted, people, names: BTreeMap::new() })
    }

    /// Plans every mail of an event; again, it changes nothing. What is too late to be told is told to nobody.
    pub(crate) async fn plan(&mut self, event: &Event) -> Result<()> {
        let now = self.app.now();
        for Notice { kind, to, .. } in mailed(event, now) {
            let Some(to) = self.address(kind, to, event).await? else { continue };
            let names = self.names(event).await?;
            let delivery = Delivery::new(event.clone(), kind, to, names, now);
            if linked::is_told(&delivery) {
                self.app.store.plan_delivery(&self.granted, &delivery).await?;
            }
        }
        Ok(())
    }

    async fn names(&mut self, event: &Event) -> Result<Names> {
        let place = (event.organization, event.project);
        if let Some(names) = self.names.get(&place) {
            return Ok(names.clone());
        }
        let names = self.app.store.names_of(&self.granted, event).await?;
        self.names.insert(place, names.clone());
        Ok(names)
    }

    /// Where the mail goes. There is no list of superadmins to read by a key, and nothing that happens today is mailed to
    /// admins or owners as such.
    async fn address(&self, kind: NoticeKind, to: Recipient, event: &Event) -> Result<Option<Email>> {
        let user = match to {
            Recipient::Address(email) => return Ok(Some(email)),
            Recipient::Person(user) => user,
            Recipient::AdminsOfOrganization | Recipient::OwnersOfOrganization | Recipient::Superadmins => {
                return Ok(None);
            }
        };
        if kind == NoticeKind::NewSignIn && !self.app.store.is_elsewhere(&self.granted, user, event).await? {
            return Ok(None);
        }
        Ok(self.people.get(&user).map(|person| person.email.clone()))
    }
}

/// What of an event is told by mail, as far as it is not too late for that.
fn mailed(event: &Event, now: Timestamp) -> Vec<Notice> {
    let in_time = |notice: &Notice| !is_too_late(notice.kind, event.at, now);
    notices_of(event).into_iter().filter(is_mailed).filter(in_time).collect()
}

fn person(to: &Recipient) -> Option<UserId> {
    match to {
        Recipient::Person(user) => Some(*user),
        Recipient::Address(_)
        | Recipient::AdminsOfOrganization
        | Recipient::OwnersOfOrganization
        | Recipient::Superadmins => None,
    }
}

/// By the product's own defaults: nobody can choose yet.
fn is_mailed(notice: &Notice) -> bool {
    let none = NoticeChoices::default();
    Layers { platform: &none, organization: &none, own: &none }.resolve(notice.kind).email
}
