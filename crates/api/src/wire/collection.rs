//! The compound values of requests: quantities and labels, each name once.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;
use std::marker::PhantomData;

use app::Metadata;
use domain::{Dimension, Labels, Quantities, Quantity, UnitPrice};
use serde::de::{Error as _, MapAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;
use utoipa::PartialSchema as _;
use utoipa::openapi::Schema;
use utoipa::openapi::schema::{AdditionalProperties, ObjectBuilder, SchemaType, Type};

use super::input::{In, Wire, text};

pub(crate) type LabelsIn = In<Labels>;
pub(crate) type MetadataIn = In<Metadata>;
pub(crate) type QuantitiesIn = In<Quantities>;
pub(crate) type UnitPricesIn = In<UnitPrices>;

/// A JSON object as pairs, in the order they came.
pub(crate) struct Pairs<'de, V>(pub(crate) Vec<(Cow<'de, str>, V)>);

/// A name, copied only where it has escapes. Not derived, since an error's path
/// sees the names that are asked for as plain texts.
struct Name<'a>(Cow<'a, str>);

impl<'de: 'a, 'a> Deserialize<'de> for Name<'a> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_str(NameReader)
    }
}

struct NameReader;

impl<'de> Visitor<'de> for NameReader {
    type Value = Name<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a name")
    }

    fn visit_borrowed_str<E>(self, name: &'de str) -> Result<Name<'de>, E> {
        Ok(Name(Cow::Borrowed(name)))
    }

    fn visit_str<E>(self, name: &str) -> Result<Name<'de>, E> {
        Ok(Name(Cow::Owned(name.to_owned())))
    }
}

impl<'de, V: Deserialize<'de>> Deserialize<'de> for Pairs<'de, V> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_map(Reader(PhantomData))
    }
}

struct Reader<V>(PhantomData<V>);

impl<'de, V: Deserialize<'de>> Visitor<'de> for Reader<V> {
    type Value = Pairs<'de, V>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut pairs = Vec::new();
        while let Some((Name(name), value)) = map.next_entry()? {
            pairs.push((name, value));
        }
        Ok(Pairs(pairs))
    }
}

impl Wire for Quantities {
    const NAME: &'static str = "Quantities";

    fn read<'de, D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let Pairs::<'_, In<Quantity>>(pairs) = Pairs::deserialize(from)?;
        let parsed = pairs
            .into_iter()
            .map(|(name, quantity)| Ok((Dimension::parse(&name)?, quantity.0)))
            .collect::<Result<Vec<_>, domain::ParseError>>();
        parsed.and_then(Self::parse).map_err(D::Error::custom)
    }

    fn schema() -> Schema {
        object("What was used, by dimension.")
            .additional_properties(Some(AdditionalProperties::RefOr(In::<Quantity>::schema())))
            .examples([serde_json::json!({"input_tokens": 1500, "output_tokens": 300})])
            .into()
    }
}

/// What one unit of each dimension costs: at least one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct UnitPrices(pub(crate) BTreeMap<Dimension, UnitPrice>);

impl Wire for UnitPrices {
    const NAME: &'static str = "UnitPrices";

    fn read<'de, D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let Pairs::<'_, In<UnitPrice>>(pairs) = Pairs::deserialize(from)?;
        let mut prices = BTreeMap::new();
        for (name, price) in pairs {
            let dimension = Dimension::parse(&name).map_err(D::Error::custom)?;
            if prices.insert(dimension, price.0).is_some() {
                return Err(D::Error::custom("names one thing twice"));
            }
        }
        match prices.len() {
            0 => Err(D::Error::custom("is empty")),
            1..=Quantities::DIMENSIONS_MAX => Ok(Self(prices)),
            _ => Err(D::Error::custom("has more than 16 entries")),
        }
    }

    fn schema() -> Schema {
        object("What one unit of each dimension costs, in credits: 1 to 16 dimensions.")
            .additional_properties(Some(AdditionalProperties::RefOr(In::<UnitPrice>::schema())))
            .examples([serde_json::json!({"requests": 5})])
            .into()
    }
}

impl Wire for Metadata {
    const NAME: &'static str = "Metadata";

    fn read<'de, D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let raw = <&RawValue>::deserialize(from)?;
        Self::parse(raw.get()).map_err(D::Error::custom)
    }

    fn schema() -> Schema {
        object("Your own JSON object of at most 4 KiB, given back as it is.")
            .additional_properties(Some(AdditionalProperties::FreeForm(true)))
            .examples([serde_json::json!({"run": 7})])
            .into()
    }
}

/// A label's value, before `Labels` bounds it.
struct Label(String);

impl<'de> Deserialize<'de> for Label {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        text(from, |value| Ok::<_, String>(Self(value.to_owned())))
    }
}

impl Wire for Labels {
    const NAME: &'static str = "Labels";

    fn read<'de, D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let Pairs::<'_, Label>(pairs) = Pairs::deserialize(from)?;
        let pairs = pairs.iter().map(|(name, value)| (&**name, value.0.as_str()));
        Self::parse(pairs).map_err(D::Error::custom)
    }

    fn schema() -> Schema {
        object("At most 8 pairs of texts of at most 64 characters, to slice usage by.")
            .additional_properties(Some(AdditionalProperties::RefOr(String::schema())))
            .examples([serde_json::json!({"team": "search", "model": "large"})])
            .into()
    }
}

fn object(about: &str) -> ObjectBuilder {
    ObjectBuilder::new().schema_type(SchemaType::new(Type::Object)).description(Some(about))
}
