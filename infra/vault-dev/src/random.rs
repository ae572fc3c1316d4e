//! Random values: keys, tokens and ids.

use crate::answer::Refusal;

/// `N` bytes from the operating system.
pub(crate) fn bytes<const N: usize>() -> Result<[u8; N], Refusal> {
    let mut bytes = [0; N];
    fill(&mut bytes)?;
    Ok(bytes)
}

/// Fills the slice from the operating system.
pub(crate) fn fill(bytes: &mut [u8]) -> Result<(), Refusal> {
    getrandom::fill(bytes).map_err(|_| Refusal::internal("no random bytes"))
}

/// A random UUID in its usual spelling.
pub(crate) fn uuid() -> Result<String, Refusal> {
    let digits = hex(&bytes::<16>()?);
    let part = |from: usize, to: usize| digits.get(from..to).unwrap_or_default();
    Ok([part(0, 8), part(8, 12), part(12, 16), part(16, 20), part(20, 32)].join("-"))
}

/// 24 letters and digits, as in Vault's tokens and accessors.
pub(crate) fn name() -> Result<String, Refusal> {
    const ALPHABET: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
    let picked = bytes::<24>()?.map(|byte| ALPHABET.get(usize::from(byte) % ALPHABET.len()).copied().unwrap_or(b'A'));
    Ok(picked.into_iter().map(char::from).collect())
}

/// Lower-case hexadecimal digits.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
