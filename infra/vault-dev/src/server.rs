//! The running server: the ledger behind its lock, the clock and the data file.

use std::fmt;
use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use jiff::Timestamp;
use serde_json::Value;
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use crate::answer::{self, Refusal};
use crate::ask::Ask;
use crate::disk::{self, Disk};
use crate::ledger::{Ledger, Tables};
use crate::tokens::{self, Wish};
use crate::{gate, http};

/// Where the server reads the time.
pub type Clock = Arc<dyn Fn() -> Timestamp + Send + Sync>;

/// How to start a server.
pub struct Options {
    /// Where to listen; must be a loopback address. Port 0 picks a free one.
    pub address: SocketAddr,
    /// The token that may do everything.
    pub root_token: String,
    /// Where the state is kept, mode 0600; `None` keeps it in memory only.
    pub data_file: Option<PathBuf>,
}

/// The path under which Vault notes its first token.
const ROOT_PATH: &str = "auth/token/root";

/// The development server.
#[derive(Debug)]
pub struct Server;

/// A server that runs until it is stopped or dropped; dropped, it ends as soon as its runtime lets it.
pub struct Running {
    address: SocketAddr,
    stop: oneshot::Sender<()>,
    serving: JoinHandle<()>,
}

/// Why a server did not start.
#[derive(Debug)]
pub enum StartError {
    /// The address is reachable from elsewhere, and this server guards nothing.
    NotLoopback,
    /// The address is taken or not there.
    Listen(io::Error),
    /// The data file is unreadable or not this server's.
    DataFile(io::Error),
    /// The operating system gave no random bytes.
    Random,
}

/// What every request shares.
pub(crate) struct Shared {
    books: Mutex<Books>,
    clock: Clock,
}

/// The ledger and the file that follows it.
struct Books {
    ledger: Ledger,
    disk: Option<Disk>,
}

impl Server {
    /// Starts on the machine's clock.
    ///
    /// # Errors
    /// See [`StartError`]; nothing is left running.
    #[expect(clippy::disallowed_methods, reason = "a development server reads the clock where it starts")]
    pub async fn start(options: Options) -> Result<Running, StartError> {
        let now = || Timestamp::try_from(std::time::SystemTime::now()).unwrap_or_default();
        Self::start_with_clock(options, Arc::new(now)).await
    }

    /// Starts on another clock, so that a test need not wait for anything to expire.
    ///
    /// # Errors
    /// See [`StartError`].
    pub async fn start_with_clock(options: Options, clock: Clock) -> Result<Running, StartError> {
        let Options { address, root_token, data_file } = options;
        if !address.ip().is_loopback() {
            return Err(StartError::NotLoopback);
        }
        let ledger = open_ledger(&root_token, data_file.as_deref(), clock())?;
        let listener = TcpListener::bind(address).await.map_err(StartError::Listen)?;
        let address = listener.local_addr().map_err(StartError::Listen)?;
        let disk = data_file.map(|path| Disk::create(path, &ledger)).transpose().map_err(StartError::DataFile)?;
        let shared = Arc::new(Shared { books: Mutex::new(Books { ledger, disk }), clock });
        let (stop, stopped) = oneshot::channel();
        Ok(Running { address, stop, serving: tokio::spawn(http::serve(listener, shared, stopped)) })
    }
}

impl Running {
    /// Where it listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// What a client takes as `VAULT_ADDR`.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Takes no more requests, answers those under way and ends. Whatever was acknowledged is in the file.
    pub async fn stop(self) {
        drop(self.stop);
        let _ended = self.serving.await;
    }
}

impl fmt::Display for StartError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NotLoopback => "the development Vault listens on loopback addresses only",
            Self::Listen(_) => "the development Vault cannot listen there",
            Self::DataFile(_) => "the development Vault cannot read its data file",
            Self::Random => "the operating system gave no random bytes",
        })
    }
}

impl std::error::Error for StartError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Listen(error) | Self::DataFile(error) => Some(error),
            Self::NotLoopback | Self::Random => None,
        }
    }
}

impl Shared {
    /// Answers one request; whatever it changed is in the file by then. Requests are answered one after the other.
    pub(crate) fn answer(&self, ask: &Ask) -> (u16, Option<Value>) {
        let now = (self.clock)();
        let mut books = self.books.lock().unwrap_or_else(PoisonError::into_inner);
        let Books { ledger, disk } = &mut *books;
        let outcome = gate::answer(ledger, ask, now);
        let kept = disk.as_mut().map_or(Ok(()), |disk| disk.keep(ledger));
        drop(books);
        answer::render(kept.map_err(|_| Refusal::internal("the data file cannot be written")).and(outcome))
    }
}

fn open_ledger(root_token: &str, data_file: Option<&std::path::Path>, now: Timestamp) -> Result<Ledger, StartError> {
    let earlier = data_file.map(disk::load).transpose().map_err(StartError::DataFile)?.flatten();
    let tables = earlier.map_or_else(Tables::fresh, Ok).map_err(|_| StartError::Random)?;
    let mut ledger = Ledger::new(tables);
    let former: Vec<String> =
        ledger.tokens.values().filter(|token| token.path == ROOT_PATH).map(|token| token.id.clone()).collect();
    for id in former {
        ledger.tokens_mut(&id).remove(&id);
    }
    let wish = Wish {
        id: Some(root_token.to_owned()),
        policies: vec!["root".to_owned()],
        path: ROOT_PATH.to_owned(),
        display_name: "root".to_owned(),
        ..Wish::default()
    };
    tokens::issue(&mut ledger, wish, now).map_err(|_| StartError::Random)?;
    Ok(ledger)
}
