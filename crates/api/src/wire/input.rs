//! Values as clients send them, parsed on the way in: an `In<T>` that exists is
//! right. Numbers are read from their digits, never through a float.
//!
//! This module must not know which endpoint takes what.

use std::borrow::Cow;
use std::fmt::Display;

use serde::de::Error as _;
use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;
use utoipa::openapi::{RefOr, Schema};
use utoipa::{PartialSchema, ToSchema};

/// A value of a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct In<T>(pub(crate) T);

impl<T> In<T> {
    /// The value.
    pub(crate) fn into_inner(self) -> T {
        self.0
    }
}

/// What a PATCH says of a field that may be nothing.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub(crate) enum Patch<T> {
    /// It is left out: it stays.
    #[default]
    Keep,
    /// It is `null`: it goes.
    Clear,
    /// It is this now.
    Set(T),
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Patch<T> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        Option::deserialize(from).map(|value| value.map_or(Self::Clear, Self::Set))
    }
}

/// What can stand in a request.
pub(crate) trait Wire: Sized {
    /// The name of its schema.
    const NAME: &'static str;

    /// Reads it. The error is a sentence that goes behind the field's name.
    fn read<'de, D: Deserializer<'de>>(from: D) -> Result<Self, D::Error>;

    /// What it looks like.
    fn schema() -> Schema;
}

impl<'de, T: Wire> Deserialize<'de> for In<T> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        T::read(from).map(Self)
    }
}

impl<T: Wire> PartialSchema for In<T> {
    fn schema() -> RefOr<Schema> {
        T::schema().into()
    }
}

impl<T: Wire> ToSchema for In<T> {
    fn name() -> Cow<'static, str> {
        Cow::Borrowed(T::NAME)
    }
}

/// A number by its digits: a JSON number, or a string that holds one.
pub(crate) fn number<'de, D, T, E>(
    from: D,
    parse: impl FnOnce(&str) -> Result<T, E>,
) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    E: Display,
{
    let raw = <&RawValue>::deserialize(from)?.get();
    let text = match raw.as_bytes().first() {
        Some(b'0'..=b'9') => Cow::Borrowed(raw),
        Some(b'-') => return Err(D::Error::custom("must not be negative")),
        Some(b'"') => string(raw).map_err(D::Error::custom)?,
        _ => return Err(D::Error::custom("must be a number, or a string that holds one")),
    };
    parse(&text).map_err(D::Error::custom)
}

/// A JSON string.
pub(crate) fn text<'de, D, T, E>(
    from: D,
    parse: impl FnOnce(&str) -> Result<T, E>,
) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    E: Display,
{
    let raw = <&RawValue>::deserialize(from)?.get();
    if !raw.starts_with('"') {
        return Err(D::Error::custom("must be a string"));
    }
    let text = string(raw).map_err(D::Error::custom)?;
    parse(&text).map_err(D::Error::custom)
}

/// The text of a JSON string, copied only where it has escapes.
fn string(raw: &str) -> Result<Cow<'_, str>, &'static str> {
    #[derive(Deserialize)]
    struct Borrowed<'a>(#[serde(borrow)] Cow<'a, str>);

    let text = serde_json::from_str::<Borrowed<'_>>(raw);
    text.map(|text| text.0).map_err(|_| "must be a string of Unicode characters")
}
