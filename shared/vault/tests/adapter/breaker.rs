//! A Vault that is gone, and comes back.

use std::sync::Arc;
use std::time::Duration;

use vault::{Config, Kind, Login, Vault};

use crate::place::{Place, secret, start_server};

async fn outcome(vault: &Vault) -> Result<(), (Kind, String)> {
    let source = |fault: &vault::Fault| std::error::Error::source(fault).map(ToString::to_string).unwrap_or_default();
    vault.read_secret("a").await.map(|_| ()).map_err(|fault| (fault.kind(), source(&fault)))
}

#[tokio::test]
async fn the_breaker_opens_when_vault_is_gone_and_closes_when_it_is_back() {
    let place = Place::development().await;
    let vault = place.root();
    assert_eq!(outcome(&vault).await, Ok(()));
    let (address, time) = place.end().await;
    for _ in 0..5 {
        let (kind, source) = outcome(&vault).await.unwrap_err();
        assert_eq!(kind, Kind::Unreachable);
        assert!(!source.contains("breaker"), "{source}");
    }
    let open = Err((Kind::Unreachable, "the breaker is open".to_owned()));
    assert_eq!(outcome(&vault).await, open);

    let server = start_server(address, &time).await;
    assert_eq!(outcome(&vault).await, open, "a server that is back is not noticed before the pause is over");
    *time.lock().unwrap() += Duration::from_secs(5);
    assert_eq!(outcome(&vault).await, Ok(()));
    assert_eq!(outcome(&vault).await, Ok(()));
    server.stop().await;
}

#[tokio::test]
async fn refusals_never_open_the_breaker() {
    let place = Place::start().await;
    let vault = place.root();
    for _ in 0..10 {
        assert_eq!(vault.data_key("org_none").await.err().unwrap().kind(), Kind::Refused);
    }
    assert_eq!(outcome(&vault).await, Ok(()));
}

/// The runtime's clock is stopped and jumps to the next timer whenever nothing else can happen, so nobody waits here.
#[tokio::test(start_paused = true)]
async fn a_vault_that_never_answers_costs_three_seconds_a_call_and_five_calls() {
    let silent = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let config = Config {
        address: format!("http://{}", silent.local_addr().unwrap()),
        login: Login::AppRole { role_id: "role".to_owned(), secret_id: secret("id") },
        mount_kv: "secret".to_owned(),
        mount_transit: "transit".to_owned(),
    };
    let vault = Vault::new(config, Arc::new(|| Duration::ZERO)).unwrap_or_else(|fault| panic!("{fault}"));
    let start = tokio::time::Instant::now();
    for _ in 0..10 {
        assert_eq!(outcome(&vault).await.unwrap_err().0, Kind::Unreachable);
    }
    let spent = start.elapsed();
    assert!((Duration::from_secs(15)..Duration::from_millis(15_100)).contains(&spent), "{spent:?}");
}
