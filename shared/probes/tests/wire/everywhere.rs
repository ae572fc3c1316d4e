//! What holds for every type.

use std::io;
use std::net::IpAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use domain::Timestamp;
use futures::future::BoxFuture;
use outbound::{Address, Allowed, Fault, Outbound, Resolve};
use probes::{AwsKeys, Key, Label, Provider, Trouble, probe};
use tokio::time::Instant;

use crate::support::{Says, Server, key, says, tried};

const PLANTED: &str = "planted-0123456789-secret";

fn label(text: &str) -> Label {
    Label::try_from(text).unwrap()
}

/// One of each type at the address, with the planted key.
fn everyone(base: &Address) -> Vec<Provider> {
    let (at, model) = (|| Some(base.clone()), || Some("m".to_owned()));
    let keys =
        || AwsKeys { access_key_id: label("AKID"), secret_access_key: key(PLANTED), session_token: Some(key(PLANTED)) };
    vec![
        Provider::OpenAi { base: at(), organization: None, model: model(), key: key(PLANTED) },
        Provider::Custom { base: base.clone(), model: model(), key: Some(key(PLANTED)) },
        Provider::AzureOpenAi { base: base.clone(), api_version: label("v1"), deployment: None, key: key(PLANTED) },
        Provider::AzureOpenAi { base: base.clone(), api_version: label("v1"), deployment: model(), key: key(PLANTED) },
        Provider::Anthropic { base: at(), api_version: None, key: key(PLANTED) },
        Provider::Google { base: at(), key: key(PLANTED) },
        Provider::Bedrock { control: at(), region: label("eu-central-1"), keys: keys() },
    ]
}

#[tokio::test]
async fn whatever_answers_that_is_no_provider_is_a_wrong_address() {
    for body in [
        "",
        "<html>hello</html>",
        "{}",
        "null",
        "[1]",
        "\"x\"",
        "{\"data\": 1}",
        "{\"models\": {}}",
        "{\"choices\": 0}",
    ] {
        let server = Server::start(move |_| says(200, body)).await;
        for provider in everyone(&server.base("/v1")) {
            assert_eq!(tried(provider).await, Err(Trouble::AddressWrong), "{body}");
        }
    }
}

#[tokio::test]
async fn a_status_means_the_same_everywhere() {
    for (status, trouble) in [
        (401, Trouble::CredentialRefused),
        (403, Trouble::Forbidden),
        (402, Trouble::Forbidden),
        (429, Trouble::RateLimited),
        (418, Trouble::AddressWrong),
        (500, Trouble::Unavailable),
        (503, Trouble::Unavailable),
    ] {
        let server = Server::start(move |_| says(status, "nothing that could be read")).await;
        for provider in everyone(&server.base("/v1")) {
            assert_eq!(tried(provider).await, Err(trouble), "{status}");
        }
    }
}

#[tokio::test]
async fn a_redirect_gets_no_key() {
    let elsewhere = Server::start(|_| says(200, "{}")).await;
    let target = elsewhere.base("/").as_str().to_owned();
    let server = Server::start(move |_| Says(307, String::new(), Some(("location", target.clone())))).await;
    for provider in everyone(&server.base("/v1")) {
        assert_eq!(tried(provider).await, Err(Trouble::Unreachable(Fault::Redirected)));
    }
    assert!(elsewhere.seen().is_empty());
}

#[tokio::test]
async fn what_echoes_the_key_does_not_bring_it_into_any_outcome() {
    let list = |name: &str| {
        let model = format!("{{\"id\": {name:?}, \"name\": {name:?}, \"modelId\": {name:?}}}");
        format!(
            "{{\"data\": [{model}], \"models\": [{model}], \"modelSummaries\": [{model}], \"choices\": [], \"has_more\": false}}"
        )
    };
    for name in [PLANTED.to_owned(), format!("models/{PLANTED}"), format!("a-{PLANTED}-b"), PLANTED[9..].to_owned()] {
        let body = list(&name);
        let server = Server::start(move |_| says(200, &body)).await;
        for provider in everyone(&server.base("/v1")) {
            assert!(tried(provider).await.unwrap().names.is_empty(), "{name}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_test_of_two_slow_calls_is_over_after_ten_seconds_as_well() {
    let server = Server::slow(Duration::from_secs(6), |_| says(404, "")).await;
    let (base, began) = (server.base("/v1"), Instant::now());
    let outcome = tried(Provider::Custom { base, model: Some("m".to_owned()), key: None }).await;
    assert_eq!(outcome, Err(Trouble::Unreachable(Fault::Late)));
    assert!((10.0..10.1).contains(&began.elapsed().as_secs_f64()));
}

/// Remembers who was looked for and sends everybody to an address that no call may go to.
#[derive(Clone, Default)]
struct Asked(Arc<Mutex<Vec<String>>>);

impl Resolve for Asked {
    fn resolve<'a>(&'a self, name: &'a str) -> BoxFuture<'a, io::Result<Vec<IpAddr>>> {
        self.0.lock().unwrap().push(name.to_owned());
        Box::pin(async { Ok(vec![IpAddr::from([127, 0, 0, 1])]) })
    }
}

#[tokio::test]
async fn without_an_address_of_its_own_a_type_means_the_providers() {
    let asked = Asked::default();
    let outbound = Outbound::new(Allowed::default(), asked.clone(), vec![]);
    let (base, model, organization) = (None, None, None);
    let keys = AwsKeys { access_key_id: label("AKID"), secret_access_key: key("k"), session_token: None };
    for provider in [
        Provider::OpenAi { base: base.clone(), organization, model, key: key("k") },
        Provider::Anthropic { base: base.clone(), api_version: None, key: key("k") },
        Provider::Google { base: base.clone(), key: key("k") },
        Provider::Bedrock { control: base, region: label("eu-central-1"), keys },
    ] {
        let outcome = probe(&outbound, &provider, Timestamp::from_millis(0)).await;
        assert_eq!(outcome, Err(Trouble::Unreachable(Fault::NotPublic)));
    }
    let hosts = [
        "api.openai.com",
        "api.anthropic.com",
        "generativelanguage.googleapis.com",
        "bedrock.eu-central-1.amazonaws.com",
    ];
    assert_eq!(*asked.0.lock().unwrap(), hosts);
}

#[test]
fn what_cannot_be_sent_is_no_key_and_no_label() {
    for secret in ["", " ", "sk 1", "sk-1\n", "sk\r\nx: y", "skü", &"x".repeat(4097)] {
        assert!(Key::new(secret.to_owned().into()).is_err(), "{secret:?}");
    }
    for text in ["", "-", ".", "a.", "evil.example/", "a@b", "a:b", "a b", "a%2f", "ä", &"x".repeat(129)] {
        assert!(Label::try_from(text).is_err(), "{text:?}");
    }
}
