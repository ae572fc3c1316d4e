//! What of a tenant a superadmin's request reaches, for the record of it.

use axum::extract::RawPathParams;
use domain::Principal;
use domain::change::Target;
use domain::id::{OrganizationId, ProjectId};

use crate::Caller;

/// A superadmin's look into a tenant, whatever comes of it.
pub(crate) struct Look {
    /// Which tenant.
    pub(crate) organization: OrganizationId,
    /// Which project, where the path names one.
    pub(crate) project: Option<ProjectId>,
    /// The last thing that the path names.
    pub(crate) target: Target,
}

impl Look {
    /// The look of this request; none where nobody's rights go beyond a member's, or nothing of a tenant can be shown.
    pub(crate) fn of(caller: &Caller, params: &RawPathParams) -> Option<Self> {
        let can_see =
            matches!(caller.actor.principal, Principal::User { superadmin: true, must_change_password: false, .. });
        let organization = caller.organization.as_ref().filter(|_| can_see)?.id;
        let target = params.iter().filter_map(|(_, value)| Target::of_id(value)).last();
        let project = params.iter().find(|(name, _)| *name == "project").and_then(|(_, value)| value.parse().ok());
        let target = target.unwrap_or_else(|| Target::unnamed("organization", organization));
        Some(Self { organization, project, target })
    }
}
