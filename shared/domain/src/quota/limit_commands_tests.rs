use super::*;

fn tokens(count: u64) -> Tokens {
    Tokens::try_from(count).unwrap()
}

fn limits(daily: Option<u64>, monthly: Option<u64>) -> ByPeriod<Tokens> {
    ByPeriod { daily: daily.map(tokens), weekly: None, monthly: monthly.map(tokens) }
}

#[test]
fn a_patch_changes_what_it_names_and_nothing_else() {
    let before = limits(Some(5), Some(50));
    let patch = |daily, monthly| PeriodPatch { daily, weekly: Patch::Keep, monthly };
    assert_eq!(patch(Patch::Keep, Patch::Keep).over(&before), before);
    assert_eq!(patch(Patch::Clear, Patch::Keep).over(&before), limits(None, Some(50)));
    assert_eq!(patch(Patch::Keep, Patch::Set(tokens(0))).over(&before), limits(Some(5), Some(0)));
    assert_eq!(NewLimits::Whole(limits(None, Some(1))).over(&before), limits(None, Some(1)));
}

#[test]
fn no_organization_sets_its_own_ceiling_by_a_default() {
    let set = Patch::Set(PeriodPatch { monthly: Patch::Set(tokens(1)), ..PeriodPatch::default() });
    let patch = DefaultsPatch { organization: set.clone(), user: set, ..DefaultsPatch::default() };
    let none = Defaults::default();
    let own = EditQuotaDefaults::of_organization(0, patch.clone()).patch.over_defaults(&none);
    assert_eq!((own.limits.organization, own.limits.user), (limits(None, None), limits(None, Some(1))));
    let platform = EditQuotaDefaults::of_platform(0, patch).patch.over_defaults(&none);
    assert_eq!(platform.limits.organization, limits(None, Some(1)));
}

#[test]
fn a_kind_that_is_cleared_has_no_default_any_more_and_the_version_grows() {
    let mut before = Defaults { version: 7, ..Defaults::default() };
    before.limits.project = limits(Some(1), Some(2));
    before.limits.user = limits(None, Some(3));
    let after = DefaultsPatch { project: Patch::Clear, ..DefaultsPatch::default() }.over_defaults(&before);
    assert_eq!((after.limits.project, after.limits.user), (limits(None, None), limits(None, Some(3))));
    assert_eq!(after.version, 8);
}
