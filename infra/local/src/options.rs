//! What a stack is started with.

use std::fmt;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Result, anyhow};
use domain::Email;
use domain::Rejected;

/// Where the parts listen; always on loopback.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PortsPlan {
    /// The API on this port, object store, database, Vault and mail on the four that follow.
    From(u16),
    /// Any free ports.
    Free,
}

impl Default for PortsPlan {
    /// 8080 and the four that follow.
    fn default() -> Self {
        Self::From(8080)
    }
}

impl PortsPlan {
    /// The address of the part with that place in the row.
    pub(crate) fn address(self, place: Place) -> Result<SocketAddr> {
        let port = match self {
            Self::Free => 0,
            Self::From(base) => {
                base.checked_add(place.offset()).ok_or_else(|| anyhow!("port {base} leaves no room for five ports"))?
            }
        };
        Ok(SocketAddr::from((Ipv4Addr::LOCALHOST, port)))
    }
}

/// The parts that listen.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Place {
    Api,
    Objects,
    Database,
    Vault,
    Mail,
}

impl Place {
    fn offset(self) -> u16 {
        match self {
            Self::Api => 0,
            Self::Objects => 1,
            Self::Database => 2,
            Self::Vault => 3,
            Self::Mail => 4,
        }
    }

    /// The name for people.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Api => "the API",
            Self::Objects => "the object store",
            Self::Database => "the database",
            Self::Vault => "the secrets server",
            Self::Mail => "the mail sink",
        }
    }
}

/// What a stack is started with.
#[derive(Clone, Debug)]
pub struct Options {
    /// The folder of everything that stays; made if absent, one stack at a time.
    pub data: PathBuf,
    /// Where the parts listen.
    pub ports: PortsPlan,
    /// Clears the folder first.
    pub fresh: bool,
    /// The first superadmin's e-mail.
    pub superadmin: Email,
    /// Puts a proxy before the database that counts its calls and fails them on command; for tests.
    pub proxy: bool,
    /// How fast mails are sent, 1 to 1,000. The usual 25 keep an import's mails from taking the machine from the import.
    pub mails_per_second: u32,
    /// How many mails are sent in any 24 hours.
    pub mails_per_day: u32,
    /// How long what happens gathers before it is told on. Lambda asks a stream four times a second; with less, telling takes
    /// the one database from those who wait for it.
    pub gathering: Duration,
    /// A secrets server that runs elsewhere, in place of the stack's own.
    pub vault: Option<GivenVault>,
}

/// A secrets server that somebody else runs: Vault, or what speaks like it, with KV v2 at `secret`.
#[derive(Clone)]
pub struct GivenVault {
    /// Its address.
    pub address: String,
    /// A token that may mount engines, write policies and set roles.
    pub token: String,
}

impl fmt::Debug for GivenVault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "GivenVault at {}", self.address)
    }
}

impl Options {
    /// A stack in that folder, on the usual ports, with everything that is there kept.
    ///
    /// # Errors
    /// None in practice: the built-in superadmin's e-mail is a valid one.
    pub fn new(data: impl Into<PathBuf>) -> Result<Self, Rejected> {
        let superadmin = "superadmin@portal.local".parse()?;
        let (data, ports) = (data.into(), PortsPlan::default());
        let (mails_per_second, mails_per_day, gathering) = (25, 1_000_000, Duration::from_millis(250));
        Ok(Self {
            data,
            ports,
            fresh: false,
            superadmin,
            proxy: false,
            mails_per_second,
            mails_per_day,
            gathering,
            vault: None,
        })
    }
    pub(crate) fn mails(&self) -> (u32, u32) {
        (self.mails_per_second, self.mails_per_day)
    }
}
