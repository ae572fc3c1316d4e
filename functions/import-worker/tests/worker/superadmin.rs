//! Whoever asks for imports in tests.

use std::collections::BTreeMap;

use domain::organization::Organization;
use domain::scope::Platform;
use domain::user::Bootstrap;
use domain::{Actor, Mint, Origin, Principal, Timestamp};
use store::{OneTimePassword, Store};

/// Its first id is the superadmin's.
fn of_superadmin() -> Mint {
    Mint::new(Timestamp::from_millis(1), [1; 32])
}

pub(crate) fn superadmin(organization: Option<&Organization>) -> Actor {
    let id = of_superadmin().id();
    let principal =
        Principal::User { id, email: "root@ops.example".into(), superadmin: true, must_change_password: false };
    let standing = organization.map(|organization| organization.standing(None, BTreeMap::new()));
    Actor { principal, standing, origin: Origin::default() }
}

/// Puts in place whom [`superadmin`] names.
pub(crate) async fn put_in_place(store: &Store) {
    let operator = Actor { principal: Principal::Operator, standing: None, origin: Origin::default() };
    let granted = operator.grant(Bootstrap, Platform).unwrap();
    let asked = OneTimePassword {
        email: "root@ops.example".parse().unwrap(),
        password: "$locked$".to_owned(),
        password_until: Timestamp::from_millis(1),
    };
    store.create_superadmin(&granted, asked, &mut of_superadmin()).await.unwrap();
}
