//! One operation: what it does, what it takes, what it answers.

use std::fmt::Write;

use utoipa::openapi::path::{Parameter, ParameterIn};
use utoipa::openapi::{Content, RefOr, Required, Response, Schema};

use super::{Place, Shapes, example, fields};
use crate::html::{escape, paragraphs, prose};

pub(crate) fn render(place: &Place<'_>, shapes: &Shapes) -> String {
    let Place { method, path, operation } = place;
    let anchor = place.anchor();
    let about = paragraphs(operation.description.as_deref().unwrap_or_default());
    let open = operation.security.is_some();
    let access = if open { "Anybody" } else { "Signed in" };
    format!(
        "<article class=\"card\" id=\"{anchor}\" aria-labelledby=\"{anchor}-title\">\n\
         <h3 id=\"{anchor}-title\">{}</h3>\n\
         <p class=\"route\"><span class=\"method {}\">{method}</span> <code>{}</code> <span class=\"note\">{access}</span></p>\n\
         {about}{}{}{}{}</article>\n",
        escape(place.title()),
        method.to_ascii_lowercase(),
        escape(path),
        parameters(place),
        body(place, shapes),
        answers(place, shapes),
        try_it(place, shapes),
    )
}

fn parameters(place: &Place<'_>) -> String {
    let all = place.operation.parameters.iter().flatten();
    let known = all.filter_map(|parameter| match parameter {
        RefOr::T(parameter) => Some(parameter),
        RefOr::Ref(_) => None,
    });
    let items: String = known.map(parameter).collect();
    if items.is_empty() { items } else { format!("<h4>Parameters</h4>\n<ul class=\"fields\">\n{items}</ul>\n") }
}

fn parameter(parameter: &Parameter) -> String {
    let place = match parameter.parameter_in {
        ParameterIn::Query | ParameterIn::QueryString => "query",
        ParameterIn::Path => "path",
        ParameterIn::Header => "header",
        ParameterIn::Cookie => "cookie",
    };
    let kind = parameter.schema.as_ref().map(fields::kind).unwrap_or_default();
    let needed = needed(parameter.required == Required::True);
    let words = prose(parameter.description.as_deref().unwrap_or_default());
    let name = escape(&parameter.name);
    format!("<li><code>{name}</code> <span class=\"type\">{place}, {kind}</span>{needed}<br>{words}</li>\n")
}

pub(crate) fn needed(needed: bool) -> &'static str {
    if needed { " <span class=\"needed\">required</span>" } else { "" }
}

/// The first content of a body or an answer, with its media type.
fn first<'a>(
    content: impl IntoIterator<Item = (&'a String, &'a RefOr<Content>)>,
) -> Option<(&'a str, &'a RefOr<Schema>)> {
    content.into_iter().find_map(|(kind, content)| match content {
        RefOr::T(content) => Some((kind.as_str(), content.schema.as_ref()?)),
        RefOr::Ref(_) => None,
    })
}

fn request<'a>(place: &'a Place<'_>) -> Option<(&'a str, &'a RefOr<Schema>)> {
    match place.operation.request_body.as_ref()? {
        RefOr::T(body) => first(&body.content),
        RefOr::Ref(_) => None,
    }
}

fn body(place: &Place<'_>, shapes: &Shapes) -> String {
    let Some((kind, schema)) = request(place) else { return String::new() };
    let shown = fields::render(schema, shapes);
    format!("<h4>Body</h4>\n<p><span class=\"type\">{}, {}</span></p>\n{shown}", escape(kind), fields::kind(schema))
}

fn answers(place: &Place<'_>, shapes: &Shapes) -> String {
    let mut list = String::from("<h4>Answers</h4>\n<ul class=\"fields\">\n");
    for (status, response) in &place.operation.responses.responses {
        let RefOr::T(response) = response else { continue };
        let _ = writeln!(list, "<li>{}</li>", answer(status, response, shapes));
    }
    list + "</ul>\n"
}

fn answer(status: &str, response: &Response, shapes: &Shapes) -> String {
    let good = status.starts_with('2');
    let class = if good { "status good" } else { "status" };
    let shown = first(&response.content);
    let kind =
        shown.map(|(_, schema)| format!(" <span class=\"type\">{}</span>", fields::kind(schema))).unwrap_or_default();
    let headers: Vec<String> = response.headers.keys().map(|name| format!("<code>{}</code>", escape(name))).collect();
    let headers = if headers.is_empty() { String::new() } else { format!(" with {}", headers.join(", ")) };
    let example = shown.filter(|_| good).map(|(_, schema)| example::json(schema, shapes));
    let example = example.map(|text| {
        format!("<details><summary>Example</summary><pre tabindex=\"0\"><code>{}</code></pre></details>", escape(&text))
    });
    let (status, words) = (escape(status), prose(&response.description));
    format!("<span class=\"{class}\">{status}</span> {words}{kind}{headers}{}", example.unwrap_or_default())
}

/// The request as a command line.
fn try_it(place: &Place<'_>, shapes: &Shapes) -> String {
    let mut lines = vec![format!("curl -X {} \"$PORTAL{}\"", place.method, place.path)];
    if place.operation.security.is_none() {
        lines.push("-H \"Authorization: Bearer $TOKEN\"".to_owned());
    }
    for parameter in place.operation.parameters.iter().flatten() {
        if let RefOr::T(parameter) = parameter
            && parameter.parameter_in == ParameterIn::Header
            && parameter.required == Required::True
        {
            lines.push(format!("-H '{}: \"1\"'", parameter.name));
        }
    }
    if let Some((kind, schema)) = request(place) {
        lines.push(format!("-H 'Content-Type: {kind}'"));
        lines.push(format!("-d '{}'", example::json(schema, shapes)));
    }
    format!("<h4>Example</h4>\n<pre tabindex=\"0\"><code>{}</code></pre>\n", escape(&lines.join(" \\\n  ")))
}
