//! The figures of a run for programs, and the files that are kept of it.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use serde_json::{Value, json};

use super::plot;
use super::run::Run;

/// The whole run, a phase a line.
pub(super) fn as_json(run: &Run) -> String {
    let head = json!({
        "date": run.date,
        "command": run.command,
        "site": run.site.as_json(),
        "books": (0..run.books.len()).map(|book| book_as_json(run, book)).collect::<Vec<_>>(),
    });
    let head = format!("{head:#}");
    let phases: Vec<_> =
        (0..run.phases.len()).map(|place| phase_as_json(run, place).to_string()).collect();
    let head = head.strip_suffix("\n}").unwrap_or(&head);
    format!("{head},\n  \"phases\": [\n    {}\n  ]\n}}\n", phases.join(",\n    "))
}

/// Writes `DATE-NAME.json` and the plot beside it, and says where.
pub(super) fn keep(run: &Run, folder: &Path, name: &str) -> anyhow::Result<[PathBuf; 2]> {
    fs::create_dir_all(folder).with_context(|| format!("{} can't be made", folder.display()))?;
    let path = |ending: &str| folder.join(format!("{}-{name}.{ending}", run.date));
    let files = [(path("json"), as_json(run)), (path("svg"), plot::as_svg(run))];
    for (path, text) in &files {
        fs::write(path, text).with_context(|| format!("{} can't be written", path.display()))?;
    }
    Ok(files.map(|(path, _)| path))
}

fn book_as_json(run: &Run, place: usize) -> Value {
    let (book, ratios) = (run.books.get(place), run.ratios(place));
    let start = book.and_then(|book| book.start);
    json!({
        "name": book.map(|book| &book.name),
        "behind": book.map(|book| book.behind),
        "filling_ms": book.map(|book| book.filling.as_millis()),
        "ready_us": start.map(|start| start.ready.as_micros()),
        "at_rest_after_us": start.map(|start| start.rest.as_micros()),
        "at_rest_bytes": start.and_then(|start| start.bytes),
        "spends_in_hundredths": {
            "of_constant": ratios.of_constant,
            "of_yardstick": ratios.of_yardstick,
            "of_the_empty_book": ratios.of_empty,
            "one_wallet_of_them": ratios.hot_of_spends,
            "every_wallet_of_them": ratios.wallets_of_spends,
            "batches_of_them": ratios.batches_of_spends,
        },
        "p99_at_half_us": ratios.half_p99_us,
    })
}

fn phase_as_json(run: &Run, place: usize) -> Value {
    let phase = &run.phases[place];
    let load = &phase.load;
    let server = phase.server.as_ref();
    json!({
        "name": phase.what.name(),
        "book": phase.book.and_then(|book| run.books.get(book)).map(|book| &book.name),
        "requests_asked_a_second": phase.rate_asked,
        "a_second": load.rate(),
        "hundredths_of_constant": run.of_constant(place),
        "hundredths_of_yardstick": run.of_yardstick(place),
        "took_us": load.took.as_micros(),
        "done": load.done,
        "refused": load.refused,
        "p50_us": load.quantile(0.5).as_micros(),
        "p90_us": load.quantile(0.9).as_micros(),
        "p99_us": load.quantile(0.99).as_micros(),
        "p999_us": load.quantile(0.999).as_micros(),
        "max_us": load.quantile(1.0).as_micros(),
        "lag_records_max": server.map(|it| it.lag_max),
        "catch_up_us": server.map(|it| it.catch_up.as_micros()),
        "records": server.map(|it| it.records),
        "commits": server.map(|it| it.commits),
        "server_core_hundredths": server.and_then(|it| it.cpu),
        "load_core_hundredths": server.and_then(|it| it.load_cpu),
        "machine_core_hundredths": phase.machine_cpu,
        "server_bytes_max": server.and_then(|it| it.bytes_max),
        "histogram_us": load.histogram(),
    })
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::super::run::tests::run;
    use super::{as_json, keep};

    #[test]
    fn the_figures_are_json_with_every_phase_and_its_histogram() {
        let json: Value = serde_json::from_str(&as_json(&run())).unwrap();
        let phases = json["phases"].as_array().unwrap();
        assert_eq!(phases.len(), run().phases.len());
        assert_eq!(phases[3]["hundredths_of_constant"], 40);
        assert_eq!(phases[3]["histogram_us"][0][1], 1);
        assert_eq!(json["books"][1]["spends_in_hundredths"]["of_the_empty_book"], 90);
        assert_eq!(json["site"]["synchronous_writes_a_second"][0], 7);
    }

    #[test]
    fn the_files_are_named_by_date() {
        let folder = tempfile::tempdir().unwrap();
        let files = keep(&run(), &folder.path().join("new"), "both").unwrap();
        let names = files.map(|path| path.file_name().unwrap().to_owned());
        assert_eq!(names, ["2026-01-31-both.json", "2026-01-31-both.svg"]);
    }
}
