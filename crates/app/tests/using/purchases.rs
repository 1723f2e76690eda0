//! Purchases: one payment, one grant, wherever a server stops and whoever asks
//! again.

use std::future::Future;

use app::ledger::How;
use app::{Answer, Caller, Error, PurchaseAsk, PurchaseRequest, Transaction, Whose};
use domain::{
    Description, PaymentIntent, Role, Seq, Source, Status, TransactionType, UserId, WalletId,
};
use futures::future::join_all;
use ledger::{Actor, Command, Order, command};
use store::Priority;
use store::purchases::{self, New, State};

use crate::cut::Cut;
use crate::desk::{Desk, amount, key, person, plain, pointer, spend};

const CREDITS: &str = "1000";

fn ask(user: UserId, credits: &str) -> PurchaseAsk {
    PurchaseAsk { whose: Whose::User(user), credits: amount(credits), promotion: None }
}

fn request(user: UserId, intent: Option<&str>) -> PurchaseRequest {
    PurchaseRequest {
        ask: ask(user, CREDITS),
        description: Description::parse("More").unwrap(),
        intent: intent.map(|id| PaymentIntent::parse(id).unwrap()),
        method: None,
        quote: None,
    }
}

async fn buy(
    desk: &Desk,
    request: PurchaseRequest,
    word: Option<&str>,
) -> Result<Answer<Transaction>, Error> {
    desk.app.purchase(&Caller::SYSTEM, word.map(key), request).await
}

async fn wallet_of(desk: &Desk, user: UserId) -> WalletId {
    let user = desk.app.get_user(&Caller::SYSTEM, app::UserKey::Id(user)).await.unwrap();
    user.wallet.unwrap()
}

async fn posted(desk: &Desk, user: UserId) -> String {
    let wallet = wallet_of(desk, user).await;
    desk.app.ledger().wallet(wallet).await.unwrap().wallet.balances.posted.to_string()
}

async fn set_status(desk: &Desk, user: UserId, status: Status) {
    let wallet = wallet_of(desk, user).await;
    let command = Command::SetStatus(command::SetStatus { wallet, status });
    desk.app.ledger().submit(Order::bare(Actor::System, command)).await.unwrap();
}

/// What comes of work on a server that stops after so many polls.
pub(crate) async fn cut_at<F: Future>(work: F, polls: usize) -> Option<F::Output> {
    Cut { inner: Box::pin(work), polls }.await
}

/// Buys with a server that stops after so many polls; whether it got through.
async fn cut(desk: &Desk, request: PurchaseRequest, polls: usize) -> bool {
    let buying = buy(desk, request, Some("k"));
    Cut { inner: Box::pin(buying), polls }.await.is_some_and(|bought| bought.is_ok())
}

#[tokio::test]
async fn a_purchase_is_a_grant_that_never_expires_with_what_it_cost() {
    let desk = Desk::open().await;
    let ada = desk.customer("ada", "0").await;
    let bought = buy(&desk, request(ada, Some("pi_1")), None).await.unwrap();
    assert_eq!(bought.how, How::Applied);
    let transaction = bought.value;
    assert_eq!(transaction.transaction_type, TransactionType::Purchase);
    assert_eq!(transaction.paid.map(domain::format_dollars).as_deref(), Some("95"));
    assert_eq!(transaction.payment_intent.as_deref(), Some("pi_1"));
    assert_eq!(transaction.description, "More");
    let wallet = wallet_of(&desk, ada).await;
    let wallet = desk.app.ledger().wallet(wallet).await.unwrap().wallet;
    let grant = &wallet.grants()[0];
    assert_eq!((grant.terms.source, grant.state.expires_at), (Source::Purchase, None));
}

/// How often a purchase is cut, at most, until all that can be left was seen. How many
/// polls a purchase takes varies: a wait whose answer is there already is not one.
const CUTS_MAX: usize = 400;

#[tokio::test]
async fn wherever_a_server_stops_a_retry_or_the_finisher_grants_once() {
    // Nothing yet, paid for and not granted, granted, answered.
    let mut left = [(0, "0"), (1, "0"), (1, CREDITS), (0, CREDITS)].map(|left| (left, 0));
    let mut stops = 0;
    for _ in 0..CUTS_MAX {
        let mut through = false;
        for finished_first in [false, true] {
            let desk = Desk::open().await;
            let ada = desk.customer("ada", "0").await;
            through = cut(&desk, request(ada, None), stops).await;
            if finished_first {
                let had = posted(&desk, ada).await;
                let open = desk.app.finish_purchases(0).await.unwrap();
                left.iter_mut().filter(|(l, _)| *l == (open, &had)).for_each(|(_, n)| *n += 1);
            }
            let first = buy(&desk, request(ada, None), Some("k")).await.unwrap();
            let again = buy(&desk, request(ada, None), Some("k")).await.unwrap();
            assert_eq!(again, Answer { how: How::Replayed, ..first }, "stopped after {stops}");
            assert_eq!(desk.app.finish_purchases(0).await.unwrap(), 0, "nothing is left");
            assert_eq!(posted(&desk, ada).await, CREDITS, "stopped after {stops}");
            desk.app.close().await;
        }
        if through && left.iter().all(|(_, seen)| *seen > 0) {
            return;
        }
        stops = if through { 0 } else { stops + 1 };
    }
    panic!("not all was seen that a server can leave behind: {left:?}");
}

#[tokio::test]
async fn what_was_paid_is_granted_to_an_account_that_was_paused_meanwhile() {
    let (mut stops, mut granted, mut refused) = (0, 0, 0);
    for _ in 0..CUTS_MAX {
        let desk = Desk::open().await;
        let ada = desk.customer("ada", "0").await;
        let through = cut(&desk, request(ada, None), stops).await;
        set_status(&desk, ada, Status::Paused).await;
        desk.app.finish_purchases(0).await.unwrap();
        let bought = buy(&desk, request(ada, None), Some("k")).await;
        match bought {
            Ok(_) if through => {}
            Ok(_) => granted += 1,
            Err(_) => refused += 1,
        }
        let expected = if bought.is_ok() { CREDITS } else { "0" };
        assert_eq!(posted(&desk, ada).await, expected, "stopped after {stops}");
        desk.app.close().await;
        if through && granted > 0 && refused > 0 {
            return;
        }
        stops = if through { 0 } else { stops + 1 };
    }
    panic!("{granted} granted, {refused} refused: both can be");
}

#[tokio::test]
async fn of_many_at_once_with_one_key_one_is_new() {
    let desk = Desk::open().await;
    let ada = desk.customer("ada", "0").await;
    let all = join_all((0..32).map(|_| buy(&desk, request(ada, None), Some("k")))).await;
    assert_one(all);
    assert_eq!(posted(&desk, ada).await, CREDITS);
}

#[tokio::test]
async fn of_many_at_once_with_one_payment_one_is_new() {
    let desk = Desk::open().await;
    let ada = desk.customer("ada", "0").await;
    let words: Vec<_> = (0..32).map(|word| format!("key-{word}")).collect();
    let calls = words.iter().enumerate().map(|(place, word)| {
        // Some have keys of their own, some have none.
        let word = (place % 2 == 0).then_some(word.as_str());
        buy(&desk, request(ada, Some("pi_1")), word)
    });
    assert_one(join_all(calls).await);
    assert_eq!(posted(&desk, ada).await, CREDITS);
    let later = buy(&desk, request(ada, Some("pi_1")), Some("key-0")).await.unwrap();
    assert_eq!(later.how, How::Replayed);
}

fn assert_one(all: Vec<Result<Answer<Transaction>, Error>>) {
    let all: Vec<_> = all.into_iter().map(Result::unwrap).collect();
    assert_eq!(all.iter().filter(|answer| answer.how == How::Applied).count(), 1);
    assert!(all.iter().all(|answer| answer.value == all[0].value));
}

#[tokio::test]
async fn a_payment_is_for_one_user_and_one_amount() {
    let desk = Desk::open().await;
    let ada = desk.customer("ada", "0").await;
    let bob = desk.customer("bob", "0").await;
    buy(&desk, request(ada, Some("pi_1")), None).await.unwrap();
    let more = PurchaseRequest { ask: ask(ada, "1001"), ..request(ada, Some("pi_1")) };
    for other in [request(bob, Some("pi_1")), more] {
        let refused = buy(&desk, other, Some("other")).await;
        assert_eq!(pointer(refused), "/stripe_payment_intent_id");
    }
    assert_eq!((posted(&desk, ada).await, posted(&desk, bob).await), (CREDITS.into(), "0".into()));
    buy(&desk, request(bob, Some("pi_2")), Some("other")).await.unwrap();
}

#[tokio::test]
async fn a_quote_is_for_its_user_amount_and_time() {
    let desk = Desk::open().await;
    let ada = desk.customer("ada", "0").await;
    let bob = desk.customer("bob", "0").await;
    let offer = desk.app.validate_purchase(&Caller::SYSTEM, ask(ada, CREDITS)).await.unwrap();
    let quote = offer.quote.unwrap();
    let quoted = |user, credits| PurchaseRequest {
        ask: ask(user, credits),
        quote: Some(quote.token.clone()),
        ..request(user, None)
    };
    for other in [quoted(bob, CREDITS), quoted(ada, "1000.000001")] {
        assert_eq!(pointer(buy(&desk, other, None).await), "/quote");
    }
    let first = buy(&desk, quoted(ada, CREDITS), Some("k")).await.unwrap();
    desk.hands.pass(quote.expires_at.since(crate::desk::NOON));
    assert_eq!(pointer(buy(&desk, quoted(ada, CREDITS), Some("late")).await), "/quote");
    let again = buy(&desk, quoted(ada, CREDITS), Some("k")).await.unwrap();
    assert_eq!(again, Answer { how: How::Replayed, ..first }, "a key comes before the time");
}

#[tokio::test]
async fn a_quote_with_any_letter_changed_is_not_ours() {
    let desk = Desk::open().await;
    let ada = desk.customer("ada", "0").await;
    let offer = desk.app.validate_purchase(&Caller::SYSTEM, ask(ada, CREDITS)).await.unwrap();
    let token = offer.quote.unwrap().token.as_str().to_owned();
    for place in "quote_".len()..token.len() {
        let mut letters = token.clone().into_bytes();
        letters[place] = if letters[place] == b'A' { b'B' } else { b'A' };
        let changed = String::from_utf8(letters).unwrap();
        let quote = Some(domain::QuoteToken::parse(&changed).unwrap());
        let forged = PurchaseRequest { quote, ..request(ada, None) };
        assert_eq!(pointer(buy(&desk, forged, None).await), "/quote", "{place}");
    }
    assert_eq!(posted(&desk, ada).await, "0");
}

#[tokio::test]
async fn a_refusal_of_an_account_is_the_outcome_of_its_key() {
    let desk = Desk::open().await;
    let ada = desk.customer("ada", "0").await;
    set_status(&desk, ada, Status::Paused).await;
    let refused = buy(&desk, request(ada, None), Some("k")).await.unwrap_err();
    assert_eq!(refused.how(), How::Applied);
    set_status(&desk, ada, Status::Active).await;
    let again = buy(&desk, request(ada, None), Some("k")).await.unwrap_err();
    assert_eq!((again.how(), again.to_string()), (How::Replayed, refused.to_string()));
    assert!(buy(&desk, request(ada, None), Some("another")).await.is_ok());
}

#[tokio::test]
async fn customers_buy_for_themselves_and_staff_with_a_trace_in_the_audit_log() {
    let desk = Desk::open().await;
    let ada = desk.customer("ada", "0").await;
    let bob = desk.customer("bob", "0").await;
    for (caller, user, allowed) in [
        (person(ada, Role::Customer), ada, true),
        (person(ada, Role::Customer), bob, false),
        (person(bob, Role::Support), ada, false),
        (person(bob, Role::Finance), ada, true),
    ] {
        let bought = desk.app.purchase(&caller, None, request(user, None)).await;
        assert_eq!(bought.is_ok(), allowed, "{caller:?} for {user}");
    }
    let page = store::Page { limit: 100, offset: 0 };
    let entries = desk.db.read::<_, store::Error, _>(move |tx| {
        Box::pin(async move { tx.all(store::audit::by_subject("user:1", page)).await })
    });
    let entries = entries.await.unwrap();
    let bought = entries.iter().filter(|logged| logged.entry.action == "purchases.create");
    let actors: Vec<_> = bought.map(|logged| logged.entry.actor.clone()).collect();
    assert_eq!(actors, [format!("user:{bob}")]);
}

#[tokio::test]
async fn a_person_sees_their_own_rate_and_a_program_has_none() {
    let desk = Desk::open().await;
    let ada = person(desk.customer("ada", "0").await, Role::Customer);
    let yours = desk.app.rate(Some(&ada)).await.unwrap().yours;
    assert_eq!(yours.map(|rate| rate.to_string()).as_deref(), Some("0.1"));
    assert_eq!(desk.app.rate(None).await.unwrap().yours, None);
    assert_eq!(desk.app.rate(Some(&Caller::SYSTEM)).await.unwrap().yours, None);
}

/// A purchase whose money is there and whose credits are not.
async fn paid(desk: &Desk, user: UserId) -> i64 {
    let new = New {
        user_id: user.number(),
        wallet_id: wallet_of(desk, user).await,
        actor: "system".to_owned(),
        request_id: None,
        credits: amount(CREDITS),
        cents: 9_500,
        currency: "USD".to_owned(),
        description: None,
        breakdown: "{}".to_owned(),
        quote_expires_at: None,
        payment_reference: [1; 16],
        payment_intent: None,
        request_scope: None,
        request_key: None,
        created_at: crate::desk::NOON,
    };
    let write = desk.db.write::<_, store::Error, _>(Priority::Edit, move |tx| {
        Box::pin(async move {
            let id = tx.one(purchases::insert(&new)).await?;
            tx.exec(purchases::paid(id, "pi_1", new.created_at)).await?.expect_one()?;
            Ok(id)
        })
    });
    write.await.unwrap()
}

async fn step(desk: &Desk, id: i64) -> (State, i64, Seq) {
    let read = desk.db.read::<_, store::Error, _>(move |tx| {
        Box::pin(async move { tx.one(purchases::by_id(id)).await })
    });
    let purchase = read.await.unwrap();
    (purchase.state, purchase.attempt, desk.app.ledger().head().seq)
}

#[tokio::test]
async fn what_was_paid_waits_for_room_and_leaves_one_record_meanwhile() {
    let desk = Desk::open().await;
    let ada = desk.customer("ada", "0").await;
    let wallet = wallet_of(&desk, ada).await;
    let one = Command::Grant(command::Grant::plain(wallet, amount("1"), Source::Admin));
    let full = (0..1_000).map(|_| Order::bare(Actor::System, one.clone())).collect();
    for granted in desk.app.ledger().submit_each(full).await {
        granted.unwrap();
    }
    let id = paid(&desk, ada).await;
    assert_eq!(desk.app.finish_purchases(0).await.unwrap(), 0);
    let refused = step(&desk, id).await;
    assert_eq!((refused.0, refused.1), (State::Granting, 2));
    assert_eq!(desk.app.finish_purchases(0).await.unwrap(), 0);
    assert_eq!(step(&desk, id).await, refused, "no record more");
    desk.app.spend(&Caller::SYSTEM, None, spend(ada, plain("1"))).await.unwrap();
    assert_eq!(desk.app.finish_purchases(0).await.unwrap(), 1);
    assert_eq!(step(&desk, id).await.0, State::Done);
    assert_eq!(posted(&desk, ada).await, "1999");
}
