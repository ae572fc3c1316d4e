//! Code, OpenAPI, template, canned events and policies name the same things.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use api::Access;
use contract::{operations, root};
use journeys::Portal;
use serde_json::Value;

use crate::template::{self, functions};

type Route = (String, String);

/// Routes by function, as the code declares them.
async fn declared() -> BTreeMap<String, BTreeSet<Route>> {
    let portal = Portal::start().await;
    let mut all: BTreeMap<String, BTreeSet<Route>> = BTreeMap::new();
    for (function, route) in portal.stack().declared() {
        let new = all.entry(function.to_owned()).or_default().insert((route.method.to_string(), route.path.to_owned()));
        assert!(new, "{function} declares {} {} twice", route.method, route.path);
    }
    all
}

fn folders(path: &str) -> BTreeSet<String> {
    let entries = std::fs::read_dir(root().join(path)).unwrap().map(Result::unwrap);
    entries.filter(|entry| entry.path().is_dir()).map(|entry| entry.file_name().into_string().unwrap()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_template_sends_each_route_to_the_function_that_declares_it_and_no_other_route() {
    let declared = declared().await;
    let template: BTreeMap<String, BTreeSet<Route>> = functions()
        .into_iter()
        .map(|(name, function)| (name, function.routes()))
        .filter(|(_, routes)| !routes.is_empty())
        .collect();
    assert_eq!(template, declared);
}

#[tokio::test(flavor = "multi_thread")]
async fn openapi_describes_every_declared_route_but_the_pages_and_no_other() {
    let declared: BTreeSet<Route> = declared().await.into_values().flatten().collect();
    let described: BTreeSet<Route> =
        operations().into_iter().map(|operation| (operation.method.to_string(), operation.path)).collect();
    let pages: Vec<&Route> = declared.difference(&described).collect();
    let known = [("ANY", "$default"), ("GET", "/"), ("GET", "/docs")];
    assert!(pages.iter().all(|(method, path)| known.contains(&(method.as_str(), path.as_str()))), "{pages:?}");
    assert!(described.is_subset(&declared), "{:?}", described.difference(&declared));
}

#[tokio::test(flavor = "multi_thread")]
async fn openapi_calls_open_what_the_code_lets_anybody_into() {
    let portal = Portal::start().await;
    let open: BTreeSet<Route> = portal
        .stack()
        .declared()
        .into_iter()
        .filter(|(_, route)| route.access == Access::Open && route.path.starts_with("/v1/"))
        .map(|(_, route)| (route.method.to_string(), route.path.to_owned()))
        .collect();
    let described: BTreeSet<Route> = operations()
        .into_iter()
        .filter(|operation| operation.is_open())
        .map(|operation| (operation.method.to_string(), operation.path))
        .collect();
    assert_eq!(open, described);
}

#[test]
fn every_folder_of_functions_is_a_function_of_the_template_with_its_zip_and_the_other_way_round() {
    let functions = functions();
    assert_eq!(functions.keys().cloned().collect::<BTreeSet<_>>(), folders("functions"));
    for (name, function) in functions {
        assert_eq!(function.code, format!("target/lambda/{name}.zip"));
    }
}

#[test]
fn every_route_and_trigger_has_a_canned_event_and_no_event_is_for_another() {
    assert_eq!(functions().into_keys().collect::<BTreeSet<_>>(), folders("events"));
    for (name, function) in functions() {
        let folder = root().join("events").join(&name);
        let (mut routes, mut objects, mut streams, mut schedules) = (BTreeSet::new(), Vec::new(), BTreeSet::new(), 0);
        let mut mail = BTreeSet::new();
        for event in canned(&folder) {
            if let Some(key) = event["requestContext"]["routeKey"].as_str() {
                let (method, path) = key.split_once(' ').unwrap_or(("ANY", key));
                assert_eq!(event["requestContext"]["http"]["path"], event["rawPath"], "{name}: {key}");
                routes.insert((method.to_owned(), path.to_owned()));
            } else if let Some(key) = event["Records"][0]["s3"]["object"]["key"].as_str() {
                objects.push(key.to_owned());
            } else if let Some(stream) = event["Records"][0]["eventSourceARN"].as_str() {
                let table = stream.split_once(":table/lane-").unwrap().1;
                streams.insert(table.split_once("/stream/").unwrap().0.to_owned());
            } else if event["source"] == "aws.ses" {
                assert_eq!(event["detail"]["mail"]["tags"]["deployment"][0], "lane-", "{name}");
                mail.insert(event["detail-type"].as_str().unwrap().to_owned());
            } else {
                assert_eq!(event["detail-type"], "Scheduled Event", "{name}");
                schedules += 1;
            }
        }
        assert_eq!(routes, function.routes(), "{name}");
        assert_eq!(schedules, function.schedules().len(), "{name}");
        assert_eq!(streams, function.streams, "{name}");
        assert_eq!(mail, function.mail(), "{name}");
        let fits = |key: &str, (prefix, suffix): &Route| key.starts_with(prefix) && key.ends_with(suffix);
        for filter in function.objects() {
            assert!(objects.iter().any(|key| fits(key, &filter)), "{name}: no event for {filter:?}");
        }
        for key in objects {
            assert!(function.objects().iter().any(|filter| fits(&key, filter)), "{name}: nothing wakes it for {key}");
        }
    }
}

fn canned(folder: &Path) -> Vec<Value> {
    let paths = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let json = paths.filter(|path| path.extension().is_some_and(|ending| ending == "json"));
    json.map(|path| serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap()).collect()
}

#[test]
fn the_same_objects_and_the_same_rates_wake_workers_on_one_machine_and_in_the_template() {
    let from_template: BTreeSet<_> = functions()
        .into_iter()
        .flat_map(|(name, function)| {
            function.objects().into_iter().map(move |(prefix, suffix)| (name.clone(), prefix, suffix))
        })
        .collect();
    let here: BTreeSet<_> = local::wakes_by_object().into_iter().collect();
    assert_eq!(here, from_template);
    let seconds = |rate: &str| match rate.trim_start_matches("rate(").trim_end_matches(')').split_once(' ').unwrap() {
        (count, unit) if unit.starts_with("minute") => count.parse::<u64>().unwrap() * 60,
        (count, unit) if unit.starts_with("hour") => count.parse::<u64>().unwrap() * 3600,
        other => panic!("{other:?}"),
    };
    let from_template: BTreeSet<_> = functions()
        .into_iter()
        .flat_map(|(name, function)| function.schedules().into_iter().map(move |rate| (name.clone(), seconds(&rate))))
        .collect();
    let here: BTreeSet<_> =
        local::wakes_by_time().into_iter().map(|(name, period)| (name.to_owned(), period.as_secs())).collect();
    assert_eq!(here, from_template);
}

#[test]
fn the_same_streams_wake_functions_on_one_machine_and_in_the_template() {
    let owned = |(name, table): (&str, &str)| (name.to_owned(), table.to_owned());
    let here: BTreeSet<_> = local::wakes_by_stream().map(owned).into_iter().collect();
    let streams = |(name, function): (String, template::Function)| {
        function.streams.into_iter().map(move |table| (name.clone(), table))
    };
    assert_eq!(here, functions().into_iter().flat_map(streams).collect());
}

#[test]
fn the_same_news_of_mails_wakes_functions_on_one_machine_and_in_the_template() {
    let here: BTreeSet<_> =
        local::wakes_by_mail().into_iter().map(|(name, kind)| (name.to_owned(), kind.to_owned())).collect();
    let kinds = |(name, function): (String, template::Function)| {
        function.mail().into_iter().map(move |kind| (name.clone(), kind)).collect::<Vec<_>>()
    };
    assert_eq!(here, functions().into_iter().flat_map(kinds).collect());
}

#[test]
fn what_becomes_of_mails_is_published_and_told_to_whoever_sends_them_of_this_deployment_alone() {
    let resources = template::resources();
    let destination = &resources["MailReports"]["Properties"];
    assert_eq!(template::text(&destination["ConfigurationSetName"]), "Mail");
    assert_eq!(destination["EventDestination"]["Enabled"], true);
    let bus = template::text(&destination["EventDestination"]["EventBridgeDestination"]["EventBusArn"]);
    assert!(bus.ends_with(":event-bus/default"), "{bus}");
    let published: Vec<String> = destination["EventDestination"]["MatchingEventTypes"]
        .as_sequence()
        .unwrap()
        .iter()
        .map(template::text)
        .collect();
    assert_eq!(published, ["bounce", "complaint", "delivery", "reject", "renderingFailure"]);
    let sender = &resources["Notifications"]["Properties"];
    let set = template::text(&resources["Mail"]["Properties"]["Name"]);
    assert_eq!(template::text(&sender["Environment"]["Variables"]["MAIL_CONFIGURATION_SET"]), "Mail");
    let may_send = functions()["notifications"].statements.iter().any(|statement| {
        statement.actions == ["ses:SendEmail"]
            && statement.resources.iter().any(|resource| resource.ends_with(&format!(":configuration-set/{set}")))
    });
    assert!(may_send, "SES asks for the right to a configuration set that a mail names");
    let rule = &sender["Events"]["MailReports"]["Properties"];
    assert_eq!(template::text(&rule["Pattern"]["detail"]["mail"]["tags"]["deployment"][0]), "TablePrefix");
    let queue = template::text(&rule["DeadLetterConfig"]["Arn"]);
    let policy = &resources[&format!("{}Policy", queue.strip_suffix(".Arn").unwrap())]["Properties"]["PolicyDocument"];
    let rules = &policy["Statement"][0]["Condition"]["ArnEquals"]["aws:SourceArn"];
    let name = template::text(&rule["RuleName"]);
    let allowed = rules.as_sequence().unwrap().iter().map(template::text);
    assert!(allowed.clone().any(|arn| arn.ends_with(&format!(":rule/{name}"))), "the queue takes nothing from {name}");
}

#[test]
fn what_a_stream_tells_is_tried_alone_and_then_put_aside_where_it_is_seen() {
    let resources = template::resources();
    let mappings = resources.values().filter(|one| one["Type"] == "AWS::Lambda::EventSourceMapping");
    for mapping in mappings.map(|one| &one["Properties"]) {
        assert_eq!(mapping["BatchSize"].as_u64(), u64::try_from(local::FULL_MESSAGE).ok(), "what counts as a full one");
        assert_eq!(mapping["FunctionResponseTypes"][0], "ReportBatchItemFailures");
        assert_eq!(mapping["BisectBatchOnFunctionError"], true);
        assert!(mapping["MaximumRetryAttempts"].as_u64().is_some_and(|attempts| attempts <= 10));
        let queue = template::text(&mapping["DestinationConfig"]["OnFailure"]["Destination"]);
        let name = queue.strip_suffix(".Arn").unwrap();
        assert_eq!(resources[name]["Type"], "AWS::SQS::Queue");
        let depth = &resources[&format!("{name}Depth")];
        assert_eq!(template::text(&depth["Properties"]["Dimensions"][0]["Value"]), format!("{name}.QueueName"));
    }
}

#[test]
fn who_logs_in_at_vault_has_a_policy_and_who_has_rights_logs_in() {
    let policies = |name: &str| {
        let text = std::fs::read_to_string(root().join(format!("infra/vault/{name}.hcl"))).unwrap_or_default();
        text.lines().any(|line| line.starts_with("path "))
    };
    for (name, function) in functions() {
        let logs_in = function.environment.contains("VAULT_ADDR");
        assert_eq!(logs_in, policies(&name), "{name}: its VAULT_ADDR and infra/vault/{name}.hcl");
        for variable in ["VAULT_AWS_ROLE", "VAULT_AWS_SERVER_ID", "VAULT_ROLE_ID", "VAULT_SECRET_ID"] {
            assert_eq!(function.environment.contains(variable), logs_in, "{name}: {variable}");
        }
        let manifest = std::fs::read_to_string(root().join(format!("functions/{name}/Cargo.toml"))).unwrap();
        let (needed, _) = manifest.split_once("[dev-dependencies]").unwrap_or((&manifest, ""));
        let reach = ["vault.workspace", "tenancy.workspace", "links.workspace", "seal.workspace"];
        let uses = needed.lines().any(|line| reach.iter().any(|room| line.starts_with(room)));
        assert_eq!(logs_in, uses, "{name}: whether it uses Vault");
    }
}

#[test]
fn no_right_of_a_function_has_a_star_but_for_dedicated_tables_and_objects() {
    let stars = [
        "table/${TablePrefix}tenant-*",
        "table/${TablePrefix}events/stream/*",
        "/imports/*",
        "/drops/*",
        "/orgs/*",
        "/imports/*/upload.xlsx",
        "/imports/*/result.xlsx",
    ];
    for (name, function) in functions() {
        for statement in &function.statements {
            for action in &statement.actions {
                assert!(!action.contains('*') && action.contains(':'), "{name} may {action}");
            }
            for resource in statement.resources.iter().filter(|resource| resource.contains('*')) {
                assert!(stars.iter().any(|star| resource.ends_with(star)), "{name} reaches {resource}");
            }
        }
    }
}

#[test]
fn every_table_can_be_restored_and_read_as_a_stream_and_the_bucket_is_closed() {
    let of_type =
        |kind: &str| -> Vec<_> { template::resources().into_values().filter(|one| one["Type"] == kind).collect() };
    let tables = of_type("AWS::DynamoDB::Table");
    assert_eq!(tables.len(), 3);
    for table in &tables {
        let properties = &table["Properties"];
        assert_eq!(properties["PointInTimeRecoverySpecification"]["PointInTimeRecoveryEnabled"], true);
        assert_eq!(properties["TimeToLiveSpecification"]["AttributeName"], "expires");
        assert_eq!(properties["StreamSpecification"]["StreamViewType"], "NEW_AND_OLD_IMAGES");
        assert_eq!(properties["SSESpecification"]["SSEEnabled"], true);
        assert_eq!(table["DeletionPolicy"], "Retain");
    }
    for bucket in of_type("AWS::S3::Bucket") {
        let closed = &bucket["Properties"]["PublicAccessBlockConfiguration"];
        for switch in ["BlockPublicAcls", "BlockPublicPolicy", "IgnorePublicAcls", "RestrictPublicBuckets"] {
            assert_eq!(closed[switch], true, "{switch}");
        }
        assert!(!bucket["Properties"]["BucketEncryption"].is_null());
        assert!(!bucket["Properties"]["LifecycleConfiguration"].is_null());
    }
}

#[test]
fn every_function_keeps_its_log_for_a_set_time_and_every_worker_has_a_dead_letter_queue() {
    let resources = template::resources();
    for one in resources.values().filter(|one| one["Type"] == "AWS::Serverless::Function") {
        let properties = &one["Properties"];
        let name = template::text(&properties["FunctionName"]);
        let log = template::text(&properties["LoggingConfig"]["LogGroup"]);
        assert!(!resources[&log]["Properties"]["RetentionInDays"].is_null(), "{name}");
        let kinds: Vec<String> =
            properties["Events"].as_mapping().unwrap().values().map(|event| template::text(&event["Type"])).collect();
        if kinds.iter().any(|kind| kind != "HttpApi") {
            let queue =
                template::text(&properties["EventInvokeConfig"]["DestinationConfig"]["OnFailure"]["Destination"]);
            let queue = queue.strip_suffix(".Arn").unwrap();
            assert_eq!(resources[queue]["Type"], "AWS::SQS::Queue", "{name}");
        }
    }
}
