//! One conditional update, delete or check of one item, built piece by piece.

use std::collections::HashMap;

use aws_sdk_dynamodb::types::ReturnValuesOnConditionCheckFailure::AllOld;
use aws_sdk_dynamodb::types::{AttributeValue, ConditionCheck, Delete, TransactWriteItem, Update};
use domain::{Error, Result};
use serde::Serialize;

use crate::core::{Item, primary, value};
use crate::keys::Key;

/// A change of one item with its conditions. The refusal hands back what was there.
pub(crate) struct Edit {
    table: String,
    key: Key,
    sets: Vec<String>,
    adds: Vec<String>,
    removes: Vec<String>,
    drops: Vec<String>,
    conditions: Vec<String>,
    names: HashMap<String, String>,
    values: HashMap<String, AttributeValue>,
}

impl Edit {
    /// A change of that item.
    pub(crate) fn of(table: &str, key: Key) -> Self {
        Self {
            table: table.to_owned(),
            key,
            sets: vec![],
            adds: vec![],
            removes: vec![],
            drops: vec![],
            conditions: vec![],
            names: HashMap::new(),
            values: HashMap::new(),
        }
    }

    /// Sets an attribute; a dot in the path leads into a map.
    pub(crate) fn set(mut self, path: &str, to: impl Serialize) -> Result<Self> {
        let clause = format!("{} = {}", self.name(path), self.value(to)?);
        self.sets.push(clause);
        Ok(self)
    }

    /// Sets every attribute of an item but its key and those named.
    pub(crate) fn set_all(mut self, item: Item, but: &[&str]) -> Result<Self> {
        for (attribute, to) in item {
            if attribute != "pk" && attribute != "sk" && !but.contains(&attribute.as_str()) {
                let clause = format!("{} = {}", self.name(&attribute), self.raw(to));
                self.sets.push(clause);
            }
        }
        Ok(self)
    }

    /// Sets an attribute to a value that is one of the database's already.
    pub(crate) fn set_raw(mut self, path: &str, to: AttributeValue) -> Self {
        let clause = format!("{} = {}", self.name(path), self.raw(to));
        self.sets.push(clause);
        self
    }

    /// Adds to a number, or to a set.
    pub(crate) fn add(mut self, path: &str, by: AttributeValue) -> Self {
        let clause = format!("{} {}", self.name(path), self.raw(by));
        self.adds.push(clause);
        self
    }

    /// Adds to a number.
    pub(crate) fn add_number(self, path: &str, by: i64) -> Self {
        self.add(path, AttributeValue::N(by.to_string()))
    }

    /// Counts in a map, from nothing on where there is no such number yet; `add` cannot reach into one.
    pub(crate) fn count(mut self, path: &str, by: i64) -> Self {
        let (name, zero) = (self.name(path), self.raw(AttributeValue::N("0".to_owned())));
        let by = self.raw(AttributeValue::N(by.to_string()));
        self.sets.push(format!("{name} = if_not_exists({name}, {zero}) + {by}"));
        self
    }

    /// Takes members out of a set.
    pub(crate) fn drop(mut self, path: &str, members: AttributeValue) -> Self {
        let clause = format!("{} {}", self.name(path), self.raw(members));
        self.drops.push(clause);
        self
    }

    /// Removes an attribute.
    pub(crate) fn remove(mut self, path: &str) -> Self {
        let name = self.name(path);
        self.removes.push(name);
        self
    }

    /// Only if the item is there.
    pub(crate) fn if_there(mut self) -> Self {
        self.conditions.push("attribute_exists(pk)".to_owned());
        self
    }

    /// Only if there is no such item.
    pub(crate) fn if_absent(mut self) -> Self {
        self.conditions.push("attribute_not_exists(pk)".to_owned());
        self
    }

    /// Only if there is no such attribute.
    pub(crate) fn when_missing(mut self, path: &str) -> Self {
        let clause = format!("attribute_not_exists({})", self.name(path));
        self.conditions.push(clause);
        self
    }

    /// Only if the attribute compares so, such as `("version", "=", 3)`.
    pub(crate) fn when(mut self, path: &str, comparison: &str, to: impl Serialize) -> Result<Self> {
        let clause = format!("{} {comparison} {}", self.name(path), self.value(to)?);
        self.conditions.push(clause);
        Ok(self)
    }

    /// Only if the attribute compares so to a value that is one of the database's already.
    pub(crate) fn when_raw(mut self, path: &str, comparison: &str, to: AttributeValue) -> Self {
        let clause = format!("{} {comparison} {}", self.name(path), self.raw(to));
        self.conditions.push(clause);
        self
    }

    /// Only if there is no such attribute yet, or it is not more than that.
    pub(crate) fn unless_more(mut self, path: &str, than: impl Serialize) -> Result<Self> {
        let (name, than) = (self.name(path), self.value(than)?);
        self.conditions.push(format!("(attribute_not_exists({name}) OR {name} <= {than})"));
        Ok(self)
    }

    /// Only if the map holds that value there; none means that there is no such map.
    pub(crate) fn when_in(mut self, path: &str, attribute: &str, was: Option<impl Serialize>) -> Result<Self> {
        match was {
            Some(was) => self.when(&format!("{path}.{attribute}"), "=", was),
            None => {
                let clause = format!("attribute_not_exists({})", self.name(path));
                self.conditions.push(clause);
                Ok(self)
            }
        }
    }

    /// Only if the map is there and has fewer entries.
    pub(crate) fn when_fewer(mut self, path: &str, than: usize) -> Result<Self> {
        let clause = format!("size({}) < {}", self.name(path), self.value(than)?);
        self.conditions.push(clause);
        Ok(self)
    }

    /// Only if the attribute is one of these.
    pub(crate) fn when_any(mut self, path: &str, of: &[&str]) -> Result<Self> {
        let values = of.iter().map(|one| self.value(one)).collect::<Result<Vec<_>>>()?;
        let clause = format!("{} IN ({})", self.name(path), values.join(", "));
        self.conditions.push(clause);
        Ok(self)
    }

    /// Only if the set holds exactly these; none means that there is no such set.
    pub(crate) fn when_set(mut self, path: &str, members: Vec<String>) -> Self {
        let name = self.name(path);
        let condition = match members.is_empty() {
            true => format!("attribute_not_exists({name})"),
            false => format!("{name} = {}", self.raw(AttributeValue::Ss(members))),
        };
        self.conditions.push(condition);
        self
    }

    /// Only if the set has no such member.
    pub(crate) fn if_set_lacks(mut self, path: &str, member: &str) -> Self {
        let clause = format!("NOT contains({}, {})", self.name(path), self.raw(AttributeValue::S(member.to_owned())));
        self.conditions.push(clause);
        self
    }

    /// As a write of a transaction.
    pub(crate) fn update(self) -> Result<TransactWriteItem> {
        let update = Update::builder()
            .table_name(&self.table)
            .set_key(Some(primary(&self.key)))
            .update_expression(self.expression())
            .set_condition_expression(self.condition())
            .set_expression_attribute_names(some(self.names))
            .set_expression_attribute_values(some(self.values))
            .return_values_on_condition_check_failure(AllOld);
        Ok(TransactWriteItem::builder().update(update.build().map_err(Error::internal)?).build())
    }

    /// Deletes the item, as a write of a transaction.
    pub(crate) fn delete(self) -> Result<TransactWriteItem> {
        let delete = Delete::builder()
            .table_name(&self.table)
            .set_key(Some(primary(&self.key)))
            .set_condition_expression(self.condition())
            .set_expression_attribute_names(some(self.names))
            .set_expression_attribute_values(some(self.values))
            .return_values_on_condition_check_failure(AllOld);
        Ok(TransactWriteItem::builder().delete(delete.build().map_err(Error::internal)?).build())
    }

    /// Only checks the conditions, as a part of a transaction.
    pub(crate) fn check(self) -> Result<TransactWriteItem> {
        let check = ConditionCheck::builder()
            .table_name(&self.table)
            .set_key(Some(primary(&self.key)))
            .condition_expression(self.condition().unwrap_or_default())
            .set_expression_attribute_names(some(self.names))
            .set_expression_attribute_values(some(self.values))
            .return_values_on_condition_check_failure(AllOld);
        Ok(TransactWriteItem::builder().condition_check(check.build().map_err(Error::internal)?).build())
    }

    /// As one call of its own.
    pub(crate) async fn send(self, client: &aws_sdk_dynamodb::Client) -> Result<(), crate::fault::Fault> {
        let call = client
            .update_item()
            .table_name(&self.table)
            .set_key(Some(primary(&self.key)))
            .update_expression(self.expression())
            .set_condition_expression(self.condition())
            .set_expression_attribute_names(some(self.names))
            .set_expression_attribute_values(some(self.values))
            .return_values_on_condition_check_failure(AllOld);
        call.send().await.map(|_| ()).map_err(crate::fault::Fault::from)
    }

    fn expression(&self) -> String {
        let part =
            |word: &str, clauses: &[String]| (!clauses.is_empty()).then(|| format!("{word} {}", clauses.join(", ")));
        let parts = [
            part("SET", &self.sets),
            part("ADD", &self.adds),
            part("REMOVE", &self.removes),
            part("DELETE", &self.drops),
        ];
        parts.into_iter().flatten().collect::<Vec<_>>().join(" ")
    }

    fn condition(&self) -> Option<String> {
        (!self.conditions.is_empty()).then(|| self.conditions.join(" AND "))
    }

    fn name(&mut self, path: &str) -> String {
        let mut steps = vec![];
        for step in path.split('.') {
            let place = format!("#{}", step.replace(|c: char| !c.is_ascii_alphanumeric(), "_"));
            self.names.insert(place.clone(), step.to_owned());
            steps.push(place);
        }
        steps.join(".")
    }

    fn value(&mut self, to: impl Serialize) -> Result<String> {
        let to = value(to)?;
        Ok(self.raw(to))
    }

    fn raw(&mut self, to: AttributeValue) -> String {
        let place = format!(":v{}", self.values.len());
        self.values.insert(place.clone(), to);
        place
    }
}

fn some<V>(map: HashMap<String, V>) -> Option<HashMap<String, V>> {
    (!map.is_empty()).then_some(map)
}
