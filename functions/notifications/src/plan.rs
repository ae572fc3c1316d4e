//! From an event to what is told of it: notices in inboxes, and mails. Everything is resolved here and now: who the recipients
//! are, what they, their organization and the platform chose, and what things are called.

use std::collections::{BTreeMap, BTreeSet};

use domain::delivery::{Delivery, SendNotices, TOLD_AT_MOST, is_too_late};
use domain::id::{EventId, OrganizationId, ProjectId, UserId};
use domain::inbox::InboxNotice;
use domain::notices::{Inbox, Notice, notices_of};
use domain::notification::{Channel, Channels, Setting};
use domain::notification_choices::{Layers, NoticeChoices};
use domain::{Email, Error, Event, Granted, Result, Timestamp};
use store::{Inbox as StoredInbox, ToldPerson, ToldPlace};

use crate::recipients::{Groups, To};
use crate::{App, linked};

/// So many people are read at once: three items each.
const READ_AT_ONCE: usize = 33;
/// And so many e-mails.
const ADDRESSES_AT_ONCE: usize = 100;

/// What is known while the events of one message are planned: each person, each organization and each name is read once, so
/// that an import of ten thousand people does not read its organization ten thousand times.
pub(crate) struct Planning<'a> {
    pub(crate) app: &'a App,
    pub(crate) granted: Granted<SendNotices>,
    pub(crate) people: BTreeMap<UserId, ToldPerson>,
    pub(crate) addresses: BTreeMap<String, UserId>,
    pub(crate) groups: Groups,
    platform: NoticeChoices,
    places: BTreeMap<Place, ToldPlace>,
    inboxes: BTreeMap<UserId, StoredInbox>,
    notices: Vec<(EventId, InboxNotice)>,
    mails: Vec<Delivery>,
}

/// An event of which something could not be written, and why.
pub(crate) type Unwritten = (EventId, Error);

/// The things of an event that have names.
type Place = (Option<OrganizationId>, Option<ProjectId>);

/// Whom an event has reached, whatever they chose: what is the most particular for somebody is told first, and what they do
/// not want to be told of in that way is not told in another.
#[derive(Default)]
struct Reached {
    people: BTreeSet<UserId>,
    addresses: BTreeSet<String>,
}

impl<'a> Planning<'a> {
    /// Reads whom the events name.
    pub(crate) async fn of(app: &'a App, events: &[Event]) -> Result<Self> {
        let granted = app.granted()?;
        let told = || events.iter().flat_map(|event| told(event, app.now()).into_iter().map(move |it| (event, it)));
        let (mut people, mut addresses) = (BTreeSet::new(), BTreeMap::new());
        for (event, notice) in told() {
            match (notice.inbox(event), &notice.to) {
                (Inbox::Of(user), _) => _ = people.insert(user),
                (Inbox::OfAddress, domain::notices::Recipient::Address(email)) => {
                    _ = addresses.insert(email.folded(), email.clone());
                }
                _ => {}
            }
        }
        let platform = match told().next() {
            Some(_) => app.store.platform_told(&granted).await?,
            None => NoticeChoices::default(),
        };
        let mut planning = Self {
            app,
            granted,
            people: BTreeMap::new(),
            addresses: BTreeMap::new(),
            groups: Groups::default(),
            platform,
            places: BTreeMap::new(),
            inboxes: BTreeMap::new(),
            notices: vec![],
            mails: vec![],
        };
        for emails in addresses.into_values().collect::<Vec<_>>().chunks(ADDRESSES_AT_ONCE) {
            let found = app.store.owners_of(&planning.granted, emails).await?;
            people.extend(found.iter().map(|(_, user)| *user));
            planning.addresses.extend(found);
        }
        planning.read(people).await?;
        Ok(planning)
    }

    /// Reads those of these people who are not known yet.
    pub(crate) async fn read(&mut self, people: impl IntoIterator<Item = UserId>) -> Result<()> {
        let unknown: BTreeSet<UserId> = people.into_iter().filter(|id| !self.people.contains_key(id)).collect();
        for ids in Vec::from_iter(unknown).chunks(READ_AT_ONCE) {
            let read = self.app.store.people_told(&self.granted, ids).await?;
            for person in read {
                self.inboxes.insert(person.user.id, person.inbox.clone());
                self.people.insert(person.user.id, person);
            }
        }
        Ok(())
    }

    /// Finds out all that is told of an event; [`Planning::finish`] writes it. What is too late to be told is told to nobody.
    pub(crate) async fn plan(&mut self, event: &Event) -> Result<()> {
        let notices = told(event, self.app.now());
        if notices.is_empty() {
            return Ok(());
        }
        let (place, mut reached) = (self.place(event).await?, Reached::default());
        for notice in notices {
            for to in self.recipients(event, &notice).await? {
                self.tell(event, &notice, to, &place, &mut reached);
            }
        }
        Ok(())
    }

    /// Writes what was planned; again, it changes nothing. What could not be written is told by its event.
    pub(crate) async fn finish(mut self) -> Result<Vec<Unwritten>> {
        let mut unwritten = self.plan_mails().await;
        unwritten.extend(self.put_notices().await);
        self.take_back().await?;
        Ok(unwritten)
    }

    async fn plan_mails(&self) -> Vec<Unwritten> {
        let planned = self.app.store.plan_deliveries(&self.granted, &self.mails).await;
        let unwritten = |(mail, planned): (&Delivery, Result<()>)| Some((mail.event.id, planned.err()?));
        self.mails.iter().zip(planned).filter_map(unwritten).collect()
    }

    async fn put_notices(&mut self) -> Vec<Unwritten> {
        let (events, notices): (Vec<EventId>, Vec<InboxNotice>) = self.notices.iter().cloned().unzip();
        let now = self.app.now();
        let put = self.app.store.put_notices(&self.granted, &notices, &mut self.inboxes, now).await;
        events.into_iter().zip(put).filter_map(|(event, put)| Some((event, put.err()?))).collect()
    }

    /// Takes back what was written of organizations whose purge began meanwhile: it may have looked for notices before they
    /// were there.
    async fn take_back(&self) -> Result<()> {
        let organizations: BTreeSet<_> = self.notices.iter().filter_map(|(_, notice)| notice.organization).collect();
        for organization in organizations {
            if self.app.store.is_kept(&self.granted, organization).await? {
                continue;
            }
            for (_, notice) in self.notices.iter().filter(|(_, notice)| notice.organization == Some(organization)) {
                self.app.store.take_notice_back(&self.granted, notice.user, notice.id).await?;
            }
        }
        Ok(())
    }

    async fn place(&mut self, event: &Event) -> Result<ToldPlace> {
        let place = (event.organization, event.project);
        if let Some(told) = self.places.get(&place) {
            return Ok(told.clone());
        }
        let told = self.app.store.place_told(&self.granted, event).await?;
        self.places.insert(place, told.clone());
        Ok(told)
    }

    fn tell(&mut self, event: &Event, notice: &Notice, to: To, place: &ToldPlace, reached: &mut Reached) {
        let Channels { in_app, email } = self.channels(notice, &to, place);
        let uses = |channel| notice.kind.setting(channel) != Setting::Fixed(false);
        if let Some(user) = to.person.filter(|_| uses(Channel::InApp))
            && reached.people.insert(user)
            && in_app
        {
            self.put(event, notice, user, place);
        }
        if uses(Channel::Email) && reached.addresses.insert(to.email.folded()) && email {
            self.mail(event, notice, to.email, place);
        }
    }

    fn channels(&self, notice: &Notice, to: &To, place: &ToldPlace) -> Channels {
        let nothing = NoticeChoices::default();
        let own = to.person.and_then(|user| self.people.get(&user)).map_or(&nothing, |person| &person.own);
        Layers { platform: &self.platform, organization: &place.choices, own }.resolve(notice.kind)
    }

    fn put(&mut self, event: &Event, notice: &Notice, user: UserId, place: &ToldPlace) {
        let person = self.people.get(&user).filter(|_| place.is_kept);
        let notice = person.and_then(|person| InboxNotice::of(event, notice.kind, &place.names, &person.user));
        self.notices.extend(notice.map(|notice| (event.id, notice)));
    }

    fn mail(&mut self, event: &Event, notice: &Notice, to: Email, place: &ToldPlace) {
        if is_too_late(notice.kind, event.at, self.app.now()) {
            return;
        }
        let delivery = Delivery::new(event.clone(), notice.kind, to, place.names.clone(), self.app.now());
        self.mails.extend(linked::is_told(&delivery).then_some(delivery));
    }
}

/// What is told of an event, if it is not too late for that.
fn told(event: &Event, now: Timestamp) -> Vec<Notice> {
    if now.minus(TOLD_AT_MOST) > event.at { vec![] } else { notices_of(event) }
}
