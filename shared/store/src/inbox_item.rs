//! What is stored of inboxes: the notices, and one item that counts what is unread.
//!
//! A notice is read if it is marked so, or if its generation is over: marking all of them read begins the next one, whatever
//! their number. Who writes a notice does so under the generation that goes on at that moment, in one transaction with the
//! count, so no clock decides what was there before. Unread ones are counted by the day of their event, because whole days
//! end at once.

use std::collections::BTreeMap;

use aws_sdk_dynamodb::types::TransactWriteItem;
use domain::id::UserId;
use domain::inbox::{InboxNotice, ListedNotice, first_day};
use domain::{Result, Timestamp};
use serde::{Deserialize, Serialize};

use crate::core::{Store, put_new};
use crate::edit::Edit;
use crate::keys::{self, Key, index};

#[derive(Serialize, Deserialize)]
pub(crate) struct NoticeItem {
    pk: String,
    sk: String,
    /// Of what is told of an organization, so that its purge finds it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    gsi1pk: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    gsi1sk: Option<String>,
    generation: u64,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    read: bool,
    expires: u64,
    #[serde(flatten)]
    pub(crate) notice: InboxNotice,
}

impl NoticeItem {
    pub(crate) fn of(notice: &InboxNotice, inbox: &Inbox) -> Self {
        let Key { pk, sk } = keys::notice(notice.user, notice.id);
        Self {
            gsi1pk: notice.organization.map(index::notices_of),
            gsi1sk: notice.organization.map(|_| sk.clone()),
            pk,
            sk,
            generation: inbox.generation,
            read: false,
            expires: notice.until().seconds(),
            notice: notice.clone(),
        }
    }

    pub(crate) fn is_unread(&self, inbox: &Inbox) -> bool {
        !self.read && self.generation >= inbox.generation
    }

    pub(crate) fn listed(self, inbox: &Inbox) -> ListedNotice {
        ListedNotice { read: !self.is_unread(inbox), notice: self.notice }
    }
}

#[derive(Serialize, Deserialize)]
pub(crate) struct InboxItem {
    pk: String,
    sk: String,
    generation: u64,
    unread: BTreeMap<String, i64>,
}

/// How far an inbox is: as it was read, or as it is of somebody who was told nothing yet.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Inbox {
    is_there: bool,
    generation: u64,
    unread: BTreeMap<String, i64>,
}

impl From<InboxItem> for Inbox {
    fn from(InboxItem { generation, unread, .. }: InboxItem) -> Self {
        Self { is_there: true, generation, unread }
    }
}

impl Inbox {
    /// How many notices were not read, of those that are kept.
    pub(crate) fn unread(&self, now: Timestamp) -> u64 {
        let first = first_day(now);
        let sum: i64 = self.unread.iter().filter(|(day, _)| **day >= first).map(|(_, count)| count).sum();
        u64::try_from(sum).unwrap_or(0)
    }

    /// The same with one more or one less of that day.
    pub(crate) fn with(mut self, day: String, by: i64) -> Self {
        *self.unread.entry(day).or_default() += by;
        Self { is_there: true, ..self }
    }
}

impl Store {
    /// Whether and how far it is there.
    pub(crate) async fn inbox(&self, user: UserId) -> Result<Inbox> {
        let item: Option<InboxItem> = self.get(&self.platform, &keys::inbox(user)).await?;
        Ok(item.map(Inbox::from).unwrap_or_default())
    }

    /// One unread notice more in an inbox, which is still of the same generation. Days that are over are forgotten.
    pub(crate) fn one_more(&self, notice: &InboxNotice, inbox: &Inbox, now: Timestamp) -> Result<TransactWriteItem> {
        if !inbox.is_there {
            let Key { pk, sk } = keys::inbox(notice.user);
            let unread = BTreeMap::from([(notice.at.day(), 1)]);
            return put_new(&self.platform, &InboxItem { pk, sk, generation: 0, unread });
        }
        let (first, day) = (first_day(now), notice.at.day());
        let mut edit = Edit::of(&self.platform, keys::inbox(notice.user)).count(&format!("unread.{day}"), 1);
        for over in inbox.unread.keys().filter(|other| **other < first && **other != day) {
            edit = edit.remove(&format!("unread.{over}"));
        }
        edit.when("generation", "=", inbox.generation)?.update()
    }

    /// One unread notice less, while all of its generation are not read at once.
    pub(crate) fn one_less(&self, notice: &InboxNotice, inbox: &Inbox) -> Result<TransactWriteItem> {
        let edit = Edit::of(&self.platform, keys::inbox(notice.user)).count(&format!("unread.{}", notice.at.day()), -1);
        edit.when("generation", "=", inbox.generation)?.update()
    }

    /// The next generation: everything that was written before is read.
    pub(crate) fn next_generation(&self, user: UserId, inbox: &Inbox) -> Result<Edit> {
        let edit = Edit::of(&self.platform, keys::inbox(user)).set("generation", inbox.generation + 1)?;
        edit.set("unread", BTreeMap::<String, i64>::new())?.when("generation", "=", inbox.generation)
    }
}
