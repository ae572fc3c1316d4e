//! As much of XML as Amazon's query API answers in: texts in elements that are told apart by their names.

use quick_xml::events::Event;
use quick_xml::reader::Reader;
use zeroize::Zeroizing;

/// Every element with a text, in their order, by its name and the text without white space around it.
pub(crate) fn texts(bytes: &[u8]) -> Option<Vec<(String, Zeroizing<String>)>> {
    let text = std::str::from_utf8(bytes).ok()?;
    let (mut reader, mut found, mut name) = (Reader::from_str(text), vec![], String::new());
    let mut held = Zeroizing::new(String::new());
    loop {
        match reader.read_event().ok()? {
            Event::Start(start) => {
                name = start.local_name().into_inner().to_owned();
                held.clear();
            }
            Event::Text(part) => held.push_str(&part),
            Event::End(_) => {
                let value = held.trim();
                if !value.is_empty() && !name.is_empty() {
                    found.push((std::mem::take(&mut name), Zeroizing::new(value.to_owned())));
                }
                held.clear();
            }
            // Only words for people have characters that are written so, and those are not read.
            Event::GeneralRef(_) | Event::CData(_) => name.clear(),
            Event::DocType(_) => return None,
            Event::Eof => return Some(found),
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_come_by_the_names_of_their_elements_and_entities_are_not_read() {
        let read = |text: &str| {
            let texts = texts(text.as_bytes())?;
            Some(texts.into_iter().map(|(name, text)| format!("{name}={}", *text)).collect::<Vec<_>>())
        };
        let answer = "<?xml version=\"1.0\"?>\n<A xmlns=\"https://a\"><B>\n <C>1</C><C> 2 </C></B><D/><E></E></A>";
        assert_eq!(read(answer), Some(vec!["C=1".to_owned(), "C=2".to_owned()]));
        let words = "<A><Code>X</Code><Message>it&apos;s <![CDATA[y]]></Message></A>";
        assert_eq!(read(words), Some(vec!["Code=X".to_owned()]));
        for odd in ["<!DOCTYPE a [<!ENTITY b \"c\">]><A>&b;</A>", "<A></B>", "<A"] {
            assert_eq!(read(odd), None, "{odd}");
        }
    }
}
