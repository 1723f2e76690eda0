//! A picture of a run: rates as shares of the constant, and how long requests took at
//! half the peak. No library: it is bars, lines and words.

use std::fmt::Write as _;

use super::phase::Phase;
use super::plan::What;
use super::run::Run;

/// One for each book.
const COLOURS: [&str; 4] = ["#1b6ca8", "#d1495b", "#66a182", "#edae49"];
const YARDSTICK: &str = "#777777";
const QUANTILES: [(&str, f64); 5] =
    [("p50", 0.5), ("p90", 0.9), ("p99", 0.99), ("p99.9", 0.999), ("max", 1.0)];
/// A bar with the gap above it, the width of all bars, and where they begin.
const ROW: usize = 18;
const BAR: u64 = 400;
const LEFT: usize = 210;
/// Steps of the quantiles' scale: a tenth of a millisecond, times ten each.
const DECADES: [&str; 6] = ["0.1 ms", "1 ms", "10 ms", "100 ms", "1 s", "10 s"];
const DECADE: f64 = 60.0;

/// The picture.
pub(super) fn as_svg(run: &Run) -> String {
    let is_bar =
        |(_, phase): &(usize, &Phase)| matches!(phase.what, What::Peak(_) | What::Yardstick);
    let bars: Vec<_> = run.phases.iter().enumerate().filter(is_bar).collect();
    let is_line = |phase: &&Phase| matches!(phase.what, What::Half(_));
    let lines: Vec<_> = run.phases.iter().filter(is_line).collect();
    let top = 70 + bars.len() * ROW;
    let height = top + 60 + lines.len().max(20) * ROW;
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"860\" height=\"{height}\" \
         font-family=\"sans-serif\" font-size=\"12\">\n\
         <rect width=\"100%\" height=\"100%\" fill=\"white\"/>\n"
    );
    text(&mut svg, (10, 20), &format!("{}: rates beside the constant answer", run.date));
    let most = bars.iter().filter_map(|(place, _)| run.of_constant(*place)).max();
    for (row, bar) in bars.iter().enumerate() {
        self::bar(&mut svg, run, *bar, (40 + row * ROW, most.unwrap_or(0).max(100)));
    }
    text(&mut svg, (10, top), "How long requests took at half the peak, from when they were due");
    scale(&mut svg, top + 20);
    for (place, phase) in lines.iter().enumerate() {
        line(&mut svg, run, phase, (top + 20, place));
    }
    svg + "</svg>\n"
}

fn text(svg: &mut String, (x, y): (usize, usize), words: &str) {
    // Writing to a text can't fail; names of ours need no escapes.
    let _ = writeln!(svg, "<text x=\"{x}\" y=\"{y}\">{words}</text>");
}

fn colour(phase: &Phase) -> &'static str {
    phase.book.and_then(|book| COLOURS.get(book)).copied().unwrap_or(YARDSTICK)
}

fn name(run: &Run, phase: &Phase) -> String {
    let book = phase.book.and_then(|book| run.books.get(book));
    book.map_or_else(String::new, |book| format!(", {}", book.name))
}

fn bar(svg: &mut String, run: &Run, (place, phase): (usize, &Phase), (y, most): (usize, u64)) {
    let share = run.of_constant(place).unwrap_or_default();
    let (width, colour) = (share * BAR / most, colour(phase));
    let _ = writeln!(
        svg,
        "<rect x=\"{LEFT}\" y=\"{y}\" width=\"{width}\" height=\"13\" fill=\"{colour}\"/>"
    );
    text(svg, (10, y + 11), &phase.what.name());
    let words = format!("{} a second, {share} %{}", phase.load.rate(), name(run, phase));
    text(svg, (LEFT + usize::try_from(width).unwrap_or(0) + 6, y + 11), &words);
}

fn scale(svg: &mut String, top: usize) {
    for (place, words) in DECADES.iter().rev().enumerate() {
        let y = top + place * 60;
        let _ =
            writeln!(svg, "<line x1=\"60\" y1=\"{y}\" x2=\"500\" y2=\"{y}\" stroke=\"#dddddd\"/>");
        text(svg, (10, y + 4), words);
    }
    for (place, (words, _)) in QUANTILES.iter().enumerate() {
        text(svg, (60 + place * 100, top + 325), words);
    }
}

fn line(svg: &mut String, run: &Run, phase: &Phase, (top, place): (usize, usize)) {
    let mut points = String::new();
    for (x, (_, quantile)) in (70..).step_by(100).zip(QUANTILES) {
        let tenths = phase.load.quantile(quantile).as_secs_f64() * 10_000.0;
        let y = tenths.max(1.0).log10().mul_add(-DECADE, 5.0 * DECADE);
        let _ = write!(points, "{x},{y:.1} ");
    }
    // Books have colours, kinds of work have dashes.
    let books = run.books.len().max(1);
    let (colour, dash) = (colour(phase), place / (books) * 3);
    let style = format!("fill=\"none\" stroke=\"{colour}\" stroke-dasharray=\"{} {dash}\"", 8);
    let _ =
        writeln!(svg, "<polyline transform=\"translate(0 {top})\" points=\"{points}\" {style}/>");
    let y = top + place * ROW;
    let _ = writeln!(svg, "<line x1=\"520\" y1=\"{y}\" x2=\"560\" y2=\"{y}\" {style}/>");
    text(svg, (566, y + 4), &format!("{}{}", phase.what.name(), name(run, phase)));
}

#[cfg(test)]
mod tests {
    use super::super::run::tests::run;
    use super::as_svg;

    #[test]
    fn every_rate_has_a_bar_as_long_as_its_share() {
        let svg = as_svg(&run());
        assert!(svg.contains("600 a second, 40 %, SQLite<"), "{svg}");
        assert!(svg.contains("width=\"160\" height=\"13\""), "{svg}");
        assert!(svg.contains("spends, at half, SQLite<"), "{svg}");
        assert_eq!(svg.matches("<polyline").count(), 1);
    }
}
