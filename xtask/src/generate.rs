//! Generated files that are committed: `openapi.json`, printed by the server itself.
//!
//! Knows how to ask the binary for it, not what it should say.

use std::fs;
use std::path::Path;

use anyhow::{Context as _, bail, ensure};

use crate::workspace;

const FILE: &str = "openapi.json";
const ASK: [&str; 9] =
    ["run", "--quiet", "--locked", "--profile", "ci", "--bin", "credits", "--", "openapi"];

/// Writes the file anew.
pub(crate) fn write(root: &Path) -> anyhow::Result<String> {
    let fresh = openapi(root)?;
    fs::write(root.join(FILE), &fresh).with_context(|| format!("{FILE} can't be written"))?;
    Ok(format!("{FILE}: written, {} lines", fresh.lines().count()))
}

/// Fails unless the committed file is what the binary prints now.
pub(crate) fn check(root: &Path) -> anyhow::Result<String> {
    let fresh = openapi(root)?;
    let committed = fs::read_to_string(root.join(FILE))
        .with_context(|| format!("{FILE} can't be read: run `make gen` and commit it"))?;
    compare(&committed, &fresh)?;
    Ok(format!("{FILE}: up to date"))
}

fn openapi(root: &Path) -> anyhow::Result<String> {
    let printed = String::from_utf8(workspace::run("cargo", &ASK, root)?)?;
    validate(&printed)?;
    Ok(printed)
}

fn validate(printed: &str) -> anyhow::Result<()> {
    let document: serde_json::Value =
        serde_json::from_str(printed).context("`credits openapi` printed no JSON")?;
    ensure!(
        document.get("openapi").is_some_and(serde_json::Value::is_string),
        "`credits openapi` printed JSON without the field `openapi`"
    );
    Ok(())
}

fn compare(committed: &str, fresh: &str) -> anyhow::Result<()> {
    if committed == fresh {
        return Ok(());
    }
    let same = committed.lines().zip(fresh.lines()).take_while(|(old, new)| old == new).count();
    let line = |text: &str| text.lines().nth(same).unwrap_or("(nothing)").trim().to_owned();
    bail!(
        "{FILE}:{}: stale: run `make gen` and commit the result\n  committed: {}\n  now:       {}",
        same + 1,
        line(committed),
        line(fresh)
    )
}

#[cfg(test)]
mod tests {
    use super::{compare, validate};

    #[test]
    fn a_stale_file_is_reported_with_its_first_other_line() {
        let error = compare("{\n \"a\": 1\n}\n", "{\n \"a\": 2\n}\n").unwrap_err().to_string();
        assert!(error.starts_with("openapi.json:2: stale: run `make gen`"), "{error}");
        assert!(error.contains("committed: \"a\": 1\n") && error.contains("now:       \"a\": 2"));
    }

    #[test]
    fn a_file_that_ends_early_is_stale() {
        let error = compare("{\n", "{\n}\n").unwrap_err().to_string();
        assert!(error.contains("openapi.json:2") && error.contains("(nothing)"), "{error}");
    }

    #[test]
    fn an_equal_file_passes() {
        compare("{}\n", "{}\n").unwrap();
    }

    #[test]
    fn only_an_openapi_document_is_taken() {
        validate(r#"{"openapi": "3.1.0"}"#).unwrap();
        assert!(validate("").is_err());
        assert!(validate("{}").is_err());
    }
}
