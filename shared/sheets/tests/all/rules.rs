//! Rules that no fixture shows, each on a workbook made for it.

use sheets::{Row, Unusable, Workbook};

use crate::made::{BOOK, HEADER, Made, RELATIONS, SHEET, STRINGS, read, refusal};

fn row(number: u32, org_id: &str, email: &str, display_name: &str) -> Row {
    let [org_id, email, display_name] = [org_id, email, display_name].map(str::to_owned);
    Row { number, org_id, email, display_name, ..Row::default() }
}

fn cell(text: &str) -> String {
    format!("<c t=\"str\"><v>{text}</v></c>")
}

#[test]
fn only_a_worksheet_inside_the_file_can_be_the_sheet_users() {
    let relation = |attributes: &str| {
        let relations = format!("<Relationships><Relationship Id=\"r1\" {attributes}/></Relationships>");
        Made::with_rows(HEADER).replace(RELATIONS, &relations)
    };
    let inside = r#"Type="http://purl.oclc.org/ooxml/x/worksheet" Target="worksheets/sheet1.xml""#;
    assert_eq!(relation(inside).read().unwrap(), []);
    let outside = r#"Type="x/worksheet" Target="worksheets/sheet1.xml" TargetMode="External""#;
    assert_eq!(relation(outside).refusal(), "missing_users_sheet");
    let chart = r#"Type="x/chartsheet" Target="worksheets/sheet1.xml""#;
    assert_eq!(relation(chart).refusal(), "missing_users_sheet");
    assert_eq!(relation(r#"Type="x/worksheet" Target="../../sheet1.xml""#).refusal(), "malformed");
}

#[test]
fn a_known_header_may_not_stand_twice_but_an_unknown_one_may() {
    let header = |names: &[&str]| format!("<row>{}</row>", names.iter().map(|name| cell(name)).collect::<String>());
    let twice = Made::with_rows(&header(&["org_id", "email", " Email\u{a0}"]));
    assert_eq!(twice.refusal(), "duplicate_header:email");
    let unknown = Made::with_rows(&header(&["org_id", "note", "note", "EMAIL"]));
    assert_eq!(unknown.read().unwrap(), []);
    assert_eq!(Made::with_rows(&header(&["email"])).refusal(), "missing_header:org_id");
}

#[test]
fn rows_and_cells_must_stand_in_order_and_once() {
    let cases = [
        "<row r=\"3\"/><row r=\"3\"/>",
        "<row r=\"3\"/><row r=\"2\"/>",
        "<row r=\"2\"><c r=\"A2\"/><c r=\"A2\"/></row>",
        "<row r=\"2\"><c r=\"B2\"/><c r=\"A2\"/></row>",
        "<row r=\"2\"><c r=\"A3\"/></row>",
        "<row r=\"0\"/>",
        "<row r=\"1048577\"/>",
        "<row r=\"1048576\"/><row/>",
        "<row r=\"2\"><c r=\"XFD2\"/><c/></row>",
    ];
    for case in cases {
        assert_eq!(Made::with_rows(&format!("{HEADER}{case}")).refusal(), "malformed", "{case}");
    }
}

#[test]
fn a_row_without_a_number_takes_it_from_its_cells() {
    let rows = "<row><c r=\"A7\" t=\"str\"><v>org</v></c></row><row><c/><c t=\"str\"><v>b@x.y</v></c></row>";
    let found = Made::with_rows(&format!("{HEADER}{rows}")).read().unwrap();
    assert_eq!(found, [row(7, "org", "", ""), row(8, "", "b@x.y", "")]);
}

#[test]
fn every_type_of_cell_becomes_the_text_that_people_see() {
    let cases = [
        ("<c t=\"b\"><v>1</v></c>", "TRUE"),
        ("<c t=\"b\"><v>0</v></c>", "FALSE"),
        ("<c t=\"e\"><v>#N/A</v></c>", "#N/A"),
        ("<c t=\"d\"><v>2024-02-29T00:00:00Z</v></c>", "2024-02-29"),
        ("<c s=\"1\"><v>45292</v></c>", "2024-01-01"),
        ("<c s=\"0\"><v>45292</v></c>", "45292"),
        ("<c s=\"9\"><v>1.5</v></c>", "1.5"),
        ("<c t=\"s\"><v> 1 </v></c>", "A\rB"),
        ("<c t=\"str\"><f>1+1</f><v><![CDATA[a<b]]></v></c>", "a<b"),
        ("<c t=\"inlineStr\"><is><r><t>a </t></r><r><t>b</t></r><rPh><t>c</t></rPh></is></c>", "a b"),
    ];
    for (written, told) in cases {
        let made = Made::with_rows(&format!("{HEADER}<row><c/><c/>{written}</row>"));
        let found = made.replace(STRINGS, "<sst><si/><si><t>A_x000D_B</t></si></sst>").read().unwrap();
        assert_eq!(found, [row(2, "", "", told)], "{written}");
    }
    let blank = Made::with_rows(&format!("{HEADER}<row><c/><c/><c><f>1+1</f></c></row>"));
    assert_eq!(blank.read().unwrap(), []);
}

#[test]
fn days_may_count_from_1904() {
    let made = Made::with_rows(&format!("{HEADER}<row><c/><c/><c s=\"1\"><v>43830</v></c></row>"));
    let book = r#"<workbook xmlns:q="x"><workbookPr date1904="1"/><sheets><sheet name="users" q:id="r1"/></sheets></workbook>"#;
    assert_eq!(made.replace(BOOK, book).read().unwrap(), [row(2, "", "", "2024-01-01")]);
}

#[test]
fn a_shared_string_that_is_not_there_is_refused() {
    for index in ["0", "-1", "x", "99999999999999999999"] {
        let made = Made::with_rows(&format!("{HEADER}<row><c t=\"s\"><v>{index}</v></c></row>"));
        assert_eq!(made.refusal(), "malformed", "{index}");
    }
}

#[test]
fn a_cell_holds_as_many_characters_as_excel_allows_and_no_more() {
    let with = |text: &str| Made::with_rows(&format!("{HEADER}<row>{}</row>", cell(text)));
    let longest = "€".repeat(32_767);
    assert_eq!(with(&longest).read().unwrap(), [row(2, &longest, "", "")]);
    assert_eq!(with(&"€".repeat(32_768)).refusal(), "too_large");
    assert_eq!(with(&"&#65;".repeat(140_000)).refusal(), "too_large");
    let shared = format!("<sst><si><t>{}</t></si></sst>", "a".repeat(32_768));
    assert_eq!(with("a").replace(STRINGS, &shared).refusal(), "too_large");
}

#[test]
fn long_runs_of_equal_rows_are_read_and_a_bomb_of_them_is_not() {
    let rows = |count: usize| Made::with_rows(&format!("{HEADER}{}", "<row><c/><c/></row>".repeat(count)));
    let honest = rows(500_000);
    assert!(honest.bytes().len() * 100 < 500_000 * 19, "the test needs a ratio over 100");
    assert_eq!(honest.read().unwrap(), []);
    assert_eq!(rows(1_000_000).refusal(), "too_large");
}

#[test]
fn a_tag_may_list_thousands_of_scattered_cells() {
    let cells: Vec<String> = (0..20_000).map(|number| format!("E{}", number * 2 + 3)).collect();
    let ignored = format!("<ignoredErrors><ignoredError sqref=\"{}\"/></ignoredErrors>", cells.join(" "));
    let sheet = format!("<worksheet><sheetData>{HEADER}</sheetData>{ignored}</worksheet>");
    assert_eq!(Made::with_rows("").replace(SHEET, &sheet).read().unwrap(), []);
    let sheet = sheet.replace(&ignored, &ignored.replace("E3 ", &"E3 ".repeat(100_000)));
    assert_eq!(Made::with_rows("").replace(SHEET, &sheet).refusal(), "too_large");
}

#[test]
fn tens_of_millions_of_tiny_elements_are_refused() {
    // Two letters in no order, so that the ratio of the compression stays small.
    let mut state = 1_u32;
    let mut element = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        if state >> 31 == 1 { "<a/>" } else { "<b/>" }
    };
    let mut rows = |elements: usize| -> String { (0..elements).map(|_| element()).collect() };
    assert_eq!(Made::with_rows(&format!("{HEADER}{}", rows(100_000))).read().unwrap(), []);
    assert_eq!(Made::with_rows(&format!("{HEADER}{}", rows(13_000_000))).refusal(), "too_large");
}

#[test]
fn what_is_no_sound_xml_is_refused_even_after_the_rows() {
    let rows = format!("{HEADER}<row>{}</row>", cell("org"));
    let cases = [
        format!("<worksheet><sheetData>{rows}</sheetData></worksheet><worksheet/>"),
        format!("<worksheet><sheetData>{rows}</sheetData></worksheet>x"),
        format!("<worksheet><sheetData>{rows}</sheetData><sheetData/></worksheet>"),
        format!("<worksheet><sheetData>{rows}</sheetData></sheet>"),
        format!("<worksheet><sheetData>{rows}</sheetData>"),
        format!("<worksheet><sheetData>{rows}&unknown;</sheetData></worksheet>"),
        format!("<!DOCTYPE worksheet><worksheet><sheetData>{rows}</sheetData></worksheet>"),
        format!("<chartsheet><sheetData>{rows}</sheetData></chartsheet>"),
        String::new(),
    ];
    for case in cases {
        assert_eq!(Made::with_rows("").replace(SHEET, &case).refusal(), "malformed", "{case}");
    }
}

#[test]
fn a_zip_may_have_a_comment_and_wide_fields_but_nothing_after_its_end() {
    let mut made = Made::with_rows(&format!("{HEADER}<row>{}</row>", cell("org")));
    made.comment = "made by hand";
    made.options = made.options.large_file(true);
    assert_eq!(made.read().unwrap(), [row(2, "org", "", "")]);
    let mut longer = made.bytes();
    longer.push(0);
    assert_eq!(refusal(read(&longer)), "malformed");
}

#[test]
fn a_part_that_lies_outside_the_file_is_refused_and_not_tried_again() {
    let good = Made::with_rows(HEADER).bytes();
    let headers = good.windows(4).enumerate().filter(|(_, found)| *found == b"PK\x01\x02");
    for (at, _) in headers {
        let mut bytes = good.clone();
        bytes[at + 42..at + 46].copy_from_slice(&0xFFFF_FFF0_u32.to_le_bytes());
        assert_eq!(refusal(read(&bytes)), "malformed");
    }
}

#[test]
fn a_row_told_for_a_log_has_no_password() {
    let told = format!("{:?}", Row { password: "hunter2".to_owned(), ..row(2, "org", "a@b.c", "") });
    assert!(told.contains("a@b.c") && !told.contains("hunter2"));
}

#[test]
fn a_file_over_twenty_megabytes_is_refused_unread() {
    let file = tempfile::tempfile().unwrap();
    file.set_len(20 * 1024 * 1024 + 1).unwrap();
    let refused = Workbook::open(file, &std::env::temp_dir()).err().unwrap();
    assert!(matches!(refused, sheets::Fault::Unusable(Unusable::TooLarge)));
}

#[test]
fn the_sheet_can_be_read_again_with_the_same_rows() {
    let made = Made::with_rows(&format!("{HEADER}<row>{}</row>", cell("org")));
    let mut file = tempfile::tempfile().unwrap();
    std::io::Write::write_all(&mut file, &made.bytes()).unwrap();
    let mut book = Workbook::open(file, &std::env::temp_dir()).unwrap();
    let first: Vec<Row> = book.users().unwrap().map(Result::unwrap).collect();
    let second: Vec<Row> = book.users().unwrap().map(Result::unwrap).collect();
    assert_eq!((first.len(), &first), (1, &second));
}
