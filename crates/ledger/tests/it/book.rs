//! A small book for readable tests: commands one after the other, a clock that
//! moves when it is told to, and the journal they left.

use std::sync::Arc;

use ledger::{
    Actor, Command, Completion, Credits, Event, Fingerprint, Grant, GrantId, Head, Hold, HoldId,
    Kind, Mode, OnExpiry, Order, Original, Outcome, OverCapture, Overlay, Owner, Read, Record,
    Refusal, Sealed, Shortfall, Source, Status, Text, Time, Usage, Wallet, WalletId, Working,
    apply, apply_all, command,
};

pub(crate) const SECOND: i64 = Time::SECOND;
pub(crate) const DAY: i64 = Time::DAY;

/// When every book begins.
pub(crate) const BEGIN: Time = Time::from_micros(1_800_000_000 * SECOND);

pub(crate) struct Book {
    pub(crate) working: Working,
    pub(crate) journal: Vec<Sealed>,
    /// What the wall clock says.
    pub(crate) now: Time,
    /// How many records there were before the last command.
    before: usize,
}

pub(crate) fn text(text: &str) -> Text {
    Text::parse(text).expect("a short text")
}

/// Whole credits.
pub(crate) fn credits(whole: i64) -> Credits {
    Credits::whole(whole).expect("not too many")
}

pub(crate) fn micros(micros: i64) -> Credits {
    Credits::from_micros(micros)
}

/// What everybody but an API key is in these tests.
pub(crate) const ANN: Actor = Actor::User(1);

/// Its fingerprint is all a test needs of a request.
pub(crate) fn request(number: u8) -> Fingerprint {
    Fingerprint([number; 16])
}

pub(crate) fn spend(wallet: WalletId, amount: Credits) -> Command {
    let usage = Usage { service: Some(text("llm")), ..Usage::default() };
    Command::Spend(command::Spend { wallet, amount, usage })
}

pub(crate) fn remove(wallet: WalletId, amount: Credits) -> Command {
    Command::Remove(command::Remove { wallet, amount })
}

pub(crate) fn set_status(wallet: WalletId, status: Status) -> Command {
    Command::SetStatus(command::SetStatus { wallet, status })
}

/// A hold of 15 minutes that is released when it expires.
pub(crate) fn hold(wallet: WalletId, amount: Credits) -> command::Authorize {
    command::Authorize {
        wallet,
        amount,
        usage: Usage { service: Some(text("llm")), ..Usage::default() },
        expires_in: 900 * SECOND,
        on_expiry: OnExpiry::Release,
        over_capture: OverCapture::Reject,
        parent: None,
    }
}

pub(crate) fn child(wallet: WalletId, parent: HoldId, amount: Credits) -> command::Authorize {
    command::Authorize { parent: Some(parent), ..hold(wallet, amount) }
}

pub(crate) fn extend(wallet: WalletId, hold: HoldId, expires_in: i64) -> Command {
    Command::Extend(command::Extend { wallet, hold, expires_in })
}

pub(crate) fn capture(
    wallet: WalletId,
    hold: HoldId,
    amount: Credits,
    completion: Completion,
) -> Command {
    let quantities = Vec::new();
    Command::Capture(command::Capture { wallet, hold, amount, quantities, completion })
}

pub(crate) fn release(wallet: WalletId, hold: HoldId) -> Command {
    Command::Release(command::Release { wallet, hold })
}

/// A purchase that does not expire.
pub(crate) fn purchase(wallet: WalletId, amount: Credits) -> command::Grant {
    command::Grant::plain(wallet, amount, Source::Purchase)
}

/// `refunded` cents of `paid` went back, in total.
pub(crate) fn clawback(
    wallet: WalletId,
    grant: GrantId,
    (refunded_total, paid): (i64, i64),
    shortfall: Shortfall,
) -> Command {
    Command::Clawback(command::Clawback { wallet, grant, refunded_total, paid, shortfall })
}

pub(crate) fn refund(of: &Record, amount: Credits) -> Command {
    let original = Original::of(of).expect("a spend or a capture");
    Command::Refund(command::Refund { original, amount, source: Source::Refund })
}

pub(crate) fn keyed(key: &str, request: Fingerprint, command: Command) -> Order {
    Order { key: Some((text(key), request)), ..Order::bare(ANN, command) }
}

impl Book {
    /// A book of its genesis alone.
    pub(crate) fn new() -> Self {
        let mut working = Working::new(Head::START);
        let mut overlay = Overlay::new(&working);
        let event = Event::Genesis {
            book: [1; 16],
            mode: Mode::Test,
            format: i64::from(ledger::FORMAT),
            public_key: [2; 32],
        };
        ledger::genesis(&mut overlay, BEGIN, event).expect("the first record");
        let delta = overlay.into_delta();
        let journal = delta.sealed().to_vec();
        working.merge(delta);
        Self { working, journal, now: BEGIN.plus(SECOND), before: 0 }
    }

    /// A book and an empty wallet.
    pub(crate) fn with_wallet() -> (Self, WalletId) {
        let mut book = Self::new();
        let wallet = book.open(1);
        (book, wallet)
    }

    /// A book and a wallet of one purchase.
    pub(crate) fn with_credits(whole: i64) -> (Self, WalletId, GrantId) {
        let (mut book, wallet) = Self::with_wallet();
        let grant = book.grant(purchase(wallet, credits(whole)));
        (book, wallet, grant)
    }

    pub(crate) fn open(&mut self, user: i64) -> WalletId {
        let owner = Owner::User(user);
        let record = self.done(Command::Open(command::Open { owner, unit: text("credit") }));
        record.wallet.expect("its own")
    }

    /// The clock moves.
    pub(crate) fn wait(&mut self, micros: i64) {
        self.now = self.now.plus(micros);
    }

    /// Applies an order and commits what it left.
    pub(crate) fn order(&mut self, order: &Order) -> Outcome {
        let mut overlay = Overlay::new(&self.working);
        let outcome = apply(&mut overlay, self.now, order).expect("no invariant breaks");
        let delta = overlay.into_delta();
        self.commit(delta);
        outcome
    }

    /// Applies orders all or none, and commits what they left.
    pub(crate) fn batch(&mut self, orders: &[Order]) -> Result<Vec<Outcome>, (usize, Refusal)> {
        let mut overlay = Overlay::new(&self.working);
        let result = apply_all(&mut overlay, self.now, orders).expect("no invariant breaks");
        let delta = overlay.into_delta();
        self.commit(delta);
        result
    }

    fn commit(&mut self, delta: ledger::Delta) {
        self.before = self.journal.len();
        self.journal.extend(delta.sealed().iter().cloned());
        self.working.merge(delta);
        let wallets = self.news().iter().filter_map(|sealed| sealed.record.wallet);
        for wallet in wallets.filter_map(|id| self.working.wallet(id)) {
            let checked = ledger::check_wallet(wallet, Time::from_micros(i64::MIN));
            assert_eq!(checked, Ok(()));
        }
    }

    /// The records of the last command.
    fn news(&self) -> &[Sealed] {
        &self.journal[self.before..]
    }

    /// What the records of the last command say happened.
    pub(crate) fn kinds(&self) -> Vec<Kind> {
        self.news().iter().map(|sealed| sealed.record.event.kind()).collect()
    }

    /// What happened to the last command, and when it took effect.
    pub(crate) fn instants(&self) -> Vec<(Kind, Time)> {
        let records = self.news().iter().map(|sealed| &sealed.record);
        let instant = |record: &Record| record.effective_at.unwrap_or(record.at);
        records.map(|record| (record.event.kind(), instant(record))).collect()
    }

    /// Applies a command that must be done; the record that answers it.
    pub(crate) fn done(&mut self, command: Command) -> Arc<Record> {
        let order = Order::bare(ANN, command);
        match self.order(&order) {
            Outcome::Applied(seq) => self.record(seq),
            outcome => panic!("{outcome:?} for {order:?}"),
        }
    }

    pub(crate) fn record(&self, seq: ledger::Seq) -> Arc<Record> {
        let found = self.journal.iter().find(|sealed| sealed.record.seq == seq);
        Arc::clone(&found.expect("it is in the journal").record)
    }

    /// Applies a command that must be refused.
    pub(crate) fn refused(&mut self, command: Command) -> Refusal {
        match self.order(&Order::bare(ANN, command)) {
            Outcome::Refused(refusal, None) => refusal,
            outcome => panic!("{outcome:?}"),
        }
    }

    pub(crate) fn grant(&mut self, command: command::Grant) -> GrantId {
        self.done(Command::Grant(command)).grants[0].id
    }

    pub(crate) fn hold(&mut self, command: command::Authorize) -> HoldId {
        self.done(Command::Authorize(command)).holds[0].id
    }

    pub(crate) fn settle(&mut self, wallet: WalletId) {
        self.order(&Order::bare(Actor::System, Command::Settle(wallet)));
    }

    pub(crate) fn wallet(&self, id: WalletId) -> &Wallet {
        self.working.wallet(id).expect("it is open")
    }

    /// `posted`, `held`, `frozen` and `debt`.
    pub(crate) fn figures(&self, id: WalletId) -> [Credits; 4] {
        let balances = self.wallet(id).balances;
        [balances.posted, balances.held, balances.frozen, balances.debt]
    }

    pub(crate) fn available(&self, id: WalletId) -> Credits {
        self.wallet(id).available(self.now.max(self.working.head().at))
    }

    /// A grant, open or closed.
    pub(crate) fn find_grant(&self, wallet: WalletId, id: GrantId) -> &Grant {
        let open = self.wallet(wallet).grant(id);
        open.or_else(|| self.working.closed_grant(id)).expect("it was made")
    }

    /// What is left of a grant.
    pub(crate) fn left(&self, wallet: WalletId, id: GrantId) -> Credits {
        self.find_grant(wallet, id).state.remaining
    }

    /// A hold, open or closed.
    pub(crate) fn find_hold(&self, wallet: WalletId, id: HoldId) -> &Hold {
        let open = self.wallet(wallet).hold(id);
        open.or_else(|| self.working.closed_hold(id)).expect("it was placed")
    }
}
