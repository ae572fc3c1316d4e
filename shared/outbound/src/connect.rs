//! From an address to a connection: resolved once, judged, and connected to what was judged.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use rustls::client::Resumption;
use rustls::crypto::aws_lc_rs::default_provider;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{CertificateError, ClientConfig, RootCertStore};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use url::Host;

use crate::address::Address;
use crate::allowed::{Allowed, unlisted};
use crate::fault::{Fault, Tls};
use crate::resolve::Resolve;

/// How long one of several addresses may take to accept, before the next one is tried.
const ATTEMPT: Duration = Duration::from_secs(3);

/// Where a connection may go: every address of the host, if every single one is allowed.
pub(crate) async fn judged(
    address: &Address,
    allowed: &Allowed,
    resolver: &dyn Resolve,
) -> Result<Vec<SocketAddr>, Fault> {
    let host = address.host().ok_or(Fault::NameNotFound)?;
    let found = match host {
        Host::Domain(name) => resolver.resolve(name).await.map_err(|_| Fault::NameNotFound)?,
        Host::Ipv4(literal) => vec![IpAddr::V4(literal)],
        Host::Ipv6(literal) => vec![IpAddr::V6(literal)],
    };
    if found.is_empty() {
        return Err(Fault::NameNotFound);
    }
    let judge = |ip: &IpAddr| {
        let listed = allowed.holds(&host, *ip, address.port());
        if listed { Ok(()) } else { unlisted(Some(*ip), address) }
    };
    found.iter().try_for_each(judge)?;
    Ok(found.iter().map(|ip| SocketAddr::new(ip.to_canonical(), address.port())).collect())
}

/// The first of the addresses that accepts.
pub(crate) async fn connected(addresses: &[SocketAddr]) -> Result<TcpStream, Fault> {
    let mut outcome = Err(Fault::Refused);
    for address in addresses {
        outcome = match timeout(ATTEMPT, TcpStream::connect(address)).await {
            Ok(Ok(stream)) => return Ok(stream),
            Ok(Err(_)) => Err(Fault::Refused),
            Err(_) => Err(Fault::Late),
        };
    }
    outcome
}

/// The connection, secured for the host of the address and nobody else.
pub(crate) async fn secured(
    stream: TcpStream,
    address: &Address,
    connector: &TlsConnector,
) -> Result<TlsStream<TcpStream>, Fault> {
    let name = match address.host() {
        Some(Host::Domain(name)) => ServerName::try_from(name.to_owned()).map_err(|_| Fault::Tls(Tls::Name))?,
        Some(Host::Ipv4(literal)) => IpAddr::V4(literal).into(),
        Some(Host::Ipv6(literal)) => IpAddr::V6(literal).into(),
        None => return Err(Fault::NameNotFound),
    };
    connector.connect(name, stream).await.map_err(|error| {
        let cause = error.get_ref().and_then(|cause| cause.downcast_ref::<rustls::Error>());
        cause.map_or(Fault::CutOff, |cause| Fault::Tls(tls(cause)))
    })
}

fn tls(error: &rustls::Error) -> Tls {
    use CertificateError::{
        Expired, ExpiredContext, NotValidForName, NotValidForNameContext, NotValidYet, NotValidYetContext,
    };
    match error {
        rustls::Error::InvalidCertificate(NotValidForName | NotValidForNameContext { .. }) => Tls::Name,
        rustls::Error::InvalidCertificate(
            Expired | ExpiredContext { .. } | NotValidYet | NotValidYetContext { .. },
        ) => Tls::Expired,
        rustls::Error::InvalidCertificate(_) => Tls::Untrusted,
        _ => Tls::Handshake,
    }
}

/// Trusts the system's authorities and those given. Sessions are never resumed: a ticket is bytes of the other side's
/// choice that a later connection would send somewhere.
pub(crate) fn connector(own: &[Vec<u8>]) -> Result<TlsConnector, Fault> {
    let mut roots = RootCertStore::empty();
    roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    roots.add_parsable_certificates(own.iter().map(|der| CertificateDer::from(der.as_slice())));
    let config =
        ClientConfig::builder_with_provider(Arc::new(default_provider())).with_safe_default_protocol_versions();
    let config = config.map_err(|_| Fault::Tls(Tls::Handshake))?;
    let mut config = config.with_root_certificates(roots).with_no_client_auth();
    config.resumption = Resumption::disabled();
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(TlsConnector::from(Arc::new(config)))
}
