use std::collections::HashSet;

use super::*;

#[test]
fn no_two_codes_share_a_slug() {
    let slugs: HashSet<_> = Code::ALL.iter().map(|code| code.slug()).collect();
    assert_eq!(slugs.len(), Code::ALL.len());
}

#[test]
fn the_callers_text_never_holds_the_source() {
    let error = Error::internal("arn:aws:secret");
    assert!(!error.to_string().contains("arn"));
    assert!(StdError::source(&error).is_some());
}
