//! A person's own sessions.

use domain::change::Target;
use domain::session::{ListSessions, RevokeOtherSessions, RevokeSession, Session};
use domain::user::User;
use domain::{Error, EventKind, Granted, Mint, Result, Timestamp};

use crate::core::{Store, decode};
use crate::cursor::Cursor;
use crate::edit::Edit;
use crate::keys;
use crate::page::{Page, Query};
use crate::person_items::SessionItem;

impl Store {
    /// AP-54. The sessions that still hold, newest first.
    pub async fn list_sessions(
        &self,
        granted: &Granted<ListSessions>,
        user: &User,
        now: Timestamp,
        cursor: Option<&Cursor>,
        limit: u32,
    ) -> Result<Page<Session>> {
        let pk = keys::user(granted.scope().user()).pk;
        let query = Query::of(&self.platform, pk).beginning_with(keys::SESSION_PREFIX).newest_first().sifting();
        let live = |item| {
            let session = Session::from(decode::<SessionItem>(item)?);
            Ok(session.is_live(now, user.session_epoch).then_some(session))
        };
        self.sifted("sessions", query, cursor, limit, live).await
    }

    /// AP-55. Ends one session of the caller.
    pub async fn revoke_session(&self, granted: &Granted<RevokeSession>, mint: &mut Mint) -> Result<()> {
        let (user, session) = (granted.scope().user(), granted.command().session);
        let event = granted.event(mint, EventKind::SessionRevoked, Target::unnamed("session", session), vec![]);
        let gone = Edit::of(&self.platform, keys::session(user, session)).if_there().delete()?;
        self.transact(vec![gone, self.event(&event)?]).await.map_err(|fault| match fault.refused() {
            Some(_) => Error::not_found(),
            None => fault.into_error("revoking a session"),
        })
    }

    /// AP-56. Ends all sessions but the caller's, however many: they belong to an epoch that is over.
    pub async fn revoke_other_sessions(
        &self,
        granted: &Granted<RevokeOtherSessions>,
        user: &User,
        mint: &mut Mint,
    ) -> Result<()> {
        let event =
            granted.event(mint, EventKind::OtherSessionsRevoked, Target::named("user", user.id, &user.email), vec![]);
        let epoch = user.session_epoch + 1;
        let person = Edit::of(&self.platform, keys::user(user.id)).set("session_epoch", epoch)?;
        let session =
            Edit::of(&self.platform, keys::session(user.id, granted.command().current)).set("epoch", epoch)?;
        let login = Edit::of(&self.platform, keys::login(&user.email.folded())).set("epoch", epoch)?;
        let writes = vec![
            person.when("session_epoch", "=", user.session_epoch)?.update()?,
            session.if_there().update()?,
            login.if_there().update()?,
            self.event(&event)?,
        ];
        self.transact(writes).await.map_err(|fault| match fault.refused() {
            Some(_) => Error::new(domain::Code::Conflict, "your sessions were changed at this moment; try again"),
            None => fault.into_error("revoking sessions"),
        })
    }
}
