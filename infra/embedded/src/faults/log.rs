//! What a request names and what its answer says it cost.

use serde_json::Value;

use super::Fault;

/// One request as the proxy saw it.
#[derive(Clone, Debug, PartialEq)]
pub struct Call {
    /// 1 for the first request since the script was given.
    pub number: u64,
    /// How many calls of the same log had ended when this one came: calls that overlap are one round trip.
    pub ended_before: usize,
    /// The API's name, such as `TransactWriteItems`.
    pub operation: String,
    /// The tables it names, each once.
    pub tables: Vec<String>,
    /// The rights that it needs, such as `Query platform/index/gsi1`; of a transaction, those of each of its writes.
    pub rights: Vec<String>,
    /// The partition of each item that it writes; none for reads.
    pub written: Vec<String>,
    /// What the script did to it.
    pub fault: Fault,
    /// The HTTP status that the database, or the fault, answered; `None` if there was no answer to look at.
    pub status: Option<u16>,
    /// Read and write units together, indexes included, over all tables. 0 for refused requests: neither the database nor
    /// DynamoDB reports what those cost (a refused condition costs a write of the item it found).
    pub capacity_units: f64,
}

const COSTED: [&str; 10] = [
    "BatchGetItem",
    "BatchWriteItem",
    "DeleteItem",
    "GetItem",
    "PutItem",
    "Query",
    "Scan",
    "TransactGetItems",
    "TransactWriteItems",
    "UpdateItem",
];

/// Adds the question for capacity where it may be asked and is not; true if it did.
pub(super) fn ask_for_capacity(operation: &str, asked: &mut Value) -> bool {
    let Some(fields) = asked.as_object_mut() else { return false };
    if !COSTED.contains(&operation) || fields.contains_key("ReturnConsumedCapacity") {
        return false;
    }
    fields.insert("ReturnConsumedCapacity".to_owned(), "INDEXES".into());
    true
}

/// What a deployment must allow for the request, in the words of its policies.
pub(super) fn rights(operation: &str, asked: &Value) -> Vec<String> {
    if let Some(writes) = asked.get("TransactItems").and_then(Value::as_array) {
        let writes = writes.iter().filter_map(Value::as_object).flatten();
        let right =
            |(kind, write): (&String, &Value)| Some(format!("{kind}Item {}", write.get("TableName")?.as_str()?));
        return writes.filter_map(right).collect();
    }
    let index = asked.get("IndexName").and_then(Value::as_str).map(|index| format!("/index/{index}"));
    let on = |table: String| format!("{operation} {table}{}", index.as_deref().unwrap_or_default());
    tables(asked).into_iter().map(on).collect()
}

/// The `pk` of each item that a request writes, checks of a transaction not counted.
pub(super) fn written(operation: &str, asked: &Value) -> Vec<String> {
    let of = |write: &Value| {
        let keyed = ["Key", "Item"].into_iter().find_map(|name| write.get(name));
        keyed.and_then(|item| item.pointer("/pk/S")?.as_str().map(str::to_owned))
    };
    let each =
        |name: &str| asked.get(name).and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_object);
    match operation {
        "PutItem" | "UpdateItem" | "DeleteItem" => of(asked).into_iter().collect(),
        "TransactWriteItems" => {
            let writes = each("TransactItems").flatten().filter(|(kind, _)| *kind != "ConditionCheck");
            writes.filter_map(|(_, write)| of(write)).collect()
        }
        "BatchWriteItem" => {
            let tables = asked.get("RequestItems").and_then(Value::as_object).into_iter().flat_map(|all| all.values());
            let writes = tables.filter_map(Value::as_array).flatten().filter_map(Value::as_object).flatten();
            writes.filter_map(|(_, write)| of(write)).collect()
        }
        _ => vec![],
    }
}

pub(super) fn tables(asked: &Value) -> Vec<String> {
    let single = asked.get("TableName").and_then(Value::as_str);
    let batch = asked.get("RequestItems").and_then(Value::as_object).into_iter().flat_map(|tables| tables.keys());
    let transaction = asked.get("TransactItems").and_then(Value::as_array).into_iter().flatten();
    let in_transaction = transaction
        .filter_map(Value::as_object)
        .flat_map(|item| item.values())
        .filter_map(|action| action.get("TableName").and_then(Value::as_str));
    let mut named: Vec<String> = Vec::new();
    for table in single.into_iter().chain(batch.map(String::as_str)).chain(in_transaction) {
        if !named.iter().any(|known| known == table) {
            named.push(table.to_owned());
        }
    }
    named
}

pub(super) fn capacity_units(answer: &[u8]) -> f64 {
    let answer: Value = serde_json::from_slice(answer).unwrap_or_default();
    let units = |consumed: &Value| consumed.get("CapacityUnits").and_then(Value::as_f64).unwrap_or(0.0);
    match answer.get("ConsumedCapacity") {
        Some(Value::Array(tables)) => tables.iter().map(units).sum(),
        Some(one) => units(one),
        None => 0.0,
    }
}
