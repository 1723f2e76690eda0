//! What was said and where: flags, environment and file, before it is known
//! whether it makes sense.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use config::{FileFormat, Value, ValueKind};
use secrecy::SecretString;

use super::origin::Origin;
use super::setting::Setting;

/// The variables of a process.
pub(crate) type Environment = BTreeMap<String, String>;

/// A flag that was given: its setting's key, its own name, its value.
pub(crate) struct Flag {
    /// The setting it sets.
    pub(crate) key: &'static str,
    /// Its name on the command line, without the dashes.
    pub(crate) name: &'static str,
    /// What was given.
    pub(crate) value: String,
}

/// Everything that was said.
pub(crate) struct Sources {
    /// On the command line.
    pub(crate) flags: Vec<Flag>,
    /// By the environment.
    pub(crate) environment: Environment,
    /// By a file, if one was named.
    pub(crate) file: Option<PathBuf>,
}

/// A value before it is parsed. Every one is kept as a secret, since some are.
#[derive(Clone)]
pub(super) struct Said {
    pub(super) text: SecretString,
    pub(super) origin: Origin,
}

/// What one source says, by key.
pub(super) type Layer = BTreeMap<String, Said>;

impl Sources {
    /// What the sources say, the strongest first; or what is wrong with the file.
    pub(super) fn layers(&self, known: &[&Setting]) -> Result<Vec<Layer>, Vec<String>> {
        let mut layers = vec![self.said_by_flags(), self.said_by_environment(known)];
        if let Some(path) = &self.file {
            layers.push(read_file(path, known)?);
        }
        Ok(layers)
    }

    fn said_by_flags(&self) -> Layer {
        let said =
            |flag: &Flag| Said { text: flag.value.clone().into(), origin: Origin::Flag(flag.name) };
        self.flags.iter().map(|flag| (flag.key.to_owned(), said(flag))).collect()
    }

    fn said_by_environment(&self, known: &[&Setting]) -> Layer {
        let names = known.iter().flat_map(|setting| names(setting));
        names
            .filter_map(|(key, variable)| {
                // Compose files pass on what is not set as an empty text.
                let text = self.environment.get(&variable).filter(|text| !text.is_empty())?;
                let text = text.clone().into();
                Some((key, Said { text, origin: Origin::Environment(variable) }))
            })
            .collect()
    }
}

/// The keys of a setting with their variables.
fn names(setting: &Setting) -> Vec<(String, String)> {
    let file = setting.file_key().zip(setting.file_variable());
    let own = (setting.key.to_owned(), setting.variable());
    [Some(own), file].into_iter().flatten().collect()
}

fn read_file(path: &Path, known: &[&Setting]) -> Result<Layer, Vec<String>> {
    let shown = path.display();
    let text = fs::read_to_string(path)
        .map_err(|error| vec![format!("the configuration file {shown} can't be read: {error}")])?;
    let table = parse(&text).map_err(|error| {
        vec![format!("the configuration file {shown} is not TOML: {}", in_a_line(&error))]
    })?;
    let mut layer = Layer::new();
    let mut problems = Vec::new();
    for (key, value) in flatten("", table) {
        let is_known = known.iter().any(|setting| {
            setting.key == key || setting.file_key().is_some_and(|file_key| file_key == key)
        });
        match text_of(value) {
            _ if !is_known => {
                problems
                    .push(format!("the configuration file {shown} has the unknown key `{key}`"));
            }
            None => problems.push(format!(
                "`{key}` in the configuration file {shown} must be a text or a number"
            )),
            Some(text) => {
                let origin = Origin::File(path.to_owned());
                layer.insert(key, Said { text: text.into(), origin });
            }
        }
    }
    if problems.is_empty() { Ok(layer) } else { Err(problems) }
}

fn parse(text: &str) -> Result<BTreeMap<String, Value>, config::ConfigError> {
    let source = config::File::from_str(text, FileFormat::Toml);
    let table = config::Config::builder().add_source(source).build()?.cache.into_table()?;
    Ok(table.into_iter().collect())
}

/// Where it is wrong and how, without the picture between.
fn in_a_line(error: &config::ConfigError) -> String {
    let text = error.to_string();
    let mut lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    let first = lines.next().unwrap_or_default();
    lines.next_back().map_or_else(|| first.to_owned(), |last| format!("{first}: {last}"))
}

/// The leaves of a table with their dotted keys.
fn flatten(prefix: &str, table: BTreeMap<String, Value>) -> Vec<(String, ValueKind)> {
    let mut leaves = Vec::new();
    for (name, value) in table {
        let key = if prefix.is_empty() { name } else { format!("{prefix}.{name}") };
        match value.kind {
            ValueKind::Table(inner) => leaves.extend(flatten(&key, inner.into_iter().collect())),
            leaf => leaves.push((key, leaf)),
        }
    }
    leaves
}

fn text_of(value: ValueKind) -> Option<String> {
    match value {
        ValueKind::String(text) => Some(text),
        ValueKind::I64(number) => Some(number.to_string()),
        ValueKind::U64(number) => Some(number.to_string()),
        ValueKind::Boolean(flag) => Some(flag.to_string()),
        _ => None,
    }
}
