//! Where people signed in from, so that a sign-in from elsewhere is told of.

use std::time::Duration;

use aws_sdk_dynamodb::types::{AttributeValue, ReturnValue};
use domain::delivery::SendNotices;
use domain::id::{EventId, UserId};
use domain::{Error, Event, Granted, Result};

use crate::core::{Item, Store, primary};
use crate::fault::Fault;
use crate::keys;

/// A place is known for so long after the latest sign-in from it.
const KNOWN: Duration = Duration::from_secs(90 * 24 * 3600);

impl Store {
    /// AP-122. Whether somebody signed in from a new place while another one was known. A place is an address and what the
    /// client calls itself, kept as their hash for 90 days after the latest sign-in. The same event gets the same answer
    /// however often it is asked, because a place remembers which sign-in was the first.
    pub async fn is_elsewhere(&self, _: &Granted<SendNotices>, user: UserId, event: &Event) -> Result<bool> {
        let address = event.origin.address.as_deref().unwrap_or_default();
        let agent = event.origin.user_agent.as_deref().unwrap_or_default();
        let first = self.visit(user, event, [address, agent]).await?;
        if first != event.id {
            return Ok(false);
        }
        let seen = self.first_visits(user).await?;
        Ok(seen.into_iter().any(|other| other < event.id))
    }

    /// Notes a sign-in at its place, and gives the first one from there.
    async fn visit(&self, user: UserId, event: &Event, [address, agent]: [&str; 2]) -> Result<EventId> {
        let call = self
            .client
            .update_item()
            .table_name(&self.platform)
            .set_key(Some(primary(&keys::place(user, address, agent))))
            .update_expression("SET #first = if_not_exists(#first, :first), expires = :expires")
            .expression_attribute_names("#first", "first")
            .expression_attribute_values(":first", AttributeValue::S(event.id.to_string()))
            .expression_attribute_values(":expires", AttributeValue::N(event.at.plus(KNOWN).seconds().to_string()))
            .return_values(ReturnValue::AllNew);
        let answer = call.send().await.map_err(|why| Fault::from(why).into_error("noting a place"))?;
        answer
            .attributes
            .as_ref()
            .and_then(first_of)
            .ok_or_else(|| Error::internal("a place without its first sign-in"))
    }

    async fn first_visits(&self, user: UserId) -> Result<Vec<EventId>> {
        let text = |value: String| AttributeValue::S(value);
        let call = self
            .client
            .query()
            .table_name(&self.platform)
            .key_condition_expression("pk = :pk AND begins_with(sk, :places)")
            .expression_attribute_values(":pk", text(keys::user(user).pk))
            .expression_attribute_values(":places", text(keys::PLACE_PREFIX.to_owned()))
            .consistent_read(true);
        let answer = call.send().await.map_err(|why| Fault::from(why).into_error("reading places"))?;
        Ok(answer.items.unwrap_or_default().iter().filter_map(first_of).collect())
    }
}

fn first_of(item: &Item) -> Option<EventId> {
    item.get("first")?.as_s().ok()?.parse().ok()
}
