//! What credits cost when they were bought, carried exactly.

use std::fmt;

use crate::credits::Credits;

/// An ISO 4217 currency code: three upper-case ASCII letters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Currency([u8; 3]);

impl Currency {
    /// United States dollar.
    pub const USD: Self = Self(*b"USD");

    /// A code of three upper-case letters, or `None`.
    pub fn parse(code: &str) -> Option<Self> {
        let bytes: [u8; 3] = code.as_bytes().try_into().ok()?;
        bytes.iter().all(u8::is_ascii_uppercase).then_some(Self(bytes))
    }

    /// The code.
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or("???")
    }
}

impl fmt::Display for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A cost, in millionths of a cent: fine enough for a micro-credit's share.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Cost {
    /// Millionths of the currency's minor unit.
    pub micro_cents: i64,
    /// The currency.
    pub currency: Currency,
}

impl Cost {
    /// The share of this cost that `part` of `whole` carries, rounded down.
    pub fn share(self, part: Credits, whole: Credits) -> Option<Self> {
        let micro_cents =
            Credits::from_micros(self.micro_cents).mul_div_floor(part.micros(), whole.micros())?;
        Some(Self { micro_cents: micro_cents.micros(), ..self })
    }

    /// The sum, or `None` past `i64` or across currencies.
    pub fn checked_add(self, other: Self) -> Option<Self> {
        if self.currency != other.currency {
            return None;
        }
        let micro_cents = self.micro_cents.checked_add(other.micro_cents)?;
        Some(Self { micro_cents, ..self })
    }

    /// The difference, or `None` past `i64` or across currencies.
    pub fn checked_sub(self, other: Self) -> Option<Self> {
        if self.currency != other.currency {
            return None;
        }
        let micro_cents = self.micro_cents.checked_sub(other.micro_cents)?;
        Some(Self { micro_cents, ..self })
    }
}
