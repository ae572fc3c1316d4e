//! The registry a page at a time.

use std::collections::BTreeMap;

use domain::id::UserId;
use domain::metadata::Metadata;
use domain::organization::{CreateOrganization, ListOrganizations, Placement};
use domain::scope::Platform;

use crate::bench::{Bench, actor, mint};

#[tokio::test]
async fn a_page_of_organizations_with_all_the_metadata_there_can_be_ends_before_no_answer_can_carry_it() {
    let bench = Bench::start().await;
    let root = actor(UserId::from_parts(1, 1), true);
    let pairs: BTreeMap<String, String> = (0..50).map(|n| (format!("{n:064}"), "😀".repeat(512))).collect();
    let metadata = Metadata::try_from(pairs).unwrap();
    for n in 0..30 {
        let asked = CreateOrganization {
            name: format!("Acme {n:02}").try_into().unwrap(),
            slug: None,
            metadata: metadata.clone(),
            settings: Default::default(),
            placement: Placement::Pooled,
        };
        bench.store.create_organization(&root.grant(asked, Platform).unwrap(), None, &mut mint()).await.unwrap();
    }
    let granted = root.grant(ListOrganizations { name_prefix: None, status: None }, Platform).unwrap();
    let (mut names, mut cursor) = (vec![], None);
    loop {
        let page = bench.store.list_organizations(&granted, cursor.as_ref(), 100).await.unwrap();
        let bytes: usize = page.items.iter().map(|one| serde_json::to_vec(&one.metadata).unwrap().len()).sum();
        assert!(bytes <= 2_500_000, "a page of {bytes} bytes");
        names.extend(page.items.into_iter().map(|one| one.name.to_string()));
        cursor = page.next;
        if cursor.is_none() {
            break;
        }
    }
    assert_eq!(names, (0..30).map(|n| format!("Acme {n:02}")).collect::<Vec<_>>());
}
