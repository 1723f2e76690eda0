//! The tables folded from the journal agree with the ledger's own fold.

use std::collections::BTreeSet;

use domain::TransactionType;
use ledger::command::{Clawback, Grant, Release, Shortfall};
use ledger::{
    Command, Cost, Currency, Event, GrantStatus, HoldId, HoldStatus, Owner, Seq, Source, Time,
    Totals, WalletId,
};
use store::projections::{self, Chunk, GrantFilter, HistoryFilter, Slice};
use store::{Db, Error, Page, Priority, totals};

use crate::book::{Book, append, credits, seq};
use crate::scratch::{NOW, Scratch, database, read, write};

const ALL: i64 = 1_000_000;

async fn write_slices(db: &Db, slices: Vec<Slice>) {
    for slice in slices {
        db.write::<_, Error, _>(Priority::Slice, move |tx| {
            Box::pin(async move { slice.write(tx).await })
        })
        .await
        .unwrap();
    }
}

/// A database with the book's journal, and nothing projected yet.
async fn appended(book: &Book) -> (Scratch, Db) {
    let (scratch, db) = database();
    append(&db, book, 0).await.unwrap();
    (scratch, db)
}

/// Projects the records at these indexes.
async fn project(db: &Db, book: &Book, records: std::ops::Range<usize>) {
    let chunk = Chunk::of(book.records().skip(records.start).take(records.len()));
    write_slices(db, chunk.slices(16)).await;
}

/// Every row is what another fold of the same records says.
async fn check(db: &Db, book: &Book) {
    let verifier = book.verifier();
    let ids: Vec<_> = verifier.wallets().map(|wallet| wallet.id).collect();
    for id in &ids {
        let id = *id;
        let found = read!(db, |tx| projections::find_wallet(tx, id).await).unwrap();
        assert_eq!(found.as_ref(), verifier.wallet(id));
    }
    // Together, twice each, with one that is not there.
    let mut asked = [&ids[..], &ids[..]].concat();
    asked.push(WalletId::from_number(i64::MAX));
    let mut found = read!(db, |tx| projections::find_wallets(tx, &asked).await).unwrap();
    found.sort_by_key(|wallet| wallet.id);
    let mut all: Vec<_> = verifier.wallets().cloned().collect();
    all.sort_by_key(|wallet| wallet.id);
    assert_eq!(found, all);
    check_changes(db, book).await;
    check_history(db, book).await;
}

/// Open and closed ones.
async fn check_changes(db: &Db, book: &Book) {
    let verifier = book.verifier();
    for record in book.records() {
        let Some(wallet) = record.wallet else { continue };
        for id in record.grants.iter().map(|change| change.id) {
            let found = read!(db, |tx| projections::find_grant(tx, id).await).unwrap();
            assert_eq!(found.as_ref(), verifier.grant(wallet, id));
        }
        for id in record.holds.iter().map(|change| change.id) {
            let found = read!(db, |tx| projections::find_hold(tx, id).await).unwrap();
            assert_eq!(found.as_ref(), verifier.hold(wallet, id));
        }
        if let Some(id) = record.key_id() {
            let found = read!(db, |tx| projections::find_key(tx, id).await).unwrap();
            assert!(found.is_some() && found == verifier.key(id));
        }
        if let Event::Refund { of, .. } = record.event {
            let found = read!(db, |tx| projections::find_refunded(tx, of).await).unwrap();
            assert_eq!(found, Some(verifier.refunded(of)));
        }
    }
}

async fn check_history(db: &Db, book: &Book) {
    let all = HistoryFilter::default();
    for wallet in book.verifier().wallets().map(|wallet| wallet.id) {
        let page = Page::numbered(1, ALL);
        let rows = read!(db, |tx| projections::list_history(tx, wallet, all, page).await).unwrap();
        let records: Vec<_> = book
            .records()
            .filter(|record| record.wallet == Some(wallet) && record.is_transaction())
            .collect();
        assert_eq!(rows.len(), records.len());
        for (row, record) in rows.iter().rev().zip(records) {
            let place = record.after.unwrap().account_seq;
            let of_record = (record.seq, record.at, record.amount(), TransactionType::of(record));
            assert_eq!((row.seq, row.at, Some(row.amount), Some(row.kind)), of_record);
            assert_eq!(row.account_seq, place);
        }
    }
}

#[tokio::test]
async fn chunks_of_any_size_leave_the_same_rows() {
    let book = Book::busy();
    let count = book.sealed.len();
    for size in [1, 7, 64, count] {
        let (_scratch, db) = appended(&book).await;
        for start in (0..count).step_by(size) {
            project(&db, &book, start..count.min(start + size)).await;
        }
        check(&db, &book).await;
    }
}

#[tokio::test]
async fn a_crash_between_slices_and_another_run_change_nothing() {
    let book = Book::busy();
    let (count, half) = (book.sealed.len(), book.sealed.len() / 2);
    let (_scratch, db) = appended(&book).await;
    project(&db, &book, 0..half).await;
    // Every other slice of the next chunk, the last first, then a crash ...
    let slices = Chunk::of(book.records().skip(half)).slices(16);
    let some = slices.into_iter().rev().step_by(2).collect();
    write_slices(&db, some).await;
    // ... and a run from the cursor, in chunks cut elsewhere.
    let third = half + (count - half) / 3;
    project(&db, &book, half..third).await;
    project(&db, &book, third..count).await;
    check(&db, &book).await;
}

#[tokio::test]
async fn rows_never_go_back() {
    let book = Book::busy();
    let (_scratch, db) = appended(&book).await;
    project(&db, &book, 0..book.sealed.len()).await;
    for start in (0..book.sealed.len()).step_by(50).rev() {
        project(&db, &book, start..book.sealed.len().min(start + 50)).await;
    }
    check(&db, &book).await;
}

#[tokio::test]
async fn the_cursor_only_rises() {
    let (_scratch, db) = database();
    assert_eq!(read!(db, |tx| projections::projected(tx).await).unwrap(), Seq::ZERO);
    for (set, found) in [(5, 5), (3, 5), (9, 9)] {
        write!(db, |tx| projections::set_projected(tx, seq(set)).await).unwrap();
        assert_eq!(read!(db, |tx| projections::projected(tx).await).unwrap(), seq(found));
    }
}

#[tokio::test]
async fn what_was_never_written_is_not_found() {
    let (_scratch, db) = database();
    let wallet = WalletId::from_number(7);
    let (grant, hold) = (ledger::GrantId { seq: seq(7), ordinal: 1 }, HoldId(seq(7)));
    let key = ledger::KeyId([7; 16]);
    read!(db, |tx| {
        assert_eq!(projections::find_wallet(tx, wallet).await?, None);
        assert_eq!(projections::find_wallet_of(tx, Owner::User(7)).await?, None);
        assert_eq!(projections::find_grant(tx, grant).await?, None);
        assert_eq!(projections::find_hold(tx, hold).await?, None);
        assert_eq!(projections::find_key(tx, key).await?, None);
        assert_eq!(projections::find_refunded(tx, seq(7)).await?, None);
        assert_eq!(projections::find_history_at(tx, wallet, NOW).await?, None);
        assert_eq!(projections::due_wallets(tx, NOW, 9).await?, []);
        Ok(())
    })
    .unwrap();
}

#[tokio::test]
async fn single_rows_are_found_by_what_names_them() {
    let mut book = Book::new();
    let wallet = book.open(42);
    let grant = book.grant(wallet, 100, Source::Trial);
    let spent = book.spend(wallet, 10);
    book.refund(spent, 4, Source::Dispute);
    let hold = book.hold(wallet, 5, None);
    book.capture(wallet, hold, 5);
    let (_scratch, db) = database();
    project(&db, &book, 0..book.sealed.len()).await;
    let verifier = book.verifier();
    read!(db, |tx| {
        assert_eq!(projections::find_wallet_of(tx, Owner::User(42)).await?, Some(wallet));
        let found = projections::find_grant(tx, grant).await?;
        assert_eq!(found.as_ref(), verifier.grant(wallet, grant));
        let found = projections::find_hold(tx, hold).await?;
        assert_eq!(found.as_ref(), verifier.hold(wallet, hold));
        assert_eq!(projections::find_refunded(tx, spent).await?, Some(credits(4)));
        Ok(())
    })
    .unwrap();
}

#[tokio::test]
async fn holds_are_listed_newest_first_by_status() {
    let mut book = Book::new();
    let wallet = book.open(1);
    book.grant(wallet, 1_000, Source::Admin);
    let holds: Vec<_> = (1..=6).map(|amount| book.hold(wallet, amount, None)).collect();
    book.capture(wallet, holds[0], 1);
    book.run(Command::Release(Release { wallet, hold: holds[3] }));
    let (_scratch, db) = database();
    project(&db, &book, 0..book.sealed.len()).await;
    let cases = [
        (None, vec![5, 4, 3, 2, 1, 0]),
        (Some(HoldStatus::Open), vec![5, 4, 2, 1]),
        (Some(HoldStatus::Captured), vec![0]),
        (Some(HoldStatus::Released), vec![3]),
        (Some(HoldStatus::Expired), vec![]),
    ];
    for (status, places) in cases {
        let expected: Vec<_> = places.into_iter().map(|place: usize| holds[place]).collect();
        let (listed, count) = read!(db, |tx| {
            let mut listed = Vec::new();
            for page in 1..=3 {
                let page = Page::numbered(page, 2);
                listed.extend(projections::list_holds(tx, wallet, status, page).await?);
            }
            Ok((listed, projections::count_holds(tx, wallet, status).await?))
        })
        .unwrap();
        assert_eq!(listed.iter().map(|hold| hold.id).collect::<Vec<_>>(), expected);
        assert_eq!(usize::try_from(count).unwrap(), expected.len());
    }
}

/// A wallet with a grant in every status.
fn every_status() -> (Book, WalletId) {
    let mut book = Book::new();
    let wallet = book.open(1);
    let of = |effective_at, expires_at| Grant {
        wallet,
        amount: credits(10),
        source: Source::Purchase,
        priority: 50,
        effective_at,
        expires_at,
        cost: Some(Cost { micro_cents: 99, currency: Currency::USD }),
    };
    let hour = 3_600 * Time::SECOND;
    book.run(Command::Grant(of(None, Some(NOW.plus(hour)))));
    book.now = NOW.plus(2 * hour);
    book.run(Command::Grant(of(None, None)));
    book.spend(wallet, 10);
    book.run(Command::Grant(of(None, None)));
    let gone = book.grant(wallet, 10, Source::Purchase);
    book.run(Command::Clawback(Clawback {
        wallet,
        grant: gone,
        refunded_total: 1,
        paid: 1,
        shortfall: Shortfall::Forgive,
    }));
    book.run(Command::Grant(of(Some(book.now.plus(hour)), None)));
    let frozen = book.grant(wallet, 10, Source::Purchase);
    book.run(Command::Freeze(wallet, frozen));
    (book, wallet)
}

#[tokio::test]
async fn grants_are_listed_by_the_status_the_ledger_gives_them() {
    let (book, wallet) = every_status();
    let (_scratch, db) = database();
    project(&db, &book, 0..book.sealed.len()).await;
    let verifier = book.verifier();
    let made = book.records().flat_map(|record| &record.grants).map(|change| change.id);
    let all = made.collect::<BTreeSet<_>>().into_iter();
    let all: Vec<_> = all.map(|id| verifier.grant(wallet, id).unwrap().clone()).collect();
    let statuses = [
        GrantStatus::Pending,
        GrantStatus::Open,
        GrantStatus::Frozen,
        GrantStatus::Spent,
        GrantStatus::Expired,
        GrantStatus::ClawedBack,
    ];
    for at in [book.now, book.now.plus(Time::DAY)] {
        let mut sum = 0;
        for status in statuses {
            let filter = GrantFilter { status: Some(status), at };
            let page = Page::numbered(1, 100);
            let listed =
                read!(db, |tx| projections::list_grants(tx, wallet, filter, page).await).unwrap();
            let count = read!(db, |tx| projections::count_grants(tx, wallet, filter).await);
            let mut expected: Vec<_> =
                all.iter().filter(|grant| grant.status(at) == status).cloned().collect();
            expected.reverse();
            assert_eq!(listed, expected, "{status:?}");
            assert_eq!(usize::try_from(count.unwrap()).unwrap(), listed.len());
            let waits = status == GrantStatus::Pending && at != book.now;
            assert_eq!(listed.is_empty(), waits, "no grant is {status:?}");
            sum += listed.len();
        }
        assert_eq!(sum, all.len());
    }
    let filter = GrantFilter { status: None, at: NOW };
    let count = read!(db, |tx| projections::count_grants(tx, wallet, filter).await).unwrap();
    assert_eq!(usize::try_from(count).unwrap(), all.len());
}

#[tokio::test]
async fn history_is_paged_and_filtered_by_kind_and_time() {
    let mut book = Book::new();
    let (wallet, other) = (book.open(1), book.open(2));
    book.grant(wallet, 1_000, Source::Purchase);
    book.grant(other, 1_000, Source::Purchase);
    for turn in 1..=10 {
        book.spend(wallet, turn);
        book.spend(other, turn);
        if turn % 3 == 0 {
            book.grant(wallet, 1, Source::Admin);
        }
    }
    let (_scratch, db) = database();
    project(&db, &book, 0..book.sealed.len()).await;
    let all: Vec<_> = book
        .records()
        .filter(|record| record.wallet == Some(wallet) && record.is_transaction())
        .map(|record| (record.seq, record.at, TransactionType::of(record).unwrap()))
        .collect();
    let (early, late) = (all[3].1, all[9].1);
    let kinds = [None, Some(TransactionType::Service), Some(TransactionType::Admin)];
    let starts = [None, Some(early), Some(early.plus(1)), Some(late.plus(Time::DAY))];
    let ends = [None, Some(late), Some(late.plus(-1)), Some(early.plus(-Time::DAY))];
    for kind in kinds {
        for (from, until) in starts.iter().flat_map(|from| ends.map(|until| (*from, until))) {
            let filter = HistoryFilter { kind, from, until };
            let fits = |(_, at, of): &&(Seq, Time, TransactionType)| {
                kind.is_none_or(|kind| kind == *of)
                    && from.is_none_or(|from| from <= *at)
                    && until.is_none_or(|until| *at <= until)
            };
            let expected: Vec<_> = all.iter().filter(fits).rev().map(|(seq, ..)| *seq).collect();
            let (listed, count) = list(&db, wallet, filter).await;
            assert_eq!(listed, expected, "{filter:?}");
            assert_eq!(count, expected.len(), "{filter:?}");
        }
    }
}

/// All pages of a list, and its count.
async fn list(db: &Db, wallet: WalletId, filter: HistoryFilter) -> (Vec<Seq>, usize) {
    read!(db, |tx| {
        let mut listed = Vec::new();
        for page in 1..=5 {
            let page = Page::numbered(page, 4);
            listed.extend(projections::list_history(tx, wallet, filter, page).await?);
        }
        let count = projections::count_history(tx, wallet, filter).await?;
        let listed = listed.iter().map(|row| row.seq).collect();
        Ok((listed, usize::try_from(count).unwrap()))
    })
    .unwrap()
}

#[tokio::test]
async fn the_last_transaction_at_an_instant_is_found() {
    let mut book = Book::new();
    let wallet = book.open(1);
    let granted = book.grant(wallet, 100, Source::Purchase).seq;
    let spent = book.spend(wallet, 1);
    let (_scratch, db) = database();
    project(&db, &book, 0..book.sealed.len()).await;
    let (first, second) = (book.record(granted).at, book.record(spent).at);
    let cases = [
        (first.plus(-1), None),
        (first, Some(granted)),
        (second.plus(-1), Some(granted)),
        (second, Some(spent)),
        (second.plus(Time::DAY), Some(spent)),
    ];
    for (at, expected) in cases {
        let found = read!(db, |tx| projections::find_history_at(tx, wallet, at).await).unwrap();
        assert_eq!(found.map(|row| row.seq), expected);
    }
}

#[tokio::test]
async fn wallets_are_due_once_their_hold_or_grant_expires() {
    let mut book = Book::new();
    let hour = 3_600 * Time::SECOND;
    let expires_at = Some(NOW.plus(2 * hour));
    let amount = credits(10);
    let wallets = [book.open(1), book.open(2), book.open(3)];
    for wallet in wallets {
        let (source, priority) = (Source::Promotion, 50);
        let (effective_at, cost) = (None, None);
        let grant = Grant { wallet, amount, source, priority, effective_at, expires_at, cost };
        book.run(Command::Grant(grant));
    }
    // The second has a hold that expires first; the third holds all it has.
    let hold = book.hold(wallets[1], 5, None);
    let all = book.hold(wallets[2], 10, None);
    let command = ledger::command::Extend { wallet: wallets[2], hold: all, expires_in: 9 * hour };
    book.run(Command::Extend(command));
    let (_scratch, db) = database();
    project(&db, &book, 0..book.sealed.len()).await;
    let held_until = book.verifier().hold(wallets[1], hold).unwrap().state.expires_at;
    let cases = [
        (held_until.plus(-1), vec![]),
        (held_until, vec![wallets[1]]),
        (NOW.plus(3 * hour), vec![wallets[1], wallets[0]]),
        (NOW.plus(24 * hour), vec![wallets[1], wallets[0], wallets[2]]),
    ];
    for (now, expected) in cases {
        let due = read!(db, |tx| projections::due_wallets(tx, now, 9).await).unwrap();
        assert_eq!(due, expected);
    }
    let late = NOW.plus(24 * hour);
    let due = read!(db, |tx| projections::due_wallets(tx, late, 1).await).unwrap();
    assert_eq!(due, [wallets[1]]);
}

#[tokio::test]
async fn the_trial_balance_is_kept_line_by_line() {
    let book = Book::busy();
    let mut kept = Totals::default();
    let mut changed = BTreeSet::new();
    for record in book.records() {
        changed.extend(kept.count(record).into_iter().flatten());
    }
    let names: Vec<_> = changed.into_iter().collect();
    let (_scratch, db) = database();
    let (one, two) = (kept.clone(), kept.clone());
    let (first, rest) = (names[..1].to_vec(), names.clone());
    write!(db, |tx| totals::put(tx, &one, &first).await).unwrap();
    let partial = read!(db, |tx| totals::list(tx).await).unwrap();
    assert_eq!(partial.lines().len(), 1);
    write!(db, |tx| totals::put(tx, &two, &rest).await).unwrap();
    assert_eq!(read!(db, |tx| totals::list(tx).await).unwrap(), kept);
    assert!(kept.balance());
}
