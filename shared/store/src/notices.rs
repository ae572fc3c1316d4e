//! Notices as they are written, once for each event and person, and as they go again with the organization they are of.

use std::collections::{BTreeMap, BTreeSet};

use domain::delivery::SendNotices;
use domain::id::{NoticeId, UserId};
use domain::inbox::InboxNotice;
use domain::organization::Purge;
use domain::{Error, Granted, Result, Timestamp};
use futures::{FutureExt, StreamExt, TryStreamExt, stream};

use crate::core::{ATTEMPTS, Store, decode, put_new};
use crate::edit::Edit;
use crate::inbox_item::{Inbox, NoticeItem};
use crate::keys::{self, index};
use crate::page::Query;
use crate::purge::Departures;

/// A transaction holds 100 writes: a notice and the count of its inbox each.
const WRITTEN_AT_ONCE: usize = 50;
/// Notices that one call takes out, each in a transaction of its own.
const GOING_AT_MOST: u32 = 64;
/// So many of these transactions run at once.
const GOING_AT_ONCE: usize = 16;

impl Store {
    /// AP-174. Puts notices into their readers' inboxes, up to 50 in one transaction: what an import tells ten thousand people
    /// is two hundred of them. One that is there stays as it is. `inboxes` is how far each was when it was read, and is
    /// afterwards how far it is. What became of each, in their order.
    pub async fn put_notices(
        &self,
        granted: &Granted<SendNotices>,
        notices: &[InboxNotice],
        inboxes: &mut BTreeMap<UserId, Inbox>,
        now: Timestamp,
    ) -> Vec<Result<()>> {
        let mut all = Vec::with_capacity(notices.len());
        for some in of_different_people(notices) {
            if some.len() > 1 && self.put_together(some, inboxes, now).await {
                all.extend(some.iter().map(|_| Ok(())));
                continue;
            }
            for notice in some {
                let inbox = inboxes.entry(notice.user).or_default();
                all.push(self.put_notice(granted, notice, inbox, now).await);
            }
        }
        all
    }

    /// All of them or none; whether they were written.
    async fn put_together(
        &self,
        notices: &[InboxNotice],
        inboxes: &mut BTreeMap<UserId, Inbox>,
        now: Timestamp,
    ) -> bool {
        let pair = |notice: &InboxNotice| {
            let inbox = inboxes.get(&notice.user).cloned().unwrap_or_default();
            Ok([put_new(&self.platform, &NoticeItem::of(notice, &inbox))?, self.one_more(notice, &inbox, now)?])
        };
        let pairs = notices.iter().map(pair).collect::<Result<Vec<_>>>();
        if !self.write_together(pairs.map(|pairs| pairs.into_iter().flatten().collect())).await {
            return false;
        }
        for notice in notices {
            let inbox = inboxes.entry(notice.user).or_default();
            *inbox = std::mem::take(inbox).with(notice.at.day(), 1);
        }
        true
    }

    /// AP-174. Puts a notice into its reader's inbox and counts it; one that is there stays as it is. `inbox` is how far that
    /// inbox was when it was read, and is afterwards how far it is.
    pub async fn put_notice(
        &self,
        _: &Granted<SendNotices>,
        notice: &InboxNotice,
        inbox: &mut Inbox,
        now: Timestamp,
    ) -> Result<()> {
        for _ in 0..ATTEMPTS {
            let put = put_new(&self.platform, &NoticeItem::of(notice, inbox))?;
            match self.transact(vec![put, self.one_more(notice, inbox, now)?]).await {
                Ok(()) => {
                    *inbox = std::mem::take(inbox).with(notice.at.day(), 1);
                    return Ok(());
                }
                Err(fault) if fault.refused_at(0).is_some() => return Ok(()),
                // Its reader marked all as read since, or somebody else wrote the first notice.
                Err(fault) if fault.refused_at(1).is_some() => *inbox = self.inbox(notice.user).await?,
                Err(fault) => return Err(fault.into_error("writing a notice")),
            }
        }
        Err(Error::unavailable("an inbox changed at every attempt"))
    }

    /// AP-183. Takes a notice back whose organization went while it was written.
    pub async fn take_notice_back(&self, _: &Granted<SendNotices>, user: UserId, id: NoticeId) -> Result<()> {
        for _ in 0..ATTEMPTS {
            if self.drop_notice(user, id).await? || self.notice(user, id).await?.0.is_none() {
                return Ok(());
            }
        }
        Err(Error::unavailable("an inbox changed at every attempt"))
    }

    /// AP-184. Takes some of what people were told of an organization out of their inboxes, in the order of the index, which may
    /// still list what is gone.
    pub async fn purge_notices(&self, granted: &Granted<Purge>) -> Result<Departures> {
        let partition = index::notices_of(granted.scope().organization());
        let query = Query::on(&self.platform, index::FIRST, partition);
        let page = self.page("going", query, None, GOING_AT_MOST).await?;
        let notices = page.items.into_iter().map(decode::<NoticeItem>).collect::<Result<Vec<_>>>()?;
        let going = stream::iter(notices).map(|item| self.drop_notice(item.notice.user, item.notice.id).boxed());
        let went: Vec<bool> = going.buffer_unordered(GOING_AT_ONCE).try_collect().await?;
        let gone = went.iter().filter(|went| **went).count();
        Ok(Departures { listed: went.len(), gone, next: page.next })
    }

    /// Whether it was there and went; not where its reader marks it at this moment. One that was unread is not counted any
    /// more.
    async fn drop_notice(&self, user: UserId, id: NoticeId) -> Result<bool> {
        let (Some(item), inbox) = self.notice(user, id).await? else { return Ok(false) };
        let going = Edit::of(&self.platform, keys::notice(user, id)).if_there();
        let writes = match item.is_unread(&inbox) {
            true => vec![going.when_missing("read").delete()?, self.one_less(&item.notice, &inbox)?],
            false => vec![going.delete()?],
        };
        match self.transact(writes).await {
            Ok(()) => Ok(true),
            Err(fault) if fault.refused().is_some() => Ok(false),
            Err(fault) => Err(fault.into_error("taking a notice out")),
        }
    }
}

/// Runs of notices that one transaction may hold: it may touch each inbox once only.
fn of_different_people(notices: &[InboxNotice]) -> Vec<&[InboxNotice]> {
    let (mut runs, mut left) = (vec![], notices);
    while !left.is_empty() {
        let mut people = BTreeSet::new();
        let length = left.iter().take(WRITTEN_AT_ONCE).take_while(|notice| people.insert(notice.user)).count();
        let (run, rest) = left.split_at(length);
        runs.push(run);
        left = rest;
    }
    runs
}
