//! Subscriptions: each period once, from the anchor's day, whoever comes and
//! wherever a server stops.

mod money;
mod races;
mod rules;
mod stories;

use app::mails::MailFilter;
use app::{
    Answer, Caller, ChangeRequest, Error, PackagePatch, Page, SubscribeRequest, SubscriptionView,
    Turn, TurnRequest, Whose,
};
use domain::{Credits, PackageId, PaymentMethod, SubscriptionId, Time, UserId, instant};

use crate::desk::{Desk, key, plain, spend};

const STARTER: PackageId = PackageId::from_number(1);
const PROFESSIONAL: PackageId = PackageId::from_number(2);
const ENTERPRISE: PackageId = PackageId::from_number(3);

fn asked(user: UserId, package: PackageId, method: Option<&str>) -> SubscribeRequest {
    let payment_method = method.map(|word| PaymentMethod::parse(word).unwrap());
    SubscribeRequest { whose: Whose::User(user), package, payment_method }
}

async fn subscribe(
    desk: &Desk,
    user: UserId,
    package: PackageId,
    method: Option<&str>,
) -> SubscriptionView {
    let word = format!("subscribe {user}");
    let request = asked(user, package, method);
    desk.app.subscribe(&Caller::SYSTEM, key_of(&word), request).await.unwrap().value
}

fn key_of(word: &str) -> domain::IdempotencyKey {
    key(&word.replace(' ', "_"))
}

/// Changes what Starter gives whoever subscribes from now on.
async fn edit(desk: &Desk, patch: PackagePatch) {
    desk.app.update_package(&Caller::SYSTEM, None, STARTER, patch).await.unwrap();
}

async fn turn(
    desk: &Desk,
    user: UserId,
    turn: Turn,
    word: &str,
) -> Result<SubscriptionView, Error> {
    let request = TurnRequest { whose: Whose::User(user), turn };
    let turned = desk.app.turn_subscription(&Caller::SYSTEM, key_of(word), request).await;
    turned.map(|answer| answer.value)
}

async fn change(
    desk: &Desk,
    user: UserId,
    package: PackageId,
    word: &str,
) -> Result<Answer<SubscriptionView>, Error> {
    let request = ChangeRequest { whose: Whose::User(user), package };
    desk.app.change_subscription(&Caller::SYSTEM, key_of(word), request).await
}

/// The clock goes there, and everything that is due is done.
async fn pass_to(desk: &Desk, text: &str) {
    let at = instant::parse(text).unwrap();
    desk.app.ledger().advance_clock(at);
    run(desk).await;
}

async fn run(desk: &Desk) {
    let drained = desk.app.run_due_jobs().await.unwrap();
    assert_eq!(drained.errors, Vec::<String>::new());
}

async fn current(desk: &Desk, user: UserId) -> SubscriptionView {
    desk.app.current_subscription(&Caller::SYSTEM, Whose::User(user)).await.unwrap()
}

async fn wallet(desk: &Desk, user: UserId) -> std::sync::Arc<ledger::Wallet> {
    let user = desk.app.get_user(&Caller::SYSTEM, app::UserKey::Id(user)).await.unwrap();
    desk.app.ledger().wallet(user.wallet.unwrap()).await.unwrap().wallet
}

async fn posted(desk: &Desk, user: UserId) -> String {
    wallet(desk, user).await.balances.posted.to_string()
}

async fn use_up(desk: &Desk, user: UserId, credits: &str) {
    desk.app.spend(&Caller::SYSTEM, None, spend(user, plain(credits))).await.unwrap();
}

/// What was billed for and given, oldest first, a line each.
async fn periods(desk: &Desk, id: SubscriptionId) -> String {
    let mut lines = Vec::new();
    for number in 1.. {
        let page = Page::new(Some(number), Some(100)).unwrap();
        let listed = desk.app.list_subscription_periods(&Caller::SYSTEM, id, page).await.unwrap();
        for one in &listed.items {
            let rollover = match one.rollover {
                Credits::ZERO => String::new(),
                rollover => format!(" + {rollover}"),
            };
            lines.push(format!(
                "{} {} .. {} ${} for {}{rollover}: {}{}",
                one.kind,
                instant::format(one.starts_at),
                instant::format(one.ends_at),
                one.price.to_price(),
                one.credits,
                one.state,
                if one.failures > 0 { format!(", {} failed", one.failures) } else { String::new() },
            ));
        }
        if listed.items.len() < 100 {
            break;
        }
    }
    lines.reverse();
    lines.join("\n")
}

/// What somebody was written, oldest first, a line each.
async fn mails(desk: &Desk, user: UserId) -> String {
    let filter = MailFilter { user: Some(user), kind: None };
    let page = Page::new(None, Some(100)).unwrap();
    let listed = desk.app.list_mails(&Caller::SYSTEM, filter, page).await.unwrap();
    let lines = listed.items.iter().rev().map(|mail| {
        let data: serde_json::Value = serde_json::from_str(&mail.data).unwrap();
        let at = Time::from_micros(data["at"].as_i64().unwrap());
        let (cents, credits) =
            (&data["cents"], Credits::from_micros(data["credits"].as_i64().unwrap()));
        format!(
            "{} {}: {} {cents} ct {credits} cr, {}",
            instant::format(mail.created_at),
            mail.kind,
            data["package"].as_str().unwrap(),
            instant::format(at),
        )
    });
    lines.collect::<Vec<_>>().join("\n")
}

async fn subscribe_anew(desk: &Desk, user: UserId) -> SubscriptionView {
    let request = asked(user, STARTER, None);
    desk.app.subscribe(&Caller::SYSTEM, key("anew"), request).await.unwrap().value
}
