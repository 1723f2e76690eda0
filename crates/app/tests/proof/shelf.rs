//! A book that a workload wrote, closed, and copies of it to do things to.

use ledger::Seq;
use testkit::Raw;

use crate::bench::{Bench, verify_home};
use crate::home::Home;
use crate::workload::Workload;

/// A closed book with checkpoints, as a server left it.
pub(crate) struct Shelf {
    pub(crate) home: Home,
}

impl Shelf {
    /// A book of some thousand varied commands, with checkpoints in its middle
    /// and at its end.
    pub(crate) async fn filled(seed: u64) -> Self {
        let bench = Bench::start().await;
        let mut workload = Workload::seeded(seed);
        for _ in 0..3 {
            workload.run(&bench.ledger, &bench.hand, 700).await;
            bench.proof.checkpoint().await.unwrap();
        }
        workload.run(&bench.ledger, &bench.hand, 100).await;
        let (home, _) = bench.close().await;
        Self { home }
    }

    /// A book that was closed.
    pub(crate) fn of(home: Home) -> Self {
        Self { home }
    }

    /// Everything in it, to do something to.
    pub(crate) fn copy(&self) -> Home {
        self.home.copy()
    }

    /// A copy in which something was done to the tables, without the schema's
    /// checks: an intruder has none.
    pub(crate) fn tampered(&self, tamper: impl FnOnce(&Raw)) -> Home {
        let copy = self.copy();
        tamper(&copy.raw().without_checks());
        copy
    }

    pub(crate) fn raw(&self) -> Raw {
        self.home.raw()
    }

    pub(crate) fn head(&self) -> Seq {
        head(&self.home)
    }
}

/// The end of a book's journal.
pub(crate) fn head(home: &Home) -> Seq {
    Seq::from_number(home.raw().number("SELECT seq FROM heads"))
}

/// What verification says of a copy, which must not be sound.
pub(crate) async fn found(copy: &Home, what: &str) -> app::proof::Finding {
    let report = verify_home(copy).await;
    report.finding().unwrap_or_else(|| panic!("{what}: nothing was found")).clone()
}
