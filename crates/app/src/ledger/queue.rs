//! The bounded queue in front of the committer.

use std::sync::Arc;

use ledger::{Facts, Order, Record, Refusal, Seq};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc, oneshot};

use super::error::SubmitError;

/// The most orders that wait: about a second's work.
const ORDERS_MAX: usize = 65_536;

/// Orders of one request.
pub(super) enum Work {
    /// Decided one by one.
    Each(Vec<Order>),
    /// All or none.
    All(Vec<Order>),
}

impl Work {
    pub(super) fn orders(&self) -> &[Order] {
        match self {
            Self::Each(orders) | Self::All(orders) => orders,
        }
    }
}

/// What became of an order.
pub(super) enum Done {
    Applied(Arc<Record>, Option<String>),
    Replayed(Seq),
    /// A settle that found nothing due; the last record, whoever that is of.
    Settled(Seq),
    Refused(Refusal),
    /// The one of an atomic batch that was refused.
    RefusedAt(usize, Refusal),
}

pub(super) type Reply = Result<Vec<Done>, SubmitError>;

/// A request in the queue.
pub(super) struct Entry {
    pub(super) work: Work,
    pub(super) reply: oneshot::Sender<Reply>,
}

/// A place in the queue, given back when it is dropped.
pub(super) struct Place(#[expect(dead_code, reason = "held for its drop")] OwnedSemaphorePermit);

/// A request with its place in the queue.
pub(super) struct Waiting {
    pub(super) entry: Entry,
    place: Place,
}

impl Waiting {
    pub(super) fn into_parts(self) -> (Entry, Place) {
        (self.entry, self.place)
    }
}

/// A request with what was loaded for each of its orders.
pub(super) struct Prepared {
    pub(super) waiting: Waiting,
    pub(super) facts: Vec<Facts>,
    /// What was in memory when it was loaded stays until this is gone.
    pub(super) floor: Arc<super::tail::Floor>,
}

#[derive(Clone)]
pub(super) struct Sender {
    entries: mpsc::UnboundedSender<Waiting>,
    places: Arc<Semaphore>,
}

pub(super) type Receiver = mpsc::UnboundedReceiver<Waiting>;

/// A queue of at most [`ORDERS_MAX`] orders: the semaphore is the bound.
pub(super) fn queue() -> (Sender, Receiver) {
    let (entries, receiver) = mpsc::unbounded_channel();
    (Sender { entries, places: Arc::new(Semaphore::new(ORDERS_MAX)) }, receiver)
}

impl Sender {
    /// Gives a request its place.
    pub(super) fn admit(&self, entry: Entry) -> Result<Waiting, SubmitError> {
        if self.places.is_closed() {
            return Err(SubmitError::Stopped);
        }
        let count = u32::try_from(entry.work.orders().len()).unwrap_or(u32::MAX);
        let place = Arc::clone(&self.places).try_acquire_many_owned(count);
        let place = place.map_err(|_| SubmitError::Overloaded)?;
        Ok(Waiting { entry, place: Place(place) })
    }

    /// Has it wait.
    pub(super) fn send(&self, waiting: Waiting) -> Result<(), SubmitError> {
        self.entries.send(waiting).map_err(|_| SubmitError::Stopped)
    }

    /// How many orders wait or are being decided.
    pub(super) fn waiting(&self) -> usize {
        ORDERS_MAX.saturating_sub(self.places.available_permits())
    }

    pub(super) fn close(&self) {
        self.places.close();
    }
}
