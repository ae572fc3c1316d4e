//! Whom a connection is secured with.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use outbound::{Allowed, Fault, Outbound, Request, Tls};
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair, date_time_ymd};
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use rustls::{HandshakeKind, ServerConfig};
use tokio::io::AsyncWriteExt;
use tokio_rustls::TlsAcceptor;

use crate::support::{Liar, Server, address, request};

type Authority = CertifiedIssuer<'static, KeyPair>;

fn authority() -> Authority {
    let mut params = CertificateParams::new(vec![]).unwrap();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap()
}

/// A server with a certificate for these names, and how many requests it read.
async fn secure(names: &[&str], signer: Option<&Authority>, until_year: i32) -> (Server, Arc<AtomicUsize>) {
    let mut params = CertificateParams::new(names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>()).unwrap();
    params.not_after = date_time_ymd(until_year, 1, 1);
    let key = KeyPair::generate().unwrap();
    let certificate = match signer {
        Some(signer) => params.signed_by(&key, signer).unwrap(),
        None => params.self_signed(&key).unwrap(),
    };
    let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der()));
    serving(certificate.der().clone(), key).await
}

async fn serving(certificate: CertificateDer<'static>, key: PrivateKeyDer<'static>) -> (Server, Arc<AtomicUsize>) {
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let config = ServerConfig::builder_with_provider(provider).with_safe_default_protocol_versions().unwrap();
    let config = config.with_no_client_auth().with_single_cert(vec![certificate], key).unwrap();
    let (acceptor, read) = (TlsAcceptor::from(Arc::new(config)), Arc::new(AtomicUsize::new(0)));
    let counted = Arc::clone(&read);
    let server = Server::start("127.0.0.1:0", move |stream| {
        let (acceptor, counted) = (acceptor.clone(), Arc::clone(&counted));
        async move {
            let Ok(mut stream) = acceptor.accept(stream).await else { return };
            // A session that was resumed counts as no request.
            let whole = stream.get_ref().1.handshake_kind() != Some(HandshakeKind::Resumed);
            let asked = request(&mut stream).await;
            counted.fetch_add(usize::from(whole && !asked.is_empty()), Ordering::SeqCst);
            let _ = stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n[]").await;
            let _ = stream.shutdown().await;
        }
    })
    .await;
    (server, read)
}

fn trusting(authority: &Authority) -> Outbound {
    let allowed = Allowed::try_from("127.0.0.1").unwrap();
    Outbound::new(allowed, Liar::new(&[&["127.0.0.1"]]), vec![authority.der().to_vec()])
}

async fn call(url: &str, outbound: &Outbound) -> Result<u16, Fault> {
    outbound.call(Request::get(address(url))).await.map(|answer| answer.status())
}

#[tokio::test]
async fn a_certificate_of_a_known_authority_for_the_name_of_the_address_is_good() {
    let authority = authority();
    let (server, read) = secure(&["api.example", "127.0.0.1"], Some(&authority), 4096).await;
    let outbound = trusting(&authority);
    for host in ["api.example", "API.example.", "127.0.0.1", "api.example"] {
        let url = format!("https://{host}:{}/", server.at.port());
        assert_eq!(call(&url, &outbound).await, Ok(200), "{host}");
    }
    assert_eq!(read.load(Ordering::SeqCst), 4);
}

#[tokio::test]
async fn any_other_certificate_gets_no_request() {
    let (known, unknown) = (authority(), authority());
    for (names, signer, until, fault) in [
        ("other.example", Some(&known), 4096, Tls::Name),
        ("a.api.example", Some(&known), 4096, Tls::Name),
        ("127.0.0.1", Some(&known), 4096, Tls::Name),
        ("api.example", Some(&known), 2020, Tls::Expired),
        ("api.example", Some(&unknown), 4096, Tls::Untrusted),
        ("api.example", None, 4096, Tls::Untrusted),
    ] {
        let (server, read) = secure(&[names], signer, until).await;
        let url = format!("https://api.example:{}/", server.at.port());
        assert_eq!(call(&url, &trusting(&known)).await, Err(Fault::Tls(fault)), "{names} {until}");
        assert_eq!((server.calls(), read.load(Ordering::SeqCst)), (1, 0), "{names} {until}");
    }
}

#[tokio::test]
async fn plain_http_where_tls_is_asked_for_is_refused_and_the_other_way_round() {
    let authority = authority();
    let plain = Server::start("127.0.0.1:0", |mut stream| async move {
        let _ = stream.write_all(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n").await;
        request(&mut tokio::io::BufReader::new(stream)).await;
    })
    .await;
    let url = format!("https://api.example:{}/", plain.at.port());
    assert_eq!(call(&url, &trusting(&authority)).await, Err(Fault::Tls(Tls::Handshake)));
    let (server, read) = secure(&["127.0.0.1"], Some(&authority), 4096).await;
    let outcome = call(&format!("http://{}/", server.at), &trusting(&authority)).await;
    assert!(matches!(outcome, Err(Fault::NotUnderstood | Fault::CutOff)), "{outcome:?}");
    assert_eq!(read.load(Ordering::SeqCst), 0);
}
