//! The rows that the projections must have after the records so far.
//!
//! Figures are the verifier's; what is kept here is which rows there are.

use std::collections::BTreeMap;

use domain::TransactionType;
use ledger::{Event, GrantId, HoldId, KeyId, Record, Seq, Verifier, WalletId};
use store::projections::{HistoryRow, RefundRow, key_era};
use store::rows::{self, Datum, Projection, WholeRow};

use super::compare::Rows;

/// A projection.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Which {
    Wallets,
    Grants,
    Holds,
    Keys,
    History,
    Refunds,
}

impl Which {
    pub(super) const ALL: [Self; 6] =
        [Self::Wallets, Self::Grants, Self::Holds, Self::Keys, Self::History, Self::Refunds];

    pub(super) fn projection(self) -> &'static Projection {
        match self {
            Self::Wallets => &rows::WALLETS,
            Self::Grants => &rows::GRANTS,
            Self::Holds => &rows::HOLDS,
            Self::Keys => &rows::KEYS,
            Self::History => &rows::HISTORY,
            Self::Refunds => &rows::REFUNDS,
        }
    }
}

/// Which rows there are.
#[derive(Default)]
pub(super) struct Folded {
    grants: BTreeMap<GrantId, WalletId>,
    holds: BTreeMap<HoldId, WalletId>,
    keys: Vec<(i64, KeyId)>,
    history: BTreeMap<WalletId, Vec<HistoryRow>>,
    refunds: BTreeMap<Seq, RefundRow>,
}

impl Folded {
    /// Notes the rows of a record that the verifier took.
    pub(super) fn take(&mut self, record: &Record) {
        self.keys.extend(record.key_id().map(|id| (key_era(record.seq), id)));
        if let Event::Refund { of, refunded } = record.event {
            self.refunds.insert(of, RefundRow { of, refunded, seq: record.seq });
        }
        let (Some(wallet), Some(after)) = (record.wallet, record.after) else { return };
        let grants = record.grants.iter().filter(|change| change.made.is_some());
        self.grants.extend(grants.map(|change| (change.id, wallet)));
        let holds = record.holds.iter().filter(|change| change.made.is_some());
        self.holds.extend(holds.map(|change| (change.id, wallet)));
        if let (Some(amount), Some(kind)) = (record.amount(), TransactionType::of(record)) {
            let (account_seq, at, seq) = (after.account_seq, record.at, record.seq);
            let row = HistoryRow { account_seq, kind, at, amount, seq };
            self.history.entry(wallet).or_default().push(row);
        }
    }

    /// Puts the keys in order: they come in any.
    pub(super) fn sort(&mut self) {
        self.keys.sort_unstable();
    }

    /// The rows of a projection, in the order of their key. Behind [`Self::sort`].
    pub(super) fn rows<'f>(&'f self, which: Which, state: &'f Verifier) -> Rows<'f> {
        match which {
            Which::Wallets => Box::new(state.wallets().map(rows::wallet)),
            Which::Grants => Box::new(
                self.grants
                    .iter()
                    .filter_map(|(id, wallet)| Some(rows::grant(state.grant(*wallet, *id)?))),
            ),
            Which::Holds => Box::new(
                self.holds
                    .iter()
                    .filter_map(|(id, wallet)| Some(rows::hold(state.hold(*wallet, *id)?))),
            ),
            Which::Keys => {
                let keys = self.keys.iter().map(|(_, id)| *id);
                Box::new(keys.filter_map(|id| Some(rows::key(id, state.key(id)?))))
            }
            Which::History => Box::new(self.history.iter().flat_map(|(wallet, transactions)| {
                transactions.iter().map(|row| rows::transaction(*wallet, row))
            })),
            Which::Refunds => Box::new(self.refunds.values().map(|row| rows::refund(*row))),
        }
    }

    /// The row of a key, as it is after the last record.
    pub(super) fn row(&self, which: Which, key: &[Datum], state: &Verifier) -> Option<WholeRow> {
        let numbers: Vec<i64> = key.iter().filter_map(Datum::number).collect();
        match (which, numbers.as_slice()) {
            (Which::Wallets, [1, id]) => state.wallet(WalletId::from_number(*id)).map(rows::wallet),
            (Which::Grants, [1, seq, ordinal]) => {
                let id = GrantId { seq: Seq::from_number(*seq), ordinal: *ordinal };
                state.grant(*self.grants.get(&id)?, id).map(rows::grant)
            }
            (Which::Holds, [1, seq]) => {
                let id = HoldId(Seq::from_number(*seq));
                state.hold(*self.holds.get(&id)?, id).map(rows::hold)
            }
            (Which::Keys, [1, _]) => {
                let id = KeyId(key.last()?.bytes()?.try_into().ok()?);
                Some(rows::key(id, state.key(id)?))
            }
            (Which::History, [1, wallet, place]) => {
                let wallet = WalletId::from_number(*wallet);
                let index = usize::try_from(place.checked_sub(1)?).ok()?;
                Some(rows::transaction(wallet, self.history.get(&wallet)?.get(index)?))
            }
            (Which::Refunds, [1, of]) => {
                self.refunds.get(&Seq::from_number(*of)).map(|row| rows::refund(*row))
            }
            _ => None,
        }
    }
}
