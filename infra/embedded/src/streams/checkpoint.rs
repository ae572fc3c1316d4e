//! How far a target has come in a stream, in a file.

use std::io;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use crate::files::write_whole;

/// The last record that is done with. It stays in its file, so that a restart goes on behind it.
#[derive(Debug)]
pub(super) struct Checkpoint {
    file: PathBuf,
    place: Option<Place>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
struct Place {
    stream_arn: String,
    sequence_number: String,
}

impl Checkpoint {
    /// What is no checkpoint counts as none: the records come again rather than never.
    pub(super) fn open(file: PathBuf) -> io::Result<Self> {
        let place = match std::fs::read(&file) {
            Ok(bytes) => serde_json::from_slice(&bytes).unwrap_or_else(|fault| {
                tracing::warn!(%fault, file = %file.display(), "not a checkpoint; the stream is read from its oldest record");
                None
            }),
            Err(fault) if fault.kind() == io::ErrorKind::NotFound => None,
            Err(fault) => return Err(fault),
        };
        Ok(Self { file, place })
    }

    /// The sequence number in that stream behind which to go on.
    pub(super) fn after(&self, stream_arn: &str) -> Option<&str> {
        let place = self.place.as_ref()?;
        if place.stream_arn != stream_arn {
            tracing::warn!(stream_arn, was = place.stream_arn, "another stream; it is read from its oldest record");
            return None;
        }
        Some(&place.sequence_number)
    }

    /// Without its file the delivery goes on; a restart then repeats what the file does not tell.
    pub(super) fn advance(&mut self, stream_arn: &str, sequence_number: &str) {
        let place = Place { stream_arn: stream_arn.to_owned(), sequence_number: sequence_number.to_owned() };
        if let Err(fault) = write_whole(&self.file, &place) {
            tracing::warn!(%fault, file = %self.file.display(), "could not keep a checkpoint");
        }
        self.place = Some(place);
    }
}
