//! Text as HTML.

/// Text with everything escaped that could be markup, in content and in quoted attributes.
pub(crate) fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for char in text.chars() {
        match char {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            other => escaped.push(other),
        }
    }
    escaped
}

/// One line of prose: what stands between backticks is code.
pub(crate) fn prose(text: &str) -> String {
    let piece = |(index, piece): (usize, &str)| {
        if index % 2 == 1 { format!("<code>{}</code>", escape(piece)) } else { escape(piece) }
    };
    text.split('`').enumerate().map(piece).collect()
}

/// Prose of several paragraphs, which empty lines part.
pub(crate) fn paragraphs(text: &str) -> String {
    let filled = text.split("\n\n").map(str::trim).filter(|paragraph| !paragraph.is_empty());
    filled.map(|paragraph| format!("<p>{}</p>\n", prose(paragraph))).collect()
}

/// What an anchor may be made of.
pub(crate) fn anchor(text: &str) -> String {
    let plain = |char: char| if char.is_ascii_alphanumeric() { char.to_ascii_lowercase() } else { '-' };
    text.chars().map(plain).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_that_is_written_can_become_markup() {
        assert_eq!(prose("a <b> & `c<d>` \"e\""), "a &lt;b&gt; &amp; <code>c&lt;d&gt;</code> &quot;e&quot;");
        assert_eq!(paragraphs("one\n\n\n\ntwo"), "<p>one</p>\n<p>two</p>\n");
    }
}
