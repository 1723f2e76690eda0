//! What is left to do with the credits of a payment whose money went back.
//!
//! One step at a time: [`Payment::next`] looks at all that is known (the money
//! that went back, the grants the payment bought, the steps done so far) and
//! names the next step, or that nothing is left. So the end depends on what is
//! true and not on the order in which it was heard. This module must not know
//! how a step is done.
//!
//! A payment buys one grant; a promotion may add a **bonus**. What was clawed
//! for money that came again is **restored** as a further grant. The paid grant,
//! what was restored of it and what of it rolled over are one family, and so is each bonus: a family
//! gives its share of the money that went back and no more.

use std::collections::BTreeMap;

use ledger::{Credits, GrantId};

use crate::cents::Cents;
use crate::reversal::{MissingCredits, Reversal, ReversalKind, ReversalState};

/// A payment with all that happened to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Payment {
    /// How much was paid.
    pub paid: Cents,
    /// What it bought: the paid grant first, then bonuses.
    pub grants: Vec<BoughtGrant>,
    /// What expired of the paid grant and was given anew: of its family.
    pub rolled: Option<BoughtGrant>,
    /// Money that went back or may, oldest first.
    pub reversals: Vec<Reversal>,
    /// The steps done, oldest first.
    pub done: Vec<DoneStep>,
}

/// A grant that a payment bought.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BoughtGrant {
    /// Which one.
    pub id: GrantId,
    /// How many credits.
    pub amount: Credits,
}

/// Something to do to a grant because of a reversal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Step {
    /// Because of which.
    pub reversal: i64,
    /// To which grant.
    pub grant: GrantId,
    /// What.
    pub action: StepAction,
}

/// What is done to a grant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StepAction {
    /// Nobody spends it for now.
    Freeze,
    /// It is free again.
    Thaw,
    /// Nothing: its share of the money is less than can be counted, or was taken
    /// before.
    Skip,
    /// Credits are taken of it, as far as they are there.
    Take {
        /// How many shall have been taken of it in total.
        total: Credits,
        /// Of how many.
        of: Credits,
    },
    /// Credits are taken of it, and owed as far as they are not there.
    Owe {
        /// How many shall have been taken of it in total.
        total: Credits,
        /// Of how many.
        of: Credits,
    },
    /// What was taken of it comes back as a new grant.
    Restore {
        /// How many.
        amount: Credits,
    },
}

/// A step that was done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DoneStep {
    /// Which.
    pub step: Step,
    /// Taken of its grant in total behind it, debt included; of `Take` and `Owe`.
    pub clawed: Option<Credits>,
    /// The grant it made; of `Restore`.
    pub made: Option<GrantId>,
}

/// A grant with what happened to it.
#[derive(Clone, Copy, Debug)]
struct Lot {
    id: GrantId,
    amount: Credits,
    /// The bought grant it comes from.
    family: GrantId,
    /// The place of the step that made it; none made a bought one.
    made_by: Option<usize>,
    clawed: Credits,
    /// The reversal it is frozen because of.
    frozen_by: Option<i64>,
}

/// What a family gave and did not get again.
#[derive(Clone, Copy, Debug)]
struct Given {
    family: BoughtGrant,
    /// Credits that were there.
    taken: Credits,
    /// Credits that were not, and are owed.
    owed: Credits,
}

/// The state of a payment's credits.
#[derive(Clone, Debug)]
struct Lots {
    /// Those bought, then those restored.
    all: Vec<Lot>,
    /// The paid one first.
    given: Vec<Given>,
    /// The places of the steps by which reversals' money began to count.
    begun: BTreeMap<i64, usize>,
}

/// How a family gives its share.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Share {
    Taken,
    Owed,
}

impl Share {
    /// Whether an action gives it.
    fn is(self) -> impl Fn(&StepAction) -> bool {
        move |action| match self {
            Self::Taken => matches!(action, StepAction::Take { .. } | StepAction::Skip),
            Self::Owed => matches!(action, StepAction::Owe { .. }),
        }
    }
}

impl StepAction {
    /// The word it is kept by.
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::Freeze => "freeze",
            Self::Thaw => "thaw",
            Self::Skip => "skip",
            Self::Take { .. } => "take",
            Self::Owe { .. } => "owe",
            Self::Restore { .. } => "restore",
        }
    }

    /// The action of that word, with its figures.
    pub fn parse(word: &str, total: Credits, of: Credits) -> Option<Self> {
        Some(match word {
            "freeze" => Self::Freeze,
            "thaw" => Self::Thaw,
            "skip" => Self::Skip,
            "take" => Self::Take { total, of },
            "owe" => Self::Owe { total, of },
            "restore" => Self::Restore { amount: total },
            _ => return None,
        })
    }

    /// Its figures: how many credits in total, of how many.
    pub const fn figures(&self) -> (Credits, Credits) {
        match self {
            Self::Freeze | Self::Thaw | Self::Skip => (Credits::ZERO, Credits::ZERO),
            Self::Take { total, of } | Self::Owe { total, of } => (*total, *of),
            Self::Restore { amount } => (*amount, *amount),
        }
    }
}

impl Payment {
    /// The next step, or `None` where all is done: what is opened freezes before
    /// anything else, and a grant thaws only once all is taken of it.
    ///
    /// `Err` where figures can't be counted, which bounds of amounts exclude.
    pub fn next(&self) -> Result<Option<Step>, Uncountable> {
        let lots = self.lots()?;
        if let Some(step) = self.freeze(&lots) {
            return Ok(Some(step));
        }
        for reversal in self.returned(&lots) {
            if let Some(step) = self.claw(&lots, reversal)? {
                return Ok(Some(step));
            }
        }
        for reversal in self.in_state(ReversalState::Kept) {
            if let Some(step) = self.restore(&lots, reversal)? {
                return Ok(Some(step));
            }
        }
        Ok(self.thaw(&lots))
    }

    /// What a reversal took so far, what is owed included, less what was
    /// restored.
    pub fn taken_by(&self, reversal: i64) -> Result<Credits, Uncountable> {
        let (mut clawed, mut taken) = (Vec::<(GrantId, Credits)>::new(), Credits::ZERO);
        for done in &self.done {
            let is_its = done.step.reversal == reversal;
            if let (StepAction::Restore { amount }, true) = (done.step.action, is_its) {
                taken = less(taken, amount)?;
            }
            let Some(after) = done.clawed else { continue };
            let before = clawed.iter().rfind(|known| known.0 == done.step.grant);
            let before = before.map_or(Credits::ZERO, |known| known.1);
            if is_its {
                taken = sum(taken, less(after, before)?)?;
            }
            clawed.push((done.step.grant, after));
        }
        Ok(taken.max(Credits::ZERO))
    }

    fn in_state(&self, state: ReversalState) -> impl Iterator<Item = &Reversal> {
        self.reversals.iter().filter(move |reversal| reversal.state == state)
    }

    fn opened(&self) -> Option<&Reversal> {
        self.in_state(ReversalState::Opened).find(|it| it.kind == ReversalKind::Chargeback)
    }

    /// Those whose money is with the buyer, in the order in which they began: each
    /// takes what goes with its own money before the next one does.
    fn returned(&self, lots: &Lots) -> Vec<&Reversal> {
        let mut returned: Vec<_> = self.in_state(ReversalState::Returned).collect();
        returned.sort_by_key(|reversal| (lots.begun(reversal.id), reversal.id));
        returned
    }

    fn freeze(&self, lots: &Lots) -> Option<Step> {
        let reversal = self.opened()?.id;
        let is_loose = |lot: &&Lot| {
            let is_frozen = |it: &StepAction| *it == StepAction::Freeze;
            lot.frozen_by.is_none() && !self.is_done(reversal, lot.id, is_frozen)
        };
        let grant = lots.all.iter().find(is_loose)?.id;
        Some(Step { reversal, grant, action: StepAction::Freeze })
    }

    fn thaw(&self, lots: &Lots) -> Option<Step> {
        if self.opened().is_some() {
            return None;
        }
        let frozen = lots.all.iter().find_map(|lot| Some((lot.id, lot.frozen_by?)));
        frozen.map(|(grant, reversal)| Step { reversal, grant, action: StepAction::Thaw })
    }

    /// The next part of what goes with a reversal's money: what is there of every
    /// family, then what is owed for the paid one. Nobody owes a bonus. What was there
    /// counts for money that forgives first, whichever came first: so a reversal
    /// that forgives may have what another one took be owed.
    fn claw(&self, lots: &Lots, reversal: &Reversal) -> Result<Option<Step>, Uncountable> {
        for given in &lots.given {
            if let Some(step) = self.part(lots, reversal, (given, Share::Taken))? {
                return Ok(Some(step));
            }
        }
        match lots.given.first() {
            Some(paid) => self.part(lots, reversal, (paid, Share::Owed)),
            None => Ok(None),
        }
    }

    fn part(
        &self,
        lots: &Lots,
        reversal: &Reversal,
        (given, share): (&Given, Share),
    ) -> Result<Option<Step>, Uncountable> {
        let begun = lots.begun(reversal.id);
        let of = |share| self.target(lots, begun, (reversal.id, given, share));
        let due = match share {
            Share::Taken => less(of(Share::Taken)?, given.sum()?)?,
            Share::Owed => {
                less(owed(of(Share::Taken)?, of(Share::Owed)?, given.taken)?, given.owed)?
            }
        };
        let due = due.max(Credits::ZERO);
        for lot in lots.all.iter().filter(|lot| lot.family == given.family.id) {
            // What came again after it had its turn is for others.
            let is_late = lot.made_by.is_some_and(|made| made > begun);
            let part = due.min(less(lot.amount, lot.clawed)?);
            // The first step says that the reversal's money counts from now on.
            let is_first = lot.made_by.is_none() && share == Share::Taken;
            let is_done = self.is_done(reversal.id, lot.id, share.is());
            if is_late || is_done || !(part.is_positive() || is_first) {
                continue;
            }
            let (total, of) = (sum(lot.clawed, part)?, lot.amount);
            let action = match share {
                _ if !part.is_positive() => StepAction::Skip,
                Share::Taken => StepAction::Take { total, of },
                Share::Owed => StepAction::Owe { total, of },
            };
            return Ok(Some(Step { reversal: reversal.id, grant: lot.id, action }));
        }
        Ok(None)
    }

    /// A family's share of the money that is with the buyer because of a reversal
    /// and those that began before.
    fn target(
        &self,
        lots: &Lots,
        begun: usize,
        (reversal, given, share): (i64, &Given, Share),
    ) -> Result<Credits, Uncountable> {
        let mut went_back = Cents::ZERO;
        for one in self.in_state(ReversalState::Returned) {
            let counts = one.id == reversal || lots.begun(one.id) < begun;
            if counts && (share == Share::Taken || one.missing == MissingCredits::Owed) {
                went_back = went_back.checked_add(one.amount).ok_or(Uncountable)?;
            }
        }
        let (went_back, paid) = (went_back.min(self.paid).count(), self.paid.count());
        given.family.amount.mul_div_floor(went_back, paid).ok_or(Uncountable)
    }

    /// What a family gave because of money that came again: what is more than it
    /// had given without that money. Credits that were there stay for the share
    /// of the other reversals; owed is what those say is owed.
    fn restore(&self, lots: &Lots, reversal: &Reversal) -> Result<Option<Step>, Uncountable> {
        if lots.begun(reversal.id) == usize::MAX {
            return Ok(None);
        }
        for given in &lots.given {
            let of = |share| self.target(lots, usize::MAX, (reversal.id, given, share));
            let taken = given.taken.min(of(Share::Taken)?);
            let owed = owed(of(Share::Taken)?, of(Share::Owed)?, taken)?.min(given.owed);
            let amount = less(given.sum()?, sum(taken, owed)?)?;
            let grant = given.family.id;
            let is_restored =
                self.is_done(reversal.id, grant, |it| matches!(it, StepAction::Restore { .. }));
            if amount.is_positive() && !is_restored {
                let action = StepAction::Restore { amount };
                return Ok(Some(Step { reversal: reversal.id, grant, action }));
            }
        }
        Ok(None)
    }

    fn is_done(&self, reversal: i64, grant: GrantId, is: impl Fn(&StepAction) -> bool) -> bool {
        self.done.iter().any(|done| {
            (done.step.reversal, done.step.grant) == (reversal, grant) && is(&done.step.action)
        })
    }

    /// The grants with what happened to them.
    fn lots(&self) -> Result<Lots, Uncountable> {
        let whole = |grant: &BoughtGrant| Lot::whole(*grant, grant.id, None);
        let mut all: Vec<_> = self.grants.iter().map(whole).collect();
        let rolled = self.grants.first().zip(self.rolled);
        all.extend(rolled.map(|(paid, rolled)| Lot::whole(rolled, paid.id, None)));
        let given = |family: &BoughtGrant| Given::nothing(*family);
        let given = self.grants.iter().map(given).collect();
        let mut lots = Lots { all, given, begun: BTreeMap::new() };
        let paid = self.grants.first().map(|paid| paid.id);
        for (place, done) in self.done.iter().enumerate() {
            if paid == Some(done.step.grant) && Share::Taken.is()(&done.step.action) {
                lots.begun.entry(done.step.reversal).or_insert(place);
            }
            lots.follow(place, done)?;
        }
        Ok(lots)
    }
}

impl Lots {
    /// The place of the step by which a reversal's money began to count; the end
    /// of all where it did not yet.
    fn begun(&self, reversal: i64) -> usize {
        self.begun.get(&reversal).copied().unwrap_or(usize::MAX)
    }

    /// What a step that was done made of them.
    fn follow(&mut self, place: usize, done: &DoneStep) -> Result<(), Uncountable> {
        let Some(lot) = self.all.iter_mut().find(|lot| lot.id == done.step.grant) else {
            return Ok(());
        };
        let family = lot.family;
        let given = self.given.iter_mut().find(|given| given.family.id == family);
        let given = given.ok_or(Uncountable)?;
        match done.step.action {
            StepAction::Freeze => lot.frozen_by = Some(done.step.reversal),
            StepAction::Thaw => lot.frozen_by = None,
            StepAction::Skip => {}
            StepAction::Take { .. } => given.taken = sum(given.taken, lot.claw(done)?)?,
            StepAction::Owe { .. } => given.owed = sum(given.owed, lot.claw(done)?)?,
            StepAction::Restore { amount } => {
                // What comes again pays what is owed first.
                let paid = amount.min(given.owed);
                given.owed = less(given.owed, paid)?;
                given.taken = less(given.taken, less(amount, paid)?)?;
                let made = |id| Lot::whole(BoughtGrant { id, amount }, family, Some(place));
                self.all.extend(done.made.map(made));
            }
        }
        Ok(())
    }
}

impl Lot {
    const fn whole(grant: BoughtGrant, family: GrantId, made_by: Option<usize>) -> Self {
        let BoughtGrant { id, amount } = grant;
        Self { id, amount, family, made_by, clawed: Credits::ZERO, frozen_by: None }
    }

    /// How much more was clawed of it by a step.
    fn claw(&mut self, done: &DoneStep) -> Result<Credits, Uncountable> {
        let before = self.clawed;
        self.clawed = done.clawed.unwrap_or(before);
        less(self.clawed, before)
    }
}

impl Given {
    const fn nothing(family: BoughtGrant) -> Self {
        Self { family, taken: Credits::ZERO, owed: Credits::ZERO }
    }

    fn sum(&self) -> Result<Credits, Uncountable> {
        sum(self.taken, self.owed)
    }
}

/// Figures that can't be counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the credits of a payment can't be counted")]
pub struct Uncountable;

/// What is owed of a share, where so much was there to be taken.
fn owed(share: Credits, owing: Credits, taken: Credits) -> Result<Credits, Uncountable> {
    Ok(owing.min(less(share, taken)?).max(Credits::ZERO))
}

fn sum(a: Credits, b: Credits) -> Result<Credits, Uncountable> {
    a.checked_add(b).ok_or(Uncountable)
}

fn less(a: Credits, b: Credits) -> Result<Credits, Uncountable> {
    a.checked_sub(b).ok_or(Uncountable)
}

#[cfg(test)]
#[path = "settlement_tests.rs"]
mod tests;
