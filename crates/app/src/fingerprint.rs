//! A request in canonical bytes: what its idempotency key stands for.
//!
//! Every field that is there is written with its name, so a field that comes
//! later changes no older fingerprint. A price is never in it.

use domain::{Description, Labels, Quantities, Text};
use ledger::Fingerprint;

use crate::charge::{CaptureCharge, Charge, Particulars};
use crate::metadata::Metadata;
use crate::users::Change;

/// A request being written.
pub(crate) struct Canonical(Vec<u8>);

impl Canonical {
    /// The request for an operation.
    pub(crate) fn of(operation: &str) -> Self {
        Self(Vec::with_capacity(128)).text("operation", operation)
    }

    /// A text. Its length stands before it, so that no two requests are the
    /// same bytes.
    pub(crate) fn text(mut self, name: &str, text: &str) -> Self {
        self.0.extend(name.as_bytes());
        self.0.push(0);
        // A length of 64 bits holds any length of memory.
        self.0.extend(u64::try_from(text.len()).unwrap_or(u64::MAX).to_be_bytes());
        self.0.extend(text.as_bytes());
        self
    }

    pub(crate) fn maybe_text(self, name: &str, text: Option<&str>) -> Self {
        match text {
            Some(text) => self.text(name, text),
            None => self,
        }
    }

    pub(crate) fn number(self, name: &str, number: i64) -> Self {
        self.text(name, &number.to_string())
    }

    pub(crate) fn maybe_number(self, name: &str, number: Option<i64>) -> Self {
        match number {
            Some(number) => self.number(name, number),
            None => self,
        }
    }

    /// What is said of a field that may be empty.
    pub(crate) fn change<T>(
        self,
        name: &str,
        change: &Change<T>,
        write: impl FnOnce(Self, &T) -> Self,
    ) -> Self {
        match change {
            Change::Keep => self,
            Change::Clear => self.text(name, "cleared"),
            Change::Set(value) => write(self.text(name, "set"), value),
        }
    }

    pub(crate) fn charge(self, charge: &Charge) -> Self {
        match charge {
            Charge::Amount { amount, service } => self
                .number("amount", amount.micros())
                .maybe_text("service", service.as_ref().map(domain::ServiceKey::as_str)),
            Charge::Quantities { service, quantities } => {
                self.text("service", service.as_str()).quantities(quantities)
            }
        }
    }

    pub(crate) fn capture(self, charge: &CaptureCharge) -> Self {
        match charge {
            CaptureCharge::Amount(amount) => self.number("amount", amount.micros()),
            CaptureCharge::Quantities(quantities) => self.quantities(quantities),
        }
    }

    fn quantities(self, quantities: &Quantities) -> Self {
        quantities.iter().fold(self, |canonical, (dimension, quantity)| {
            canonical.text("dimension", dimension.as_str()).number("used", quantity.millionths())
        })
    }

    pub(crate) fn particulars(self, particulars: &Particulars) -> Self {
        self.maybe_text("description", particulars.description.as_ref().map(Description::as_str))
            .maybe_text("job", particulars.job.as_ref().map(Text::as_str))
            .labels(&particulars.labels)
            .maybe_text("metadata", particulars.metadata.as_ref().map(Metadata::as_json))
            .maybe_number("occurred_at", particulars.occurred_at.map(domain::Time::micros))
    }

    fn labels(self, labels: &Labels) -> Self {
        labels.iter().fold(self, |canonical, (name, value)| {
            canonical.text("label", name.as_str()).text("is", value.as_str())
        })
    }

    /// Its fingerprint under a secret of the book.
    pub(crate) fn seal(self, secret: &[u8; 32]) -> Fingerprint {
        Fingerprint::of(secret, &self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seal(canonical: Canonical) -> Fingerprint {
        canonical.seal(&[7; 32])
    }

    #[test]
    fn requests_that_say_different_things_differ() {
        let spend = || Canonical::of("spend");
        let all = [
            seal(spend()),
            seal(Canonical::of("hold")),
            seal(spend().text("job", "a")),
            seal(spend().text("description", "a")),
            seal(spend().text("job", "ab").text("x", "")),
            seal(spend().text("job", "a").text("bx", "")),
            seal(spend().number("job", 1)),
        ];
        for (place, one) in all.iter().enumerate() {
            assert!(all.iter().skip(place + 1).all(|other| other != one), "{place}");
        }
    }

    #[test]
    fn what_is_not_said_is_not_written() {
        let plain = seal(Canonical::of("spend").particulars(&Particulars::default()));
        assert_eq!(plain, seal(Canonical::of("spend").maybe_text("later", None)));
    }
}
