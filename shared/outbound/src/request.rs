//! What is sent: a method, an address, headers that do not leak, and perhaps a body; and how the answer is read.

use bytes::Bytes;
use domain::Rejected;
use http::header::{ACCEPT, ACCEPT_ENCODING, CONNECTION, CONTENT_TYPE, HOST, USER_AGENT};
use http::{HeaderMap, HeaderName, HeaderValue, Method};
use http_body_util::Full;
use zeroize::Zeroizing;

use crate::address::Address;
use crate::exchange::Reading;
use crate::fault::Fault;

/// Who calls, as far as the called one is told.
const AGENT: HeaderValue = HeaderValue::from_static(concat!("admin-portal/", env!("CARGO_PKG_VERSION")));

/// A header's value that may be a secret: no `Debug`, no `Clone`; marked as sensitive, and wiped when it has been sent.
///
/// The copies in the HTTP and TLS libraries' buffers are not wiped.
pub struct Sensitive(HeaderValue);

impl Sensitive {
    /// The parts, one behind the other, such as `"Bearer "` and a key.
    ///
    /// # Errors
    /// A part has other characters than visible ASCII and spaces.
    pub fn new(parts: &[&str]) -> Result<Self, Rejected> {
        let refused = Rejected("must be visible ASCII characters");
        // Reserved at once: what a growing buffer leaves behind would not be wiped.
        let mut text = Zeroizing::new(Vec::with_capacity(parts.iter().map(|part| part.len()).sum()));
        parts.iter().for_each(|part| text.extend_from_slice(part.as_bytes()));
        if !text.iter().all(|byte| byte.is_ascii_graphic() || *byte == b' ') {
            return Err(refused);
        }
        let mut value = HeaderValue::from_maybe_shared(Bytes::from_owner(text)).map_err(|_| refused)?;
        value.set_sensitive(true);
        Ok(Self(value))
    }
}

/// A call that has not been made. Has no `Debug`.
pub struct Request {
    pub(crate) address: Address,
    method: Method,
    headers: HeaderMap,
    body: Bytes,
    reading: Reading,
    accept: HeaderValue,
}

const JSON: HeaderValue = HeaderValue::from_static("application/json");
const FORM: HeaderValue = HeaderValue::from_static("application/x-www-form-urlencoded");

impl Request {
    /// Asks for what is there.
    #[must_use]
    pub fn get(address: Address) -> Self {
        Self {
            address,
            method: Method::GET,
            headers: HeaderMap::new(),
            body: Bytes::new(),
            accept: JSON,
            reading: Reading::default(),
        }
    }

    /// Asks that it be gone.
    #[must_use]
    pub fn delete(address: Address) -> Self {
        Self { method: Method::DELETE, ..Self::get(address) }
    }

    /// Sends a JSON text.
    #[must_use]
    pub fn post(address: Address, json: String) -> Self {
        let headers = HeaderMap::from_iter([(CONTENT_TYPE, JSON)]);
        Self { method: Method::POST, headers, body: Bytes::from(json), ..Self::get(address) }
    }

    /// Sends a form, `a=1&b=2`, which may hold a secret and is wiped when it has been sent.
    #[must_use]
    pub fn form(address: Address, pairs: Zeroizing<String>) -> Self {
        let headers = HeaderMap::from_iter([(CONTENT_TYPE, FORM)]);
        let body = Bytes::from_owner(Zeroizing::new(pairs.as_bytes().to_vec()));
        Self { method: Method::POST, headers, body, ..Self::get(address) }
    }

    /// The same, asking for an answer in XML.
    #[must_use]
    pub fn for_xml(self) -> Self {
        Self { accept: HeaderValue::from_static("text/xml"), ..self }
    }

    /// Takes a stream of events (`text/event-stream`) for an answer as well as JSON: the body is then the data of the first
    /// event that `is_wanted`, and nothing behind it is waited for.
    #[must_use]
    pub fn or_event(mut self, is_wanted: impl Fn(&[u8]) -> bool + Send + 'static) -> Self {
        self.reading.is_wanted = Some(Box::new(is_wanted));
        self
    }

    /// Takes an answer of so many bytes; without it, of 256 KiB.
    #[must_use]
    pub fn up_to(mut self, bytes_max: usize) -> Self {
        self.reading.bytes_max = bytes_max;
        self
    }

    /// With one more header; a later one of the same name takes the earlier one's place.
    #[must_use]
    pub fn with(mut self, name: HeaderName, value: Sensitive) -> Self {
        self.headers.insert(name, value.0);
        self
    }

    /// As it goes over the wire. What decides where it goes and how the answer comes is set here, whatever was given.
    pub(crate) fn into_http(self) -> Result<(http::Request<Full<Bytes>>, Reading), Fault> {
        let Self { address, method, mut headers, body, accept, reading } = self;
        let host = HeaderValue::from_str(address.authority()).map_err(|_| Fault::NotUnderstood)?;
        let taken = reading.takes().map_or(accept, HeaderValue::from_static);
        let plain = HeaderValue::from_static("identity");
        let once = HeaderValue::from_static("close");
        let own = [(HOST, host), (USER_AGENT, AGENT), (ACCEPT, taken), (ACCEPT_ENCODING, plain), (CONNECTION, once)];
        own.into_iter().for_each(|(name, value)| drop(headers.insert(name, value)));
        let request = http::Request::builder().method(method).uri(address.target());
        let mut request = request.body(Full::new(body)).map_err(|_| Fault::NotUnderstood)?;
        *request.headers_mut() = headers;
        Ok((request, reading))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_cannot_bring_a_header_of_its_own() {
        for key in ["sk\r\nx-evil: 1", "sk\n", "sk\0", "sk-ü", "sk\t1"] {
            assert!(Sensitive::new(&["Bearer ", key]).is_err(), "{key:?}");
        }
    }

    #[test]
    fn a_secret_is_not_shown_by_the_library_either() {
        let value = Sensitive::new(&["Bearer ", "sk-planted"]).unwrap().0;
        assert_eq!(value, "Bearer sk-planted");
        assert_eq!(format!("{value:?}"), "Sensitive");
    }

    #[test]
    fn what_decides_where_a_request_goes_cannot_be_given_as_a_header() {
        let address = Address::try_from("https://api.example.com:8443/v1?a=b").unwrap();
        let request = Request::get(address).with(HOST, Sensitive::new(&["evil.example"]).unwrap());
        let (sent, _) = request.with(ACCEPT_ENCODING, Sensitive::new(&["gzip"]).unwrap()).into_http().unwrap();
        assert_eq!(sent.uri(), "/v1?a=b");
        assert_eq!(sent.headers()[HOST], "api.example.com:8443");
        assert_eq!(sent.headers()[ACCEPT_ENCODING], "identity");
    }
}
