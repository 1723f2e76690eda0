//! Everything the checks look at, read once: files, Rust sources, crates, ratchets.
//!
//! Does the input, so that the checks need none and a test builds its sample in memory.

use std::fs;
use std::path::Path;

use anyhow::{Context as _, anyhow};

use super::ratchets::{self, Ratchets};
use super::source::Source;
use crate::workspace::{self, Crate};

/// A text file, its path relative to the workspace.
pub(crate) struct Text {
    pub(crate) path: String,
    pub(crate) text: String,
}

impl Text {
    /// Does its name end so?
    pub(crate) fn has_extension(&self, extension: &str) -> bool {
        Path::new(&self.path).extension().is_some_and(|end| end == extension)
    }
}

/// The workspace as the checks see it.
pub(crate) struct Tree {
    /// Every file git tracks or would track.
    pub(crate) paths: Vec<String>,
    /// Those of them that are text.
    pub(crate) texts: Vec<Text>,
    /// Those of these that are Rust.
    pub(crate) sources: Vec<Source>,
    /// The crates of the workspace.
    pub(crate) crates: Vec<Crate>,
    /// What may only get better.
    pub(crate) ratchets: Ratchets,
}

impl Tree {
    /// Reads the workspace.
    pub(crate) fn read(root: &Path) -> anyhow::Result<Self> {
        let mut paths = workspace::files(root)?;
        // What was deleted, and that is not committed yet.
        paths.retain(|path| root.join(path).exists());
        let texts: Vec<Text> = paths
            .iter()
            .filter_map(|path| {
                let text = fs::read_to_string(root.join(path)).ok()?;
                Some(Text { path: path.clone(), text })
            })
            .collect();
        let ratchets = fs::read_to_string(root.join(ratchets::FILE))
            .map_err(anyhow::Error::from)
            .and_then(|text| Ok(toml::from_str(&text)?))
            .context(ratchets::FILE)?;
        let sources = parse(&texts)?;
        Ok(Self { paths, texts, sources, crates: workspace::crates(root)?, ratchets })
    }
}

fn parse(texts: &[Text]) -> anyhow::Result<Vec<Source>> {
    texts
        .iter()
        .filter(|file| file.has_extension("rs"))
        .map(|Text { path, text }| {
            Source::parse(path, text).map_err(|error| {
                let line = error.span().start().line;
                anyhow!("{path}:{line}: is no Rust: {error}")
            })
        })
        .collect()
}

#[cfg(test)]
impl Tree {
    /// A tree of these files, with no crates and small ratchets.
    pub(crate) fn of(files: &[(&str, &str)]) -> Self {
        let texts: Vec<Text> = files
            .iter()
            .map(|(path, text)| Text { path: (*path).to_owned(), text: (*text).to_owned() })
            .collect();
        let ratchets = Ratchets { file_lines_max: 5, function_lines_max: 3, sql_splits: 0 };
        let paths = texts.iter().map(|file| file.path.clone()).collect();
        Self { paths, sources: parse(&texts).unwrap(), texts, crates: Vec::new(), ratchets }
    }
}
