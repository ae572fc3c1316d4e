//! Shapes in words: the kind of a value, and the fields of an object.

use serde_json::Value;
use utoipa::openapi::schema::{AdditionalProperties, Array, ArrayItems, Object, SchemaFormat, SchemaType, Type};
use utoipa::openapi::{Ref, RefOr, Schema};

use super::Shapes;
use super::operation::needed;
use crate::html::{anchor, escape, paragraphs, prose};

/// The kind of a value in a few words, with a link to a named shape.
pub(crate) fn kind(schema: &RefOr<Schema>) -> String {
    match schema {
        RefOr::Ref(shape) => link(shape),
        RefOr::T(Schema::Array(array)) => {
            items(array).map_or("list".to_owned(), |items| format!("list of {}", kind(items)))
        }
        RefOr::T(Schema::Object(object)) => plain(object),
        RefOr::T(Schema::OneOf(one)) => any(&one.items),
        RefOr::T(Schema::AnyOf(one)) => any(&one.items),
        RefOr::T(Schema::AllOf(all)) => any(&all.items),
        RefOr::T(_) => "any".to_owned(),
    }
}

/// A shape's own name.
pub(crate) fn shape_name(shape: &Ref) -> &str {
    shape.ref_location.rsplit('/').next().unwrap_or_default()
}

pub(crate) fn items(array: &Array) -> Option<&RefOr<Schema>> {
    match &array.items {
        ArrayItems::RefOrSchema(items) => Some(items),
        ArrayItems::False => None,
    }
}

fn link(shape: &Ref) -> String {
    let name = shape_name(shape);
    format!("<a href=\"#shape-{}\">{}</a>", anchor(name), escape(name))
}

fn any(of: &[RefOr<Schema>]) -> String {
    of.iter().map(kind).collect::<Vec<_>>().join(" or ")
}

fn plain(object: &Object) -> String {
    if let Some(values) = &object.enum_values {
        let values: Vec<String> = values.iter().map(|value| format!("<code>{}</code>", escape(&text(value)))).collect();
        return if values.len() > 8 { "one of the codes below".to_owned() } else { values.join(", ") };
    }
    let mut words = type_words(&object.schema_type);
    if let Some(AdditionalProperties::RefOr(of)) = object.additional_properties.as_deref() {
        words = format!("map of {}", kind(of));
    }
    if let Some(SchemaFormat::Custom(format)) = &object.format {
        words = format!("{words}, {}", escape(format));
    }
    match (object.min_length, object.max_length) {
        (Some(least), Some(most)) => format!("{words}, {least} to {most} characters"),
        (None, Some(most)) => format!("{words}, at most {most} characters"),
        (Some(least), None) => format!("{words}, at least {least} characters"),
        (None, None) => words,
    }
}

fn type_words(kind: &SchemaType) -> String {
    let word = |kind: &Type| match kind {
        Type::Object => "object",
        Type::String => "string",
        Type::Integer => "integer",
        Type::Number => "number",
        Type::Boolean => "boolean",
        Type::Array => "array",
        Type::Null => "null",
    };
    match kind {
        SchemaType::Type(kind) => word(kind).to_owned(),
        SchemaType::Array(kinds) => kinds.iter().map(word).collect::<Vec<_>>().join(" or "),
        SchemaType::AnyValue => "any".to_owned(),
    }
}

/// A value as it is read, without the quotes of a text.
pub(crate) fn text(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// What a shape is for and its fields, one level deep.
pub(crate) fn render(schema: &RefOr<Schema>, shapes: &Shapes) -> String {
    match schema {
        RefOr::Ref(shape) => match shapes.get(shape_name(shape)) {
            Some(RefOr::T(Schema::Object(object))) => object_fields(object),
            _ => format!("<p>{}</p>\n", link(shape)),
        },
        RefOr::T(Schema::Object(object)) => object_fields(object),
        other => format!("<p><span class=\"type\">{}</span></p>\n", kind(other)),
    }
}

fn object_fields(object: &Object) -> String {
    let about = paragraphs(object.description.as_deref().unwrap_or_default());
    if object.properties.is_empty() {
        return format!("{about}<p><span class=\"type\">{}</span></p>\n", plain(object));
    }
    let fields = object.properties.iter().map(|(name, schema)| field(name, schema, object.required.contains(name)));
    format!("{about}<ul class=\"fields\">\n{}</ul>\n", fields.collect::<String>())
}

fn field(name: &str, schema: &RefOr<Schema>, required: bool) -> String {
    let words = prose(description(schema).unwrap_or_default().trim());
    let (name, kind, needed) = (escape(name), kind(schema), needed(required));
    format!("<li><code>{name}</code> <span class=\"type\">{kind}</span>{needed}<br>{words}</li>\n")
}

fn description(schema: &RefOr<Schema>) -> Option<&str> {
    match schema {
        RefOr::Ref(shape) => Some(&shape.description),
        RefOr::T(Schema::Object(object)) => object.description.as_deref(),
        RefOr::T(Schema::Array(array)) => array.description.as_deref(),
        RefOr::T(Schema::OneOf(one)) => one.description.as_deref(),
        RefOr::T(_) => None,
    }
}
