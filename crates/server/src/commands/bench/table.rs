//! The figures of a run for people.

use std::fmt::Write as _;
use std::time::Duration;

use super::phase::Phase;
use super::run::Run;

const COLUMNS: [&str; 14] = [
    "a second",
    "constant",
    "yardstick",
    "p50",
    "p90",
    "p99",
    "p99.9",
    "max",
    "lag max",
    "catch up",
    "a commit",
    "server",
    "load",
    "machine",
];

const NOTES: &str = "\
Times in ms, from the moment a request was due. `constant` is the share of the rate
of GET /healthz, `yardstick` times one transaction a spend on PostgreSQL, both as
they were before and after. `lag max` counts records the tables were behind, `a
commit` records an fsync; `server`, `load` and `machine` are cores busy, the last
with all that ran beside.
";

/// The whole run.
pub(super) fn as_text(run: &Run) -> String {
    let mut text = row("", &COLUMNS.map(str::to_owned));
    let mut last = None;
    for (place, phase) in run.phases.iter().enumerate() {
        if last.replace(phase.what) != Some(phase.what) {
            let _ = writeln!(text, "{}", phase.what.name());
        }
        text.push_str(&line(run, place, phase));
    }
    // Writing to a text can't fail.
    let _ = write!(text, "\n{NOTES}\n{}", books(run));
    for book in 0..run.books.len() {
        text.push_str(&ratios(run, book));
    }
    text.push_str(&refusals(run));
    text
}

fn row(name: &str, cells: &[String]) -> String {
    let mut text = format!("{name:<30}");
    for cell in cells {
        let _ = write!(text, "{cell:>10}");
    }
    text + "\n"
}

fn line(run: &Run, place: usize, phase: &Phase) -> String {
    let name = phase.book.and_then(|book| run.books.get(book)).map_or("", |book| &book.name);
    let load = &phase.load;
    let mut cells = vec![
        load.rate().to_string(),
        run.of_constant(place).map_or_else(none, |share| format!("{share} %")),
        run.of_yardstick(place).map_or_else(none, times),
    ];
    cells.extend([0.5, 0.9, 0.99, 0.999, 1.0].map(|quantile| in_ms(load.quantile(quantile))));
    if let Some(server) = &phase.server {
        cells.extend([
            server.lag_max.to_string(),
            in_ms(server.catch_up),
            server.records.checked_div(server.commits).map_or_else(none, |it| it.to_string()),
            server.cpu.map_or_else(none, times),
            server.load_cpu.map_or_else(none, times),
        ]);
    } else {
        cells.extend(std::iter::repeat_with(none).take(5));
    }
    cells.push(phase.machine_cpu.map_or_else(none, times));
    row(&format!("  {name}"), &cells)
}

/// How the servers started, and what they needed.
fn books(run: &Run) -> String {
    let heads = ["behind it", "made in s", "ready ms", "at rest s", "rest MiB", "most MiB"];
    let mut text = row("book", &heads.map(str::to_owned));
    for (place, book) in run.books.iter().enumerate() {
        let most = run.phases.iter().filter(|phase| phase.book == Some(place));
        let most = most.filter_map(|phase| phase.server.as_ref()?.bytes_max).max();
        let start = book.start;
        let cells = [
            book.behind.to_string(),
            book.filling.as_secs().to_string(),
            start.map_or_else(none, |start| in_ms(start.ready)),
            start.map_or_else(none, |start| format!("{:.1}", start.rest.as_secs_f64())),
            start.and_then(|start| start.bytes).map_or_else(none, in_mib),
            most.map_or_else(none, in_mib),
        ];
        text.push_str(&row(&format!("  {}", book.name), &cells));
    }
    text + "\n"
}

/// What of the run compares with other runs.
fn ratios(run: &Run, book: usize) -> String {
    let ratios = run.ratios(book);
    let all = [
        ("", ratios.of_constant, "of the constant"),
        ("", ratios.of_yardstick, "times one transaction a spend"),
        ("on one wallet", ratios.hot_of_spends, "times as many"),
        ("on every wallet", ratios.wallets_of_spends, "times as many"),
        ("in batches", ratios.batches_of_spends, "times as many"),
        ("", ratios.of_empty, "of what they are without records behind them"),
    ];
    let said = all.into_iter().filter_map(|(on, ratio, of)| {
        Some(format!("{on} {} {of}", times(ratio?)).trim_start().to_owned())
    });
    let said: Vec<_> = said.collect();
    if said.is_empty() {
        return String::new();
    }
    let name = run.books.get(book).map_or("", |book| &book.name);
    format!("{name}, single spends: {}.\n", said.join("; "))
}

fn refusals(run: &Run) -> String {
    let mut text = String::new();
    for phase in &run.phases {
        if let Some(refusal) = &phase.load.refusal {
            let (name, refused) = (phase.what.name(), phase.load.refused);
            let _ = writeln!(text, "{name}: {refused} requests were refused: {refusal}");
        }
    }
    text
}

fn none() -> String {
    "-".into()
}

fn in_ms(time: Duration) -> String {
    format!("{:.2}", time.as_secs_f64() * 1_000.0)
}

fn in_mib(bytes: u64) -> String {
    (bytes >> 20).to_string()
}

/// Hundredths as a number.
fn times(hundredths: u64) -> String {
    format!("{}.{:02}", hundredths / 100, hundredths % 100)
}
