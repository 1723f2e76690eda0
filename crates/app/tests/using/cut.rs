//! Servers that stop between any two steps.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

/// A server that stops after so many steps.
pub(crate) struct Cut<F> {
    pub(crate) inner: Pin<Box<F>>,
    pub(crate) polls: usize,
}

impl<F: Future> Cut<F> {
    /// Work that goes so far and no further.
    pub(crate) fn after(polls: usize, work: F) -> Self {
        Self { inner: Box::pin(work), polls }
    }
}

impl<F: Future> Future for Cut<F> {
    type Output = Option<F::Output>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        if self.polls == 0 {
            return Poll::Ready(None);
        }
        self.polls -= 1;
        self.inner.as_mut().poll(context).map(Some)
    }
}
