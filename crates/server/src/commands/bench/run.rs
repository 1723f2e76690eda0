//! What a run came to, and the ratios in it, which are what compares.

use super::books::Figures;
use super::phase::Phase;
use super::plan::{Kind, What};
use super::site::Site;

/// What a run came to.
pub(super) struct Run {
    pub(super) site: Site,
    /// The date it began, as `2026-01-31`.
    pub(super) date: String,
    /// What it was asked for.
    pub(super) command: String,
    pub(super) books: Vec<Figures>,
    pub(super) phases: Vec<Phase>,
}

/// Ratios of a book, in hundredths.
pub(super) struct Ratios {
    /// Single spends beside the constant.
    pub(super) of_constant: Option<u64>,
    /// Single spends beside one transaction a spend.
    pub(super) of_yardstick: Option<u64>,
    /// One wallet beside many.
    pub(super) hot_of_spends: Option<u64>,
    /// Every wallet beside ten thousand.
    pub(super) wallets_of_spends: Option<u64>,
    /// Spends of batches beside single ones.
    pub(super) batches_of_spends: Option<u64>,
    /// Single spends beside those of the first book without records behind it.
    pub(super) of_empty: Option<u64>,
    /// Microseconds that one of a hundred single spends at half the peak took longer than.
    pub(super) half_p99_us: Option<u128>,
}

impl Run {
    /// A phase's rate beside the constant of its book, or, for the yardstick, of the
    /// first.
    pub(super) fn of_constant(&self, place: usize) -> Option<u64> {
        let phase = self.phases.get(place)?;
        let constant = self.around(place, What::Constant, phase.book.or(Some(0)))?;
        hundredths(phase.load.rate(), constant)
    }

    /// A phase's rate beside one transaction a spend.
    pub(super) fn of_yardstick(&self, place: usize) -> Option<u64> {
        let yardstick = self.around(place, What::Yardstick, None)?;
        hundredths(self.phases.get(place)?.load.rate(), yardstick)
    }

    /// The ratios of a book.
    pub(super) fn ratios(&self, book: usize) -> Ratios {
        let find =
            |what, book| self.phases.iter().position(|it| it.what == what && it.book == Some(book));
        let rate = |what, book| Some(self.phases.get(find(what, book)?)?.load.rate());
        let spends = find(What::Peak(Kind::Spends), book);
        let beside = |kind, of| {
            let of = rate(What::Peak(Kind::Spends), of)?;
            hundredths(rate(What::Peak(kind), book)?, of)
        };
        let half = find(What::Half(Kind::Spends), book).and_then(|place| self.phases.get(place));
        Ratios {
            of_constant: spends.and_then(|place| self.of_constant(place)),
            of_yardstick: spends.and_then(|place| self.of_yardstick(place)),
            hot_of_spends: beside(Kind::Hot, book),
            wallets_of_spends: beside(Kind::Wallets, book),
            batches_of_spends: beside(Kind::Batches, book),
            of_empty: self.empty_of(book).and_then(|empty| beside(Kind::Spends, empty)),
            half_p99_us: half.map(|phase| phase.load.quantile(0.99).as_micros()),
        }
    }

    /// The book a filled one is compared with: the same engine's, with nothing behind.
    fn empty_of(&self, book: usize) -> Option<usize> {
        let filled = self.books.get(book).filter(|book| book.behind > 0)?;
        self.books.iter().position(|it| it.behind == 0 && filled.name.starts_with(&it.name))
    }

    /// The mean rate of the nearest phases before and after a place that measured that.
    fn around(&self, place: usize, what: What, book: Option<usize>) -> Option<u64> {
        let is_it = |phase: &&Phase| phase.what == what && phase.book == book;
        let before = self.phases.iter().take(place + 1).rev().find(is_it);
        let after = self.phases.iter().skip(place).find(is_it);
        let rates: Vec<_> = before.into_iter().chain(after).map(|it| it.load.rate()).collect();
        rates.iter().sum::<u64>().checked_div(u64::try_from(rates.len()).ok()?)
    }
}

/// A rate in hundredths of another.
fn hundredths(rate: u64, of: u64) -> Option<u64> {
    rate.checked_mul(100)?.checked_div(of)
}

#[cfg(test)]
pub(super) mod tests {
    use std::time::Duration;

    use super::super::load::Loaded;
    use super::{Figures, Kind, Phase, Run, Site, What};

    /// A phase of a second that did so much.
    fn phase(what: What, book: Option<usize>, done: u64) -> Phase {
        let mut load = Loaded::none().unwrap();
        (load.done, load.took) = (done, Duration::from_secs(1));
        load.note(Duration::from_millis(2));
        Phase { what, book, rate_asked: None, load, machine_cpu: None, server: None }
    }

    /// An empty book and a filled one on a machine that becomes twice as fast.
    pub(in super::super) fn run() -> Run {
        let figures = |name: &str, behind| {
            let (name, filling) = (name.to_owned(), Duration::ZERO);
            Figures { name, behind, filling, start: None }
        };
        let (constant, spends, half) =
            (What::Constant, What::Peak(Kind::Spends), What::Half(Kind::Spends));
        let phases = [
            (constant, Some(0), 1_000),
            (constant, Some(1), 1_000),
            (What::Yardstick, None, 100),
            (spends, Some(0), 600),
            (spends, Some(1), 540),
            (half, Some(0), 300),
            (constant, Some(0), 2_000),
            (constant, Some(1), 2_000),
            (What::Yardstick, None, 200),
            (What::Peak(Kind::Hot), Some(0), 660),
        ];
        Run {
            site: Site { commit: None, postgres: None, disk: vec![7] },
            date: "2026-01-31".into(),
            command: "credits bench".into(),
            books: vec![figures("SQLite", 0), figures("SQLite, 9 behind", 9)],
            phases: phases.map(|(what, book, done)| phase(what, book, done)).into(),
        }
    }

    #[test]
    fn a_phase_is_compared_with_the_machine_around_it() {
        let run = run();
        let ratios = run.ratios(0);
        assert_eq!((ratios.of_constant, ratios.of_yardstick), (Some(40), Some(400)));
        assert_eq!((ratios.hot_of_spends, ratios.of_empty), (Some(110), None));
        assert_eq!(ratios.half_p99_us, Some(2_000));
        assert_eq!(run.ratios(1).of_empty, Some(90));
        assert_eq!(run.of_constant(9), Some(33));
    }
}
