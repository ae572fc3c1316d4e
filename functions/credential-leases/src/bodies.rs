//! What the runtime asks for.

use domain::id::{OrganizationId, ProjectId, ReservationId, UseCaseId, UserId};
use domain::provider::LeaseCredential;
use domain::quota::ScopeSet;
use domain::settings::ModelId;
use serde::Deserialize;
use utoipa::ToSchema;

/// A call that is reserved and about to be made.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct CredentialLeaseBody {
    /// In which organization.
    #[schema(value_type = String, example = "org_01JZA000000000000000000000")]
    organization_id: OrganizationId,
    /// In which project, as it was reserved.
    #[schema(value_type = String, example = "prj_01JZA000000000000000000000")]
    project_id: ProjectId,
    /// By which use case, as it was reserved.
    #[schema(value_type = Option<String>, example = "ucs_01JZA000000000000000000000")]
    use_case_id: Option<UseCaseId>,
    /// For whom, as it was reserved.
    #[schema(value_type = Option<String>, example = "usr_01JZA000000000000000000000")]
    user_id: Option<UserId>,
    /// The reservation of its tokens, or the lease of tokens that it is charged to.
    #[schema(value_type = String, example = "rsv_01JZA000000000000000000000")]
    reservation_id: ReservationId,
    /// Which model, in 1 to 128 visible ASCII characters; without it the project's default, or the organization's.
    #[schema(value_type = Option<String>, min_length = 1, max_length = 128, example = "gpt-5-mini")]
    model: Option<ModelId>,
}

impl CredentialLeaseBody {
    pub(crate) fn parts(self) -> (OrganizationId, LeaseCredential) {
        let Self { organization_id, project_id, use_case_id, user_id, reservation_id, model } = self;
        let set = ScopeSet { project: project_id, use_case: use_case_id, user: user_id };
        (organization_id, LeaseCredential { reservation: reservation_id, set, model })
    }
}
