//! The figures of a run, for people and for programs.

use std::fmt::Write as _;
use std::time::Duration;

use serde_json::json;

use super::load::Pace;
use super::phase::Phase;
use super::work::Work;

/// The rate of a constant answer: the mean of the phases that had one.
fn constant(phases: &[Phase]) -> u64 {
    let rates = phases.iter().filter(|phase| matches!(phase.work, Work::Constant));
    let rates: Vec<_> = rates.map(|phase| phase.load.rate()).collect();
    let count = u64::try_from(rates.len()).unwrap_or(1).max(1);
    rates.iter().sum::<u64>() / count
}

/// A rate in hundredths of another.
fn hundredths(rate: u64, of: u64) -> u64 {
    rate.saturating_mul(100) / of.max(1)
}

/// For people.
pub(super) fn as_text(phases: &[Phase]) -> String {
    let constant = constant(phases);
    let mut text = format!(
        "{:<24}{:>10}{:>10}{:>10}{:>10}{:>10}{:>10}{:>10}{:>12}{:>10}{:>10}\n",
        "",
        "a second",
        "constant",
        "p50",
        "p99",
        "p99.9",
        "lag max",
        "catch up",
        "a commit",
        "server",
        "load"
    );
    for phase in phases {
        // Writing to a text can't fail.
        let _ = writeln!(text, "{}", line(phase, constant));
    }
    text.push_str(&notes(phases, constant));
    text
}

fn line(phase: &Phase, constant: u64) -> String {
    let load = &phase.load;
    let of_constant = format!("{} %", hundredths(load.rate(), constant));
    let batch = phase.records.checked_div(phase.commits).unwrap_or_default();
    format!(
        "{:<24}{:>10}{:>10}{:>10}{:>10}{:>10}{:>10}{:>10}{:>12}{:>10}{:>10}",
        phase.name,
        load.rate(),
        of_constant,
        in_ms(load.quantile(0.5)),
        in_ms(load.quantile(0.99)),
        in_ms(load.quantile(0.999)),
        phase.lag_max,
        in_ms(phase.catch_up),
        batch,
        cores(phase.server_cpu),
        cores(phase.load_cpu),
    )
}

/// What the columns mean, and where the time goes.
fn notes(phases: &[Phase], constant: u64) -> String {
    let mut text = String::from(
        "\nTimes in ms. `constant` is the share of the rate of GET /healthz. `lag max` counts\n\
         records the tables were behind; `a commit` is records an fsync; `server` and `load`\n\
         are cores busy.\n",
    );
    let rate = |name: &str| phases.iter().find(|phase| phase.name == name);
    if let (Some(single), Some(batch)) = (rate("spends"), rate("batches of 1 000")) {
        let times = hundredths(batch.load.rate(), single.load.rate());
        let _ = writeln!(
            text,
            "A batched spend is {}.{:02} times a single one.",
            times / 100,
            times % 100
        );
        let share = hundredths(single.load.rate(), constant);
        let _ = writeln!(
            text,
            "Of a single spend's time {share} % go to HTTP, as for a constant answer, \
             the rest to the ledger."
        );
    }
    if let Some(bytes) = phases.iter().filter_map(|phase| phase.server_bytes_max).max() {
        let _ = writeln!(text, "The server has had {} MiB of memory at most.", bytes >> 20);
    }
    for phase in phases {
        if let Some(refusal) = &phase.load.refusal {
            let refused = phase.load.refused;
            let _ = writeln!(text, "{}: {refused} requests were refused: {refusal}", phase.name);
        }
    }
    text
}

/// For programs.
pub(super) fn as_json(phases: &[Phase]) -> serde_json::Value {
    let constant = constant(phases);
    let phases: Vec<_> = phases.iter().map(|phase| phase_as_json(phase, constant)).collect();
    json!({ "constant_a_second": constant, "phases": phases })
}

fn phase_as_json(phase: &Phase, constant: u64) -> serde_json::Value {
    let load = &phase.load;
    let rate_asked = match phase.pace {
        Pace::Closed => None,
        Pace::Open { rate } => Some(rate),
    };
    json!({
        "name": phase.name,
        "rate_asked": rate_asked,
        "a_second": load.rate(),
        "hundredths_of_constant": hundredths(load.rate(), constant),
        "done": load.done,
        "refused": load.refused,
        "p50_us": load.quantile(0.5).as_micros(),
        "p99_us": load.quantile(0.99).as_micros(),
        "p999_us": load.quantile(0.999).as_micros(),
        "lag_records_max": phase.lag_max,
        "catch_up_us": phase.catch_up.as_micros(),
        "records": phase.records,
        "commits": phase.commits,
        "server_core_hundredths": phase.server_cpu,
        "load_core_hundredths": phase.load_cpu,
        "server_bytes_max": phase.server_bytes_max,
    })
}

fn in_ms(time: Duration) -> String {
    format!("{:.2}", time.as_secs_f64() * 1_000.0)
}

fn cores(hundredths: Option<u64>) -> String {
    hundredths.map_or_else(|| "-".into(), |it| format!("{}.{:02}", it / 100, it % 100))
}
