//! JSON as clients see it: what requests may hold and how answers are written.
//!
//! Wire types are apart from the product's: a request turns into one call's
//! arguments, a view into an answer. Nothing here decides anything but form.

mod collection;
mod input;
mod output;
mod scalar;

pub(crate) use input::In;
pub(crate) use output::{Decimal, Instant, Shown, Verbatim};
