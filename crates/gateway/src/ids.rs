//! What a provider calls things: a prefix and a plain word, kept as it came.

use std::fmt;

/// What a provider calls something can't be kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("is not the id of a {0}")]
pub struct NotAnId(&'static str);

/// The most characters an id may have.
const CHARS_MAX: usize = 255;

fn is_id(text: &str, prefix: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
    let rest = text.strip_prefix(prefix).unwrap_or_default();
    !rest.is_empty() && rest.bytes().all(plain) && text.len() <= CHARS_MAX
}

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident $prefix:literal $what:literal;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(String);

        impl $name {
            /// Checks and keeps an id.
            pub fn parse(text: &str) -> Result<Self, NotAnId> {
                if is_id(text, $prefix) { Ok(Self(text.to_owned())) } else { Err(NotAnId($what)) }
            }

            /// The id.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    )*};
}

ids! {
    /// Somebody who pays.
    CustomerId "cus_" "customer";
    /// A page that is paid on.
    CheckoutId "cs_" "checkout session";
    /// What is sold: a package.
    ProductId "prod_" "product";
    /// What it costs: a version of a package.
    PriceId "price_" "price";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_says_what_it_is() {
        assert_eq!(CustomerId::parse("cus_Nf1").unwrap().as_str(), "cus_Nf1");
        for text in ["", "cus_", "cs_1", "cus_a b", "cus_a/b", "cus_ü"] {
            assert!(CustomerId::parse(text).is_err(), "{text:?}");
        }
        assert!(CheckoutId::parse(&format!("cs_test_{}", "a".repeat(300))).is_err());
    }
}
