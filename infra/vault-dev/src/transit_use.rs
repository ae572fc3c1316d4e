//! What transit keys are used for: encrypting, data keys, signing, HMAC, random bytes.

use base64::engine::general_purpose::STANDARD;
use base64::{DecodeError, Engine};
use hmac::{Hmac, KeyInit, Mac};
use serde_json::{Value, json};
use sha2::{Sha224, Sha256, Sha384, Sha512};

use crate::answer::{Outcome, Refusal, Reply};
use crate::ask::{Ask, Fields};
use crate::random;
use crate::transit_key::{Key, Kind, Version};

const PREFIX: &str = "vault:v";

/// `encrypt/<key>`, one plaintext or a batch.
pub(crate) fn encrypt(key: &Key, fields: &Fields) -> Outcome {
    each(fields, |item| {
        let plaintext = item.text("plaintext").ok_or_else(|| Refusal::bad("missing plaintext to encrypt"))?;
        let (number, ciphertext) = seal(key, item.number("key_version")?.unwrap_or(0), &decode(plaintext)?)?;
        Ok(json!({"ciphertext": ciphertext, "key_version": number}))
    })
}

/// `decrypt/<key>`, one ciphertext or a batch.
pub(crate) fn decrypt(key: &Key, fields: &Fields) -> Outcome {
    each(fields, |item| Ok(json!({"plaintext": STANDARD.encode(open(key, item)?)})))
}

/// `rewrap/<key>`: the same plaintext under the newest version.
pub(crate) fn rewrap(key: &Key, fields: &Fields) -> Outcome {
    each(fields, |item| {
        let (number, ciphertext) = seal(key, item.number("key_version")?.unwrap_or(0), &open(key, item)?)?;
        Ok(json!({"ciphertext": ciphertext, "key_version": number}))
    })
}

/// `datakey/plaintext/<key>` and `datakey/wrapped/<key>`.
pub(crate) fn data_key(key: &Key, form: &str, fields: &Fields) -> Outcome {
    if form != "plaintext" && form != "wrapped" {
        return Err(Refusal::bad("Invalid path, must be 'plaintext' or 'wrapped'"));
    }
    let length = match fields.number("bits")?.unwrap_or(256) {
        128 => 16,
        256 => 32,
        512 => 64,
        _ => return Err(Refusal::bad("invalid bit length")),
    };
    let mut plaintext = vec![0; length];
    random::fill(&mut plaintext)?;
    let (number, ciphertext) = seal(key, 0, &plaintext)?;
    Ok(Reply::Data(if form == "plaintext" {
        json!({"ciphertext": ciphertext, "key_version": number, "plaintext": STANDARD.encode(plaintext)})
    } else {
        json!({"ciphertext": ciphertext, "key_version": number})
    }))
}

/// `sign/<key>`
pub(crate) fn sign(key: &Key, fields: &Fields) -> Outcome {
    if key.kind != Kind::Ed25519 {
        return Err(Refusal::bad("key type does not support signing"));
    }
    let (number, version) = key.outgoing(fields.number("key_version")?.unwrap_or(0))?;
    let signature = STANDARD.encode(version.sign(&input(fields)?));
    Ok(Reply::Data(json!({"key_version": number, "signature": format!("{PREFIX}{number}:{signature}")})))
}

/// `hmac/<key>` and `hmac/<key>/<algorithm>`
pub(crate) fn hmac(key: &Key, fields: &Fields, algorithm: &str) -> Outcome {
    let (number, version) = key.outgoing(fields.number("key_version")?.unwrap_or(0))?;
    let code = STANDARD.encode(code(version, algorithm_of(fields, algorithm), &input(fields)?)?);
    Ok(Reply::Data(json!({"hmac": format!("{PREFIX}{number}:{code}")})))
}

/// `verify/<key>` and `verify/<key>/<algorithm>`, of a signature or an HMAC.
pub(crate) fn verify(key: &Key, fields: &Fields, algorithm: &str) -> Outcome {
    let message = input(fields)?;
    let valid = match (fields.text("signature"), fields.text("hmac")) {
        (Some(_), Some(_)) => return Err(Refusal::bad("provide one of 'signature' or 'hmac'")),
        (None, None) => return Err(Refusal::bad("neither a 'signature' nor an 'hmac' were given to verify")),
        (Some(_), None) if key.kind != Kind::Ed25519 => {
            return Err(Refusal::bad("key type does not support verification"));
        }
        (Some(given), None) => {
            let (number, signature) = split(given, "invalid signature: no prefix")?;
            key.incoming(number)?.verify(&message, &signature)
        }
        (None, Some(given)) => {
            let (number, given) = split(given, "invalid HMAC to verify: no prefix")?;
            code(key.incoming(number)?, algorithm_of(fields, algorithm), &message)? == given
        }
    };
    Ok(Reply::Data(json!({ "valid": valid })))
}

/// `random/<bytes>`, at most 128 KiB.
pub(crate) fn random(ask: &Ask, length: &str) -> Outcome {
    let asked = if length.is_empty() { ask.fields.number("bytes")? } else { length.parse().ok() };
    let length = asked.or(length.is_empty().then_some(32)).filter(|length| (1..=131_072).contains(length));
    let length = length
        .and_then(|length| usize::try_from(length).ok())
        .ok_or_else(|| Refusal::bad("\"bytes\" must be between 1 and 131072"))?;
    let mut bytes = vec![0; length];
    random::fill(&mut bytes)?;
    let printed = match ask.fields.text("format").unwrap_or("base64") {
        "base64" => STANDARD.encode(bytes),
        "hex" => random::hex(&bytes),
        other => {
            return Err(Refusal::bad(format!("unsupported encoding format {other:?}; must be \"hex\" or \"base64\"")));
        }
    };
    Ok(Reply::Data(json!({"random_bytes": printed})))
}

/// The one item of the request, or every item of its batch; in a batch a refusal is the item's own.
fn each(fields: &Fields, act: impl Fn(&Fields) -> Result<Value, Refusal>) -> Outcome {
    let Some(batch) = fields.get("batch_input") else { return act(fields).map(Reply::Data) };
    let items = batch
        .as_array()
        .filter(|items| !items.is_empty())
        .ok_or_else(|| Refusal::bad("missing batch input to process"))?;
    let one = |item: &Value| {
        let item = Fields::of(item.as_object().cloned().unwrap_or_default());
        act(&item).unwrap_or_else(|refusal| json!({"error": refusal.errors.concat()}))
    };
    Ok(Reply::Data(json!({"batch_results": items.iter().map(one).collect::<Vec<_>>()})))
}

fn seal(key: &Key, wished: u64, plaintext: &[u8]) -> Result<(u64, String), Refusal> {
    if key.kind != Kind::Aes {
        return Err(Refusal::bad("message encryption not supported for this key type"));
    }
    let (number, version) = key.outgoing(wished)?;
    Ok((number, format!("{PREFIX}{number}:{}", STANDARD.encode(version.seal(plaintext)?))))
}

fn open(key: &Key, fields: &Fields) -> Result<Vec<u8>, Refusal> {
    let ciphertext = fields.text("ciphertext").ok_or_else(|| Refusal::bad("missing ciphertext to decrypt"))?;
    if key.kind != Kind::Aes {
        return Err(Refusal::bad("message decryption not supported for this key type"));
    }
    let (number, sealed) = split(ciphertext, "invalid ciphertext: no prefix")?;
    key.incoming(number)?.open(&sealed)
}

/// Version and bytes of `vault:v<version>:<base64>`.
fn split(text: &str, no_prefix: &str) -> Result<(u64, Vec<u8>), Refusal> {
    let rest = text.strip_prefix(PREFIX).ok_or_else(|| Refusal::bad(no_prefix))?;
    let (number, encoded) =
        rest.split_once(':').ok_or_else(|| Refusal::bad("invalid ciphertext: wrong number of fields"))?;
    let number = number.parse().map_err(|_| Refusal::bad("invalid ciphertext: version number could not be decoded"))?;
    let bytes = STANDARD.decode(encoded).map_err(|_| Refusal::bad("invalid ciphertext: could not decode base64"))?;
    Ok((number, bytes))
}

fn input(fields: &Fields) -> Result<Vec<u8>, Refusal> {
    let input = fields.text("input").ok_or_else(|| Refusal::bad("missing input"))?;
    decode(input).map_err(|_| Refusal::bad("unable to decode input as base64"))
}

/// Base64 with Go's wording of what is wrong.
fn decode(text: &str) -> Result<Vec<u8>, Refusal> {
    STANDARD.decode(text).map_err(|error| {
        let at = match error {
            DecodeError::InvalidByte(at, _) | DecodeError::InvalidLastSymbol(at, _) => at,
            DecodeError::InvalidLength(length) => length / 4 * 4,
            DecodeError::InvalidPadding => text.trim_end_matches('=').len(),
        };
        Refusal::bad(format!("illegal base64 data at input byte {at}"))
    })
}

fn algorithm_of<'a>(fields: &'a Fields, in_path: &'a str) -> &'a str {
    if in_path.is_empty() { fields.text("algorithm").unwrap_or("sha2-256") } else { in_path }
}

fn code(version: &Version, algorithm: &str, message: &[u8]) -> Result<Vec<u8>, Refusal> {
    let key = &version.hmac;
    let unusable = |_| Refusal::internal("unusable key");
    Ok(match algorithm {
        "sha2-224" => Hmac::<Sha224>::new_from_slice(key)
            .map_err(unusable)?
            .chain_update(message)
            .finalize()
            .into_bytes()
            .to_vec(),
        "sha2-256" => Hmac::<Sha256>::new_from_slice(key)
            .map_err(unusable)?
            .chain_update(message)
            .finalize()
            .into_bytes()
            .to_vec(),
        "sha2-384" => Hmac::<Sha384>::new_from_slice(key)
            .map_err(unusable)?
            .chain_update(message)
            .finalize()
            .into_bytes()
            .to_vec(),
        "sha2-512" => Hmac::<Sha512>::new_from_slice(key)
            .map_err(unusable)?
            .chain_update(message)
            .finalize()
            .into_bytes()
            .to_vec(),
        other => return Err(Refusal::bad(format!("unsupported algorithm {other:?}"))),
    })
}
