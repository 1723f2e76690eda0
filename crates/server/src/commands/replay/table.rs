//! How a replay's outcome is shown: a table for people, JSON for programs.

use std::fmt::Write as _;
use std::time::Duration;

use domain::UserId;
use serde_json::json;

use super::tally::{STEPS, Tally};
use super::target::Verdict;

/// For people.
pub(super) fn as_text(tally: &Tally, user: UserId, verdict: &Verdict) -> String {
    let Tally { runs, captures, releases, refused, mutations, replayed, .. } = tally;
    let rows = [
        ("user", user.to_string()),
        ("runs", format!("{runs} ({captures} captured, {releases} failed and released)")),
        ("credits held", tally.held.to_string()),
        ("credits captured", tally.captured.to_string()),
        ("credits released", tally.released.to_string()),
        ("refused", refused.to_string()),
        ("replayed", replayed_in_words(*mutations, *replayed)),
        ("rate", format!("{} runs/s in {:.1} s", tally.rate(), tally.took.as_secs_f64())),
    ];
    let mut text = String::new();
    for (name, value) in rows {
        // Writing to a text can't fail.
        let _ = writeln!(text, "{name:<18}{value}");
    }
    for step in STEPS {
        if let Some((median, slow)) = tally.quantiles(step) {
            let _ = writeln!(text, "{step:<18}p50 {}, p99 {}", in_ms(median), in_ms(slow));
        }
    }
    let _ = writeln!(text, "{:<18}{}", "verify", verdict.sentence);
    text
}

fn replayed_in_words(mutations: u64, replayed: u64) -> String {
    match replayed {
        0 => format!("0 of {mutations}"),
        _ if replayed == mutations => {
            format!("all {mutations}: stored answers, nothing was appended")
        }
        _ => format!("{replayed} of {mutations}"),
    }
}

/// For programs. Credits are texts: a number would pass through a float there.
pub(super) fn as_json(tally: &Tally, user: UserId, verdict: &Verdict) -> serde_json::Value {
    let steps: serde_json::Map<_, _> = STEPS
        .into_iter()
        .filter_map(|step| {
            let (median, slow) = tally.quantiles(step)?;
            let times = json!({ "p50_us": median.as_micros(), "p99_us": slow.as_micros() });
            Some((step.to_owned(), times))
        })
        .collect();
    json!({
        "user": user.number(),
        "runs": tally.runs,
        "captures": tally.captures,
        "releases": tally.releases,
        "held": tally.held.to_string(),
        "captured": tally.captured.to_string(),
        "released": tally.released.to_string(),
        "refused": tally.refused,
        "mutations": tally.mutations,
        "replayed": tally.replayed,
        "runs_a_second": tally.rate(),
        "steps": steps,
        "verify": verdict.sentence,
    })
}

fn in_ms(time: Duration) -> String {
    format!("{:.2} ms", time.as_secs_f64() * 1_000.0)
}
