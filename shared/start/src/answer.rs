//! What an HTTP function answers, as the platform takes it: text if it is UTF-8, bytes if not.

use std::future::ready;
use std::pin::Pin;

use axum::response::Response;
use http_body_util::BodyExt;
use lambda_http::{Body, Error, IntoResponse};

/// A whole answer.
///
/// `lambda_http` would tell text from bytes by the content type, and carries the tables of all old encodings for that:
/// a twentieth of a zip. The client gets the same bytes either way.
pub(crate) struct Answer(http::Response<Body>);

impl Answer {
    /// Waits for the body's end.
    pub(crate) async fn whole(response: Response) -> Result<Self, Error> {
        let (head, body) = response.into_parts();
        let bytes = Vec::from(body.collect().await?.to_bytes());
        let body = String::from_utf8(bytes).map_or_else(|bytes| Body::Binary(bytes.into_bytes()), Body::Text);
        Ok(Self(http::Response::from_parts(head, body)))
    }
}

impl IntoResponse for Answer {
    fn into_response(self) -> Pin<Box<dyn Future<Output = http::Response<Body>> + Send>> {
        Box::pin(ready(self.0))
    }
}

#[cfg(test)]
mod tests {
    use axum::response::{IntoResponse as _, Response};
    use lambda_http::{Body, IntoResponse as _};

    use super::Answer;

    async fn told(response: Response) -> http::Response<Body> {
        Answer::whole(response).await.unwrap().into_response().await
    }

    #[tokio::test]
    async fn text_stays_readable_whatever_it_is_called() {
        for kind in ["application/problem+json", "text/csv; charset=latin1", "image/svg+xml", "font/woff2"] {
            let answer = told(([("content-type", kind)], "{\"name\":\"Zoë\"}").into_response()).await;
            assert_eq!(answer.body(), &Body::Text("{\"name\":\"Zoë\"}".to_owned()));
            assert_eq!(answer.headers()["content-type"], kind);
        }
    }

    #[tokio::test]
    async fn bytes_arrive_as_they_were_whatever_they_are_called() {
        for kind in ["application/octet-stream", "text/html", "application/json"] {
            let answer = told(([("content-type", kind)], vec![0x50, 0x4b, 0xff, 0x00]).into_response()).await;
            assert_eq!(answer.body(), &Body::Binary(vec![0x50, 0x4b, 0xff, 0x00]));
        }
    }

    #[tokio::test]
    async fn status_and_headers_are_kept() {
        let answer = told((http::StatusCode::CREATED, [("etag", "\"7\"")], "").into_response()).await;
        assert_eq!(
            (answer.status(), &answer.headers()["etag"]),
            (http::StatusCode::CREATED, &"\"7\"".parse().unwrap())
        );
        assert!(answer.body().is_empty());
    }
}
