//! How far something has come: a bar on a terminal, a line now and then elsewhere.

use std::io::IsTerminal as _;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};

/// Lines are printed for every so many hundredths where there is no terminal.
const STEP: u64 = 10;

/// How far something has come, told on standard error.
pub(super) struct Progress {
    bar: Option<ProgressBar>,
    what: &'static str,
    total: u64,
    told: u64,
}

impl Progress {
    /// Of so many; `what` is their plural.
    pub(super) fn of(total: u64, what: &'static str) -> Self {
        let bar = std::io::stderr().is_terminal().then(|| bar(total, what));
        Self { bar, what, total, told: 0 }
    }

    /// So many are done.
    pub(super) fn set(&mut self, done: u64) {
        if let Some(bar) = &self.bar {
            bar.set_position(done);
            return;
        }
        let hundredths = done.saturating_mul(100).checked_div(self.total).unwrap_or(100);
        if hundredths >= self.told + STEP {
            self.told = hundredths - hundredths % STEP;
            eprintln!("{:>3} % of {} {}", self.told, self.total, self.what);
        }
    }

    /// There is no more to come.
    pub(super) fn finish(self) {
        if let Some(bar) = self.bar {
            bar.finish_and_clear();
        }
    }
}

fn bar(total: u64, what: &'static str) -> ProgressBar {
    let template = "{bar:30} {human_pos}/{human_len} {msg}, {per_sec}, {eta} left";
    let style = ProgressStyle::with_template(template);
    let bar = ProgressBar::new(total).with_message(what);
    bar.enable_steady_tick(Duration::from_millis(200));
    bar.with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
}
