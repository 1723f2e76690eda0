//! Payments by Stripe: nothing is granted before it says that ours is paid, and
//! then once, whoever learns of it and however a server stops.

use app::{
    Answer, Caller, Error, PageUrls, PaymentNeeded, PaymentRequest, PurchaseAsk, PurchaseRequest,
    Synced, Transaction, Whose,
};
use domain::{
    Description, PaymentIntent, PaymentMethod, PromotionCode, PromotionTerms, Time, UserId,
};
use gateway::stripe::Stripe;
use testkit::stripe::FakeStripe;

use crate::desk::{Desk, NOON, amount, key, pointer};
use crate::promotions::{make, quarter_off};

const HOUR: i64 = 3_600;

/// A book whose payments a double of Stripe takes.
pub(crate) struct Shop {
    pub(crate) desk: Desk,
    pub(crate) fake: FakeStripe,
}

impl Shop {
    pub(crate) async fn open() -> Self {
        let fake = FakeStripe::start(NOON.micros() / Time::SECOND).await;
        let stripe = Stripe::new(fake.settings()).unwrap();
        Self { desk: Desk::open_paid_by(Some(stripe)).await, fake }
    }

    async fn buy(
        &self,
        request: PurchaseRequest,
        word: &str,
    ) -> Result<Answer<Transaction>, Error> {
        self.desk.app.purchase(&Caller::SYSTEM, Some(key(word)), request).await
    }

    /// What a purchase is asked to pay first.
    pub(crate) async fn needed(&self, request: PurchaseRequest, word: &str) -> PaymentNeeded {
        match self.buy(request, word).await {
            Err(Error::PaymentRequired(needed)) => *needed,
            other => panic!("no payment is required: {other:?}"),
        }
    }

    async fn begin(&self, request: PaymentRequest, word: &str) -> PaymentNeeded {
        let begun = self.desk.app.begin_payment(&Caller::SYSTEM, Some(key(word)), request).await;
        begun.unwrap()
    }

    /// Every event since it was asked last, as Stripe posts them, and what is done
    /// behind them.
    pub(crate) async fn deliver(&self) {
        for post in self.fake.events() {
            self.receive(&post.signature, &post.body).await.unwrap();
        }
        self.look().await;
    }

    /// What is done behind events.
    pub(crate) async fn look(&self) {
        let drained = self.desk.app.run_due_jobs().await.unwrap();
        assert_eq!(drained.errors, Vec::<String>::new());
    }

    pub(crate) async fn receive(&self, signature: &str, body: &str) -> Result<(), Error> {
        self.desk.app.receive_stripe_event(signature, body.as_bytes()).await
    }

    pub(crate) async fn credits(&self, user: UserId) -> String {
        let user = self.desk.app.get_user(&Caller::SYSTEM, app::UserKey::Id(user)).await.unwrap();
        let read = self.desk.app.ledger().wallet(user.wallet.unwrap()).await.unwrap();
        read.wallet.balances.posted.to_string()
    }

    /// Time passes here and there.
    pub(crate) fn pass(&self, seconds: i64) {
        self.desk.hands.pass(seconds * Time::SECOND);
        self.fake.pass(seconds);
    }
}

pub(crate) fn request(user: UserId) -> PurchaseRequest {
    PurchaseRequest {
        ask: PurchaseAsk { whose: Whose::User(user), credits: amount("1000"), promotion: None },
        description: Description::parse("More").unwrap(),
        intent: None,
        method: None,
        quote: None,
    }
}

fn by(user: UserId, method: &str) -> PurchaseRequest {
    PurchaseRequest { method: Some(PaymentMethod::parse(method).unwrap()), ..request(user) }
}

fn naming(user: UserId, intent: &str) -> PurchaseRequest {
    PurchaseRequest { intent: Some(PaymentIntent::parse(intent).unwrap()), ..request(user) }
}

fn on_a_page(user: UserId) -> PaymentRequest {
    let (success_url, cancel_url) = ("https://a.example/yes".into(), "https://a.example/no".into());
    PaymentRequest { purchase: request(user), page: Some(PageUrls { success_url, cancel_url }) }
}

#[tokio::test]
async fn the_same_key_answers_the_same_payment_until_it_is_paid_and_then_the_transaction() {
    let shop = Shop::open().await;
    let ada = shop.desk.customer("ada", "0").await;
    let first = shop.needed(request(ada), "k").await;
    let again = shop.needed(request(ada), "k").await;
    let intent = first.intent.clone().unwrap();
    assert_eq!(again.intent, first.intent);
    assert_eq!((first.status, first.amount.count()), ("requires_payment_method", 9_500));
    assert!(first.client_secret.is_some());
    assert_eq!(shop.credits(ada).await, "0");
    shop.fake.pay(&intent);
    let bought = shop.buy(request(ada), "k").await.unwrap();
    assert_eq!(bought.value.payment_intent.as_deref(), Some(intent.as_str()));
    assert_eq!(shop.credits(ada).await, "1000");
    shop.deliver().await;
    let again = shop.buy(request(ada), "k").await.unwrap();
    assert_eq!((again.value, shop.credits(ada).await), (bought.value, "1000".to_owned()));
    assert_eq!(shop.fake.all("payment_intent").len(), 1);
}

#[tokio::test]
async fn an_event_alone_brings_the_credits_and_twice_it_brings_no_more() {
    let shop = Shop::open().await;
    let ada = shop.desk.customer("ada", "0").await;
    let needed = shop.needed(request(ada), "k").await;
    shop.fake.pay(&needed.intent.unwrap());
    let posts = shop.fake.events();
    for post in posts.iter().rev().chain(&posts) {
        shop.receive(&post.signature, &post.body).await.unwrap();
        assert_eq!(shop.credits(ada).await, "0", "it is only kept while Stripe waits");
    }
    shop.look().await;
    assert_eq!(shop.credits(ada).await, "1000");
    for post in &posts {
        shop.receive(&post.signature, &post.body).await.unwrap();
    }
    assert_eq!(shop.desk.app.run_due_jobs().await.unwrap().runs, 0, "known events ask for nothing");
    assert_eq!(shop.credits(ada).await, "1000");
}

#[tokio::test]
async fn a_payment_method_pays_at_once_or_says_why_not() {
    for (method, status, declined) in [
        (
            "pm_card_visa_chargeDeclinedInsufficientFunds",
            "requires_payment_method",
            Some("card_declined (insufficient_funds)"),
        ),
        ("pm_card_authenticationRequired", "requires_action", None),
        ("pm_usBankAccount_processing", "processing", None),
    ] {
        let shop = Shop::open().await;
        let ada = shop.desk.customer("ada", "0").await;
        let needed = shop.needed(by(ada, method), "k").await;
        assert_eq!((needed.status, needed.declined.as_deref()), (status, declined), "{method}");
        assert_eq!(shop.credits(ada).await, "0", "{method}");
        let intent = needed.intent.unwrap();
        if status == "processing" {
            shop.fake.settle(&intent);
        } else {
            shop.fake.pay(&intent);
        }
        shop.deliver().await;
        assert_eq!(shop.credits(ada).await, "1000", "{method}");
    }
    let shop = Shop::open().await;
    let ada = shop.desk.customer("ada", "0").await;
    shop.buy(by(ada, "pm_card_visa"), "k").await.unwrap();
    shop.buy(by(ada, "pm_card_visa"), "k").await.unwrap();
    assert_eq!((shop.credits(ada).await.as_str(), shop.fake.all("charge").len()), ("1000", 1));
}

#[tokio::test]
async fn a_page_that_is_paid_on_brings_the_credits() {
    let shop = Shop::open().await;
    let ada = shop.desk.customer("ada", "0").await;
    let begun = shop.begin(on_a_page(ada), "k").await;
    let page = begun.checkout.clone().unwrap();
    assert!(begun.checkout_url.is_some());
    assert_eq!(shop.begin(on_a_page(ada), "k").await.checkout, begun.checkout);
    shop.fake.pay_page(&page);
    shop.deliver().await;
    assert_eq!(shop.credits(ada).await, "1000");
    assert_eq!(shop.begin(on_a_page(ada), "k").await.status, "succeeded");
}

#[tokio::test]
async fn a_refund_that_is_told_before_its_page_takes_its_credits() {
    let shop = Shop::open().await;
    let ada = shop.desk.customer("ada", "0").await;
    let page = shop.begin(on_a_page(ada), "k").await.checkout.unwrap();
    shop.fake.pay_page(&page);
    let intent = shop.fake.object(&page)["payment_intent"].as_str().unwrap().to_owned();
    shop.fake.refund(&intent, 4_750);
    let posts = shop.fake.events();
    let (of_page, of_payment): (Vec<_>, Vec<_>) =
        posts.iter().partition(|post| post.body.contains("checkout.session"));
    for posts in [of_payment, of_page] {
        assert!(!posts.is_empty());
        for post in posts {
            shop.receive(&post.signature, &post.body).await.unwrap();
        }
        shop.look().await;
    }
    assert_eq!(shop.credits(ada).await, "500");
}

#[tokio::test]
async fn a_payment_that_is_another_users_another_amount_unpaid_or_nobodys_buys_nothing() {
    let shop = Shop::open().await;
    let ada = shop.desk.customer("ada", "0").await;
    let bob = shop.desk.customer("bob", "0").await;
    let plain = PaymentRequest { purchase: request(ada), page: None };
    let intent = shop.begin(plain, "begin").await.intent.unwrap();
    let unpaid = shop.buy(naming(ada, &intent), "unpaid").await;
    assert!(matches!(unpaid, Err(Error::PaymentRequired(_))), "{unpaid:?}");
    shop.fake.pay(&intent);
    let mut more = naming(ada, &intent);
    more.ask.credits = amount("1001");
    for (word, other) in
        [("bob", naming(bob, &intent)), ("more", more), ("none", naming(ada, "pi_elsewhere"))]
    {
        let refused = shop.buy(other, word).await;
        assert_eq!(pointer(refused), "/stripe_payment_intent_id", "{word}");
    }
    assert_eq!((shop.credits(ada).await.as_str(), shop.credits(bob).await.as_str()), ("0", "0"));
    let bought = shop.buy(naming(ada, &intent), "right").await.unwrap();
    let twice = shop.buy(naming(ada, &intent), "twice").await.unwrap();
    assert_eq!(twice.value, bought.value, "one payment, one grant");
    assert_eq!(shop.credits(ada).await, "1000");
}

#[tokio::test]
async fn what_came_in_must_be_what_was_asked_for() {
    for (field, value) in [
        ("amount_received", serde_json::json!(9_499)),
        ("currency", serde_json::json!("eur")),
        ("customer", serde_json::json!("cus_other")),
        ("customer", serde_json::Value::Null),
    ] {
        let shop = Shop::open().await;
        let ada = shop.desk.customer("ada", "0").await;
        let intent = shop.needed(request(ada), "k").await.intent.unwrap();
        shop.fake.pay(&intent);
        shop.fake.tamper(&intent, field, value);
        shop.deliver().await;
        let refused = shop.buy(request(ada), "k").await;
        assert!(matches!(refused, Err(Error::PaymentCancelled)), "{field}: {refused:?}");
        assert_eq!(shop.credits(ada).await, "0", "{field}");
        // Its money goes back without us: it bought nothing that would go with it.
        shop.fake.refund(&intent, 9_500);
        shop.deliver().await;
        let intent = PaymentIntent::parse(&intent).unwrap();
        assert_eq!(shop.desk.app.sync_refunds(&intent).await.unwrap(), Synced::Unknown);
    }
}

#[tokio::test]
async fn what_is_not_paid_in_time_is_ended_there_first_and_then_here() {
    let shop = Shop::open().await;
    let ada = shop.desk.customer("ada", "0").await;
    let intent = shop.needed(request(ada), "k").await.intent.unwrap();
    let page = shop.begin(on_a_page(ada), "page").await.checkout.unwrap();
    shop.pass(HOUR - 1);
    shop.desk.app.finish_purchases(0).await.unwrap();
    assert_eq!(shop.fake.object(&intent)["status"], "requires_payment_method");
    shop.pass(1);
    shop.desk.app.finish_purchases(0).await.unwrap();
    assert_eq!(shop.fake.object(&intent)["status"], "canceled");
    assert_eq!(shop.fake.object(&page)["status"], "expired");
    let refused = shop.buy(request(ada), "k").await;
    assert!(matches!(refused, Err(Error::PaymentCancelled)), "{refused:?}");
    let new = shop.needed(request(ada), "another").await;
    assert_ne!(new.intent, Some(intent));
}

#[tokio::test]
async fn what_was_reserved_of_a_promotion_is_free_once_stripe_has_ended_the_payment() {
    let shop = Shop::open().await;
    let ada = shop.desk.customer("ada", "0").await;
    let bob = shop.desk.customer("bob", "0").await;
    let once = PromotionTerms { max_uses: Some(1), ..quarter_off(Some("ONE")) };
    make(&shop.desk, once).await;
    let with_code = |user| {
        let mut request = request(user);
        request.ask.promotion = PromotionCode::parse("ONE").ok();
        request
    };
    let needed = shop.needed(with_code(ada), "k").await;
    assert_eq!(needed.amount.count(), 7_125, "a quarter off of 95 dollars");
    let refused = shop.buy(with_code(bob), "k").await;
    assert!(matches!(refused, Err(Error::Promotion { .. })), "{refused:?}");
    shop.fake.cancel(&needed.intent.unwrap());
    shop.deliver().await;
    let intent = shop.needed(with_code(bob), "another").await.intent.unwrap();
    shop.fake.pay(&intent);
    shop.deliver().await;
    assert_eq!((shop.credits(ada).await.as_str(), shop.credits(bob).await.as_str()), ("0", "1000"));
}

#[tokio::test]
async fn a_payment_that_stripe_does_not_begin_is_over_and_keeps_no_use_of_a_promotion() {
    let shop = Shop::open().await;
    let ada = shop.desk.customer("ada", "0").await;
    let once = PromotionTerms { max_uses: Some(1), ..quarter_off(Some("ONE")) };
    make(&shop.desk, once).await;
    // The customer is there from now on.
    shop.needed(request(ada), "plain").await;
    let with_code = || {
        let mut request = request(ada);
        request.ask.promotion = PromotionCode::parse("ONE").ok();
        request
    };
    shop.fake.fail(1, 400);
    let refused = shop.buy(with_code(), "k").await;
    assert!(refused.is_err(), "{refused:?}");
    let again = shop.buy(with_code(), "k").await;
    assert!(matches!(again, Err(Error::PaymentCancelled)), "{again:?}");
    assert_eq!(shop.needed(with_code(), "another").await.amount.count(), 7_125);
}

#[tokio::test]
async fn events_of_long_ago_are_forgotten_some_at_a_time() {
    let shop = Shop::open().await;
    shop.desk.app.seed_recurring_jobs().await.unwrap();
    let ada = shop.desk.customer("ada", "0").await;
    shop.fake.pay(&shop.needed(request(ada), "k").await.intent.unwrap());
    shop.deliver().await;
    let count = async || {
        let kept = shop.desk.db.read::<_, store::Error, _>(|tx| {
            Box::pin(async move { tx.one(store::stripe_events::count()).await })
        });
        kept.await.unwrap()
    };
    assert!(count().await > 0);
    shop.pass(59 * 24 * HOUR);
    shop.look().await;
    assert!(count().await > 0);
    shop.pass(2 * 24 * HOUR);
    shop.look().await;
    assert_eq!(count().await, 0);
}

#[tokio::test]
async fn what_nobody_told_of_is_finished_by_a_job() {
    let shop = Shop::open().await;
    shop.desk.app.seed_recurring_jobs().await.unwrap();
    shop.look().await;
    let ada = shop.desk.customer("ada", "0").await;
    shop.fake.pay(&shop.needed(request(ada), "k").await.intent.unwrap());
    shop.pass(60);
    shop.look().await;
    assert_eq!(shop.credits(ada).await, "0", "there is time to pay still");
    shop.pass(HOUR);
    shop.look().await;
    assert_eq!(shop.credits(ada).await, "1000");
}

#[tokio::test]
async fn what_was_paid_in_the_last_moment_is_taken_not_ended() {
    let shop = Shop::open().await;
    let ada = shop.desk.customer("ada", "0").await;
    let intent = shop.needed(request(ada), "k").await.intent.unwrap();
    let slow = shop.needed(request(ada), "slow").await.intent.unwrap();
    shop.fake.pay_slowly(&slow);
    shop.fake.pay(&intent);
    shop.pass(HOUR);
    shop.desk.app.finish_purchases(0).await.unwrap();
    assert_eq!(shop.credits(ada).await, "1000");
    shop.pass(48 * HOUR);
    shop.fake.settle(&slow);
    shop.desk.app.finish_purchases(0).await.unwrap();
    assert_eq!(shop.credits(ada).await, "2000", "with no event at all");
}

#[tokio::test]
async fn a_stripe_that_is_away_changes_nothing_and_the_key_goes_on() {
    let shop = Shop::open().await;
    let ada = shop.desk.customer("ada", "0").await;
    shop.fake.fail(4, 503);
    assert!(shop.buy(by(ada, "pm_card_visa"), "k").await.is_err());
    shop.fake.lose_answers(3);
    shop.buy(by(ada, "pm_card_visa"), "k").await.unwrap();
    assert_eq!((shop.credits(ada).await.as_str(), shop.fake.all("charge").len()), ("1000", 1));
}

#[tokio::test]
async fn a_forged_event_is_refused_and_nothing_of_it_is_kept() {
    let shop = Shop::open().await;
    let ada = shop.desk.customer("ada", "0").await;
    let intent = shop.needed(request(ada), "k").await.intent.unwrap();
    shop.fake.pay(&intent);
    let posts = shop.fake.events();
    let post = posts.last().unwrap();
    let spaced = post.body.replace(':', ": ");
    let second = NOON.micros() / Time::SECOND;
    let stale = gateway::stripe::sign("whsec_fake", second - 301, post.body.as_bytes());
    let other = gateway::stripe::sign("whsec_other", second, post.body.as_bytes());
    for (signature, body) in [
        ("", post.body.as_str()),
        (&post.signature, &post.body[..post.body.len() - 1]),
        (&post.signature, &spaced),
        (&stale, &post.body),
        (&other, &post.body),
    ] {
        let refused = shop.receive(signature, body).await;
        assert!(matches!(refused, Err(Error::Signature)), "{refused:?}");
    }
    let live = post.body.replace(r#""livemode":false"#, r#""livemode":true"#);
    let signed = gateway::stripe::sign("whsec_fake", second, live.as_bytes());
    assert_eq!(pointer(shop.receive(&signed, &live).await), "/livemode");
    let kept = shop.desk.db.read::<_, store::Error, _>(|tx| {
        Box::pin(async move { tx.one(store::stripe_events::count()).await })
    });
    assert_eq!((kept.await.unwrap(), shop.credits(ada).await.as_str()), (0, "0"));
}
