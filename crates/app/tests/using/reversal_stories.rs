//! Stories of payments whose money went back in parts, told in order to one buyer
//! and shuffled, repeated and by many at once to another: both end alike.

use app::{Error, PurchaseAsk, PurchaseRequest, Synced, Whose};
use domain::{
    Cents, Currency, Description, PaymentIntent, ReversalKind, ReversalState, UserId, WalletId,
};
use futures::future::join_all;
use gateway::MoneyBack;

use crate::desk::{Desk, amount, plain, spend, text};

/// How many are told.
const STORIES: u64 = 60;

/// How often each piece of news comes at most.
const TIMES_MAX: u64 = 5;

/// Numbers that look random and are the same for the same seed.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: u64) -> u64 {
        // Knuth's multiplier for 64 bits.
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        (self.0 >> 33) % sides
    }

    fn shuffle<T>(&mut self, items: &mut [T]) {
        for place in (1..items.len()).rev() {
            let other = self.roll(u64::try_from(place).unwrap() + 1);
            items.swap(place, usize::try_from(other).unwrap());
        }
    }
}

/// What a provider says of up to three refunds and chargebacks, in order.
fn told(dice: &mut Dice) -> Vec<(u64, ReversalKind, ReversalState, i64)> {
    use ReversalKind::{Chargeback, Refund};
    use ReversalState::{Kept, Opened, Returned};
    let mut news = Vec::new();
    for id in 0..=dice.roll(3) {
        let cents = 1 + i64::try_from(dice.roll(3_000)).unwrap();
        let (kind, states): (_, &[ReversalState]) = match dice.roll(6) {
            0 => (Refund, &[Returned]),
            1 => (Refund, &[Returned, Kept]),
            2 => (Chargeback, &[Opened]),
            3 => (Chargeback, &[Opened, Returned]),
            4 => (Chargeback, &[Opened, Kept]),
            _ => (Chargeback, &[Opened, Returned, Kept]),
        };
        news.extend(states.iter().map(|state| (id, kind, *state, cents)));
    }
    news
}

struct Buyer {
    user: UserId,
    wallet: WalletId,
    intent: PaymentIntent,
}

impl Buyer {
    /// Somebody who paid 95 dollars for 1 000 credits and spent some.
    async fn new(desk: &Desk, name: &str, spent: u64) -> Self {
        let user = desk.customer(name, "0").await;
        let intent = PaymentIntent::parse(&format!("pi_{name}")).unwrap();
        let ask =
            PurchaseAsk { whose: Whose::User(user), credits: amount("1000"), promotion: None };
        let request = PurchaseRequest {
            ask,
            description: Description::parse("More").unwrap(),
            intent: Some(intent.clone()),
            method: None,
            quote: None,
        };
        desk.app.purchase(&app::Caller::SYSTEM, None, request).await.unwrap();
        if spent > 0 {
            let charge = plain(&spent.to_string());
            desk.app.spend(&app::Caller::SYSTEM, None, spend(user, charge)).await.unwrap();
        }
        let known = desk.app.get_user(&app::Caller::SYSTEM, app::UserKey::Id(user)).await;
        Self { user, wallet: known.unwrap().wallet.unwrap(), intent }
    }

    fn said(&self, news: (u64, ReversalKind, ReversalState, i64)) -> MoneyBack {
        let (id, kind, state, cents) = news;
        let id = text(&format!("mb_{}_{id}", self.user));
        let (amount, currency) = (Cents::from_count(cents), Currency::USD);
        MoneyBack { id, reference: None, kind, state, amount, currency }
    }

    /// Hears it, and hears it again where others were at it.
    async fn hear(&self, desk: &Desk, news: (u64, ReversalKind, ReversalState, i64)) {
        for _ in 0..100 {
            match desk.app.hear_of_money(&self.intent, vec![self.said(news)]).await {
                Ok(synced) => return assert_eq!(synced, Synced::Done),
                Err(Error::Submit(_)) => {}
                Err(other) => panic!("{other:?}"),
            }
        }
        panic!("it is never heard");
    }

    /// Posted, frozen and owed.
    async fn figures(&self, desk: &Desk) -> [String; 3] {
        let balances = desk.app.ledger().wallet(self.wallet).await.unwrap().wallet.balances;
        [balances.posted, balances.frozen, balances.debt].map(|it| it.to_string())
    }
}

#[tokio::test]
async fn stories_shuffled_repeated_and_told_by_many_at_once_end_as_in_order() {
    let desk = Desk::open().await;
    for seed in 1..=STORIES {
        let mut dice = Dice(seed);
        let spent = dice.roll(1_001);
        let news = told(&mut dice);
        let ada = Buyer::new(&desk, &format!("ada{seed}"), spent).await;
        for one in &news {
            ada.hear(&desk, *one).await;
        }
        let bob = Buyer::new(&desk, &format!("bob{seed}"), spent).await;
        let mut often = Vec::new();
        for one in &news {
            often.extend((0..=dice.roll(TIMES_MAX)).map(|_| *one));
        }
        dice.shuffle(&mut often);
        for eight in often.chunks(8) {
            join_all(eight.iter().map(|one| bob.hear(&desk, *one))).await;
        }
        let (in_order, shuffled) = (ada.figures(&desk).await, bob.figures(&desk).await);
        assert_eq!(shuffled, in_order, "seed {seed}: {spent} spent, {news:?}");
    }
    assert_eq!(desk.app.finish_reversals(0).await.unwrap(), 0, "nothing is left");
}
