//! Between the judgement and the connection nothing changes.

use outbound::{Allowed, Fault, Outbound, Request, SystemResolver};

use crate::support::{Liar, Server, address, request};

const FINE: &[u8] = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}";

/// Two servers with the same port, on an address that is allowed and on one that is not.
async fn pair() -> (Server, Server) {
    let serve = |mut stream: tokio::net::TcpStream| async move {
        request(&mut stream).await;
        tokio::io::AsyncWriteExt::write_all(&mut stream, FINE).await.unwrap();
    };
    let allowed = Server::start("127.0.0.1:0", serve).await;
    let hidden = Server::start(&format!("127.0.0.2:{}", allowed.at.port()), serve).await;
    (allowed, hidden)
}

fn calling(liar: &Liar) -> Outbound {
    Outbound::new(Allowed::try_from("127.0.0.1").unwrap(), liar.clone(), vec![])
}

#[tokio::test]
async fn a_name_is_asked_once_and_the_connection_goes_to_what_was_judged() {
    let (allowed, hidden) = pair().await;
    let liar = Liar::new(&[&["127.0.0.1"], &["127.0.0.2"]]);
    let outbound = calling(&liar);
    let url = address(&format!("http://rebind.example:{}/", allowed.at.port()));
    assert_eq!(outbound.call(Request::get(url.clone())).await.map(|answer| answer.status()).unwrap(), 200);
    assert_eq!((liar.asked(), allowed.calls(), hidden.calls()), (1, 1, 0));
    assert_eq!(outbound.call(Request::get(url)).await.err(), Some(Fault::NotPublic), "the next call judges anew");
    assert_eq!((liar.asked(), allowed.calls(), hidden.calls()), (2, 1, 0));
}

#[tokio::test]
async fn one_answer_that_is_not_allowed_refuses_them_all() {
    let (allowed, hidden) = pair().await;
    let url = format!("http://mixed.example:{}/", allowed.at.port());
    for answers in [["127.0.0.1", "127.0.0.2"], ["127.0.0.2", "127.0.0.1"]] {
        let outbound = calling(&Liar::new(&[&answers]));
        assert_eq!(outbound.call(Request::get(address(&url))).await.err(), Some(Fault::NotPublic));
    }
    assert_eq!((allowed.calls(), hidden.calls()), (0, 0));
}

#[tokio::test]
async fn an_address_that_refuses_is_passed_over_for_the_next_one() {
    let (allowed, _) = pair().await;
    let liar = Liar::new(&[&["127.0.0.3", "127.0.0.1"]]);
    let outbound = Outbound::new(Allowed::try_from("127.0.0.0/8").unwrap(), liar, vec![]);
    let url = address(&format!("http://two.example:{}/", allowed.at.port()));
    assert!(outbound.call(Request::get(url)).await.is_ok());
    let outbound = Outbound::new(Allowed::try_from("127.0.0.0/8").unwrap(), Liar::new(&[&["127.0.0.3"]]), vec![]);
    let url = address(&format!("http://one.example:{}/", allowed.at.port()));
    assert_eq!(outbound.call(Request::get(url)).await.err(), Some(Fault::Refused));
}

#[tokio::test]
async fn a_name_without_an_address_is_not_found() {
    for liar in [Liar::new(&[]), Liar::new(&[&[]])] {
        assert_eq!(calling(&liar).check(&address("https://nobody.example/")).await, Err(Fault::NameNotFound));
    }
}

#[tokio::test]
async fn a_host_that_is_an_address_is_judged_without_asking_anybody() {
    let liar = Liar::new(&[&["8.8.8.8"]]);
    let outbound = calling(&liar);
    assert_eq!(outbound.check(&address("https://10.0.0.1/")).await, Err(Fault::NotPublic));
    assert_eq!(outbound.check(&address("https://8.8.8.8/")).await, Ok(()));
    assert_eq!(liar.asked(), 0);
}

#[tokio::test]
async fn the_systems_resolver_is_judged_like_any_other() {
    let check = async |list: &str| {
        let outbound = Outbound::new(Allowed::try_from(list).unwrap(), SystemResolver, vec![]);
        outbound.check(&address("https://localhost/")).await
    };
    assert_eq!(check("").await, Err(Fault::NotPublic));
    assert_eq!(check("localhost").await, Ok(()));
}
