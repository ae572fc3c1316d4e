//! `Idempotency-Key`: a mark in the transaction of the change, so that a repeated request finds the first one's work.

use std::time::Duration;

use aws_sdk_dynamodb::types::ReturnValuesOnConditionCheckFailure::AllOld;
use aws_sdk_dynamodb::types::{AttributeValue, Put, TransactWriteItem};
use domain::{Actor, Code, Error, Mint, Result};
use serde::{Deserialize, Serialize};

use crate::core::{Store, decode, encode};
use crate::fault::Fault;
use crate::keys::{self, Key};

/// How long a key is remembered.
const KEPT: Duration = Duration::from_secs(7 * 24 * 3600);

/// The key that a caller sent, and what it was sent with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Idempotency {
    /// The `Idempotency-Key` as sent.
    pub key: String,
    /// SHA-256 of method, path and body.
    pub fingerprint: String,
}

/// What came of a request that makes something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Made<T> {
    /// It was made now.
    Now(T),
    /// An earlier request with the same key made it; here is its id.
    Before(String),
}

/// The write of a mark, with what was sent.
type Mark<'a> = (TransactWriteItem, &'a Idempotency);

/// The mark holds what was made, never the answer: a repetition shows the thing as it is now.
#[derive(Serialize, Deserialize)]
struct MarkItem {
    pk: String,
    sk: String,
    fingerprint: String,
    made: String,
    expires: u64,
}

impl Store {
    /// The write that sets the mark of the key, if one was sent; it refuses where a living mark is.
    pub(crate) fn mark<'a>(
        &self,
        actor: &Actor,
        sent: Option<&'a Idempotency>,
        made: impl ToString,
        mint: &Mint,
    ) -> Result<Option<Mark<'a>>> {
        let Some(sent) = sent else { return Ok(None) };
        let who = actor.id().unwrap_or_else(|| "nobody".to_owned());
        let Key { pk, sk } = keys::idempotency(&who, &sent.key);
        let expires = mint.now().plus(KEPT).seconds();
        let item = MarkItem { pk, sk, fingerprint: sent.fingerprint.clone(), made: made.to_string(), expires };
        let put = Put::builder()
            .table_name(&self.platform)
            .set_item(Some(encode(&item)?))
            .condition_expression("attribute_not_exists(pk) OR expires < :now")
            .expression_attribute_values(":now", AttributeValue::N(mint.now().seconds().to_string()))
            .return_values_on_condition_check_failure(AllOld);
        let write = TransactWriteItem::builder().put(put.build().map_err(Error::internal)?).build();
        Ok(Some((write, sent)))
    }

    /// Runs a transaction that makes something, with its mark last. What an earlier request with the key made comes
    /// before every other refusal: a repetition meets the claims of its own first run.
    pub(crate) async fn make<T>(
        &self,
        mut writes: Vec<TransactWriteItem>,
        mark: Option<Mark<'_>>,
        made: T,
    ) -> Result<Result<Made<T>, Fault>> {
        let at = writes.len();
        let sent = mark.as_ref().map(|(_, sent)| *sent);
        writes.extend(mark.map(|(write, _)| write));
        let fault = match self.transact(writes).await {
            Ok(()) => return Ok(Ok(Made::Now(made))),
            Err(fault) => fault,
        };
        match (sent, fault.refused_at(at)) {
            (Some(sent), Some(found)) => repeated(sent, found.cloned()).map(Ok),
            (Some(_), None) if fault.is_conflict_at(at) => Err(in_progress()),
            _ => Ok(Err(fault)),
        }
    }
}

impl Store {
    /// What an earlier request with the key made, where this one is refused before its transaction; else the refusal.
    /// So a key that was used says so, whatever the request that bears it again asks for.
    pub(crate) async fn made_before<T>(
        &self,
        actor: &Actor,
        sent: Option<&Idempotency>,
        refusal: Error,
        mint: &Mint,
    ) -> Result<Made<T>> {
        let Some(sent) = sent else { return Err(refusal) };
        let who = actor.id().unwrap_or_else(|| "nobody".to_owned());
        let mark: Option<MarkItem> = self.get(&self.platform, &keys::idempotency(&who, &sent.key)).await?;
        match mark.filter(|mark| mark.expires >= mint.now().seconds()) {
            Some(mark) => answered(sent, mark),
            None => Err(refusal),
        }
    }
}

fn repeated<T>(sent: &Idempotency, found: Option<crate::core::Item>) -> Result<Made<T>> {
    answered(sent, decode(found.ok_or_else(in_progress)?)?)
}

fn answered<T>(sent: &Idempotency, mark: MarkItem) -> Result<Made<T>> {
    if mark.fingerprint != sent.fingerprint {
        let words = "this key was used for another request";
        return Err(Error::new(Code::IdempotencyKeyReused, words).at("Idempotency-Key"));
    }
    Ok(Made::Before(mark.made))
}

fn in_progress() -> Error {
    Error::new(Code::IdempotencyInProgress, "the first request with this key still runs").after_seconds(1)
}
