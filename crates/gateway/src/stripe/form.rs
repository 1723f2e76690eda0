//! Requests as Stripe reads them: `a[b][0]=c`, percent-encoded. This module
//! must not know what any field means.

use std::fmt::Display;

/// A form in the making.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Form(Vec<(String, String)>);

impl Form {
    /// With a field: `metadata[purchase]`.
    #[must_use]
    pub(super) fn with(mut self, name: &str, value: impl Display) -> Self {
        self.0.push((name.to_owned(), value.to_string()));
        self
    }

    /// With a field that may be absent.
    #[must_use]
    pub(super) fn maybe(self, name: &str, value: Option<impl Display>) -> Self {
        match value {
            Some(value) => self.with(name, value),
            None => self,
        }
    }

    /// As the body of a POST or the query of a GET.
    pub(super) fn encode(&self) -> String {
        let mut text = form_urlencoded::Serializer::new(String::new());
        text.extend_pairs(&self.0);
        text.finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nested_names_keep_their_brackets_and_absent_fields_are_not_there() {
        let form = Form::default()
            .with("amount", 50)
            .with("metadata[book]", "a b&c")
            .maybe("customer", None::<&str>)
            .maybe("items[0][price]", Some("price_1"));
        let encoded = "amount=50&metadata%5Bbook%5D=a+b%26c&items%5B0%5D%5Bprice%5D=price_1";
        assert_eq!(form.encode(), encoded);
    }
}
