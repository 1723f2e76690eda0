//! Reads: committed state only, and only after what is due is settled.

use std::sync::Arc;
use std::time::Duration;

use ledger::{Actor, Command, Order, Read as _, Seq, Status, Time, Wallet, WalletId};
use store::{Error, journal, projections, words};

use super::error::SubmitError;
use super::{Ledger, Recorded, WalletRead};

/// How long a read waits for a record it was promised.
const WAIT_MAX: Duration = Duration::from_secs(2);

impl Ledger {
    /// A wallet with all that is due settled, or the refusal `UnknownWallet`.
    pub async fn wallet(&self, id: WalletId) -> Result<WalletRead, SubmitError> {
        self.committer.look().await?;
        loop {
            // Records may be a little ahead of the clock: what they made due is.
            let now = self.time()?;
            let (as_of, found) = self.peek(id);
            let wallet = match found {
                Some(wallet) => wallet,
                None => self.load(id).await?,
            };
            if !wallet.is_due(now) {
                return Ok(WalletRead { wallet, as_of, now });
            }
            self.submit(Order::bare(Actor::System, Command::Settle(id))).await?;
        }
    }

    /// What a wallet may do, or the refusal `UnknownWallet`. What is due does not
    /// change it, so it is told while the clock waits too.
    pub async fn status(&self, id: WalletId) -> Result<Status, SubmitError> {
        self.committer.look().await?;
        match self.peek(id).1 {
            Some(wallet) => Ok(wallet.balances.status),
            None => Ok(self.load(id).await?.balances.status),
        }
    }

    fn peek(&self, id: WalletId) -> (Seq, Option<Arc<Wallet>>) {
        let working = self.shared.working();
        (working.head().seq, working.wallet(id).cloned())
    }

    async fn load(&self, id: WalletId) -> Result<Arc<Wallet>, SubmitError> {
        // Until this is gone no record after the load's snapshot is forgotten,
        // so a wallet that is in memory by then is as new.
        let _floor = self.shared.floor();
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
        let unknown = ledger::Refusal::UnknownWallet;
        working
            .wallet(id)
            .cloned()
            .ok_or(SubmitError::Refused { refusal: unknown, how: super::How::Applied })
    }

    /// Waits, at most 2 s, until the journal has a record.
    pub async fn wait_for(&self, seq: Seq) -> Result<(), SubmitError> {
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

    /// A record with its words.
    pub async fn record(&self, seq: Seq) -> Result<Option<Recorded>, SubmitError> {
        let recent = self.shared.recent(seq);
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

    /// The ledger's time now, or at the last record if that is later.
    pub fn time(&self) -> Result<Time, SubmitError> {
        Ok(self.now()?.max(self.head().at))
    }
}
