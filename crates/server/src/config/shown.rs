//! The configuration as a file: the documented default, and what holds now with
//! where it came from. No secret is ever written.

use secrecy::ExposeSecret;

use super::setting::{Kind, Setting};
use super::values::{Found, Values};

const HEAD: &str = "\
# The configuration of `credits`, with its defaults.
#
# A value is taken from the first of: a flag, the environment, this file
# (--config FILE or CREDITS_CONFIG), the default. The variable of a setting is
# CREDITS_ and its name: CREDITS_LISTEN. `credits config` prints what holds.
";

/// A file with every default, and a comment on every setting.
pub(crate) fn default_file() -> String {
    let mut text = HEAD.to_owned();
    let mut section = "";
    for setting in super::settings() {
        text.push('\n');
        if setting.section() != section {
            section = setting.section();
            text.extend(["[", section, "]\n"]);
        }
        for line in setting.about.lines() {
            text.extend(["# ", line, "\n"]);
        }
        text.push_str(&default_line(setting));
    }
    text
}

fn default_line(setting: &Setting) -> String {
    let name = setting.name();
    match (setting.kind, setting.default) {
        (kind, Some(default)) => format!("{name} = {}\n", written(kind, default)),
        (Kind::Secret, None) => {
            format!("# {name}_file = \"/run/secrets/{}\"\n", setting.full_name())
        }
        (_, None) => format!("# {name} =\n"),
    }
}

/// What holds, each value with where it came from.
pub(crate) fn effective(values: &Values) -> String {
    let mut text = String::new();
    let mut section = "";
    for setting in super::settings() {
        if setting.section() != section {
            let gap = if section.is_empty() { "" } else { "\n" };
            section = setting.section();
            text.extend([gap, "[", section, "]\n"]);
        }
        text.push_str(&effective_line(setting, values.find(setting)));
    }
    text
}

fn effective_line(setting: &Setting, found: Option<&Found>) -> String {
    let Some(Found { text, origin }) = found else {
        return format!("# {} is not set\n", setting.name());
    };
    let shown = setting.kind.shown(text.expose_secret());
    let assignment = format!("{} = {}", setting.name(), written(setting.kind, &shown));
    format!("{assignment:<40} # {origin}\n")
}

fn written(kind: Kind, value: &str) -> String {
    match kind {
        Kind::Number => value.to_owned(),
        // TOML's basic strings escape as JSON's do.
        Kind::Text | Kind::Secret | Kind::Address => serde_json::Value::from(value).to_string(),
    }
}
