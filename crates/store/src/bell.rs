//! What a transaction rings when it left something to do, so that nobody has to
//! look all the time. This module must not know what is to be done.

use std::sync::Arc;

use tokio::sync::Notify;

/// A bell that one waits for. Clones are the same bell.
///
/// It is rung inside of the transaction: who is woken looks in a transaction of
/// their own, which has its turn after that one.
#[derive(Clone, Debug, Default)]
pub struct Bell(Arc<Notify>);

impl Bell {
    /// Wakes who waits, or who waits next.
    pub fn ring(&self) {
        self.0.notify_one();
    }

    /// Waits until it was rung since the last time.
    pub async fn rung(&self) {
        self.0.notified().await;
    }
}
