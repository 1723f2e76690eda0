//! The swap at its narrowest: rows that move on between the comparison and it.

use ledger::command::{Grant, Open, Spend};
use ledger::{
    Actor, Command, Credits, Event, FORMAT, Head, Mode, Order, Outcome, Overlay, Owner, Read as _,
    Sealed, Seq, Source, Text, Time, Usage, WalletId, Working, genesis,
};
use store::projections::{self, Chunk};
use store::rows::{WALLETS, WholeRow};
use store::{Db, Error, Options, Priority, journal, rows};
use tempfile::TempDir;

use super::beside::Right;
use super::swap::{Change, swap};

const NOON: Time = Time::from_micros(1_793_534_400_000_000);

/// The one wallet: opened by the second record.
const WALLET: WalletId = WalletId::from_number(2);

/// A journal of one wallet that spends, and its rows as far as we like.
struct Book {
    db: Db,
    state: Working,
    _folder: TempDir,
}

impl Book {
    async fn begun() -> Self {
        let folder = TempDir::new().unwrap();
        let db = Db::open(&Options::serve(folder.path().join("book.db"), NOON)).unwrap();
        let mut book = Self { db, state: Working::new(Head::START), _folder: folder };
        let event = Event::Genesis {
            book: [1; 16],
            mode: Mode::Test,
            format: i64::from(FORMAT),
            public_key: [2; 32],
        };
        book.append(|overlay| genesis(overlay, NOON, event).unwrap()).await;
        let unit = Text::parse("credit").unwrap();
        book.order(Command::Open(Open { owner: Owner::User(1), unit })).await;
        let amount = Credits::whole(1_000).unwrap();
        book.order(Command::Grant(Grant::plain(WALLET, amount, Source::Admin))).await;
        book
    }

    async fn append(&mut self, work: impl FnOnce(&mut Overlay<'_>)) {
        let head = self.state.head();
        let mut overlay = Overlay::new(&self.state);
        work(&mut overlay);
        let delta = overlay.into_delta();
        let sealed: Vec<Sealed> = delta.sealed().to_vec();
        self.state.merge(delta);
        let append = self.db.write::<_, Error, _>(Priority::Append, move |tx| {
            Box::pin(async move { journal::append(tx, head, &sealed).await })
        });
        append.await.unwrap();
    }

    async fn order(&mut self, command: Command) {
        let order = Order::bare(Actor::System, command);
        self.append(|overlay| {
            let outcome = ledger::apply(overlay, NOON, &order).unwrap();
            assert!(matches!(outcome, Outcome::Applied(_)), "{outcome:?}");
        })
        .await;
    }

    /// So many spends more; the head behind them.
    async fn spend(&mut self, times: usize) -> Seq {
        for _ in 0..times {
            let amount = Credits::whole(1).unwrap();
            let usage = Usage::default();
            self.order(Command::Spend(Spend { wallet: WALLET, amount, usage })).await;
        }
        self.state.head().seq
    }

    /// What the wallet's row must be now.
    fn row(&self) -> WholeRow {
        rows::wallet(self.state.wallet(WALLET).unwrap())
    }

    /// Projects up to the head.
    async fn project(&self) {
        let project = self.db.write::<_, Error, _>(Priority::Slice, |tx| {
            Box::pin(async move {
                let from = projections::projected(tx).await?;
                let rows = journal::range(tx, from, i64::MAX).await?;
                let records: Vec<_> =
                    rows.iter().map(|row| ledger::decode(&row.body).unwrap()).collect();
                for slice in Chunk::of(&records).slices(usize::MAX) {
                    slice.write(tx).await?;
                }
                let last = records.last().unwrap().seq;
                projections::set_projected(tx, last).await
            })
        });
        project.await.unwrap();
    }

    /// Puts `row` in the place of the wallet's, or takes that away.
    async fn set(&self, row: Option<WholeRow>) {
        let key = WALLETS.table.key(&self.row()).to_vec();
        let set = self.db.write::<_, Error, _>(Priority::Edit, move |tx| {
            Box::pin(async move {
                tx.opt(WALLETS.take(&key)).await?;
                match row {
                    Some(row) => tx.exec(WALLETS.put(&row)).await?.expect_one(),
                    None => Ok(()),
                }
            })
        });
        set.await.unwrap();
    }

    async fn found(&self) -> Option<WholeRow> {
        let find = self.db.read::<_, Error, _>(|tx| {
            Box::pin(async move { tx.opt(WALLETS.table.rows_from(None, 1)).await })
        });
        find.await.unwrap()
    }

    /// Swaps in the row as it was at a place.
    async fn swap(&self, at: Seq, row: &WholeRow) -> Vec<Change> {
        let key = WALLETS.table.key(row).to_vec();
        let right = Right { key, row: Some(row.clone()) };
        swap(&self.db, at, &WALLETS, vec![right]).await.unwrap()
    }
}

#[tokio::test]
async fn a_row_that_moved_on_rightly_is_no_change_and_is_not_set_back() {
    let mut book = Book::begun().await;
    let at = book.spend(5).await;
    let then = book.row();
    book.spend(3).await;
    book.project().await;
    // The projector has not come to the head.
    book.spend(4).await;
    assert_eq!(book.swap(at, &then).await, []);
    assert_eq!(book.found().await, Some(book.row()));
}

#[tokio::test]
async fn a_row_that_moved_on_wrongly_is_set_right() {
    let mut book = Book::begun().await;
    let at = book.spend(5).await;
    let then = book.row();
    book.spend(3).await;
    let between = book.row();
    book.spend(4).await;
    // As late as a record in between, with what it never was there.
    let mut wrong = between.clone().into_data();
    wrong[7] = rows::Datum::I64(1_000_000_000);
    book.set(Some(WholeRow::from_data(wrong))).await;
    assert_eq!(book.swap(at, &then).await, [Change::Different]);
    assert_eq!(book.found().await, Some(book.row()));
}

#[tokio::test]
async fn a_row_that_is_missing_or_behind_is_put_at_the_head() {
    let mut book = Book::begun().await;
    let early = book.row();
    let at = book.spend(5).await;
    let then = book.row();
    book.spend(4).await;
    book.set(None).await;
    assert_eq!(book.swap(at, &then).await, [Change::Missing]);
    assert_eq!(book.found().await, Some(book.row()));
    book.set(Some(early)).await;
    assert_eq!(book.swap(at, &then).await, [Change::Different]);
    assert_eq!(book.found().await, Some(book.row()));
}

#[tokio::test]
async fn a_row_that_was_right_already_is_no_change() {
    let mut book = Book::begun().await;
    let at = book.spend(5).await;
    book.project().await;
    assert_eq!(book.swap(at, &book.row()).await, []);
    assert_eq!(book.found().await, Some(book.row()));
}
