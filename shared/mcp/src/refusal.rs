//! What statuses of HTTP and calls without an answer mean of a server.

use domain::mcp_server::Unreachable;
use outbound::{Fault, Tls};

/// What a status of 400 and above means, where the protocol says nothing nearer.
pub(crate) fn of_status(status: u16) -> Unreachable {
    match status {
        401 => Unreachable::CredentialRefused,
        402 | 403 => Unreachable::Forbidden,
        429 => Unreachable::RateLimited,
        408 | 500.. => Unreachable::Unavailable,
        _ => Unreachable::NotMcp,
    }
}

/// Why no answer came.
pub(crate) fn of_fault(fault: Fault) -> Unreachable {
    match fault {
        Fault::NameNotFound => Unreachable::NameNotFound,
        Fault::NotPublic => Unreachable::NotPublic,
        Fault::NotSecure => Unreachable::NotSecure,
        Fault::Port => Unreachable::Port,
        Fault::Refused => Unreachable::Refused,
        Fault::Tls(Tls::Name) => Unreachable::TlsName,
        Fault::Tls(Tls::Expired) => Unreachable::TlsExpired,
        Fault::Tls(Tls::Untrusted) => Unreachable::TlsUntrusted,
        Fault::Tls(Tls::Handshake) => Unreachable::TlsHandshake,
        Fault::CutOff => Unreachable::CutOff,
        Fault::Late => Unreachable::Late,
        Fault::TooLarge => Unreachable::TooLarge,
        Fault::Redirected => Unreachable::Redirected,
        Fault::NotUnderstood => Unreachable::NotMcp,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn why_no_answer_came_is_called_the_same_of_servers_as_of_providers() {
        for fault in [
            Fault::NameNotFound,
            Fault::NotPublic,
            Fault::NotSecure,
            Fault::Port,
            Fault::Refused,
            Fault::Tls(Tls::Name),
            Fault::Tls(Tls::Expired),
            Fault::Tls(Tls::Untrusted),
            Fault::Tls(Tls::Handshake),
            Fault::CutOff,
            Fault::Late,
            Fault::TooLarge,
            Fault::Redirected,
        ] {
            assert_eq!(of_fault(fault).slug(), fault.slug());
        }
    }
}
