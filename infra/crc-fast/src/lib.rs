//! The three checksums of S3 under the names of the registry's `crc-fast`, without the tables of all others.

use std::fmt;

use crc::{CRC_32_ISCSI, CRC_32_ISO_HDLC, CRC_64_NVME, Crc, Table};

static ISO_HDLC_32: Crc<u32, Table<1>> = Crc::<u32, Table<1>>::new(&CRC_32_ISO_HDLC);
static ISCSI_32: Crc<u32, Table<1>> = Crc::<u32, Table<1>>::new(&CRC_32_ISCSI);
static NVME_64: Crc<u64, Table<1>> = Crc::<u64, Table<1>>::new(&CRC_64_NVME);

/// Which checksum.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CrcAlgorithm {
    /// S3's `CRC32`.
    Crc32IsoHdlc,
    /// S3's `CRC32C`.
    Crc32Iscsi,
    /// S3's `CRC64NVME`.
    Crc64Nvme,
}

/// A checksum that is being computed.
#[derive(Clone)]
pub struct Digest(State);

#[derive(Clone)]
enum State {
    Narrow(crc::Digest<'static, u32, Table<1>>),
    Wide(crc::Digest<'static, u64, Table<1>>),
}

impl Digest {
    /// Of nothing yet.
    #[must_use]
    pub fn new(algorithm: CrcAlgorithm) -> Self {
        Self(match algorithm {
            CrcAlgorithm::Crc32IsoHdlc => State::Narrow(ISO_HDLC_32.digest()),
            CrcAlgorithm::Crc32Iscsi => State::Narrow(ISCSI_32.digest()),
            CrcAlgorithm::Crc64Nvme => State::Wide(NVME_64.digest()),
        })
    }

    /// Takes these bytes in, behind those before.
    pub fn update(&mut self, data: &[u8]) {
        match &mut self.0 {
            State::Narrow(digest) => digest.update(data),
            State::Wide(digest) => digest.update(data),
        }
    }

    /// Of all that was taken in; one of 32 bits in the lower half.
    #[must_use]
    pub fn finalize(&self) -> u64 {
        match &self.0 {
            State::Narrow(digest) => digest.clone().finalize().into(),
            State::Wide(digest) => digest.clone().finalize(),
        }
    }
}

impl fmt::Debug for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Digest")
    }
}

/// Of these bytes.
#[must_use]
pub fn checksum(algorithm: CrcAlgorithm, data: &[u8]) -> u64 {
    let mut digest = Digest::new(algorithm);
    digest.update(data);
    digest.finalize()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_has_the_check_value_of_the_catalogue() {
        let checks = [
            (CrcAlgorithm::Crc32IsoHdlc, 0xcbf4_3926),
            (CrcAlgorithm::Crc32Iscsi, 0xe306_9283),
            (CrcAlgorithm::Crc64Nvme, 0xae8b_1486_0a79_9888),
        ];
        for (algorithm, check) in checks {
            assert_eq!(checksum(algorithm, b"123456789"), check, "{algorithm:?}");
        }
    }

    #[test]
    fn pieces_come_to_the_same_as_the_whole_and_looking_changes_nothing() {
        let whole: Vec<u8> = (0..=255).cycle().take(1_000).collect();
        for algorithm in [CrcAlgorithm::Crc32IsoHdlc, CrcAlgorithm::Crc32Iscsi, CrcAlgorithm::Crc64Nvme] {
            let mut digest = Digest::new(algorithm);
            for piece in whole.chunks(7) {
                digest.update(piece);
                let _ = digest.finalize();
            }
            assert_eq!(digest.finalize(), checksum(algorithm, &whole), "{algorithm:?}");
        }
    }
}
