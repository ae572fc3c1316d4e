//! Which capabilities a token's policies give on a path.

use std::cmp::Ordering;
use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

/// What a policy can allow; `Deny` takes away everything else.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Capability {
    Create,
    Delete,
    Deny,
    List,
    Patch,
    Read,
    Root,
    Sudo,
    Update,
}

/// One `path` block: the pattern as it was written, and what it allows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Rule {
    pub(crate) pattern: String,
    pub(crate) capabilities: BTreeSet<Capability>,
    #[serde(default)]
    pub(crate) wrapping: Wrapping,
}

/// How long answers must be wrapped, in seconds: a bound that is set lets nobody have an answer in clear.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Wrapping {
    pub(crate) least: Option<u64>,
    pub(crate) most: Option<u64>,
}

impl Wrapping {
    /// Whether a request that wants its answer wrapped for so long, or in clear, is let through.
    pub(crate) fn admits(self, wanted: Option<u64>) -> bool {
        let Self { least, most } = self;
        least.is_none_or(|least| wanted.is_some_and(|wanted| wanted >= least))
            && most.is_none_or(|most| wanted.is_some_and(|wanted| wanted <= most))
    }

    fn united(self, other: Self) -> Self {
        let lower = |a: Option<u64>, b: Option<u64>| a.into_iter().chain(b).min();
        Self { least: lower(self.least, other.least), most: lower(self.most, other.most) }
    }
}

impl Capability {
    pub(crate) fn parse(name: &str) -> Option<Self> {
        Some(match name {
            "create" => Self::Create,
            "delete" => Self::Delete,
            "deny" => Self::Deny,
            "list" => Self::List,
            "patch" => Self::Patch,
            "read" => Self::Read,
            "sudo" => Self::Sudo,
            "update" => Self::Update,
            _ => return None,
        })
    }
}

/// What the rules give on the path: those of the one pattern that fits best, united over all policies; empty means denied.
///
/// A list's path ends with `/`; an exact pattern may leave that out.
pub(crate) fn capabilities<'a>(rules: impl Iterator<Item = &'a Rule> + Clone, path: &str) -> BTreeSet<Capability> {
    let given: BTreeSet<_> = deciding(rules, path).flat_map(|rule| rule.capabilities.iter().copied()).collect();
    if given.contains(&Capability::Deny) { BTreeSet::new() } else { given }
}

/// How answers on the path must be wrapped, by the same pattern.
pub(crate) fn wrapping<'a>(rules: impl Iterator<Item = &'a Rule> + Clone, path: &str) -> Wrapping {
    deciding(rules, path).fold(Wrapping::default(), |all, rule| all.united(rule.wrapping))
}

/// The rules of the pattern that fits best.
fn deciding<'a>(rules: impl Iterator<Item = &'a Rule> + Clone, path: &str) -> impl Iterator<Item = &'a Rule> {
    let trimmed = path.trim_end_matches('/');
    let fits = |rule: &&Rule| fits(&rule.pattern, path) || is_exact(&rule.pattern) && rule.pattern == trimmed;
    let best = rules.clone().filter(fits).max_by(|a, b| compare(&a.pattern, &b.pattern));
    rules.filter(move |rule| best.is_some_and(|best| rule.pattern == best.pattern))
}

/// Whether a pattern fits a path: `+` stands for one whole segment, `*` at the end for anything.
fn fits(pattern: &str, path: &str) -> bool {
    let (pattern, open) = pattern.strip_suffix('*').map_or((pattern, false), |pattern| (pattern, true));
    let mut rest = path;
    let mut segments = pattern.split('/').peekable();
    while let Some(segment) = segments.next() {
        if segments.peek().is_none() && open {
            return rest.starts_with(segment) || segment == "+";
        }
        let (head, tail) = rest.split_once('/').map_or((rest, None), |(head, tail)| (head, Some(tail)));
        if segment != head && segment != "+" {
            return false;
        }
        match (tail, segments.peek()) {
            (None, None) => return true,
            (Some(tail), Some(_)) => rest = tail,
            _ => return false,
        }
    }
    false
}

fn is_exact(pattern: &str) -> bool {
    !pattern.ends_with('*') && !pattern.split('/').any(|segment| segment == "+")
}

/// Vault's order of priority; the greater pattern wins.
fn compare(a: &str, b: &str) -> Ordering {
    let plus = |pattern: &str| pattern.split('/').filter(|segment| *segment == "+").count();
    let first_wildcard = |pattern: &str| {
        let plus = pattern.starts_with("+/").then_some(0).or_else(|| pattern.find("/+").map(|at| at + 1));
        let star = pattern.ends_with('*').then(|| pattern.len() - 1);
        plus.into_iter().chain(star).min().unwrap_or(usize::MAX)
    };
    is_exact(a)
        .cmp(&is_exact(b))
        .then_with(|| first_wildcard(a).cmp(&first_wildcard(b)))
        .then_with(|| b.ends_with('*').cmp(&a.ends_with('*')))
        .then_with(|| plus(b).cmp(&plus(a)))
        .then_with(|| a.len().cmp(&b.len()))
        .then_with(|| a.cmp(b))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn given(rules: &[(&str, &[Capability])], path: &str) -> Vec<Capability> {
        let rules: Vec<_> = rules
            .iter()
            .map(|(pattern, given)| Rule {
                pattern: (*pattern).to_owned(),
                capabilities: given.iter().copied().collect(),
                wrapping: Wrapping::default(),
            })
            .collect();
        capabilities(rules.iter(), path).into_iter().collect()
    }

    #[test]
    fn a_pattern_fits_only_what_it_spells() {
        let cases = [
            ("a/b", "a/b", true),
            ("a/b", "a/b/c", false),
            ("a/*", "a/", true),
            ("a/*", "a/b/c", true),
            ("a/b*", "a/bc/d", true),
            ("a/*", "a", false),
            ("a/+/c", "a/b/c", true),
            ("a/+/c", "a/b/b/c", false),
            ("+/b", "a/b", true),
            ("a/+", "a/b/c", false),
            ("a/+/c*", "a/b/cd/e", true),
            ("a/+/c*", "a/b/d", false),
            ("*", "anything/at/all", true),
        ];
        for (pattern, path, expected) in cases {
            assert_eq!(fits(pattern, path), expected, "{pattern} on {path}");
        }
    }

    #[test]
    fn the_more_specific_pattern_decides_alone() {
        use Capability::{Deny, List, Read, Update};
        let rules: &[(&str, &[Capability])] =
            &[("a/*", &[Read, Update]), ("a/b/*", &[List]), ("a/b/c", &[Deny]), ("a/+/d", &[Update])];
        assert_eq!(given(rules, "a/x"), [Read, Update]);
        assert_eq!(given(rules, "a/b/x"), [List]);
        assert_eq!(given(rules, "a/b/c"), []);
        assert_eq!(given(rules, "a/b/d"), [List]);
        assert_eq!(given(rules, "a/x/d"), [Update]);
        assert_eq!(given(rules, "z"), []);
    }

    #[test]
    fn the_same_pattern_in_two_policies_unites_and_deny_wins() {
        use Capability::{Deny, Read, Update};
        assert_eq!(given(&[("a/*", &[Read]), ("a/*", &[Update])], "a/b"), [Read, Update]);
        assert_eq!(given(&[("a/*", &[Read]), ("a/*", &[Deny])], "a/b"), []);
    }

    #[test]
    fn a_bound_on_wrapping_refuses_an_answer_in_clear_and_one_wrapped_for_too_long_or_too_short() {
        let bound = Wrapping { least: Some(1), most: Some(60) };
        let admitted = [None, Some(0), Some(1), Some(60), Some(61)].map(|wanted| bound.admits(wanted));
        assert_eq!(admitted, [false, false, true, true, false]);
        assert!(Wrapping::default().admits(None) && Wrapping::default().admits(Some(3600)));
        assert_eq!(bound.united(Wrapping { least: None, most: Some(30) }), Wrapping { least: Some(1), most: Some(30) });
    }

    #[test]
    fn a_list_fits_an_exact_pattern_without_its_slash() {
        assert_eq!(given(&[("a/b", &[Capability::List])], "a/b/"), [Capability::List]);
    }
}
