//! The words of a record: description, metadata and what staff noted, as one
//! stored text.

use domain::{Description, Reason};
use serde::Deserialize;
use serde_json::value::RawValue;

use crate::entropy::Entropy;
use crate::metadata::Metadata;

/// Description and metadata, where there are any.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Words {
    pub(crate) description: Option<String>,
    pub(crate) metadata: Option<Metadata>,
    /// For the audit log alone: no customer sees it.
    pub(crate) admin_notes: Option<String>,
}

#[derive(Deserialize)]
struct Stored<'a> {
    description: Option<String>,
    #[serde(borrow)]
    metadata: Option<&'a RawValue>,
    admin_notes: Option<String>,
}

impl Words {
    /// Reads a stored text. What does not read is as if it were erased.
    pub(crate) fn read(text: &str) -> Self {
        let Ok(stored) = serde_json::from_str::<Stored<'_>>(text) else {
            return Self::default();
        };
        let metadata = stored.metadata.and_then(|raw| Metadata::parse(raw.get()).ok());
        Self { description: stored.description, metadata, admin_notes: stored.admin_notes }
    }
}

/// A stored text with its salt; `None` where nothing was said.
pub(crate) fn write(
    entropy: &Entropy,
    description: Option<&Description>,
    metadata: Option<&Metadata>,
) -> Option<ledger::Words> {
    if description.is_none() && metadata.is_none() {
        return None;
    }
    let description = serde_json::Value::from(description.map(Description::as_str));
    let metadata = metadata.map_or("null", Metadata::as_json);
    // A value and a canonical object, each JSON of its own, make one object.
    let text = format!("{{\"description\":{description},\"metadata\":{metadata}}}");
    Some(ledger::Words { salt: entropy.bytes(), text })
}

/// What staff say of what they do: why, and what is for their eyes alone.
pub(crate) fn write_by_staff(
    entropy: &Entropy,
    reason: Option<&Reason>,
    admin_notes: Option<&Description>,
) -> Option<ledger::Words> {
    let reason = reason.map(Reason::description);
    let Some(notes) = admin_notes else { return write(entropy, reason, None) };
    let description = serde_json::Value::from(reason.map(Description::as_str));
    let notes = serde_json::Value::from(notes.as_str());
    let text =
        format!("{{\"description\":{description},\"metadata\":null,\"admin_notes\":{notes}}}");
    Some(ledger::Words { salt: entropy.bytes(), text })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_read_back_as_they_were_said() {
        let entropy = Entropy::seeded([7; 32]);
        let description = Description::parse("a \"quoted\" line\nand more").unwrap();
        let metadata = Metadata::parse(r#"{"big": 12345678901234567890.10}"#).unwrap();
        for (description, metadata) in [
            (Some(&description), Some(&metadata)),
            (Some(&description), None),
            (None, Some(&metadata)),
        ] {
            let words = write(&entropy, description, metadata).unwrap();
            let read = Words::read(&words.text);
            assert_eq!(read.description.as_deref(), description.map(Description::as_str));
            assert_eq!(read.metadata.as_ref(), metadata);
        }
        assert_eq!(write(&entropy, None, None), None);
    }

    #[test]
    fn notes_of_staff_read_back_beside_the_reason() {
        let entropy = Entropy::seeded([7; 32]);
        let (reason, notes) = (Reason::parse("why").unwrap(), Description::parse("\"x\"").unwrap());
        for (reason, notes) in
            [(Some(&reason), Some(&notes)), (Some(&reason), None), (None, Some(&notes))]
        {
            let read = Words::read(&write_by_staff(&entropy, reason, notes).unwrap().text);
            assert_eq!(read.description.as_deref(), reason.map(Reason::as_str));
            assert_eq!(read.admin_notes.as_deref(), notes.map(Description::as_str));
            assert_eq!(read.metadata, None);
        }
        assert_eq!(write_by_staff(&entropy, None, None), None);
    }

    #[test]
    fn no_two_salts_are_the_same() {
        let entropy = Entropy::seeded([7; 32]);
        let said = Description::parse("x").unwrap();
        let salts = [(); 2].map(|()| write(&entropy, Some(&said), None).unwrap().salt);
        assert_ne!(salts[0], salts[1]);
    }
}
