//! The AWS command line, with its checksums, its trailers and its parts.

use std::path::Path;

use embedded::ObjectStore;
use tokio::process::Command;

use crate::support::{BUCKET, functions, operator, options, s3};

async fn aws(
    store: &ObjectStore,
    principal: &embedded::objects::Principal,
    home: &Path,
    arguments: &[&str],
) -> (bool, String) {
    let output = Command::new("aws")
        .args(["--endpoint-url", store.endpoint()])
        .args(arguments)
        .current_dir(home)
        .env("HOME", home)
        .env("AWS_ACCESS_KEY_ID", &principal.key_id)
        .env("AWS_SECRET_ACCESS_KEY", &principal.secret)
        .env("AWS_REGION", "eu-central-1")
        .env("AWS_EC2_METADATA_DISABLED", "true")
        .env("NO_PROXY", "127.0.0.1")
        .output()
        .await
        .expect("the AWS command line is needed (`pip install awscli`, or `cargo xtask test`, which does it)");
    let text = [output.stdout, output.stderr].concat();
    (output.status.success(), String::from_utf8(text).unwrap())
}

#[tokio::test(flavor = "multi_thread")]
async fn the_aws_command_line_copies_lists_and_removes() {
    let home = tempfile::tempdir().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let store = ObjectStore::start(options(folder.path())).await.unwrap();
    let big: Vec<u8> = (0..20_000_000_u32).flat_map(|number| number.to_le_bytes()).take(20_000_000).collect();
    std::fs::write(home.path().join("big.bin"), &big).unwrap();
    std::fs::write(home.path().join("a b+ü.xlsx"), "small").unwrap();
    let target = format!("s3://{BUCKET}/drops/");
    for file in ["a b+ü.xlsx", "big.bin"] {
        let (done, told) = aws(&store, &operator(), home.path(), &["s3", "cp", file, &target]).await;
        assert!(done, "{told}");
    }
    let client = s3(store.endpoint(), &functions());
    let head = client.head_object().bucket(BUCKET).key("drops/big.bin").send().await.unwrap();
    assert!(head.e_tag().unwrap().contains('-'), "a file of this size is sent in parts");
    let (done, told) = aws(&store, &functions(), home.path(), &["s3", "ls", &target]).await;
    assert!(done && told.contains("5 a b+ü.xlsx") && told.contains("20000000 big.bin"), "{told}");
    let source = format!("{target}big.bin");
    let (done, told) = aws(&store, &functions(), home.path(), &["s3", "cp", &source, "back.bin"]).await;
    assert!(done, "{told}");
    assert!(std::fs::read(home.path().join("back.bin")).unwrap() == big);
    let (done, told) = aws(&store, &functions(), home.path(), &["s3", "rm", &target, "--recursive"]).await;
    assert!(done, "{told}");
    assert_eq!(client.list_objects_v2().bucket(BUCKET).send().await.unwrap().key_count(), Some(0));
    let (done, told) = aws(&store, &operator(), home.path(), &["s3", "ls", &format!("s3://{BUCKET}/")]).await;
    assert!(!done && told.contains("AccessDenied"), "{told}");
}
