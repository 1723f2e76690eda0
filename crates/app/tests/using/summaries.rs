//! Summaries: who may look, and that a read shows what was done before it.

use app::{Caller, Error, Page, StandingFilter, Whose};
use domain::{Role, UserId};

use crate::desk::{Desk, amount, person, plain, program, spend};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_summary_has_every_spend_that_was_answered_before_it() {
    let desk = Desk::open().await;
    let user = desk.customer("ada", "1000").await;
    for spent in 1..=50_i32 {
        let one = desk.app.spend(&Caller::SYSTEM, None, spend(user, plain("2"))).await;
        one.unwrap();
        let summary = desk.app.summary(&Caller::SYSTEM, Whose::User(user)).await.unwrap();
        assert_eq!(summary.month.spent, i128::from(spent) * 2_000_000);
        assert_eq!(summary.month.transactions, i64::from(spent) + 1);
        let left = amount("1000").micros() - i64::from(spent) * 2_000_000;
        assert_eq!(summary.balance.micros(), left);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_customer_sees_their_own_and_whoever_works_here_everyones() {
    let desk = Desk::open().await;
    let (ada, bob) = (desk.customer("ada", "1").await, desk.customer("bob", "0").await);
    let refused = |error| matches!(error, Error::Forbidden);
    let customer = person(ada, Role::Customer);
    assert_eq!(desk.app.summary(&customer, Whose::Caller).await.unwrap().user, ada);
    assert!(desk.app.summary(&customer, Whose::User(bob)).await.is_err_and(refused));
    for role in Role::ALL {
        let caller = person(ada, role);
        let system = desk.app.system_summary(&caller).await;
        let list = desk.app.list_standings(&caller, StandingFilter::default(), Page::FIRST).await;
        if role == Role::Customer {
            assert!(system.is_err_and(refused) && list.is_err_and(refused));
        } else {
            assert_eq!((system.unwrap().users, list.unwrap().total), (2, 2), "{role:?}");
            let summary = desk.app.summary(&caller, Whose::User(bob)).await.unwrap();
            assert_eq!(summary.user, bob);
            let nobody = Whose::User(UserId::from_number(99));
            let missing = desk.app.summary(&caller, nobody).await;
            assert!(matches!(missing, Err(Error::NotFound)), "{role:?}");
        }
    }
    let reader = program("reader", "credits:read");
    assert!(desk.app.system_summary(&reader).await.is_err_and(refused));
    assert!(desk.app.summary(&reader, Whose::User(bob)).await.is_ok());
}
