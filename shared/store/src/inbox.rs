//! A person's own inbox: list, count, mark.
//!
//! Marking has no audit event: it changes nothing for anybody else, and says no more than that somebody looked.

use domain::id::{NoticeId, UserId};
use domain::inbox::{CountUnread, ListNotices, ListedNotice, MarkAllRead, MarkRead};
use domain::{Error, Granted, Result, Timestamp};

use crate::core::{ATTEMPTS, Item, Store, decode};
use crate::cursor::Cursor;
use crate::edit::Edit;
use crate::inbox_item::{Inbox, InboxItem, NoticeItem};
use crate::keys;
use crate::page::{Page, Query};

const LIST: &str = "notifications";
/// Notices that one query looks at where only unread ones are wanted.
const SIFTED_AT_ONCE: u32 = 100;

/// A page of an inbox.
#[derive(Clone, Debug)]
pub struct NoticePage {
    /// The notices, the latest events first.
    pub page: Page<ListedNotice>,
    /// How many are unread in all.
    pub unread: u64,
}

impl Store {
    /// AP-175. The inbox, the latest events first, for 90 days and the day of the event; perhaps unread ones alone. A page of
    /// those may be empty and yet have a next one.
    pub async fn list_notices(
        &self,
        granted: &Granted<ListNotices>,
        now: Timestamp,
        cursor: Option<&Cursor>,
        limit: u32,
    ) -> Result<NoticePage> {
        let user = granted.scope().user();
        let query = Query::of(&self.platform, keys::user(user).pk).beginning_with(keys::NOTICE_PREFIX).newest_first();
        if granted.command().unread {
            let inbox = self.inbox(user).await?;
            let query = Query { at_once: Some(SIFTED_AT_ONCE), ..query };
            let wanted = |item| Ok(kept(item, now)?.filter(|notice| notice.is_unread(&inbox)));
            let page = self.sifted(LIST, query, cursor, limit, wanted).await?;
            return Ok(shown(page, &inbox, now));
        }
        let page = self.sifted(LIST, query, cursor, limit, |item| kept(item, now));
        let (page, inbox) = futures::join!(page, self.inbox(user));
        Ok(shown(page?, &inbox?, now))
    }

    /// AP-176. How many notices are unread.
    pub async fn count_unread(&self, granted: &Granted<CountUnread>, now: Timestamp) -> Result<u64> {
        Ok(self.inbox(granted.scope().user()).await?.unread(now))
    }

    /// AP-177. Marks one as read; how many are left unread. Repeating changes nothing.
    ///
    /// # Errors
    /// [`domain::Code::NotFound`] where the caller was not told that, or it is over.
    pub async fn mark_read(&self, granted: &Granted<MarkRead>, now: Timestamp) -> Result<u64> {
        let (user, id) = (granted.scope().user(), granted.command().id);
        for _ in 0..ATTEMPTS {
            let (item, inbox) = self.notice(user, id).await?;
            let item = item.filter(|item| now < item.notice.until()).ok_or_else(Error::not_found)?;
            if !item.is_unread(&inbox) {
                return Ok(inbox.unread(now));
            }
            let mark = Edit::of(&self.platform, keys::notice(user, id)).set("read", true)?.if_there();
            let writes = vec![mark.when_missing("read").update()?, self.one_less(&item.notice, &inbox)?];
            match self.transact(writes).await {
                Ok(()) => return Ok(inbox.with(item.notice.at.day(), -1).unread(now)),
                // Marked by another request, or together with all of them.
                Err(fault) if fault.refused().is_some() => {}
                Err(fault) => return Err(fault.into_error("marking a notice")),
            }
        }
        Err(Error::unavailable("an inbox changed at every attempt"))
    }

    /// AP-178. Marks all as read that were written before, in one write whatever their number. What is written meanwhile is
    /// either marked and was there, or is not and is counted.
    pub async fn mark_all_read(&self, granted: &Granted<MarkAllRead>, now: Timestamp) -> Result<()> {
        let user = granted.scope().user();
        let inbox = self.inbox(user).await?;
        if inbox.unread(now) == 0 {
            return Ok(());
        }
        match self.next_generation(user, &inbox)?.send(&self.client).await {
            // Another request marked all of them at this moment.
            Err(fault) if fault.refused().is_some() => Ok(()),
            outcome => outcome.map_err(|fault| fault.into_error("marking all notices")),
        }
    }

    /// A notice and the inbox that it lies in.
    pub(crate) async fn notice(&self, user: UserId, id: NoticeId) -> Result<(Option<NoticeItem>, Inbox)> {
        let (notice, inbox) = (keys::notice(user, id), keys::inbox(user));
        let mut found = (None, Inbox::default());
        for item in self.get_many(&self.platform, &[notice, inbox.clone()]).await? {
            match item.get("sk").and_then(|sk| sk.as_s().ok()) {
                Some(sk) if *sk == inbox.sk => found.1 = decode::<InboxItem>(item)?.into(),
                _ => found.0 = Some(decode(item)?),
            }
        }
        Ok(found)
    }
}

fn kept(item: Item, now: Timestamp) -> Result<Option<NoticeItem>> {
    let item: NoticeItem = decode(item)?;
    Ok((now < item.notice.until()).then_some(item))
}

fn shown(page: Page<NoticeItem>, inbox: &Inbox, now: Timestamp) -> NoticePage {
    NoticePage { page: page.map(|item| item.listed(inbox)), unread: inbox.unread(now) }
}
