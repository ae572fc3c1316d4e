//! The documentation as one page: no script, nothing to load, readable on any screen.

mod example;
mod fields;
mod operation;

use std::collections::BTreeMap;
use std::fmt::Write;

use domain::Code;
use utoipa::openapi::path::Operation;
use utoipa::openapi::{OpenApi, PathItem, RefOr, Schema};

use crate::html::{anchor, escape, paragraphs, prose};
use crate::problems::meaning;

/// The style of every page; its hash stands in their policy.
pub(crate) const STYLE: &str = include_str!("page.css");

const HOW: &str = include_str!("how.html");

/// One operation with its place.
pub(crate) struct Place<'a> {
    pub(crate) method: &'static str,
    pub(crate) path: &'a str,
    pub(crate) operation: &'a Operation,
}

/// What operations name.
pub(crate) type Shapes = BTreeMap<String, RefOr<Schema>>;

/// The page of a document that [`crate::describe`] made.
#[must_use]
pub fn render(document: &OpenApi) -> String {
    let none = Shapes::new();
    let shapes = document.components.as_ref().map_or(&none, |components| &components.schemas);
    let tags = by_tag(document);
    let title = escape(&document.info.title);
    let about = paragraphs(document.info.description.as_deref().unwrap_or_default());
    let mut page = format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta name=\"color-scheme\" content=\"light dark\">\n<title>{title}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n\
         <a class=\"skip\" href=\"#main\">Skip to the content</a>\n{}<main id=\"main\">\n<h1>{title}</h1>\n{about}{HOW}",
        contents(&tags)
    );
    for (tag, places) in &tags {
        let _ = write!(
            page,
            "<section aria-labelledby=\"tag-{0}\">\n<h2 id=\"tag-{0}\">{1}</h2>\n",
            anchor(tag),
            escape(tag)
        );
        page.extend(places.iter().map(|place| operation::render(place, shapes)));
        page.push_str("</section>\n");
    }
    page + &shapes_section(shapes) + &problems_section() + "</main>\n</body>\n</html>\n"
}

fn by_tag(document: &OpenApi) -> BTreeMap<&str, Vec<Place<'_>>> {
    let mut tags: BTreeMap<&str, Vec<Place<'_>>> = BTreeMap::new();
    for (path, item) in &document.paths.paths {
        for (method, operation) in operations(item) {
            let tag = operation.tags.iter().flatten().next().map_or("Other", String::as_str);
            tags.entry(tag).or_default().push(Place { method, path, operation });
        }
    }
    tags
}

fn operations(item: &PathItem) -> impl Iterator<Item = (&'static str, &Operation)> {
    let PathItem { get, put, post, patch, delete, .. } = item;
    let all = [("GET", get), ("POST", post), ("PUT", put), ("PATCH", patch), ("DELETE", delete)];
    all.into_iter().filter_map(|(method, operation)| Some((method, operation.as_ref()?)))
}

fn contents(tags: &BTreeMap<&str, Vec<Place<'_>>>) -> String {
    let mut list = String::from("<nav aria-label=\"Contents\">\n<details open>\n<summary>Contents</summary>\n<ul>\n");
    for (tag, places) in tags {
        let _ = write!(list, "<li><a href=\"#tag-{}\">{}</a>\n<ul>\n", anchor(tag), escape(tag));
        for place in places {
            let _ = writeln!(list, "<li><a href=\"#{}\">{}</a></li>", place.anchor(), escape(place.title()));
        }
        list.push_str("</ul></li>\n");
    }
    list + "<li><a href=\"#shapes\">Shapes</a></li>\n<li><a href=\"#problems\">Problems</a></li>\n</ul>\n</details>\n</nav>\n"
}

fn shapes_section(shapes: &Shapes) -> String {
    let shown = shapes.iter().map(|(name, shape)| {
        format!(
            "<section class=\"card\" id=\"shape-{}\">\n<h3>{}</h3>\n{}</section>\n",
            anchor(name),
            escape(name),
            fields::render(shape, shapes)
        )
    });
    let words = "<p>What bodies and answers are made of.</p>";
    format!(
        "<section aria-labelledby=\"shapes\">\n<h2 id=\"shapes\">Shapes</h2>\n{words}\n{}</section>\n",
        shown.collect::<String>()
    )
}

fn problems_section() -> String {
    let shown = Code::ALL.into_iter().map(|code| {
        let retry = if code.is_retryable() { " <span class=\"note\">may be repeated</span>" } else { "" };
        format!(
            "<section class=\"card\" id=\"problem-{0}\">\n<h3><code>{0}</code> <span class=\"status\">{1}</span>{retry}</h3>\n<p>{2}</p>\n</section>\n",
            code.slug(),
            api::status(code).as_u16(),
            prose(meaning(code))
        )
    });
    let words = "<p>Every <code>code</code> that a problem document can hold. None is ever renamed.</p>";
    format!(
        "<section aria-labelledby=\"problems\">\n<h2 id=\"problems\">Problems</h2>\n{words}\n{}</section>\n",
        shown.collect::<String>()
    )
}

impl Place<'_> {
    fn anchor(&self) -> String {
        anchor(self.operation.operation_id.as_deref().unwrap_or(self.path))
    }

    fn title(&self) -> &str {
        self.operation.summary.as_deref().unwrap_or(self.path)
    }
}
