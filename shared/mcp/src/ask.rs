//! One conversation with a server: each message is a call of its own.

use std::time::Duration;

use domain::mcp_server::Unreachable;
use http::HeaderName;
use outbound::{Address, Outbound, Request};
use serde_json::{Value, json};
use tokio::time::timeout;
use zeroize::Zeroizing;

use crate::headers::{Headers, with};
use crate::message::{Answered, Message};
use crate::refusal::of_fault;

/// How large an answer may be: tools come with their schemas.
const ANSWER_BYTES_MAX: usize = 512 * 1024;
/// How long the end of a session may take, after all else.
const GOODBYE: Duration = Duration::from_secs(2);
/// A session's id is at most so long.
const SESSION_BYTES_MAX: usize = 1_024;

const PROTOCOL_VERSION: HeaderName = HeaderName::from_static("mcp-protocol-version");
const METHOD: HeaderName = HeaderName::from_static("mcp-method");
const SESSION_ID: HeaderName = HeaderName::from_static("mcp-session-id");

/// Who calls, as far as a server is told.
pub(crate) fn client_info() -> Value {
    json!({ "name": "admin-portal", "version": env!("CARGO_PKG_VERSION") })
}

/// A conversation, which holds nothing open.
pub(crate) struct Conversation<'a> {
    outbound: &'a Outbound,
    address: &'a Address,
    headers: &'a Headers,
    /// What each message says of the protocol's revision, once that is known.
    pub(crate) protocol: Option<&'static str>,
    /// Whether each message carries in its headers and body what a session would remember.
    pub(crate) is_modern: bool,
    session: Option<Zeroizing<String>>,
    asked: u64,
}

impl<'a> Conversation<'a> {
    pub(crate) fn new(outbound: &'a Outbound, address: &'a Address, headers: &'a Headers) -> Self {
        Self { outbound, address, headers, protocol: None, is_modern: false, session: None, asked: 0 }
    }

    /// Asks something. What comes with a status of 400 and above is an answer too.
    pub(crate) async fn ask(&mut self, method: &str, params: Value) -> Result<Answered, Unreachable> {
        self.asked += 1;
        let id = self.asked;
        let text = json!({ "jsonrpc": "2.0", "id": id, "method": method, "params": self.complete(params) }).to_string();
        let request = self.heads(Request::post(self.address.clone(), text), method).up_to(ANSWER_BYTES_MAX);
        let request = request
            .or_event(move |data| serde_json::from_slice(data).is_ok_and(|message: Message| message.answers(id)));
        let answer = self.outbound.call(request).await.map_err(of_fault)?;
        let reply = answer.json::<Message>().ok().and_then(|message| message.reply(id));
        let session = answer.header(SESSION_ID.as_str()).filter(|id| id.len() <= SESSION_BYTES_MAX);
        Ok(Answered { status: answer.status(), reply, session: session.map(str::to_owned) })
    }

    /// Tells something that has no answer; the status.
    pub(crate) async fn tell(&mut self, method: &str) -> Result<u16, Unreachable> {
        let text = json!({ "jsonrpc": "2.0", "method": method }).to_string();
        let request = self.heads(Request::post(self.address.clone(), text), method);
        // Whatever comes with the status is not read as an answer, however it comes.
        let answer = self.outbound.call(request.or_event(|_| true)).await.map_err(of_fault)?;
        Ok(answer.status())
    }

    /// From here on the messages belong to that session.
    pub(crate) fn begin(&mut self, session: Option<String>) {
        self.session = session.map(Zeroizing::new);
    }

    /// Ends the session, if there is one. A server that does not hear it ends it by itself.
    pub(crate) async fn end(mut self) {
        if self.session.is_some() {
            let request = self.heads(Request::delete(self.address.clone()), "");
            self.session = None;
            let _ = timeout(GOODBYE, self.outbound.call(request)).await;
        }
    }

    fn heads(&self, request: Request, method: &str) -> Request {
        let mut request = self.headers.on(request);
        if let Some(protocol) = self.protocol {
            request = with(request, PROTOCOL_VERSION, protocol);
        }
        if self.is_modern {
            request = with(request, METHOD, method);
        }
        match &self.session {
            Some(session) => with(request, SESSION_ID, session),
            None => request,
        }
    }

    fn complete(&self, mut params: Value) -> Value {
        if let (true, Some(protocol), Some(members)) = (self.is_modern, self.protocol, params.as_object_mut()) {
            let meta = json!({
                "io.modelcontextprotocol/protocolVersion": protocol,
                "io.modelcontextprotocol/clientInfo": client_info(),
                "io.modelcontextprotocol/clientCapabilities": {},
            });
            members.insert("_meta".to_owned(), meta);
        }
        params
    }
}
