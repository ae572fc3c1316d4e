//! The database: durable, exact under contention, with TTL and streams.

use std::collections::HashMap;

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::types::{
    AttributeDefinition, AttributeValue, BillingMode, KeySchemaElement, KeyType, Put, ReturnConsumedCapacity,
    ScalarAttributeType, StreamSpecification, StreamViewType, TimeToLiveSpecification, TransactWriteItem,
};
use embedded::database::{Database, Options};

use crate::support::dynamodb;

pub(crate) const TABLE: &str = "things";

pub(crate) fn item(key: &str) -> HashMap<String, AttributeValue> {
    HashMap::from([
        ("pk".to_owned(), AttributeValue::S(key.to_owned())),
        ("body".to_owned(), AttributeValue::S("x".repeat(280))),
    ])
}

pub(crate) async fn create_table(client: &Client) {
    let key = KeySchemaElement::builder().attribute_name("pk").key_type(KeyType::Hash).build().unwrap();
    let kind = AttributeDefinition::builder().attribute_name("pk").attribute_type(ScalarAttributeType::S);
    let stream = StreamSpecification::builder().stream_enabled(true).stream_view_type(StreamViewType::NewImage);
    client
        .create_table()
        .table_name(TABLE)
        .key_schema(key)
        .attribute_definitions(kind.build().unwrap())
        .billing_mode(BillingMode::PayPerRequest)
        .stream_specification(stream.build().unwrap())
        .send()
        .await
        .unwrap();
}

pub(crate) fn put(key: &str) -> TransactWriteItem {
    let put = Put::builder().table_name(TABLE).set_item(Some(item(key))).build().unwrap();
    TransactWriteItem::builder().put(put).build()
}

async fn in_memory() -> (Database, Client) {
    let database = Database::start(Options::default()).await.unwrap();
    let client = dynamodb(database.endpoint());
    create_table(&client).await;
    (database, client)
}

#[tokio::test(flavor = "multi_thread")]
async fn one_of_64_concurrent_conditional_puts_wins() {
    let (_database, client) = in_memory().await;
    let put = || {
        client
            .put_item()
            .table_name(TABLE)
            .set_item(Some(item("one")))
            .condition_expression("attribute_not_exists(pk)")
            .send()
    };
    let answers = futures::future::join_all((0..64).map(|_| put())).await;
    assert_eq!(answers.iter().filter(|answer| answer.is_ok()).count(), 1);
    let refused =
        answers.into_iter().filter_map(Result::err).map(aws_sdk_dynamodb::error::SdkError::into_service_error);
    assert!(refused.into_iter().all(|fault| fault.is_conditional_check_failed_exception()));
}

#[tokio::test(flavor = "multi_thread")]
async fn items_are_still_there_after_a_restart_on_the_same_file() {
    let folder = tempfile::tempdir().unwrap();
    let options = Options { path: Some(folder.path().join("a/b/data.db")), ..Options::default() };
    let database = Database::start(options.clone()).await.unwrap();
    let client = dynamodb(database.endpoint());
    create_table(&client).await;
    client.put_item().table_name(TABLE).set_item(Some(item("kept"))).send().await.unwrap();
    database.stop().await;
    let database = Database::start(options).await.unwrap();
    let client = dynamodb(database.endpoint());
    let found = client.get_item().table_name(TABLE).key("pk", AttributeValue::S("kept".into())).send().await.unwrap();
    assert_eq!(found.item, Some(item("kept")));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stopped_database_answers_nobody() {
    let (database, client) = in_memory().await;
    database.stop().await;
    assert!(client.list_tables().send().await.is_err());
}

#[tokio::test(flavor = "multi_thread")]
async fn the_sweep_deletes_what_is_past_its_time_to_live_and_nothing_else() {
    let (database, client) = in_memory().await;
    let ttl = TimeToLiveSpecification::builder().attribute_name("until").enabled(true).build().unwrap();
    client.update_time_to_live().table_name(TABLE).time_to_live_specification(ttl).send().await.unwrap();
    for (key, until) in [("past", "1000000000"), ("future", "99999999999")] {
        let mut item = item(key);
        item.insert("until".to_owned(), AttributeValue::N(until.to_owned()));
        client.put_item().table_name(TABLE).set_item(Some(item)).send().await.unwrap();
    }
    assert_eq!(database.sweep_expired().await.unwrap(), 1);
    let find = |key: &str| client.get_item().table_name(TABLE).key("pk", AttributeValue::S(key.into())).send();
    assert!(find("past").await.unwrap().item.is_none());
    assert!(find("future").await.unwrap().item.is_some());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stream_tells_of_each_write_in_its_order() {
    let (database, client) = in_memory().await;
    for key in ["first", "second"] {
        client.put_item().table_name(TABLE).set_item(Some(item(key))).send().await.unwrap();
    }
    // The streams API is on the same endpoint; its own SDK crate is not needed for these three calls.
    let call = |operation: &'static str, body: serde_json::Value| {
        let request = reqwest::Client::new().post(database.endpoint());
        let target = format!("DynamoDBStreams_20120810.{operation}");
        let credential = "AWS4-HMAC-SHA256 Credential=a/20260101/eu-central-1/dynamodb/aws4_request, SignedHeaders=host, Signature=b";
        let request = request.header("x-amz-target", target).header("authorization", credential);
        let request =
            request.header("x-amz-date", "20260101T000000Z").header("content-type", "application/x-amz-json-1.0");
        async move {
            let text = request.body(body.to_string()).send().await.unwrap().text().await.unwrap();
            serde_json::from_str::<serde_json::Value>(&text).unwrap()
        }
    };
    let arn = client.describe_table().table_name(TABLE).send().await.unwrap().table.unwrap().latest_stream_arn.unwrap();
    let stream = call("DescribeStream", serde_json::json!({ "StreamArn": arn })).await;
    let shard = &stream["StreamDescription"]["Shards"][0]["ShardId"];
    let asked = serde_json::json!({ "StreamArn": arn, "ShardId": shard, "ShardIteratorType": "TRIM_HORIZON" });
    let iterator = call("GetShardIterator", asked).await;
    let records = call("GetRecords", serde_json::json!({ "ShardIterator": iterator["ShardIterator"] })).await;
    let keys: Vec<_> =
        records["Records"].as_array().unwrap().iter().map(|one| &one["dynamodb"]["Keys"]["pk"]["S"]).collect();
    assert_eq!(keys, ["first", "second"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn capacity_is_counted_as_dynamodb_counts_it() {
    let (_database, client) = in_memory().await;
    let total = ReturnConsumedCapacity::Total;
    let written = client.put_item().table_name(TABLE).set_item(Some(item("a"))).return_consumed_capacity(total.clone());
    assert_eq!(written.send().await.unwrap().consumed_capacity.unwrap().capacity_units, Some(1.0));
    let mut large = item("large");
    large.insert("body".to_owned(), AttributeValue::S("x".repeat(4_500)));
    let written = client.put_item().table_name(TABLE).set_item(Some(large)).return_consumed_capacity(total.clone());
    assert_eq!(written.send().await.unwrap().consumed_capacity.unwrap().capacity_units, Some(5.0));
    let transaction = client.transact_write_items().transact_items(put("b")).transact_items(put("c"));
    let transaction = transaction.return_consumed_capacity(total.clone()).send().await.unwrap();
    assert_eq!(transaction.consumed_capacity.unwrap()[0].capacity_units, Some(4.0));
    for (consistent, units) in [(true, 2.0), (false, 1.0)] {
        let read = client.get_item().table_name(TABLE).key("pk", AttributeValue::S("large".into()));
        let read = read.consistent_read(consistent).return_consumed_capacity(total.clone()).send().await.unwrap();
        assert_eq!(read.consumed_capacity.unwrap().capacity_units, Some(units), "consistent: {consistent}");
    }
}
