//! What the runtime sends.

use domain::id::{OrganizationId, ProjectId, ReservationId, UseCaseId, UserId};
use domain::quota::{Call, ScopeSet, Tokens, Usage, UsageSource};
use domain::settings::{ModelId, SettingText};
use serde::Deserialize;
use utoipa::ToSchema;

/// Calls that are to be made.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ReserveBody {
    /// In which organization.
    #[schema(value_type = String, example = "org_01JZA000000000000000000000")]
    pub(crate) organization_id: OrganizationId,
    /// One call, or several that are made only if all of them may be.
    #[schema(min_items = 1, max_items = 8)]
    pub(crate) calls: Vec<CallBody>,
}

/// One call.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct CallBody {
    /// Its id, `rsv_` and a ULID that the runtime makes just before. The same call asked for again has the same id.
    #[schema(value_type = String, example = "rsv_01JZA000000000000000000000")]
    id: ReservationId,
    /// In which project.
    #[schema(value_type = String, example = "prj_01JZA000000000000000000000")]
    project_id: ProjectId,
    /// By which use case of the project; a call of an agent alone has none.
    #[schema(value_type = Option<String>, example = "ucs_01JZA000000000000000000000")]
    use_case_id: Option<UseCaseId>,
    /// For whom; a scheduled run is for nobody.
    #[schema(value_type = Option<String>, example = "usr_01JZA000000000000000000000")]
    user_id: Option<UserId>,
    /// Prompt and the longest completion together.
    #[schema(value_type = u64, minimum = 1, example = 4096)]
    tokens: Tokens,
}

impl From<CallBody> for Call {
    fn from(CallBody { id, project_id, use_case_id, user_id, tokens }: CallBody) -> Self {
        let set = ScopeSet { project: project_id, use_case: use_case_id, user: user_id };
        Self { id, set, amount: tokens }
    }
}

/// What a call used, and what it falls in, as it was reserved.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct SettleBody {
    /// In which organization.
    #[schema(value_type = String, example = "org_01JZA000000000000000000000")]
    organization_id: OrganizationId,
    /// In which project.
    #[schema(value_type = String, example = "prj_01JZA000000000000000000000")]
    project_id: ProjectId,
    /// By which use case.
    #[schema(value_type = Option<String>)]
    use_case_id: Option<UseCaseId>,
    /// For whom.
    #[schema(value_type = Option<String>)]
    user_id: Option<UserId>,
    /// Tokens of the prompt.
    #[schema(value_type = u64, example = 1200)]
    prompt_tokens: Tokens,
    /// Tokens of the completion.
    #[schema(value_type = u64, example = 350)]
    completion_tokens: Tokens,
    /// How that is known: the provider said so, it was estimated (as for a stream that was cut), or nothing was used.
    source: SourceName,
    /// Which model answered, in at most 128 visible ASCII characters.
    #[schema(value_type = Option<String>)]
    model: Option<ModelId>,
    /// Of which provider, in at most 200 printable characters.
    #[schema(value_type = Option<String>)]
    provider: Option<SettingText>,
    /// What it cost, in millionths of a dollar.
    #[schema(value_type = Option<u64>)]
    cost_micro_usd: Option<Tokens>,
}

/// How it is known what a call used.
#[derive(Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum SourceName {
    /// The provider said so.
    Provider,
    /// It was estimated.
    Estimated,
    /// Nothing was used.
    None,
}

impl From<SourceName> for UsageSource {
    fn from(name: SourceName) -> Self {
        match name {
            SourceName::Provider => Self::Provider,
            SourceName::Estimated => Self::Estimated,
            SourceName::None => Self::None,
        }
    }
}

impl SettleBody {
    pub(crate) fn parts(self) -> (OrganizationId, ScopeSet, Usage) {
        let set = ScopeSet { project: self.project_id, use_case: self.use_case_id, user: self.user_id };
        let usage = Usage {
            prompt: self.prompt_tokens,
            completion: self.completion_tokens,
            source: self.source.into(),
            model: self.model,
            provider: self.provider,
            cost_micro_usd: self.cost_micro_usd.map_or(0, Tokens::get),
        };
        (self.organization_id, set, usage)
    }
}

/// What a call that is not made was to fall in.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ReleaseBody {
    /// In which organization.
    #[schema(value_type = String, example = "org_01JZA000000000000000000000")]
    pub(crate) organization_id: OrganizationId,
    /// In which project.
    #[schema(value_type = String, example = "prj_01JZA000000000000000000000")]
    project_id: ProjectId,
    /// By which use case.
    #[schema(value_type = Option<String>)]
    use_case_id: Option<UseCaseId>,
    /// For whom.
    #[schema(value_type = Option<String>)]
    user_id: Option<UserId>,
}

impl ReleaseBody {
    pub(crate) fn set(&self) -> ScopeSet {
        ScopeSet { project: self.project_id, use_case: self.use_case_id, user: self.user_id }
    }
}
