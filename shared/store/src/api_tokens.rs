//! API tokens of service accounts: make, list, revoke. The account's list of them decides how many there are.

use std::collections::BTreeMap;

use domain::change::{Change, Target};
use domain::home::{Home, InHome};
use domain::id::{ApiTokenId, ServiceAccountId};
use domain::service_account::{
    ApiToken, CreateApiToken, ReadServiceAccounts, RevokeApiToken, ServiceAccount, TOKENS_MAX, holds,
};
use domain::{Code, Error, EventKind, Granted, Mint, Result, Timestamp};

use crate::core::{ATTEMPTS, Store, decode, put_new};
use crate::cursor::Cursor;
use crate::edit::Edit;
use crate::homes::list_of;
use crate::idempotency::{Idempotency, Made};
use crate::keys;
use crate::organizations::acting;
use crate::page::{Page, Query};
use crate::service_accounts::{busy, may_touch};
use crate::service_items::{ApiTokenItem, ListedToken, ServiceAccountItem};

const LISTS: [&str; 2] = ["api-tokens", "platform-api-tokens"];

impl Store {
    /// AP-158. A token on an account that has fewer than [`TOKENS_MAX`] living ones; those that have ended go.
    ///
    /// # Errors
    /// [`Code::TooManyTokens`], [`Code::Forbidden`] for an account of a higher role than the own, [`Code::Invalid`] for an
    /// end that has passed.
    pub async fn create_api_token<H: Home>(
        &self,
        granted: &Granted<InHome<H, CreateApiToken>>,
        secret: &str,
        sent: Option<&Idempotency>,
        mint: &mut Mint,
    ) -> Result<Made<ApiToken>> {
        let mut item = self.service_account(granted.scope(), granted.command().what.account).await?;
        let (token, event) = new_token(granted, &item, mint)?;
        for _ in 0..ATTEMPTS {
            let Some(list) = with_room(&item.tokens, mint.now()) else {
                return self.made_before(granted.actor(), sent, too_many(), mint).await;
            };
            let listed = ListedToken { name: token.name.clone(), expires_at: token.expires_at };
            let list = list.into_iter().chain([(token.id.to_string(), listed)]).collect();
            let mut writes = vec![self.list_of_tokens(&item, &list)?.update()?];
            writes.push(put_new(&self.platform, &ApiTokenItem::of(&token, secret.to_owned()))?);
            writes.push(self.event(&event)?);
            for ended in item.tokens.keys().filter(|id| !list.contains_key(*id)) {
                writes.push(self.token_on_list(&item, ended).delete()?);
            }
            let mark = self.mark(granted.actor(), sent, token.id, mint)?;
            match self.make(writes, mark, token.clone()).await? {
                Ok(made) => return Ok(made),
                Err(fault) => match fault.refused_at(0) {
                    Some(Some(there)) => item = decode(there.clone())?,
                    Some(None) => return Err(Error::not_found()),
                    None => return Err(fault.into_error("making a token")),
                },
            }
        }
        Err(busy())
    }

    /// AP-159. What an earlier request with the same idempotency key made.
    pub async fn created_api_token<H: Home>(
        &self,
        granted: &Granted<InHome<H, CreateApiToken>>,
        id: ApiTokenId,
    ) -> Result<ApiToken> {
        let key = keys::api_token(granted.command().what.account, id);
        let token: Option<ApiTokenItem> = self.get(&self.platform, &key).await?;
        token.map(ApiToken::from).ok_or_else(Error::not_found)
    }

    /// AP-160. The tokens of an account that hold, newest first.
    pub async fn list_api_tokens<H: Home>(
        &self,
        granted: &Granted<InHome<H, ReadServiceAccounts>>,
        account: ServiceAccountId,
        now: Timestamp,
        cursor: Option<&Cursor>,
        limit: u32,
    ) -> Result<Page<ApiToken>> {
        let query = Query::of(&self.platform, keys::service_account(account).pk);
        let query = query.beginning_with(keys::TOKEN_PREFIX).newest_first();
        let live = |item| {
            let token = ApiToken::from(decode::<ApiTokenItem>(item)?);
            Ok(token.is_live(now).then_some(token))
        };
        let (account, page) = futures::join!(
            self.service_account(granted.scope(), account),
            self.sifted(list_of(granted.scope(), LISTS), query, cursor, limit, live)
        );
        account.and(page)
    }

    /// AP-161. Ends a token, from the next request on.
    ///
    /// # Errors
    /// [`Code::NotFound`] where the account has no such token, [`Code::Forbidden`] as above.
    pub async fn revoke_api_token<H: Home>(
        &self,
        granted: &Granted<InHome<H, RevokeApiToken>>,
        mint: &mut Mint,
    ) -> Result<()> {
        let RevokeApiToken { account, token } = granted.command().what;
        let item = self.service_account(granted.scope(), account).await?;
        let (key, changes) = (token.to_string(), item.token_changes);
        let listed = item.token(token).ok_or_else(Error::not_found)?;
        let list = Edit::of(&self.platform, keys::service_account(account)).remove(&format!("tokens.{key}"));
        let list = list.add_number("token_changes", 1).when("token_changes", "=", changes)?.update()?;
        let gone = self.token_on_list(&item, &key).delete()?;
        let account = item.account()?;
        may_touch(granted.actor(), &account.belongs)?;
        let target = Target::named("api-token", token, &listed.name);
        let event = granted.event(mint, EventKind::ApiTokenRevoked, target, of(&account));
        self.transact(vec![list, gone, self.event(&event)?]).await.map_err(|fault| match fault.refused() {
            Some(_) => busy(),
            None => fault.into_error("revoking a token"),
        })
    }

    /// The account's list of tokens as it shall be, if nobody changed it since it was read.
    fn list_of_tokens(&self, read: &ServiceAccountItem, list: &BTreeMap<String, ListedToken>) -> Result<Edit> {
        let account = keys::Key { pk: read.pk.clone(), sk: read.sk.clone() };
        let edit = Edit::of(&self.platform, account).set("tokens", list)?;
        edit.set("token_changes", read.token_changes + 1)?.when("token_changes", "=", read.token_changes)
    }

    fn token_on_list(&self, account: &ServiceAccountItem, id: &str) -> Edit {
        let sk = format!("{}{id}", keys::TOKEN_PREFIX);
        Edit::of(&self.platform, keys::Key { pk: account.pk.clone(), sk })
    }
}

fn new_token<H: Home>(
    granted: &Granted<InHome<H, CreateApiToken>>,
    item: &ServiceAccountItem,
    mint: &mut Mint,
) -> Result<(ApiToken, domain::Event)> {
    let CreateApiToken { account, name, expires_at } = granted.command().what.clone();
    let whose = item.account()?;
    may_touch(granted.actor(), &whose.belongs)?;
    if !holds(expires_at, mint.now()) {
        return Err(Error::new(Code::Invalid, "must be a time to come").at("/expires_at"));
    }
    let (created_at, created_by) = (mint.now(), acting(granted.actor()));
    let token = ApiToken { id: mint.id(), account, name, created_at, created_by, expires_at, last_used_at: None };
    let end = token.expires_at.map(|end| Change::set("expires_at", end));
    let changes = [Change::set("name", &token.name)].into_iter().chain(of(&whose)).chain(end).collect();
    let target = Target::named("api-token", token.id, &token.name);
    let event = granted.event(mint, EventKind::ApiTokenCreated, target, changes);
    Ok((token, event))
}

/// The tokens that hold, if there is room for one more.
fn with_room(tokens: &BTreeMap<String, ListedToken>, now: Timestamp) -> Option<BTreeMap<String, ListedToken>> {
    let mut live = tokens.clone();
    live.retain(|_, token| holds(token.expires_at, now));
    (live.len() < TOKENS_MAX).then_some(live)
}

fn too_many() -> Error {
    Error::new(Code::TooManyTokens, "the service account has two tokens that hold; revoke one of them first")
}

/// Whose a token is.
fn of(account: &ServiceAccount) -> Vec<Change> {
    vec![Change::set("service_account_id", account.id), Change::set("service_account", &account.name)]
}
