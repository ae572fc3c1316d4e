//! People over all organizations, by e-mail or by name.
//!
//! They spread over a few partitions of two indexes, so that no import is held up by one of them; a list asks all of them at
//! once and puts the answers in order.

use aws_sdk_dynamodb::types::AttributeValue;
use domain::name::folded;
use domain::user::{ListUsers, PeopleBy, User};
use domain::{Granted, Result};
use futures::future::try_join_all;

use crate::core::{Item, Store, decode};
use crate::cursor::Cursor;
use crate::fault::Fault;
use crate::keys::{USER_SHARDS, index};
use crate::page::{Filling, Page, READ_AT_ONCE, weight};
use crate::person_items::UserItem;

/// Rounds of queries of one request; then it gives a cursor.
const ROUNDS_MAX: u32 = 10;
/// Before and behind everything that a sort key can hold: names and e-mails have no control characters.
const FIRST: char = '\u{1}';
const LAST: char = '\u{10ffff}';

/// One of the two orders.
struct Order {
    list: &'static str,
    index: &'static str,
    prefix: String,
}

impl Order {
    fn of(by: &PeopleBy) -> Self {
        match by {
            PeopleBy::Email(prefix) => {
                Self { list: "users-by-email", index: index::FIRST, prefix: prefix.to_ascii_lowercase() }
            }
            PeopleBy::Name(prefix) => {
                Self { list: "users-by-name", index: index::SECOND, prefix: index::name_begin(&folded(prefix)) }
            }
        }
    }

    /// Where a page before ended.
    fn place(&self, cursor: &Cursor) -> Result<String> {
        let place: String = cursor.place(self.list)?;
        let fits = place.len() <= 1_000 && place.starts_with(&self.prefix) && !place.chars().any(char::is_control);
        fits.then_some(place).ok_or_else(Cursor::refused)
    }
}

/// What one partition answered.
struct Part {
    items: Vec<(String, Item)>,
    /// The last key that was looked at, where more may follow.
    looked_to: Option<String>,
}

impl Store {
    /// AP-163. People whose e-mail or name begins so, in that order, perhaps only those of a status; the indexes are
    /// eventually consistent. A page of a status may be empty and yet have a next one.
    pub async fn list_users(
        &self,
        granted: &Granted<ListUsers>,
        cursor: Option<&Cursor>,
        limit: u32,
    ) -> Result<Page<User>> {
        let ListUsers { by, status } = granted.command();
        let order = Order::of(by);
        let mut after = cursor.map(|cursor| order.place(cursor)).transpose()?;
        let at_once = if status.is_some() { READ_AT_ONCE } else { limit };
        let mut page = Filling::new(limit);
        for _ in 0..ROUNDS_MAX {
            let parts = (0..USER_SHARDS).map(|shard| self.people(&order, shard, after.as_deref(), at_once));
            let parts = try_join_all(parts).await?;
            // Behind the first end of a part that has more, something of that part may be missing.
            let known_to = parts.iter().filter_map(|part| part.looked_to.clone()).min();
            let mut found: Vec<_> = parts.into_iter().flat_map(|part| part.items).collect();
            found.sort_by(|(one, _), (other, _)| one.cmp(other));
            found.retain(|(place, _)| known_to.as_ref().is_none_or(|end| place <= end));
            for (place, item) in found {
                let (weight, user) = (weight(&item), User::from(decode::<UserItem>(item)?));
                if status.is_none_or(|status| user.status == status) && !page.take(weight, user) {
                    return end(page, &order, after);
                }
                after = Some(place);
            }
            let Some(known_to) = known_to else { return Ok(Page { items: page.items, next: None }) };
            after = Some(known_to);
            if page.is_full() {
                break;
            }
        }
        end(page, &order, after)
    }

    /// Some of one partition, behind that key.
    async fn people(&self, order: &Order, shard: u8, after: Option<&str>, limit: u32) -> Result<Part> {
        let prefix = &order.prefix;
        let from = after.map_or_else(|| prefix.clone(), |after| format!("{after}{FIRST}"));
        let from = if from.is_empty() { FIRST.to_string() } else { from };
        let sort = format!("{}sk", order.index);
        let call = self
            .client
            .query()
            .table_name(&self.platform)
            .index_name(order.index)
            .key_condition_expression("#pk = :pk AND #sk BETWEEN :from AND :to")
            .expression_attribute_names("#pk", format!("{}pk", order.index))
            .expression_attribute_names("#sk", &sort)
            .expression_attribute_values(":pk", AttributeValue::S(index::people(shard)))
            .expression_attribute_values(":from", AttributeValue::S(from))
            .expression_attribute_values(":to", AttributeValue::S(format!("{prefix}{LAST}")))
            .limit(i32::try_from(limit).unwrap_or(i32::MAX));
        let answer = call.send().await.map_err(|why| Fault::from(why).into_error("listing people"))?;
        let key = |item: &Item| item.get(&sort).and_then(|key| key.as_s().ok()).cloned().unwrap_or_default();
        let looked_to = answer.last_evaluated_key.as_ref().map(key);
        let items = answer.items.unwrap_or_default().into_iter().map(|item| (key(&item), item)).collect();
        Ok(Part { items, looked_to })
    }
}

fn end(page: Filling<User>, order: &Order, after: Option<String>) -> Result<Page<User>> {
    let next = after.map(|place| Cursor::at(order.list, &place)).transpose()?;
    Ok(Page { items: page.items, next })
}
