//! Top-ups: bought once when a balance falls, never past a cap, and never behind
//! somebody's back.

use app::mails::MailFilter;
use app::{
    Caller, Error, GrantRequestTerms, Page, PurchaseState, PurchaseView, RefundOf, RefundRequest,
    StatusChange, StatusRequest, TopUpRequest, TopUpState, TopUpView, Whose,
};
use domain::{
    Cents, MailKind, MissingCredits, PaymentMethod, Reason, Role, Time, TopUpCaps, TopUpTerms,
    UserId, instant,
};
use futures::future::join_all;

use crate::cut::Cut;
use crate::desk::{Desk, NOON, amount, key, person, plain, pointer, program, spend, text};
use crate::payments::Shop;
use crate::stories::take_over;

const MINUTE: i64 = 60 * Time::SECOND;

/// Below 50 credits, 100 are bought for $10, so often a day and a month.
fn request(user: UserId, method: &str, day: i64, month: i64) -> TopUpRequest {
    TopUpRequest {
        whose: Whose::User(user),
        terms: TopUpTerms {
            threshold: amount("50"),
            quantity: amount("100"),
            caps: TopUpCaps {
                day: Cents::from_count(1_000 * day),
                month: Cents::from_count(1_000 * month),
            },
            cool_down_s: 60,
        },
        payment_method: PaymentMethod::parse(method).unwrap(),
        consent_text: text("2026-11"),
    }
}

async fn agree(desk: &Desk, word: &str, request: TopUpRequest) -> TopUpView {
    desk.app.set_top_up(&Caller::SYSTEM, key(word), request).await.unwrap().value
}

/// Somebody with 100 credits who has agreed.
async fn ada(desk: &Desk, method: &str) -> UserId {
    let ada = desk.customer("ada", "100").await;
    agree(desk, "agree", request(ada, method, 10, 20)).await;
    ada
}

async fn use_up(desk: &Desk, user: UserId, credits: &str) {
    desk.app.spend(&Caller::SYSTEM, None, spend(user, plain(credits))).await.unwrap();
}

/// Every balance that has fallen is looked at.
async fn look(desk: &Desk) {
    desk.app.watch_balances().await.unwrap();
    assert_eq!(desk.app.run_due_jobs().await.unwrap().errors, Vec::<String>::new());
}

async fn left(desk: &Desk, user: UserId) -> String {
    let user = desk.app.get_user(&Caller::SYSTEM, app::UserKey::Id(user)).await.unwrap();
    let read = desk.app.ledger().wallet(user.wallet.unwrap()).await.unwrap();
    read.wallet.available(read.now).to_string()
}

async fn see(desk: &Desk, user: UserId) -> TopUpView {
    desk.app.get_top_up(&Caller::SYSTEM, Whose::User(user)).await.unwrap()
}

async fn bought(desk: &Desk, user: UserId) -> Vec<PurchaseView> {
    let of = Whose::User(user);
    desk.app.list_purchases(&Caller::SYSTEM, of, Page::FIRST).await.unwrap().items
}

async fn set_status(desk: &Desk, user: UserId, change: StatusChange) {
    let reason = Some(Reason::parse("for a test").unwrap());
    let request = StatusRequest { user, change, reason, admin_notes: None };
    desk.app.set_status(&Caller::SYSTEM, None, request).await.unwrap();
}

/// How many mails of a kind wait for somebody.
async fn mails(desk: &Desk, user: UserId, kind: MailKind) -> usize {
    let filter = MailFilter { user: Some(user), kind: Some(kind) };
    desk.app.list_mails(&Caller::SYSTEM, filter, Page::FIRST).await.unwrap().items.len()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_balance_that_falls_below_the_threshold_is_topped_up_once() {
    let desk = Desk::open().await;
    let ada = ada(&desk, "pm_card_visa").await;
    look(&desk).await;
    use_up(&desk, ada, "50").await;
    look(&desk).await;
    assert_eq!(left(&desk, ada).await, "50", "it is not below");
    use_up(&desk, ada, "0.000001").await;
    look(&desk).await;
    look(&desk).await;
    assert_eq!(left(&desk, ada).await, "149.999999");
    let bought = bought(&desk, ada).await;
    let [only] = bought.as_slice() else { panic!("{bought:?}") };
    assert_eq!((only.state, only.total.count()), (PurchaseState::Done, 1_000));
    assert_eq!(only.description.as_deref(), Some("Automatic top-up"));
    let seen = see(&desk, ada).await;
    assert_eq!((seen.today.count(), seen.this_month.count()), (1_000, 1_000));
    assert_eq!((seen.state, seen.consent_by.as_str()), (TopUpState::On, "system"));
    assert_eq!(mails(&desk, ada, MailKind::TopUpStarted).await, 1);
    // And behind the cool-down again, once it has fallen again.
    desk.hands.pass(2 * MINUTE);
    use_up(&desk, ada, "120").await;
    look(&desk).await;
    assert_eq!(left(&desk, ada).await, "129.999999");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_hundred_spends_that_cross_at_once_buy_once() {
    let desk = Desk::open().await;
    let ada = ada(&desk, "pm_card_visa").await;
    let spends = (0..100).map(|_| use_up(&desk, ada, "1"));
    let looks = (0..4).map(|_| async {
        for _ in 0..5 {
            desk.app.watch_balances().await.unwrap();
            desk.app.run_due_jobs().await.unwrap();
        }
    });
    futures::future::join(join_all(spends), join_all(looks)).await;
    take_over(&desk).await;
    look(&desk).await;
    assert_eq!((bought(&desk, ada).await.len(), left(&desk, ada).await.as_str()), (1, "100"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn caps_are_reached_to_the_cent_and_begin_anew_with_the_day_and_the_month() {
    let desk = Desk::open().await;
    let ada = desk.customer("ada", "100").await;
    agree(&desk, "agree", request(ada, "pm_card_visa", 2, 3)).await;
    let fall = || async {
        desk.hands.pass(2 * MINUTE);
        let all = left(&desk, ada).await;
        use_up(&desk, ada, &all).await;
        look(&desk).await;
        bought(&desk, ada).await.len()
    };
    assert_eq!((fall().await, fall().await), (1, 2));
    let seen = see(&desk, ada).await;
    assert_eq!((seen.today.count(), seen.terms.caps.day.count()), (2_000, 2_000));
    assert_eq!(fall().await, 2, "the day has no room");
    assert_eq!(left(&desk, ada).await, "0");
    let midnight = instant::parse("2026-11-02T00:00:00Z").unwrap();
    assert_eq!(see(&desk, ada).await.not_before, Some(midnight));
    let passed = desk.app.ledger().time().unwrap();
    desk.hands.pass(midnight.since(passed) - Time::SECOND);
    look(&desk).await;
    assert_eq!(bought(&desk, ada).await.len(), 2);
    desk.hands.pass(Time::SECOND);
    look(&desk).await;
    assert_eq!((bought(&desk, ada).await.len(), left(&desk, ada).await.as_str()), (3, "100"));
    let seen = see(&desk, ada).await;
    assert_eq!((seen.today.count(), seen.this_month.count()), (1_000, 3_000));
    assert_eq!(fall().await, 3, "the month has no room");
    let december = instant::parse("2026-12-01T00:00:00Z").unwrap();
    assert_eq!(see(&desk, ada).await.not_before, Some(december));
    desk.hands.pass(december.since(desk.app.ledger().time().unwrap()));
    look(&desk).await;
    let seen = see(&desk, ada).await;
    assert_eq!((bought(&desk, ada).await.len(), seen.this_month.count()), (4, 1_000));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_decline_stops_it_until_somebody_agrees_anew() {
    for (method, reason) in [
        ("pm_card_chargeDeclined", "declined"),
        ("pm_card_authenticationRequired", "authentication_required"),
    ] {
        let desk = Desk::open().await;
        let ada = ada(&desk, method).await;
        use_up(&desk, ada, "60").await;
        look(&desk).await;
        let seen = see(&desk, ada).await;
        assert_eq!(seen.state, TopUpState::Stopped(reason.to_owned()));
        assert_eq!((seen.today, left(&desk, ada).await.as_str()), (Cents::ZERO, "40"));
        assert_eq!(bought(&desk, ada).await[0].state, PurchaseState::Failed);
        desk.hands.pass(Time::DAY);
        use_up(&desk, ada, "1").await;
        look(&desk).await;
        assert_eq!(bought(&desk, ada).await.len(), 1, "it is not tried again");
        assert_eq!(mails(&desk, ada, MailKind::TopUpStopped).await, 1);
        agree(&desk, "again", request(ada, "pm_card_visa", 10, 20)).await;
        look(&desk).await;
        assert_eq!(left(&desk, ada).await, "139", "who agrees while below is topped up");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn money_on_its_way_counts_and_nothing_else_is_begun_meanwhile() {
    let desk = Desk::open().await;
    let ada = ada(&desk, "pm_card_processing").await;
    use_up(&desk, ada, "60").await;
    look(&desk).await;
    desk.hands.pass(60 * MINUTE);
    use_up(&desk, ada, "1").await;
    look(&desk).await;
    let bought_now = bought(&desk, ada).await;
    assert_eq!((bought_now.len(), bought_now[0].state), (1, PurchaseState::Paying));
    assert_eq!(see(&desk, ada).await.today.count(), 1_000);
    desk.hands.pass(Time::DAY);
    look(&desk).await;
    assert_eq!((bought(&desk, ada).await.len(), left(&desk, ada).await.as_str()), (1, "139"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_paused_or_suspended_account_buys_nothing_before_it_is_resumed() {
    for change in [StatusChange::Pause, StatusChange::Suspend] {
        let desk = Desk::open().await;
        let ada = ada(&desk, "pm_card_visa").await;
        use_up(&desk, ada, "60").await;
        set_status(&desk, ada, change).await;
        look(&desk).await;
        assert_eq!((bought(&desk, ada).await.len(), left(&desk, ada).await.as_str()), (0, "40"));
        set_status(&desk, ada, StatusChange::Resume).await;
        look(&desk).await;
        assert_eq!((bought(&desk, ada).await.len(), left(&desk, ada).await.as_str()), (1, "140"));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_call_turns_it_off_for_its_owner_and_for_staff() {
    let desk = Desk::open().await;
    let ada = ada(&desk, "pm_card_visa").await;
    let bob = desk.customer("bob", "0").await;
    let off = |caller| {
        let app = desk.app.clone();
        async move { app.end_top_up(&caller, None, Whose::User(ada)).await }
    };
    let other = off(person(bob, Role::Customer)).await;
    assert!(matches!(other, Err(Error::Forbidden)), "{other:?}");
    let none = desk.app.end_top_up(&Caller::SYSTEM, None, Whose::User(bob)).await;
    assert!(matches!(none, Err(Error::NotFound)), "{none:?}");
    off(person(ada, Role::Customer)).await.unwrap();
    off(program("ops", "admin")).await.unwrap();
    assert_eq!(see(&desk, ada).await.state, TopUpState::Off);
    use_up(&desk, ada, "60").await;
    look(&desk).await;
    assert_eq!((bought(&desk, ada).await.len(), left(&desk, ada).await.as_str()), (0, "40"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn consent_is_kept_and_its_key_answers_the_same() {
    let desk = Desk::open().await;
    let ada = desk.customer("ada", "100").await;
    let herself = person(ada, Role::Customer);
    let asked = TopUpRequest { whose: Whose::Caller, ..request(ada, "pm_1", 10, 20) };
    let first = desk.app.set_top_up(&herself, key("k"), asked.clone()).await.unwrap();
    assert_eq!(first.value.consent_by, format!("user:{ada}"));
    assert_eq!((first.value.consent_text.as_str(), first.value.consent_at), ("2026-11", NOON));
    use_up(&desk, ada, "60").await;
    look(&desk).await;
    let again = desk.app.set_top_up(&herself, key("k"), asked.clone()).await.unwrap();
    assert_eq!(again.value, first.value);
    let other = TopUpRequest { consent_text: text("2027-01"), ..asked.clone() };
    let other = desk.app.set_top_up(&herself, key("k"), other).await;
    assert!(matches!(other, Err(Error::KeyReused)), "{other:?}");
    for (day, month, cool_down_s, where_) in
        [(0, 1, 60, "/daily_cap"), (2, 1, 60, "/monthly_cap"), (1, 1, 59, "/cooldown_s")]
    {
        let mut wrong = request(ada, "pm_1", day, month);
        wrong.terms.cool_down_s = cool_down_s;
        let refused = desk.app.set_top_up(&Caller::SYSTEM, key("wrong"), wrong).await;
        assert_eq!(pointer(refused), where_);
    }
    let mut dear = request(ada, "pm_1", 1, 1);
    dear.terms.quantity = amount("101");
    let refused = desk.app.set_top_up(&Caller::SYSTEM, key("dear"), dear).await;
    assert_eq!(pointer(refused), "/daily_cap");
    let mut cheap = request(ada, "pm_1", 1, 1);
    cheap.terms.quantity = amount("1");
    let refused = desk.app.set_top_up(&Caller::SYSTEM, key("cheap"), cheap).await;
    assert!(matches!(refused, Err(Error::BelowMinimum { .. })), "{refused:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn credits_that_can_not_be_spent_yet_hide_no_fall() {
    let desk = Desk::open().await;
    let ada = ada(&desk, "pm_card_visa").await;
    let effective_at = Some(NOON.plus(30 * Time::DAY));
    desk.grant(ada, "500", GrantRequestTerms { effective_at, ..GrantRequestTerms::default() })
        .await;
    look(&desk).await;
    use_up(&desk, ada, "60").await;
    desk.hands.pass(11 * MINUTE);
    look(&desk).await;
    assert_eq!(left(&desk, ada).await, "140");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn wherever_a_server_stops_it_is_bought_once_or_stopped_once() {
    for polls in 0..40 {
        let shop = Shop::open().await;
        let desk = &shop.desk;
        let ada = ada(desk, "pm_card_visa").await;
        let bob = desk.customer("bob", "100").await;
        agree(desk, "bob", request(bob, "pm_card_visa_chargeDeclined", 10, 20)).await;
        look(desk).await;
        for user in [ada, bob] {
            use_up(desk, user, "60").await;
        }
        desk.app.watch_balances().await.unwrap();
        for user in [ada, bob] {
            Cut::after(polls, desk.app.top_up(user)).await;
            Cut::after(polls / 2, desk.app.top_up(user)).await;
        }
        take_over(desk).await;
        desk.hands.pass(2 * MINUTE);
        look(desk).await;
        assert_eq!((bought(desk, ada).await.len(), left(desk, ada).await.as_str()), (1, "140"));
        assert_eq!((bought(desk, bob).await.len(), left(desk, bob).await.as_str()), (1, "40"));
        assert_eq!(see(desk, bob).await.state, TopUpState::Stopped("declined".to_owned()));
        assert_eq!(see(desk, bob).await.today, Cents::ZERO);
        assert_eq!(paid(&shop), 1, "after {polls}");
        assert_eq!(mails(desk, bob, MailKind::TopUpStopped).await, 1, "after {polls}");
    }
}

/// Her balance falls by so much once her cool-down is over.
async fn falls_again(shop: &Shop, user: UserId, credits: &str) {
    shop.pass(2 * 60);
    use_up(&shop.desk, user, credits).await;
    take_over(&shop.desk).await;
    look(&shop.desk).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_hangs_and_goes_on_passes_no_cap() {
    for day in [1, 2] {
        hangs_and_goes_on(day).await;
    }
}

async fn hangs_and_goes_on(day: i64) {
    for polls in 1.. {
        let shop = Shop::open().await;
        let ada = shop.desk.customer("ada", "100").await;
        agree(&shop.desk, "agree", request(ada, "pm_card_visa", day, 20)).await;
        use_up(&shop.desk, ada, "60").await;
        shop.desk.app.watch_balances().await.unwrap();
        let mut hangs = Cut::after(polls, shop.desk.app.top_up(ada));
        if (&mut hangs).await.is_some() {
            assert!(polls > 2, "it hung at each step");
            return;
        }
        take_over(&shop.desk).await;
        look(&shop.desk).await;
        falls_again(&shop, ada, "100").await;
        hangs.polls = usize::MAX;
        drop(hangs.await);
        falls_again(&shop, ada, "30").await;
        let bought = i64::try_from(paid(&shop)).unwrap();
        assert_eq!(bought, day, "after {polls}");
        assert_eq!(see(&shop.desk, ada).await.today.count(), 1_000 * day, "after {polls}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_pays_is_kept_by_the_provider_before_anybody_relies_on_it() {
    let shop = Shop::open().await;
    let ada = shop.desk.customer("ada", "100").await;
    let unusable = request(ada, "pm_unusable", 10, 20);
    let refused = shop.desk.app.set_top_up(&Caller::SYSTEM, key("k"), unusable).await;
    assert_eq!(pointer(refused), "/payment_method");
    agree(&shop.desk, "agree", request(ada, "pm_1", 10, 20)).await;
    // Days later its key is answered by what was kept, whatever became of the card.
    shop.pass(2 * 24 * 3_600);
    shop.fake.fail(usize::MAX, 401);
    agree(&shop.desk, "agree", request(ada, "pm_1", 10, 20)).await;
    let customers: Vec<_> = shop.fake.all("payment_method").iter().map(text_of).collect();
    assert_eq!(customers, [("pm_1".to_owned(), "cus_fake000001".to_owned())]);
}

fn text_of(method: &serde_json::Value) -> (String, String) {
    let text = |field: &str| method[field].as_str().unwrap().to_owned();
    (text("id"), text("customer"))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn money_that_goes_back_stops_it_before_its_credits_would_be_bought_again() {
    let desk = Desk::open().await;
    let ada = ada(&desk, "pm_card_visa").await;
    use_up(&desk, ada, "60").await;
    look(&desk).await;
    assert_eq!(left(&desk, ada).await, "140");
    let purchase = bought(&desk, ada).await[0].id;
    desk.hands.pass(2 * MINUTE);
    let request = RefundRequest {
        of: RefundOf::Purchase(purchase),
        amount: None,
        missing: MissingCredits::Forgiven,
        reason: Reason::parse("Asked for").unwrap(),
        admin_notes: None,
    };
    desk.app.refund(&Caller::SYSTEM, None, request).await.unwrap();
    look(&desk).await;
    assert_eq!((bought(&desk, ada).await.len(), left(&desk, ada).await.as_str()), (1, "40"));
    assert_eq!(see(&desk, ada).await.state, TopUpState::Stopped("refunded".to_owned()));
    assert_eq!(mails(&desk, ada, MailKind::TopUpStopped).await, 1);
    assert_eq!(mails(&desk, ada, MailKind::PaymentConfirmation).await, 1);
    assert_eq!(mails(&desk, ada, MailKind::PaymentRefunded).await, 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_bank_that_asks_for_any_of_their_money_stops_it() {
    let shop = Shop::open().await;
    let desk = &shop.desk;
    let ada = ada(desk, "pm_card_visa").await;
    use_up(desk, ada, "60").await;
    look(desk).await;
    let intent = bought(desk, ada).await[0].intent.clone().unwrap();
    shop.fake.dispute(intent.as_str());
    shop.pass(120);
    shop.deliver().await;
    look(desk).await;
    assert_eq!((bought(desk, ada).await.len(), left(desk, ada).await.as_str()), (1, "40"));
    assert_eq!(see(desk, ada).await.state, TopUpState::Stopped("disputed".to_owned()));
}

/// Ada is below, and what she agreed to begins while the provider is away.
async fn begun_while_away(shop: &Shop) -> UserId {
    let ada = ada(&shop.desk, "pm_card_visa").await;
    use_up(&shop.desk, ada, "60").await;
    shop.desk.app.watch_balances().await.unwrap();
    shop.fake.fail(usize::MAX, 503);
    let drained = shop.desk.app.run_due_jobs().await.unwrap();
    assert_eq!(drained.errors.len(), 1, "{:?}", drained.errors);
    shop.fake.fail(0, 503);
    ada
}

fn paid(shop: &Shop) -> usize {
    let payments = shop.fake.all("payment_intent");
    payments.iter().filter(|payment| payment["status"] == "succeeded").count()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_has_begun_is_not_paid_once_nobody_agrees_to_it_any_more() {
    for agrees_anew in [false, true] {
        let shop = Shop::open().await;
        let ada = begun_while_away(&shop).await;
        if agrees_anew {
            agree(&shop.desk, "anew", request(ada, "pm_card_mastercard", 10, 20)).await;
        } else {
            shop.desk.app.end_top_up(&Caller::SYSTEM, None, Whose::User(ada)).await.unwrap();
        }
        shop.pass(15 * 60);
        shop.look().await;
        shop.pass(15 * 60);
        shop.look().await;
        let all = bought(&shop.desk, ada).await;
        let (count, credits) = if agrees_anew { (2, "140") } else { (1, "40") };
        assert_eq!((all.len(), left(&shop.desk, ada).await.as_str()), (count, credits));
        assert_eq!(all.last().unwrap().state, PurchaseState::Failed);
        assert_eq!(paid(&shop), count - 1, "and nobody paid for the first");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_could_not_be_asked_for_an_hour_has_not_declined() {
    let shop = Shop::open().await;
    let ada = begun_while_away(&shop).await;
    for _ in 0..2 {
        shop.pass(3_600);
        shop.look().await;
    }
    assert_eq!(see(&shop.desk, ada).await.state, TopUpState::On);
    let all = bought(&shop.desk, ada).await;
    assert_eq!((all.len(), left(&shop.desk, ada).await.as_str(), paid(&shop)), (2, "140", 1));
    assert_eq!(all.last().unwrap().state, PurchaseState::Failed);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_begins_before_midnight_and_is_paid_after_it_counts_for_both_days() {
    let shop = Shop::open().await;
    let desk = &shop.desk;
    let midnight = instant::parse("2026-11-02T00:00:00Z").unwrap();
    let to = midnight.since(desk.app.ledger().time().unwrap()) / Time::SECOND;
    shop.pass(to - 30);
    let ada = desk.customer("ada", "100").await;
    agree(desk, "agree", request(ada, "pm_card_visa", 1, 20)).await;
    use_up(desk, ada, "60").await;
    desk.app.watch_balances().await.unwrap();
    shop.fake.fail(usize::MAX, 503);
    desk.app.run_due_jobs().await.unwrap();
    assert_eq!(see(desk, ada).await.today.count(), 1_000);
    shop.fake.fail(0, 503);
    shop.pass(600);
    shop.look().await;
    assert_eq!((left(desk, ada).await.as_str(), paid(&shop)), ("140", 1));
    assert_eq!(see(desk, ada).await.today.count(), 1_000, "its money came in today");
    shop.pass(600);
    use_up(desk, ada, "140").await;
    look(desk).await;
    assert_eq!((left(desk, ada).await.as_str(), paid(&shop)), ("0", 1), "the day has no room");
    shop.pass(86_400);
    shop.look().await;
    assert_eq!((left(desk, ada).await.as_str(), paid(&shop)), ("100", 2));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_pause_hides_no_fall_from_who_has_credits_for_later() {
    let desk = Desk::open().await;
    let ada = ada(&desk, "pm_card_visa").await;
    let effective_at = Some(NOON.plus(30 * Time::DAY));
    desk.grant(ada, "500", GrantRequestTerms { effective_at, ..GrantRequestTerms::default() })
        .await;
    set_status(&desk, ada, StatusChange::Pause).await;
    look(&desk).await;
    set_status(&desk, ada, StatusChange::Resume).await;
    use_up(&desk, ada, "60").await;
    desk.hands.pass(11 * MINUTE);
    look(&desk).await;
    assert_eq!(left(&desk, ada).await, "140");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_program_that_only_spends_agrees_for_nobody() {
    let desk = Desk::open().await;
    let ada = desk.customer("ada", "100").await;
    let asked = request(ada, "pm_card_visa", 10, 20);
    for (scopes, may) in [("credits:spend", false), ("credits:grant", true)] {
        let agreed = desk.app.set_top_up(&program("bot", scopes), key("k"), asked.clone()).await;
        assert!(agreed.is_ok() == may && (may || matches!(agreed, Err(Error::Forbidden))));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn by_stripe_it_is_paid_while_nobody_is_there() {
    let shop = Shop::open().await;
    for (name, method, state, credits) in [
        ("ada", "pm_card_visa", TopUpState::On, "140"),
        ("bob", "pm_card_chargeDeclined", TopUpState::Stopped("declined".to_owned()), "40"),
        (
            "cy",
            "pm_card_authenticationRequired",
            TopUpState::Stopped("authentication_required".to_owned()),
            "40",
        ),
    ] {
        let user = shop.desk.customer(name, "100").await;
        agree(&shop.desk, name, request(user, method, 10, 20)).await;
        use_up(&shop.desk, user, "60").await;
        look(&shop.desk).await;
        assert_eq!(
            (see(&shop.desk, user).await.state, left(&shop.desk, user).await.as_str()),
            (state, credits)
        );
    }
}
