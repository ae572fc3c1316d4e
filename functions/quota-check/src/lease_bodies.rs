//! What the runtime sends about leases, and is told of them.

use domain::id::{OrganizationId, ProjectId, ReservationId, UseCaseId, UserId};
use domain::quota::{Call, LEASE, LeaseLine, Reserved, ScopeSet, TakeLease, Tokens, Usage};
use domain::settings::{ModelId, SettingText};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::bodies::SourceName;

/// A block that is wanted.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct LeaseBody {
    /// In which organization.
    #[schema(value_type = String, example = "org_01JZA000000000000000000000")]
    pub(crate) organization_id: OrganizationId,
    /// Its id, `rsv_` and a ULID that the runtime makes just before.
    #[schema(value_type = String, example = "rsv_01JZA000000000000000000000")]
    id: ReservationId,
    /// In which project its calls are made.
    #[schema(value_type = String, example = "prj_01JZA000000000000000000000")]
    project_id: ProjectId,
    /// By which use case.
    #[schema(value_type = Option<String>)]
    use_case_id: Option<UseCaseId>,
    /// For whom.
    #[schema(value_type = Option<String>)]
    user_id: Option<UserId>,
    /// How many are wanted; at most an eighth of what the tightest limit has left is given.
    #[schema(value_type = u64, minimum = 1, example = 100_000)]
    tokens: Tokens,
    /// With less than that the lease is refused; 1 if nothing is said.
    #[schema(value_type = Option<u64>, example = 10_000)]
    at_least: Option<Tokens>,
}

impl LeaseBody {
    pub(crate) fn parts(self) -> (Call, Tokens) {
        let set = ScopeSet { project: self.project_id, use_case: self.use_case_id, user: self.user_id };
        (Call { id: self.id, set, amount: self.tokens }, self.at_least.unwrap_or_default())
    }
}

/// What the calls of a block used.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ReturnBody {
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
    /// A line for each call, or for calls of one model together.
    #[schema(max_items = 50)]
    lines: Vec<LineBody>,
}

/// What some calls used.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct LineBody {
    /// The line's id, `rsv_` and a ULID.
    #[schema(value_type = String, example = "rsv_01JZA000000000000000000001")]
    id: ReservationId,
    /// Tokens of the prompts.
    #[schema(value_type = u64, example = 1200)]
    prompt_tokens: Tokens,
    /// Tokens of the completions.
    #[schema(value_type = u64, example = 350)]
    completion_tokens: Tokens,
    /// How that is known.
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

impl From<LineBody> for LeaseLine {
    fn from(line: LineBody) -> Self {
        let LineBody { id, prompt_tokens, completion_tokens, source, model, provider, cost_micro_usd } = line;
        let cost_micro_usd = cost_micro_usd.map_or(0, Tokens::get);
        let (prompt, completion, source) = (prompt_tokens, completion_tokens, source.into());
        Self { id, usage: Usage { prompt, completion, source, model, provider, cost_micro_usd } }
    }
}

impl ReturnBody {
    pub(crate) fn parts(self) -> (ScopeSet, Vec<LeaseLine>) {
        let set = ScopeSet { project: self.project_id, use_case: self.use_case_id, user: self.user_id };
        (set, self.lines.into_iter().map(LeaseLine::from).collect())
    }
}

/// A block.
#[derive(Serialize, ToSchema)]
pub(crate) struct LeaseView {
    /// Its id.
    #[schema(example = "rsv_01JZA000000000000000000000")]
    id: String,
    /// How large it is.
    tokens: u64,
    /// From when on nothing of it may be spent any more.
    #[schema(example = "2026-11-30T12:01:00.000Z")]
    spend_until: String,
    /// Until when what was spent is to be reported.
    #[schema(example = "2026-11-30T12:15:00.000Z")]
    return_until: String,
}

impl From<&Reserved> for LeaseView {
    fn from(Reserved { call, reserved_at, lapses_at }: &Reserved) -> Self {
        Self {
            id: call.id.to_string(),
            tokens: call.amount.get(),
            spend_until: reserved_at.plus(LEASE).to_string(),
            return_until: lapses_at.to_string(),
        }
    }
}

/// The lease that is asked for.
pub(crate) fn lease(wanted: Call, at_least: Tokens) -> TakeLease {
    TakeLease { wanted, at_least: at_least.max(Tokens::try_from(1).unwrap_or_default()) }
}
