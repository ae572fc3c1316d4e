//! Examples, made from shapes.

use serde_json::{Value, json};
use utoipa::openapi::schema::{AdditionalProperties, Object, SchemaFormat, SchemaType, Type};
use utoipa::openapi::{RefOr, Schema};

use super::Shapes;
use super::fields::{items, shape_name};

/// Deeper than that a shape holds itself.
const DEPTH_MAX: usize = 6;

/// An example as indented JSON, its fields in the shape's order.
pub(crate) fn json(schema: &RefOr<Schema>, shapes: &Shapes) -> String {
    write(schema, shapes, 0)
}

fn write(schema: &RefOr<Schema>, shapes: &Shapes, depth: usize) -> String {
    if depth > DEPTH_MAX {
        return "null".to_owned();
    }
    match schema {
        RefOr::Ref(shape) => {
            shapes.get(shape_name(shape)).map_or("null".to_owned(), |shape| write(shape, shapes, depth))
        }
        RefOr::T(Schema::Object(object)) => object_text(object, shapes, depth),
        RefOr::T(Schema::Array(array)) => match (&array.example, items(array)) {
            (Some(example), _) => example.to_string(),
            (None, Some(items)) => block('[', vec![write(items, shapes, depth + 1)], ']', depth),
            (None, None) => "[]".to_owned(),
        },
        RefOr::T(Schema::OneOf(of)) => last(&of.items, shapes, depth),
        RefOr::T(Schema::AnyOf(of)) => last(&of.items, shapes, depth),
        RefOr::T(Schema::AllOf(of)) => last(&of.items, shapes, depth),
        RefOr::T(_) => "null".to_owned(),
    }
}

/// Of several, the last one: the first is `null` where a value may be absent.
fn last(of: &[RefOr<Schema>], shapes: &Shapes, depth: usize) -> String {
    of.last().map_or("null".to_owned(), |schema| write(schema, shapes, depth))
}

fn object_text(object: &Object, shapes: &Shapes, depth: usize) -> String {
    if let Some(given) = object.example.as_ref().or(object.examples.first()) {
        return given.to_string();
    }
    if !object.properties.is_empty() {
        let field = |(name, schema): (&String, &RefOr<Schema>)| {
            format!("{}: {}", json!(name), write(schema, shapes, depth + 1))
        };
        return block('{', object.properties.iter().map(field).collect(), '}', depth);
    }
    match object.additional_properties.as_deref() {
        Some(AdditionalProperties::RefOr(of)) => {
            block('{', vec![format!("\"key\": {}", write(of, shapes, depth + 1))], '}', depth)
        }
        _ => value(object).to_string(),
    }
}

fn value(object: &Object) -> Value {
    if let Some(first) = object.enum_values.as_ref().and_then(|values| values.first()) {
        return first.clone();
    }
    let known = match &object.schema_type {
        SchemaType::Type(kind) => Some(kind),
        SchemaType::Array(kinds) => kinds.iter().find(|kind| **kind != Type::Null),
        SchemaType::AnyValue => None,
    };
    let format = match &object.format {
        Some(SchemaFormat::Custom(format)) => format.as_str(),
        Some(SchemaFormat::KnownFormat(_)) | None => "",
    };
    match (known, format) {
        (Some(Type::String), "date-time") => json!("2026-11-23T12:00:00.000Z"),
        (Some(Type::String), "password") => json!("plum-Harbour-58"),
        (Some(Type::String), _) => json!("…"),
        (Some(Type::Integer | Type::Number), _) => json!(1),
        (Some(Type::Boolean), _) => json!(false),
        (Some(Type::Array), _) => json!([]),
        (Some(Type::Object) | None, _) => json!({}),
        (Some(Type::Null), _) => Value::Null,
    }
}

fn block(open: char, lines: Vec<String>, close: char, depth: usize) -> String {
    let (inner, outer) = ("  ".repeat(depth + 1), "  ".repeat(depth));
    format!("{open}\n{inner}{}\n{outer}{close}", lines.join(&format!(",\n{inner}")))
}
