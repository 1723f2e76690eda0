//! Values by setting, from the strongest source that says one; and everything
//! that is wrong with them, a sentence each.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use secrecy::{ExposeSecret, SecretString};

use super::origin::Origin;
use super::setting::{Kind, Setting};
use super::sources::{Layer, Said};

/// A value and where it came from.
pub(crate) struct Found {
    /// As it was written.
    pub(crate) text: SecretString,
    /// By whom.
    pub(crate) origin: Origin,
}

/// The values that sections are read from.
pub(crate) struct Values {
    found: BTreeMap<&'static str, Found>,
    problems: Vec<String>,
}

impl Values {
    /// Takes each setting from the first layer that has it, else its default.
    pub(super) fn resolve(known: &[&'static Setting], layers: &[Layer]) -> Self {
        let mut values = Self { found: BTreeMap::new(), problems: Vec::new() };
        for setting in known {
            match resolve(setting, layers) {
                Ok(found) => values.found.extend(found.map(|found| (setting.key, found))),
                Err(problem) => values.problems.push(problem),
            }
        }
        values
    }

    /// The value of a setting, if it has one.
    pub(crate) fn find(&self, setting: &Setting) -> Option<&Found> {
        self.found.get(setting.key)
    }

    /// A value that must be there. `parse` says what it must be if it isn't.
    pub(super) fn get<T>(
        &mut self,
        setting: &Setting,
        parse: impl FnOnce(&str) -> Result<T, String>,
    ) -> Option<T> {
        self.optional(setting, parse).flatten()
    }

    /// A value that may be absent; the outer `None` is a problem.
    #[expect(clippy::option_option, reason = "absent and wrong are two things")]
    pub(super) fn optional<T>(
        &mut self,
        setting: &Setting,
        parse: impl FnOnce(&str) -> Result<T, String>,
    ) -> Option<Option<T>> {
        let Some(Found { text, origin }) = self.found.get(setting.key) else {
            return Some(None);
        };
        let problem = match parse(text.expose_secret()) {
            Ok(value) => return Some(Some(value)),
            Err(problem) => problem,
        };
        let shown = match setting.kind {
            Kind::Secret => String::new(),
            kind => format!(", not `{}`", kind.shown(text.expose_secret())),
        };
        self.refuse(format!("`{}` {problem}{shown} ({origin})", setting.key));
        None
    }

    /// What holds for a setting that may be absent and is.
    pub(super) fn assume(&mut self, setting: &Setting, text: String) {
        let assumed = Found { text: text.into(), origin: Origin::Default };
        self.found.entry(setting.key).or_insert(assumed);
    }

    /// Notes a problem.
    pub(super) fn refuse(&mut self, problem: String) {
        self.problems.push(problem);
    }

    /// What is wrong.
    pub(super) fn problems(&self) -> &[String] {
        &self.problems
    }
}

fn resolve(setting: &Setting, layers: &[Layer]) -> Result<Option<Found>, String> {
    for layer in layers {
        let own = layer.get(setting.key);
        let file = setting.file_key().and_then(|key| layer.get(&key));
        match (own, file) {
            (Some(own), Some(file)) => {
                let (own, file) = (&own.origin, &file.origin);
                return Err(format!("`{}` is given twice: {own}, {file}", setting.key));
            }
            (Some(own), None) => return Ok(Some(found(own))),
            (None, Some(file)) => return from_file(setting, file).map(Some),
            (None, None) => {}
        }
    }
    let default = |text: &str| Found { text: text.into(), origin: Origin::Default };
    Ok(setting.default.map(default))
}

fn found(said: &Said) -> Found {
    Found { text: said.text.clone(), origin: said.origin.clone() }
}

/// The secret in the file that was named.
fn from_file(setting: &Setting, said: &Said) -> Result<Found, String> {
    let path = Path::new(said.text.expose_secret());
    let text = fs::read_to_string(path).map_err(|error| {
        let (key, origin) = (setting.key, &said.origin);
        format!("`{key}` can't be read from {} ({origin}): {error}", path.display())
    })?;
    Ok(Found { text: text.trim_end().into(), origin: said.origin.clone() })
}
