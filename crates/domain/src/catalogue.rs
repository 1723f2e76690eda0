//! The services a new book begins with.

use ledger::Credits;

/// A service and its first price, in words that parse.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DefaultService {
    /// Its word in requests.
    pub key: &'static str,
    /// What people call it.
    pub name: &'static str,
    /// What one of it is.
    pub unit: &'static str,
    /// The least that is charged.
    pub minimum: Credits,
    /// What a unit of each dimension costs, in credits.
    pub dimensions: &'static [(&'static str, &'static str)],
}

const fn per_request(
    key: &'static str,
    name: &'static str,
    dimensions: &'static [(&'static str, &'static str)],
) -> DefaultService {
    DefaultService { key, name, unit: "request", minimum: Credits::ZERO, dimensions }
}

/// The services a new book begins with; an admin edits them later.
pub const fn default_services() -> [DefaultService; 6] {
    [
        per_request("ai_chat", "AI chat", &[("requests", "5")]),
        per_request("file_processing", "File processing", &[("requests", "10")]),
        per_request("file_upload", "File upload", &[("requests", "2")]),
        per_request("data_analysis", "Data analysis", &[("requests", "20")]),
        per_request("workflow", "Workflow", &[("requests", "15")]),
        DefaultService {
            key: "llm",
            name: "Language model",
            unit: "token",
            minimum: Credits::ZERO,
            dimensions: &[("input_tokens", "0.002"), ("output_tokens", "0.008")],
        },
    ]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::price::UnitPrice;
    use crate::service::{Dimension, ServiceKey};

    #[test]
    fn every_default_parses() {
        for service in default_services() {
            assert!(ServiceKey::parse(service.key).is_ok(), "{}", service.key);
            assert!(!service.dimensions.is_empty());
            for (dimension, unit_price) in service.dimensions {
                assert!(Dimension::parse(dimension).is_ok(), "{dimension}");
                assert!(unit_price.parse::<UnitPrice>().is_ok(), "{unit_price}");
            }
        }
    }
}
