//! What handlers take out of a request, in the order it is checked: the caller
//! (401, 403), the key and the form of the body (400, 413, 415), the values
//! (422), and the id in the path (404) last.
//!
//! axum runs extractors in the order of a handler's arguments, so a handler
//! names them in that order: caller, query or path, key, body.

mod body;
mod caller;
pub(crate) mod cookie;
mod credentials;
mod key;
pub(crate) mod object;
mod path;
mod query;
mod request_id;
mod test_clock;
mod values;

pub(crate) use body::{Body, Form, Json, NoBody, Raw};
pub(crate) use caller::{
    Administers, Caller, Grants, Newcomer, Oversees, Person, Reads, ReadsEveryones, ReadsOrSpends,
    Removes, Spends, SpendsOrGrants, Visitor,
};
pub(crate) use key::{Key, OptionalKey};
pub(crate) use path::Named;
pub(crate) use query::Query;
pub(crate) use request_id::{RequestId, RequestIds, X_REQUEST_ID};
pub(crate) use values::Values;
