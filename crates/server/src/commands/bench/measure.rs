//! A run: every step of its plan, on every book by turns.

use super::Arguments;
use super::books::Book;
use super::load::Pace;
use super::phase::Phase;
use super::plan::{Kind, Step, What, steps};
use super::work::Work;
use super::yardstick::Yardstick;

/// What a run measures, and for how long.
pub(super) struct Measuring<'a> {
    pub(super) books: &'a [Book],
    pub(super) yardstick: Option<&'a Yardstick>,
    pub(super) arguments: &'a Arguments,
}

impl Measuring<'_> {
    /// All phases.
    pub(super) async fn run(&self) -> anyhow::Result<Vec<Phase>> {
        let mut phases = Vec::new();
        for step in steps(&self.arguments.phases) {
            match step {
                Step::References => phases.extend(self.references().await?),
                Step::Kind(kind) => phases.extend(self.kind(kind).await?),
            }
        }
        Ok(phases)
    }

    async fn references(&self) -> anyhow::Result<Vec<Phase>> {
        let mut phases = Vec::new();
        for place in 0..self.books.len() {
            let load = (Work::Constant, Pace::Closed);
            phases.push(self.phase((What::Constant, place), load, self.brief()).await?);
        }
        if let Some(yardstick) = self.yardstick {
            eprintln!("{}: {} s", What::Yardstick.name(), self.brief());
            phases.push(yardstick.run(self.brief())?);
        }
        Ok(phases)
    }

    /// Its peaks on all books, then half of each on its own.
    async fn kind(&self, kind: Kind) -> anyhow::Result<Vec<Phase>> {
        let work = kind.work(self.arguments.wallets);
        let seconds = match kind {
            Kind::Spends => self.arguments.seconds,
            _ => self.short(),
        };
        let mut phases = Vec::new();
        for place in 0..self.books.len() {
            let what = (What::Peak(kind), place);
            phases.push(self.phase(what, (work, Pace::Closed), seconds).await?);
        }
        for place in 0..self.books.len() {
            let rate = phases.get(place).map_or(0, |phase| phase.load.rate());
            let pace = Pace::Open { rate: (rate / work.weight() / 2).max(1) };
            let what = (What::Half(kind), place);
            phases.push(self.phase(what, (work, pace), self.short()).await?);
        }
        Ok(phases)
    }

    async fn phase(
        &self,
        (what, place): (What, usize),
        load: (Work, Pace),
        seconds: u64,
    ) -> anyhow::Result<Phase> {
        let book = &self.books[place];
        if let Some(yardstick) = self.yardstick {
            yardstick.settle()?;
        }
        eprintln!("{}, {}: {seconds} s", what.name(), book.figures.name);
        book.bench.run((what, place), load, seconds).await
    }

    /// How long what others are compared with takes: it comes often.
    fn brief(&self) -> u64 {
        (self.arguments.seconds / 8).max(1)
    }

    /// How long all other phases but the sustained one take.
    fn short(&self) -> u64 {
        (self.arguments.seconds / 4).max(1)
    }
}
