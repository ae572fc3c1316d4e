//! An event as the stream of its table tells it.

use domain::{Event, Result};
use serde::Deserialize;
use serde_json::{Map, Value};

use crate::items::EventItem;

/// The event in an item of the events table, as its stream tells it: the new image as plain JSON.
///
/// # Errors
/// [`Code::Internal`](domain::Code::Internal): the item is no event. Trying again cannot help.
pub fn event_in(item: Map<String, Value>) -> Result<Event> {
    EventItem::deserialize(Value::Object(item)).map(Event::from).map_err(domain::Error::internal)
}

#[cfg(test)]
mod tests {
    use domain::change::Target;
    use domain::id::{EventId, OrganizationId};
    use domain::{Actor, Code, EventKind, Mint, Origin, Principal, Timestamp};
    use serde_json::json;

    use super::*;

    #[test]
    fn an_event_is_found_in_its_item() {
        let mut mint = Mint::new(Timestamp::from_millis(1_800_000_000_123), [7; 32]);
        let actor = Actor { principal: Principal::Operator, standing: None, origin: Origin::default() };
        let target = Target::unnamed("organization", OrganizationId::from_parts(1, 2));
        let event = Event::of(&actor, &mut mint, EventKind::TenantAccessed, target, vec![]);
        let Value::Object(item) = serde_json::to_value(EventItem::from(&event)).unwrap() else { panic!("no object") };
        assert_eq!(event_in(item).unwrap(), event);
    }

    #[test]
    fn another_item_holds_no_event() {
        let item = json!({ "pk": "a", "sk": "b", "id": EventId::from_parts(1, 2).to_string() });
        let refused = event_in(item.as_object().unwrap().clone()).unwrap_err();
        assert_eq!((refused.code(), refused.code().is_retryable()), (Code::Internal, false));
    }
}
