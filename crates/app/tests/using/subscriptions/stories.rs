//! What happens to one subscription over months, to the micro-credit and the cent.

use std::fmt::Write as _;

use app::{Caller, Error, PackagePatch, Turn, Whose};
use domain::{PackageId, Reason, SubscriptionId, SubscriptionStatus, Trial, UserId, instant};

use super::{
    PROFESSIONAL, STARTER, change, current, edit, mails, pass_to, periods, posted, subscribe,
    subscribe_anew, turn, use_up,
};
use crate::desk::{Desk, amount};

/// A story, a line a chapter.
struct Story<'d> {
    desk: &'d Desk,
    user: UserId,
    text: String,
}

impl Story<'_> {
    /// What is so then.
    async fn tell(&mut self, what: &str) {
        let view = current(self.desk, self.user).await;
        let line = format!(
            "{what}: {} {}{}, period {} until {}, used {} of {}, {} in all",
            view.package.name,
            view.status.as_str(),
            view.then.map_or(String::new(), |then| format!(" then {}", then.as_str())),
            view.period.number,
            instant::format(view.period.ends_at),
            view.figures.used,
            view.package.terms.credit_amount,
            posted(self.desk, self.user).await,
        );
        writeln!(self.text, "{line}").unwrap();
    }

    /// The clock goes there; what is so then.
    async fn pass(&mut self, to: &str, what: &str) {
        pass_to(self.desk, &format!("{to}T12:00:00Z")).await;
        self.tell(what).await;
    }

    async fn change(&mut self, package: PackageId, what: &str) {
        change(self.desk, self.user, package, what).await.unwrap();
        self.tell(what).await;
    }

    async fn turn(&mut self, asked: Turn, what: &str) {
        turn(self.desk, self.user, asked, what).await.unwrap();
        self.tell(what).await;
    }

    /// What was billed and given, and what they were written.
    async fn end(&mut self, id: SubscriptionId) {
        let (periods, mails) = (periods(self.desk, id).await, mails(self.desk, self.user).await);
        writeln!(self.text, "\n{periods}\n\n{mails}").unwrap();
    }
}

#[tokio::test]
async fn a_year_of_a_subscription_to_the_micro_credit_and_the_cent() {
    let desk = Desk::open().await;
    let ada = desk.customer("ada", "0").await;
    let begun = subscribe(&desk, ada, STARTER, None).await;
    let mut story = Story { desk: &desk, user: ada, text: String::new() };
    story.tell("subscribed").await;
    use_up(&desk, ada, "50.5").await;
    story.pass("2026-11-28", "reminded").await;
    story.pass("2026-12-01", "renewed").await;
    story.pass("2026-12-11", "ten days later").await;
    use_up(&desk, ada, "0.000001").await;
    story.change(PROFESSIONAL, "upgraded").await;
    story.pass("2027-01-01", "renewed").await;
    story.pass("2027-01-20", "later").await;
    story.change(STARTER, "to be downgraded").await;
    story.pass("2027-02-01", "downgraded").await;
    let reason = Some(Reason::parse("On holiday").unwrap());
    story.turn(Turn::Pause { reason }, "to be paused").await;
    story.pass("2027-03-10", "paused").await;
    story.pass("2027-04-15", "paused").await;
    story.turn(Turn::Resume, "resumed").await;
    story.pass("2027-05-01", "billed again").await;
    story.turn(Turn::Cancel, "to end").await;
    story.turn(Turn::UndoCancel, "not to end").await;
    for month in ["06", "07", "08", "09", "10"] {
        story.pass(&format!("2027-{month}-01"), "renewed").await;
    }
    story.turn(Turn::Cancel, "to end again").await;
    pass_to(&desk, "2027-11-01T12:00:00Z").await;
    let gone = desk.app.current_subscription(&Caller::SYSTEM, Whose::User(ada)).await;
    assert!(matches!(gone, Err(Error::NotFound)));
    assert_eq!(posted(&desk, ada).await, "0");
    story.end(begun.id).await;
    insta::assert_snapshot!(story.text);
}

#[tokio::test]
async fn a_payment_that_fails_and_recovers_is_past_due_meanwhile() {
    let desk = Desk::open().await;
    let bob = desk.customer("bob", "0").await;
    let begun = subscribe(&desk, bob, STARTER, Some("pm_test_declined_then_recovers")).await;
    let mut story = Story { desk: &desk, user: bob, text: String::new() };
    story.tell("subscribed").await;
    for day in ["01", "02", "04"] {
        story.pass(&format!("2026-12-{day}"), day).await;
    }
    story.end(begun.id).await;
    insta::assert_snapshot!(story.text);
}

#[tokio::test]
async fn who_never_pays_again_is_cancelled_after_three_more_tries_and_keeps_what_was_paid() {
    let desk = Desk::open().await;
    let ada = desk.customer("ada", "0").await;
    let begun = subscribe(&desk, ada, STARTER, Some("pm_test_declined_on_renewal")).await;
    for (day, status) in [("01", "past_due"), ("02", "past_due"), ("04", "past_due")] {
        pass_to(&desk, &format!("2026-12-{day}T12:00:00Z")).await;
        assert_eq!(current(&desk, ada).await.status.as_str(), status, "{day}");
    }
    pass_to(&desk, "2026-12-08T12:00:00Z").await;
    let ended = desk.app.get_subscription(&Caller::SYSTEM, begun.id).await.unwrap();
    assert_eq!(ended.status, SubscriptionStatus::Cancelled);
    assert_eq!(ended.since.map(instant::format).as_deref(), Some("2026-12-08T12:00:00Z"));
    insta::assert_snapshot!(format!(
        "{}\n\n{}",
        periods(&desk, begun.id).await,
        mails(&desk, ada).await
    ));
    let again = subscribe_anew(&desk, ada).await;
    assert_eq!(again.status, SubscriptionStatus::Active, "who pays may come back");
}

#[tokio::test]
async fn a_hundred_and_twenty_months_from_the_last_days_of_january_drift_by_nothing() {
    for (name, day) in [("ada", "29"), ("bob", "30"), ("eve", "31")] {
        let desk = Desk::open().await;
        let user = desk.customer(name, "0").await;
        pass_to(&desk, &format!("2027-01-{day}T09:30:00Z")).await;
        let begun = subscribe(&desk, user, STARTER, None).await;
        // Nobody looks for ten years: all of it is caught up, period by period.
        pass_to(&desk, &format!("2037-01-{day}T09:30:00Z")).await;
        let periods = periods(&desk, begun.id).await;
        let starts: Vec<_> = periods.lines().map(|line| &line[7..27]).collect();
        assert_eq!(starts.len(), 121);
        for (month, start) in starts.iter().enumerate() {
            let anchor = domain::Anchor::at(begun.period.starts_at);
            let boundary = anchor.boundary(i64::try_from(month).unwrap()).unwrap();
            assert_eq!(*start, instant::format(boundary));
        }
        assert_eq!(starts[120], format!("2037-01-{day}T09:30:00Z"));
        assert!(periods.lines().all(|line| line.ends_with("granted")), "{periods}");
        desk.app.close().await;
    }
}

#[tokio::test]
async fn a_trial_is_once_a_user_and_its_credits_end_with_it() {
    let desk = Desk::open().await;
    let (ada, bob) = (desk.customer("ada", "0").await, desk.customer("bob", "0").await);
    let trial = Trial { days: 7, credits: amount("20") };
    edit(&desk, PackagePatch { trial: app::Change::Set(trial), ..PackagePatch::default() }).await;
    let trial = subscribe(&desk, ada, STARTER, None).await;
    assert_eq!(trial.status, SubscriptionStatus::Trial);
    assert_eq!(posted(&desk, ada).await, "20");
    pass_to(&desk, "2026-11-08T12:00:00Z").await;
    let paid = current(&desk, ada).await;
    assert_eq!((paid.status, paid.period.number), (SubscriptionStatus::Active, 1));
    assert_eq!(posted(&desk, ada).await, "200", "the trial's credits have expired");
    turn(&desk, ada, Turn::Cancel, "cancel").await.unwrap();
    pass_to(&desk, "2026-12-08T12:00:00Z").await;
    let again = subscribe_anew(&desk, ada).await;
    assert_eq!(again.status, SubscriptionStatus::Active, "a trial is once a user");
    let declined = subscribe(&desk, bob, STARTER, Some("pm_test_declined")).await;
    pass_to(&desk, "2026-12-15T12:00:00Z").await;
    assert_eq!(current(&desk, bob).await.status, SubscriptionStatus::PastDue);
    pass_to(&desk, "2026-12-22T12:00:00Z").await;
    let over = desk.app.get_subscription(&Caller::SYSTEM, declined.id).await.unwrap();
    assert_eq!(over.status, SubscriptionStatus::Expired, "nothing was ever paid");
}

#[tokio::test]
async fn what_expired_at_a_boundary_comes_back_once_and_no_more_than_a_months_credits() {
    let desk = Desk::open().await;
    let ada = desk.customer("ada", "0").await;
    edit(&desk, PackagePatch { rollover_enabled: Some(true), ..PackagePatch::default() }).await;
    let begun = subscribe(&desk, ada, STARTER, None).await;
    use_up(&desk, ada, "49.999999").await;
    pass_to(&desk, "2026-12-01T12:00:00Z").await;
    assert_eq!(posted(&desk, ada).await, "350.000001");
    // The older credits are spent first, and what is left of them is not given again.
    use_up(&desk, ada, "100.000001").await;
    pass_to(&desk, "2027-01-01T12:00:00Z").await;
    assert_eq!(posted(&desk, ada).await, "400");
    insta::assert_snapshot!(periods(&desk, begun.id).await);
}
