//! A trace from a file: one LLM call a row.

use std::path::Path;

use anyhow::Context as _;
use serde::Deserialize;

/// One LLM call: how much was read and written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
pub(super) struct Call {
    #[serde(rename = "ContextTokens")]
    pub(super) input_tokens: u32,
    #[serde(rename = "GeneratedTokens")]
    pub(super) output_tokens: u32,
}

/// Reads a file; its header names the columns, others than these two are skipped.
pub(super) fn read(path: &Path) -> anyhow::Result<Vec<Call>> {
    let shown = path.display();
    let mut reader =
        csv::Reader::from_path(path).with_context(|| format!("{shown} can't be read"))?;
    let rows = reader.deserialize();
    rows.collect::<Result<_, _>>().with_context(|| format!("{shown} is no trace"))
}

#[cfg(test)]
mod tests {
    use super::{Call, read};

    #[test]
    fn rows_are_read_by_the_names_of_their_columns() {
        let file = tempfile::NamedTempFile::new().unwrap();
        let text = "TIMESTAMP,ContextTokens,GeneratedTokens\n2023-11-16 18:17:03.9799600,4808,10\n";
        std::fs::write(file.path(), text).unwrap();
        assert_eq!(read(file.path()).unwrap(), [Call { input_tokens: 4808, output_tokens: 10 }]);
        std::fs::write(file.path(), "ContextTokens,GeneratedTokens\n-1,10\n").unwrap();
        assert!(read(file.path()).unwrap_err().to_string().ends_with("is no trace"));
    }
}
