//! Requests for more tokens, decided: the decision and what it gives in one transaction.

use aws_sdk_dynamodb::types::TransactWriteItem;
use domain::change::Change;
use domain::quota::{
    Allowance, DecideRequest, Decision, KeptReason, Limits, QuotaRequest, RequestState, Tokens, TopUp, Window,
};
use domain::sealed::Sealed;
use domain::{Code, Error, EventKind, Granted, Mint, Result};

use super::known::{Known, placed, refused_thing};
use super::requests::{about, met, moved, target};
use super::top_ups::{Given, busy, event_of_top_up};
use crate::core::{ATTEMPTS, Store, pause};
use crate::idempotency::{Idempotency, Made};
use crate::organizations::acting;

/// What an approval changes beside the request.
struct Grant {
    gives: Allowance,
    limits: Limits,
    top_up: Option<TopUp>,
}

impl Store {
    /// AP-246. Decides a request: with a top-up or a limit, both in the transaction of the decision, or with nothing. Of many
    /// that decide at once one does. A limit that is lower than the present one binds before this returns. A note is that of
    /// a denial, sealed for where it will stand.
    ///
    /// # Errors
    /// [`Code::QuotaRequestOver`], [`Code::Forbidden`] for the own request, [`Code::NotFound`] where the thing is gone,
    /// [`Code::QuotaUnlimited`] for a top-up of what is unlimited by now.
    pub async fn decide_quota_request(
        &self,
        granted: &Granted<DecideRequest>,
        note: Option<&Sealed>,
        sent: Option<&Idempotency>,
        mint: &mut Mint,
    ) -> Result<Made<QuotaRequest>> {
        let decided = self.decided(granted, note, sent, mint).await?;
        if !matches!(granted.command().decision, Decision::Deny) {
            self.push_limits(granted.scope(), &[granted.command().object.scope()], mint.now()).await?;
        }
        Ok(decided)
    }

    /// Somebody else's change of the same limits at the same moment does not refuse it.
    async fn decided(
        &self,
        granted: &Granted<DecideRequest>,
        note: Option<&Sealed>,
        sent: Option<&Idempotency>,
        mint: &mut Mint,
    ) -> Result<Made<QuotaRequest>> {
        for attempt in 1.. {
            let decided = match &granted.command().decision {
                Decision::Deny => self.deny(granted, note, mint).await,
                Decision::TopUp(_) | Decision::Limit(_) => self.approve(granted, sent, mint).await,
            };
            match decided {
                Err(error) if error.code() == Code::Conflict && attempt < ATTEMPTS => pause(attempt).await,
                decided => return decided,
            }
        }
        Err(busy())
    }

    /// The request, if it can be decided, by this caller, and is of what the caller's right was checked for.
    async fn decidable(&self, granted: &Granted<DecideRequest>, mint: &Mint) -> Result<QuotaRequest> {
        let request = self.quota_request(granted.scope(), granted.command().id).await?;
        if request.on != granted.command().object {
            return Err(Error::not_found());
        }
        request.may_be_decided_by(granted.actor())?;
        match request.standing(mint.now()).refusal() {
            Some(refusal) => Err(refusal),
            None => Ok(request),
        }
    }

    async fn deny(
        &self,
        granted: &Granted<DecideRequest>,
        note: Option<&Sealed>,
        mint: &mut Mint,
    ) -> Result<Made<QuotaRequest>> {
        let (scope, now) = (granted.scope(), mint.now());
        let before = &self.decidable(granted, mint).await?;
        let note = note.cloned().map(KeptReason::Sealed);
        let after = moved(before, RequestState::Denied { by: acting(granted.actor()), at: now, note }, now);
        let event = granted.event(mint, EventKind::QuotaRequestDenied, target(before), about(before));
        let writes = vec![
            self.move_request(scope, before, &after)?,
            self.free_asked(scope, before, now)?,
            self.event(&placed(event, before.on))?,
        ];
        self.transact(writes).await.map_err(|fault| met(fault, now, "denying a request"))?;
        Ok(Made::Now(after))
    }

    async fn approve(
        &self,
        granted: &Granted<DecideRequest>,
        sent: Option<&Idempotency>,
        mint: &mut Mint,
    ) -> Result<Made<QuotaRequest>> {
        let (scope, now) = (granted.scope(), mint.now());
        let (before, known, grant) = match self.granting(granted, mint).await {
            Ok(granting) => granting,
            Err(refusal) => return self.made_before(granted.actor(), sent, refusal, mint).await,
        };
        let before = &before;
        let state = RequestState::Approved { by: acting(granted.actor()), at: now, gives: grant.gives };
        let after = moved(before, state, now);
        let mut writes = vec![self.move_request(scope, before, &after)?, self.free_asked(scope, before, now)?];
        writes.extend(self.grant_writes(granted, &known, before, &grant, mint)?);
        let things_from = writes.len();
        writes.extend(self.has_thing(scope, before.on)?);
        let mark = self.mark(granted.actor(), sent, before.id, mint)?;
        self.make(writes, mark, after).await?.map_err(|fault| match fault.refused() {
            Some(0 | 1) => met(fault, now, "approving a request"),
            Some(2) => busy(),
            _ => refused_thing(fault, things_from, "approving a request"),
        })
    }

    /// The request, what is known of its thing, and what the approval gives.
    async fn granting(
        &self,
        granted: &Granted<DecideRequest>,
        mint: &mut Mint,
    ) -> Result<(QuotaRequest, Known, Grant)> {
        let objects = [granted.command().object];
        let (request, known) = futures::join!(self.decidable(granted, mint), self.known(granted.scope(), &objects));
        let (request, known) = (request?, known?);
        let grant = grant(granted, &known, &request, mint)?;
        Ok((request, known, grant))
    }

    /// What the approval gives, the limits first; and the records of both.
    fn grant_writes(
        &self,
        granted: &Granted<DecideRequest>,
        known: &Known,
        request: &QuotaRequest,
        grant: &Grant,
        mint: &mut Mint,
    ) -> Result<Vec<TransactWriteItem>> {
        let (scope, thing) = (granted.scope(), known.first()?);
        let (mut writes, event) = match &grant.top_up {
            Some(top_up) => {
                let event = event_of_top_up(granted, mint, top_up);
                (self.top_up_writes(scope, &thing, &grant.limits, top_up)?, event)
            }
            None => {
                let changes = thing.changes(&grant.limits);
                let event = granted.event(mint, EventKind::QuotaChanged, thing.target(scope), changes);
                let limits = self.replace_limits(scope, thing.object, thing.limits, &grant.limits)?;
                (vec![limits, self.list_limited(scope, thing.object)?], placed(event, thing.object))
            }
        };
        let mut told = about(request);
        told.extend(given(&grant.gives));
        let approved = granted.event(mint, EventKind::QuotaRequestApproved, target(request), told);
        writes.extend([self.event(&event)?, self.event(&placed(approved, request.on))?]);
        Ok(writes)
    }
}

fn grant(granted: &Granted<DecideRequest>, known: &Known, request: &QuotaRequest, mint: &mut Mint) -> Result<Grant> {
    let thing = known.first()?;
    match granted.command().decision {
        Decision::Limit(limit) => {
            let kind = thing.object.scope().kind();
            let present = thing.ground.layers.limit(kind, request.period).map_or(Tokens::ZERO, |(limit, _)| limit);
            let limit = limit.unwrap_or_else(|| present.plus(request.tokens));
            let mut limits = Limits { version: thing.limits.version + 1, ..thing.limits.clone() };
            *limits.own.slot(request.period) = Some(limit);
            Ok(Grant { gives: Allowance::Limit { limit }, limits, top_up: None })
        }
        Decision::TopUp(_) | Decision::Deny => {
            let tokens = match granted.command().decision {
                Decision::TopUp(Some(tokens)) => tokens,
                Decision::TopUp(None) | Decision::Limit(_) | Decision::Deny => request.tokens,
            };
            let window = Window::of(request.period, mint.now());
            let id = mint.id();
            // The reason stays where it is sealed for.
            let given = Given { id, window, tokens, reason: None, request: Some(request.id) };
            let (limits, top_up) = given.to(&thing, granted.actor(), mint)?;
            Ok(Grant { gives: Allowance::TopUp { id, tokens }, limits, top_up: Some(top_up) })
        }
    }
}

fn given(gives: &Allowance) -> Vec<Change> {
    let (given_as, tokens) = match gives {
        Allowance::TopUp { id: _, tokens } => ("top_up", tokens),
        Allowance::Limit { limit } => ("limit", limit),
    };
    vec![Change::set("given_as", given_as), Change::set("tokens", tokens)]
}
