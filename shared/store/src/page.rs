//! One page of a query.

use aws_sdk_dynamodb::types::AttributeValue;
use domain::Result;

use crate::core::{Item, Store};
use crate::cursor::Cursor;
use crate::fault::Fault;

/// Some of a list, and where the rest begins.
#[derive(Clone, Debug)]
pub struct Page<T> {
    /// The things.
    pub items: Vec<T>,
    /// Where the next page begins; none at the end.
    pub next: Option<Cursor>,
}

impl<T> Page<T> {
    /// The same page of something else.
    pub fn map<U>(self, change: impl FnMut(T) -> U) -> Page<U> {
        Page { items: self.items.into_iter().map(change).collect(), next: self.next }
    }
}

/// Items that one query looks at where a list is sifted.
pub(crate) const READ_AT_ONCE: u32 = 1_000;
/// Queries of one request; then it gives a cursor.
const QUERIES_MAX: u32 = 10;
/// What a page holds at most, in bytes as JSON. A function's answer may have 6 MB, in which a body's quotes and
/// backslashes count twice.
const PAGE_BYTES_MAX: usize = 2_500_000;

/// A page that is being filled.
pub(crate) struct Filling<T> {
    pub(crate) items: Vec<T>,
    wanted: usize,
    bytes: usize,
}

impl<T> Filling<T> {
    /// An empty page for so many.
    pub(crate) fn new(limit: u32) -> Self {
        Self { items: vec![], wanted: usize::try_from(limit).unwrap_or(usize::MAX), bytes: 0 }
    }

    pub(crate) fn is_full(&self) -> bool {
        self.items.len() >= self.wanted
    }

    pub(crate) fn last(&self) -> Option<&T> {
        self.items.last()
    }

    /// Takes one more, if the page has room for it; for the first there always is.
    pub(crate) fn take(&mut self, weight: usize, one: T) -> bool {
        let bytes = self.bytes.saturating_add(weight);
        let fits = !self.is_full() && (self.items.is_empty() || bytes <= PAGE_BYTES_MAX);
        if fits {
            self.items.push(one);
            self.bytes = bytes;
        }
        fits
    }
}

/// Something with what it weighs in a page.
pub(crate) struct Weighed<T> {
    pub(crate) weight: usize,
    pub(crate) one: T,
}

/// About how many bytes an item has as JSON.
pub(crate) fn weight(item: &Item) -> usize {
    item.iter().map(|(name, value)| name.len() + 4 + weight_of(value)).sum()
}

fn weight_of(value: &AttributeValue) -> usize {
    let text = |text: &String| text.len() + text.bytes().filter(|byte| matches!(byte, b'"' | b'\\')).count() + 3;
    match value {
        AttributeValue::S(value) => text(value),
        AttributeValue::Ss(values) => values.iter().map(text).sum(),
        AttributeValue::L(values) => values.iter().map(weight_of).sum(),
        AttributeValue::M(values) => weight(values),
        _ => 24,
    }
}

/// A query of one partition of a table or index.
pub(crate) struct Query<'a> {
    /// Which table.
    pub(crate) table: &'a str,
    /// Which index, with the names of its key attributes; none = the table's own key.
    pub(crate) index: Option<&'a str>,
    /// The partition.
    pub(crate) partition: String,
    /// What sort keys begin with.
    pub(crate) prefix: Option<String>,
    /// The first and the last sort key, where they begin with nothing in particular.
    pub(crate) between: Option<(String, String)>,
    /// Newest, or greatest, first.
    pub(crate) descending: bool,
    /// Consistent, where it is the table itself.
    pub(crate) consistent: bool,
    /// An attribute that must be there.
    pub(crate) having: Option<String>,
    /// How many items a query looks at, where not all of them are wanted; else as many as the page holds.
    pub(crate) at_once: Option<u32>,
}

impl<'a> Query<'a> {
    /// A consistent query of a partition of the table itself.
    pub(crate) fn of(table: &'a str, partition: String) -> Self {
        let (index, prefix, between, having, at_once) = (None, None, None, None, None);
        Self { table, index, partition, prefix, between, descending: false, consistent: true, having, at_once }
    }

    /// A query of an index.
    pub(crate) fn on(table: &'a str, index: &'a str, partition: String) -> Self {
        Self { index: Some(index), consistent: false, ..Self::of(table, partition) }
    }

    pub(crate) fn beginning_with(self, prefix: impl Into<String>) -> Self {
        Self { prefix: Some(prefix.into()).filter(|prefix: &String| !prefix.is_empty()), ..self }
    }

    pub(crate) fn between(self, first: String, last: String) -> Self {
        Self { between: Some((first, last)), ..self }
    }

    pub(crate) fn newest_first(self) -> Self {
        Self { descending: true, ..self }
    }

    pub(crate) fn having(self, attribute: String) -> Self {
        Self { having: Some(attribute), ..self.sifting() }
    }

    /// Not everything that is read is wanted.
    pub(crate) fn sifting(self) -> Self {
        Self { at_once: Some(READ_AT_ONCE), ..self }
    }

    /// What is said of sort keys, and the values in it.
    fn range(&self) -> (&'static str, Vec<(&'static str, &String)>) {
        match (&self.prefix, &self.between) {
            (Some(prefix), _) => (" AND begins_with(#sk, :prefix)", vec![(":prefix", prefix)]),
            (None, Some((first, last))) => {
                (" AND #sk BETWEEN :first AND :last", vec![(":first", first), (":last", last)])
            }
            (None, None) => ("", vec![]),
        }
    }

    fn key_names(&self) -> (String, String) {
        let of = self.index.unwrap_or_default();
        (format!("{of}pk"), format!("{of}sk"))
    }
}

impl Store {
    /// At most `limit` items behind `start`, and whether there may be more.
    pub(crate) async fn query(
        &self,
        query: &Query<'_>,
        start: Option<Item>,
        limit: u32,
    ) -> Result<(Vec<Item>, Option<Item>)> {
        let (partition, sort) = query.key_names();
        let (ranged, bounds) = query.range();
        let mut call = self
            .client
            .query()
            .table_name(query.table)
            .set_index_name(query.index.map(str::to_owned))
            .key_condition_expression(format!("#pk = :pk{ranged}"))
            .expression_attribute_names("#pk", partition)
            .expression_attribute_values(":pk", AttributeValue::S(query.partition.clone()))
            .scan_index_forward(!query.descending)
            .consistent_read(query.consistent)
            .limit(i32::try_from(limit).unwrap_or(i32::MAX))
            .set_exclusive_start_key(start);
        for (name, bound) in bounds {
            call = call.expression_attribute_names("#sk", &sort);
            call = call.expression_attribute_values(name, AttributeValue::S(bound.clone()));
        }
        if let Some(having) = &query.having {
            let (map, field) = having.split_once('.').unwrap_or((having, ""));
            call = call.filter_expression("attribute_exists(#map.#field)");
            call = call.expression_attribute_names("#map", map).expression_attribute_names("#field", field);
        }
        let refused = |why| Fault::from(why).of_tenant_if(self.is_dedicated(query.table)).into_error("querying");
        let answer = call.send().await.map_err(refused)?;
        Ok((answer.items.unwrap_or_default(), answer.last_evaluated_key))
    }

    /// A page of `limit` items, or of fewer where those would be too large. The cursor holds the sort key of the last
    /// item that was looked at, and where an index is read the item's own key too.
    pub(crate) async fn page(
        &self,
        list: &str,
        query: Query<'_>,
        cursor: Option<&Cursor>,
        limit: u32,
    ) -> Result<Page<Item>> {
        self.sifted(list, query, cursor, limit, |item| Ok(Some(item))).await
    }

    /// A page of those that `read` lets through. A page of a list that is sifted may be empty and yet have a next one:
    /// a request looks at so many items and not at all there are.
    pub(crate) async fn sifted<T>(
        &self,
        list: &str,
        query: Query<'_>,
        cursor: Option<&Cursor>,
        limit: u32,
        read: impl Fn(Item) -> Result<Option<T>>,
    ) -> Result<Page<T>> {
        let sent = cursor.map(|cursor| cursor.place::<Vec<String>>(list)).transpose()?;
        let mut start = sent.map(|place| query.start(place)).transpose()?;
        let mut page = Filling::new(limit);
        let mut last = None;
        for _ in 0..QUERIES_MAX {
            let (found, next) = self.query(&query, start, query.at_once.unwrap_or(limit)).await?;
            for item in found {
                let (weight, place) = (weight(&item), query.place(&item));
                let Some(one) = read(item)? else { continue };
                if !page.take(weight, one) {
                    let next = last.map(|place: Vec<String>| Cursor::at(list, &place)).transpose()?;
                    return Ok(Page { items: page.items, next });
                }
                last = Some(place);
            }
            start = next;
            if start.is_none() || page.is_full() {
                break;
            }
        }
        let next = start.map(|next| Cursor::at(list, &query.place(&next))).transpose()?;
        Ok(Page { items: page.items, next })
    }
}

impl Query<'_> {
    /// What of a key is not known from the query itself.
    fn place(&self, key: &Item) -> Vec<String> {
        let text = |name: &str| key.get(name).and_then(|value| value.as_s().ok()).cloned().unwrap_or_default();
        match self.index {
            None => vec![text("sk")],
            Some(_) => vec![text(&self.key_names().1), text("pk"), text("sk")],
        }
    }

    fn start(&self, place: Vec<String>) -> Result<Item> {
        let (partition, sort) = self.key_names();
        let outside = |sk: &String| self.prefix.as_ref().is_some_and(|prefix| !sk.starts_with(prefix.as_str()));
        if place.first().is_none_or(outside) || place.iter().any(|key| key.is_empty() || key.len() > 1024) {
            return Err(Cursor::refused());
        }
        let text = |value: &str| AttributeValue::S(value.to_owned());
        let own = (partition, text(&self.partition));
        match (self.index, place.as_slice()) {
            (None, [sk]) => Ok(Item::from([own, (sort, text(sk))])),
            (Some(_), [by, pk, sk]) => {
                Ok(Item::from([own, (sort, text(by)), ("pk".to_owned(), text(pk)), ("sk".to_owned(), text(sk))]))
            }
            _ => Err(Cursor::refused()),
        }
    }
}
