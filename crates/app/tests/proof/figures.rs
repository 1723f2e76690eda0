//! The figures of summaries: counted once whatever crashes, the same however
//! they came about, and what the other tables say in other words.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use app::consumer::{Consumer, Consumers, Parts, Records};
use app::figures::{Batch, Counter};
use app::proof::{Outcome, Place};
use ledger::command::{Grant, Open, SetStatus};
use ledger::{Actor, Command, Credits, Order, Owner, Seq, Source, Status, Text, Time};
use store::rows::set_cursor;
use store::{Error, Priority, Tx, Work, figures};
use testkit::Raw;
use tokio::sync::watch;

use crate::bench::{Bench, verify_home};
use crate::home::Home;
use crate::rebuilding::rebuilt;
use crate::shelf::{Shelf, found, head};

/// Parts of a step, in wallets: the shelf has few.
const FEW: Counter = Counter { wallets: 2 };
/// A step has one part, and what is left of one too.
const WHOLE: Counter = Counter { wallets: usize::MAX };

/// The counter in batches and parts that crash, now and then, behind all they wrote.
struct Dying {
    counter: Counter,
    batches: Arc<AtomicUsize>,
    dies_at: usize,
}

impl Consumer for Dying {
    const NAME: &'static str = Counter::NAME;
    const BATCH_MAX: i64 = 61;

    type Part = Batch;

    fn parts(&self, step: Records, done: i64) -> Parts<Batch> {
        self.counter.parts(step, done)
    }

    fn consume<'t>(&'t self, tx: &'t mut Tx, part: &'t Batch) -> Work<'t, (), Error> {
        Box::pin(async move {
            self.counter.consume(tx, part).await?;
            let turn = self.batches.fetch_add(1, Ordering::SeqCst);
            if turn == self.dies_at { Err(Error::Closed) } else { Ok(()) }
        })
    }
}

/// Reads to the end of the journal, unless it dies; whether it got there.
async fn count(home: &Home, head: Seq, consumer: impl Consumer) -> bool {
    let db = home.as_tool().await;
    let heads = watch::Sender::new(head);
    let consumers = Consumers::new(db.clone(), heads.subscribe());
    let reading = consumers.start(consumer).await.unwrap();
    let reached = reading.reach(head).await;
    consumers.close().await;
    db.close().await;
    reached.is_ok()
}

/// Each table of figures, and what the projections say of the same.
const SAID_TWICE: [(&str, &str, &str); 4] = [
    (
        "standings",
        "SELECT wallet_id, user_id, status, posted, last_transaction_at
        FROM standings
        ORDER BY wallet_id",
        "SELECT wallet_id, owner_id, status, posted,
            (SELECT MAX(at) FROM history h WHERE h.wallet_id = w.wallet_id)
        FROM wallets w
        ORDER BY wallet_id",
    ),
    (
        "months",
        "SELECT wallet_id, month, added_credits * 1000000 + added_micros,
            spent_credits * 1000000 + spent_micros, removed_credits * 1000000 + removed_micros,
            transactions
        FROM months
        ORDER BY wallet_id, month",
        "SELECT wallet_id, {month} AS month,
            SUM(CASE WHEN amount > 0 THEN amount ELSE 0 END),
            SUM(CASE WHEN kind = 'service' THEN -amount ELSE 0 END),
            SUM(CASE WHEN kind <> 'service' AND amount < 0 THEN -amount ELSE 0 END), COUNT(*)
        FROM history
        GROUP BY wallet_id, month
        ORDER BY wallet_id, month",
    ),
    (
        "minutes",
        "SELECT minute, transactions FROM minutes ORDER BY minute",
        "SELECT at / 60000000 AS minute, COUNT(*)
        FROM history
        WHERE at / 60000000 >= (SELECT at / 60000000 - 1500 FROM heads)
        GROUP BY minute
        ORDER BY minute",
    ),
    (
        "figures",
        "SELECT wallets, with_credits, paused, suspended, {sum} FROM figures",
        "SELECT COUNT(*), COUNT(*) FILTER (WHERE posted > 0),
            COUNT(*) FILTER (WHERE status = 'paused'),
            COUNT(*) FILTER (WHERE status = 'suspended'), {posted}
        FROM wallets",
    ),
];

/// The instant at which the month of `at` starts.
const MONTH: [&str; 2] = [
    "CAST(strftime('%s', at / 1000000, 'unixepoch', 'start of month') AS INTEGER) * 1000000",
    "CAST(EXTRACT(EPOCH FROM date_trunc('month', to_timestamp(at / 1000000) AT TIME ZONE 'UTC'))
        AS BIGINT) * 1000000",
];
/// 16 bytes, and a number that fits eight, in hexadecimal digits.
const SUM: [&str; 2] = ["lower(hex(credits))", "encode(credits, 'hex')"];
const POSTED: [&str; 2] =
    ["printf('%032x', SUM(posted))", "lpad(to_hex(CAST(SUM(posted) AS BIGINT)), 32, '0')"];

/// The lines of a question, put in the engine's words.
fn lines(raw: &Raw, question: &str) -> Vec<String> {
    let mut text = question.to_owned();
    for (token, [file, server]) in [("{month}", MONTH), ("{sum}", SUM), ("{posted}", POSTED)] {
        text = text.replace(token, raw.either(file, server));
    }
    raw.lines(&text)
}

fn assert_right(home: &Home) {
    let raw = home.raw();
    for (table, counted, said) in SAID_TWICE {
        let counted = lines(&raw, counted);
        assert!(!counted.is_empty(), "{table}");
        assert_eq!(counted, lines(&raw, said), "{table}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn figures_are_what_the_projections_say_in_other_words() {
    let shelf = Shelf::filled(71).await;
    let copy = shelf.copy();
    assert!(count(&copy, shelf.head(), WHOLE).await);
    assert_right(&copy);
}

/// A user's wallet, with some credits, whose status changes.
async fn live(bench: &Bench, user: i64, statuses: &[Status]) {
    let (owner, unit) = (Owner::User(user), Text::parse("credit").unwrap());
    let submit = |command| bench.ledger.submit(Order::bare(Actor::System, command));
    let opened = submit(Command::Open(Open { owner, unit })).await.unwrap();
    let wallet = opened.record.wallet.unwrap();
    for status in statuses {
        submit(Command::SetStatus(SetStatus { wallet, status: *status })).await.unwrap();
    }
    let grant = Grant::plain(wallet, Credits::whole(user).unwrap(), Source::Admin);
    submit(Command::Grant(grant)).await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn statuses_are_counted_once_each_and_minutes_forgotten_after_a_day() {
    use Status::{Active, Paused, Suspended};
    let bench = Bench::start().await;
    bench.spend(3).await;
    bench.hand.pass(26 * 60 * 60 * Time::SECOND);
    live(&bench, 2, &[Paused, Suspended, Active, Paused]).await;
    live(&bench, 3, &[Suspended, Active]).await;
    live(&bench, 4, &[Paused, Suspended]).await;
    let (home, _) = bench.close().await;
    assert!(count(&home, head(&home), WHOLE).await);
    assert_right(&home);
    let raw = home.raw();
    let book = "SELECT wallets, with_credits, paused, suspended FROM figures";
    assert_eq!(raw.lines(book), ["4 4 1 1"]);
    assert_eq!(raw.number("SELECT COUNT(*) FROM minutes"), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_counter_that_dies_in_any_batch_counts_every_record_once() {
    let shelf = Shelf::filled(72).await;
    let copy = shelf.copy();
    let batches = Arc::new(AtomicUsize::new(0));
    let (mut lives, mut begun) = (1, 0);
    loop {
        let dies_at = batches.load(Ordering::SeqCst) + lives % 4;
        // A step may go on in other parts.
        let counter = [FEW, Counter { wallets: 3 }, FEW, FEW, WHOLE][lives % 5];
        let dying = Dying { counter, batches: Arc::clone(&batches), dies_at };
        if count(&copy, shelf.head(), dying).await {
            break;
        }
        lives += 1;
        // Where it died, some parts of a step are written and others aren't.
        begun += copy.raw().number("SELECT COUNT(*) FROM cursors WHERE done > 0");
        assert_eq!(verify_home(&copy).await.outcome, Outcome::Sound, "life {lives}");
        assert!(rebuilt(&copy).await.changed_nothing(), "life {lives}");
    }
    assert!(lives > 5, "{lives} lives");
    assert!(begun > 5, "{begun} steps were half written");
    assert_right(&copy);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_processes_that_write_parts_count_every_record_once() {
    let shelf = Shelf::filled(77).await;
    let copy = shelf.copy();
    let batches = Arc::new(AtomicUsize::new(0));
    let never = || Dying { counter: FEW, batches: Arc::clone(&batches), dies_at: usize::MAX };
    let (one, other) =
        tokio::join!(count(&copy, shelf.head(), never()), count(&copy, shelf.head(), never()));
    assert!(one && other);
    assert_right(&copy);
}

/// A record belongs to the month it was made in, whatever step it is counted in.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_step_over_a_months_end_counts_each_record_in_its_own_month() {
    let bench = Bench::start().await;
    let wallet = bench.spend(3).await;
    live(&bench, 2, &[Status::Paused]).await;
    bench.hand.pass(40 * 24 * 60 * 60 * Time::SECOND);
    bench.spend_of(wallet, 5).await;
    live(&bench, 3, &[]).await;
    let (home, _) = bench.close().await;
    assert!(count(&home, head(&home), FEW).await);
    assert_right(&home);
    let months = "SELECT month, SUM(spent_credits), SUM(transactions)
        FROM months
        GROUP BY month
        ORDER BY month";
    // The first moments of November and December 2026: spends, and the grants with them.
    let counted = ["1793491200000000 3 5", "1796083200000000 5 6"];
    assert_eq!(home.raw().lines(months), counted);
}

const TABLES: [&str; 4] = ["standings", "months", "minutes", "figures"];

fn rows(home: &Home) -> [Vec<String>; 4] {
    let raw = home.raw();
    TABLES.map(|table| {
        let mut lines = raw.lines(&format!("SELECT * FROM {table}"));
        lines.sort();
        lines
    })
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn figures_counted_anew_in_other_batches_are_the_same() {
    let shelf = Shelf::filled(73).await;
    assert!(count(&shelf.home, shelf.head(), WHOLE).await);
    let before = rows(&shelf.home);
    let db = shelf.home.as_tool().await;
    let cleared = db.write::<_, Error, _>(Priority::Edit, |tx| {
        Box::pin(async move {
            figures::clear(tx).await?;
            tx.exec(set_cursor(Counter::NAME, Seq::ZERO)).await?.expect_one()
        })
    });
    cleared.await.unwrap();
    db.close().await;
    assert!(rows(&shelf.home).iter().all(Vec::is_empty));
    let never = Dying { counter: FEW, batches: Arc::default(), dies_at: usize::MAX };
    assert!(count(&shelf.home, shelf.head(), never).await);
    assert_eq!(rows(&shelf.home), before);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn figures_that_are_not_the_journals_are_found_and_set_right() {
    let shelf = Shelf::filled(74).await;
    assert!(count(&shelf.home, shelf.head(), WHOLE).await);
    assert_eq!(verify_home(&shelf.home).await.outcome, Outcome::Sound);
    let sound = rows(&shelf.home);
    for (table, change) in [
        ("standings", "UPDATE standings SET posted = posted + 1 WHERE wallet_id = 2"),
        ("standings", "UPDATE standings SET status = 'Active' WHERE wallet_id = 2"),
        ("standings", "UPDATE standings SET user_id = -1 WHERE wallet_id = 2"),
        ("standings", "UPDATE standings SET last_transaction_at = NULL"),
        ("standings", "DELETE FROM standings WHERE wallet_id = 2"),
        ("standings", "INSERT INTO standings VALUES (1, 999999, 999999, 'active', 0, NULL, 1)"),
        ("months", "UPDATE months SET added_credits = added_credits + 1"),
        ("months", "UPDATE months SET spent_micros = spent_micros + 1"),
        ("months", "UPDATE months SET removed_credits = removed_credits + 1"),
        ("months", "UPDATE months SET transactions = transactions + 1"),
        ("months", "UPDATE months SET month = 0 WHERE month = (SELECT MAX(month) FROM months)"),
        ("minutes", "UPDATE minutes SET transactions = transactions + 1"),
        ("minutes", "INSERT INTO minutes VALUES (1, 1, 1)"),
        ("figures", "UPDATE figures SET wallets = wallets + 1"),
        ("figures", "UPDATE figures SET with_credits = with_credits - 1"),
        ("figures", "UPDATE figures SET paused = paused + 1"),
        ("figures", "UPDATE figures SET suspended = suspended + 1"),
        ("figures", "UPDATE figures SET credits = zeroblob(16)"),
        ("figures", "UPDATE figures SET credits = x'00'"),
        ("figures", "DELETE FROM figures"),
        ("figures", "UPDATE cursors SET seq = seq + 1 WHERE name = 'figures'"),
        ("figures", "UPDATE cursors SET upto = seq + 1, done = 1 WHERE name = 'figures'"),
    ] {
        let copy = shelf.tampered(|raw| assert!(raw.run(change) > 0));
        let finding = found(&copy, change).await;
        let named = matches!(finding.place, Place::Row { table: found, .. } if found == table);
        assert!(named, "{change}: {finding}");
        assert!(!rebuilt(&copy).await.changed_nothing(), "{change}");
        assert_eq!(verify_home(&copy).await.outcome, Outcome::Sound, "{change}");
        // Which record moved a wallet last is not compared, but counted anew too.
        assert_eq!(rows(&copy), sound, "{change}");
    }
    assert!(rebuilt(&shelf.home).await.changed_nothing());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_cursor_put_back_is_found_by_the_rows_behind_it() {
    let shelf = Shelf::filled(75).await;
    assert!(count(&shelf.home, shelf.head(), WHOLE).await);
    let change = "UPDATE cursors SET seq = seq - 100 WHERE name = 'figures'";
    let copy = shelf.tampered(|raw| assert!(raw.run(change) > 0));
    found(&copy, change).await;
}
