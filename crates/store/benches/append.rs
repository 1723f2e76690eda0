//! How fast the embedded engine appends, and projects behind it.
//!
//! `cargo bench -p store --bench append [RECORDS]` prints records a second by
//! batch size, for spends of 10 000 wallets with keys. The folder it writes to
//! is the system's for temporary files: it must be on the disk that counts.

use std::sync::Arc;
use std::time::Duration;

use ledger::command::{Grant, Open, Spend};
use ledger::{
    Actor, Command, Credits, Fingerprint, Head, Order, Outcome, Overlay, Owner, Record, Sealed,
    Seq, Source, Text, Time, Usage, WalletId, Words, Working,
};
use store::projections::{self, Chunk};
use store::{Db, Error, Options, Priority, journal};

const WALLETS: i64 = 10_000;
const RECORDS: i64 = 200_000;
const CHUNK: usize = 100_000;
const SLICE: usize = 512;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let asked = std::env::args().find_map(|argument| argument.parse().ok());
    let book = make_book(asked.unwrap_or(RECORDS))?;
    let spends = &book.sealed[book.prelude..];
    let bytes: usize = spends.iter().map(|sealed| sealed.body.len()).sum();
    println!("{} spends, {} bytes each", spends.len(), bytes / spends.len());
    println!("{:>24} {:>12} {:>12} {:>12}", "batch", "append/s", "project/s", "both/s");
    for batch in [1, 29, 100, 1_000] {
        measure(&book, batch).await?;
    }
    Ok(())
}

/// The records of a book, the wallets' own first.
struct Book {
    working: Working,
    now: Time,
    sealed: Vec<Arc<Sealed>>,
    prelude: usize,
}

fn make_book(records: i64) -> Result<Book, Box<dyn std::error::Error>> {
    let working = Working::new(Head::START);
    let mut book = Book { working, now: Time::from_micros(1), sealed: Vec::new(), prelude: 0 };
    let unit = Text::parse("credit")?;
    let mut wallets = Vec::new();
    for user in 0..WALLETS {
        let open = Command::Open(Open { owner: Owner::User(user), unit: unit.clone() });
        let wallet = WalletId::from_number(book.apply(&Order::bare(Actor::System, open))?.number());
        wallets.push(wallet);
        let grant = Command::Grant(Grant {
            wallet,
            amount: Credits::MAX,
            source: Source::Purchase,
            priority: 50,
            effective_at: None,
            expires_at: None,
            cost: None,
        });
        book.apply(&Order::bare(Actor::System, grant))?;
    }
    book.prelude = book.sealed.len();
    let service = Some(Text::parse("ai_chat")?);
    for number in 0..records {
        // A full cycle through the wallets in an order that no page has.
        let place = usize::try_from(number.wrapping_mul(7_919).rem_euclid(WALLETS))?;
        let usage = Usage { service: service.clone(), ..Usage::default() };
        let amount = Credits::from_micros(1_000);
        let spend = Command::Spend(Spend { wallet: wallets[place], amount, usage });
        let mut order = Order::bare(Actor::Key(Text::parse("worker")?), spend);
        let key = Text::parse(&format!("{number:032x}"))?;
        order.key = Some((key, Fingerprint::of(&[1; 32], &number.to_be_bytes())));
        order.words = Some(Words { salt: [2; 16], text: format!("Message {number}") });
        book.apply(&order)?;
    }
    Ok(book)
}

impl Book {
    fn apply(&mut self, order: &Order) -> Result<Seq, Box<dyn std::error::Error>> {
        let mut overlay = Overlay::new(&self.working);
        let outcome = ledger::apply(&mut overlay, self.now, order)?;
        let delta = overlay.into_delta();
        self.sealed.extend(delta.sealed().iter().cloned().map(Arc::new));
        self.working.merge(delta);
        self.now = self.now.plus(1);
        match outcome {
            Outcome::Applied(seq) => Ok(seq),
            other => Err(format!("{other:?}").into()),
        }
    }
}

async fn measure(book: &Book, batch: usize) -> Result<(), Box<dyn std::error::Error>> {
    let folder = tempfile::tempdir()?;
    let options = Options::serve(folder.path().join("book.db"), Time::from_micros(1));
    let db = Db::open(&options)?;
    let (prelude, spends) = book.sealed.split_at(book.prelude);
    // A single one waits for the disk every time: fewer of them say as much.
    let spends = &spends[..spends.len().min(batch.saturating_mul(20_000))];
    append(&db, Head::START, prelude).await?;
    project(&db, prelude).await?;
    let mut head = head_of(prelude);
    let started = Stopwatch::start();
    for part in spends.chunks(batch) {
        append(&db, head, part).await?;
        head = head_of(part);
    }
    let appended = started.elapsed();
    let started = Stopwatch::start();
    for chunk in spends.chunks(CHUNK) {
        project(&db, chunk).await?;
    }
    let projected = started.elapsed();
    let rate = |time: Duration| {
        let micros = time.as_micros().max(1);
        u128::try_from(spends.len()).unwrap_or(0).saturating_mul(1_000_000) / micros
    };
    let both = rate(appended + projected);
    println!("{batch:>24} {:>12} {:>12} {both:>12}", rate(appended), rate(projected));
    db.close().await;
    Ok(())
}

fn head_of(sealed: &[Arc<Sealed>]) -> Head {
    sealed.last().map_or(Head::START, |last| Head {
        seq: last.record.seq,
        hash: last.hash,
        at: last.record.at,
    })
}

async fn append(db: &Db, head: Head, sealed: &[Arc<Sealed>]) -> Result<(), Error> {
    let sealed = sealed.to_vec();
    db.write(Priority::Append, move |tx| {
        Box::pin(async move { journal::append(tx, head, &sealed).await })
    })
    .await
}

async fn project(db: &Db, sealed: &[Arc<Sealed>]) -> Result<(), Error> {
    let records = sealed.iter().map(|sealed| -> &Record { &sealed.record });
    for slice in Chunk::of(records).slices(SLICE) {
        db.write::<_, Error, _>(Priority::Slice, move |tx| {
            Box::pin(async move { slice.write(tx).await })
        })
        .await?;
    }
    let last = head_of(sealed).seq;
    db.write(Priority::Slice, move |tx| {
        Box::pin(async move { projections::set_projected(tx, last).await })
    })
    .await
}

/// The machine's clock.
struct Stopwatch(std::time::Instant);

#[expect(clippy::disallowed_methods, reason = "a measurement is of the machine's time")]
impl Stopwatch {
    fn start() -> Self {
        Self(std::time::Instant::now())
    }

    fn elapsed(&self) -> Duration {
        self.0.elapsed()
    }
}
