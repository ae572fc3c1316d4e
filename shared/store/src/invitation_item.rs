//! What is stored of invitations beside the invitation itself: the claim of an e-mail, and how refusals are read.

use aws_sdk_dynamodb::types::ReturnValuesOnConditionCheckFailure::AllOld;
use aws_sdk_dynamodb::types::{AttributeValue, Put, TransactWriteItem};
use domain::change::Target;
use domain::invitation::Invitation;
use domain::{Code, Error, OrgScope, Result, Timestamp};
use serde::{Deserialize, Serialize};

use crate::core::{Item, Store, decode, encode};
use crate::edit::Edit;
use crate::items::TenantItem;
use crate::keys::{Key, tenant};

/// Makes one invitation per organization and e-mail the pending one. It is worth nothing once `until` has come.
#[derive(Serialize, Deserialize)]
struct ClaimItem {
    pk: String,
    sk: String,
    holder: String,
    until: Timestamp,
}

impl Store {
    /// Claims the e-mail, also where the claim of an invitation that has expired is left.
    pub(crate) fn claim_email(
        &self,
        scope: &OrgScope,
        invitation: &Invitation,
        until: Timestamp,
        now: Timestamp,
    ) -> Result<TransactWriteItem> {
        let Key { pk, sk } = claim_of(scope, invitation);
        let item = ClaimItem { pk, sk, holder: invitation.id.to_string(), until };
        let put = Put::builder()
            .table_name(self.tenant(scope))
            .set_item(Some(encode(&item)?))
            .condition_expression("attribute_not_exists(pk) OR #until <= :now")
            .expression_attribute_names("#until", "until")
            .expression_attribute_values(":now", AttributeValue::S(now.to_string()))
            .return_values_on_condition_check_failure(AllOld);
        Ok(TransactWriteItem::builder().put(put.build().map_err(Error::internal)?).build())
    }

    /// The claim that this invitation holds.
    pub(crate) fn own_claim(&self, scope: &OrgScope, invitation: &Invitation) -> Result<Edit> {
        Edit::of(&self.tenant(scope), claim_of(scope, invitation)).when("holder", "=", invitation.id)
    }

    /// The invitation, if it can still be accepted: its state and the time are part of every write.
    pub(crate) fn pending(&self, scope: &OrgScope, invitation: &Invitation, now: Timestamp) -> Result<Edit> {
        let key = tenant::invitation(scope.organization(), invitation.id);
        Edit::of(&self.tenant(scope), key).when("state.is", "=", "pending")?.when("state.expires", ">", now)
    }
}

fn claim_of(scope: &OrgScope, invitation: &Invitation) -> Key {
    tenant::invitation_email(scope.organization(), &invitation.email.folded())
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
