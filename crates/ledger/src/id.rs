//! Identities. Each is its own type, leads with its partition on the wire and
//! is a place in the journal: nothing allocates ids but the order of records.

use std::fmt;
use std::str::FromStr;

/// The unit of order. A book has one today and refuses more.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Partition(i64);

impl Partition {
    /// The one partition a book has today.
    pub const FIRST: Self = Self(1);

    /// From its stored number.
    #[must_use]
    pub const fn from_number(number: i64) -> Self {
        Self(number)
    }

    /// Its stored number.
    pub const fn number(self) -> i64 {
        self.0
    }
}

/// A record's place in its partition: 1, 2, 3, … without gaps.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Seq(i64);

impl Seq {
    /// Before the first record.
    pub const ZERO: Self = Self(0);

    /// From its stored number.
    #[must_use]
    pub const fn from_number(number: i64) -> Self {
        Self(number)
    }

    /// Its stored number.
    pub const fn number(self) -> i64 {
        self.0
    }

    /// The place behind this one. A journal never reaches the end of `i64`.
    #[must_use]
    pub const fn next(self) -> Self {
        Self(self.0.saturating_add(1))
    }
}

impl fmt::Display for Seq {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}

/// A wallet: the seq of the record that opened it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct WalletId(i64);

impl WalletId {
    /// From its stored number.
    #[must_use]
    pub const fn from_number(number: i64) -> Self {
        Self(number)
    }

    /// Its stored number.
    pub const fn number(self) -> i64 {
        self.0
    }
}

impl fmt::Display for WalletId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "wallet {}", self.0)
    }
}

/// Why a text is not an id of the kind asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("is not such an id")]
pub struct ParseIdError;

/// A positive decimal number as we print it: no sign, no leading zero.
fn number(text: &str) -> Result<i64, ParseIdError> {
    let plain = text.bytes().all(|b| b.is_ascii_digit()) && !text.starts_with('0');
    if !plain {
        return Err(ParseIdError);
    }
    text.parse().map_err(|_| ParseIdError)
}

/// `prefix_P_S`, the only partition being the first.
fn place(text: &str, prefix: &str) -> Result<i64, ParseIdError> {
    let rest = text.strip_prefix(prefix).ok_or(ParseIdError)?;
    let (partition, seq) = rest.split_once('_').ok_or(ParseIdError)?;
    if number(partition)? != Partition::FIRST.number() {
        return Err(ParseIdError);
    }
    number(seq)
}

/// A transaction's id on the wire: `tx_P_S`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TxId(pub Seq);

impl fmt::Display for TxId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "tx_{}_{}", Partition::FIRST.0, self.0)
    }
}

impl FromStr for TxId {
    type Err = ParseIdError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        place(text, "tx_").map(|seq| Self(Seq(seq)))
    }
}

/// A hold: the seq of the record that authorized it. `hold_P_S` on the wire.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct HoldId(pub Seq);

impl fmt::Display for HoldId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "hold_{}_{}", Partition::FIRST.0, self.0)
    }
}

impl FromStr for HoldId {
    type Err = ParseIdError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        place(text, "hold_").map(|seq| Self(Seq(seq)))
    }
}

/// A grant: the seq of the record that made it, and its place among that
/// record's grants. `grant_P_S_N` on the wire.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct GrantId {
    /// The record that made it.
    pub seq: Seq,
    /// From 1.
    pub ordinal: i64,
}

impl fmt::Display for GrantId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "grant_{}_{}_{}", Partition::FIRST.0, self.seq, self.ordinal)
    }
}

impl FromStr for GrantId {
    type Err = ParseIdError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (head, ordinal) = text.rsplit_once('_').ok_or(ParseIdError)?;
        let seq = place(head, "grant_").map(Seq)?;
        Ok(Self { seq, ordinal: number(ordinal)? })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_reads_back_as_it_prints_and_nothing_else_reads() {
        let grant = GrantId { seq: Seq(7), ordinal: 1 };
        assert_eq!(grant.to_string(), "grant_1_7_1");
        assert_eq!("grant_1_7_1".parse(), Ok(grant));
        assert_eq!("hold_1_42".parse(), Ok(HoldId(Seq(42))));
        assert_eq!(TxId(Seq(9)).to_string().parse(), Ok(TxId(Seq(9))));
        for text in ["", "tx_1_", "tx_1_0", "tx_1_07", "tx_2_7", "tx_1_-7", "tx_1_7_1", "hold_1_7"]
        {
            assert_eq!(text.parse::<TxId>(), Err(ParseIdError), "{text:?}");
        }
    }
}
