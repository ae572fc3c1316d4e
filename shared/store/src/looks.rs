//! Looks that change nothing and are recorded all the same: a superadmin's into a tenant, anybody's into the log.

use domain::audit::{ReadAudit, ReadPlatformAudit};
use domain::change::Target;
use domain::id::{EventId, OrganizationId, ProjectId};
use domain::{Actor, Event, EventKind, Granted, Mint, Result};

use crate::core::Store;

impl Store {
    /// AP-82. Records that a superadmin's request reached into a tenant, and what it named last.
    pub async fn record_access(
        &self,
        actor: &Actor,
        organization: OrganizationId,
        project: Option<ProjectId>,
        target: Target,
        mint: &mut Mint,
    ) -> Result<()> {
        let event = Event::of(actor, mint, EventKind::TenantAccessed, target, vec![]).within(organization);
        self.record(Event { project, ..event.as_superadmin(true) }).await.map(drop)
    }

    /// AP-83. Records that somebody read an organization's log. Gives the record's id.
    pub async fn record_audit_read(&self, granted: &Granted<ReadAudit>, mint: &mut Mint) -> Result<EventId> {
        let target = Target::unnamed("organization", granted.scope().organization());
        self.record(granted.event(mint, EventKind::AuditRead, target, vec![])).await
    }

    /// AP-84. Records that a superadmin read everybody's log. Gives the record's id.
    pub async fn record_platform_audit_read(
        &self,
        granted: &Granted<ReadPlatformAudit>,
        mint: &mut Mint,
    ) -> Result<EventId> {
        self.record(granted.event(mint, EventKind::AuditRead, Target::unnamed("platform", "platform"), vec![])).await
    }

    async fn record(&self, event: Event) -> Result<EventId> {
        let write = self.event(&event)?;
        self.transact(vec![write]).await.map_err(|fault| fault.into_error("recording a look"))?;
        Ok(event.id)
    }
}
