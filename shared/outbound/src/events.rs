//! A stream of events, as `text/event-stream` writes them: <https://html.spec.whatwg.org/multipage/server-sent-events.html>.

/// What has come of a stream. Each byte is looked at once, in however small pieces it comes.
#[derive(Default)]
pub(crate) struct Events {
    line: Vec<u8>,
    data: Option<Vec<u8>>,
    /// The last byte was `\r`: a `\n` behind it belongs to it.
    returned: bool,
    begun: bool,
}

/// May stand before the first line.
const MARK: &[u8] = "\u{feff}".as_bytes();

impl Events {
    /// The data of all events that end in this piece. What ends in no piece was never an event.
    pub(crate) fn feed(&mut self, piece: &[u8]) -> Vec<Vec<u8>> {
        let mut ended = vec![];
        for byte in piece {
            let after_return = std::mem::replace(&mut self.returned, *byte == b'\r');
            match byte {
                b'\n' if after_return => {}
                b'\n' | b'\r' => ended.extend(self.end_of_line()),
                byte => self.line.push(*byte),
            }
        }
        ended
    }

    /// An empty line ends an event; one that has no data is none.
    fn end_of_line(&mut self) -> Option<Vec<u8>> {
        let line = std::mem::take(&mut self.line);
        let first = !std::mem::replace(&mut self.begun, true);
        let line = line.strip_prefix(MARK).filter(|_| first).unwrap_or(&line);
        if line.is_empty() {
            return self.data.take();
        }
        let (field, value) = match line.iter().position(|byte| *byte == b':') {
            Some(at) => line.split_at(at),
            None => (line, &[][..]),
        };
        if field == b"data" {
            let value = value.strip_prefix(b":").unwrap_or(value);
            let value = value.strip_prefix(b" ").unwrap_or(value);
            match &mut self.data {
                Some(data) => {
                    data.push(b'\n');
                    data.extend_from_slice(value);
                }
                None => self.data = Some(value.to_vec()),
            }
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn fed(pieces: &[&str]) -> Vec<String> {
        let mut events = Events::default();
        let ended = pieces.iter().flat_map(|piece| events.feed(piece.as_bytes())).collect::<Vec<_>>();
        ended.into_iter().map(|data| String::from_utf8(data).unwrap()).collect()
    }

    #[test]
    fn an_event_is_its_data_whatever_else_it_says() {
        for (stream, data) in [
            ("data: {}\n\n", vec!["{}"]),
            ("data:{}\r\n\r\n", vec!["{}"]),
            ("data: {}\r\r", vec!["{}"]),
            ("id: 1\nevent: message\nretry: 5\ndata: a\n\n", vec!["a"]),
            ("data: a\ndata:  b\ndata\n\n", vec!["a\n b\n"]),
            (": nothing\n\ndata: a\n\n", vec!["a"]),
            ("id: 1\ndata:\n\ndata: a\n\n", vec!["", "a"]),
            ("\u{feff}data: a\n\n", vec!["a"]),
            ("dataset: a\n data: b\n\n", vec![]),
            ("data: never ends\n", vec![]),
            ("data: never ends", vec![]),
            ("", vec![]),
        ] {
            assert_eq!(fed(&[stream]), data, "{stream:?}");
        }
    }

    proptest! {
        #[test]
        fn how_a_stream_is_cut_into_pieces_changes_nothing(
            stream in "(data: ?[a-c]{0,3}|:|id: 1|)(\n|\r\n|\r|\n\n|\r\n\r\n){0,2}(data:x|data)(\n|\r\n|\r|\n\n|\r\n\r\n){0,3}",
            at in 0_usize..40,
        ) {
            let at = at.min(stream.len());
            let (one, other) = stream.split_at(at);
            prop_assert_eq!(fed(&[one, other]), fed(&[&stream]));
        }
    }
}
