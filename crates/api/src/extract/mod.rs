//! x
mod object;
mod request_id;
