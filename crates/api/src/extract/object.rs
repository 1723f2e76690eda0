//! One JSON object into one wire type, with the place and the reason of what
//! is wrong. Bodies and queries share it.

use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::Deserializer;
use serde_path_to_error::Segment;

use crate::problem::{Code, FieldError, Problem};

/// The most that is answered of what a client sent: a name, or a reason it may be in.
const SENT_CHARS_MAX: usize = 200;

/// Reads an object. Malformed JSON is found before wrong values, wherever each
/// of them stands.
pub(crate) fn read<'de, T: Deserialize<'de>>(json: &'de [u8]) -> Result<T, Problem> {
    // A struct would read from a list too; a request is an object.
    if json.trim_ascii_start().first() == Some(&b'{')
        && let Ok(read) = serde_json::from_slice(json)
    {
        return Ok(read);
    }
    check_syntax(json)?;
    Err(Problem::invalid(vec![explain::<T>(json)]))
}

fn check_syntax(json: &[u8]) -> Result<(), Problem> {
    let malformed = |what: &dyn std::fmt::Display| {
        let detail = format!("The body is not JSON: {what}. Send one JSON object.");
        Problem::new(Code::MalformedJson, detail)
    };
    let text = std::str::from_utf8(json).map_err(|_| malformed(&"it is not UTF-8"))?;
    let syntax = serde_json::from_str::<IgnoredAny>(text);
    syntax.map(drop).map_err(|error| malformed(&error))
}

/// The first thing wrong with JSON that is well-formed.
fn explain<'de, T: Deserialize<'de>>(json: &'de [u8]) -> FieldError {
    if json.trim_ascii_start().first() != Some(&b'{') {
        return FieldError { pointer: String::new(), detail: "must be an object".to_owned() };
    }
    let mut from = Deserializer::from_slice(json);
    match serde_path_to_error::deserialize::<_, T>(&mut from) {
        Ok(_) => FieldError { pointer: String::new(), detail: "is not valid".to_owned() },
        Err(error) => of(&error),
    }
}

/// The place and the reason of a value that was not taken.
pub(crate) fn of(error: &serde_path_to_error::Error<serde_json::Error>) -> FieldError {
    FieldError { pointer: pointer(error.path()), detail: reason(error.inner()) }
}

fn pointer(path: &serde_path_to_error::Path) -> String {
    let mut pointer = String::new();
    for segment in path {
        match segment {
            Segment::Map { key } => {
                let key: String = key.chars().take(SENT_CHARS_MAX).collect();
                pointer.push('/');
                pointer.push_str(&key.replace('~', "~0").replace('/', "~1"));
            }
            Segment::Seq { index } => {
                pointer.push('/');
                pointer.push_str(&index.to_string());
            }
            Segment::Enum { .. } | Segment::Unknown => {}
        }
    }
    pointer
}

/// What is wrong, to be read behind a field's name.
pub(crate) fn reason(error: &serde_json::Error) -> String {
    let text = error.to_string();
    // The place in the text says less than the pointer.
    let text = text.rsplit_once(" at line ").map_or(text.as_str(), |(text, _)| text);
    let sentence = match text.split_once(' ') {
        // What is known is ours: it is said whole.
        Some(("unknown", rest)) => {
            return match rest.rsplit_once("`, expected ") {
                Some((_, known)) => {
                    format!("is not known here; expected {}", known.replace('`', ""))
                }
                None => "is not known here".to_owned(),
            };
        }
        Some(("missing", rest)) => format!("lacks the {}", rest.replace('`', "")),
        Some(("duplicate", rest)) => format!("has the {} twice", rest.replace('`', "")),
        Some(("invalid", _)) => match text.rsplit_once(", expected ") {
            Some((_, expected)) => format!("must be {}", article(expected)),
            None => text.to_owned(),
        },
        _ => text.to_owned(),
    };
    sentence.chars().take(SENT_CHARS_MAX).collect()
}

/// What serde calls a type, as a person would.
fn article(expected: &str) -> &str {
    match expected {
        "a boolean" => "true or false",
        "a sequence" => "a list",
        "a map" => "an object",
        other if other.starts_with("struct ") => "an object",
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use domain::{Credits, Labels, Quantities, Text, UserId};
    use serde::Deserialize;

    use super::*;
    use crate::wire::In;

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    #[expect(dead_code, reason = "what is read is checked by reading it")]
    struct Sample {
        amount: Option<In<Credits>>,
        user_id: Option<In<UserId>>,
        job_id: Option<In<Text>>,
        quantities: Option<In<Quantities>>,
        labels: Option<In<Labels>>,
        atomic: Option<bool>,
    }

    fn refusal(json: &[u8]) -> (Code, String, String) {
        let problem = read::<Sample>(json).unwrap_err();
        let code = problem.code();
        match problem.into_errors().into_iter().next() {
            None => (code, String::new(), String::new()),
            Some(error) => (code, error.pointer, error.detail),
        }
    }

    #[test]
    fn amounts_are_read_digit_by_digit() {
        for (json, micros) in [
            (r#"{"amount": 1}"#, 1_000_000),
            (r#"{"amount": 0.000001}"#, 1),
            (r#"{"amount": "0.25"}"#, 250_000),
            (r#"{"amount": 123456789.123457}"#, 123_456_789_123_457),
            (r#"{"amount": "\u0031"}"#, 1_000_000),
        ] {
            let read: Sample = read(json.as_bytes()).unwrap();
            assert_eq!(read.amount, Some(In(Credits::from_micros(micros))), "{json}");
        }
        let absent: Sample = read(br#"{"amount": null}"#).unwrap();
        assert_eq!(absent.amount, None);
    }

    #[test]
    fn every_wrong_value_is_named_with_its_place() {
        let number = "must be a number, or a string that holds one";
        let range = "must be more than 0 and at most 1000000000";
        let plain = "is not a decimal number such as 12 or 0.25";
        let fine = "has more than 6 decimals; the smallest unit is 0.000001";
        let known = "is not known here; expected one of amount, user_id, job_id, quantities, \
                     labels, atomic";
        for (json, pointer, detail) in [
            (r#"{"amount": -1}"#, "/amount", "must not be negative"),
            (r#"{"amount": 0}"#, "/amount", range),
            (r#"{"amount": 1000000000.000001}"#, "/amount", range),
            (r#"{"amount": 1e3}"#, "/amount", plain),
            (r#"{"amount": "1e3"}"#, "/amount", plain),
            (r#"{"amount": 1e400}"#, "/amount", plain),
            (r#"{"amount": 0.0000001}"#, "/amount", fine),
            (r#"{"amount": 99999999999999999999}"#, "/amount", "is too large"),
            (r#"{"amount": true}"#, "/amount", number),
            (r#"{"amount": {}}"#, "/amount", number),
            (r#"{"user_id": 1.5}"#, "/user_id", "must be the id of a user, such as 7"),
            (r#"{"user_id": 0}"#, "/user_id", "must be the id of a user, such as 7"),
            (r#"{"job_id": 1}"#, "/job_id", "must be a string"),
            (r#"{"job_id": ""}"#, "/job_id", "is empty"),
            (r#"{"job_id": "a\u0000b"}"#, "/job_id", "holds a NUL character"),
            (r#"{"job_id": "\ud800"}"#, "/job_id", "must be a string of Unicode characters"),
            (r#"{"quantities": {"x": -1}}"#, "/quantities/x", "must not be negative"),
            (r#"{"quantities": {}}"#, "/quantities", "is empty"),
            (r#"{"quantities": {"x":1,"x":2}}"#, "/quantities", "names one thing twice"),
            (r#"{"quantities": 3}"#, "/quantities", "must be an object"),
            (r#"{"labels": {"team": 3}}"#, "/labels/team", "must be a string"),
            (r#"{"labels": {"a/b~": 3}}"#, "/labels/a~1b~0", "must be a string"),
            (r#"{"atomic": 1e400}"#, "/atomic", "number out of range"),
            (r#"{"atomic": "yes"}"#, "/atomic", "must be true or false"),
            (r#"{"amounts": 1}"#, "/amounts", known),
            (r#"{"amount": 1, "amount": 2}"#, "", "has the field amount twice"),
            ("[1, 2]", "", "must be an object"),
            ("null", "", "must be an object"),
        ] {
            let expected = (Code::InvalidRequest, pointer.to_owned(), detail.to_owned());
            assert_eq!(refusal(json.as_bytes()), expected, "{json}");
        }
    }

    #[test]
    fn broken_json_is_found_before_wrong_values() {
        let deep = format!("{{\"x\": {}", "[".repeat(60_000));
        let cases: [&[u8]; 8] = [
            b"",
            b"{",
            b"{\"amount\": -1, oops}",
            b"{\"amount\": 1} trailing",
            b"{\"amount\": 01}",
            b"{\"job_id\": \"\0\"}",
            b"{\"job_id\": \"\xff\"}",
            deep.as_bytes(),
        ];
        for json in cases {
            let (code, ..) = refusal(json);
            assert_eq!(code, Code::MalformedJson, "{}", String::from_utf8_lossy(json));
        }
    }

    #[test]
    fn what_the_client_sent_comes_back_bounded() {
        let long = "x".repeat(60_000);
        let (_, pointer, detail) = refusal(format!("{{\"{long}\": 1}}").as_bytes());
        assert!(pointer.len() <= 201 && detail.len() <= 200);
        let (_, _, detail) = refusal(format!("{{\"atomic\": \"{long}\"}}").as_bytes());
        assert!(detail.len() <= 200);
    }
}
