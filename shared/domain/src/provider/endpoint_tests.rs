use super::*;

fn url(raw: &str) -> BaseUrl {
    BaseUrl::try_from(raw.to_owned()).unwrap()
}

fn version(raw: &str) -> Option<ApiVersion> {
    Some(ApiVersion::try_from(raw.to_owned()).unwrap())
}

fn region(raw: &str) -> Option<Region> {
    Some(Region::try_from(raw.to_owned()).unwrap())
}

fn refused(made: Result<Endpoint>) -> Option<String> {
    made.unwrap_err().pointer().map(str::to_owned)
}

#[test]
fn each_type_has_its_own_settings_and_no_others() {
    let new = |kind, url: Option<BaseUrl>, settings| Endpoint::new(kind, url, settings);
    let azure = url("https://acme.openai.azure.com");
    assert_eq!(refused(new(ProviderType::Custom, None, TypeSettings::default())).as_deref(), Some("/base_url"));
    let no_version = new(ProviderType::AzureOpenai, Some(azure.clone()), TypeSettings::default());
    assert_eq!(refused(no_version).as_deref(), Some("/api_version"));
    let with_version = TypeSettings { api_version: version("2024-10-21"), ..TypeSettings::default() };
    assert_eq!(refused(new(ProviderType::AzureOpenai, None, with_version.clone())).as_deref(), Some("/base_url"));
    assert!(new(ProviderType::AzureOpenai, Some(azure), with_version.clone()).is_ok());
    assert!(new(ProviderType::Anthropic, None, with_version.clone()).is_ok());
    assert_eq!(refused(new(ProviderType::Openai, None, with_version)).as_deref(), Some("/api_version"));
    assert_eq!(refused(new(ProviderType::Bedrock, None, TypeSettings::default())).as_deref(), Some("/region"));
    let here = TypeSettings { region: region("eu-central-1"), ..TypeSettings::default() };
    let bedrock = new(ProviderType::Bedrock, None, here.clone()).unwrap();
    assert_eq!(bedrock.base_url(), &url("https://bedrock-runtime.eu-central-1.amazonaws.com"));
    assert_eq!(refused(new(ProviderType::Google, None, here)).as_deref(), Some("/region"));
}

#[test]
fn a_credential_follows_no_change_of_type_scheme_host_or_port() {
    let before =
        Endpoint::new(ProviderType::Custom, Some(url("https://llm.example.com/v1")), TypeSettings::default()).unwrap();
    let moved = |base_url: &str| {
        let patch = EndpointPatch { base_url: Patch::Set(url(base_url)), ..EndpointPatch::default() };
        patch.over(&before).unwrap().takes_credential_of(&before)
    };
    assert!(moved("https://llm.example.com/v2"), "a path is no other host");
    for other in ["https://evil.example/v1", "http://llm.example.com/v1", "https://llm.example.com:8443/v1"] {
        assert!(!moved(other), "{other}");
    }
    let patch = EndpointPatch { kind: Some(ProviderType::Openai), ..EndpointPatch::default() };
    let retyped = patch.over(&before).unwrap();
    assert_eq!(retyped.base_url(), before.base_url(), "an address of one's own stays");
    assert!(!retyped.takes_credential_of(&before));
}

#[test]
fn a_published_address_follows_its_type_and_region() {
    let here = TypeSettings { region: region("eu-central-1"), ..TypeSettings::default() };
    let before = Endpoint::new(ProviderType::Bedrock, None, here).unwrap();
    let region = Region::try_from("us-east-1".to_owned()).unwrap();
    let patch = EndpointPatch { region: Patch::Set(region), ..EndpointPatch::default() };
    let after = patch.over(&before).unwrap();
    assert_eq!(after.base_url(), &url("https://bedrock-runtime.us-east-1.amazonaws.com"));
    assert!(!after.takes_credential_of(&before));
    let patch = EndpointPatch { kind: Some(ProviderType::Openai), region: Patch::Clear, ..EndpointPatch::default() };
    assert_eq!(patch.over(&before).unwrap().base_url(), &url("https://api.openai.com/v1"));
}
