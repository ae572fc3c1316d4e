//! What a workbook may cost at most; each number keeps memory or time small whatever the file says of itself.

/// Size of the file as uploaded, in bytes.
pub const FILE_BYTES_MAX: u64 = 20 * 1024 * 1024;

/// Filled rows below the header.
pub const ROWS_MAX: u32 = 200_000;

/// Parts in the zip. A workbook has about a dozen, one more for each sheet, picture or comment.
pub(crate) const ENTRIES_MAX: u64 = 200;

/// Size of the zip's directory. 200 names of ordinary length take about 20 kB.
pub(crate) const DIRECTORY_BYTES_MAX: u64 = 1024 * 1024;

/// Bytes that all parts read may inflate to together.
pub(crate) const INFLATED_BYTES_MAX: u64 = 256 * 1024 * 1024;

/// Tags, texts, references and comments of all parts read. 200,000 rows of five cells, each with a shared string of its own,
/// have ten and a half million, and two million more for each column more; the parser takes 2 s for all of them.
pub(crate) const TOKENS_MAX: u64 = 25_000_000;

/// Inflated bytes per packed byte of one part.
pub(crate) const RATIO_MAX: u64 = 100;

/// Up to here the ratio does not count: long runs of equal honest rows compress better than 100 to 1.
pub(crate) const RATIO_FREE_BYTES: u64 = 16 * 1024 * 1024;

/// One tag with its attributes, or one run of text between two. The longest cell takes half of it; the longest honest tags
/// list thousands of scattered cells, for a warning that is to be ignored or a validation.
pub(crate) const TOKEN_BYTES_MAX: usize = 256 * 1024;

/// Elements inside each other. Workbooks need about ten.
pub(crate) const DEPTH_MAX: u32 = 64;

/// Characters in one cell: the limit of the file format.
pub(crate) const CELL_CHARS_MAX: usize = 32_767;

/// Shared strings. The largest import that is allowed has a million cells.
pub(crate) const STRINGS_MAX: usize = 1_500_000;

/// Bytes of shared strings that stay in memory; what is beyond goes to a temporary file.
pub(crate) const STRINGS_MEMORY_BYTES: u64 = 24 * 1024 * 1024;

/// Cell formats and number formats of the style sheet: the limit of the file format is 65,490.
pub(crate) const STYLES_MAX: usize = 65_536;

/// Sheets whose name could be `Users`, and relationships to them; honest books have one or two.
pub(crate) const CANDIDATES_MAX: usize = 100;

/// Last row of a sheet.
pub(crate) const LAST_ROW: u32 = 1_048_576;

/// Last column of a sheet, `XFD`.
pub(crate) const LAST_COLUMN: u32 = 16_384;
