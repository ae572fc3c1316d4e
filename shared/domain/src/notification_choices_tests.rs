//! Which layer wins, as a table and for any choices.

use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;

fn choices(json: Value) -> NoticeChoices {
    serde_json::from_value(json).unwrap()
}

fn patched(before: &NoticeChoices, patch: Value) -> Result<NoticeChoices> {
    before.patched(serde_json::from_value(patch).unwrap())
}

fn email(platform: Option<bool>, organization: Option<bool>, own: Option<bool>) -> bool {
    let layer = |email: Option<bool>| choices(json!({"membership.joined": {"email": email}}));
    let (platform, organization, own) = (layer(platform), layer(organization), layer(own));
    let layers = Layers { platform: &platform, organization: &organization, own: &own };
    layers.resolve(NoticeKind::Joined).email
}

#[test]
fn the_own_choice_wins_over_the_organizations_and_that_over_the_platforms() {
    for (platform, organization, own, told) in [
        (None, None, None, true),
        (Some(false), None, None, false),
        (Some(false), Some(true), None, true),
        (Some(true), Some(false), None, false),
        (Some(false), Some(false), Some(true), true),
        (Some(true), Some(true), Some(false), false),
        (None, Some(false), None, false),
        (None, None, Some(false), false),
    ] {
        assert_eq!(email(platform, organization, own), told, "{platform:?} {organization:?} {own:?}");
    }
}

#[test]
fn a_value_says_which_layer_it_comes_from() {
    let layer = |email: Option<bool>| choices(json!({"membership.joined": {"email": email}}));
    let source = |platform, organization, own, kind| {
        let (platform, organization, own) = (layer(platform), layer(organization), layer(own));
        let layers = Layers { platform: &platform, organization: &organization, own: &own };
        layers.effective(kind, Channel::Email).layer
    };
    let joined = NoticeKind::Joined;
    assert_eq!(source(None, None, None, joined), Layer::Product);
    assert_eq!(source(Some(true), None, None, joined), Layer::Platform);
    assert_eq!(source(Some(true), Some(true), None, joined), Layer::Organization);
    assert_eq!(source(Some(true), Some(true), Some(true), joined), Layer::Own);
    assert_eq!(source(Some(true), Some(true), Some(true), NoticeKind::PasswordChanged), Layer::Product);
}

#[test]
fn a_change_is_recorded_for_each_channel_that_changed_and_no_other() {
    let before = choices(json!({"membership.joined": {"in_app": false, "email": false}}));
    let after = choices(json!({"membership.joined": {"in_app": false}, "usage.alert": {"email": true}}));
    let told: Vec<_> = before.changes(&after).into_iter().map(|it| (it.field, it.before, it.after)).collect();
    let wanted = [
        ("membership.joined.email".to_owned(), Some(json!(false)), None),
        ("usage.alert.email".to_owned(), None, Some(json!(true))),
    ];
    assert_eq!(told, wanted);
}

#[test]
fn a_choice_for_one_channel_leaves_the_other() {
    let own = choices(json!({"membership.joined": {"email": false}}));
    let nothing = NoticeChoices::default();
    let told = Layers { platform: &nothing, organization: &nothing, own: &own }.resolve(NoticeKind::Joined);
    assert_eq!(told, Channels { in_app: true, email: false });
}

#[test]
fn a_patch_sets_keeps_and_goes_back() {
    let before = choices(json!({"membership.joined": {"in_app": false, "email": false}}));
    for (patch, after) in [
        (json!({}), json!({"membership.joined": {"in_app": false, "email": false}})),
        (json!({"membership.joined": {}}), json!({"membership.joined": {"in_app": false, "email": false}})),
        (json!({"membership.joined": {"email": null}}), json!({"membership.joined": {"in_app": false}})),
        (json!({"membership.joined": {"email": true}}), json!({"membership.joined": {"in_app": false, "email": true}})),
        (json!({"membership.joined": null}), json!({})),
        (json!({"membership.joined": {"in_app": null, "email": null}}), json!({})),
        (
            json!({"usage.alert": {"email": false}}),
            json!({"membership.joined": {"in_app": false, "email": false}, "usage.alert": {"email": false}}),
        ),
    ] {
        assert_eq!(serde_json::to_value(patched(&before, patch).unwrap()).unwrap(), after);
    }
}

#[test]
fn what_cannot_be_switched_is_refused_at_its_field() {
    let refused = patched(&NoticeChoices::default(), json!({"security.password": {"email": false}})).unwrap_err();
    assert_eq!((refused.code(), refused.pointer()), (Code::Invalid, Some("/choices/security.password/email")));
    assert!(patched(&NoticeChoices::default(), json!({"membership.invited": {"email": false}})).is_err());
    assert!(patched(&NoticeChoices::default(), json!({"membership.invited": {"in_app": false}})).is_ok());
}

#[test]
fn an_unknown_kind_or_channel_is_no_patch() {
    for patch in [json!({"membership.unknown": {}}), json!({"membership.joined": {"sms": true}})] {
        assert!(serde_json::from_value::<ChoicesPatch>(patch).is_err());
    }
}

fn any_choices() -> impl Strategy<Value = NoticeChoices> {
    let choice = any::<(Option<bool>, Option<bool>)>().prop_map(|(in_app, email)| Choice { in_app, email });
    prop::collection::btree_map(prop::sample::select(&NoticeKind::ALL[..]), choice, 0..21).prop_map(NoticeChoices)
}

proptest! {
    #[test]
    fn whatever_was_stored_security_is_told_by_mail(platform in any_choices(), organization in any_choices(), own in any_choices()) {
        let layers = Layers { platform: &platform, organization: &organization, own: &own };
        for kind in NoticeKind::ALL {
            let told = layers.resolve(kind);
            for (channel, told) in [(Channel::InApp, told.in_app), (Channel::Email, told.email)] {
                match kind.setting(channel) {
                    Setting::Fixed(fixed) => prop_assert_eq!(told, fixed),
                    Setting::Default(_) => {
                        let chosen = own.get(kind, channel);
                        prop_assert!(chosen.is_none_or(|chosen| chosen == told));
                    }
                }
            }
        }
    }

    #[test]
    fn another_default_never_changes_what_a_person_chose(organization in any_choices(), other in any_choices(), own in any_choices()) {
        let nothing = NoticeChoices::default();
        let resolve = |organization| Layers { platform: &nothing, organization, own: &own };
        for kind in NoticeKind::ALL {
            let (one, two) = (resolve(&organization).resolve(kind), resolve(&other).resolve(kind));
            prop_assert!(own.get(kind, Channel::InApp).is_none() || one.in_app == two.in_app);
            prop_assert!(own.get(kind, Channel::Email).is_none() || one.email == two.email);
        }
    }

    #[test]
    fn choices_survive_being_written_and_read(choices in any_choices()) {
        let text = serde_json::to_string(&choices).unwrap();
        prop_assert_eq!(serde_json::from_str::<NoticeChoices>(&text).unwrap(), choices);
    }
}
