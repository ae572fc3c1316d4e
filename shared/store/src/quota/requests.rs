//! Requests for more tokens, as they are made, listed and taken back.

use aws_sdk_dynamodb::types::ReturnValuesOnConditionCheckFailure::AllOld;
use aws_sdk_dynamodb::types::{AttributeValue, Put, TransactWriteItem};
use domain::change::{Change, Target};
use domain::id::{QuotaRequestId, UserId};
use domain::quota::{
    AskForMore, CancelRequest, QuotaRequest, REQUEST_LIFETIME, ReadQuotaRequests, RequestStanding, RequestState,
    Requester,
};
use domain::{Code, Error, EventKind, Granted, Mint, OrgScope, Principal, Result, Timestamp};
use serde::{Deserialize, Serialize};

use super::known::{Thing, placed, refused_thing};
use super::words::SealedReason;
use crate::core::{Item, Store, decode, encode, put_new};
use crate::cursor::Cursor;
use crate::edit::Edit;
use crate::fault::Fault;
use crate::idempotency::{Idempotency, Made};
use crate::items::TenantItem;
use crate::keys::{Key, allowance};
use crate::page::{Page, Query};

/// Makes one request per person, thing and period the pending one; worth nothing once `until` has come.
#[derive(Serialize, Deserialize)]
struct AskedItem {
    pk: String,
    sk: String,
    holder: QuotaRequestId,
    until: Timestamp,
}

impl Store {
    /// AP-242. Somebody asks for more of what binds them, of which four fifths are used or held: the claim, the request and
    /// its event in one transaction.
    ///
    /// # Errors
    /// [`Code::Forbidden`] for somebody else's limit, [`Code::NotFound`], [`Code::QuotaUnlimited`],
    /// [`Code::QuotaRequestTooEarly`], [`Code::QuotaRequestPending`].
    pub async fn ask_for_more(
        &self,
        granted: &Granted<AskForMore>,
        reason: &SealedReason<QuotaRequestId>,
        sent: Option<&Idempotency>,
        mint: &mut Mint,
    ) -> Result<Made<QuotaRequest>> {
        let (scope, actor, asked) = (granted.scope(), granted.actor(), granted.command());
        let user = asked.requester(actor)?;
        let known = self.known(scope, &[asked.object]).await;
        let request =
            known.and_then(|known| new_request(&known.first()?, (asked, reason), requester(user, granted), mint.now()));
        let request = match request {
            Ok(request) => request,
            Err(refusal) => return self.made_before(actor, sent, refusal, mint).await,
        };
        let event = granted.event(mint, EventKind::QuotaRequestCreated, target(&request), created(&request));
        let table = self.tenant(scope);
        let mut writes = vec![
            self.claim_asked(scope, &request, mint.now())?,
            put_new(&table, &TenantItem::of(allowance::request(scope.organization(), request.id), &request))?,
            self.event(&placed(event, request.on))?,
        ];
        let things_from = writes.len();
        writes.extend(self.has_thing(scope, request.on)?);
        let mark = self.mark(actor, sent, request.id, mint)?;
        self.make(writes, mark, request).await?.map_err(|fault| match fault.refused() {
            Some(0) => pending(),
            _ => refused_thing(fault, things_from, "asking for more tokens"),
        })
    }

    /// The claim of that person, thing and period, also where that of a request that is over is left.
    fn claim_asked(&self, scope: &OrgScope, request: &QuotaRequest, now: Timestamp) -> Result<TransactWriteItem> {
        let Key { pk, sk } = claim_of(scope, request);
        let until = now.plus(REQUEST_LIFETIME);
        let put = Put::builder()
            .table_name(self.tenant(scope))
            .set_item(Some(encode(&AskedItem { pk, sk, holder: request.id, until })?))
            .condition_expression("attribute_not_exists(pk) OR #until <= :now")
            .expression_attribute_names("#until", "until")
            .expression_attribute_values(":now", AttributeValue::S(now.to_string()))
            .return_values_on_condition_check_failure(AllOld);
        Ok(TransactWriteItem::builder().put(put.build().map_err(Error::internal)?).build())
    }

    /// Part of a transaction: the claim that the request holds is worth nothing from now on.
    pub(crate) fn free_asked(
        &self,
        scope: &OrgScope,
        request: &QuotaRequest,
        now: Timestamp,
    ) -> Result<TransactWriteItem> {
        let claim = Edit::of(&self.tenant(scope), claim_of(scope, request));
        claim.when("holder", "=", request.id)?.set("until", now)?.update()
    }

    /// AP-243. Requests that the caller is shown, newest first: the own ones, and those that the caller may decide; all of them,
    /// or those of which that became by now. A page may be empty and yet have a next one.
    pub async fn list_quota_requests(
        &self,
        granted: &Granted<ReadQuotaRequests>,
        (standing, now): (Option<RequestStanding>, Timestamp),
        cursor: Option<&Cursor>,
        limit: u32,
    ) -> Result<Page<QuotaRequest>> {
        let table = self.tenant(granted.scope());
        let query = Query::of(&table, allowance::requests(granted.scope().organization())).newest_first().sifting();
        let shown = |item: Item| {
            let request = decode::<TenantItem<QuotaRequest>>(item)?.content;
            let wanted = standing.is_none_or(|standing| request.standing(now) == standing);
            Ok((wanted && request.is_shown_to(granted.actor())).then_some(request))
        };
        let list = format!("quota-requests-{}", standing.map_or("all", RequestStanding::as_str));
        self.sifted(&list, query, cursor, limit, shown).await
    }

    /// AP-244. One request, if the caller is shown it.
    pub async fn read_quota_request(
        &self,
        granted: &Granted<ReadQuotaRequests>,
        id: QuotaRequestId,
    ) -> Result<QuotaRequest> {
        let request = self.quota_request(granted.scope(), id).await?;
        request.is_shown_to(granted.actor()).then_some(request).ok_or_else(Error::not_found)
    }

    pub(crate) async fn quota_request(&self, scope: &OrgScope, id: QuotaRequestId) -> Result<QuotaRequest> {
        let key = allowance::request(scope.organization(), id);
        let item: Option<TenantItem<QuotaRequest>> = self.get(&self.tenant(scope), &key).await?;
        item.map(|item| item.content).ok_or_else(Error::not_found)
    }

    /// AP-245. Who asked takes the request back; then they may ask anew.
    ///
    /// # Errors
    /// [`Code::QuotaRequestOver`], [`Code::Forbidden`] for anybody else, [`Code::NotFound`] where it is not even shown.
    pub async fn cancel_quota_request(
        &self,
        granted: &Granted<CancelRequest>,
        mint: &mut Mint,
    ) -> Result<QuotaRequest> {
        let (scope, now) = (granted.scope(), mint.now());
        let before = self.quota_request(scope, granted.command().id).await?;
        if !before.is_shown_to(granted.actor()) {
            return Err(Error::not_found());
        }
        before.may_be_cancelled_by(granted.actor())?;
        if let Some(refusal) = before.standing(now).refusal() {
            return Err(refusal);
        }
        let after = moved(&before, RequestState::Cancelled { at: now }, now);
        let changes = Change::between("state", "pending", "cancelled").into_iter().collect();
        let event = placed(granted.event(mint, EventKind::QuotaRequestCancelled, target(&before), changes), before.on);
        let writes = vec![
            self.move_request(scope, &before, &after)?,
            self.free_asked(scope, &before, now)?,
            self.event(&event)?,
        ];
        self.transact(writes).await.map_err(|fault| met(fault, now, "taking a request back"))?;
        Ok(after)
    }

    /// Part of a transaction: the request is as it was read and still pending, and becomes this.
    pub(crate) fn move_request(
        &self,
        scope: &OrgScope,
        before: &QuotaRequest,
        after: &QuotaRequest,
    ) -> Result<TransactWriteItem> {
        let edit = Edit::of(&self.tenant(scope), allowance::request(scope.organization(), before.id));
        let edit = edit.set("state", &after.state)?.set("updated_at", after.updated_at)?;
        let edit = edit.set("version", after.version)?.when("version", "=", before.version)?;
        edit.when("state.is", "=", "pending")?.update()
    }
}

/// The request in another state.
pub(crate) fn moved(before: &QuotaRequest, state: RequestState, now: Timestamp) -> QuotaRequest {
    QuotaRequest { state, updated_at: now, version: before.version + 1, ..before.clone() }
}

/// Why a transaction was refused whose first write moves a request and whose second frees its claim: somebody else has decided
/// it, or it was taken over as expired.
pub(crate) fn met(fault: Fault, now: Timestamp, doing: &'static str) -> Error {
    let found = |item: Item| decode::<TenantItem<QuotaRequest>>(item).ok().map(|item| item.content);
    match (fault.refused_at(0), fault.refused_at(1)) {
        (Some(there), _) => match there.cloned().map(found) {
            Some(Some(request)) => request.standing(now).refusal().unwrap_or_else(super::top_ups::busy),
            Some(None) | None => Error::not_found(),
        },
        (None, Some(_)) => RequestStanding::Expired.refusal().unwrap_or_else(super::top_ups::busy),
        (None, None) => fault.into_error(doing),
    }
}

pub(crate) fn target(request: &QuotaRequest) -> Target {
    Target::named("quota-request", request.id, &request.name)
}

/// What those who are told of it need, see `domain::notices` and what notices say.
pub(crate) fn about(request: &QuotaRequest) -> Vec<Change> {
    vec![
        Change::set("of", request.on.scope().kind()),
        Change::set("period", request.period),
        Change::set("requested_by", request.by.user),
    ]
}

fn created(request: &QuotaRequest) -> Vec<Change> {
    let mut changes = about(request);
    changes.push(Change::set("tokens", request.tokens));
    changes
}

fn claim_of(scope: &OrgScope, request: &QuotaRequest) -> Key {
    allowance::asked(scope.organization(), request.by.user, request.on.scope(), request.period)
}

fn requester(user: UserId, granted: &Granted<AskForMore>) -> Requester {
    let email = match &granted.actor().principal {
        Principal::User { email, .. } => email.clone(),
        Principal::ServiceAccount { .. }
        | Principal::Operator
        | Principal::Dropper { .. }
        | Principal::System { .. }
        | Principal::Nobody => String::new(),
    };
    Requester { user, email }
}

fn new_request(
    thing: &Thing<'_>,
    (asked, reason): (&AskForMore, &SealedReason<QuotaRequestId>),
    by: Requester,
    now: Timestamp,
) -> Result<QuotaRequest> {
    let standings = thing.ground.standings(now);
    let standing = standings.iter().find(|standing| standing.window.period() == asked.period);
    let bound = standing.and_then(|standing| standing.bound);
    let unlimited = || Error::new(Code::QuotaUnlimited, "nothing limits it in that period").at("/period");
    if !bound.ok_or_else(unlimited)?.may_ask_for_more() {
        let words = "less than 80 % of it is used and held; there is no reason to ask for more yet";
        return Err(Error::new(Code::QuotaRequestTooEarly, words));
    }
    Ok(QuotaRequest {
        id: reason.id,
        on: asked.object,
        name: thing.name.to_owned(),
        period: asked.period,
        tokens: asked.tokens,
        reason: reason.kept(),
        by,
        state: RequestState::Pending { expires: now.plus(REQUEST_LIFETIME) },
        created_at: now,
        updated_at: now,
        version: 1,
    })
}

fn pending() -> Error {
    let words = "you have asked for more of it already; wait for the decision, or take that request back";
    Error::new(Code::QuotaRequestPending, words)
}
