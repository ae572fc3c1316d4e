//! Messages of JSON-RPC 2.0, as far as they are answers to what was asked here.

use serde::Deserialize;
use serde_json::Value;

/// What came for a request.
pub(crate) struct Answered {
    /// The status of HTTP.
    pub(crate) status: u16,
    /// The answer; none where what came is none, or is one to something else.
    pub(crate) reply: Option<Reply>,
    /// The session that the server began.
    pub(crate) session: Option<String>,
}

/// An answer.
pub(crate) enum Reply {
    /// It was done.
    Result(Value),
    /// It was not.
    Error(RpcError),
}

/// Why not. Nothing of its words is kept.
#[derive(Deserialize)]
pub(crate) struct RpcError {
    pub(crate) code: i64,
    #[serde(default)]
    data: Value,
}

impl RpcError {
    /// The revisions of the protocol that the server says it speaks; none where it says nothing of that.
    pub(crate) fn supported(&self) -> Option<Vec<&str>> {
        let supported = self.data.get("supported")?.as_array()?;
        Some(supported.iter().filter_map(Value::as_str).collect())
    }
}

/// A message that may be an answer.
#[derive(Deserialize)]
pub(crate) struct Message {
    jsonrpc: String,
    #[serde(default)]
    id: Value,
    result: Option<Value>,
    error: Option<RpcError>,
}

impl Message {
    /// Whether it answers the request of that number, as what comes in a stream must to be told from the rest.
    pub(crate) fn answers(&self, id: u64) -> bool {
        self.jsonrpc == "2.0" && self.id == id && (self.result.is_some() || self.error.is_some())
    }

    /// The answer to the request of that number. A refusal may name none: a server that could not read the request does not
    /// know it.
    pub(crate) fn reply(self, id: u64) -> Option<Reply> {
        let Self { jsonrpc, id: named, result, error } = self;
        match (result, error) {
            _ if jsonrpc != "2.0" => None,
            (Some(result), None) if named == id => Some(Reply::Result(result)),
            (None, Some(error)) if named == id || named.is_null() => Some(Reply::Error(error)),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{from_value, json};

    use super::*;

    #[test]
    fn an_answer_is_one_to_the_request_of_its_number() {
        let reply = |message: Value| from_value::<Message>(message).ok().and_then(|message| message.reply(7));
        assert!(matches!(reply(json!({ "jsonrpc": "2.0", "id": 7, "result": {} })), Some(Reply::Result(_))));
        let refusal = json!({ "code": -32_601, "message": "no" });
        for id in [json!(7), json!(null)] {
            let message = json!({ "jsonrpc": "2.0", "id": id, "error": refusal });
            assert!(matches!(reply(message), Some(Reply::Error(RpcError { code: -32_601, .. }))));
        }
        for other in [
            json!({ "jsonrpc": "2.0", "id": 8, "result": {} }),
            json!({ "jsonrpc": "2.0", "id": "7", "result": {} }),
            json!({ "jsonrpc": "2.0", "id": null, "result": {} }),
            json!({ "jsonrpc": "2.0", "result": {} }),
            json!({ "jsonrpc": "2.0", "id": 8, "error": refusal }),
            json!({ "jsonrpc": "2.0", "id": 7, "result": {}, "error": refusal }),
            json!({ "jsonrpc": "1.0", "id": 7, "result": {} }),
            json!({ "id": 7, "result": {} }),
            json!({ "jsonrpc": "2.0", "id": 7, "method": "ping" }),
            json!([{ "jsonrpc": "2.0", "id": 7, "result": {} }]),
        ] {
            assert!(reply(other.clone()).is_none(), "{other}");
        }
    }
}
