//! What a setting is: a key of the file, a variable of the environment, and a
//! sentence about it. Where its value comes from is not known here.

/// One setting.
pub(crate) struct Setting {
    /// Its key in the file, `section.name` or `section.part.name`. What stands
    /// behind the section is unique among sections.
    pub(crate) key: &'static str,
    /// How it is written in the file.
    pub(crate) kind: Kind,
    /// What holds where nothing is said, as it is written in the file without
    /// quotes. Without one it may be absent.
    pub(crate) default: Option<&'static str>,
    /// What it is for, in lines of a comment.
    pub(crate) about: &'static str,
}

/// How a value is written in the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// In quotes.
    Text,
    /// Bare.
    Number,
    /// In quotes, never shown, and also taken from the file that `NAME_file` names.
    Secret,
    /// As [`Kind::Secret`], but only the password in it is not shown.
    Address,
}

impl Kind {
    /// A value as it may be shown.
    pub(crate) fn shown(self, text: &str) -> String {
        match self {
            Self::Text | Self::Number => text.to_owned(),
            Self::Secret => MASK.to_owned(),
            Self::Address => without_password(text),
        }
    }

    fn may_be_in_a_file(self) -> bool {
        matches!(self, Self::Secret | Self::Address)
    }
}

/// What a secret looks like.
const MASK: &str = "********";

/// The password stands behind the user, or in the query. Rather too much is masked than too
/// little: it may have any character.
fn without_password(address: &str) -> String {
    let masked = address.split_once("://").and_then(|(scheme, rest)| {
        let (who, place) = rest.rsplit_once('@')?;
        let (user, _) = who.split_once(':')?;
        Some(format!("{scheme}://{user}:{MASK}@{place}"))
    });
    let masked = masked.unwrap_or_else(|| address.to_owned());
    let Some((place, query)) = masked.split_once('?') else { return masked };
    let pairs = query.split('&').map(|pair| match pair.split_once('=') {
        Some((name, _)) if name.eq_ignore_ascii_case("password") => format!("{name}={MASK}"),
        _ => pair.to_owned(),
    });
    format!("{place}?{}", pairs.collect::<Vec<_>>().join("&"))
}

impl Setting {
    /// The section it stands in.
    pub(crate) fn section(&self) -> &'static str {
        self.key.rsplit_once('.').map_or("", |(section, _)| section)
    }

    /// Its name within the section.
    pub(crate) fn name(&self) -> &'static str {
        self.key.rsplit_once('.').map_or(self.key, |(_, name)| name)
    }

    /// Its name among all settings: what stands behind the first part of its key.
    pub(crate) fn full_name(&self) -> String {
        self.key.split_once('.').map_or(self.key, |(_, name)| name).replace('.', "_")
    }

    /// Its variable.
    pub(crate) fn variable(&self) -> String {
        format!("CREDITS_{}", self.full_name().to_uppercase())
    }

    /// The variable that names a file with the value, for secrets.
    pub(crate) fn file_variable(&self) -> Option<String> {
        self.kind.may_be_in_a_file().then(|| format!("{}_FILE", self.variable()))
    }

    /// The key that names a file with the value, for secrets.
    pub(crate) fn file_key(&self) -> Option<String> {
        self.kind.may_be_in_a_file().then(|| format!("{}_file", self.key))
    }
}

#[cfg(test)]
mod tests {
    use super::Kind;

    #[test]
    fn no_address_shows_its_password() {
        let shown = |address| Kind::Address.shown(address);
        for address in [
            "postgres://me:hush@h/d",
            "postgres://me:p@hush@h/d",
            "postgres://me:a?hush@h/d",
            "postgres://me@h:5432/d?password=hush&sslmode=require",
            "postgres://me@h/d?sslmode=require&PASSWORD=hu@hush",
            "postgres://me:hush@h/d?password=hush",
        ] {
            assert!(!shown(address).contains("hush"), "{}", shown(address));
        }
        let kept = ["sqlite:credits.db", "postgres://me@h:5432/d?sslmode=require"];
        assert_eq!(kept.map(shown), kept);
        let masked = "postgres://me:********@h/d?password=********";
        assert_eq!(shown("postgres://me:a@h/d?password=b"), masked);
    }
}
