//! What requests have in common: whose credits, what is charged, which page.

use app::{CaptureCharge, Charge, Page, Whose};
use domain::{Credits, Quantities, ServiceKey, Text, UserId};

use super::input::In;
use super::scalar::Whole;
use crate::problem::Problem;

/// Whose credits a query asks for.
pub(crate) fn whose(
    user_id: Option<In<UserId>>,
    external_id: Option<In<Text>>,
) -> Result<Whose, Problem> {
    match (user_id, external_id) {
        (Some(_), Some(_)) => {
            Err(Problem::invalid_at("/external_id", "and user_id exclude each other"))
        }
        (Some(In(id)), None) => Ok(Whose::User(id)),
        (None, Some(In(id))) => Ok(Whose::External(id)),
        (None, None) => Ok(Whose::Caller),
    }
}

/// Whose credits a body asks for.
pub(crate) fn owner(user_id: Option<In<UserId>>) -> Whose {
    user_id.map_or(Whose::Caller, |In(id)| Whose::User(id))
}

/// Which page a query asks for.
pub(crate) fn page(page: Option<In<Whole>>, size: Option<In<Whole>>) -> Result<Page, Problem> {
    let number = |value: Option<In<Whole>>| value.map(|In(Whole(number))| number);
    Page::new(number(page), number(size)).map_err(Problem::from)
}

/// Exactly one of `amount` and `quantities`; `service` goes with quantities.
pub(crate) fn charge(
    amount: Option<In<Credits>>,
    service: Option<In<ServiceKey>>,
    quantities: Option<In<Quantities>>,
) -> Result<Charge, Problem> {
    let service = service.map(|In(service)| service);
    match (amount, quantities) {
        (Some(In(amount)), None) => Ok(Charge::Amount { amount, service }),
        (None, Some(In(quantities))) => match service {
            Some(service) => Ok(Charge::Quantities { service, quantities }),
            None => Err(Problem::invalid_at("/service", "is needed with quantities")),
        },
        (Some(_), Some(_)) => Err(Problem::invalid_at("/amount", BOTH)),
        (None, None) => Err(Problem::invalid_at("/amount", NEITHER)),
    }
}

/// Exactly one of `amount` and `quantities`.
pub(crate) fn capture_charge(
    amount: Option<In<Credits>>,
    quantities: Option<In<Quantities>>,
) -> Result<CaptureCharge, Problem> {
    match (amount, quantities) {
        (Some(In(amount)), None) => Ok(CaptureCharge::Amount(amount)),
        (None, Some(In(quantities))) => Ok(CaptureCharge::Quantities(quantities)),
        (Some(_), Some(_)) => Err(Problem::invalid_at("/amount", BOTH)),
        (None, None) => Err(Problem::invalid_at("/amount", NEITHER)),
    }
}

const BOTH: &str = "and quantities exclude each other; send one of them";
const NEITHER: &str = "or quantities is needed; send one of them";
