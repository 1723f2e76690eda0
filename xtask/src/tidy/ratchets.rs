//! The numbers of `xtask/ratchets.toml`.

use serde::Deserialize;

/// Where the file stands.
pub(crate) const FILE: &str = "xtask/ratchets.toml";

/// Numbers that only get better; the file says what each one means.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Ratchets {
    pub(crate) file_lines_max: usize,
    pub(crate) function_lines_max: usize,
    pub(crate) sql_splits: usize,
}

#[cfg(test)]
mod tests {
    use super::Ratchets;

    #[test]
    fn a_number_nobody_reads_is_refused() {
        let text = "file_lines_max = 1\nfunction_lines_max = 1\nsql_splits = 1\nspeed = 1";
        assert!(toml::from_str::<Ratchets>(text).is_err());
    }

    #[test]
    fn a_missing_number_is_refused() {
        assert!(toml::from_str::<Ratchets>("sql_splits = 1").is_err());
    }
}
