//! The list of a server's tools, page by page, to an end of our own.

use std::collections::BTreeSet;

use domain::mcp_server::{ToolList, Unreachable};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::ask::Conversation;
use crate::message::{Answered, Reply};
use crate::refusal::of_status;

/// So many pages are asked for.
const PAGES_MAX: usize = 20;
/// A place in a list is at most so long.
const CURSOR_BYTES_MAX: usize = 4_096;

/// The method.
pub(crate) const LIST: &str = "tools/list";

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ToolsPage {
    tools: Vec<Value>,
    next_cursor: Option<String>,
    /// Absent in revisions that know of nothing but whole results.
    result_type: Option<String>,
}

impl ToolsPage {
    fn of(answered: Answered) -> Result<Self, Unreachable> {
        match answered.reply {
            Some(Reply::Result(result)) if answered.status < 300 => {
                let page: Self = serde_json::from_value(result).map_err(|_| Unreachable::NotMcp)?;
                let is_whole = page.result_type.as_deref().is_none_or(|kind| kind == "complete");
                if is_whole { Ok(page) } else { Err(Unreachable::NotMcp) }
            }
            _ if answered.status >= 400 => Err(of_status(answered.status)),
            _ => Err(Unreachable::NotMcp),
        }
    }

    /// Where the next page begins.
    fn next(&self) -> Option<&String> {
        self.next_cursor.as_ref().filter(|cursor| !cursor.is_empty())
    }
}

/// All tools from the first page on: 20 pages at most, each once, and as many tools as are kept.
pub(crate) async fn all(conversation: &mut Conversation<'_>, first: Answered) -> Result<ToolList, Unreachable> {
    let (mut list, mut seen) = (ToolList::default(), BTreeSet::new());
    let mut page = ToolsPage::of(first)?;
    loop {
        if !page.tools.iter().all(|told| list.take(told)) {
            return Ok(list);
        }
        let Some(cursor) = page.next().cloned() else { return Ok(list) };
        if cursor.len() > CURSOR_BYTES_MAX {
            return Err(Unreachable::TooLarge);
        }
        let params = json!({ "cursor": cursor });
        if !seen.insert(cursor) || seen.len() >= PAGES_MAX {
            list.more = true;
            return Ok(list);
        }
        page = ToolsPage::of(conversation.ask(LIST, params).await?)?;
    }
}
