//! `/v1/organizations/{org}/encryption-key` and `/rotations`

use api::{At, Body, Caller, IfMatch, Keyed, ProblemView, Reply, answer};
use axum::extract::State;
use domain::encryption_key::{
    EncryptionKey, ReadEncryptionKey, Rewrapping, RotateEncryptionKey, RotationDays, ScheduleRotation, Stage,
};
use domain::id::OrganizationId;
use domain::{Patch, Timestamp};
use serde::{Deserialize, Serialize};
use store::Made;
use utoipa::ToSchema;

use crate::App;

/// A merge patch of when the key turns.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct EditEncryptionKeyBody {
    /// After how many days it gets a new version; `null` = never by itself.
    #[schema(value_type = Option<u16>, minimum = 30, maximum = 3650, example = 90)]
    #[serde(default)]
    rotate_every_days: Patch<RotationDays>,
}

/// What is known of the organization's encryption key. The key itself never leaves the vault.
#[derive(Serialize, ToSchema)]
pub(crate) struct EncryptionKeyView {
    /// Its newest version, under which everything new is sealed.
    #[schema(minimum = 1, example = 2)]
    newest_version: u32,
    /// When that was made.
    #[schema(format = "date-time")]
    made_at: String,
    /// The oldest version that still opens something.
    #[schema(minimum = 1, example = 2)]
    oldest_version: u32,
    /// After how many days it gets a new version; absent = never by itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = 90)]
    rotate_every_days: Option<u16>,
    /// When that is next; absent = never by itself, or it is turning now.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(format = "date-time")]
    rotates_at: Option<String>,
    /// How far a rotation is; absent = none is under way.
    #[serde(skip_serializing_if = "Option::is_none")]
    rotation: Option<RotationView>,
    /// Counts changes of the schedule; the `ETag`.
    version: u64,
}

/// How far a rotation is.
#[derive(Serialize, ToSchema)]
pub(crate) struct RotationView {
    /// `requested`: it waits for its new version; `rewrapping`: what older versions protect is brought under the newest;
    /// `retiring`: older versions are about to stop opening anything.
    #[schema(example = "rewrapping")]
    state: &'static str,
    /// How many sealed values were brought under the newest version.
    rewrapped: u64,
    /// How many could not be in the last walk through all of them; older versions stay for them.
    stuck: u64,
    /// When it is looked again whether anything is left, absent where it goes on by itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(format = "date-time")]
    next_look_at: Option<String>,
    /// Who asked for it; absent = the schedule.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "usr_01JZA000000000000000000000")]
    requested_by: Option<String>,
}

impl From<&EncryptionKey> for EncryptionKeyView {
    fn from(key: &EncryptionKey) -> Self {
        let EncryptionKey { newest, made_at, oldest, every, stage, version, step: _ } = key;
        Self {
            newest_version: *newest,
            made_at: made_at.to_string(),
            oldest_version: *oldest,
            rotate_every_days: every.map(u16::from),
            rotates_at: key.turns_at().as_ref().map(Timestamp::to_string),
            rotation: RotationView::of(stage),
            version: *version,
        }
    }
}

impl RotationView {
    fn of(stage: &Stage) -> Option<Self> {
        let of = |state, by: &Option<String>| Self {
            state,
            rewrapped: 0,
            stuck: 0,
            next_look_at: None,
            requested_by: by.clone(),
        };
        match stage {
            Stage::Resting => None,
            Stage::Requested { by, .. } => Some(of("requested", by)),
            Stage::Rewrapping(Rewrapping { by, next_at, pass, rewrapped, stuck, moved_at: _ }) => {
                let next_look_at = pass.is_none().then(|| next_at.to_string());
                Some(Self { rewrapped: *rewrapped, stuck: *stuck, next_look_at, ..of("rewrapping", by) })
            }
            Stage::Retiring { by, rewrapped } => Some(Self { rewrapped: *rewrapped, ..of("retiring", by) }),
        }
    }
}

/// Read what is known of the encryption key
///
/// Its versions, when it turns, and how far a rotation is. The key itself is nowhere to be read.
#[utoipa::path(get, path = "/v1/organizations/{org}/encryption-key", tag = "Organizations",
    params(("org" = String, Path)),
    responses((status = 200, body = EncryptionKeyView), (status = 403, body = ProblemView),
        (status = 404, body = ProblemView)))]
pub(crate) async fn read(State(app): State<App>, caller: Caller, At(org): At<OrganizationId>) -> Reply {
    let granted = caller.grant(ReadEncryptionKey, org)?;
    let key = app.core.store.read_encryption_key(&granted).await?;
    answer::ok_tagged(EncryptionKeyView::from(&key), key.version)
}

/// Say when the encryption key turns
///
/// A JSON merge patch on the version that `If-Match` names: every 30 to 3,650 days, or never by itself.
#[utoipa::path(patch, path = "/v1/organizations/{org}/encryption-key", tag = "Organizations",
    request_body(content = EditEncryptionKeyBody, content_type = "application/merge-patch+json"),
    params(("org" = String, Path), ("If-Match" = String, Header, description = "The ETag that was read")),
    responses((status = 200, body = EncryptionKeyView), (status = 403, body = ProblemView),
        (status = 404, body = ProblemView), (status = 412, body = ProblemView), (status = 422, body = ProblemView),
        (status = 428, body = ProblemView)))]
pub(crate) async fn edit(
    State(app): State<App>,
    caller: Caller,
    At(org): At<OrganizationId>,
    IfMatch(version): IfMatch,
    Body(asked): Body<EditEncryptionKeyBody>,
) -> Reply {
    let EditEncryptionKeyBody { rotate_every_days: every } = asked;
    let granted = caller.grant(ScheduleRotation { version, every }, org)?;
    let key = app.core.store.schedule_rotation(&granted, &mut app.core.mint()).await?;
    answer::ok_tagged(EncryptionKeyView::from(&key), key.version)
}

/// Rotate the encryption key
///
/// It gets a new version within minutes, under which everything new is sealed. What older versions protect follows, and nothing
/// is unreadable meanwhile; then older versions open nothing any more. `GET …/encryption-key` says how far it is.
#[utoipa::path(post, path = "/v1/organizations/{org}/encryption-key/rotations", tag = "Organizations",
    params(("org" = String, Path), ("Idempotency-Key" = Option<String>, Header)),
    responses((status = 202, body = EncryptionKeyView), (status = 403, body = ProblemView),
        (status = 404, body = ProblemView), (status = 409, body = ProblemView), (status = 422, body = ProblemView)))]
pub(crate) async fn rotate(
    State(app): State<App>,
    caller: Caller,
    At(org): At<OrganizationId>,
    Keyed(sent): Keyed,
) -> Reply {
    let granted = caller.grant(RotateEncryptionKey, org)?;
    let store = &app.core.store;
    let key = match store.rotate_encryption_key(&granted, sent.as_ref(), &mut app.core.mint()).await? {
        Made::Now(key) => key,
        Made::Before(_) => store.rotated_encryption_key(&granted).await?,
    };
    answer::accepted(EncryptionKeyView::from(&key), &format!("/v1/organizations/{org}/encryption-key"))
}
