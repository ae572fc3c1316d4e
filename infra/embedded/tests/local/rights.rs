//! Access keys that may do some things and not others.

use aws_sdk_s3::error::ProvideErrorMetadata;
use aws_sdk_s3::primitives::ByteStream;
use aws_sdk_s3::types::{Delete, ObjectIdentifier};

use crate::objects::{put, store};
use crate::support::{BUCKET, functions, operator, s3};

const DENIED: Option<&str> = Some("AccessDenied");

#[tokio::test(flavor = "multi_thread")]
async fn an_operator_drops_files_and_reads_results_and_nothing_else() {
    let (_folder, store, functions) = store().await;
    let operator = s3(store.endpoint(), &operator());
    for key in ["results/r", "drops/d", "imports/i"] {
        put(&functions, key, "x").await;
    }
    let write = |key| operator.put_object().bucket(BUCKET).key(key).body(ByteStream::from_static(b"x")).send();
    let read = |key| operator.get_object().bucket(BUCKET).key(key).send();
    let list = |prefix| operator.list_objects_v2().bucket(BUCKET).prefix(prefix).send();
    write("drops/new").await.unwrap();
    read("results/r").await.unwrap();
    list("drops/").await.unwrap();
    for key in ["results/new", "imports/new", "drops", "new"] {
        assert_eq!(write(key).await.unwrap_err().code(), DENIED, "{key}");
    }
    for key in ["drops/d", "imports/i"] {
        assert_eq!(read(key).await.unwrap_err().code(), DENIED, "{key}");
    }
    for prefix in ["", "imports/", "drop"] {
        assert_eq!(list(prefix).await.unwrap_err().code(), DENIED, "{prefix}");
    }
    let copy = operator.copy_object().bucket(BUCKET).key("drops/copy").copy_source(format!("{BUCKET}/imports/i"));
    assert_eq!(copy.send().await.unwrap_err().code(), DENIED);
    let begin = operator.create_multipart_upload().bucket(BUCKET).key("imports/big");
    assert_eq!(begin.send().await.unwrap_err().code(), DENIED);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_may_not_delete_is_told_so_for_each_key() {
    let (_folder, store, functions) = store().await;
    let operator = s3(store.endpoint(), &operator());
    put(&functions, "drops/d", "x").await;
    assert_eq!(operator.delete_object().bucket(BUCKET).key("drops/d").send().await.unwrap_err().code(), DENIED);
    let keys = Delete::builder().objects(ObjectIdentifier::builder().key("drops/d").build().unwrap()).build().unwrap();
    let answer = operator.delete_objects().bucket(BUCKET).delete(keys).send().await.unwrap();
    assert_eq!(answer.errors()[0].code(), DENIED);
    functions.head_object().bucket(BUCKET).key("drops/d").send().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unknown_key_and_a_wrong_secret_are_refused() {
    let (_folder, store, _client) = store().await;
    let mut stranger = functions();
    stranger.key_id = "STRANGER".to_owned();
    let mut liar = functions();
    liar.secret = "guessed".to_owned();
    for (principal, code) in [(stranger, "InvalidAccessKeyId"), (liar, "SignatureDoesNotMatch")] {
        let fault = s3(store.endpoint(), &principal).list_objects_v2().bucket(BUCKET).send().await.unwrap_err();
        assert_eq!(fault.code(), Some(code));
    }
}
