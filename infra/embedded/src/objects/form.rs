//! The one thing about POSTed forms that `s3s` leaves out: `${filename}` in the key.

use bytes::Bytes;

const VARIABLE: &str = "${filename}";

/// The form with the uploaded file's name in its key's `${filename}`: what follows the last slash or backslash of the name
/// that the browser gave. The form as it was, if there is no such key or the form is malformed.
pub(super) fn with_file_name(form: Bytes, boundary: &str) -> Bytes {
    filled(&form, boundary).map(Bytes::from).unwrap_or(form)
}

fn filled(form: &[u8], boundary: &str) -> Option<Vec<u8>> {
    let delimiter = format!("--{boundary}");
    let mut key = None;
    let mut at = find(form, delimiter.as_bytes(), 0)?;
    loop {
        let heads_start = at.checked_add(delimiter.len())?;
        let value_start = find(form, b"\r\n\r\n", heads_start)?.checked_add(4)?;
        let heads = std::str::from_utf8(form.get(heads_start..value_start)?).ok()?;
        match parameter(heads, "name")?.to_ascii_lowercase().as_str() {
            "file" => return replaced(form, key?, parameter(heads, "filename").unwrap_or_default()),
            name => {
                let value_end = find(form, format!("\r\n{delimiter}").as_bytes(), value_start)?;
                key = if name == "key" { Some((value_start, value_end)) } else { key };
                at = value_end.checked_add(2)?;
            }
        }
    }
}

fn replaced(form: &[u8], (start, end): (usize, usize), file_name: &str) -> Option<Vec<u8>> {
    let key = std::str::from_utf8(form.get(start..end)?).ok()?;
    let base = file_name.rsplit(['/', '\\']).next().unwrap_or_default();
    let key = key.contains(VARIABLE).then(|| key.replace(VARIABLE, base))?;
    Some([form.get(..start)?, key.as_bytes(), form.get(end..)?].concat())
}

/// A quoted parameter of a part's headers. `name` must not be found inside `filename`.
fn parameter<'a>(heads: &'a str, name: &str) -> Option<&'a str> {
    let (_, rest) = heads.split_once(&format!("; {name}=\""))?;
    rest.split_once('"').map(|(value, _)| value)
}

fn find(bytes: &[u8], wanted: &[u8], from: usize) -> Option<usize> {
    let found = bytes.get(from..)?.windows(wanted.len()).position(|window| window == wanted)?;
    found.checked_add(from)
}

#[cfg(test)]
mod tests {
    use super::with_file_name;
    use bytes::Bytes;

    fn form(key: &str, file: &str) -> Bytes {
        let part = |name: &str, value: &str| {
            format!("--B\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n")
        };
        let file = format!(
            "--B\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{file}\"\r\n\r\n${{filename}}\r\n--B--\r\n"
        );
        Bytes::from(part("policy", "x") + &part("key", key) + &file)
    }

    #[test]
    fn the_key_gets_the_last_part_of_the_files_name_and_the_content_stays() {
        assert_eq!(
            with_file_name(form("drops/${filename}", "C:\\a\\b.xlsx"), "B"),
            form("drops/b.xlsx", "C:\\a\\b.xlsx")
        );
    }

    #[test]
    fn a_key_without_the_variable_is_left_alone() {
        assert_eq!(with_file_name(form("drops/x", "b.xlsx"), "B"), form("drops/x", "b.xlsx"));
    }

    #[test]
    fn a_malformed_form_is_left_to_the_protocol_to_refuse() {
        let broken = Bytes::from_static(b"--B\r\nnothing");
        assert_eq!(with_file_name(broken.clone(), "B"), broken);
    }
}
