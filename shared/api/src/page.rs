//! Pages of lists.

use domain::Rejected;
use serde::{Deserialize, Serialize};
use store::{Cursor, Page};
use utoipa::{IntoParams, ToSchema};

/// A page of at most 100.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(try_from = "String")]
struct Limit(u32);

impl TryFrom<String> for Limit {
    type Error = Rejected;
    fn try_from(raw: String) -> Result<Self, Rejected> {
        let digits = raw.bytes().all(|byte| byte.is_ascii_digit());
        let limit = raw.parse().ok().filter(|limit| digits && (1..=100).contains(limit));
        limit.map(Self).ok_or(Rejected("must be 1 to 100"))
    }
}

/// Which page; for lists without other parameters. Other lists repeat the two fields and call [`cursor`].
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct PageParams {
    /// Where the page begins: `next` of the one before.
    cursor: Option<String>,
    /// At most so many, 1 to 100; 50 if left out.
    #[param(value_type = Option<u32>, minimum = 1, maximum = 100)]
    limit: Option<Limit>,
}

impl PageParams {
    /// Where the page begins.
    #[must_use]
    pub fn cursor(&self) -> Option<Cursor> {
        self.cursor.clone().map(Cursor::sent)
    }

    /// How many it holds.
    #[must_use]
    pub fn limit(&self) -> u32 {
        self.limit.map_or(50, |limit| limit.0)
    }
}

/// The two parameters of a page where a list has others beside them.
///
/// # Errors
/// A limit outside 1 to 100.
pub fn cursor(cursor: Option<String>, limit: Option<String>) -> Result<(Option<Cursor>, u32), domain::Error> {
    let limit = limit.map(Limit::try_from).transpose();
    let limit = limit.map_err(|why| domain::Error::new(domain::Code::Malformed, why.0).at("limit"))?;
    Ok((cursor.map(Cursor::sent), limit.map_or(50, |limit| limit.0)))
}

/// A page of a list.
#[derive(Serialize, ToSchema)]
pub struct PageView<T> {
    /// The things, in the list's order.
    pub items: Vec<T>,
    /// Where the next page begins; absent at the end.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
}

impl<T> From<Page<T>> for PageView<T> {
    fn from(Page { items, next }: Page<T>) -> Self {
        Self { items, next: next.map(|next| next.as_str().to_owned()) }
    }
}
