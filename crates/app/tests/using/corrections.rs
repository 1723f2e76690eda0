//! Corrections: who makes them, and what is left of them.

use app::{Caller, CorrectionRequest, Error, UserKey};
use domain::{Reason, Refusal, Role, Source, UserId};
use ledger::command::{Clawback, Grant, Shortfall, Spend};
use ledger::{Actor, Command, Order, Usage};

use crate::desk::{Desk, amount, person, program};

fn correction(user: UserId, credits: &str) -> CorrectionRequest {
    let reason = Reason::parse("for a test").unwrap();
    CorrectionRequest { user, amount: amount(credits), reason, admin_notes: None }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn finance_and_admins_correct_and_nobody_else_does() {
    let desk = Desk::open().await;
    let (ada, staff) = (desk.customer("ada", "100").await, desk.customer("staff", "0").await);
    for (caller, adds, removes) in [
        (person(staff, Role::Customer), false, false),
        (person(staff, Role::Support), false, false),
        (person(staff, Role::Finance), true, true),
        (person(staff, Role::Admin), true, true),
        (person(ada, Role::Customer), false, false),
        (program("reader", "credits:read"), false, false),
        (program("spender", "credits:spend"), false, false),
        (program("giver", "credits:grant"), true, false),
        (program("ops", "admin"), true, true),
        (Caller::SYSTEM, true, true),
    ] {
        for user in [ada, UserId::from_number(4_711)] {
            let added = desk.app.add_credits(&caller, None, correction(user, "1")).await;
            let removed = desk.app.remove_credits(&caller, None, correction(user, "1")).await;
            let forbidden = |done: Result<_, Error>| matches!(done, Err(Error::Forbidden));
            assert_eq!(forbidden(added), !adds, "{caller:?} of {user}");
            assert_eq!(forbidden(removed), !removes, "{caller:?} of {user}");
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn added_credits_pay_what_is_owed_before_they_are_a_balance() {
    let desk = Desk::open().await;
    let ada = desk.customer("ada", "0").await;
    let wallet = desk.app.get_user(&Caller::SYSTEM, UserKey::Id(ada)).await.unwrap().wallet;
    let wallet = wallet.unwrap();
    let bought = Grant::plain(wallet, amount("10"), Source::Purchase);
    let bought = desk.app.ledger().submit(Order::bare(Actor::System, Command::Grant(bought)));
    let grant = bought.await.unwrap().record.grants[0].id;
    let spend = Spend { wallet, amount: amount("4"), usage: Usage::default() };
    let shortfall = Shortfall::Owe;
    let back = Clawback { wallet, grant, refunded_total: 100, paid: 100, shortfall };
    for command in [Command::Spend(spend), Command::Clawback(back)] {
        desk.app.ledger().submit(Order::bare(Actor::System, command)).await.unwrap();
    }
    for (credits, new_balance) in [("3", "0"), ("5", "4")] {
        let added = desk.app.add_credits(&Caller::SYSTEM, None, correction(ada, credits)).await;
        assert_eq!(added.unwrap().value.new_balance, amount(new_balance));
        let now = desk.app.ledger().wallet(wallet).await.unwrap().wallet.balances;
        assert_eq!(now.posted, amount(new_balance), "4 are owed");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_more_is_removed_than_there_is() {
    let desk = Desk::open().await;
    let ada = desk.customer("ada", "5").await;
    let removed = desk.app.remove_credits(&Caller::SYSTEM, None, correction(ada, "6")).await;
    let Err(Error::Submit(app::ledger::SubmitError::Refused { refusal, .. })) = removed else {
        panic!("{removed:?}");
    };
    let (required, available) = (amount("6"), amount("5"));
    assert_eq!(refusal, Refusal::Insufficient { required, available, held: amount("0") });
}
