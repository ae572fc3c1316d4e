//! What the mail of an invitation says, as it is sent.

use domain::Granted;
use domain::delivery::SendNotices;
use domain::id::{InvitationId, OrganizationId};
use domain::invitation::Invitation;
use domain::organization::Organization;
use domain::project::Project;
use domain::{Code, ProjectRole, Result};

use crate::core::{Store, decode};
use crate::items::{OrganizationItem, TenantItem};
use crate::keys::{self, Key, tenant};

/// What is told of an invitation.
#[derive(Clone, Debug)]
pub struct InvitationTold {
    /// The invitation.
    pub invitation: Invitation,
    /// Whether its e-mail has an account.
    pub is_known: bool,
    /// The team projects that it gives a role in, by name; without those that are gone.
    pub projects: Vec<(String, ProjectRole)>,
}

impl Store {
    /// AP-139. What the mail of an invitation says as it is sent; none where the invitation is gone.
    pub async fn invitation_told(
        &self,
        _: &Granted<SendNotices>,
        organization: OrganizationId,
        id: InvitationId,
    ) -> Result<Option<InvitationTold>> {
        let item: Option<OrganizationItem> = self.get(&self.platform, &keys::organization(organization)).await?;
        let Some(found) = item.map(Organization::from) else { return Ok(None) };
        let table = self.tenant_table(organization, found.placement);
        let item = self.get::<TenantItem<Invitation>>(&table, &tenant::invitation(organization, id)).await;
        let invitation = match item {
            // The table of its own is gone.
            Err(error) if error.code() == Code::OrganizationNotActive => return Ok(None),
            item => item?.map(|item| item.content),
        };
        let Some(invitation) = invitation else { return Ok(None) };
        let (login, projects) =
            futures::join!(self.login(&invitation.email), self.named_projects(&table, organization, &invitation));
        Ok(Some(InvitationTold { is_known: login?.is_some(), projects: projects?, invitation }))
    }

    async fn named_projects(
        &self,
        table: &str,
        organization: OrganizationId,
        invitation: &Invitation,
    ) -> Result<Vec<(String, ProjectRole)>> {
        let keys: Vec<Key> = invitation.projects.keys().map(|id| tenant::project(organization, *id)).collect();
        let found = self.get_many(table, &keys).await?.into_iter();
        let found = found.map(|item| {
            let project = decode::<TenantItem<Project>>(item)?.content;
            Ok(invitation.projects.get(&project.id).map(|role| (project.name.to_string(), *role)))
        });
        let mut named: Vec<_> = found.collect::<Result<Vec<_>>>()?.into_iter().flatten().collect();
        named.sort();
        Ok(named)
    }
}
