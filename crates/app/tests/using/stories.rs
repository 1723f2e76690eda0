//! Payment stories: whatever becomes of payments and of their money, and however
//! the news of it comes (late, shuffled, up to five times, by eight at once, to a
//! server that stops half-way), the end is the one of news in order.
//! CREDITS_SOAK_STORIES says how many are told: each plot twice or so, or 500 in a soak.

use std::collections::BTreeMap;
use std::sync::Arc;

use app::jobs::{Company, Scheduler, Settings};
use app::ledger::TimeSource;
use app::{
    Caller, Error, PageUrls, PaymentRequest, PurchaseAsk, PurchaseRequest, RefundOf, RefundRequest,
    Whose,
};
use domain::{Cents, Description, MissingCredits, PaymentIntent, PaymentMethod, Reason, UserId};
use futures::future::{join, join_all};
use testkit::stripe::{Post, Shaken};

use crate::cut::Cut;
use crate::desk::{Desk, Hands, amount, key, plain, spend};
use crate::payments::Shop;
use crate::plots::{ALL, Act, Plot};

/// How many are told. Each is a customer's.
const STORIES: usize = 60;

/// How many deliver at once.
const HANDS: usize = 8;

const HOUR: i64 = 3_600;

/// Told in order, or as the world tells it.
#[derive(Clone, Copy, Debug)]
enum News {
    InOrder,
    Shaken(Shaken),
}

/// A customer, and what their payment and its parts are called.
struct Tale {
    user: UserId,
    plot: &'static Plot,
    intent: Option<String>,
    page: Option<String>,
    refund: Option<String>,
    dispute: Option<String>,
}

impl Tale {
    fn intent(&self, shop: &Shop) -> String {
        let of_page = || {
            let page = shop.fake.object(self.page.as_deref().expect("a page"));
            page["payment_intent"].as_str().expect("it was paid on").to_owned()
        };
        self.intent.clone().unwrap_or_else(of_page)
    }
}

struct World {
    shop: Shop,
    tales: Vec<Tale>,
    /// Told, and not come yet.
    late: Vec<Post>,
}

impl World {
    async fn open(stories: usize) -> Self {
        let shop = Shop::open().await;
        let mut tales = Vec::new();
        for number in 0..stories {
            let user = shop.desk.customer(&format!("u{number}"), "0").await;
            let plot = &ALL[number % ALL.len()];
            let tale = Tale { user, plot, intent: None, page: None, refund: None, dispute: None };
            tales.push(tale);
        }
        Self { shop, tales, late: Vec::new() }
    }

    /// Every story, and its news; what each customer has in the end.
    async fn play(mut self, news: News) -> BTreeMap<i64, (&'static str, [String; 3])> {
        let rounds = ALL.iter().map(|plot| plot.acts.len()).max().unwrap_or_default();
        for round in 0..rounds {
            for tale in &mut self.tales {
                if let Some(act) = tale.plot.acts.get(round) {
                    perform(&self.shop, tale, *act).await;
                }
            }
            match news {
                News::InOrder => {
                    self.shop.deliver().await;
                }
                News::Shaken(how) => {
                    let round_seed = 100 * u64::try_from(round).unwrap();
                    let how = Shaken { seed: how.seed + round_seed, ..how };
                    self.deliver_shaken(how, rounds - round - 1).await;
                }
            }
        }
        self.calm_down().await;
        if let News::Shaken(Shaken { lost_of: 1.., .. }) = news {
            let compared = self.shop.desk.app.reconcile_stripe().await.unwrap();
            assert!(compared.of.healed > 0, "some news was lost");
            assert_eq!(compared.findings, [], "every cent has its record");
            self.calm_down().await;
        }
        let (charges, paid) = (self.shop.fake.all("charge").len(), self.paid());
        assert_eq!(charges, paid, "nobody pays twice");
        let mut end = BTreeMap::new();
        for tale in &self.tales {
            end.insert(tale.user.number(), (tale.plot.name, self.figures(tale.user).await));
        }
        end
    }

    fn paid(&self) -> usize {
        self.tales.iter().filter(|tale| tale.plot.is_paid).count()
    }

    /// What came by now comes shuffled and often, half of it only in a later round,
    /// while the server that looks at it stops now and then.
    async fn deliver_shaken(&mut self, how: Shaken, rounds_left: usize) {
        self.late.extend(self.shop.fake.shaken(how));
        let kept = if rounds_left == 0 { 0 } else { self.late.len() / 2 };
        let posts = self.late.split_off(kept);
        let shop = &self.shop;
        let hands = (0..HANDS).map(|hand| {
            let mine: Vec<_> = posts.iter().skip(hand).step_by(HANDS).collect();
            async move {
                for (count, post) in mine.into_iter().enumerate() {
                    if count % 7 == 3 {
                        // The server stops half-way; Stripe posts it again.
                        Cut::after(count / 7 % 40, deliver(shop, post)).await;
                    }
                    deliver(shop, post).await;
                    if count % 5 == 2 {
                        // Somebody asks for it meanwhile, and goes away.
                        Cut::after(count / 5 % 60, ask(shop, post)).await;
                    }
                }
            }
        });
        let looks = async {
            for polls in (0..60).map(|count| count * 3) {
                Cut::after(polls, async { shop.desk.app.run_due_jobs().await.map(drop) }).await;
            }
        };
        join(join_all(hands), looks).await;
    }

    /// Time passes until there is nothing more to do: what was not begun in time is
    /// ended too.
    async fn calm_down(&self) {
        let app = &self.shop.desk.app;
        take_over(&self.shop.desk).await;
        for _ in 0..100 {
            self.shop.pass(HOUR);
            app.finish_purchases(0).await.unwrap();
            app.finish_reversals(0).await.unwrap();
            if app.run_due_jobs().await.unwrap().runs == 0 {
                return;
            }
        }
        panic!("there is always more to do");
    }

    /// Posted, frozen and owed.
    async fn figures(&self, user: UserId) -> [String; 3] {
        let app = &self.shop.desk.app;
        let user = app.get_user(&Caller::SYSTEM, app::UserKey::Id(user)).await.unwrap();
        let balances = app.ledger().wallet(user.wallet.unwrap()).await.unwrap().wallet.balances;
        [balances.posted, balances.frozen, balances.debt].map(|it| it.to_string())
    }
}

/// Another server takes over what those that stopped were in the middle of.
pub(crate) async fn take_over(desk: &Desk) {
    let time: Arc<dyn TimeSource> = Arc::<Hands>::clone(&desk.hands);
    let settings = Settings {
        db: desk.db.clone(),
        time,
        runner: desk.app.clone(),
        worker: desk.app.entropy().bytes(),
        company: Company::None,
    };
    Scheduler::new(settings).look_after_others().await.unwrap();
}

/// Stripe posts an event until it is taken.
async fn deliver(shop: &Shop, post: &Post) {
    for _ in 0..100 {
        match shop.receive(&post.signature, &post.body).await {
            Ok(()) => return,
            Err(Error::Submit(_)) => {}
            Err(error) => panic!("{error:?}"),
        }
    }
    panic!("it is never taken");
}

/// Somebody has the payment of an event looked at, event or not.
async fn ask(shop: &Shop, post: &Post) -> Result<(), Error> {
    let event: serde_json::Value = serde_json::from_str(&post.body).unwrap();
    let object = &event["data"]["object"];
    let named = object["payment_intent"].as_str().or_else(|| object["id"].as_str());
    let Some(intent) = named.and_then(|id| PaymentIntent::parse(id).ok()) else { return Ok(()) };
    shop.desk.app.settle_payment(&intent).await?;
    shop.desk.app.sync_refunds(&intent).await.map(drop)
}

async fn perform(shop: &Shop, tale: &mut Tale, act: Act) {
    match act {
        Act::Buy(method) => tale.intent = Some(buy(shop, tale.user, method).await),
        Act::BuyOnAPage => tale.page = Some(buy_on_a_page(shop, tale.user).await),
        Act::Spend(credits) => {
            let spend = spend(tale.user, plain(credits));
            shop.desk.app.spend(&Caller::SYSTEM, None, spend).await.unwrap();
        }
        Act::Pay => shop.fake.pay(&tale.intent(shop)),
        Act::PaySlowly => shop.fake.pay_slowly(&tale.intent(shop)),
        Act::Settle => shop.fake.settle(&tale.intent(shop)),
        Act::Bounce => shop.fake.bounce(&tale.intent(shop)),
        Act::Decline => shop.fake.decline(&tale.intent(shop)),
        Act::Cancel => shop.fake.cancel(&tale.intent(shop)),
        Act::PayPage => shop.fake.pay_page(tale.page.as_deref().unwrap()),
        Act::PayPageSlowly => shop.fake.pay_page_slowly(tale.page.as_deref().unwrap()),
        Act::DeclinePage => shop.fake.decline_page(tale.page.as_deref().unwrap()),
        Act::Refund(cents) => {
            tale.refund = Some(shop.fake.refund(&tale.intent(shop), cents));
        }
        Act::RefundByStaff(cents) => refund_by_staff(shop, &tale.intent(shop), cents).await,
        Act::FailRefund => shop.fake.fail_refund(tale.refund.as_deref().unwrap()),
        Act::Dispute => tale.dispute = Some(shop.fake.dispute(&tale.intent(shop))),
        Act::Win => shop.fake.win(tale.dispute.as_deref().unwrap()),
        Act::Lose => shop.fake.lose(tale.dispute.as_deref().unwrap()),
    }
}

async fn buy(shop: &Shop, user: UserId, method: Option<&str>) -> String {
    let request = request(user, method);
    let word = format!("story-{user}");
    match shop.desk.app.purchase(&Caller::SYSTEM, Some(key(&word)), request).await {
        Ok(bought) => bought.value.payment_intent.unwrap(),
        Err(Error::PaymentRequired(needed)) => needed.intent.unwrap(),
        Err(error) => panic!("{user}: {error}"),
    }
}

async fn buy_on_a_page(shop: &Shop, user: UserId) -> String {
    let (success_url, cancel_url) = ("https://a.example/yes".into(), "https://a.example/no".into());
    let page = Some(PageUrls { success_url, cancel_url });
    let request = PaymentRequest { purchase: request(user, None), page };
    let begun = shop.desk.app.begin_payment(&Caller::SYSTEM, None, request).await.unwrap();
    begun.checkout.unwrap()
}

async fn refund_by_staff(shop: &Shop, intent: &str, cents: i64) {
    let request = RefundRequest {
        of: RefundOf::Payment(PaymentIntent::parse(intent).unwrap()),
        amount: Some(Cents::from_count(cents)),
        missing: MissingCredits::Forgiven,
        reason: Reason::parse("Asked for").unwrap(),
        admin_notes: None,
    };
    shop.desk.app.refund(&Caller::SYSTEM, None, request).await.unwrap();
}

fn request(user: UserId, method: Option<&str>) -> PurchaseRequest {
    PurchaseRequest {
        ask: PurchaseAsk { whose: Whose::User(user), credits: amount("100"), promotion: None },
        description: Description::parse("A story").unwrap(),
        intent: None,
        method: method.map(|method| PaymentMethod::parse(method).unwrap()),
        quote: None,
    }
}

#[tokio::test]
async fn soak_however_the_news_comes_the_end_is_the_same() {
    let stories = stories();
    let in_order = World::open(stories).await.play(News::InOrder).await;
    for (user, (name, figures)) in &in_order {
        let plot = ALL.iter().find(|plot| plot.name == *name).unwrap();
        assert_eq!(figures, &plot.end, "{name} of {user}");
    }
    for (seed, lost_of) in [(1, 0), (2, 0), (3, 4)] {
        let how = Shaken { seed, copies_max: 5, lost_of };
        let shaken = World::open(stories).await.play(News::Shaken(how)).await;
        assert_eq!(shaken, in_order, "seed {seed}");
    }
}

/// How many stories are told.
#[expect(clippy::disallowed_methods, reason = "the environment is the tests' configuration")]
fn stories() -> usize {
    let said = std::env::var("CREDITS_SOAK_STORIES").ok();
    said.map_or(STORIES, |said| said.parse().expect("CREDITS_SOAK_STORIES is a number"))
}
