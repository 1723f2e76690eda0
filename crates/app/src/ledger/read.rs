//! Reads: committed state only, and only after what is due is settled.

use std::sync::Arc;
use std::time::Duration;

use ledger::{Actor, Command, Order, Read as _, Record, Seq, Status, Time, Wallet, WalletId};
use store::{Error, journal, projections, words};
use tokio::sync::watch;

use super::error::SubmitError;
use super::{Ledger, Recorded, WalletRead};

/// How long a read waits for a record it was promised.
const WAIT_MAX: Duration = Duration::from_secs(2);

/// There is no such wallet.
const UNKNOWN: SubmitError =
    SubmitError::Refused { refusal: ledger::Refusal::UnknownWallet, how: super::How::Applied };

impl Ledger {
    /// A wallet with all that is due settled, or the refusal `UnknownWallet`.
    pub async fn wallet(&self, id: WalletId) -> Result<WalletRead, SubmitError> {
        loop {
            let now = self.time_to_read();
            let (as_of, wallet) = self.see(id).await?;
            if !wallet.is_due(now) || !self.settles() {
                return Ok(WalletRead { wallet, as_of, now });
            }
            self.submit(Order::bare(Actor::System, Command::Settle(id))).await?;
        }
    }

    /// What a wallet may do, or the refusal `UnknownWallet`. What is due does not
    /// change it, so it is told while the clock waits too.
    pub async fn status(&self, id: WalletId) -> Result<Status, SubmitError> {
        Ok(self.see(id).await?.1.balances.status)
    }

    /// A wallet as it is at the head, due or not.
    async fn see(&self, id: WalletId) -> Result<(Seq, Arc<Wallet>), SubmitError> {
        if self.shared.db.is_shared() {
            let seen = self.committer.wallet(id).await?;
            return Ok((seen.as_of, seen.wallet.ok_or(UNKNOWN)?));
        }
        match self.peek(id) {
            (as_of, Some(wallet)) => Ok((as_of, wallet)),
            (_, None) => self.load(id).await,
        }
    }

    fn peek(&self, id: WalletId) -> (Seq, Option<Arc<Wallet>>) {
        let working = self.shared.working();
        (working.head().seq, working.wallet(id).cloned())
    }

    async fn load(&self, id: WalletId) -> Result<(Seq, Arc<Wallet>), SubmitError> {
        // Until this is gone no record after the load's snapshot is forgotten,
        // so a wallet that is in memory by then is as new.
        let floor = self.shared.floor();
        let loaded = self
            .shared
            .db
            .read::<_, Error, _>(move |tx| {
                Box::pin(async move { projections::find_wallet(tx, id).await })
            })
            .await?;
        let mut working = self.shared.working_mut();
        if let Some(wallet) = loaded {
            working.admit(Arc::new(wallet));
        }
        let (as_of, found) = (working.head().seq, working.wallet(id).cloned());
        drop((working, floor));
        self.shared.let_go();
        found.map(|wallet| (as_of, wallet)).ok_or(UNKNOWN)
    }

    /// Waits, at most 2 s, until the journal has a record.
    pub async fn wait_for(&self, seq: Seq) -> Result<(), SubmitError> {
        self.committer.look().await?;
        let mut head = self.shared.head.subscribe();
        let reached = tokio::time::timeout(WAIT_MAX, head.wait_for(|head| *head >= seq)).await;
        reached.map(|_| ()).map_err(|_| SubmitError::SeqNotReached(seq))
    }

    /// Waits until the projections have what the journal has now: lists read
    /// behind it show the caller's own writes.
    pub async fn projected(&self) -> Result<Seq, SubmitError> {
        self.committer.look().await?;
        let found = self.head().seq;
        let mut projected = self.shared.projected.subscribe();
        if *projected.borrow() < found {
            self.shared.wanted.send_if_modified(|wanted| {
                let later = *wanted < found;
                if later {
                    *wanted = found;
                }
                later
            });
        }
        let there = |seq: &Seq| *seq >= found || self.shared.stopped().is_some();
        // The sender lives as long as the ledger.
        let _ = projected.wait_for(there).await;
        if *projected.borrow() >= found { Ok(found) } else { Err(SubmitError::Stopped) }
    }

    /// The records after a place, at most so many, where memory has them all still.
    pub(crate) fn recent_after(&self, seq: Seq, most: i64) -> Vec<Arc<Record>> {
        let sealed = self.shared.tail.after(seq, most);
        let follows = sealed.first().is_some_and(|first| first.record.seq == seq.next());
        let records = sealed.into_iter().filter(|_| follows);
        records.map(|sealed| Arc::clone(&sealed.record)).collect()
    }

    /// Memory keeps for a while what somebody who reaches the records one after the other has
    /// not reached.
    pub(crate) fn read_along(&self, reached: watch::Receiver<Seq>) {
        self.shared.tail.read_along(reached);
    }

    /// Who reads along has reached some: memory lets go of them.
    pub(crate) async fn let_go(&self) {
        self.shared.forget_all().await;
    }

    /// A record with its words.
    pub async fn record(&self, seq: Seq) -> Result<Option<Recorded>, SubmitError> {
        let recent = self.shared.tail.get(seq);
        if let Some(sealed) = recent.as_ref().filter(|sealed| sealed.record.words.is_none()) {
            let record = Arc::clone(&sealed.record);
            return Ok(Some(Recorded { record, hash: sealed.hash, words: None }));
        }
        let (row, words) = self
            .shared
            .db
            .read::<_, Error, _>(move |tx| {
                Box::pin(
                    async move { Ok((journal::find(tx, seq).await?, words::find(tx, seq).await?)) },
                )
            })
            .await?;
        let Some(row) = row else { return Ok(None) };
        let record = match recent {
            Some(sealed) => Arc::clone(&sealed.record),
            None => Arc::new(ledger::decode(&row.body)?),
        };
        Ok(Some(Recorded { record, hash: row.hash, words: words.map(|words| words.text) }))
    }

    /// Whether what is due can be settled. While the clock waits, or once the ledger has
    /// stopped, a wallet is told as it is.
    fn settles(&self) -> bool {
        self.shared.stopped().is_none() && self.now().is_ok()
    }

    /// The time that what is read is told as of. Records may be a little ahead of the
    /// clock: what they made due is. While nothing can be settled it is the last record's.
    pub(crate) fn time_to_read(&self) -> Time {
        let now = self.time().ok().filter(|_| self.settles());
        now.unwrap_or_else(|| self.head().at)
    }

    /// The ledger's time now, or at the last record if that is later.
    pub fn time(&self) -> Result<Time, SubmitError> {
        Ok(self.now()?.max(self.head().at))
    }
}
