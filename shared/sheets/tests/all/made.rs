//! Makes workbooks by hand, part by part, and reads them.

use std::fs::File;
use std::io::{Cursor, Seek, Write};

use sheets::{Fault, Row, Workbook};
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

pub(crate) const HEADER: &str =
    "<row><c t=\"str\"><v>org_id</v></c><c t=\"str\"><v>email</v></c><c t=\"str\"><v>display_name</v></c></row>";

const TYPES: &str = r#"<Types><Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/></Types>"#;
const ROOT: &str = r#"<Relationships><Relationship Id="a" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>"#;
const BOOK_RELATIONS: &str = r#"<Relationships><Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="r2" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/styles" Target="styles.xml"/><Relationship Id="r3" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/sharedStrings" Target="sharedStrings.xml"/></Relationships>"#;
const STYLES: &str = r#"<styleSheet><cellXfs><xf numFmtId="0"/><xf numFmtId="14"/></cellXfs></styleSheet>"#;

pub(crate) const SHEET: &str = "xl/worksheets/sheet1.xml";
pub(crate) const BOOK: &str = "xl/workbook.xml";
pub(crate) const RELATIONS: &str = "xl/_rels/workbook.xml.rels";
pub(crate) const STRINGS: &str = "xl/sharedStrings.xml";

/// The parts of a workbook with one sheet `Users`, each of which a test may replace.
pub(crate) struct Made {
    pub(crate) parts: Vec<(String, Vec<u8>)>,
    pub(crate) options: SimpleFileOptions,
    pub(crate) comment: &'static str,
}

impl Made {
    /// A workbook whose sheet holds these elements as its data.
    pub(crate) fn with_rows(rows: &str) -> Self {
        let sheet = format!("<worksheet><sheetData>{rows}</sheetData></worksheet>");
        let book = r#"<workbook xmlns:r="x"><sheets><sheet name="Users" sheetId="1" r:id="r1"/></sheets></workbook>"#;
        let parts = [
            ("[Content_Types].xml", TYPES),
            ("_rels/.rels", ROOT),
            (BOOK, book),
            (RELATIONS, BOOK_RELATIONS),
            ("xl/styles.xml", STYLES),
            (STRINGS, "<sst/>"),
            (SHEET, &sheet),
        ];
        let parts = parts.map(|(name, text)| (name.to_owned(), text.as_bytes().to_vec())).to_vec();
        Self { parts, options: SimpleFileOptions::default(), comment: "" }
    }

    pub(crate) fn replace(mut self, part: &str, content: &str) -> Self {
        self.parts.iter_mut().find(|(name, _)| name == part).unwrap().1 = content.as_bytes().to_vec();
        self
    }

    pub(crate) fn bytes(&self) -> Vec<u8> {
        let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
        for (name, content) in &self.parts {
            zip.start_file(name.as_str(), self.options).unwrap();
            zip.write_all(content).unwrap();
        }
        zip.set_comment(self.comment).unwrap();
        zip.finish().unwrap().into_inner()
    }

    pub(crate) fn read(&self) -> Result<Vec<Row>, Fault> {
        read(&self.bytes())
    }

    /// The code of the refusal.
    pub(crate) fn refusal(&self) -> String {
        refusal(self.read())
    }
}

pub(crate) fn read(bytes: &[u8]) -> Result<Vec<Row>, Fault> {
    let mut file = tempfile::tempfile().unwrap();
    file.write_all(bytes).unwrap();
    read_file(file)
}

pub(crate) fn read_file(mut file: File) -> Result<Vec<Row>, Fault> {
    file.rewind().unwrap();
    Workbook::open(file, &std::env::temp_dir())?.users()?.collect()
}

pub(crate) fn refusal(read: Result<Vec<Row>, Fault>) -> String {
    match read.expect_err("the workbook must be refused") {
        Fault::Unusable(unusable) => unusable.code(),
        Fault::Disk(error) => panic!("the disk failed: {error}"),
    }
}
