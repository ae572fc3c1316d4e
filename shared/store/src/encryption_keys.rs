//! What is known of organizations' encryption keys, how people change it, and how the job's steps are written down.

use aws_sdk_dynamodb::types::ReturnValuesOnConditionCheckFailure::AllOld;
use aws_sdk_dynamodb::types::{AttributeValue, Put, TransactWriteItem};
use domain::change::{Change, Target};
use domain::encryption_key::{
    EncryptionKey, ReadEncryptionKey, RotateEncryptionKey, ScheduleRotation, SweepEncryptionKeys, TurnEncryptionKey,
};
use domain::id::OrganizationId;
use domain::organization::{Organization, Status};
use domain::{Code, Error, Event, EventKind, Granted, Mint, Patch, Result, Timestamp};
use serde::{Deserialize, Serialize};

use crate::core::{ATTEMPTS, Store, decode, encode, pause};
use crate::cursor::Cursor;
use crate::edit::Edit;
use crate::fault::Fault;
use crate::idempotency::{Idempotency, Made};
use crate::items::OrganizationItem;
use crate::keys::{self, Key, encryption, index};
use crate::organizations::acting;
use crate::page::{Page, Query};

/// In the index as long as somebody is to look at it.
#[derive(Serialize, Deserialize)]
struct EncryptionKeyItem {
    pk: String,
    sk: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    gsi1pk: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    gsi1sk: Option<String>,
    id: OrganizationId,
    #[serde(flatten)]
    key: EncryptionKey,
}

impl EncryptionKeyItem {
    fn of(id: OrganizationId, key: &EncryptionKey) -> Self {
        let Key { pk, sk } = encryption::known(id);
        let gsi1sk = key.due().map(|due| encryption::due(due, id));
        let gsi1pk = gsi1sk.as_ref().map(|_| encryption::DUE.to_owned());
        Self { pk, sk, gsi1pk, gsi1sk, id, key: key.clone() }
    }
}

impl Store {
    /// AP-300. What is known of the organization's key.
    pub async fn read_encryption_key(&self, granted: &Granted<ReadEncryptionKey>) -> Result<EncryptionKey> {
        self.encryption_key(granted.scope().organization()).await
    }

    /// AP-300. What an earlier request with the same idempotency key asked for, as it is now.
    pub async fn rotated_encryption_key(&self, granted: &Granted<RotateEncryptionKey>) -> Result<EncryptionKey> {
        self.encryption_key(granted.scope().organization()).await
    }

    /// AP-301. When the key turns by itself. The same again changes nothing; a step of the job at the same moment does not refuse
    /// it.
    ///
    /// # Errors
    /// [`Code::PreconditionFailed`] where somebody changed it since it was read.
    pub async fn schedule_rotation(
        &self,
        granted: &Granted<ScheduleRotation>,
        mint: &mut Mint,
    ) -> Result<EncryptionKey> {
        let (id, asked) = (granted.scope().organization(), granted.command());
        for attempt in 1..=ATTEMPTS {
            let before = self.encryption_key(id).await?;
            if asked.version != before.version {
                return Err(Error::stale());
            }
            let after = match asked.every {
                Patch::Keep => return Ok(before),
                Patch::Clear => before.scheduled(None),
                Patch::Set(every) => before.scheduled(Some(every)),
            };
            let days = |key: &EncryptionKey| key.every.map(u16::from);
            let Some(change) = Change::between("rotate_every_days", days(&before), days(&after)) else {
                return Ok(before);
            };
            let event = granted.event(mint, EventKind::EncryptionKeyScheduleChanged, target(id), vec![change]);
            let writes = self.people_write(id, &before, &after, &event)?;
            match self.transact(writes).await {
                Ok(()) => return Ok(after),
                Err(fault) if fault.refused() == Some(0) && attempt < ATTEMPTS => pause(attempt).await,
                Err(fault) => return Err(refused(fault, "saying when an encryption key turns")),
            }
        }
        Err(busy())
    }

    /// AP-302. The key is to turn now: the job does it.
    ///
    /// # Errors
    /// [`Code::EncryptionKeyRotating`] where it does already.
    pub async fn rotate_encryption_key(
        &self,
        granted: &Granted<RotateEncryptionKey>,
        sent: Option<&Idempotency>,
        mint: &mut Mint,
    ) -> Result<Made<EncryptionKey>> {
        let (id, actor) = (granted.scope().organization(), granted.actor());
        let before = self.encryption_key(id).await?;
        let after = match before.requested(Some(acting(actor)), mint.now()) {
            Ok(after) => after,
            Err(refusal) => return self.made_before(actor, sent, refusal, mint).await,
        };
        let changes = vec![Change::set("version", before.newest)];
        let event = granted.event(mint, EventKind::EncryptionKeyRotationRequested, target(id), changes);
        let writes = self.people_write(id, &before, &after, &event)?;
        let mark = self.mark(actor, sent, id, mint)?;
        self.make(writes, mark, after).await?.map_err(|fault| refused(fault, "asking for a turn of an encryption key"))
    }

    /// The purge takes it along with the entry: where that is gone, nothing would.
    fn people_write(
        &self,
        id: OrganizationId,
        before: &EncryptionKey,
        after: &EncryptionKey,
        event: &Event,
    ) -> Result<Vec<TransactWriteItem>> {
        let there = Edit::of(&self.platform, keys::organization(id)).if_there().check()?;
        Ok(vec![self.replace_key(id, before, after)?, self.event(event)?, there])
    }

    /// AP-303. Organizations whose keys somebody has to look at, the longest due first; the index is eventually consistent.
    pub async fn due_encryption_keys(
        &self,
        _: &Granted<SweepEncryptionKeys>,
        now: Timestamp,
        cursor: Option<&Cursor>,
    ) -> Result<Page<OrganizationId>> {
        let query = Query::on(&self.platform, index::FIRST, encryption::DUE.to_owned());
        // `~` is behind every id.
        let query = query.between("0".to_owned(), format!("{now}#~"));
        let page = self.page("encryption-keys", query, cursor, 25).await?;
        let items = page.items.into_iter().map(|item| Ok(decode::<EncryptionKeyItem>(item)?.id));
        Ok(Page { items: items.collect::<Result<_>>()?, next: page.next })
    }

    /// AP-304. The organization and its key as they are; none where it is gone or going, and its key with it.
    pub async fn key_to_turn(
        &self,
        _: &Granted<SweepEncryptionKeys>,
        id: OrganizationId,
    ) -> Result<Option<(Organization, EncryptionKey)>> {
        let (place, own) = (keys::organization(id), encryption::known(id));
        let mut found = self.found(&[place.clone(), own.clone()]).await?;
        let (Some(place), Some(own)) = (found.remove(&place), found.remove(&own)) else { return Ok(None) };
        let organization = Organization::from(decode::<OrganizationItem>(place)?);
        let is_going = organization.state.standing() == Status::Deleted;
        Ok((!is_going).then_some((organization, decode::<EncryptionKeyItem>(own)?.key)))
    }

    /// AP-307. The job's next step, with its event if it has one. False where another run took a step since, or the organization is
    /// purged.
    pub async fn step_encryption_key(
        &self,
        granted: &Granted<TurnEncryptionKey>,
        before: &EncryptionKey,
        after: &EncryptionKey,
        told: Option<(EventKind, Vec<Change>)>,
        mint: &mut Mint,
    ) -> Result<bool> {
        let id = granted.scope().organization();
        let mut writes = vec![self.replace_key(id, before, after)?];
        if let Some((kind, changes)) = told {
            writes.push(self.event(&granted.event(mint, kind, target(id), changes))?);
        }
        match self.transact(writes).await {
            Ok(()) => Ok(true),
            Err(fault) if fault.refused() == Some(0) => Ok(false),
            Err(fault) => Err(fault.into_error("taking a step of an encryption key's turn")),
        }
    }

    async fn encryption_key(&self, id: OrganizationId) -> Result<EncryptionKey> {
        let item: Option<EncryptionKeyItem> = self.get(&self.platform, &encryption::known(id)).await?;
        let first = || EncryptionKey::first(Timestamp::from_millis(id.ulid().timestamp_ms()));
        Ok(item.map_or_else(first, |item| item.key))
    }

    /// The whole item, on the step that was read; the job's steps find one that is there.
    fn replace_key(
        &self,
        id: OrganizationId,
        before: &EncryptionKey,
        after: &EncryptionKey,
    ) -> Result<TransactWriteItem> {
        let item = encode(&EncryptionKeyItem::of(id, after))?;
        let put = Put::builder().table_name(&self.platform).set_item(Some(item));
        let put = match before.step {
            0 => put.condition_expression("attribute_not_exists(pk)"),
            step => put
                .condition_expression("#step = :step")
                .expression_attribute_names("#step", "step")
                .expression_attribute_values(":step", AttributeValue::N(step.to_string())),
        };
        let put = put.return_values_on_condition_check_failure(AllOld).build().map_err(Error::internal)?;
        Ok(TransactWriteItem::builder().put(put).build())
    }
}

fn target(id: OrganizationId) -> Target {
    Target::unnamed("encryption-key", id)
}

fn refused(fault: Fault, doing: &'static str) -> Error {
    match fault.refused() {
        Some(0) => busy(),
        Some(_) => Error::new(Code::OrganizationNotActive, "the organization is not active"),
        None => fault.into_error(doing),
    }
}

fn busy() -> Error {
    Error::new(Code::Conflict, "the key takes a step at this moment; try again").after_seconds(1)
}
