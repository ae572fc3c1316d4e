//! A pull parser for one part: no document types, bounded depth and tokens, nothing after the root, sound to the last byte.

use std::borrow::Cow;

use quick_xml::XmlVersion;
use quick_xml::escape::resolve_xml_entity;
use quick_xml::events::{BytesRef, BytesStart, Event};
use quick_xml::reader::Reader;

use crate::gate::Gate;
use crate::limits::DEPTH_MAX;
use crate::unusable::{Fault, Unusable};

/// What comes next. Prefixes of names are left out; comments and instructions are empty texts.
pub(crate) enum Token<'t> {
    /// An element begins. An empty one ends with the next token.
    Open(Tag<'t>),
    /// The innermost open element ends.
    Close,
    /// Text, references resolved; one text may come in several pieces.
    Text(Cow<'t, str>),
    /// The part ended well: every element closed, the checksum right.
    End,
}

/// The name and attributes of an element.
pub(crate) struct Tag<'t>(BytesStart<'t>);

impl Tag<'_> {
    pub(crate) fn is(&self, name: &str) -> bool {
        self.0.local_name().as_ref() == name
    }

    /// Hands each attribute, name with prefix and value as written, to `visit`.
    pub(crate) fn each(&self, mut visit: impl FnMut(&str, &str)) -> Result<(), Unusable> {
        let mut attributes = self.0.attributes();
        // Comparing each pair of names would take quadratic time.
        for attribute in attributes.with_checks(false) {
            let attribute = attribute.map_err(|_| BROKEN)?;
            visit(attribute.key.as_ref(), &attribute.value);
        }
        Ok(())
    }

    /// The value of one attribute without a prefix, references resolved.
    pub(crate) fn attribute(&self, name: &str) -> Result<Option<String>, Unusable> {
        self.find(|key| key == name)
    }

    /// The value of the first attribute whose name fits.
    pub(crate) fn find(&self, fits: impl Fn(&str) -> bool) -> Result<Option<String>, Unusable> {
        let mut attributes = self.0.attributes();
        for attribute in attributes.with_checks(false) {
            let attribute = attribute.map_err(|_| BROKEN)?;
            if fits(attribute.key.as_ref()) {
                let value = attribute.normalized_value(XmlVersion::Implicit1_0).map_err(|_| BROKEN)?;
                return Ok(Some(value.into_owned()));
            }
        }
        Ok(None)
    }
}

const BROKEN: Unusable = Unusable::Malformed("the XML of a part");

/// Reads one part from its first byte to its last.
pub(crate) struct Xml<'a> {
    reader: Reader<Gate<'a>>,
    buffer: Vec<u8>,
    depth: u32,
    rooted: bool,
}

impl<'a> Xml<'a> {
    pub(crate) fn new(gate: Gate<'a>) -> Self {
        let mut reader = Reader::from_reader(gate);
        reader.config_mut().expand_empty_elements = true;
        Self { reader, buffer: Vec::new(), depth: 0, rooted: false }
    }

    /// The next token.
    pub(crate) fn next(&mut self) -> Result<Token<'_>, Fault> {
        self.buffer.clear();
        self.reader.get_mut().next_token();
        let event = match self.reader.read_event_into(&mut self.buffer) {
            Ok(event) => event,
            Err(error) => return Err(sort(&self.reader, &error)),
        };
        match event {
            Event::Start(tag) | Event::Empty(tag) => {
                open(&mut self.depth, &mut self.rooted)?;
                Ok(Token::Open(Tag(tag)))
            }
            Event::End(_) => {
                self.depth = self.depth.checked_sub(1).ok_or(BROKEN)?;
                Ok(Token::Close)
            }
            Event::Text(text) => within(self.depth, text.xml10_content()),
            Event::CData(text) => within(self.depth, text.xml10_content()),
            Event::GeneralRef(reference) => within(self.depth, resolve(&reference)?),
            Event::Comment(_) | Event::Decl(_) | Event::PI(_) => Ok(Token::Text(Cow::Borrowed(""))),
            Event::DocType(_) => Err(Unusable::Malformed("a document type").into()),
            Event::Eof if self.depth == 0 && self.rooted => Ok(Token::End),
            Event::Eof => Err(Unusable::Malformed("a part is cut short").into()),
        }
    }

    /// Steps into the root element, which must have this name.
    pub(crate) fn root(&mut self, name: &str) -> Result<(), Fault> {
        loop {
            match self.next()? {
                Token::Open(tag) if tag.is(name) => return Ok(()),
                Token::Open(_) => return Err(Unusable::Malformed("the kind of a part").into()),
                Token::Text(_) => {}
                Token::Close | Token::End => return Err(BROKEN.into()),
            }
        }
    }

    /// Steps into the next child of the current element and gives what `read` made of its tag; `None` where the
    /// current element ended. The caller must step out again, with [`Xml::skip`] or by reading to the child's end.
    pub(crate) fn child<T>(&mut self, read: impl FnOnce(&Tag<'_>) -> Result<T, Unusable>) -> Result<Option<T>, Fault> {
        loop {
            match self.next()? {
                Token::Open(tag) => return Ok(Some(read(&tag)?)),
                Token::Close => return Ok(None),
                Token::Text(_) => {}
                Token::End => return Err(BROKEN.into()),
            }
        }
    }

    /// Reads to the end of the current element.
    pub(crate) fn skip(&mut self) -> Result<(), Fault> {
        let outer = self.depth.saturating_sub(1);
        while self.depth > outer {
            if matches!(self.next()?, Token::End) {
                return Err(BROKEN.into());
            }
        }
        Ok(())
    }

    /// Reads to the end of the part, after which it is known to be sound.
    pub(crate) fn finish(&mut self) -> Result<(), Fault> {
        loop {
            if matches!(self.next()?, Token::End) {
                return Ok(());
            }
        }
    }
}

fn open(depth: &mut u32, rooted: &mut bool) -> Result<(), Unusable> {
    if *depth == 0 && *rooted {
        return Err(BROKEN);
    }
    *rooted = true;
    *depth = depth.saturating_add(1);
    if *depth > DEPTH_MAX { Err(Unusable::Malformed("elements are too deep")) } else { Ok(()) }
}

/// Outside the root only white space may stand.
fn within(depth: u32, text: Cow<'_, str>) -> Result<Token<'_>, Fault> {
    let fits = depth > 0 || text.chars().all(char::is_whitespace);
    fits.then_some(Token::Text(text)).ok_or(Fault::Unusable(BROKEN))
}

fn resolve(reference: &BytesRef<'_>) -> Result<Cow<'static, str>, Unusable> {
    if let Some(character) = reference.resolve_char_ref().map_err(|_| BROKEN)? {
        return Ok(Cow::Owned(character.to_string()));
    }
    resolve_xml_entity(reference).map(Cow::Borrowed).ok_or(BROKEN)
}

fn sort(reader: &Reader<Gate<'_>>, error: &quick_xml::Error) -> Fault {
    if let Some(refused) = reader.get_ref().refused() {
        return refused.into();
    }
    match error {
        quick_xml::Error::Io(error) => Fault::sort(error, "the content of a part"),
        _ => BROKEN.into(),
    }
}
