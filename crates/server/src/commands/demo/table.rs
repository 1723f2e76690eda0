//! What is said once the month is lived.

use std::fmt::Write as _;

use super::people::{CUSTOMERS, PASSWORD, STAFF};
use super::play::Tally;

/// What came of the month, whether it is right, and who can sign in.
pub(super) fn closing(tally: &Tally, verdict: &str) -> String {
    let Tally { users, spends, captures, failures, purchases, bought, used, .. } = tally;
    let runs = captures + failures;
    let rows = [
        ("users", users.to_string()),
        ("spends", spends.to_string()),
        ("automations", format!("{runs} ({captures} captured, {failures} failed and released)")),
        ("credits used", used.to_string()),
        ("purchases", format!("{purchases}, {bought} credits")),
        ("corrections", tally.corrections.to_string()),
        ("refused", format!("{} for lack of credits, or paused or suspended", tally.refused)),
        ("verify", verdict.trim().to_owned()),
    ];
    let mut text = String::new();
    for (name, value) in rows {
        // Writing to a text can't fail.
        let _ = writeln!(text, "{name:<18}{value}");
    }
    text + &sign_ins()
}

/// Who can sign in.
pub(super) fn sign_ins() -> String {
    let mut text = format!("\nSign in with the password {PASSWORD} as\n");
    for person in &STAFF {
        let _ = writeln!(text, "  {:<24}{}", person.email, person.role.as_str());
    }
    for customer in CUSTOMERS.iter().take(2) {
        let _ = writeln!(text, "  {:<24}customer: {}", customer.email, customer.name);
    }
    text
}
