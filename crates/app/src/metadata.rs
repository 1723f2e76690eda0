//! Metadata: a JSON object of the caller's, kept as it means and given back.

use std::collections::BTreeMap;
use std::fmt;

use domain::ParseError;
use serde::Deserialize;
use serde_json::value::RawValue;

/// A JSON object of at most 4 KiB, in one canonical form: names sorted, no
/// spaces, numbers as they were written.
#[derive(Clone, PartialEq, Eq)]
pub struct Metadata(String);

/// How deep objects and lists may stand in each other.
const DEPTH_MAX: usize = 32;

impl Metadata {
    /// The most bytes it may have, in its canonical form.
    pub const BYTES_MAX: usize = 4096;

    /// Checks and keeps an object.
    pub fn parse(json: &str) -> Result<Self, ParseError> {
        if !json.trim_start().starts_with('{') {
            return Err(ParseError::Not("an object"));
        }
        let mut canonical = String::new();
        write(json, DEPTH_MAX, &mut canonical)?;
        if canonical.len() > Self::BYTES_MAX {
            return Err(ParseError::Not("at most 4096 bytes of JSON"));
        }
        Ok(Self(canonical))
    }

    /// The object as JSON.
    pub fn as_json(&self) -> &str {
        &self.0
    }
}

/// Its length: what callers wrote stays out of logs.
impl fmt::Debug for Metadata {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Metadata({} bytes)", self.0.len())
    }
}

/// Writes a JSON value in its canonical form.
fn write(json: &str, depth: usize, out: &mut String) -> Result<(), ParseError> {
    let json = json.trim_ascii();
    let deeper = || depth.checked_sub(1).ok_or(ParseError::Not("JSON of at most 32 levels"));
    match json.as_bytes().first() {
        Some(b'{') => write_object(&read::<BTreeMap<_, _>>(json)?, deeper()?, out),
        Some(b'[') => write_list(&read::<Vec<_>>(json)?, deeper()?, out),
        Some(b'"') => write_text(&read::<String>(json)?, out),
        // A number keeps its digits; true, false and null have one form.
        _ => {
            out.push_str(read::<&RawValue>(json)?.get());
            Ok(())
        }
    }
}

fn read<'a, T: Deserialize<'a>>(json: &'a str) -> Result<T, ParseError> {
    serde_json::from_str(json).map_err(|_| ParseError::Not("JSON"))
}

fn write_object(
    object: &BTreeMap<String, &RawValue>,
    depth: usize,
    out: &mut String,
) -> Result<(), ParseError> {
    out.push('{');
    for (place, (name, value)) in object.iter().enumerate() {
        if place > 0 {
            out.push(',');
        }
        write_text(name, out)?;
        out.push(':');
        write(value.get(), depth, out)?;
    }
    out.push('}');
    Ok(())
}

fn write_list(list: &[&RawValue], depth: usize, out: &mut String) -> Result<(), ParseError> {
    out.push('[');
    for (place, value) in list.iter().enumerate() {
        if place > 0 {
            out.push(',');
        }
        write(value.get(), depth, out)?;
    }
    out.push(']');
    Ok(())
}

fn write_text(text: &str, out: &mut String) -> Result<(), ParseError> {
    if text.contains('\0') {
        return Err(ParseError::Nul);
    }
    out.push_str(&serde_json::to_string(text).map_err(|_| ParseError::Not("JSON"))?);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn canonical(json: &str) -> Result<String, ParseError> {
        Metadata::parse(json).map(|metadata| metadata.0)
    }

    #[test]
    fn two_ways_to_write_one_object_are_the_same() {
        let expected = r#"{"a":[1.10,true,null,{}],"b":"ü\n","n":12345678901234567890}"#;
        let other = " {\"n\": 12345678901234567890, \"b\":\"\\u00fc\\n\",\n\
                     \"a\" : [ 1.10 , true, null, { } ] } ";
        assert_eq!(canonical(other).as_deref(), Ok(expected));
        assert_eq!(canonical(expected).as_deref(), Ok(expected));
    }

    #[test]
    fn what_is_no_object_too_deep_or_too_long_is_refused() {
        for json in ["", "[]", "1", "null", "{", "{\"a\":}", "{\"a\":01}", "{} {}"] {
            assert!(canonical(json).is_err(), "{json:?}");
        }
        assert_eq!(canonical(r#"{"a":"\u0000"}"#), Err(ParseError::Nul));
        let deep = format!("{{\"a\":{}{}}}", "[".repeat(31), "]".repeat(31));
        assert!(canonical(&deep).is_ok());
        let deeper = format!("{{\"a\":{}{}}}", "[".repeat(32), "]".repeat(32));
        assert_eq!(canonical(&deeper), Err(ParseError::Not("JSON of at most 32 levels")));
        let bottomless = format!("{{\"a\":{}", "[".repeat(100_000));
        assert!(canonical(&bottomless).is_err());
        assert!(canonical(&format!("{{\"a\":\"{}\"}}", "x".repeat(4088))).is_ok());
        assert!(canonical(&format!("{{\"a\":\"{}\"}}", "x".repeat(4089))).is_err());
    }
}
