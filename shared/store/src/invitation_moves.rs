//! What becomes of an invitation through those who invite: sent again, taken back, its link copied.

use aws_sdk_dynamodb::types::TransactWriteItem;
use domain::change::Change;
use domain::invitation::{
    CopyInvitationLink, Invitation, InvitationState, LIFETIME, ResendInvitation, RevokeInvitation, sends_with,
};
use domain::member::may_act_on;
use domain::{Actor, Code, Error, Event, EventKind, Granted, Mint, OrgScope, Result, Timestamp};

use crate::core::{Store, encode};
use crate::fault::Fault;
use crate::idempotency::{Idempotency, Made};
use crate::invitation_item::{busy, met, target};
use crate::organizations::acting;

impl Store {
    /// AP-133. Makes a newer link, which kills the earlier ones and works for 7 days from now, and records that it is to
    /// be sent; at most [`domain::invitation::SENDS_MAX`] mails a day. Who does so answers for the invitation from now on.
    ///
    /// # Errors
    /// [`Code::TooManyRequests`], [`Code::InvitationAccepted`], [`Code::InvitationRevoked`],
    /// [`Code::InvitationExpired`], [`Code::Forbidden`] for a role above the own one.
    pub async fn resend_invitation(
        &self,
        granted: &Granted<ResendInvitation>,
        sent: Option<&Idempotency>,
        mint: &mut Mint,
    ) -> Result<Made<Invitation>> {
        let (scope, now) = (granted.scope(), mint.now());
        let before = self.movable(granted.actor(), scope, granted.command().id, now).await;
        let resent = before.and_then(|before| {
            let sends = sends_with(&before.sent, now).map_err(wait)?;
            Ok((before, sends))
        });
        let (before, sends) = match resent {
            Ok(resent) => resent,
            Err(refusal) => return self.made_before(granted.actor(), sent, refusal, mint).await,
        };
        let (expires, link) = (now.plus(LIFETIME), before.link + 1);
        let inviter = granted.command().inviter.clone();
        let changes = [
            Change::between("link_version", before.link, link),
            Change::between("expires_at", before.expires(), expires),
            Change::between("inviter", &before.inviter, &inviter),
        ];
        let changes = changes.into_iter().flatten().collect();
        let event = granted.event(mint, EventKind::InvitationResent, target(&before), changes);
        let after = Invitation {
            state: InvitationState::Pending { expires },
            inviter,
            link,
            sent: sends,
            mail: event.id,
            ..moved(&before, now)
        };
        let claim = self.own_claim(scope, &before)?.set("until", expires)?.set("sent", &after.sent)?.update()?;
        let writes = vec![claim, self.change(scope, &before, &after, now)?, self.event(&event)?];
        let mark = self.mark(granted.actor(), sent, before.id, mint)?;
        self.make(writes, mark, after).await?.map_err(|fault| refusal(fault, 1, now))
    }

    /// AP-134. Takes an invitation back.
    ///
    /// # Errors
    /// As [`Store::resend_invitation`], but for the number of mails.
    pub async fn revoke_invitation(&self, granted: &Granted<RevokeInvitation>, mint: &mut Mint) -> Result<Invitation> {
        let (scope, now) = (granted.scope(), mint.now());
        let before = self.movable(granted.actor(), scope, granted.command().id, now).await?;
        let state = InvitationState::Revoked { by: acting(granted.actor()), at: now };
        let after = Invitation { state, ..moved(&before, now) };
        let changes = Change::between("state", "pending", "revoked").into_iter().collect();
        let event = granted.event(mint, EventKind::InvitationRevoked, target(&before), changes);
        let claim = self.free_claim(scope, &before, now)?;
        self.alter(vec![claim, self.change(scope, &before, &after, now)?], &event, now).await?;
        Ok(after)
    }

    /// AP-135. Notes that the inviter has copied the link, which is done once.
    ///
    /// # Errors
    /// [`Code::InvitationLinkCopied`], [`Code::Forbidden`] for who did not invite; and as
    /// [`Store::revoke_invitation`].
    pub async fn copy_invitation_link(
        &self,
        granted: &Granted<CopyInvitationLink>,
        mint: &mut Mint,
    ) -> Result<Invitation> {
        let (scope, now) = (granted.scope(), mint.now());
        let before = self.movable(granted.actor(), scope, granted.command().id, now).await?;
        if !before.inviter.is(granted.actor()) && !granted.actor().is_superadmin() {
            return Err(Error::new(Code::Forbidden, "only who invited may copy the link"));
        }
        if before.copied_at.is_some() {
            return Err(copied());
        }
        let after = Invitation { copied_at: Some(now), ..moved(&before, now) };
        let event = granted.event(mint, EventKind::InvitationLinkCopied, target(&before), vec![]);
        self.alter(vec![self.change(scope, &before, &after, now)?], &event, now).await?;
        Ok(after)
    }

    /// The invitation, if it is pending and of no higher role than the actor's.
    async fn movable(
        &self,
        actor: &Actor,
        scope: &OrgScope,
        id: domain::id::InvitationId,
        now: Timestamp,
    ) -> Result<Invitation> {
        let invitation = self.invitation(scope, id).await?;
        may_act_on(actor, invitation.role)?;
        invitation.standing(now).refusal().map_or(Ok(invitation), Err)
    }

    fn change(
        &self,
        scope: &OrgScope,
        before: &Invitation,
        after: &Invitation,
        now: Timestamp,
    ) -> Result<TransactWriteItem> {
        let edit = self.pending(scope, before, now)?.set_all(encode(after)?, &[])?;
        edit.when("version", "=", before.version)?.update()
    }

    /// The invitation's own write is the last of these.
    async fn alter(&self, mut writes: Vec<TransactWriteItem>, event: &Event, now: Timestamp) -> Result<()> {
        let at = writes.len().saturating_sub(1);
        writes.push(self.event(event)?);
        self.transact(writes).await.map_err(|fault| refusal(fault, at, now))
    }
}

fn moved(before: &Invitation, now: Timestamp) -> Invitation {
    Invitation { updated_at: now, version: before.version + 1, ..before.clone() }
}

fn refusal(fault: Fault, at: usize, now: Timestamp) -> Error {
    if fault.refused().is_none() {
        return fault.into_error("changing an invitation");
    }
    match met(fault.refused_at(at).flatten()) {
        Ok(Some(there)) => there.standing(now).refusal().unwrap_or_else(busy),
        Ok(None) => busy(),
        Err(error) => error,
    }
}

pub(crate) fn wait(time: std::time::Duration) -> Error {
    let seconds = u32::try_from(time.as_millis().div_ceil(1_000)).unwrap_or(u32::MAX);
    let words = "five invitations were mailed to that e-mail within a day";
    Error::new(Code::TooManyRequests, words).after_seconds(seconds)
}

fn copied() -> Error {
    Error::new(Code::InvitationLinkCopied, "the link was copied already; resend the invitation instead")
}
