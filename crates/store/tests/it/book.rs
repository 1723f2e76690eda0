//! A book in memory that makes the records these tests store.

use std::sync::Arc;

use ledger::command::{Authorize, Capture, Completion, Grant, Open, Refund, Release, Spend};
use ledger::{
    Actor, Command, Credits, Event, Fingerprint, GrantId, Hash, Head, HoldId, Mode, OnExpiry,
    Order, Outcome, OverCapture, Overlay, Owner, Record, Sealed, Seq, Source, Text, Time, Usage,
    Verifier, WalletId, Words, Working, command,
};
use store::{Db, Error, Priority, journal};

use crate::scratch::NOW;

/// State, and every record so far.
pub(crate) struct Book {
    working: Working,
    pub(crate) now: Time,
    pub(crate) sealed: Vec<Arc<Sealed>>,
}

pub(crate) fn text(word: &str) -> Text {
    Text::parse(word).unwrap()
}

pub(crate) fn credits(micros: i64) -> Credits {
    Credits::from_micros(micros)
}

pub(crate) fn seq(number: i64) -> Seq {
    Seq::from_number(number)
}

impl Book {
    /// With its genesis.
    pub(crate) fn new() -> Self {
        let working = Working::new(Head::START);
        let mut book = Self { working, now: NOW, sealed: Vec::new() };
        let event = Event::Genesis {
            book: [7; 16],
            mode: Mode::Test,
            format: i64::from(ledger::FORMAT),
            public_key: [8; 32],
        };
        let mut overlay = Overlay::new(&book.working);
        ledger::genesis(&mut overlay, NOW, event).unwrap();
        let delta = overlay.into_delta();
        book.keep(delta);
        book
    }

    fn keep(&mut self, delta: ledger::Delta) {
        self.sealed.extend(delta.sealed().iter().cloned().map(Arc::new));
        self.working.merge(delta);
        self.now = self.now.plus(Time::SECOND);
    }

    /// Applies an order; a refusal is fine.
    pub(crate) fn order(&mut self, order: &Order) -> Outcome {
        let mut overlay = Overlay::new(&self.working);
        let outcome = ledger::apply(&mut overlay, self.now, order).unwrap();
        let delta = overlay.into_delta();
        self.keep(delta);
        outcome
    }

    /// Applies a command that must succeed, and names its record.
    pub(crate) fn run(&mut self, command: Command) -> Seq {
        match self.order(&Order::bare(Actor::System, command)) {
            Outcome::Applied(seq) => seq,
            other => panic!("{other:?}"),
        }
    }

    pub(crate) fn open(&mut self, user: i64) -> WalletId {
        let open = Open { owner: Owner::User(user), unit: text("credit") };
        WalletId::from_number(self.run(Command::Open(open)).number())
    }

    pub(crate) fn grant(&mut self, wallet: WalletId, micros: i64, source: Source) -> GrantId {
        let grant = Grant {
            wallet,
            amount: credits(micros),
            source,
            priority: 50,
            effective_at: None,
            expires_at: None,
            cost: None,
        };
        GrantId { seq: self.run(Command::Grant(grant)), ordinal: 1 }
    }

    pub(crate) fn spend(&mut self, wallet: WalletId, micros: i64) -> Seq {
        let usage = Usage { service: Some(text("llm")), ..Usage::default() };
        self.run(Command::Spend(Spend { wallet, amount: credits(micros), usage }))
    }

    pub(crate) fn hold(&mut self, wallet: WalletId, micros: i64, parent: Option<HoldId>) -> HoldId {
        HoldId(self.run(Command::Authorize(Authorize {
            wallet,
            amount: credits(micros),
            usage: Usage { service: Some(text("llm")), ..Usage::default() },
            expires_in: 3_600 * Time::SECOND,
            on_expiry: OnExpiry::Release,
            over_capture: OverCapture::UpToAvailable,
            parent,
        })))
    }

    pub(crate) fn capture(&mut self, wallet: WalletId, hold: HoldId, micros: i64) -> Seq {
        self.run(Command::Capture(Capture {
            wallet,
            hold,
            amount: credits(micros),
            quantities: Vec::new(),
            completion: Completion::Final,
        }))
    }

    pub(crate) fn refund(&mut self, of: Seq, micros: i64, source: Source) -> Seq {
        let record = self.record(of);
        let original = command::Original::of(record).unwrap();
        self.run(Command::Refund(Refund { original, amount: credits(micros), source }))
    }

    pub(crate) fn record(&self, seq: Seq) -> &Record {
        let place = usize::try_from(seq.number() - 1).unwrap();
        &self.sealed[place].record
    }

    pub(crate) fn records(&self) -> impl Iterator<Item = &Record> + Clone {
        self.sealed.iter().map(|sealed| &*sealed.record)
    }

    pub(crate) fn head(&self) -> Head {
        let last = self.sealed.last().unwrap();
        Head { seq: last.record.seq, hash: last.hash, at: last.record.at }
    }

    /// The head before the record at this index.
    pub(crate) fn head_before(&self, index: usize) -> Head {
        match index.checked_sub(1).map(|before| &self.sealed[before]) {
            Some(last) => Head { seq: last.record.seq, hash: last.hash, at: last.record.at },
            None => Head::START,
        }
    }

    /// Another fold of the same records.
    pub(crate) fn verifier(&self) -> Verifier {
        let mut verifier = Verifier::default();
        for sealed in &self.sealed {
            verifier.next(sealed.record.seq, &sealed.body, sealed.hash).unwrap();
        }
        verifier
    }

    /// Some wallets with something of everything in them.
    pub(crate) fn busy() -> Self {
        let mut book = Self::new();
        for user in 1..=5 {
            let wallet = book.open(user);
            let first = book.grant(wallet, 1_000 * user, Source::Purchase);
            book.grant(wallet, 500, Source::Promotion);
            for turn in 1..=20 {
                let spent = book.spend(wallet, turn);
                let parent = book.hold(wallet, 20, None);
                let child = book.hold(wallet, 5, Some(parent));
                book.keyed(wallet, turn);
                match turn % 4 {
                    0 => drop(book.capture(wallet, child, 3)),
                    1 => drop(book.run(Command::Release(Release { wallet, hold: child }))),
                    _ => continue,
                }
                book.capture(wallet, parent, 10);
                book.refund(spent, 1, Source::Refund);
            }
            if user % 2 == 0 {
                book.run(Command::Freeze(wallet, first));
            }
        }
        book
    }

    /// A keyed order; every third is refused for want of credits.
    fn keyed(&mut self, wallet: WalletId, turn: i64) {
        let amount = if turn % 3 == 0 { credits(1_000_000) } else { credits(1) };
        let spend = Spend { wallet, amount, usage: Usage::default() };
        let mut order = Order::bare(Actor::User(1), Command::Spend(spend));
        let print = Fingerprint::of(&[1; 32], &turn.to_be_bytes());
        order.key = Some((text(&format!("key-{turn}")), print));
        order.words = Some(Words { salt: [3; 16], text: format!("words {turn}") });
        self.order(&order);
    }
}

/// Appends what the journal lacks of a book.
pub(crate) async fn append(db: &Db, book: &Book, from: usize) -> Result<(), Error> {
    let (head, sealed) = (book.head_before(from), book.sealed[from..].to_vec());
    db.write(Priority::Append, move |tx| {
        Box::pin(async move { journal::append(tx, head, &sealed).await })
    })
    .await
}

/// No journal has it.
pub(crate) const NO_HASH: Hash = Hash([9; 32]);
