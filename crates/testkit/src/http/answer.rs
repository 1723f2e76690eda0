//! An answer as a test and its snapshot see it.

use std::fmt;

use reqwest::Response;
use reqwest::header::HeaderMap;
use serde_json::Value;

/// The headers a snapshot shows; the rest is the same on every answer.
const SHOWN: [&str; 5] =
    ["content-type", "allow", "idempotency-replayed", "retry-after", "www-authenticate"];

/// An answer, read whole.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    status: u16,
    headers: HeaderMap,
    body: String,
}

impl Answer {
    pub(super) async fn read(response: Response) -> Self {
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let body = response.text().await.expect("a body");
        Self { status, headers, body }
    }

    /// Its status.
    pub const fn status(&self) -> u16 {
        self.status
    }

    /// Its body.
    pub fn body(&self) -> &str {
        &self.body
    }

    /// One of its headers.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// Its body as JSON. Amounts are read as floats here: compare texts.
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|_| panic!("no JSON: {self}"))
    }

    /// A text in its body, by JSON pointer.
    pub fn text(&self, pointer: &str) -> String {
        let json = self.json();
        let found = json.pointer(pointer).and_then(Value::as_str);
        found.unwrap_or_else(|| panic!("no text at {pointer}: {self}")).to_owned()
    }

    /// The code of a problem.
    pub fn code(&self) -> String {
        self.text("/code")
    }
}

/// Status, headers of interest and body: what a snapshot holds.
impl fmt::Display for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", self.status)?;
        for name in SHOWN {
            if let Some(value) = self.header(name) {
                writeln!(f, "{name}: {value}")?;
            }
        }
        if self.header("content-type").is_some_and(|kind| kind.ends_with("json")) {
            write!(f, "\n{}", pretty(&self.body))
        } else {
            write!(f, "\n{}", self.body)
        }
    }
}

/// JSON with a line a member, its numbers digit by digit as they came.
fn pretty(json: &str) -> String {
    let (mut text, mut depth, mut quoted, mut escaped) = (String::new(), 0, false, false);
    for letter in json.chars() {
        let in_string = quoted;
        if quoted {
            quoted = escaped || letter != '"';
            escaped = letter == '\\' && !escaped;
        } else if letter == '"' {
            quoted = true;
        }
        match letter {
            _ if in_string => text.push(letter),
            '{' | '[' => {
                depth += 1;
                text.push(letter);
                line(&mut text, depth);
            }
            '}' | ']' => {
                depth -= 1;
                line(&mut text, depth);
                text.push(letter);
            }
            ',' => {
                text.push(letter);
                line(&mut text, depth);
            }
            ':' => text.push_str(": "),
            _ => text.push(letter),
        }
    }
    text
}

fn line(text: &mut String, depth: usize) {
    text.push('\n');
    text.push_str(&"  ".repeat(depth));
}
