//! A receipt as a document of A4 pages, with its font in it: DejaVu Sans, whose
//! licence lies beside it. Long words go on in another line, and a receipt that is
//! too long for a page on another one.

use std::sync::LazyLock;

use krilla::Document;
use krilla::geom::Point;
use krilla::page::{Page, PageSettings};
use krilla::text::{Font, TextDirection};

use super::{Line, Paper};
use crate::problem::Problem;

static FONT: LazyLock<Option<Font>> = LazyLock::new(|| {
    let data: &'static [u8] = include_bytes!("../../fonts/DejaVuSans.ttf");
    Font::new(data.to_vec().into(), 0)
});

/// A4, in points.
const WIDTH: f32 = 595.0;
const HEIGHT: f32 = 842.0;
const MARGIN: f32 = 56.0;

/// Where what belongs to a name begins.
const INDENT: f32 = 176.0;

const TEXT: f32 = 11.0;
const TITLE: f32 = 22.0;

/// From line to line.
const LEADING: f32 = 18.0;

/// The most letters in a line: even wide ones, 0.9 em, fit between the indent and
/// the margin.
const LETTERS_MAX: usize = 38;

/// The document.
pub(crate) fn pdf(paper: &Paper) -> Result<Vec<u8>, Problem> {
    let font = FONT.clone().ok_or_else(|| Problem::internal("the font can't be read"))?;
    let mut document = Document::new();
    let lines = lines(paper);
    let per_page = lines.chunks(LINES_MAX);
    for page_lines in per_page {
        let settings = PageSettings::from_wh(WIDTH, HEIGHT);
        let settings = settings.ok_or_else(|| Problem::internal("a page has no size"))?;
        draw(document.start_page_with(settings), &font, page_lines);
    }
    document.finish().map_err(|error| Problem::internal(format!("{error:?}")))
}

/// What fits on a page.
const LINES_MAX: usize = 38;

/// One line: something on the left, something behind the indent, or an amount that
/// ends at the margin.
#[derive(Clone, Debug, Default)]
struct Row {
    size: Option<f32>,
    left: String,
    middle: String,
    right: String,
}

fn draw(mut page: Page<'_>, font: &Font, rows: &[Row]) {
    let mut surface = page.surface();
    let mut y = MARGIN + TITLE;
    for row in rows {
        let size = row.size.unwrap_or(TEXT);
        let right = WIDTH - MARGIN - width(&row.right, size);
        for (x, text) in [(MARGIN, &row.left), (INDENT, &row.middle), (right, &row.right)] {
            if !text.is_empty() {
                let at = Point::from_xy(x, y);
                surface.draw_text(at, font.clone(), size, text, false, TextDirection::Auto);
            }
        }
        y += LEADING;
    }
    surface.finish();
    page.finish();
}

/// How wide an amount is: in DejaVu Sans digits are as wide as each other.
fn width(amount: &str, size: f32) -> f32 {
    let em = |letter: char| match letter {
        '.' | ',' | ' ' => 0.3179,
        '-' => 0.3608,
        _ => 0.6362,
    };
    amount.chars().map(em).sum::<f32>() * size
}

fn lines(paper: &Paper) -> Vec<Row> {
    let mut rows = Vec::new();
    if paper.is_test {
        rows.push(Row { left: "A test: no money was paid.".to_owned(), ..Row::default() });
        rows.push(Row::default());
    }
    let left = format!("Receipt {}", paper.number);
    rows.push(Row { size: Some(TITLE), left, ..Row::default() });
    rows.push(Row::default());
    for (name, value) in [
        ("Date", &paper.date),
        ("Sold to", &paper.name),
        ("", &paper.email),
        ("Credits", &paper.credits),
        ("Payment", &paper.payment),
    ] {
        named(&mut rows, name, value);
    }
    table(&mut rows, &format!("Price in {}", paper.currency), &paper.lines);
    total(&mut rows, "Paid", &paper.total);
    if let Some(left) = &paper.left {
        table(&mut rows, "Given back", &paper.refunds);
        total(&mut rows, "Left of the payment", left);
    }
    rows
}

/// A name and its value, in as many lines as that takes.
fn named(rows: &mut Vec<Row>, name: &str, value: &str) {
    let letters: Vec<_> = value.chars().collect();
    for (place, part) in letters.chunks(LETTERS_MAX).enumerate() {
        let left = if place == 0 { name.to_owned() } else { String::new() };
        rows.push(Row { left, middle: part.iter().collect(), ..Row::default() });
    }
}

fn table(rows: &mut Vec<Row>, caption: &str, lines: &[Line]) {
    rows.push(Row::default());
    rows.push(Row { left: caption.to_owned(), ..Row::default() });
    for Line { what, amount } in lines {
        rows.push(Row { middle: what.clone(), right: amount.clone(), ..Row::default() });
    }
}

fn total(rows: &mut Vec<Row>, name: &str, amount: &str) {
    let right = amount.to_owned();
    rows.push(Row { middle: name.to_owned(), right, ..Row::default() });
}

#[cfg(test)]
mod tests {
    use super::*;

    fn paper(refunds: usize) -> Paper {
        let line = |what: &str| Line { what: what.to_owned(), amount: "$95.00".to_owned() };
        Paper {
            number: "R-000007".to_owned(),
            date: "2026-11-28".to_owned(),
            name: "Ada Żółć Σωκράτης Ада".to_owned(),
            email: format!("{}@example.com", "a".repeat(90)),
            credits: "1000".to_owned(),
            lines: vec![line("Credits"), line("Volume discount")],
            total: "$95.00".to_owned(),
            currency: "USD".to_owned(),
            payment: "pi_3Pq9".to_owned(),
            refunds: (0..refunds).map(|_| line("Refund")).collect(),
            left: (refunds > 0).then(|| "$0.00".to_owned()),
            is_test: true,
        }
    }

    #[test]
    fn every_line_is_on_a_page_and_no_word_is_too_long_for_its() {
        for (refunds, pages) in [(0, 1), (1, 1), (40, 2)] {
            let rows = lines(&paper(refunds));
            assert_eq!(rows.chunks(LINES_MAX).count(), pages);
            assert!(rows.iter().all(|row| row.middle.chars().count() <= LETTERS_MAX));
            let bytes = pdf(&paper(refunds)).unwrap();
            assert!(bytes.starts_with(b"%PDF-") && bytes.len() < 100_000, "{}", bytes.len());
        }
    }
}
