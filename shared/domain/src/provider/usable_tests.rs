use std::collections::BTreeMap;

use proptest::prelude::*;

use super::*;
use crate::Timestamp;
use crate::id::ProjectId;
use crate::name::Description;
use crate::project::ProjectKind;
use crate::provider::{Credential, CredentialMark, Endpoint, Model, ModelPatch, TypeSettings};

fn model(number: u8) -> ModelId {
    ModelId::try_from(format!("m{number}")).unwrap()
}

fn id(number: u64) -> ProviderId {
    ProviderId::from_parts(number, 1)
}

fn project(models: Vec<ModelId>, default: Option<ModelId>) -> Project {
    Project {
        id: ProjectId::from_parts(1, 1),
        name: "P".to_owned().try_into().unwrap(),
        description: Description::default(),
        kind: ProjectKind::Team,
        models_allowed: models,
        default_model: default,
        archived: false,
        created_at: Timestamp::from_millis(1),
        created_by: "x".into(),
        updated_at: Timestamp::from_millis(1),
        version: 1,
    }
}

fn credential() -> Credential {
    let mark = CredentialMark { mask: "••••".into(), fingerprint: "0".into() };
    Credential { version: 1, mark, set_at: Timestamp::from_millis(1), set_by: "x".into(), last_used_at: None }
}

/// A provider with the models 0 to 2 of which those of the list are on.
fn offer(number: u64, is_own: bool, on: &[u8]) -> Offer {
    let models: BTreeMap<ModelId, Model> = (0..3)
        .map(|n| (model(n), ModelPatch { enabled: Some(on.contains(&n)), ..ModelPatch::default() }.over(None)))
        .collect();
    let provider = Provider {
        id: id(number),
        name: format!("Provider {number}").try_into().unwrap(),
        endpoint: Endpoint::new(ProviderType::Openai, None, TypeSettings::default()).unwrap(),
        models,
        enabled: true,
        credential: Some(credential()),
        assignment: Assignment::All,
        parameters: None,
        created_at: Timestamp::from_millis(number),
        created_by: "x".into(),
        updated_at: Timestamp::from_millis(number),
        version: 1,
    };
    Offer { provider, is_own, is_listed: false }
}

fn explained(
    offers: &[Offer],
    choices: &ModelChoices,
    settings: &OrganizationSettings,
    project: &Project,
) -> Explanation {
    Ground { offers, choices, settings, project: Some(project) }.explain(Some(&model(0)))
}

fn chosen(offers: &[Offer], settings: &OrganizationSettings) -> Option<ProviderId> {
    explained(offers, &ModelChoices::default(), settings, &project(vec![], None)).chosen().map(|chosen| chosen.provider)
}

#[test]
fn of_several_the_own_one_serves_then_the_default_then_the_oldest_of_the_platform() {
    let none = OrganizationSettings::default();
    let default = |number| OrganizationSettings { default_provider: Some(id(number)), default_model: None };
    let all = [
        offer(3, false, &[0]),
        offer(1, false, &[0]),
        offer(2, false, &[0]),
        offer(9, true, &[0]),
        offer(8, true, &[0]),
    ];
    assert_eq!(chosen(&all, &none), Some(id(8)), "the oldest own one, however old others are");
    assert_eq!(chosen(&all, &default(9)), Some(id(9)), "the default among the own ones");
    assert_eq!(chosen(&all, &default(3)), Some(id(8)), "the own one, although the default is the platform's");
    let [third, first, second, ..] = all;
    let global = [third, first, second];
    assert_eq!((chosen(&global, &none), chosen(&global, &default(3))), (Some(id(1)), Some(id(3))));
}

#[test]
fn each_rule_speaks_against_a_provider_by_itself_and_the_first_is_told() {
    let (plain, settings, any) = (offer(1, false, &[0]), OrganizationSettings::default(), project(vec![], None));
    let none = ModelChoices::default();
    let told = |offer: &Offer, choices: &ModelChoices, project: &Project| {
        explained(std::slice::from_ref(offer), choices, &settings, project).candidates[0].refused
    };
    let with = |change: fn(&mut Offer)| {
        let mut offer = plain.clone();
        change(&mut offer);
        offer
    };
    assert_eq!(told(&plain, &none, &any), None);
    assert_eq!(told(&with(|offer| offer.provider.enabled = false), &none, &any), Some(Rule::ProviderDisabled));
    assert_eq!(told(&with(|offer| offer.provider.credential = None), &none, &any), Some(Rule::NoCredential));
    let listed = with(|offer| offer.provider.assignment = Assignment::Listed);
    assert_eq!(told(&listed, &none, &any), Some(Rule::NotAssigned));
    assert_eq!(told(&Offer { is_listed: true, ..listed.clone() }, &none, &any), None);
    assert_eq!(told(&Offer { is_own: true, ..listed }, &none, &any), None, "what is one's own needs no list");
    assert_eq!(told(&offer(1, false, &[1]), &none, &any), Some(Rule::ModelDisabled));
    let off = ModelChoices { providers_off: [id(1)].into(), ..ModelChoices::default() };
    assert_eq!(told(&plain, &off, &any), Some(Rule::ProviderOff));
    let off = ModelChoices { models_off: [model(0)].into(), ..ModelChoices::default() };
    assert_eq!(told(&plain, &off, &any), Some(Rule::ModelOff));
    assert_eq!(told(&plain, &none, &project(vec![model(1)], None)), Some(Rule::NotInProject));
    let several = ModelChoices { models_off: [model(0)].into(), ..ModelChoices::default() };
    assert_eq!(told(&with(|offer| offer.provider.enabled = false), &several, &any), Some(Rule::ProviderDisabled));
}

#[test]
fn a_custom_provider_serves_without_a_credential() {
    let mut own = offer(1, true, &[0]);
    let at = "https://llm.example.com/v1".to_owned().try_into().unwrap();
    own.provider.endpoint = Endpoint::new(ProviderType::Custom, Some(at), TypeSettings::default()).unwrap();
    own.provider.credential = None;
    assert_eq!(chosen(&[own], &OrganizationSettings::default()), Some(id(1)));
}

#[test]
fn where_nobody_asks_for_a_model_the_projects_default_is_meant_then_the_organizations() {
    let offers = [offer(1, false, &[0, 1, 2])];
    let (choices, settings) =
        (ModelChoices::default(), OrganizationSettings { default_provider: None, default_model: Some(model(2)) });
    let wanted = |project: &Project, settings: &OrganizationSettings| {
        let ground = Ground { offers: &offers, choices: &choices, settings, project: Some(project) };
        ground.explain(None).wanted.map(|wanted| (wanted.model, wanted.named_by))
    };
    assert_eq!(wanted(&project(vec![], Some(model(1))), &settings), Some((model(1), NamedBy::Project)));
    assert_eq!(wanted(&project(vec![], None), &settings), Some((model(2), NamedBy::Organization)));
    assert_eq!(wanted(&project(vec![], None), &OrganizationSettings::default()), None);
}

#[test]
fn a_substitute_is_taken_once_and_the_projects_list_is_about_what_was_asked_for() {
    let offers = [offer(1, false, &[1, 2])];
    let choices =
        ModelChoices { instead: [(model(0), model(1)), (model(1), model(2))].into(), ..ModelChoices::default() };
    let only_asked = project(vec![model(0)], None);
    let told = explained(&offers, &choices, &OrganizationSettings::default(), &only_asked);
    let wanted = told.wanted.clone().unwrap();
    assert_eq!((wanted.model, wanted.instead_of), (model(1), Some(model(0))));
    assert_eq!(told.chosen().map(|chosen| chosen.provider), Some(id(1)));
    let only_substitute = project(vec![model(1)], None);
    let told = explained(&offers, &choices, &OrganizationSettings::default(), &only_substitute);
    assert_eq!(told.candidates[0].refused, Some(Rule::NotInProject));
}

type Flags = (bool, bool, bool, bool, bool, bool);

prop_compose! {
    /// (own, enabled, with a credential, listed only, on the list, model on)
    fn flags()(flags in any::<Flags>()) -> Flags { flags }
}

proptest! {
    /// The formula of the product, word by word, beside the code that explains.
    #[test]
    fn what_serves_is_what_the_formula_says(
        all in prop::collection::vec(flags(), 0..5),
        provider_off in any::<Option<u8>>(),
        model_off in any::<bool>(),
        listed in prop::option::of(any::<bool>()),
        default in 0_u64..6,
    ) {
        let offers: Vec<Offer> = (1_u64..).zip(&all).map(|(number, (own, enabled, keyed, only_listed, on_list, on))| {
            let mut offer = offer(number, *own, if *on { &[0] } else { &[] });
            offer.provider.enabled = *enabled;
            offer.provider.credential = keyed.then(credential);
            offer.provider.assignment = if *only_listed { Assignment::Listed } else { Assignment::All };
            Offer { is_listed: *on_list, ..offer }
        }).collect();
        let off = provider_off.map(|number| id(u64::from(number % 5)));
        let choices = ModelChoices {
            providers_off: off.into_iter().collect(),
            models_off: model_off.then(|| model(0)).into_iter().collect(),
            ..ModelChoices::default()
        };
        let settings = OrganizationSettings { default_provider: Some(id(default)), default_model: None };
        let project = project(match listed { None => vec![], Some(true) => vec![model(0)], Some(false) => vec![model(1)] }, None);
        let usable = |number: u64, (own, enabled, keyed, only_listed, on_list, on): &Flags| {
            *enabled && *keyed && (*own || !*only_listed || *on_list) && *on && off != Some(id(number)) && !model_off
                && listed != Some(false)
        };
        let mut serving: Vec<(bool, bool, u64)> = (1_u64..).zip(&all)
            .filter(|(number, flags)| usable(*number, flags))
            .map(|(number, flags)| (!flags.0, number != default, number)).collect();
        serving.sort_unstable();
        let told = explained(&offers, &choices, &settings, &project);
        prop_assert_eq!(told.chosen().map(|chosen| chosen.provider), serving.first().map(|(_, _, number)| id(*number)));
        prop_assert_eq!(told.candidates.len(), offers.len());
    }
}
