//! What the outside says about the workspace: its folder, its files, its crates.
//!
//! Knows git and cargo, and nothing of what is checked.

use std::path::Path;
use std::process::Command;

use anyhow::{Context as _, ensure};
use serde::Deserialize;

/// A crate of this workspace, as `cargo metadata` describes it.
#[derive(Debug, Deserialize)]
pub(crate) struct Crate {
    /// Its name.
    pub name: String,
    /// What its manifest asks for, of ours and of others.
    pub dependencies: Vec<Dependency>,
}

/// One line of a crate's manifest.
#[derive(Debug, Deserialize)]
pub(crate) struct Dependency {
    /// The name the registry knows it by.
    pub name: String,
    /// `None` for a normal dependency, else `dev` or `build`.
    pub kind: Option<String>,
}

impl Dependency {
    /// Is it wanted by tests, examples and benches alone?
    pub(crate) fn is_dev(&self) -> bool {
        self.kind.as_deref() == Some("dev")
    }
}

#[derive(Deserialize)]
struct Metadata {
    packages: Vec<Crate>,
}

/// The folder of the workspace.
pub(crate) fn root() -> &'static Path {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.parent().unwrap_or(here)
}

/// The crates of the workspace, read offline and without resolving anything.
pub(crate) fn crates(root: &Path) -> anyhow::Result<Vec<Crate>> {
    let arguments = ["metadata", "--no-deps", "--offline", "--format-version", "1"];
    let answer = run("cargo", &arguments, root)?;
    parse_crates(&answer)
}

fn parse_crates(metadata: &[u8]) -> anyhow::Result<Vec<Crate>> {
    let metadata: Metadata =
        serde_json::from_slice(metadata).context("`cargo metadata` printed something else")?;
    Ok(metadata.packages)
}

/// The files git tracks or would track, by their path below `root`, sorted.
pub(crate) fn files(root: &Path) -> anyhow::Result<Vec<String>> {
    let arguments = ["ls-files", "-z", "--cached", "--others", "--exclude-standard"];
    let listing = String::from_utf8(run("git", &arguments, root)?)
        .context("a file name is not UTF-8: rename it")?;
    let mut paths: Vec<String> = listing.split_terminator('\0').map(String::from).collect();
    paths.sort();
    paths.dedup();
    Ok(paths)
}

/// The standard output of a program that must succeed; what it says on standard
/// error is shown as it comes.
pub(crate) fn run(program: &str, arguments: &[&str], folder: &Path) -> anyhow::Result<Vec<u8>> {
    let output = Command::new(program)
        .args(arguments)
        .current_dir(folder)
        .stderr(std::process::Stdio::inherit())
        .output()
        .with_context(|| format!("`{program}` could not be started"))?;
    ensure!(
        output.status.success(),
        "`{program} {}` failed: {}",
        arguments.join(" "),
        output.status
    );
    Ok(output.stdout)
}

#[cfg(test)]
mod tests {
    use super::parse_crates;

    #[test]
    fn a_dependency_is_normal_unless_its_kind_says_dev() {
        let metadata = br#"{"packages": [{"name": "app", "dependencies": [
            {"name": "store", "kind": null}, {"name": "testkit", "kind": "dev"}]}]}"#;
        let crates = parse_crates(metadata).unwrap();
        let dev: Vec<(&str, bool)> =
            crates[0].dependencies.iter().map(|d| (d.name.as_str(), d.is_dev())).collect();
        assert_eq!(dev, [("store", false), ("testkit", true)]);
    }

    #[test]
    fn anything_but_metadata_is_refused() {
        assert!(parse_crates(b"error: no such command").is_err());
    }
}
