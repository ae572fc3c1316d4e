//! The functions' documents as one, with what is true of every route.

use api::SESSION_COOKIE;
use domain::Code;
use http::StatusCode;
use utoipa::OpenApi;
use utoipa::openapi::path::{Operation, Parameter};
use utoipa::openapi::security::{
    ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityRequirement, SecurityScheme,
};
use utoipa::openapi::{
    Components, OpenApi as Document, PathItem, Ref, RefOr, Response, ResponseBuilder, Schema, Server,
};

/// The media type of problem documents.
pub(crate) const PROBLEM: &str = "application/problem+json";

/// What no function says of itself.
#[derive(OpenApi)]
#[openapi(
    info(
        title = "Admin Portal API",
        version = "1.0.0",
        description = "The control plane of a multi-tenant AI platform: organizations, people, projects, imports, audit.",
        license(name = "Apache-2.0", identifier = "Apache-2.0")
    ),
    components(schemas(api::ProblemView, api::FieldProblem))
)]
struct Whole;

/// One document of all functions' parts: who may come in, problem documents wherever something can go wrong, an id for every
/// operation that is its own.
#[must_use]
pub fn describe(parts: impl IntoIterator<Item = Document>) -> Document {
    let mut whole = parts.into_iter().fold(Whole::openapi(), Document::merge_from);
    whole.servers = Some(vec![Server::new("/")]);
    whole.security = Some(vec![
        SecurityRequirement::new::<_, [String; 0], String>("bearer", []),
        SecurityRequirement::new::<_, [String; 0], String>("cookie", []),
    ]);
    let components = whole.components.get_or_insert_with(Components::new);
    components.security_schemes.extend(schemes());
    list_codes(components);
    for (path, item) in &mut whole.paths.paths {
        for (method, operation) in operations_mut(item) {
            complete(operation, method, path);
        }
    }
    whole
}

fn schemes() -> [(String, RefOr<SecurityScheme>); 2] {
    let bearer = HttpBuilder::new().scheme(HttpAuthScheme::Bearer);
    let bearer = bearer.description(Some(
        "The `token` that `POST /v1/sessions` gives to a program, or an API token of a service account.",
    ));
    let cookie = ApiKeyValue::with_description(SESSION_COOKIE, "What `POST /v1/sessions` gives to a browser.");
    [
        ("bearer".to_owned(), RefOr::T(SecurityScheme::Http(bearer.build()))),
        ("cookie".to_owned(), RefOr::T(SecurityScheme::ApiKey(ApiKey::Cookie(cookie)))),
    ]
}

/// Names all codes where the problem document's `code` is described.
fn list_codes(components: &mut Components) {
    let Some(RefOr::T(Schema::Object(problem))) = components.schemas.get_mut("ProblemView") else { return };
    if let Some(RefOr::T(Schema::Object(code))) = problem.properties.get_mut("code") {
        code.enum_values = Some(Code::ALL.iter().map(|code| code.slug().into()).collect());
    }
}

fn operations_mut(item: &mut PathItem) -> impl Iterator<Item = (&'static str, &mut Operation)> {
    let PathItem { get, put, post, patch, delete, .. } = item;
    let all = [("get", get), ("put", put), ("post", post), ("patch", patch), ("delete", delete)];
    all.into_iter().filter_map(|(method, operation)| Some((method, operation.as_mut()?)))
}

fn complete(operation: &mut Operation, method: &str, path: &str) {
    operation.operation_id = Some(operation_id(method, path));
    for parameter in operation.parameters.iter_mut().flatten() {
        if let RefOr::T(parameter) = parameter {
            explain(parameter);
        }
    }
    for (status, response) in &mut operation.responses.responses {
        if let RefOr::T(response) = response {
            name(response, status);
        }
    }
    let may_refuse = path != "/v1/health" && path != "/v1/openapi.json";
    let missing = |status: &str| may_refuse && !operation.responses.responses.contains_key(status);
    let signed_in = operation.security.is_none();
    let added =
        [("401", "Not signed in", signed_in && missing("401")), ("default", "Any other problem", missing("default"))];
    for (status, words, _) in added.into_iter().filter(|(_, _, wanted)| *wanted) {
        let problem = utoipa::openapi::Content::new(Some(RefOr::Ref(Ref::from_schema_name("ProblemView"))));
        let response = ResponseBuilder::new().description(words).content(PROBLEM, problem).build();
        operation.responses.responses.insert(status.to_owned(), RefOr::T(response));
    }
}

/// Such as `get-organizations-by-org-members`.
fn operation_id(method: &str, path: &str) -> String {
    let step = |step: &str| match step.strip_prefix('{').and_then(|step| step.strip_suffix('}')) {
        Some(name) => format!("-by-{name}"),
        None => format!("-{}", step.replace('.', "-")),
    };
    let steps: String = path.trim_start_matches("/v1").split('/').filter(|step| !step.is_empty()).map(step).collect();
    format!("{method}{steps}")
}

/// The ids that many paths share.
fn explain(parameter: &mut Parameter) {
    let words = match parameter.name.as_str() {
        "org" => "The organization's id",
        "project" => "The project's id",
        "user" => "The person's id",
        _ => return,
    };
    parameter.description.get_or_insert_with(|| words.to_owned());
}

/// Gives problems their media type, and a nameless answer the name of its status.
fn name(response: &mut Response, status: &str) {
    let is_problem = |content: &utoipa::openapi::Content| matches!(&content.schema, Some(RefOr::Ref(schema)) if schema.ref_location.ends_with("/ProblemView"));
    if let Some(RefOr::T(content)) = response.content.get("application/json")
        && is_problem(content)
        && let Some(content) = response.content.shift_remove("application/json")
    {
        response.content.insert(PROBLEM.to_owned(), content);
    }
    if response.description.is_empty() {
        let known = status.parse::<StatusCode>().ok().and_then(|status| status.canonical_reason());
        known.unwrap_or("Done").clone_into(&mut response.description);
    }
}
