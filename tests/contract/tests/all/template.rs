//! `template.yaml` as the tests of the wiring see it.

use std::collections::{BTreeMap, BTreeSet};

use serde_yaml_ng::Value;

/// One function of the template.
#[derive(Debug)]
pub(crate) struct Function {
    /// The folder under `functions/`.
    pub(crate) name: String,
    /// Where its zip is.
    pub(crate) code: String,
    /// Its environment's names.
    pub(crate) environment: BTreeSet<String>,
    /// Its triggers by type.
    pub(crate) events: Vec<Value>,
    /// The tables whose streams it reads, without the prefix.
    pub(crate) streams: BTreeSet<String>,
    /// What it may do.
    pub(crate) statements: Vec<Statement>,
}

/// One statement of a role's policy.
#[derive(Clone, Debug)]
pub(crate) struct Statement {
    /// Such as `dynamodb:Query`.
    pub(crate) actions: Vec<String>,
    /// On what, as the template writes it.
    pub(crate) resources: Vec<String>,
}

/// Every function, by name.
pub(crate) fn functions() -> BTreeMap<String, Function> {
    let of_type = |value: &&Value| value["Type"] == "AWS::Serverless::Function";
    let all = resources();
    all.values()
        .filter(of_type)
        .map(|resource| Function { streams: streams(&all, resource), ..function(&resource["Properties"]) })
        .map(|one| (one.name.clone(), one))
        .collect()
}

/// Every resource, by its name in the template.
pub(crate) fn resources() -> BTreeMap<String, Value> {
    let text = std::fs::read_to_string(contract::root().join("template.yaml")).unwrap();
    let template: Value = serde_yaml_ng::from_str(&text).unwrap();
    let resources = template["Resources"].as_mapping().unwrap();
    resources.iter().map(|(name, value)| (name.as_str().unwrap().to_owned(), value.clone())).collect()
}

fn function(properties: &Value) -> Function {
    let environment = properties["Environment"]["Variables"].as_mapping().into_iter().flatten();
    let statements = properties["Policies"].as_sequence().into_iter().flatten();
    let statements = statements.flat_map(|policy| policy["Statement"].as_sequence().unwrap().clone());
    let events = properties["Events"].as_mapping().into_iter().flatten();
    Function {
        name: text(&properties["FunctionName"]).strip_prefix("${TablePrefix}").unwrap().to_owned(),
        code: text(&properties["CodeUri"]),
        environment: environment.map(|(name, _)| text(name)).collect(),
        events: events.map(|(_, event)| event.clone()).collect(),
        streams: BTreeSet::new(),
        statements: statements.map(|statement| Statement::of(&statement)).collect(),
    }
}

/// The tables of the mappings that name the function.
fn streams(all: &BTreeMap<String, Value>, function: &Value) -> BTreeSet<String> {
    let is_its = |mapping: &&Value| {
        mapping["Type"] == "AWS::Lambda::EventSourceMapping"
            && all[&text(&mapping["Properties"]["FunctionName"])] == *function
    };
    let table = |mapping: &Value| {
        let stream = text(&mapping["Properties"]["EventSourceArn"]);
        let table = &all[stream.strip_suffix(".StreamArn").unwrap()];
        text(&table["Properties"]["TableName"]).strip_prefix("${TablePrefix}").unwrap().to_owned()
    };
    all.values().filter(is_its).map(table).collect()
}

impl Statement {
    fn of(value: &Value) -> Self {
        assert_eq!(value["Effect"], "Allow", "{value:?}");
        Self { actions: texts(&value["Action"]), resources: texts(&value["Resource"]) }
    }
}

impl Function {
    /// Method and path of each of its routes; `ANY` and `$default` where both are left out.
    pub(crate) fn routes(&self) -> BTreeSet<(String, String)> {
        let http = self.events.iter().filter(|event| event["Type"] == "HttpApi");
        let route = |event: &Value| match event["Properties"].get("Path") {
            Some(path) => (text(&event["Properties"]["Method"]), text(path)),
            None => ("ANY".to_owned(), "$default".to_owned()),
        };
        http.map(route).collect()
    }

    /// Its schedules' rates.
    pub(crate) fn schedules(&self) -> Vec<String> {
        let schedules = self.events.iter().filter(|event| event["Type"] == "Schedule");
        schedules.map(|event| text(&event["Properties"]["Schedule"])).collect()
    }

    /// What of the mail service's news wakes it, by the names at EventBridge.
    pub(crate) fn mail(&self) -> BTreeSet<String> {
        let rules = self.events.iter().filter(|event| event["Type"] == "EventBridgeRule");
        let kinds = |rule: &Value| {
            let pattern = &rule["Properties"]["Pattern"];
            assert_eq!(texts(&pattern["source"]), ["aws.ses"]);
            texts(&pattern["detail-type"])
        };
        rules.flat_map(kinds).collect()
    }

    /// Prefix and suffix of the objects that wake it.
    pub(crate) fn objects(&self) -> BTreeSet<(String, String)> {
        let objects = self.events.iter().filter(|event| event["Type"] == "S3");
        objects
            .map(|event| {
                assert_eq!(event["Properties"]["Events"], "s3:ObjectCreated:*");
                let rules = event["Properties"]["Filter"]["S3Key"]["Rules"].as_sequence().unwrap();
                let found = |name: &str| rules.iter().find(|rule| rule["Name"] == name);
                let rule = |name: &str| found(name).map(|rule| text(&rule["Value"])).unwrap_or_default();
                (rule("prefix"), rule("suffix"))
            })
            .collect()
    }

    /// Whether it may do that to the table; `tenant-…` stands for any dedicated one.
    pub(crate) fn may(&self, action: &str, table: &str) -> bool {
        let action = format!("dynamodb:{action}");
        let right = |statement: &&Statement| statement.actions.contains(&action);
        self.statements
            .iter()
            .filter(right)
            .any(|statement| statement.resources.iter().any(|resource| names(resource, table)))
    }

    /// Each action on each table or index that its rights name, without the prefix.
    pub(crate) fn rights(&self) -> BTreeSet<(String, String)> {
        let mut rights = BTreeSet::new();
        for Statement { actions, resources } in &self.statements {
            for action in actions.iter().filter_map(|action| action.strip_prefix("dynamodb:")) {
                let on = resources.iter().filter_map(|resource| Some(resource.split_once(":table/${TablePrefix}")?.1));
                // Only queries read an index.
                let on = on.filter(|table| action == "Query" || !table.contains("/index/"));
                rights.extend(on.map(|table| (action.to_owned(), table.to_owned())));
            }
        }
        rights
    }

    /// The tables that its rights name, without the prefix and indexes.
    pub(crate) fn tables(&self) -> BTreeSet<String> {
        let resources = self.statements.iter().flat_map(|statement| &statement.resources);
        let tables = resources.filter_map(|resource| Some(resource.split_once(":table/${TablePrefix}")?.1));
        tables.map(|table| table.split('/').next().unwrap().to_owned()).collect()
    }
}

/// Whether a resource is that table.
pub(crate) fn names(resource: &str, table: &str) -> bool {
    let Some((_, named)) = resource.split_once(":table/${TablePrefix}") else { return false };
    match named.strip_suffix('*') {
        Some(prefix) => table.starts_with(prefix),
        None => named == table,
    }
}

/// A text, also behind a tag such as `!Sub`.
pub(crate) fn text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Tagged(tagged) => text(&tagged.value),
        other => panic!("no text: {other:?}"),
    }
}

fn texts(value: &Value) -> Vec<String> {
    match value {
        Value::Sequence(all) => all.iter().map(text).collect(),
        one => vec![text(one)],
    }
}

/// Whether an operation of the database writes.
pub(crate) fn is_write(operation: &str) -> bool {
    ["PutItem", "UpdateItem", "DeleteItem", "TransactWriteItems", "BatchWriteItem"].contains(&operation)
}
