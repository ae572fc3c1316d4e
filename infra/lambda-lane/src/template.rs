//! What `template.yaml` says: which function answers which route, and what else wakes it.

use std::path::Path;

use anyhow::{Context, Result, anyhow};
use serde_yaml_ng::{Mapping, Value};

/// The route that takes what fits no other.
pub(crate) const DEFAULT: &str = "$default";

/// One function of the template.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Function {
    /// Its name without the deployment's prefix; also the name of its package.
    pub(crate) name: String,
    /// What API Gateway sends to it.
    pub(crate) routes: Vec<Route>,
    /// What else wakes it.
    pub(crate) triggers: Vec<Trigger>,
}

/// A method and a path's pattern.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Route {
    /// The event's name in the template.
    pub(crate) name: String,
    pub(crate) method: String,
    pub(crate) path: String,
}

/// A source of events other than HTTP.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Trigger {
    /// An object created under the prefix and with the ending.
    Object { prefix: String, suffix: String },
    /// A record of a table's stream; the table's name is without the prefix.
    Stream { table: String },
    /// What the mail service tells, by its name at EventBridge, such as `Email Bounced`.
    Mail { kind: String },
    /// A time.
    Schedule,
}

/// Reads the functions of a template.
pub(crate) fn read(path: &Path) -> Result<Vec<Function>> {
    let text = std::fs::read_to_string(path).with_context(|| format!("reading {}", path.display()))?;
    functions(&text)
}

fn functions(text: &str) -> Result<Vec<Function>> {
    let template: Value = serde_yaml_ng::from_str(text).context("the template is not YAML")?;
    let resources = template.get("Resources").and_then(Value::as_mapping).context("the template has no Resources")?;
    let is_function = |value: &&Value| text_of(value.get("Type")) == Some("AWS::Serverless::Function");
    let named = resources.iter().filter(|(_, resource)| is_function(resource));
    named
        .map(|(name, resource)| {
            let mut function = function(resource)?;
            function.triggers.extend(streams(resources, text_of(Some(name)))?);
            Ok(function)
        })
        .collect()
}

/// The streams that are mapped to the function of that name in the template.
fn streams(resources: &Mapping, function: Option<&str>) -> Result<Vec<Trigger>> {
    let mappings = resources.values().filter(|one| text_of(one.get("Type")) == Some("AWS::Lambda::EventSourceMapping"));
    let mappings = mappings.filter_map(|one| one.get("Properties"));
    let its = mappings.filter(|properties| text_of(properties.get("FunctionName")) == function);
    its.map(|properties| {
        let stream = text_of(properties.get("EventSourceArn")).context("a mapping without EventSourceArn")?;
        let table = stream.strip_suffix(".StreamArn").context("a mapping of no table's stream")?;
        let table = ["Properties", "TableName"]
            .iter()
            .try_fold(resources.get(table).context("no such table")?, |value, name| value.get(*name));
        let table = text_of(table).and_then(|name| name.strip_prefix("${TablePrefix}")).context("no such table")?;
        Ok(Trigger::Stream { table: table.to_owned() })
    })
    .collect()
}

fn function(resource: &Value) -> Result<Function> {
    let properties = resource.get("Properties").context("a function without Properties")?;
    let name = text_of(properties.get("FunctionName")).context("a function without FunctionName")?;
    let name = name.strip_prefix("${TablePrefix}").context("a FunctionName without the prefix")?.to_owned();
    let mut function = Function { name, routes: vec![], triggers: vec![] };
    let events = properties.get("Events").and_then(Value::as_mapping);
    for (key, event) in events.into_iter().flatten() {
        let key = text_of(Some(key)).unwrap_or_default();
        read_event(&mut function, key, event).with_context(|| format!("{}: event {key}", function.name))?;
    }
    Ok(function)
}

fn read_event(function: &mut Function, name: &str, event: &Value) -> Result<()> {
    let property = |name: &str| text_of(event.get("Properties").and_then(|all| all.get(name))).map(str::to_owned);
    match text_of(event.get("Type")) {
        Some("HttpApi") => {
            let (method, path) = match (property("Method"), property("Path")) {
                (None, None) => ("ANY".to_owned(), DEFAULT.to_owned()),
                (method, path) => method.zip(path).context("no Method or Path")?,
            };
            let version = property("PayloadFormatVersion").filter(|version| version == "2.0");
            version.context("the payload format is not 2.0")?;
            function.routes.push(Route { name: name.to_owned(), method, path });
        }
        Some("S3") => function.triggers.push(object(event)?),
        Some("EventBridgeRule") => function.triggers.extend(mail(event)?),
        Some("Schedule") => function.triggers.push(Trigger::Schedule),
        other => return Err(anyhow!("an event of type {other:?}")),
    }
    Ok(())
}

fn mail(event: &Value) -> Result<Vec<Trigger>> {
    let pattern = event.get("Properties").and_then(|all| all.get("Pattern")).context("a rule without a pattern")?;
    let texts = |name: &str| -> Vec<&str> {
        let all = pattern.get(name).and_then(Value::as_sequence);
        all.into_iter().flatten().filter_map(|one| text_of(Some(one))).collect()
    };
    if texts("source") != ["aws.ses"] {
        return Err(anyhow!("a rule for events of {:?}", texts("source")));
    }
    Ok(texts("detail-type").into_iter().map(|kind| Trigger::Mail { kind: kind.to_owned() }).collect())
}

fn object(event: &Value) -> Result<Trigger> {
    let rules = ["Properties", "Filter", "S3Key", "Rules"].iter().try_fold(event, |value, name| value.get(*name));
    let rules = rules.and_then(Value::as_sequence).context("no rules")?;
    let rule = |name: &str| {
        let found = rules.iter().find(|rule| text_of(rule.get("Name")) == Some(name));
        found.and_then(|rule| text_of(rule.get("Value"))).unwrap_or_default().to_owned()
    };
    Ok(Trigger::Object { prefix: rule("prefix"), suffix: rule("suffix") })
}

/// The text of a scalar, whatever CloudFormation tag it carries.
fn text_of(value: Option<&Value>) -> Option<&str> {
    match value? {
        Value::Tagged(tagged) => tagged.value.as_str(),
        value => value.as_str(),
    }
}

impl Route {
    /// How API Gateway names it in an event.
    pub(crate) fn key(&self) -> String {
        if self.path == DEFAULT { DEFAULT.to_owned() } else { format!("{} {}", self.method, self.path) }
    }

    /// Whether API Gateway would send this request here; what is left of the more exact routes is not looked at.
    pub(crate) fn fits(&self, method: &str, path: &str) -> bool {
        let (mut pattern, mut segments) = (self.path.split('/'), path.split('/'));
        if self.path == DEFAULT {
            return true;
        }
        if self.method != method {
            return false;
        }
        loop {
            match (pattern.next(), segments.next()) {
                (None, None) => return true,
                (Some(rest), Some(_)) if rest.ends_with("+}") => return true,
                (Some(name), Some(segment)) if name.starts_with('{') && !segment.is_empty() => {}
                (Some(name), Some(segment)) if name == segment => {}
                _ => return false,
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Function, Route, Trigger, functions};

    const TEXT: &str = r#"
Resources:
  Audit:
    Type: AWS::Serverless::Function
    Properties:
      FunctionName: !Sub "${TablePrefix}audit"
      Policies: !If [A, !GetAtt Key.Arn, !Ref B]
      Events:
        Get:
          Type: HttpApi
          Properties: { ApiId: !Ref Api, Method: GET, Path: "/v1/a/{b}", PayloadFormatVersion: "2.0" }
        Put:
          Type: S3
          Properties:
            Filter: { S3Key: { Rules: [{ Name: prefix, Value: in/ }, { Name: suffix, Value: .x }] } }
        Mail:
          Type: EventBridgeRule
          Properties: { Pattern: { source: [aws.ses], detail-type: [Email Bounced] } }
  AuditEvents:
    Type: AWS::Lambda::EventSourceMapping
    Properties: { FunctionName: !Ref Audit, EventSourceArn: !GetAtt EventsTable.StreamArn }
  EventsTable: { Type: AWS::DynamoDB::Table, Properties: { TableName: !Sub "${TablePrefix}events" } }
  Key: { Type: AWS::KMS::Key }
"#;

    #[test]
    fn functions_are_read_through_tags() {
        let get = Route { name: "Get".into(), method: "GET".into(), path: "/v1/a/{b}".into() };
        let put = Trigger::Object { prefix: "in/".into(), suffix: ".x".into() };
        let mail = Trigger::Mail { kind: "Email Bounced".into() };
        let events = Trigger::Stream { table: "events".into() };
        let audit = Function { name: "audit".into(), routes: vec![get], triggers: vec![put, mail, events] };
        assert_eq!(functions(TEXT).unwrap(), [audit]);
    }

    #[test]
    fn another_payload_format_is_refused() {
        assert!(functions(&TEXT.replace("\"2.0\"", "\"1.0\"")).is_err());
    }

    #[test]
    fn a_route_takes_its_own_requests_only() {
        let route = |path: &str| Route { name: String::new(), method: "GET".into(), path: path.into() };
        assert!(route("/v1/a/{b}").fits("GET", "/v1/a/x"));
        assert!(!route("/v1/a/{b}").fits("POST", "/v1/a/x"));
        assert!(!route("/v1/a/{b}").fits("GET", "/v1/a/"));
        assert!(!route("/v1/a/{b}").fits("GET", "/v1/a/x/y"));
        assert!(route("/{rest+}").fits("GET", "/x/y"));
        assert!(route("$default").fits("PUT", "/x/y"));
    }
}
