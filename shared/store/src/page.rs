//! One page of a query.

use aws_sdk_dynamodb::types::AttributeValue;
use domain::{Error, Result};

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
    /// Newest, or greatest, first.
    pub(crate) descending: bool,
    /// Consistent, where it is the table itself.
    pub(crate) consistent: bool,
    /// An attribute that must be there.
    pub(crate) having: Option<String>,
}

impl<'a> Query<'a> {
    /// A consistent query of a partition of the table itself.
    pub(crate) fn of(table: &'a str, partition: String) -> Self {
        Self { table, index: None, partition, prefix: None, descending: false, consistent: true, having: None }
    }

    /// A query of an index.
    pub(crate) fn on(table: &'a str, index: &'a str, partition: String) -> Self {
        Self { index: Some(index), consistent: false, ..Self::of(table, partition) }
    }

    pub(crate) fn beginning_with(self, prefix: impl Into<String>) -> Self {
        Self { prefix: Some(prefix.into()).filter(|prefix: &String| !prefix.is_empty()), ..self }
    }

    pub(crate) fn newest_first(self) -> Self {
        Self { descending: true, ..self }
    }

    pub(crate) fn having(self, attribute: String) -> Self {
        Self { having: Some(attribute), ..self }
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
        let ranged = query.prefix.as_ref().map(|_| " AND begins_with(#sk, :prefix)").unwrap_or_default();
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
        if let Some(prefix) = &query.prefix {
            call = call.expression_attribute_names("#sk", sort);
            call = call.expression_attribute_values(":prefix", AttributeValue::S(prefix.clone()));
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

    /// A page of `limit` items; asks again where a filter left gaps. The cursor holds the sort key of the last item,
    /// and where an index is read the item's own key too.
    pub(crate) async fn page(
        &self,
        list: &str,
        query: Query<'_>,
        cursor: Option<&Cursor>,
        limit: u32,
    ) -> Result<Page<Item>> {
        let mut start =
            cursor.map(|cursor| cursor.place::<Vec<String>>(list)).transpose()?.map(|place| query.start(place));
        let mut items: Vec<Item> = vec![];
        let wanted = usize::try_from(limit).unwrap_or(usize::MAX);
        loop {
            let missing = u32::try_from(wanted.saturating_sub(items.len())).unwrap_or(limit);
            let (found, next) = self.query(&query, start.take().transpose()?, missing).await?;
            items.extend(found);
            let Some(next) = next else { return Ok(Page { items, next: None }) };
            if items.len() >= wanted {
                return Ok(Page { items, next: Some(Cursor::at(list, &query.place(&next))?) });
            }
            start = Some(Ok(next));
        }
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
        let refused = || Error::new(domain::Code::CursorInvalid, "the cursor was not made by this list").at("cursor");
        let (partition, sort) = self.key_names();
        let outside = |sk: &String| self.prefix.as_ref().is_some_and(|prefix| !sk.starts_with(prefix.as_str()));
        if place.first().is_none_or(outside) || place.iter().any(|key| key.is_empty() || key.len() > 1024) {
            return Err(refused());
        }
        let text = |value: &str| AttributeValue::S(value.to_owned());
        let own = (partition, text(&self.partition));
        match (self.index, place.as_slice()) {
            (None, [sk]) => Ok(Item::from([own, (sort, text(sk))])),
            (Some(_), [by, pk, sk]) => {
                Ok(Item::from([own, (sort, text(by)), ("pk".to_owned(), text(pk)), ("sk".to_owned(), text(sk))]))
            }
            _ => Err(refused()),
        }
    }
}
