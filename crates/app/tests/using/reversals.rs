//! Reversals: money that goes back takes its share of the credits, once, whatever
//! was heard first and wherever a server stops.

use app::ledger::How;
use app::{
    Answer, Caller, Error, Page, PurchaseAsk, PurchaseRequest, RefundOf, RefundRefusal,
    RefundRequest, ReversalView, Synced, Whose,
};
use domain::{
    Cents, Currency, Description, Discount, MissingCredits, PaymentIntent, PromotionTerms, Reason,
    ReversalKind, ReversalState, Role, Status, UserId,
};
use futures::future::join_all;
use gateway::MoneyBack;
use ledger::{Actor, Command, Order, command};

use crate::desk::{Desk, NOON, amount, hold, key, person, plain, spend, text};
use crate::payments::{Shop, request};

const DAY_US: i64 = 86_400_000_000;

/// A customer who bought 1 000 credits for 95 dollars, by a payment of that name.
async fn buyer(desk: &Desk, name: &str, intent: &str) -> UserId {
    let user = desk.customer(name, "0").await;
    let request = PurchaseRequest {
        ask: PurchaseAsk { whose: Whose::User(user), credits: amount("1000"), promotion: None },
        description: Description::parse("More").unwrap(),
        intent: Some(PaymentIntent::parse(intent).unwrap()),
        method: None,
        quote: None,
    };
    desk.app.purchase(&Caller::SYSTEM, None, request).await.unwrap();
    user
}

fn refund(intent: &str, dollars: Option<&str>) -> RefundRequest {
    RefundRequest {
        of: RefundOf::Payment(PaymentIntent::parse(intent).unwrap()),
        amount: dollars.map(|dollars| dollars.parse().unwrap()),
        missing: MissingCredits::Forgiven,
        reason: Reason::parse("Bought twice").unwrap(),
        admin_notes: None,
    }
}

async fn ask(
    desk: &Desk,
    request: RefundRequest,
    word: Option<&str>,
) -> Result<Answer<ReversalView>, Error> {
    desk.app.refund(&Caller::SYSTEM, word.map(key), request).await
}

async fn wallet(desk: &Desk, user: UserId) -> domain::WalletId {
    let user = desk.app.get_user(&Caller::SYSTEM, app::UserKey::Id(user)).await.unwrap();
    user.wallet.unwrap()
}

/// Posted, held, frozen and owed.
async fn figures(desk: &Desk, user: UserId) -> [String; 4] {
    let wallet = wallet(desk, user).await;
    let read = desk.app.ledger().wallet(wallet).await.unwrap();
    let balances = read.wallet.balances;
    [balances.posted, balances.held, balances.frozen, balances.debt].map(|it| it.to_string())
}

async fn expect(desk: &Desk, user: UserId, expected: [&str; 4], when: &str) {
    assert_eq!(figures(desk, user).await, expected, "{when}");
}

fn heard(id: &str, kind: ReversalKind, state: ReversalState, dollars: &str) -> MoneyBack {
    let (amount, currency) = (dollars.parse::<Cents>().unwrap(), Currency::USD);
    MoneyBack { id: text(id), reference: None, kind, state, amount, currency }
}

fn chargeback(state: ReversalState) -> MoneyBack {
    heard("dp_1", ReversalKind::Chargeback, state, "95")
}

async fn hear(desk: &Desk, intent: &str, news: MoneyBack) -> Synced {
    let intent = PaymentIntent::parse(intent).unwrap();
    desk.app.hear_of_money(&intent, vec![news]).await.unwrap()
}

async fn spent(desk: &Desk, user: UserId, credits: &str) {
    desk.app.spend(&Caller::SYSTEM, None, spend(user, plain(credits))).await.unwrap();
}

#[tokio::test]
async fn a_refund_takes_its_share_of_the_credits_and_parts_never_exceed_the_payment() {
    let desk = Desk::open().await;
    let ada = buyer(&desk, "ada", "pi_1").await;
    let made = ask(&desk, refund("pi_1", Some("47.50")), Some("half")).await.unwrap();
    assert_eq!((made.how, made.value.state), (How::Applied, ReversalState::Returned));
    assert_eq!(made.value.taken, amount("500"));
    expect(&desk, ada, ["500", "0", "0", "0"], "half").await;
    let again = ask(&desk, refund("pi_1", Some("47.50")), Some("half")).await.unwrap();
    assert_eq!(again, Answer { how: How::Replayed, value: made.value });
    let exceeds = ask(&desk, refund("pi_1", Some("47.51")), Some("more")).await.unwrap_err();
    let refundable = Cents::from_count(4_750);
    let expected = RefundRefusal::Exceeds { requested: Cents::from_count(4_751), refundable };
    assert!(matches!(&exceeds, Error::Refund { refusal, .. } if *refusal == expected));
    let rest = ask(&desk, refund("pi_1", None), None).await.unwrap();
    assert_eq!(rest.value.amount, refundable);
    expect(&desk, ada, ["0", "0", "0", "0"], "all").await;
    let nothing = ask(&desk, refund("pi_1", None), None).await.unwrap_err();
    assert_eq!(nothing.to_string(), "nothing is left to refund");
    let kept = ask(&desk, refund("pi_1", Some("47.51")), Some("more")).await.unwrap_err();
    assert_eq!((kept.how(), kept.to_string()), (How::Replayed, exceeds.to_string()));
}

#[tokio::test]
async fn spent_and_held_credits_are_let_go_or_owed_as_staff_say() {
    for (missing, debt) in [(MissingCredits::Forgiven, "0"), (MissingCredits::Owed, "950")] {
        let desk = Desk::open().await;
        let ada = buyer(&desk, "ada", "pi_1").await;
        spent(&desk, ada, "700").await;
        desk.app.authorize(&Caller::SYSTEM, None, hold(ada, plain("250"))).await.unwrap();
        let request = RefundRequest { missing, ..refund("pi_1", None) };
        let made = ask(&desk, request, None).await.unwrap();
        expect(&desk, ada, ["250", "250", "0", debt], "owed beside what is held").await;
        let taken = if missing == MissingCredits::Owed { "1000" } else { "50" };
        assert_eq!(made.value.taken, amount(taken));
    }
}

#[tokio::test]
async fn credits_bought_otherwise_stay() {
    let desk = Desk::open().await;
    let ada = buyer(&desk, "ada", "pi_1").await;
    desk.grant(ada, "30", app::GrantRequestTerms::default()).await;
    ask(&desk, refund("pi_1", None), None).await.unwrap();
    expect(&desk, ada, ["30", "0", "0", "0"], "the other grant").await;
}

#[tokio::test]
async fn a_pause_and_a_suspension_stop_no_refund() {
    for status in [Status::Paused, Status::Suspended] {
        let desk = Desk::open().await;
        let ada = buyer(&desk, "ada", "pi_1").await;
        let set = command::SetStatus { wallet: wallet(&desk, ada).await, status };
        let order = Order::bare(Actor::System, Command::SetStatus(set));
        desk.app.ledger().submit(order).await.unwrap();
        ask(&desk, refund("pi_1", Some("9.50")), None).await.unwrap();
        expect(&desk, ada, ["900", "0", "0", "0"], status.as_str()).await;
        hear(&desk, "pi_1", chargeback(ReversalState::Opened)).await;
        expect(&desk, ada, ["900", "0", "900", "0"], status.as_str()).await;
    }
}

#[tokio::test]
async fn what_is_not_bought_is_not_refunded_and_nobody_but_staff_refunds() {
    let desk = Desk::open().await;
    let ada = buyer(&desk, "ada", "pi_1").await;
    let unknown = ask(&desk, refund("pi_2", None), None).await;
    assert!(matches!(unknown, Err(Error::NotFound)), "{unknown:?}");
    for (role, allowed) in [
        (Role::Customer, false),
        (Role::Support, false),
        (Role::Finance, true),
        (Role::Admin, true),
    ] {
        let caller = person(ada, role);
        let made = desk.app.refund(&caller, None, refund("pi_1", Some("1"))).await;
        assert_eq!(made.is_ok(), allowed, "{role:?}");
    }
}

#[tokio::test]
async fn a_declined_refund_takes_nothing_and_is_its_keys_outcome() {
    let desk = Desk::open().await;
    let ada = buyer(&desk, "ada", "pi_test_refund_declined_1").await;
    let of = || refund("pi_test_refund_declined_1", None);
    for how in [How::Applied, How::Replayed] {
        let declined = ask(&desk, of(), Some("k")).await.unwrap_err();
        assert_eq!(declined.how(), how);
        let is_declined =
            matches!(declined, Error::Refund { refusal: RefundRefusal::Declined { .. }, .. });
        assert!(is_declined);
    }
    expect(&desk, ada, ["1000", "0", "0", "0"], "declined").await;
    assert_eq!(desk.app.finish_reversals(0).await.unwrap(), 0, "nothing is left");
}

#[tokio::test]
async fn a_refund_that_fails_later_gives_the_credits_back() {
    let desk = Desk::open().await;
    let ada = buyer(&desk, "ada", "pi_test_refund_fails_1").await;
    spent(&desk, ada, "400").await;
    let owed =
        RefundRequest { missing: MissingCredits::Owed, ..refund("pi_test_refund_fails_1", None) };
    let made = ask(&desk, owed, None).await.unwrap();
    expect(&desk, ada, ["0", "0", "0", "400"], "made").await;
    desk.hands.pass(DAY_US);
    let intent = PaymentIntent::parse("pi_test_refund_fails_1").unwrap();
    for _ in 0..2 {
        assert_eq!(desk.app.sync_refunds(&intent).await.unwrap(), Synced::Done);
        expect(&desk, ada, ["600", "0", "0", "0"], "failed").await;
    }
    let failed = desk.app.get_reversal(&Caller::SYSTEM, made.value.id).await.unwrap();
    assert_eq!((failed.state, failed.taken), (ReversalState::Kept, amount("0")));
    let again = ask(&desk, refund("pi_test_refund_fails_1", None), None).await.unwrap();
    assert_eq!(again.value.taken, amount("600"), "of what came again");
    expect(&desk, ada, ["0", "0", "0", "0"], "refunded again").await;
}

#[tokio::test]
async fn a_chargeback_freezes_and_its_end_thaws_exactly_or_takes_and_owes() {
    use ReversalState::{Kept, Opened, Returned};
    let stories: [(&[ReversalState], [&str; 4]); 6] = [
        (&[Opened], ["700", "100", "600", "0"]),
        (&[Opened, Kept], ["700", "100", "0", "0"]),
        (&[Opened, Returned], ["100", "100", "0", "400"]),
        (&[Returned, Opened], ["100", "100", "0", "400"]),
        (&[Kept, Opened, Kept], ["700", "100", "0", "0"]),
        (&[Opened, Returned, Kept], ["700", "100", "0", "0"]),
    ];
    for (news, expected) in stories {
        let desk = Desk::open().await;
        let ada = buyer(&desk, "ada", "pi_1").await;
        spent(&desk, ada, "300").await;
        desk.app.authorize(&Caller::SYSTEM, None, hold(ada, plain("100"))).await.unwrap();
        for state in news {
            for _ in 0..2 {
                assert_eq!(hear(&desk, "pi_1", chargeback(*state)).await, Synced::Done);
            }
        }
        expect(&desk, ada, expected, &format!("{news:?}")).await;
        desk.app.close().await;
    }
}

#[tokio::test]
async fn what_a_hold_kept_from_a_lost_chargeback_pays_the_debt_when_it_is_free() {
    let desk = Desk::open().await;
    let ada = buyer(&desk, "ada", "pi_1").await;
    let held = desk.app.authorize(&Caller::SYSTEM, None, hold(ada, plain("100"))).await.unwrap();
    hear(&desk, "pi_1", chargeback(ReversalState::Opened)).await;
    hear(&desk, "pi_1", chargeback(ReversalState::Returned)).await;
    expect(&desk, ada, ["100", "100", "0", "100"], "lost").await;
    desk.app.release(&Caller::SYSTEM, None, held.value.id).await.unwrap();
    expect(&desk, ada, ["0", "0", "0", "0"], "released").await;
}

#[tokio::test]
async fn an_open_chargeback_can_not_be_refunded_beside() {
    let desk = Desk::open().await;
    let ada = buyer(&desk, "ada", "pi_1").await;
    ask(&desk, refund("pi_1", Some("47.50")), None).await.unwrap();
    let disputed = heard("dp_1", ReversalKind::Chargeback, ReversalState::Opened, "47.50");
    hear(&desk, "pi_1", disputed.clone()).await;
    let beside = ask(&desk, refund("pi_1", None), None).await.unwrap_err();
    assert_eq!(beside.to_string(), "nothing is left to refund");
    expect(&desk, ada, ["500", "0", "500", "0"], "refunded in part, then disputed").await;
    hear(&desk, "pi_1", MoneyBack { state: ReversalState::Returned, ..disputed }).await;
    expect(&desk, ada, ["0", "0", "0", "0"], "lost").await;
}

#[tokio::test]
async fn a_refund_made_elsewhere_is_heard_of_once() {
    let desk = Desk::open().await;
    let ada = buyer(&desk, "ada", "pi_test_refunded_1").await;
    spent(&desk, ada, "100").await;
    let intent = PaymentIntent::parse("pi_test_refunded_1").unwrap();
    let all = join_all((0..8).map(|_| desk.app.sync_refunds(&intent))).await;
    assert!(all.iter().all(|synced| matches!(synced, Ok(Synced::Done))), "{all:?}");
    expect(&desk, ada, ["0", "0", "0", "0"], "the spent are let go").await;
    let listed = desk.app.list_reversals(&Caller::SYSTEM, None, Page::FIRST).await.unwrap();
    assert_eq!(listed.total, 1);
    assert_eq!(listed.items[0].taken, amount("900"));
    let unknown = PaymentIntent::parse("pi_nobody").unwrap();
    assert_eq!(desk.app.sync_refunds(&unknown).await.unwrap(), Synced::Unknown);
}

#[tokio::test]
async fn of_many_at_once_with_one_key_one_is_new() {
    let desk = Desk::open().await;
    let ada = buyer(&desk, "ada", "pi_1").await;
    let asked = (0..16).map(|_| ask(&desk, refund("pi_1", Some("9.50")), Some("k")));
    let all: Vec<_> = join_all(asked).await.into_iter().map(Result::unwrap).collect();
    assert!(all.iter().all(|answer| answer.value.id == all[0].value.id));
    expect(&desk, ada, ["900", "0", "0", "0"], "once").await;
}

#[tokio::test]
async fn of_many_at_once_without_a_key_no_more_than_the_payment_goes_back() {
    let desk = Desk::open().await;
    let ada = buyer(&desk, "ada", "pi_1").await;
    let asked = (0..8).map(|_| ask(&desk, refund("pi_1", Some("30")), None));
    let all = join_all(asked).await;
    assert_eq!(all.iter().filter(|made| made.is_ok()).count(), 3, "{all:?}");
    expect(&desk, ada, ["52.631579", "0", "0", "0"], "90 of 95 dollars").await;
}

#[tokio::test]
async fn wherever_a_server_stops_a_retry_or_the_finisher_takes_it_once() {
    let mut stops = 0;
    loop {
        let mut through = false;
        for finished_first in [false, true] {
            let desk = Desk::open().await;
            let ada = buyer(&desk, "ada", "pi_1").await;
            spent(&desk, ada, "900").await;
            let request =
                || RefundRequest { missing: MissingCredits::Owed, ..refund("pi_1", Some("47.50")) };
            let asking = ask(&desk, request(), Some("k"));
            through =
                crate::purchases::cut_at(asking, stops).await.is_some_and(|made| made.is_ok());
            if finished_first {
                desk.app.finish_reversals(0).await.unwrap();
            }
            ask(&desk, request(), Some("k")).await.unwrap();
            let again = ask(&desk, request(), Some("k")).await.unwrap();
            assert_eq!(again.value.taken, amount("500"), "stopped after {stops}");
            expect(&desk, ada, ["0", "0", "0", "400"], &format!("stopped after {stops}")).await;
            assert_eq!(desk.app.finish_reversals(0).await.unwrap(), 0, "nothing is left");
            desk.app.close().await;
        }
        if through {
            return;
        }
        stops += 1;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_provider_that_is_away_holds_up_nothing_that_is_decided() {
    let shop = Shop::open().await;
    let mut paid = Vec::new();
    for (name, word) in [("ada", "a"), ("bea", "b"), ("cay", "c")] {
        let user = shop.desk.customer(name, "0").await;
        let needed = shop.needed(request(user), word).await;
        let intent = needed.intent.unwrap();
        shop.fake.pay(&intent);
        paid.push((user, intent));
    }
    shop.deliver().await;
    let [ada, bea, (cay, bought)] = paid.as_slice() else { unreachable!() };
    shop.fake.fail(usize::MAX, 503);
    for (word, (_, intent)) in [("ada", ada), ("bea", bea)] {
        let asked = ask(&shop.desk, refund(intent, None), Some(word)).await;
        assert!(matches!(asked, Err(Error::Submit(_))), "{asked:?}");
    }
    // It was heard that money went back, and then a server stopped.
    let news = || heard("re_1", ReversalKind::Refund, ReversalState::Returned, "95");
    for polls in 1.. {
        crate::purchases::cut_at(hear(&shop.desk, bought, news()), polls).await;
        let listed = shop.desk.app.list_reversals(&Caller::SYSTEM, None, Page::FIRST).await;
        if listed.unwrap().total == 3 {
            break;
        }
    }
    assert_eq!(shop.credits(*cay).await, "1000");
    let before = shop.fake.asked().len();
    let finishing = shop.desk.app.finish_reversals(0);
    let watching = async {
        while shop.fake.asked().len() == before {
            tokio::task::yield_now().await;
        }
        assert_eq!(shop.credits(*cay).await, "0", "before anybody is asked");
    };
    let (finished, ()) = futures::future::join(finishing, watching).await;
    assert_eq!(finished.unwrap(), 1, "and each of the others is asked");
    assert!(shop.fake.asked().len() - before >= 8);
    shop.fake.fail(0, 503);
    assert_eq!(shop.desk.app.finish_reversals(0).await.unwrap(), 2);
}

/// A customer who bought 1 000 credits for 95 dollars and got 100 with them.
async fn buyer_with_bonus(desk: &Desk, intent: &str) -> UserId {
    let terms = PromotionTerms {
        name: domain::Text::parse("More").unwrap(),
        description: None,
        code: None,
        discount: Discount::FreeCredits(amount("100")),
        max_discount: None,
        min_purchase: None,
        package_ids: None,
        user_groups: None,
        starts_at: NOON,
        ends_at: NOON.plus(DAY_US),
        is_active: true,
        max_uses: None,
        max_uses_per_user: 1,
    };
    desk.app.create_promotion(&Caller::SYSTEM, None, terms).await.unwrap();
    buyer(desk, "ada", intent).await
}

#[tokio::test]
async fn a_bonus_goes_back_with_the_money_it_came_for() {
    let desk = Desk::open().await;
    let ada = buyer_with_bonus(&desk, "pi_1").await;
    expect(&desk, ada, ["1100", "0", "0", "0"], "bought").await;
    ask(&desk, refund("pi_1", Some("47.50")), None).await.unwrap();
    expect(&desk, ada, ["550", "0", "0", "0"], "half").await;
    hear(&desk, "pi_1", heard("dp_1", ReversalKind::Chargeback, ReversalState::Opened, "47.50"))
        .await;
    expect(&desk, ada, ["550", "0", "550", "0"], "frozen").await;
    hear(&desk, "pi_1", heard("dp_1", ReversalKind::Chargeback, ReversalState::Kept, "47.50"))
        .await;
    expect(&desk, ada, ["550", "0", "0", "0"], "won").await;
    ask(&desk, refund("pi_1", None), None).await.unwrap();
    expect(&desk, ada, ["0", "0", "0", "0"], "all").await;
    assert_eq!(desk.app.finish_reversals(0).await.unwrap(), 0, "nothing is left");
}

#[tokio::test]
async fn what_was_heard_of_a_payment_that_is_none_stops_nothing() {
    let desk = Desk::open().await;
    let ada = buyer(&desk, "ada", "pi_1").await;
    let intent = PaymentIntent::parse("pi_1").unwrap();
    let euros = MoneyBack {
        currency: Currency::parse("EUR").unwrap(),
        ..chargeback(ReversalState::Returned)
    };
    let real = heard("re_1", ReversalKind::Refund, ReversalState::Returned, "47.50");
    assert_eq!(desk.app.hear_of_money(&intent, vec![euros, real]).await.unwrap(), Synced::Done);
    expect(&desk, ada, ["500", "0", "0", "0"], "the refund alone").await;
}
