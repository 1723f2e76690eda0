//! A picture of a run: rates as shares of the constant, and how long requests took at
//! half the peak. No library: it is bars, lines and words.

use std::fmt::Write as _;

use super::phase::Phase;
use super::plan::What;
use super::run::Run;

/// One for each kind of work, in the order of the run.
const COLOURS: [&str; 6] = ["#1b6ca8", "#d1495b", "#3a8f5c", "#e08e1b", "#7d5ba6", "#444444"];
const YARDSTICK: &str = "#999999";
/// How books are told apart: how dense bars are, how lines are dashed.
const BOOKS: [(&str, &str); 4] = [("1", "0"), ("0.65", "7 3"), ("0.45", "2 2"), ("0.3", "9 2 2 2")];
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

/// The colour of a phase's kind of work.
fn colour(run: &Run, phase: &Phase) -> &'static str {
    let Some(kind) = phase.what.kind() else { return YARDSTICK };
    let mut kinds: Vec<_> = run.phases.iter().filter_map(|phase| phase.what.kind()).collect();
    kinds.dedup();
    let place = kinds.iter().position(|it| *it == kind);
    place.and_then(|place| COLOURS.get(place)).copied().unwrap_or(YARDSTICK)
}

/// How its book is told apart.
fn look(phase: &Phase) -> (&'static str, &'static str) {
    phase.book.and_then(|book| BOOKS.get(book)).copied().unwrap_or(BOOKS[0])
}

fn name(run: &Run, phase: &Phase) -> String {
    let book = phase.book.and_then(|book| run.books.get(book));
    book.map_or_else(String::new, |book| format!(", {}", book.name))
}

fn bar(svg: &mut String, run: &Run, (place, phase): (usize, &Phase), (y, most): (usize, u64)) {
    let share = run.of_constant(place).unwrap_or_default();
    let (width, colour, (dense, _)) = (share * BAR / most, colour(run, phase), look(phase));
    let _ = writeln!(
        svg,
        "<rect x=\"{LEFT}\" y=\"{y}\" width=\"{width}\" height=\"13\" fill=\"{colour}\" opacity=\"{dense}\"/>"
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
    let (colour, (_, dash)) = (colour(run, phase), look(phase));
    let style = format!("fill=\"none\" stroke=\"{colour}\" stroke-dasharray=\"{dash}\"");
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
