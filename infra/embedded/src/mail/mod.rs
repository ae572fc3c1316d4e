//! E-mail that goes nowhere: an SES v2 endpoint that keeps every mail as a file.

mod feedback;
mod inbox;
mod letter;
mod pages;
mod ses;

use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use futures::FutureExt;
use serde_json::Value;
use tower::ServiceExt;

use crate::serve::{self, Server};
pub use feedback::Feedback;
use inbox::Inbox;
pub use letter::Letter;

/// Where mails are kept and where the endpoint listens.
#[derive(Clone, Debug)]
pub struct Options {
    /// One JSON file per mail; made if absent.
    pub folder: PathBuf,
    /// A loopback address; port 0 takes any free one.
    pub address: SocketAddr,
}

impl Options {
    /// This folder, any port.
    #[must_use]
    pub fn new(folder: impl Into<PathBuf>) -> Self {
        Self { folder: folder.into(), address: crate::ANY_PORT }
    }
}

/// How the endpoint treats mails, changed at any time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Mode {
    /// Takes them.
    #[default]
    Accept,
    /// Answers 400 `MessageRejected`: this mail will never be taken.
    Refuse,
    /// Answers 429 `TooManyRequestsException`: later, perhaps.
    Throttle,
    /// Takes them after this long.
    Slow(Duration),
    /// Takes them and drops the connection: sent, but the sender cannot know.
    LoseAnswer,
    /// Drops every connection.
    Down,
}

/// A running sink. Mails stay in the folder when it stops.
#[derive(Debug)]
pub struct MailSink {
    endpoint: String,
    server: Server,
    inbox: Arc<Inbox>,
}

impl MailSink {
    /// Reads the mails of earlier runs and listens on the current runtime.
    ///
    /// # Errors
    /// The folder cannot be read, or the address is taken or not on loopback.
    pub async fn start(options: Options) -> io::Result<Self> {
        let listener = serve::listen(options.address)?;
        let inbox = Arc::new(Inbox::open(options.folder)?);
        let router = ses::routes(Arc::clone(&inbox));
        let server = Server::start(listener, move |request| {
            let router = router.clone();
            async move {
                let answer = router.oneshot(request).await?;
                // The mark of a handler that wants its connection dropped; axum itself has no such answer.
                if answer.extensions().get::<ses::Hangup>().is_some() {
                    Err("the mail sink is down".into())
                } else {
                    Ok(answer)
                }
            }
        })?;
        Ok(Self { endpoint: server.endpoint(), server, inbox })
    }

    /// `http://127.0.0.1:PORT`, for the SDK's `endpoint_url`. Signatures are not looked at.
    #[must_use]
    pub fn endpoint(&self) -> &str {
        &self.endpoint
    }

    /// How the next mails are treated.
    pub fn set_mode(&self, mode: Mode) {
        self.inbox.set_mode(mode);
    }

    /// All mails, oldest first.
    #[must_use]
    pub fn letters(&self) -> Vec<Letter> {
        self.inbox.letters()
    }

    /// The first mail that fits, as soon as there is one; waits for ever if none comes.
    pub async fn wait_for(&self, fits: impl Fn(&Letter) -> bool) -> Letter {
        self.inbox.wait_for(fits).await
    }

    /// Names who is told what became of mails, as EventBridge brings the events of a configuration set; nobody until then.
    pub fn on<F, Fut>(&self, handler: F)
    where
        F: Fn(Value) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<(), String>> + Send + 'static,
    {
        self.inbox.listen(Arc::new(move |event| handler(event).boxed()));
    }

    /// Tells that of a mail, and waits until it was handled; whether there is such a mail.
    ///
    /// # Errors
    /// What the handler said.
    pub async fn tell(&self, message_id: &str, feedback: Feedback) -> Result<bool, String> {
        self.inbox.tell(message_id, feedback).await
    }

    /// Pages and JSON for people and tests under `base`, such as `/_local/mail`, with or without a slash: it lists (JSON with
    /// `Accept: application/json`), `/{message id}` shows, `/{message id}/html` is its HTML alone, without scripts. `POST`
    /// `/{message id}/bounce`, `/bounce-once`, `/complain` and `/deliver` tell that of it.
    pub fn routes(&self, base: &str) -> axum::Router {
        pages::routes(Arc::clone(&self.inbox), base)
    }

    /// Finishes the requests under way and stops listening.
    pub async fn stop(self) {
        self.server.stop().await;
    }
}
