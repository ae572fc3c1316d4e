//! What all requests for a link, and all links that are shown, have in common.

use api::{Reply, Visitor};
use axum::response::IntoResponse;
use domain::account_link::{LinkPurpose, unknown};
use domain::id::UserId;
use domain::user::User;
use domain::{Actor, Email, Principal, Result};
use http::StatusCode;
use links::{Link, LinkToken, Proof};
use serde::Deserialize;
use store::LinkedAccount;
use utoipa::ToSchema;

use crate::App;

/// Whose mailbox.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct EmailBody {
    /// The e-mail, in any case.
    #[schema(value_type = String, format = "email", example = "ann@acme.example")]
    pub(crate) email: Email,
}

/// What a link carries behind `#token=`.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct LinkTokenBody {
    /// The token.
    #[schema(example = "apl_v_01JZA000000000000000000000_1_iSOZ0sUnSgGqS1q3gqcUE5Q5zZ0mZ0mZ0mZ0mZ0mZ0m")]
    pub(crate) token: String,
}

/// A link that was proved, with the account it names.
pub(crate) struct ShownLink {
    /// The account.
    pub(crate) account: LinkedAccount,
    /// Which of its links.
    pub(crate) version: u64,
    /// Who shows it: whoever has the link has the mailbox, so the audit log names the account.
    pub(crate) actor: Actor,
}

impl App {
    /// Sends a link if there is an account to send one to; the answer, and the steps to it, are the same if there is none.
    pub(crate) async fn send_link(&self, visitor: &Visitor, email: &Email, purpose: LinkPurpose) -> Reply {
        let (store, mint) = (&self.core.store, &mut self.core.mint());
        let account = store.account_asked_for(email, &visitor.address, mint).await?;
        store.send_link(&visitor.actor, email, account.as_ref(), purpose, mint).await?;
        Ok(StatusCode::ACCEPTED.into_response())
    }

    /// The account that a token proves a link of, if the link does its work now. What is no token, or of another purpose,
    /// costs neither Vault nor the database anything.
    pub(crate) async fn shown(&self, visitor: &Visitor, token: &str, purpose: LinkPurpose) -> Result<ShownLink> {
        let token = LinkToken::read(token).ok_or_else(unknown)?;
        let Proof { link, version } = self.links.get().await?.prove(&token).ok_or_else(unknown)?;
        let user = named(link, purpose).ok_or_else(unknown)?;
        let account = self.core.store.account_of_link(user).await?;
        account.check(purpose, version, self.core.now())?;
        let actor = known(visitor, &account.user);
        Ok(ShownLink { account, version, actor })
    }
}

/// Whose link it is, if it is one of that purpose.
fn named(link: Link, purpose: LinkPurpose) -> Option<UserId> {
    match (link, purpose) {
        (Link::Verification(user), LinkPurpose::Verification)
        | (Link::PasswordReset(user), LinkPurpose::PasswordReset)
        | (Link::EmailChange(user), LinkPurpose::EmailChange) => Some(user),
        (
            Link::Invitation { .. } | Link::Verification(_) | Link::PasswordReset(_) | Link::EmailChange(_),
            LinkPurpose::Verification | LinkPurpose::PasswordReset | LinkPurpose::EmailChange,
        ) => None,
    }
}

/// The visitor, with the name of the account whose link was proved.
fn known(visitor: &Visitor, user: &User) -> Actor {
    let (id, email) = (user.id, user.email.to_string());
    let principal = Principal::User { id, email, superadmin: false, must_change_password: true };
    Actor { principal, ..visitor.actor.clone() }
}
