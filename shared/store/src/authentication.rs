//! The platform's rules of signing in, and how many accounts they leave alone.

use aws_sdk_dynamodb::types::TransactWriteItem;
use domain::authentication::{AuthenticationSettings, EditAuthentication, ReadAuthentication};
use domain::change::{Change, Target};
use domain::id::UserId;
use domain::import::AdvanceImport;
use domain::{Error, EventKind, Granted, Mint, Result};
use serde::{Deserialize, Serialize};

use crate::core::{Store, decode};
use crate::edit::Edit;
use crate::keys::{self, Key};

/// Absent as long as nobody changed anything.
#[derive(Serialize, Deserialize)]
struct AuthenticationItem {
    pk: String,
    sk: String,
    require_email_verification: bool,
    version: u64,
}

#[derive(Serialize, Deserialize)]
struct CountItem {
    pk: String,
    sk: String,
    accounts: i64,
}

/// The rules, and whom the switch of verification leaves alone.
#[derive(Clone, Copy, Debug)]
pub struct Authentication {
    /// The rules.
    pub settings: AuthenticationSettings,
    /// Accounts that work although their e-mail was never confirmed, suspended ones included.
    pub unconfirmed_accounts: u64,
}

impl Store {
    /// AP-140. The rules, and how many accounts they leave alone: all shards of that count, side by side.
    pub async fn authentication(&self, _: &Granted<ReadAuthentication>) -> Result<Authentication> {
        self.with_count().await
    }

    /// AP-141. Other rules. The same ones again change nothing.
    ///
    /// # Errors
    /// [`domain::Code::PreconditionFailed`] when they are not what was read any more.
    pub async fn edit_authentication(
        &self,
        granted: &Granted<EditAuthentication>,
        mint: &mut Mint,
    ) -> Result<Authentication> {
        let before = self.with_count().await?;
        let EditAuthentication { version, require_email_verification } = *granted.command();
        if version != before.settings.version {
            return Err(Error::stale());
        }
        let was = before.settings.require_email_verification;
        let after = require_email_verification.unwrap_or(was);
        if after == was {
            return Ok(before);
        }
        let changes = Change::between("require_email_verification", was, after).into_iter().collect();
        let kind = EventKind::AuthenticationSettingsChanged;
        let event = granted.event(mint, kind, Target::unnamed("settings", "authentication"), changes);
        let edit = Edit::of(&self.platform, keys::authentication())
            .set("require_email_verification", after)?
            .set("version", version + 1)?;
        let edit = match version {
            0 => edit.if_absent(),
            version => edit.when("version", "=", version)?,
        };
        self.transact(vec![edit.update()?, self.event(&event)?]).await.map_err(|fault| match fault.refused() {
            Some(_) => Error::stale(),
            None => fault.into_error("changing the rules of signing in"),
        })?;
        let settings = AuthenticationSettings { require_email_verification: after, version: version + 1 };
        Ok(Authentication { settings, ..before })
    }

    /// AP-142. Whether accounts that are made now wait until their e-mail is confirmed: for an import, once a chunk.
    pub async fn must_confirm(&self, _: &Granted<AdvanceImport>) -> Result<bool> {
        Ok(self.authentication_settings().await?.require_email_verification)
    }

    async fn authentication_settings(&self) -> Result<AuthenticationSettings> {
        let item: Option<AuthenticationItem> = self.get(&self.platform, &keys::authentication()).await?;
        Ok(item.map_or_else(AuthenticationSettings::default, |item| {
            let AuthenticationItem { require_email_verification, version, .. } = item;
            AuthenticationSettings { require_email_verification, version }
        }))
    }

    async fn with_count(&self) -> Result<Authentication> {
        let shards: Vec<Key> = (0..keys::UNCONFIRMED_SHARDS).map(keys::unconfirmed_numbered).collect();
        let (settings, shards) = futures::join!(self.authentication_settings(), self.get_many(&self.platform, &shards));
        let counts = shards?.into_iter().map(|item| decode::<CountItem>(item).map(|count| count.accounts));
        let sum: i64 = counts.sum::<Result<i64>>()?;
        Ok(Authentication { settings: settings?, unconfirmed_accounts: u64::try_from(sum).unwrap_or(0) })
    }

    /// So many accounts more that work unconfirmed, or fewer. Belongs into the transaction that makes or confirms them.
    pub(crate) fn unconfirmed(&self, user: UserId, by: i64) -> Result<TransactWriteItem> {
        Edit::of(&self.platform, keys::unconfirmed(user)).add_number("accounts", by).update()
    }
}
