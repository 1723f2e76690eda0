//! The rules of credits once more, written from their description and never
//! from `apply`: plain lists of what happened, every figure added up anew each
//! time it is asked for. Slow, and meant to be obviously right.

mod commands;
mod grant;
mod hold;
mod settle;
mod wallet;

use ledger::{
    Account, Actor, Balances, Command, Cost, Credits, Fingerprint, Kind, Limit, Operation, Order,
    Outcome, Posting, Record, Refusal, Seq, Time, WalletId,
};

pub use grant::Grant;
pub(crate) use grant::Why;
pub(crate) use hold::Hold;
pub use wallet::Wallet;

/// The whole book.
#[derive(Clone, Debug)]
pub struct Model {
    /// The last record's place and time.
    pub last: (i64, i64),
    pub wallets: Vec<Wallet>,
    pub spends: Vec<Spend>,
    pub keys: Vec<UsedKey>,
    /// Every record there should be, the genesis apart.
    pub entries: Vec<Entry>,
}

/// A spend or capture, and what went back of it.
#[derive(Clone, Debug)]
pub struct Spend {
    pub seq: i64,
    pub wallet: WalletId,
    pub amount: i64,
    pub cost: Option<Cost>,
    pub refunds: Vec<i64>,
}

/// A key within its scope, and where its outcome is.
#[derive(Clone, Debug)]
pub struct UsedKey {
    actor: Actor,
    operation: Operation,
    wallet: Option<WalletId>,
    key: String,
    fingerprint: Fingerprint,
    seq: i64,
    refusal: Option<Refusal>,
}

/// What a record should say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    pub seq: i64,
    pub at: i64,
    pub kind: Kind,
    pub wallet: Option<WalletId>,
    pub effective_at: Option<i64>,
    pub posting: Option<Posting>,
    pub after: Option<Balances>,
    pub cost: Option<Cost>,
    pub actor: Actor,
    pub key: Option<String>,
}

impl Entry {
    /// A record, as far as the model tells it.
    pub fn of(record: &Record) -> Self {
        Self {
            seq: record.seq.number(),
            at: record.at.micros(),
            kind: record.event.kind(),
            wallet: record.wallet,
            effective_at: record.effective_at.map(Time::micros),
            posting: record.posting.clone(),
            after: record.after,
            cost: record.cost,
            actor: record.actor.clone(),
            key: record.key.as_ref().map(|used| used.key.as_str().to_owned()),
        }
    }
}

/// A record in the making: what an event does beside changing its wallet.
pub struct Event {
    kind: Kind,
    posting: Option<Posting>,
    cost: Option<Cost>,
}

impl Event {
    fn of(kind: Kind) -> Self {
        Self { kind, posting: None, cost: None }
    }

    fn costing(self, cost: Option<Cost>) -> Self {
        Self { cost, ..self }
    }

    fn moving(self, debit: Account, credit: Account, amount: i64) -> Self {
        let amount = Credits::from_micros(amount);
        Self { posting: Some(Posting { debit, credit, amount }), ..self }
    }
}

/// Who causes a record, and from which instant it counts.
#[derive(Clone, Copy)]
struct Cause<'o> {
    now: i64,
    instant: i64,
    actor: &'o Actor,
}

impl Model {
    /// A book of its genesis alone.
    pub fn new(at: i64) -> Self {
        let last = (1, at);
        Self { last, wallets: vec![], spends: vec![], keys: vec![], entries: vec![] }
    }

    pub fn wallet(&self, id: WalletId) -> Option<&Wallet> {
        self.wallets.iter().find(|wallet| wallet.id == id)
    }

    fn wallet_mut(&mut self, id: WalletId) -> &mut Wallet {
        self.wallets.iter_mut().find(|wallet| wallet.id == id).expect("the wallet is open")
    }

    /// The time the next record has: the clock's, but after the last one.
    fn next_at(&self, now: i64) -> i64 {
        now.max(self.last.1 + 1)
    }

    fn next_seq(&self) -> i64 {
        self.last.0 + 1
    }

    /// Does a command.
    pub fn apply(&mut self, now: i64, order: &Order) -> Outcome {
        match self.attempt(now, order) {
            Ok(outcome) => outcome,
            Err(refusal) => Outcome::Refused(refusal, self.keep_refusal(now, order, refusal)),
        }
    }

    /// Does all of them or nothing.
    pub fn apply_all(
        &mut self,
        now: i64,
        orders: &[Order],
    ) -> Result<Vec<Outcome>, (usize, Refusal)> {
        let mut trial = self.clone();
        let mut outcomes = Vec::new();
        for (place, order) in orders.iter().enumerate() {
            let outcome = trial.attempt(now, order).map_err(|refusal| (place, refusal))?;
            if let Outcome::Replayed(ledger::KeyEntry { refusal: Some(refusal), .. }) = outcome {
                return Err((place, refusal));
            }
            outcomes.push(outcome);
        }
        *self = trial;
        Ok(outcomes)
    }

    fn attempt(&mut self, now: i64, order: &Order) -> Result<Outcome, Refusal> {
        check_form(order)?;
        if let Some(used) = self.used_key(order) {
            let same = order.key.as_ref().is_some_and(|(_, said)| *said == used.fingerprint);
            let UsedKey { seq, fingerprint, refusal, .. } = *used;
            let entry = ledger::KeyEntry { seq: Seq::from_number(seq), fingerprint, refusal };
            return if same { Ok(Outcome::Replayed(entry)) } else { Err(Refusal::KeyReused) };
        }
        let id = match &order.command {
            Command::Open(open) => return Ok(self.open(now, order, open)),
            Command::Erase(of) => return self.erase(now, order, of.number()),
            Command::Seal(_) => return Ok(self.seal(now, order)),
            command => command.wallet().expect("it names a wallet"),
        };
        if self.wallet(id).is_none() {
            return Err(Refusal::UnknownWallet);
        }
        self.settle(now, id);
        if matches!(order.command, Command::Settle(_)) {
            return Ok(Outcome::Applied(Seq::from_number(self.last.0)));
        }
        let now = self.next_at(now);
        let seq = self.command(now, order, id)?;
        Ok(Outcome::Applied(Seq::from_number(seq)))
    }

    fn used_key(&self, order: &Order) -> Option<&UsedKey> {
        let (key, _) = order.key.as_ref()?;
        let (operation, wallet) = (order.command.operation(), order.command.wallet());
        self.keys.iter().find(|used| {
            used.actor == order.actor
                && used.operation == operation
                && used.wallet == wallet
                && used.key == key.as_str()
        })
    }

    /// Notes an event as the answer to an order; its key has its outcome now.
    fn answer(&mut self, now: i64, order: &Order, wallet: Option<WalletId>, event: Event) -> i64 {
        let seq = self.note(Cause { now, instant: now, actor: &order.actor }, wallet, event);
        if let Some((key, fingerprint)) = &order.key {
            let entry = self.entries.last_mut().expect("it was noted");
            entry.key = Some(key.as_str().to_owned());
            self.keys.push(UsedKey {
                actor: order.actor.clone(),
                operation: order.command.operation(),
                wallet: order.command.wallet(),
                key: key.as_str().to_owned(),
                fingerprint: *fingerprint,
                seq,
                refusal: None,
            });
        }
        seq
    }

    /// Notes an event: the next record. The change was made before.
    fn note(&mut self, cause: Cause<'_>, wallet: Option<WalletId>, event: Event) -> i64 {
        let (seq, at) = (self.next_seq(), self.next_at(cause.now));
        if let (Some(id), Some(posting)) = (wallet, &event.posting) {
            let home = Account::Wallet(id);
            let amount = posting.amount.micros();
            if posting.credit == home {
                self.wallet_mut(id).transactions.push(amount);
            } else if posting.debit == home {
                self.wallet_mut(id).transactions.push(-amount);
            }
        }
        let refused = event.kind == Kind::Refuse;
        let after = wallet.filter(|_| !refused).and_then(|id| self.wallet(id));
        self.entries.push(Entry {
            seq,
            at,
            kind: event.kind,
            wallet,
            effective_at: Some(cause.instant).filter(|instant| *instant < at),
            posting: event.posting,
            after: after.map(Wallet::balances),
            cost: event.cost,
            actor: cause.actor.clone(),
            key: None,
        });
        self.last = (seq, at);
        seq
    }

    fn keep_refusal(&mut self, now: i64, order: &Order, refusal: Refusal) -> Option<Seq> {
        if !is_for_ever(refusal) || order.key.is_none() {
            return None;
        }
        let now = self.next_at(now);
        let seq = self.answer(now, order, order.command.wallet(), Event::of(Kind::Refuse));
        self.keys.last_mut().expect("its key").refusal = Some(refusal);
        Some(Seq::from_number(seq))
    }
}

/// What is wrong with an order whatever the state is.
fn check_form(order: &Order) -> Result<(), Refusal> {
    let mut names: Vec<&str> = order.labels.iter().map(|(name, _)| name.as_str()).collect();
    names.sort_unstable();
    names.dedup();
    if order.labels.len() > 8 || names.len() < order.labels.len() {
        return Err(Refusal::Invalid(ledger::Invalid::Labels));
    }
    let amount = match &order.command {
        Command::Grant(c) => c.amount,
        Command::Spend(c) => c.amount,
        Command::Authorize(c) => c.amount,
        Command::Capture(c) => c.amount,
        Command::Remove(c) => c.amount,
        Command::Refund(c) => c.amount,
        _ => return Ok(()),
    };
    let fits = (1..=1_000_000_000_000_000).contains(&amount.micros());
    if fits { Ok(()) } else { Err(Refusal::AmountOutOfRange) }
}

/// Refusals that a key keeps: the state decided them.
fn is_for_ever(refusal: Refusal) -> bool {
    match refusal {
        Refusal::Insufficient { .. }
        | Refusal::Paused
        | Refusal::Suspended
        | Refusal::HoldSettled
        | Refusal::HoldExpired
        | Refusal::HoldHasChildren
        | Refusal::OverCapture { .. }
        | Refusal::RefundExceeds { .. }
        | Refusal::GrantFrozen
        | Refusal::GrantNotFrozen
        | Refusal::Limit(
            Limit::OpenGrants
            | Limit::OpenHolds
            | Limit::HoldDepth
            | Limit::HoldLife
            | Limit::Balance,
        ) => true,
        Refusal::KeyReused
        | Refusal::UnknownWallet
        | Refusal::UnknownHold
        | Refusal::UnknownGrant
        | Refusal::UnknownRecord
        | Refusal::AmountOutOfRange
        | Refusal::Invalid(_) => false,
    }
}

/// Credits of an amount.
fn credits(micros: i64) -> Credits {
    Credits::from_micros(micros)
}

/// A time of the ledger's.
fn time(micros: i64) -> Time {
    Time::from_micros(micros)
}
