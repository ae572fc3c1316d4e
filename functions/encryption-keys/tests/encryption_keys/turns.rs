//! Turns that nothing cuts off.

use aws_sdk_dynamodb::types::AttributeValue;
use domain::encryption_key::{RotationDays, ScheduleRotation, Stage};
use domain::organization::{MoveOrganization, Placement, Purge};
use domain::{Code, Patch};
use embedded::faults::Fault;
use encryption_keys::Done;

use crate::place::{Place, lifecycle, mint, pass, superadmin};

#[tokio::test]
async fn everything_follows_a_new_version_and_then_the_old_one_opens_nothing() {
    let place = Place::start().await;
    for (name, placement) in [("Acme", Placement::Dedicated), ("Beta", Placement::Pooled)] {
        let mut tenant = place.tenant(name, placement).await;
        place.add(&mut tenant, &place.sealer(), 2).await;
        let (neighbor, old) = (place.tenant(&format!("{name} two"), placement).await, place.copies(&tenant).await);
        let theirs = place.copies(&neighbor).await;
        place.ask(&tenant.organization).await.unwrap();
        let first = Done { organizations: 1, rotated: 1, rewrapped: 12, ..Done::default() };
        assert_eq!(place.run().await, first);
        place.assert_followed(&tenant, 2).await;
        assert_eq!(place.run().await, Done::default(), "nothing is due before what was at hand elsewhere is gone");
        pass(599);
        assert_eq!(place.run().await, Done::default());
        assert!(place.sealer().open(&tenant.sealed[0].0, &old[0]).await.is_ok());
        pass(1);
        assert_eq!(place.run().await, Done { organizations: 1, retired: 1, ..Done::default() });
        place.assert_turned(&tenant, &old, 2).await;
        assert_eq!(place.copies(&neighbor).await, theirs);
        place.assert_opens(&neighbor).await;
        for action in ["rotation-requested", "rotated", "versions-retired"] {
            let found = place.recorded(&format!("encryption-key.{action}"), &tenant.organization).await;
            assert_eq!(found, 1, "{action}");
        }
    }
}

/// The order that keeps content readable: a process goes on sealing with the data key that it has, for five minutes, and
/// another one writes back what it read before.
#[tokio::test]
async fn what_was_sealed_or_written_back_under_the_old_version_after_the_new_one_came_follows_before_that_goes() {
    let place = Place::start().await;
    let mut tenant = place.tenant("Acme", Placement::Pooled).await;
    let (slow, old) = (place.sealer(), place.copies(&tenant).await);
    place.add(&mut tenant, &slow, 1).await;
    place.ask(&tenant.organization).await.unwrap();
    assert_eq!(place.run().await.rewrapped, 8);
    pass(299);
    place.add(&mut tenant, &slow, 1).await;
    pass(200);
    place.write_back(&tenant.sealed[0].0, &old[0]).await;
    pass(101);
    assert_eq!(place.run().await, Done { organizations: 1, rewrapped: 5, ..Done::default() });
    place.assert_followed(&tenant, 2).await;
    pass(599);
    place.write_back(&tenant.sealed[0].0, &old[0]).await;
    pass(1);
    assert_eq!(place.run().await, Done { organizations: 1, rewrapped: 1, ..Done::default() });
    pass(600);
    assert_eq!(place.run().await.retired, 1);
    place.assert_turned(&tenant, &old, 2).await;
}

#[tokio::test]
async fn a_key_turns_by_itself_after_its_days_and_again_after_as_many() {
    let place = Place::start().await;
    let tenant = place.tenant("Acme", Placement::Pooled).await;
    let every = Patch::Set(RotationDays::try_from(30).unwrap());
    let asked = ScheduleRotation { version: 0, every };
    let granted = superadmin(Some(&tenant.organization)).grant(asked, tenant.organization.id).unwrap();
    assert_eq!(place.store.schedule_rotation(&granted, &mut mint()).await.unwrap().version, 1);
    assert_eq!(place.run().await, Done::default());
    for newest in [2, 3] {
        pass(30 * 24 * 3600);
        let old = place.copies(&tenant).await;
        assert_eq!(place.run().await.rotated, 1);
        pass(600);
        assert_eq!(place.run().await.retired, 1);
        place.assert_turned(&tenant, &old, newest).await;
    }
    assert_eq!(place.recorded("encryption-key.schedule-changed", &tenant.organization).await, 1);
    assert_eq!(place.recorded("encryption-key.rotation-requested", &tenant.organization).await, 0);
    let stale = place.store.schedule_rotation(&granted, &mut mint()).await.unwrap_err();
    assert_eq!(stale.code(), Code::PreconditionFailed);
}

#[tokio::test]
async fn a_second_turn_waits_for_the_end_of_the_first() {
    let place = Place::start().await;
    let tenant = place.tenant("Acme", Placement::Pooled).await;
    place.ask(&tenant.organization).await.unwrap();
    let refused = async || place.ask(&tenant.organization).await.unwrap_err().code();
    assert_eq!(refused().await, Code::EncryptionKeyRotating);
    place.run().await;
    assert_eq!(refused().await, Code::EncryptionKeyRotating);
    pass(600);
    place.run().await;
    place.ask(&tenant.organization).await.unwrap();
}

#[tokio::test]
async fn an_archived_organizations_key_turns_too() {
    let place = Place::start().await;
    let mut tenant = place.tenant("Acme", Placement::Dedicated).await;
    let granted =
        superadmin(Some(&tenant.organization)).grant(MoveOrganization::Archive, tenant.organization.id).unwrap();
    let archived = place.store.move_organization(&granted, &tenant.organization, &mut mint()).await.unwrap();
    tenant.organization = archived;
    let old = place.copies(&tenant).await;
    place.ask(&tenant.organization).await.unwrap();
    assert_eq!(place.run().await.rotated, 1);
    pass(600);
    assert_eq!(place.run().await.retired, 1);
    place.assert_turned(&tenant, &old, 2).await;
}

#[tokio::test]
async fn a_purge_in_the_middle_of_a_turn_ends_it_and_leaves_nothing_of_it() {
    let place = Place::start().await;
    let tenant = place.tenant("Acme", Placement::Dedicated).await;
    let (organization, id) = (&tenant.organization, tenant.organization.id);
    place.ask(organization).await.unwrap();
    place.run().await;
    let confirm = MoveOrganization::Delete { confirm: "Acme".into() };
    let granted = superadmin(Some(organization)).grant(confirm, id).unwrap();
    let deleting = place.store.move_organization(&granted, organization, &mut mint()).await.unwrap();
    pass(30 * 24 * 3600);
    let granted = lifecycle(&deleting).grant(Purge, id).unwrap();
    let begun = place.store.begin_purge(&granted, &mut mint()).await.unwrap().unwrap();
    assert_eq!(place.run().await, Done { organizations: 1, ..Done::default() }, "it goes, and is left alone");
    assert!(place.store.purge_content(&granted).await.unwrap());
    place.vault.destroy_organization_key(&id.to_string()).await.unwrap();
    assert_eq!(place.run().await, Done { organizations: 1, ..Done::default() });
    place.store.finish_purge(&granted, &begun, &mut mint()).await.unwrap();
    assert_eq!(place.run().await, Done::default());
    let call = place.client.get_item().table_name("test-platform").key("pk", AttributeValue::S(format!("ORG#{id}")));
    let call = call.key("sk", AttributeValue::S("ENCRYPTION-KEY".into()));
    assert!(call.send().await.unwrap().item.is_none());
    assert_eq!(place.ask(organization).await.unwrap_err().code(), Code::OrganizationNotActive);
}

#[tokio::test]
async fn what_does_not_open_keeps_the_old_version_and_keeps_nothing_else_waiting() {
    let place = Place::start().await;
    let tenant = place.tenant("Acme", Placement::Pooled).await;
    let whole = place.copies(&tenant).await;
    // A bit of the wrapped data key: the vault does not open it.
    let mut broken = whole[0].as_bytes().to_vec();
    broken[30] ^= 1;
    place.write_back(&tenant.sealed[0].0, &domain::sealed::Sealed::new(broken)).await;
    place.ask(&tenant.organization).await.unwrap();
    assert_eq!(place.run().await, Done { organizations: 1, rotated: 1, rewrapped: 3, stuck: 1, ..Done::default() });
    for _ in 0..3 {
        pass(3_600);
        assert_eq!(place.run().await, Done { organizations: 1, stuck: 1, ..Done::default() });
    }
    let stage = place.key(&tenant.organization).await.stage;
    assert!(matches!(stage, Stage::Rewrapping(rewrapping) if rewrapping.stuck == 1));
    place.write_back(&tenant.sealed[0].0, &whole[0]).await;
    for _ in 0..3 {
        pass(3_600);
        place.run().await;
    }
    place.assert_turned(&tenant, &whole, 2).await;
}

#[tokio::test]
async fn without_vault_a_turn_waits_and_keeps_no_other_one_waiting() {
    let place = Place::start().await;
    let tenants = [place.tenant("Acme", Placement::Pooled).await, place.tenant("Beta", Placement::Pooled).await];
    for tenant in &tenants {
        place.ask(&tenant.organization).await.unwrap();
    }
    place.secrets.script(|_| Fault::DropBefore);
    assert_eq!(place.run().await, Done { organizations: 2, failed: 2, ..Done::default() });
    place.secrets.clear();
    assert_eq!(place.run().await.rotated, 2);
    pass(600);
    assert_eq!(place.run().await.retired, 2);
}
