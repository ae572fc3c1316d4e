//! What is done about rotations, in the same way in an organization and on the platform. Nothing is read of the vault here: whether a
//! new credential works is found out by `provider-rotations`.

use api::{Caller, Reply, answer};
use credentials::Shelf;
use domain::home::{Home, InHome};
use domain::id::ProviderId;
use domain::provider::{Provider, ProviderType};
use domain::rotation::{
    CancelRotation, Candidate, Keeper, RemoveSchedule, RequestRotation, Schedule, SetSchedule, Stage, ViewRotations,
};
use domain::{Code, Error, Result};
use store::{Idempotency, Made, credential_path, keeper_path};

use crate::App;
use crate::rotation_bodies::{RotationBody, RotationCredentialBody, ScheduleBody};
use crate::rotation_views::RotationsView;

pub(crate) async fn view<H: Home>(app: &App, caller: &Caller, at: H::At, id: ProviderId) -> Reply {
    let granted = caller.grant(InHome::<H, _>::new(ViewRotations { id }), at)?;
    let (provider, rotations) = app.core.store.read_rotations(&granted, id).await?;
    answer::ok(RotationsView::of(&provider, &rotations))
}

/// The vault first, then the tables: what they name is always there.
pub(crate) async fn request<H: Home>(
    app: &App,
    caller: &Caller,
    at: H::At,
    (id, version): (ProviderId, u64),
    (asked, sent): (RotationBody, Option<&Idempotency>),
    place: &str,
) -> Reply {
    let RotationBody { credential, grace_hours: grace } = asked;
    let granted = caller.grant(InHome::<H, _>::new(RequestRotation { id, version, grace }), at)?;
    let (store, mut mint) = (&app.core.store, app.core.mint());
    let Some((provider, before)) = store.rotations_to_request(&granted, sent, &mint).await? else {
        let (provider, rotations) = store.read_rotations(&granted, id).await?;
        return answer::accepted(RotationsView::of(&provider, &rotations), place);
    };
    let path = credential_path(granted.scope(), id);
    let stage = match credential {
        Some(credential) => {
            let fields = credential.fields(provider.endpoint.kind())?;
            let mark = app.shelf.mark(&fields, (app.core.random)()).await?;
            let newest = app.shelf.newest(&path).await?;
            if !provider.credential.as_ref().is_some_and(|used| Shelf::has_room(used.version, newest)) {
                let words = "too many new credentials did not work, one after the other; store one in the place of all";
                return Err(Error::new(Code::Conflict, words).into());
            }
            let version = app.shelf.store_after(&path, newest, &fields).await?.version;
            Stage::Given { candidate: Candidate { version, mark, handle: None } }
        }
        None => {
            can_make(&provider, before.schedule.as_ref())?;
            Stage::ToMake
        }
    };
    let version = stage.version();
    let made = store.request_rotation(&granted, (&provider, &before), stage, sent, &mut mint).await;
    let is_unnamed = match &made {
        Ok(made) => matches!(made, Made::Before(_)),
        // It may be named: nobody said that it was not written.
        Err(error) => is_refusal(error),
    };
    app.shelf.forget(&path, version.filter(|_| is_unnamed).into_iter().collect()).await;
    match made? {
        Made::Now(rotations) => answer::accepted(RotationsView::of(&provider, &rotations), place),
        Made::Before(_) => {
            let (provider, rotations) = store.read_rotations(&granted, id).await?;
            answer::accepted(RotationsView::of(&provider, &rotations), place)
        }
    }
}

/// What it brought is cleared away by `provider-rotations`.
pub(crate) async fn cancel<H: Home>(app: &App, caller: &Caller, at: H::At, id: ProviderId) -> Reply {
    let granted = caller.grant(InHome::<H, _>::new(CancelRotation { id }), at)?;
    let (provider, rotations) = app.core.store.cancel_rotation(&granted, &mut app.core.mint()).await?;
    answer::ok(RotationsView::of(&provider, &rotations))
}

pub(crate) async fn set_schedule<H: Home>(
    app: &App,
    caller: &Caller,
    at: H::At,
    (id, version): (ProviderId, u64),
    asked: ScheduleBody,
) -> Reply {
    let ScheduleBody { every_days: every, grace_hours: grace, automatic, rotation_credential } = asked;
    let granted = caller.grant(InHome::<H, _>::new(SetSchedule { id, version, every, grace, automatic }), at)?;
    let store = &app.core.store;
    let (provider, before) = store.read_rotations(&granted, id).await?;
    if provider.version != version {
        return Err(Error::stale().into());
    }
    let path = keeper_path(granted.scope(), id);
    let (keeper, stored) = match kept_keeper(&provider, before.schedule.as_ref(), automatic, rotation_credential)? {
        Kept::None => (None, None),
        Kept::Before(keeper) => (Some(keeper), None),
        Kept::New(credential) => {
            let fields = credential.fields(provider.endpoint.kind())?;
            let mark = app.shelf.mark(&fields, (app.core.random)()).await?;
            let stored = app.shelf.store_after_newest(&path, &fields).await?;
            (Some(Keeper { version: stored.version, mark }), Some(stored))
        }
    };
    let set = store.set_rotation_schedule(&granted, (&provider, &before), keeper, &mut app.core.mint()).await;
    let gone = match (&set, stored) {
        (Ok(_), Some(stored)) => stored.older(),
        (Err(error), Some(stored)) if is_refusal(error) => vec![stored.version],
        // It may be named: nobody said that it was not written.
        (Err(_), Some(_)) | (_, None) => vec![],
    };
    app.shelf.forget(&path, gone).await;
    answer::ok(RotationsView::of(&provider, &set?))
}

pub(crate) async fn remove_schedule<H: Home>(app: &App, caller: &Caller, at: H::At, id: ProviderId) -> Reply {
    let granted = caller.grant(InHome::<H, _>::new(RemoveSchedule { id }), at)?;
    if app.core.store.remove_rotation_schedule(&granted, &mut app.core.mint()).await? {
        app.shelf.forget_all(&keeper_path(granted.scope(), id)).await;
    }
    answer::no_content()
}

/// Where the second credential of a schedule comes from.
enum Kept {
    /// There is none.
    None,
    /// It is stored already.
    Before(Keeper),
    /// It was typed now.
    New(RotationCredentialBody),
}

fn kept_keeper(
    provider: &Provider,
    schedule: Option<&Schedule>,
    automatic: bool,
    typed: Option<RotationCredentialBody>,
) -> Result<Kept> {
    let kind = provider.endpoint.kind();
    let refused = |words: &'static str, at: &'static str| Err(Error::new(Code::Invalid, words).at(at));
    let before = schedule.filter(|schedule| schedule.fits(provider)).and_then(Schedule::keeper).cloned();
    match (automatic, kind.needs_keeper(), typed, before) {
        (true, ..) if !kind.makes_keys() => {
            refused("providers of this type have no API that makes keys; let people be reminded", "/automatic")
        }
        (false, _, Some(_), _) | (true, false, Some(_), _) => {
            refused("nothing is to be made with it", "/rotation_credential")
        }
        (true, true, Some(typed), _) => Ok(Kept::New(typed)),
        (true, true, None, Some(keeper)) => Ok(Kept::Before(keeper)),
        (true, true, None, None) => refused("providers of this type need this", "/rotation_credential"),
        (false, _, None, _) | (true, false, None, _) => Ok(Kept::None),
    }
}

fn can_make(provider: &Provider, schedule: Option<&Schedule>) -> Result<()> {
    let kind: ProviderType = provider.endpoint.kind();
    let refused = |words: &'static str| Err(Error::new(Code::Invalid, words).at("/credential"));
    let has_keeper = schedule.filter(|schedule| schedule.fits(provider)).and_then(Schedule::keeper).is_some();
    match (kind.makes_keys(), kind.needs_keeper()) {
        (false, _) => refused("providers of this type have no API that makes keys; bring one"),
        (true, true) if !has_keeper => refused("bring a new one, or set an automatic schedule, which may make one"),
        (true, _) => Ok(()),
    }
}

/// Whether it says that nothing was written.
fn is_refusal(error: &Error) -> bool {
    [Code::PreconditionFailed, Code::Conflict].contains(&error.code())
}
