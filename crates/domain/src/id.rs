//! Identities of rows. Those of the ledger are the ledger's.

use std::fmt;
use std::str::FromStr;

use ledger::ParseIdError;

/// A positive number that identifies one kind of row.
macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident;)+) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(i64);

        impl $name {
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

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}", self.0)
            }
        }

        /// A positive decimal number as it prints: no sign, no leading zero.
        impl FromStr for $name {
            type Err = ParseIdError;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                let digits = text.bytes().all(|byte| byte.is_ascii_digit());
                if !digits || text.starts_with('0') {
                    return Err(ParseIdError);
                }
                text.parse().map(Self).map_err(|_| ParseIdError)
            }
        }
    )+};
}

ids! {
    /// A user.
    UserId;
    /// An API key, whatever its name.
    ApiKeyId;
    /// A package.
    PackageId;
    /// A purchase of credits.
    PurchaseId;
    /// Something done behind a transaction.
    JobId;
    /// Money of a payment that goes back: a refund or a chargeback.
    ReversalId;
    /// A promotion.
    PromotionId;
    /// A use of a promotion.
    RedemptionId;
    /// A subscription.
    SubscriptionId;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_reads_back_as_it_prints_and_nothing_else_reads() {
        assert_eq!("42".parse(), Ok(UserId(42)));
        assert_eq!(UserId(42).to_string(), "42");
        for text in ["", "0", "-1", "+1", "07", "1.0", "1e3", "9223372036854775808", "x"] {
            assert_eq!(text.parse::<UserId>(), Err(ParseIdError), "{text:?}");
        }
    }
}
