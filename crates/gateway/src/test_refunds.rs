//! Refunds and chargebacks of the gateway of test books. It keeps nothing: what
//! happens to a payment's money is said by the words its intent begins with
//! behind `pi_test_`, and by how long ago it was paid.
//!
//! | Words | What happens |
//! |---|---|
//! | `refund_declined` | refunds are declined |
//! | `refund_fails` | a refund is made, and has failed a day after the payment |
//! | `refunded` | all of it is refunded elsewhere |
//! | `disputed` | a chargeback of all of it is opened, and stays open |
//! | `dispute_won` | it is opened, and won a day after the payment |
//! | `dispute_lost` | it is opened, and lost a day after the payment |

use domain::{ReversalKind, ReversalState, Text, Time};

use crate::hex::hex;
use crate::refunds::{KnownPayment, MoneyBack, RefundError, RefundOrder};
use crate::test_gateway::TestGateway;

/// How long what is not decided at once takes.
const DAY_US: i64 = 24 * 60 * 60 * Time::SECOND;

impl TestGateway {
    pub(crate) fn refund(order: &RefundOrder) -> Result<MoneyBack, RefundError> {
        if says(order.intent.as_str(), "refund_declined") {
            return Err(RefundError::Declined { reason: "a test payment that says so".into() });
        }
        Ok(MoneyBack {
            id: name("re", &hex(&order.reference))?,
            reference: Some(order.reference),
            kind: ReversalKind::Refund,
            state: ReversalState::Returned,
            amount: order.amount,
            currency: order.currency,
        })
    }

    pub(crate) fn money_back(of: &KnownPayment) -> Result<Vec<MoneyBack>, RefundError> {
        let intent = of.intent.as_str();
        let is_decided = of.age_us >= DAY_US;
        let mut all = of.refunds.clone();
        if says(intent, "refund_fails") && is_decided {
            for refund in &mut all {
                refund.state = ReversalState::Kept;
            }
        }
        let after_a_day = |state| if is_decided { state } else { ReversalState::Opened };
        let elsewhere = [
            ("refunded", "re", ReversalKind::Refund, ReversalState::Returned),
            ("disputed", "dp", ReversalKind::Chargeback, ReversalState::Opened),
            ("dispute_won", "dp", ReversalKind::Chargeback, after_a_day(ReversalState::Kept)),
            ("dispute_lost", "dp", ReversalKind::Chargeback, after_a_day(ReversalState::Returned)),
        ];
        for (_, prefix, kind, state) in elsewhere.into_iter().filter(|it| says(intent, it.0)) {
            let id = name(prefix, intent.trim_start_matches("pi_test_"))?;
            let (amount, currency) = (of.amount, of.currency);
            all.push(MoneyBack { id, reference: None, kind, state, amount, currency });
        }
        Ok(all)
    }
}

/// Whether an intent begins with those words: `pi_test_refunded_7` with `refunded`.
fn says(intent: &str, words: &str) -> bool {
    let rest = intent.strip_prefix("pi_test_").and_then(|rest| rest.strip_prefix(words));
    rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('_'))
}

fn name(prefix: &str, rest: &str) -> Result<Text, RefundError> {
    let named = Text::parse(&format!("{prefix}_test_{rest}"));
    named.map_err(|error| RefundError::Unavailable { reason: error.to_string() })
}

#[cfg(test)]
mod tests {
    use domain::{Cents, Currency, PaymentIntent};

    use super::*;
    use crate::payments::Payments;

    fn order(intent: &str) -> RefundOrder {
        RefundOrder {
            reference: [7; 16],
            intent: PaymentIntent::parse(intent).unwrap(),
            amount: Cents::from_count(500),
            currency: Currency::USD,
        }
    }

    fn known(intent: &str, age_us: i64, refunds: Vec<MoneyBack>) -> KnownPayment {
        let intent = PaymentIntent::parse(intent).unwrap();
        let (amount, currency) = (Cents::from_count(1_000), Currency::USD);
        KnownPayment { intent, amount, currency, age_us, refunds }
    }

    async fn heard(intent: &str, age_us: i64) -> Vec<(ReversalKind, ReversalState, i64)> {
        let gateway = Payments::Test(TestGateway);
        let all = gateway.money_back(&known(intent, age_us, Vec::new())).await.unwrap();
        all.into_iter().map(|it| (it.kind, it.state, it.amount.count())).collect()
    }

    #[tokio::test]
    async fn a_refund_is_the_same_whenever_it_is_asked_for() {
        let gateway = Payments::Test(TestGateway);
        let refund = gateway.refund(&order("pi_1")).await.unwrap();
        assert_eq!(refund.id.as_str(), "re_test_07070707070707070707070707070707");
        assert_eq!((refund.amount.count(), refund.state), (500, ReversalState::Returned));
        assert_eq!(gateway.refund(&order("pi_1")).await, Ok(refund));
        let declined = gateway.refund(&order("pi_test_refund_declined_7")).await;
        assert!(matches!(declined, Err(RefundError::Declined { .. })));
        assert_eq!(Payments::None.refund(&order("pi_1")).await, Err(RefundError::NotSetUp));
    }

    #[tokio::test]
    async fn the_words_of_an_intent_say_what_happens_to_its_money() {
        use ReversalKind::{Chargeback, Refund};
        use ReversalState::{Kept, Opened, Returned};
        for (intent, at_once, a_day_later) in [
            ("pi_1", vec![], vec![]),
            ("pi_test_refundedly", vec![], vec![]),
            ("pi_test_refunded", vec![(Refund, Returned)], vec![(Refund, Returned)]),
            ("pi_test_disputed_1", vec![(Chargeback, Opened)], vec![(Chargeback, Opened)]),
            ("pi_test_dispute_won_1", vec![(Chargeback, Opened)], vec![(Chargeback, Kept)]),
            ("pi_test_dispute_lost_1", vec![(Chargeback, Opened)], vec![(Chargeback, Returned)]),
        ] {
            for (age, expected) in [(DAY_US - 1, at_once), (DAY_US, a_day_later)] {
                let expected: Vec<_> =
                    expected.into_iter().map(|(kind, state)| (kind, state, 1_000)).collect();
                assert_eq!(heard(intent, age).await, expected, "{intent}");
            }
        }
    }

    #[tokio::test]
    async fn a_refund_that_was_made_may_fail_a_day_later() {
        let gateway = Payments::Test(TestGateway);
        let made = gateway.refund(&order("pi_test_refund_fails")).await.unwrap();
        for (age, state) in [(0, ReversalState::Returned), (DAY_US, ReversalState::Kept)] {
            let of = known("pi_test_refund_fails", age, vec![made.clone()]);
            let heard = gateway.money_back(&of).await.unwrap();
            assert_eq!(heard, [MoneyBack { state, ..made.clone() }]);
        }
    }
}
