//! What is stored of invitations beside the invitation itself: the claim of an e-mail, and how refusals are read.

use aws_sdk_dynamodb::types::ReturnValuesOnConditionCheckFailure::AllOld;
use aws_sdk_dynamodb::types::{AttributeValue, Put, TransactWriteItem};
use domain::change::Target;
use domain::id::InvitationId;
use domain::invitation::{Invitation, InvitationState};
use domain::{Code, Email, Error, OrgScope, Result, Timestamp};
use serde::{Deserialize, Serialize};

use crate::core::{Item, Store, decode, encode, value};
use crate::edit::Edit;
use crate::items::TenantItem;
use crate::keys::{Key, tenant};

/// Makes one invitation per organization and e-mail the pending one. It is worth nothing once `until` has come, and stays:
/// mails are counted per e-mail, however many invitations they are of.
#[derive(Serialize, Deserialize)]
pub(crate) struct EmailClaim {
    pk: String,
    sk: String,
    /// The invitation that was made last.
    pub(crate) holder: InvitationId,
    until: Timestamp,
    /// As [`Invitation::sent`].
    #[serde(default)]
    pub(crate) sent: Vec<Timestamp>,
}

impl EmailClaim {
    /// Whether its invitation can still be accepted.
    pub(crate) fn is_live(&self, now: Timestamp) -> bool {
        self.until > now
    }
}

impl Store {
    /// What is known of an e-mail that was invited before.
    pub(crate) async fn email_claim(&self, scope: &OrgScope, email: &Email) -> Result<Option<EmailClaim>> {
        self.get(&self.tenant(scope), &claim_of(scope, email)).await
    }

    /// Claims the e-mail, also where the claim of an invitation that is over is left, if no mail was asked for since it was
    /// read.
    pub(crate) fn claim_email(
        &self,
        scope: &OrgScope,
        invitation: &Invitation,
        read: Option<&EmailClaim>,
        (until, now): (Timestamp, Timestamp),
    ) -> Result<TransactWriteItem> {
        let Key { pk, sk } = claim_of(scope, &invitation.email);
        let item = EmailClaim { pk, sk, holder: invitation.id, until, sent: invitation.sent.clone() };
        let put = Put::builder()
            .table_name(self.tenant(scope))
            .set_item(Some(encode(&item)?))
            .return_values_on_condition_check_failure(AllOld);
        let put = match read {
            None => put.condition_expression("attribute_not_exists(pk)"),
            Some(read) => put
                .condition_expression(match read.sent.is_empty() {
                    true => "#until <= :now AND (attribute_not_exists(#sent) OR #sent = :sent)",
                    false => "#until <= :now AND #sent = :sent",
                })
                .expression_attribute_names("#until", "until")
                .expression_attribute_names("#sent", "sent")
                .expression_attribute_values(":now", AttributeValue::S(now.to_string()))
                .expression_attribute_values(":sent", value(&read.sent)?),
        };
        Ok(TransactWriteItem::builder().put(put.build().map_err(Error::internal)?).build())
    }

    /// The claim that this invitation holds.
    pub(crate) fn own_claim(&self, scope: &OrgScope, invitation: &Invitation) -> Result<Edit> {
        Edit::of(&self.tenant(scope), claim_of(scope, &invitation.email)).when("holder", "=", invitation.id)
    }

    /// The claim is worth nothing from now on.
    pub(crate) fn free_claim(
        &self,
        scope: &OrgScope,
        invitation: &Invitation,
        now: Timestamp,
    ) -> Result<TransactWriteItem> {
        self.own_claim(scope, invitation)?.set("until", now)?.update()
    }

    /// Ends the pending invitation of somebody who came or went by another way. The claim is as it was read.
    pub(crate) fn end_invitation(
        &self,
        scope: &OrgScope,
        (email, claim): (&Email, &EmailClaim),
        state: InvitationState,
        now: Timestamp,
    ) -> Result<[TransactWriteItem; 2]> {
        let table = self.tenant(scope);
        let freed = Edit::of(&table, claim_of(scope, email)).when("holder", "=", claim.holder)?.set("until", now)?;
        let ended = Edit::of(&table, tenant::invitation(scope.organization(), claim.holder));
        let ended = ended.when("state.is", "=", "pending")?.set("state", state)?.set("updated_at", now)?;
        Ok([freed.update()?, ended.add_number("version", 1).update()?])
    }

    /// The invitation, if it can still be accepted: its state and the time are part of every write.
    pub(crate) fn pending(&self, scope: &OrgScope, invitation: &Invitation, now: Timestamp) -> Result<Edit> {
        let key = tenant::invitation(scope.organization(), invitation.id);
        Edit::of(&self.tenant(scope), key).when("state.is", "=", "pending")?.when("state.expires", ">", now)
    }
}

fn claim_of(scope: &OrgScope, email: &Email) -> Key {
    tenant::invitation_email(scope.organization(), &email.folded())
}

/// Whether the claim that a write met is of an invitation that can be accepted.
pub(crate) fn is_taken(claim: Option<&Item>, now: Timestamp) -> bool {
    let claim = claim.and_then(|claim| decode::<EmailClaim>(claim.clone()).ok());
    claim.is_some_and(|claim| claim.is_live(now))
}

pub(crate) fn target(invitation: &Invitation) -> Target {
    Target::named("invitation", invitation.id, &invitation.email)
}

/// What a refused write of an invitation met.
pub(crate) fn met(item: Option<&Item>) -> Result<Option<Invitation>> {
    let item = item.cloned().map(decode::<TenantItem<Invitation>>).transpose()?;
    Ok(item.map(|item| item.content))
}

pub(crate) fn busy() -> Error {
    Error::new(Code::Conflict, "somebody changed the invitation at this moment; try again").after_seconds(1)
}
