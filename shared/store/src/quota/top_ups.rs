//! Top-ups: given, listed, taken back.

use aws_sdk_dynamodb::types::TransactWriteItem;
use domain::change::{Change, Target};
use domain::id::{QuotaRequestId, TopUpId};
use domain::quota::{
    GiveTopUp, KeptReason, Limiting, Limits, OpenTopUp, ReadTopUps, RevokeTopUp, Revoked, ScopeObject, Tokens, TopUp,
    Window,
};
use domain::{Actor, Code, Error, Event, EventKind, Granted, Mint, OrgScope, Result};

use super::known::{Thing, placed, refused_thing};
use super::words::SealedReason;
use crate::core::{ATTEMPTS, Store, decode, encode, pause, put_new};
use crate::cursor::Cursor;
use crate::edit::Edit;
use crate::idempotency::{Idempotency, Made};
use crate::items::TenantItem;
use crate::keys::allowance;
use crate::organizations::acting;
use crate::page::{Page, Query};

impl Store {
    /// AP-238. Adds tokens to the present window of a period of one thing. Somebody else's change of the same limits at the
    /// same moment does not refuse it: it is made again on what is there then.
    ///
    /// # Errors
    /// [`Code::NotFound`] where the thing is not the organization's, [`Code::QuotaUnlimited`] where nothing limits it,
    /// [`Code::Invalid`] where the sum is more than can be written.
    pub async fn give_top_up(
        &self,
        granted: &Granted<Limiting<GiveTopUp>>,
        reason: &SealedReason<TopUpId>,
        sent: Option<&Idempotency>,
        mint: &mut Mint,
    ) -> Result<Made<TopUp>> {
        let (scope, actor, Limiting { object, what }) = (granted.scope(), granted.actor(), granted.command());
        let (id, window) = (reason.id, Window::of(what.period, mint.now()));
        let given = Given { id, window, tokens: what.tokens, reason: Some(reason.kept()), request: None };
        for attempt in 1.. {
            let known = match self.known(scope, &[*object]).await {
                Ok(known) => known,
                Err(refusal) => return self.made_before(actor, sent, refusal, mint).await,
            };
            let (after, top_up) = match given.to(&known.first()?, actor, mint) {
                Ok(given) => given,
                Err(refusal) => return self.made_before(actor, sent, refusal, mint).await,
            };
            let event = event_of_top_up(granted, mint, &top_up);
            let mut writes = self.top_up_writes(scope, &known.first()?, &after, &top_up)?;
            writes.push(self.event(&event)?);
            let things_from = writes.len();
            writes.extend(self.has_thing(scope, *object)?);
            let mark = self.mark(actor, sent, top_up.id, mint)?;
            match self.make(writes, mark, top_up).await? {
                Err(fault) if fault.refused() == Some(0) && attempt < ATTEMPTS => pause(attempt).await,
                made => return made.map_err(|fault| refused_thing(fault, things_from, "giving a top-up")),
            }
        }
        Err(busy())
    }

    /// The limits first, so that their refusal says that somebody changed them.
    pub(crate) fn top_up_writes(
        &self,
        scope: &OrgScope,
        thing: &Thing<'_>,
        after: &Limits,
        top_up: &TopUp,
    ) -> Result<Vec<TransactWriteItem>> {
        let item = TenantItem::of(allowance::top_up(scope.organization(), top_up.id), top_up);
        Ok(vec![
            self.replace_limits(scope, thing.object, thing.limits, after)?,
            self.list_limited(scope, thing.object)?,
            put_new(&self.tenant(scope), &item)?,
        ])
    }

    /// AP-239. Top-ups of an organization, newest first, also those that are over.
    pub async fn list_top_ups(
        &self,
        granted: &Granted<ReadTopUps>,
        cursor: Option<&Cursor>,
        limit: u32,
    ) -> Result<Page<TopUp>> {
        let table = self.tenant(granted.scope());
        let query = Query::of(&table, allowance::top_ups(granted.scope().organization())).newest_first();
        let page = self.page("top-ups", query, cursor, limit).await?;
        let items = page.items.into_iter().map(|item| decode::<TenantItem<TopUp>>(item).map(|item| item.content));
        Ok(Page { items: items.collect::<Result<_>>()?, next: page.next })
    }

    /// AP-240. One top-up.
    pub async fn read_top_up(&self, granted: &Granted<ReadTopUps>, id: TopUpId) -> Result<TopUp> {
        self.top_up(granted.scope(), id).await
    }

    /// AP-240. Of what a top-up is: whether the caller may act on it is decided after that. An id that is nobody's is one of
    /// another organization too.
    pub async fn open_top_up(&self, granted: &Granted<OpenTopUp>) -> Result<ScopeObject> {
        Ok(self.top_up(granted.scope(), granted.command().id).await?.on)
    }

    /// AP-240. What an earlier request with the same idempotency key made.
    pub async fn top_up_given_before(&self, granted: &Granted<Limiting<GiveTopUp>>, id: TopUpId) -> Result<TopUp> {
        self.top_up(granted.scope(), id).await
    }

    pub(crate) async fn top_up(&self, scope: &OrgScope, id: TopUpId) -> Result<TopUp> {
        let key = allowance::top_up(scope.organization(), id);
        let item: Option<TenantItem<TopUp>> = self.get(&self.tenant(scope), &key).await?;
        item.map(|item| item.content).ok_or_else(Error::not_found)
    }

    /// AP-241. Takes a top-up back while its window lasts. What was spent of it stays spent: less than nothing may be left
    /// then, and nothing more passes in that window. It binds before this returns, also where it is found to be taken back
    /// already.
    ///
    /// # Errors
    /// [`Code::TopUpOver`], [`Code::NotFound`].
    pub async fn revoke_top_up(&self, granted: &Granted<Limiting<RevokeTopUp>>, mint: &mut Mint) -> Result<TopUp> {
        let (scope, Limiting { object, what }) = (granted.scope(), granted.command());
        for attempt in 1.. {
            let (before, objects) = (self.top_up(scope, what.id), [*object]);
            let (before, known) = futures::try_join!(before, self.known(scope, &objects))?;
            if before.on != *object {
                return Err(Error::not_found());
            }
            if let Some(refusal) = before.refusal(mint.now()) {
                self.push_limits(scope, &[object.scope()], mint.now()).await?;
                return Err(refusal);
            }
            let thing = known.first()?;
            let revoked = Some(Revoked { by: acting(granted.actor()), at: mint.now() });
            let after = TopUp { revoked, version: before.version + 1, ..before.clone() };
            let limits = thing.limits.without_top_up(before.window, before.tokens);
            let event = granted.event(mint, EventKind::TopUpRevoked, target(&after), taken_back(&before));
            let edit = Edit::of(&self.tenant(scope), allowance::top_up(scope.organization(), before.id));
            let edit = edit.set_all(encode(&after)?, &[])?.when("version", "=", before.version)?;
            let writes = vec![
                self.replace_limits(scope, *object, thing.limits, &limits)?,
                edit.update()?,
                self.event(&placed(event, *object))?,
            ];
            match self.transact(writes).await {
                Ok(()) => {
                    self.push_limits(scope, &[object.scope()], mint.now()).await?;
                    return Ok(after);
                }
                Err(fault) if fault.refused().is_some() && attempt < ATTEMPTS => pause(attempt).await,
                Err(fault) => return Err(fault.into_error("taking a top-up back")),
            }
        }
        Err(busy())
    }
}

/// What is to be added.
pub(crate) struct Given {
    pub(crate) id: TopUpId,
    pub(crate) window: Window,
    pub(crate) tokens: Tokens,
    pub(crate) reason: Option<KeptReason>,
    pub(crate) request: Option<QuotaRequestId>,
}

impl Given {
    /// The limits with it, and the top-up.
    pub(crate) fn to(&self, thing: &Thing<'_>, actor: &Actor, mint: &Mint) -> Result<(Limits, TopUp)> {
        let Self { id, window, tokens, reason, request } = self;
        if thing.ground.layers.limit(thing.object.scope().kind(), window.period()).is_none() {
            let words = "nothing limits it in that period, so there is nothing to add to";
            return Err(Error::new(Code::QuotaUnlimited, words).at("/period"));
        }
        let top_up = TopUp {
            id: *id,
            on: thing.object,
            window: *window,
            tokens: *tokens,
            reason: reason.clone(),
            request: *request,
            by: acting(actor),
            at: mint.now(),
            revoked: None,
            version: 1,
        };
        Ok((thing.limits.topped_up_by(*window, *tokens)?, top_up))
    }
}

/// Without the reason: that is content, and records are kept for years.
fn told(top_up: &TopUp) -> Vec<Change> {
    vec![
        Change::set("of", top_up.on.scope().to_string()),
        Change::set("window", top_up.window),
        Change::set("tokens", top_up.tokens),
    ]
}

fn taken_back(top_up: &TopUp) -> Vec<Change> {
    vec![
        Change::cleared("of", top_up.on.scope().to_string()),
        Change::cleared("window", top_up.window),
        Change::cleared("tokens", top_up.tokens),
    ]
}

fn target(top_up: &TopUp) -> Target {
    Target::unnamed("top-up", top_up.id)
}

pub(crate) fn event_of_top_up<C: domain::Command>(granted: &Granted<C>, mint: &mut Mint, top_up: &TopUp) -> Event {
    placed(granted.event(mint, EventKind::TopUpGiven, target(top_up), told(top_up)), top_up.on)
}

pub(crate) fn busy() -> Error {
    Error::new(Code::Conflict, "somebody is changing the same limits; try again").after_seconds(1)
}
