//! Response wrapping: an answer kept under a token that works once.

use jiff::Timestamp;
use serde_json::Value;

use crate::answer::{Outcome, Refusal, Reply, envelope};
use crate::ask::Ask;
use crate::ledger::Ledger;
use crate::tokens::{self, Token, Wish};

/// Keeps a reply under a fresh token, if it carries anything; a refusal and an empty answer go out as they are.
pub(crate) fn wrap(ledger: &mut Ledger, ask: &Ask, reply: Reply, seconds: u64, now: Timestamp) -> Outcome {
    if !matches!(reply, Reply::Data(_) | Reply::Doubled(_) | Reply::Auth(_)) {
        return Ok(reply);
    }
    let (_, body) = envelope(reply)?;
    let wish = Wish {
        policies: vec!["response-wrapping".to_owned()],
        path: ask.path.clone(),
        display_name: "response-wrapping".to_owned(),
        ttl_seconds: seconds,
        uses: 1,
        wrapped: body,
        ..Wish::default()
    };
    let token = tokens::issue(ledger, wish, now)?;
    Ok(Reply::Wrapped(token.wrap_info()))
}

/// `sys/wrapping/wrap`: the caller's own data.
pub(crate) fn wrap_given(ask: &Ask) -> Outcome {
    ask.wrap_seconds.ok_or_else(|| Refusal::bad("endpoint requires response wrapping to be used"))?;
    Ok(Reply::Data(Value::Object(ask.fields.whole().clone())))
}

/// `sys/wrapping/lookup`: whoever has the token may look at it; that does not use it up.
pub(crate) fn look_up(ledger: &Ledger, ask: &Ask, now: Timestamp) -> Outcome {
    let id = ask
        .fields
        .text("token")
        .or(ask.token.as_deref())
        .ok_or_else(|| Refusal::bad("missing \"token\" value in input"))?;
    Ok(Reply::Data(find(ledger, id, now)?.wrap_print()))
}

/// `sys/wrapping/unwrap`: hands the answer out and forgets it.
pub(crate) fn unwrap(ledger: &mut Ledger, id: &str, now: Timestamp) -> Outcome {
    let wrapped = find(ledger, id, now)?.wrapped.clone();
    tokens::revoke(ledger, id);
    wrapped.map(Reply::Bare).ok_or_else(invalid)
}

fn find<'a>(ledger: &'a Ledger, id: &str, now: Timestamp) -> Result<&'a Token, Refusal> {
    tokens::find(ledger, id, now).filter(|token| token.wrapped.is_some()).ok_or_else(invalid)
}

fn invalid() -> Refusal {
    Refusal::bad("wrapping token is not valid or does not exist")
}
