//! From an event to what is told of it: notices in inboxes, and mails. Everything is resolved here and now: who the recipients
//! are, what they, their organization and the platform chose, and what things are called.

use std::collections::{BTreeMap, BTreeSet};

use domain::delivery::{Delivery, SendNotices, TOLD_AT_MOST, is_too_late};
use domain::id::{NoticeId, OrganizationId, ProjectId, UserId};
use domain::inbox::InboxNotice;
use domain::notices::{Inbox, Notice, notices_of};
use domain::notification::{Channel, Channels, Setting};
use domain::notification_choices::{Layers, NoticeChoices};
use domain::{Email, Event, Granted, Result, Timestamp};
use store::{ToldPerson, ToldPlace};

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
    written: BTreeMap<OrganizationId, Vec<(UserId, NoticeId)>>,
}

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
            written: BTreeMap::new(),
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
            self.people.extend(read.into_iter().map(|person| (person.user.id, person)));
        }
        Ok(())
    }

    /// Plans all that is told of an event; again, it changes nothing. What is too late to be told is told to nobody.
    pub(crate) async fn plan(&mut self, event: &Event) -> Result<()> {
        let notices = told(event, self.app.now());
        if notices.is_empty() {
            return Ok(());
        }
        let (place, mut reached) = (self.place(event).await?, Reached::default());
        for notice in notices {
            for to in self.recipients(event, &notice).await? {
                self.tell(event, &notice, to, &place, &mut reached).await?;
            }
        }
        Ok(())
    }

    /// Takes back what was written of organizations whose purge began meanwhile: it may have looked for notices before they
    /// were there.
    pub(crate) async fn finish(self) -> Result<()> {
        for (organization, notices) in &self.written {
            if self.app.store.is_kept(&self.granted, *organization).await? {
                continue;
            }
            for (user, notice) in notices {
                self.app.store.take_notice_back(&self.granted, *user, *notice).await?;
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

    async fn tell(
        &mut self,
        event: &Event,
        notice: &Notice,
        to: To,
        place: &ToldPlace,
        reached: &mut Reached,
    ) -> Result<()> {
        let Channels { in_app, email } = self.channels(notice, &to, place);
        let uses = |channel| notice.kind.setting(channel) != Setting::Fixed(false);
        if let Some(user) = to.person.filter(|_| uses(Channel::InApp))
            && reached.people.insert(user)
            && in_app
        {
            self.put(event, notice, user, place).await?;
        }
        if uses(Channel::Email) && reached.addresses.insert(to.email.folded()) && email {
            self.mail(event, notice, to.email, place).await?;
        }
        Ok(())
    }

    fn channels(&self, notice: &Notice, to: &To, place: &ToldPlace) -> Channels {
        let nothing = NoticeChoices::default();
        let own = to.person.and_then(|user| self.people.get(&user)).map_or(&nothing, |person| &person.own);
        Layers { platform: &self.platform, organization: &place.choices, own }.resolve(notice.kind)
    }

    async fn put(&mut self, event: &Event, notice: &Notice, user: UserId, place: &ToldPlace) -> Result<()> {
        let Some(person) = self.people.get_mut(&user).filter(|_| place.is_kept) else { return Ok(()) };
        let Some(notice) = InboxNotice::of(event, notice.kind, &place.names, &person.user) else { return Ok(()) };
        if let Some(organization) = notice.organization {
            self.written.entry(organization).or_default().push((user, notice.id));
        }
        self.app.store.put_notice(&self.granted, &notice, &mut person.inbox, self.app.now()).await
    }

    async fn mail(&self, event: &Event, notice: &Notice, to: Email, place: &ToldPlace) -> Result<()> {
        if is_too_late(notice.kind, event.at, self.app.now()) {
            return Ok(());
        }
        let delivery = Delivery::new(event.clone(), notice.kind, to, place.names.clone(), self.app.now());
        if linked::is_told(&delivery) {
            self.app.store.plan_delivery(&self.granted, &delivery).await?;
        }
        Ok(())
    }
}

/// What is told of an event, if it is not too late for that.
fn told(event: &Event, now: Timestamp) -> Vec<Notice> {
    if now.minus(TOLD_AT_MOST) > event.at { vec![] } else { notices_of(event) }
}
