//! An address that somebody typed in, as far as it can be judged without asking anybody.

use domain::Rejected;
use url::{Host, Url};

/// How long an address may be, in bytes.
const LENGTH_MAX: usize = 2048;

/// An http or https address with a host, and with neither user name nor fragment. Whether it may be called is another question.
///
/// The host is as the URL standard writes it: `0x7f.1`, `2130706433` and `0177.0.0.1` are all `127.0.0.1`, letters are lower
/// case, one dot at the end is gone. Hosts with letters beyond ASCII are refused: they are written `xn--…`. Has no `Debug`,
/// since paths and queries may be secrets.
#[derive(Clone, PartialEq, Eq)]
pub struct Address(Url);

impl TryFrom<&str> for Address {
    type Error = Rejected;

    fn try_from(raw: &str) -> Result<Self, Rejected> {
        let odd = |byte: u8| !byte.is_ascii_graphic() || matches!(byte, b'\\' | b'#');
        if raw.len() > LENGTH_MAX || raw.bytes().any(odd) {
            return Err(Rejected("must be an address of at most 2048 ASCII characters without space, \\ and #"));
        }
        // The parser of URLs forgives what is missing here and finds a host further on.
        let authority = raw.split_once("://").and_then(|(_, rest)| rest.split(['/', '?']).next()).unwrap_or_default();
        if authority.is_empty() || authority.contains('@') {
            return Err(Rejected("must be an address with a host and without user name"));
        }
        let url = Url::parse(raw).ok().filter(|url| matches!(url.scheme(), "http" | "https") && url.port() != Some(0));
        let url = url.and_then(without_last_dot).ok_or(Rejected("must be an http or https address"))?;
        Ok(Self(url))
    }
}

impl Address {
    /// Scheme, host and port: whoever has that changed speaks to somebody else.
    #[must_use]
    pub fn origin(&self) -> String {
        self.0.origin().ascii_serialization()
    }

    /// The whole address.
    #[must_use]
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }

    /// The address with these segments behind its path, each escaped; `.` and `..` are left out.
    #[must_use]
    pub fn under(mut self, segments: &[&str]) -> Self {
        if let Ok(mut path) = self.0.path_segments_mut() {
            path.pop_if_empty().extend(segments);
        }
        self
    }

    /// The address with one more pair in its query, escaped.
    #[must_use]
    pub fn asking(mut self, name: &str, value: &str) -> Self {
        self.0.query_pairs_mut().append_pair(name, value);
        self
    }

    pub(crate) fn is_secure(&self) -> bool {
        self.0.scheme() == "https"
    }

    pub(crate) fn host(&self) -> Option<Host<&str>> {
        self.0.host()
    }

    pub(crate) fn port(&self) -> u16 {
        self.0.port_or_known_default().unwrap_or_default()
    }

    /// What the header `Host` says: the port only if it is not the scheme's own.
    pub(crate) fn authority(&self) -> &str {
        self.0.authority()
    }

    /// What the first line of a request says.
    pub(crate) fn target(&self) -> String {
        self.0.query().map_or_else(|| self.0.path().to_owned(), |query| format!("{}?{query}", self.0.path()))
    }
}

/// `example.com.` is the same host as `example.com`, and must not be another one to a list or a certificate.
fn without_last_dot(mut url: Url) -> Option<Url> {
    if let Some(Host::Domain(name)) = url.host() {
        let plain = name.strip_suffix('.').unwrap_or(name).to_owned();
        let fits = plain.len() <= 253 && plain.split('.').all(|label| (1..=63).contains(&label.len()));
        if !fits || url.set_host(Some(&plain)).is_err() {
            return None;
        }
    }
    Some(url)
}
