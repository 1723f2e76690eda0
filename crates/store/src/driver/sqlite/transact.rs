//! Running a transaction's closure: to its end, once, whatever it does.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::task::{Context, Poll, Waker};

use crate::error::Error;
use crate::panics::message;
use crate::tx::{Tx, Work};

/// Runs `work` inside a transaction that is already open. A panic and a wait
/// for anything outside of it come back as errors.
pub(super) fn run<T, E, F>(tx: &mut Tx, work: F) -> Result<T, E>
where
    E: From<Error>,
    F: for<'t> FnOnce(&'t mut Tx) -> Work<'t, T, E>,
{
    // The caller rolls back after a panic, so nothing half-done is kept.
    let outcome = catch_unwind(AssertUnwindSafe(|| {
        let mut future = work(tx);
        let polled = future.as_mut().poll(&mut Context::from_waker(Waker::noop()));
        match polled {
            Poll::Ready(result) => result,
            Poll::Pending => Err(Error::Waited.into()),
        }
    }));
    outcome.unwrap_or_else(|panic| Err(Error::Panicked(message(panic.as_ref())).into()))
}
