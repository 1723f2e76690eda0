//! A receipt as a page: one file without scripts, to be looked at or printed.

use minijinja::value::Serde;
use minijinja::{Environment, context};

use super::Paper;

const TEMPLATE: &str = include_str!("receipt.html");

/// The page. What people wrote is escaped, since the template's name says HTML.
pub(crate) fn html(paper: &Paper) -> Result<String, minijinja::Error> {
    let mut pages = Environment::new();
    pages.add_template("receipt.html", TEMPLATE)?;
    pages.get_template("receipt.html")?.render(context! { receipt => Serde(paper) })
}
