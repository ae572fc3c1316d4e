//! The models that a provider named, as far as they can be shown.

/// How many names are kept.
const NAMES_MAX: usize = 200;

/// How long a name may be, in bytes.
const NAME_LENGTH_MAX: usize = 128;

/// How much of a secret in a row is too much of it, in bytes; less is how keys and models alike begin.
const PIECE: usize = 16;

/// Names of models, at most 200, in the order in which they came.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Models {
    /// Each 1 to 128 letters, digits and `.:/@_+-`. A name with the credential, or with 16 characters of it, is not there.
    pub names: Vec<String>,
    /// Whether the provider has more, or said so.
    pub more: bool,
}

impl Models {
    pub(crate) fn new(named: impl IntoIterator<Item = String>, more: bool, secrets: &[&str]) -> Self {
        let shown = |name: &String| is_plain(name) && !secrets.iter().any(|secret| echoes(name, secret));
        let mut named = named.into_iter().filter(shown);
        let names: Vec<_> = named.by_ref().take(NAMES_MAX).collect();
        let more = more || named.next().is_some();
        Self { names, more }
    }
}

fn is_plain(name: &str) -> bool {
    let known = |byte: u8| byte.is_ascii_alphanumeric() || b".:/@_+-".contains(&byte);
    (1..=NAME_LENGTH_MAX).contains(&name.len()) && name.bytes().all(known)
}

fn echoes(name: &str, secret: &str) -> bool {
    let piece = PIECE.min(secret.len()).max(1);
    secret.as_bytes().windows(piece).any(|part| name.as_bytes().windows(piece).any(|found| found == part))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(names: &[&str], secret: &str) -> Vec<String> {
        Models::new(names.iter().map(|name| (*name).to_owned()), false, &[secret]).names
    }

    #[test]
    fn a_name_that_holds_the_credential_or_much_of_it_is_not_shown() {
        let secret = "sk-proj-0123456789abcdef";
        let echoed =
            ["sk-proj-0123456789abcdef", "a/sk-proj-0123456789abcdef/b", "0123456789abcdef", "sk-proj-01234567"];
        assert!(shown(&echoed, secret).is_empty());
        assert_eq!(shown(&["sk-proj-model", "gpt-5"], secret), ["sk-proj-model", "gpt-5"]);
        assert_eq!(shown(&["my-EMPTY-model", "gpt-5"], "EMPTY"), ["gpt-5"]);
    }

    #[test]
    fn a_name_that_is_none_is_not_shown() {
        let long = "x".repeat(129);
        let odd = ["", "a b", "a\nb", "<script>", "=1+1", "ä", "a\"b", "a?b", &long];
        assert!(shown(&odd, "secret").is_empty());
        let real = [
            "meta-llama/Llama-3.1-8B-Instruct",
            "anthropic.claude-3-5-sonnet-20241022-v2:0",
            "llama3.2:1b",
            "@cf/a_b+c",
        ];
        assert_eq!(shown(&real, "secret"), real);
    }

    #[test]
    fn two_hundred_are_kept_and_the_rest_is_mentioned() {
        let named = |count: usize| Models::new((0..count).map(|number| format!("m-{number}")), false, &[]);
        assert_eq!((named(200).names.len(), named(200).more), (200, false));
        assert_eq!((named(201).names.len(), named(201).more), (200, true));
    }
}
