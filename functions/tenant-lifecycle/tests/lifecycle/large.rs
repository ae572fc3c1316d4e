//! A purge that takes long, beside others.

use aws_sdk_dynamodb::types::AttributeValue;
use domain::organization::Placement;
use tenant_lifecycle::{App, Swept};

use crate::stack::{Stack, hurried, pass_days};

#[tokio::test]
async fn an_organization_with_many_members_keeps_no_other_one_waiting() {
    let stack = Stack::start().await;
    let (large, small) = (stack.tenant("Acme", Placement::Pooled).await, stack.tenant("Beta", Placement::Pooled).await);
    // More than one call takes out.
    for number in 0..70 {
        stack.joined(&large.organization, &format!("p{number}")).await;
    }
    stack.delete(&large).await;
    stack.delete(&small).await;
    pass_days(30);
    let swept = App { clock: hurried, ..stack.app() }.sweep().await.unwrap();
    assert_eq!(swept, Swept { purged: 1, left: 1, ..Swept::default() });
    stack.assert_gone(&small).await;
    assert_eq!(stack.sweep().await.purged, 1);
    stack.assert_gone(&large).await;
}

#[tokio::test]
async fn members_that_are_listed_and_are_not_there_do_not_keep_the_sweep_busy() {
    let stack = Stack::start().await;
    let (acme, beta) = (stack.tenant("Acme", Placement::Pooled).await, stack.tenant("Beta", Placement::Pooled).await);
    stack.delete(&acme).await;
    stack.delete(&beta).await;
    pass_days(30);
    // Stands for an index that is behind: whoever has no account any more cannot be taken out.
    let (pk, sk) = (format!("USER#{}", acme.people[0]), "USER".to_owned());
    let lost = stack.client.delete_item().table_name("test-platform").key("pk", AttributeValue::S(pk));
    lost.key("sk", AttributeValue::S(sk)).send().await.unwrap();
    let swept = stack.app().sweep().await.unwrap();
    assert_eq!(swept, Swept { purged: 1, left: 1, ..Swept::default() });
    stack.assert_gone(&beta).await;
}
