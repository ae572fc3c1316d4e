//! Limits, top-ups and requests in an organization.

use domain::OrgScope;
use domain::Patch;
use domain::organization::Organization;
use domain::quota::{
    AskForMore, ByPeriod, DefaultsPatch, EditQuotaDefaults, GiveTopUp, Limiting, NewLimits, Period, PeriodPatch,
    ScopeObject, SetLimits, Tokens,
};
use domain::sealed::Sealed;
use store::quota::SealedReason;

use crate::content::superadmin;
use crate::stack::{Stack, mint};

fn sealed<I>(id: I) -> SealedReason<I> {
    SealedReason { id, sealed: Sealed::new(b"why".to_vec()) }
}

impl Stack {
    /// Its ceiling and a default, a top-up, and a request that waits.
    pub(crate) async fn limited(&self, place: &Organization) {
        let (store, actor) = (&self.direct.store, superadmin(Some(place)));
        let object = ScopeObject::Organization;
        let none = ByPeriod { daily: Some(Tokens::ZERO), weekly: None, monthly: Some(Tokens::ZERO) };
        let what = SetLimits { version: 0, limits: NewLimits::Whole(none) };
        let granted = actor.grant(Limiting { object, what }, place.id).unwrap();
        store.set_limits(&granted, &mut mint()).await.unwrap();
        let what = GiveTopUp { period: Period::Daily, tokens: Tokens::MAX };
        let granted = actor.grant(Limiting { object, what }, place.id).unwrap();
        store.give_top_up(&granted, &sealed(mint().id()), None, &mut mint()).await.unwrap();
        let asked = AskForMore { object, period: Period::Monthly, tokens: Tokens::MAX };
        let granted = actor.grant(asked, place.id).unwrap();
        store.ask_for_more(&granted, &sealed(mint().id()), None, &mut mint()).await.unwrap();
        let user = Patch::Set(PeriodPatch { monthly: Patch::Set(Tokens::MAX), ..PeriodPatch::default() });
        let patch = DefaultsPatch { user, ..DefaultsPatch::default() };
        let granted = actor.grant(EditQuotaDefaults::<OrgScope>::of_organization(0, patch), place.id).unwrap();
        store.edit_organization_quota_defaults(&granted, place.name.as_str(), &mut mint()).await.unwrap();
    }
}
