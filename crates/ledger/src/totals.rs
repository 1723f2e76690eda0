//! What every account has been debited and credited: the trial balance.

use std::borrow::Cow;
use std::collections::BTreeMap;

use sha2::{Digest, Sha256};

use crate::account::Account;
use crate::record::Record;

/// Debits and credits of an account, in micro-credits.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Turnover {
    /// What left it.
    pub debits: i128,
    /// What entered it.
    pub credits: i128,
}

/// Turnover by account; all wallets together are one line.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Totals(BTreeMap<String, Turnover>);

impl Totals {
    /// From stored lines.
    pub fn from_lines(lines: impl IntoIterator<Item = (String, Turnover)>) -> Self {
        Self(lines.into_iter().collect())
    }

    /// Counts a record's posting. The names of the two lines it changed.
    pub fn count(&mut self, record: &Record) -> Option<[Cow<'static, str>; 2]> {
        let posting = record.posting.as_ref()?;
        let amount = i128::from(posting.amount.micros());
        let (debit, credit) = (line(&posting.debit), line(&posting.credit));
        self.add(&debit, |left| left.debits = left.debits.saturating_add(amount));
        self.add(&credit, |entered| entered.credits = entered.credits.saturating_add(amount));
        Some([debit, credit])
    }

    fn add(&mut self, line: &str, side: impl FnOnce(&mut Turnover)) {
        match self.0.get_mut(line) {
            Some(turnover) => side(turnover),
            None => side(self.0.entry(line.to_owned()).or_default()),
        }
    }

    /// The lines, by name.
    pub fn lines(&self) -> impl ExactSizeIterator<Item = (&str, &Turnover)> {
        self.0.iter().map(|(name, turnover)| (name.as_str(), turnover))
    }

    /// Whether debits and credits sum to the same (L1).
    pub fn balance(&self) -> bool {
        let sum = |side: fn(&Turnover) -> i128| {
            self.0.values().map(side).fold(0_i128, i128::saturating_add)
        };
        sum(|turnover| turnover.debits) == sum(|turnover| turnover.credits)
    }

    /// SHA-256 over the lines: what a checkpoint signs.
    pub fn digest(&self) -> [u8; 32] {
        let mut sha = Sha256::new();
        for (name, turnover) in &self.0 {
            sha.update(format!("{name} {} {}\n", turnover.debits, turnover.credits));
        }
        sha.finalize().into()
    }
}

/// An account's line in the trial balance.
fn line(account: &Account) -> Cow<'static, str> {
    match account {
        Account::Wallet(_) => "wallets".into(),
        system => system.to_string().into(),
    }
}
