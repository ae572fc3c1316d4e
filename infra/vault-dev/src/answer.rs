//! What goes back: the envelope around data, and the list of errors.

use serde_json::{Map, Value, json};

use crate::random;

/// What an engine hands back when it did what was asked.
pub(crate) enum Reply {
    /// 204.
    Nothing,
    /// 200 with the envelope.
    Data(Value),
    /// 200 with the envelope, the data's members also at its top; some system paths answer so.
    Doubled(Map<String, Value>),
    /// 404 with the envelope: a deleted version, whose metadata are still there.
    Gone(Value),
    /// 200 with the envelope's `auth` filled: a new or renewed token.
    Auth(Value),
    /// 200 with `wrap_info` filled, the answer itself being kept under the token named there.
    Wrapped(Value),
    /// 200 without an envelope.
    Bare(Value),
}

/// A refusal: status and the errors' exact wording.
#[derive(Debug)]
pub(crate) struct Refusal {
    pub(crate) status: u16,
    pub(crate) errors: Vec<String>,
}

pub(crate) type Outcome = Result<Reply, Refusal>;

impl Refusal {
    pub(crate) fn new(status: u16, error: impl Into<String>) -> Self {
        Self { status, errors: vec![error.into()] }
    }

    pub(crate) fn bad(error: impl Into<String>) -> Self {
        Self::new(400, error)
    }

    /// 404 without any error: nothing is there.
    pub(crate) fn absent() -> Self {
        Self { status: 404, errors: Vec::new() }
    }

    /// The token is not known (any more).
    pub(crate) fn unknown_token() -> Self {
        Self::new(403, "permission denied")
    }

    /// The token is known, its policies do not allow this.
    pub(crate) fn denied() -> Self {
        Self::listed(403, "permission denied")
    }

    /// An error in the wording of Go's list of errors.
    pub(crate) fn listed(status: u16, error: &str) -> Self {
        Self::new(status, format!("1 error occurred:\n\t* {error}\n\n"))
    }

    pub(crate) fn unsupported_path() -> Self {
        Self::listed(404, "unsupported path")
    }

    pub(crate) fn unsupported_operation() -> Self {
        Self::listed(405, "unsupported operation")
    }

    pub(crate) fn internal(error: &str) -> Self {
        Self::new(500, error)
    }
}

/// Status and body of an outcome; no body means 204.
pub(crate) fn render(outcome: Outcome) -> (u16, Option<Value>) {
    match outcome.and_then(envelope) {
        Ok(rendered) => rendered,
        Err(Refusal { status, errors }) => (status, Some(json!({ "errors": errors }))),
    }
}

/// Status and body of a reply.
pub(crate) fn envelope(reply: Reply) -> Result<(u16, Option<Value>), Refusal> {
    let null = Value::Null;
    Ok(match reply {
        Reply::Nothing => (204, None),
        Reply::Data(data) => (200, Some(wrap(&random::uuid()?, data, null.clone(), null))),
        Reply::Gone(data) => (404, Some(wrap(&random::uuid()?, data, null.clone(), null))),
        Reply::Auth(auth) => (200, Some(wrap(&random::uuid()?, null.clone(), auth, null))),
        Reply::Wrapped(info) => (200, Some(wrap("", null.clone(), null, info))),
        Reply::Bare(body) => (200, Some(body)),
        Reply::Doubled(data) => (200, Some(doubled(data)?)),
    })
}

fn doubled(data: Map<String, Value>) -> Result<Value, Refusal> {
    let mut body = wrap(&random::uuid()?, Value::Object(data.clone()), Value::Null, Value::Null);
    if let Value::Object(members) = &mut body {
        members.extend(data);
    }
    Ok(body)
}

fn wrap(request_id: &str, data: Value, auth: Value, wrap_info: Value) -> Value {
    json!({
        "request_id": request_id, "lease_id": "", "renewable": false, "lease_duration": 0,
        "data": data, "wrap_info": wrap_info, "warnings": null, "auth": auth,
    })
}
