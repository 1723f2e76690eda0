//! Values as they are answered: exact numbers, times in UTC, ids as texts.
//! This module must not know which answer they stand in.

use std::borrow::Cow;
use std::fmt::Display;

use app::Metadata;
use domain::{
    Cents, Cost, Credits, Quantity, Rate, Share, Text, Time, UnitPrice, format_dollars, instant,
};
use serde::ser::Error as _;
use serde::{Serialize, Serializer};
use serde_json::value::RawValue;
use utoipa::openapi::schema::{ObjectBuilder, SchemaType, Type};
use utoipa::openapi::{KnownFormat, RefOr, Schema, SchemaFormat};
use utoipa::{PartialSchema, ToSchema};

/// Micro-credits in a credit.
const MICROS: i64 = 1_000_000;

/// A JSON number by its digits, so that no float stands between.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Decimal {
    /// Without a point.
    Whole(i64),
    /// With one.
    Digits(String),
}

impl Decimal {
    /// Micro-credits, more than one amount may be: a sum over all wallets.
    pub(crate) fn of_micros(micros: i128) -> Self {
        match i64::try_from(micros) {
            Ok(micros) => Credits::from_micros(micros).into(),
            Err(_) => Self::Digits(wide(micros, 6)),
        }
    }

    /// Cents as dollars.
    pub(crate) fn of_cents(cents: i128) -> Self {
        Self::Digits(wide(cents, 2))
    }
}

/// A count of `10^-decimals`, however large, by its digits.
fn wide(count: i128, decimals: usize) -> String {
    // At least one digit stands before the point.
    let digits = format!("{:0>width$}", count.unsigned_abs(), width = decimals + 1);
    let (whole, fraction) = digits.split_at(digits.len() - decimals);
    let sign = if count < 0 { "-" } else { "" };
    match fraction.trim_end_matches('0') {
        "" => format!("{sign}{whole}"),
        fraction => format!("{sign}{whole}.{fraction}"),
    }
}

impl From<Credits> for Decimal {
    fn from(credits: Credits) -> Self {
        let micros = credits.micros();
        if micros % MICROS == 0 {
            Self::Whole(micros / MICROS)
        } else {
            Self::Digits(credits.to_string())
        }
    }
}

impl From<Cost> for Decimal {
    fn from(cost: Cost) -> Self {
        Self::Digits(format_dollars(cost))
    }
}

impl From<Cents> for Decimal {
    fn from(cents: Cents) -> Self {
        Self::Digits(cents.to_string())
    }
}

impl From<Rate> for Decimal {
    fn from(rate: Rate) -> Self {
        Self::Digits(rate.to_string())
    }
}

impl From<Share> for Decimal {
    fn from(share: Share) -> Self {
        Self::Digits(share.to_string())
    }
}

impl From<Quantity> for Decimal {
    fn from(quantity: Quantity) -> Self {
        Self::Digits(quantity.to_string())
    }
}

impl From<UnitPrice> for Decimal {
    fn from(price: UnitPrice) -> Self {
        Self::Digits(price.to_string())
    }
}

impl Serialize for Decimal {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Whole(number) => to.serialize_i64(*number),
            Self::Digits(digits) => {
                let raw: &RawValue = serde_json::from_str(digits).map_err(S::Error::custom)?;
                raw.serialize(to)
            }
        }
    }
}

impl PartialSchema for Decimal {
    fn schema() -> RefOr<Schema> {
        let about = "An exact decimal number: read it as one, not as a binary float.";
        kind(Type::Number).description(Some(about)).examples(["0.25"]).into()
    }
}

impl ToSchema for Decimal {
    fn name() -> Cow<'static, str> {
        Cow::Borrowed("Decimal")
    }
}

/// `2026-11-23T10:00:00.25Z`
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Instant(pub(crate) Time);

impl Serialize for Instant {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(&instant::format(self.0))
    }
}

impl PartialSchema for Instant {
    fn schema() -> RefOr<Schema> {
        let format = SchemaFormat::KnownFormat(KnownFormat::DateTime);
        let about = "RFC 3339 in UTC, as many decimals as it takes, at most 6.";
        kind(Type::String)
            .format(Some(format))
            .description(Some(about))
            .examples(["2026-11-23T10:00:00.25Z"])
            .into()
    }
}

impl ToSchema for Instant {
    fn name() -> Cow<'static, str> {
        Cow::Borrowed("Instant")
    }
}

/// What prints as a text: ids, words, names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Shown<T>(pub(crate) T);

impl<T: Display> Serialize for Shown<T> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(&self.0)
    }
}

/// Pairs as a JSON object, in their order.
#[derive(Clone, Debug)]
pub(crate) struct Dictionary<V>(pub(crate) Vec<(Text, V)>);

impl<V: Serialize> Serialize for Dictionary<V> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_map(self.0.iter().map(|(name, value)| (name.as_str(), value)))
    }
}

/// JSON that was kept as text and is answered as it is.
#[derive(Clone, Debug)]
pub(crate) struct Verbatim(Metadata);

impl From<Metadata> for Verbatim {
    fn from(metadata: Metadata) -> Self {
        Self(metadata)
    }
}

impl Serialize for Verbatim {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let raw: &RawValue = serde_json::from_str(self.0.as_json()).map_err(S::Error::custom)?;
        raw.serialize(to)
    }
}

fn kind(kind: Type) -> ObjectBuilder {
    ObjectBuilder::new().schema_type(SchemaType::new(kind))
}

/// Pairs of texts and values; `null` where there are none.
pub(crate) fn dictionary<V, W>(
    pairs: Vec<(Text, V)>,
    write: impl Fn(V) -> W,
) -> Option<Dictionary<W>> {
    let pairs = pairs.into_iter().map(|(name, value)| (name, write(value)));
    let pairs: Vec<_> = pairs.collect();
    (!pairs.is_empty()).then_some(Dictionary(pairs))
}

/// Bytes as hexadecimal digits.
pub(crate) fn hex(bytes: &[u8]) -> String {
    data_encoding::HEXLOWER.encode(bytes)
}

#[cfg(test)]
mod tests {
    use domain::parse_dollars;

    use super::*;

    fn json(value: impl Serialize) -> String {
        serde_json::to_string(&value).unwrap()
    }

    #[test]
    fn credits_are_written_digit_by_digit() {
        for (micros, text) in [
            (0, "0"),
            (1, "0.000001"),
            (-3_500_000, "-3.5"),
            (200_000_000, "200"),
            (1_000_000_000_000_000, "1000000000"),
            (i64::MAX, "9223372036854.775807"),
            (i64::MIN, "-9223372036854.775808"),
        ] {
            assert_eq!(json(Decimal::from(Credits::from_micros(micros))), text);
            assert_eq!(json(Decimal::of_micros(micros.into())), text);
        }
        assert_eq!(json(Decimal::of_micros(i128::from(i64::MAX) + 1)), "9223372036854.775808");
        assert_eq!(json(Decimal::of_micros(-10_000_000_000_000_000_000)), "-10000000000000");
    }

    #[test]
    fn cents_are_written_as_dollars() {
        for (cents, text) in [(0, "0"), (5, "0.05"), (1_250, "12.5"), (-199, "-1.99")] {
            assert_eq!(json(Decimal::of_cents(cents)), text);
        }
        let huge = Decimal::of_cents(92_233_720_368_547_758_070);
        assert_eq!(json(huge), "922337203685477580.7");
    }

    #[test]
    fn prices_and_costs_keep_every_decimal() {
        assert_eq!(
            json(Decimal::from("0.000000000001".parse::<UnitPrice>().unwrap())),
            "0.000000000001"
        );
        assert_eq!(json(Decimal::from(parse_dollars("19.99").unwrap())), "19.99");
    }

    #[test]
    fn times_are_utc_with_the_decimals_they_need() {
        for (micros, text) in [
            (0, "1970-01-01T00:00:00Z"),
            (250_000, "1970-01-01T00:00:00.25Z"),
            (1, "1970-01-01T00:00:00.000001Z"),
        ] {
            assert_eq!(json(Instant(Time::from_micros(micros))), format!("{text:?}"));
        }
    }

    #[test]
    fn metadata_comes_back_as_it_was_kept() {
        let metadata = Metadata::parse(r#"{"big": 12345678901234567890.10}"#).unwrap();
        assert_eq!(json(Verbatim::from(metadata)), r#"{"big":12345678901234567890.10}"#);
    }
}
