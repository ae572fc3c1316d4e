//! What no route answers: 405 where the path has other methods, else 404.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use api::Problem;
use axum::response::{IntoResponse, Response};
use domain::{Code, Error};
use http::Uri;
use http::header::ALLOW;
use serde::Deserialize;
use serde::de::IgnoredAny;

use crate::pages::OPENAPI;

/// Of the description, no more than which methods each path has.
#[derive(Deserialize)]
struct Description {
    paths: BTreeMap<String, BTreeMap<String, IgnoredAny>>,
}

/// Read at the first request that no route answers, never at the start.
static DESCRIPTION: LazyLock<Option<Description>> = LazyLock::new(|| serde_json::from_str(OPENAPI).ok());

/// The gateway sends here whatever fits none of its routes; on one machine the router does.
pub(crate) async fn otherwise(asked: Uri) -> Response {
    let methods = methods(asked.path());
    if methods.is_empty() {
        return Problem::from(Error::not_found()).into_response();
    }
    let refused = Problem::from(Error::new(Code::MethodNotAllowed, "the route has other methods"));
    ([(ALLOW, methods.join(","))], refused).into_response()
}

/// The methods that a path has, in capitals; none for an unknown path.
fn methods(path: &str) -> Vec<String> {
    if ["/", "/docs"].contains(&path) {
        return vec!["GET".to_owned()];
    }
    let described = DESCRIPTION.iter().flat_map(|description| &description.paths);
    let fitting = described.filter(|(pattern, _)| fits(pattern, path)).flat_map(|(_, methods)| methods.keys());
    fitting.map(|method| method.to_uppercase()).collect()
}

/// Whether a path is one of the pattern's: segment by segment, `{…}` standing for any that is not empty.
fn fits(pattern: &str, path: &str) -> bool {
    let (wanted, given) = (pattern.split('/').collect::<Vec<_>>(), path.split('/').collect::<Vec<_>>());
    let same = |(wanted, given): (&&str, &&str)| wanted == given || (wanted.starts_with('{') && !given.is_empty());
    wanted.len() == given.len() && wanted.iter().zip(&given).all(same)
}

#[cfg(test)]
mod tests {
    use super::methods;

    #[test]
    fn a_path_has_the_methods_that_the_description_gives_it() {
        assert_eq!(methods("/v1/me"), ["GET", "PATCH"]);
        assert_eq!(methods("/v1/organizations/org_x/members/usr_y"), ["DELETE", "GET", "PATCH"]);
        assert_eq!(methods("/docs"), ["GET"]);
    }

    #[test]
    fn an_unknown_path_has_none() {
        for path in ["/v1/me/", "/v1/organizations//members", "/v1", "//", "/v1/me/x/y", "/v1/organizations/a/b/c/d"] {
            assert!(methods(path).is_empty(), "{path}");
        }
    }
}
