//! Living the month: every event by the use case that a request would take.

use anyhow::Context as _;
use app::ledger::SubmitError;
use app::{
    Answer, Authority, Caller, CaptureCharge, CaptureRequest, Charge, CorrectionRequest, Error,
    GrantRequest, GrantRequestTerms, HoldRequest, HoldRequestTerms, NewUser, Particulars, Password,
    PasswordCost, PurchaseAsk, PurchaseRequest, SpendRequest, StatusChange, StatusRequest, Whose,
};
use domain::{
    Credits, Description, Dimension, Email, IdempotencyKey, Quantities, Quantity, Reason, Role,
    Scopes, ServiceKey, Source, Text, Time, UserId,
};
use ledger::Completion;

use super::clock::Turned;
use super::month::{Deed, Event, Work};
use super::people::{CUSTOMERS, PASSWORD, STAFF};
use crate::wiring::{Running, machine};

/// How long a month's credits last.
const MONTH: i64 = 31 * Time::DAY;

/// What came of the month.
#[derive(Default)]
pub(super) struct Tally {
    pub(super) users: usize,
    pub(super) spends: u64,
    pub(super) captures: u64,
    pub(super) failures: u64,
    pub(super) purchases: u64,
    pub(super) bought: Credits,
    pub(super) used: Credits,
    pub(super) refused: u64,
    pub(super) corrections: u64,
}

/// Who lives it.
pub(super) struct Player<'a> {
    running: &'a Running,
    clock: &'a Turned,
    admin: Caller,
    automations: Caller,
    customers: Vec<UserId>,
    tally: Tally,
}

impl<'a> Player<'a> {
    /// Makes everyone.
    pub(super) async fn begin(running: &'a Running, clock: &'a Turned) -> anyhow::Result<Self> {
        let hash = hash()?;
        let mut staff = Vec::new();
        for person in &STAFF {
            staff.push(make(running, (person.name, person.email), person.role, &hash).await?);
        }
        let mut customers = Vec::new();
        for customer in &CUSTOMERS {
            let who = (customer.name, customer.email);
            customers.push(make(running, who, Role::Customer, &hash).await?);
            clock.pass(Time::SECOND);
        }
        let id = staff.first().copied().context("nobody works here")?;
        let admin = Caller { authority: Authority::User { id, role: Role::Admin }, request: None };
        let authority = Authority::Key {
            name: Text::parse("automations")?,
            scopes: Scopes::parse("credits:read,credits:spend")?,
        };
        let automations = Caller { authority, request: None };
        let tally = Tally { users: staff.len() + customers.len(), ..Tally::default() };
        Ok(Self { running, clock, admin, automations, customers, tally })
    }

    /// What came of it.
    pub(super) fn end(self) -> Tally {
        self.tally
    }

    /// Has an event happen at its time.
    pub(super) async fn play(&mut self, event: &Event) -> anyhow::Result<()> {
        self.clock.turn(event.at);
        let played = match event.deed {
            Deed::Renew(customer) => self.renew(customer, &event.name).await,
            Deed::Use(customer, service) => self.r#use(customer, service, &event.name).await,
            Deed::Automate(customer, work) => self.automate(customer, work, &event.name).await,
            Deed::Add(customer) => self.add(customer, &event.name).await,
            Deed::Remove(customer) => self.remove(customer, &event.name).await,
            Deed::Pause(customer) => {
                self.set_status(customer, StatusChange::Pause, "The card on file was declined")
                    .await
            }
            Deed::Suspend(customer) => {
                let why = "Chargebacks on three cards in one day";
                self.set_status(customer, StatusChange::Suspend, why).await
            }
        };
        played.with_context(|| format!("the demo failed at {}", event.name))
    }

    async fn renew(&mut self, customer: usize, name: &str) -> anyhow::Result<()> {
        let Some((plan, credits)) = CUSTOMERS.get(customer).and_then(|c| c.plan.month()) else {
            return Ok(());
        };
        let now = self.running.app.ledger().time()?;
        let request = GrantRequest {
            whose: self.whose(customer)?,
            amount: Credits::whole(credits).context("too many credits")?,
            source: Source::Subscription,
            description: Description::parse(&format!("{plan}: the month's credits"))?,
            terms: GrantRequestTerms {
                expires_at: Some(now.plus(MONTH)),
                ..GrantRequestTerms::default()
            },
        };
        self.running.app.grant(&Caller::SYSTEM, Some(key(name)?), request).await?;
        Ok(())
    }

    async fn r#use(&mut self, customer: usize, service: &str, name: &str) -> anyhow::Result<()> {
        let request = SpendRequest {
            whose: self.whose(customer)?,
            charge: Charge::Quantities {
                service: ServiceKey::parse(service)?,
                quantities: quantities(&[("requests", 1)])?,
            },
            particulars: Particulars {
                job: Some(Text::parse(&format!("job-{name}"))?),
                ..Particulars::default()
            },
        };
        let app = &self.running.app;
        let spent = app.spend(&self.automations, Some(key(name)?), request.clone()).await;
        let spent = match self.short(customer, name, spent).await? {
            Short::No(spent) => Some(spent),
            Short::Refilled => {
                let again = key(&format!("{name}-again"))?;
                refused(app.spend(&self.automations, Some(again), request).await)?
            }
            Short::Yes => None,
        };
        match spent {
            Some(Answer { value, .. }) => {
                self.tally.spends += 1;
                self.count_used(Credits::ZERO.checked_sub(value.amount))
            }
            None => Ok(()),
        }
    }

    async fn automate(&mut self, customer: usize, work: Work, name: &str) -> anyhow::Result<()> {
        let tokens = quantities(&[
            ("input_tokens", work.input_tokens),
            ("output_tokens", work.output_tokens),
        ])?;
        let most = quantities(&[
            ("input_tokens", work.input_tokens),
            ("output_tokens", work.output_tokens * 2),
        ])?;
        let request = HoldRequest {
            whose: self.whose(customer)?,
            charge: Charge::Quantities { service: ServiceKey::parse("llm")?, quantities: most },
            particulars: Particulars {
                description: Some(Description::parse("Automation run")?),
                job: Some(Text::parse(&format!("run-{name}"))?),
                ..Particulars::default()
            },
            terms: HoldRequestTerms::default(),
        };
        let app = &self.running.app;
        let held = app.authorize(&self.automations, Some(key(name)?), request.clone()).await;
        let held = match self.short(customer, name, held).await? {
            Short::No(held) => held,
            Short::Refilled => {
                let again = key(&format!("{name}-again"))?;
                let held = app.authorize(&self.automations, Some(again), request).await;
                let Some(held) = refused(held)? else { return Ok(()) };
                held
            }
            Short::Yes => return Ok(()),
        };
        self.clock.pass(i64::from(work.seconds) * Time::SECOND);
        let end = Some(key(&format!("{name}-end"))?);
        if work.fails {
            app.release(&self.automations, end, held.value.id).await?;
            self.tally.failures += 1;
            return Ok(());
        }
        let request = CaptureRequest {
            hold: held.value.id,
            charge: CaptureCharge::Quantities(tokens),
            completion: Completion::Final,
            description: None,
        };
        let captured = app.capture(&self.automations, end, request).await?;
        self.tally.captures += 1;
        self.count_used(Some(captured.value.hold.captured))
    }

    fn count_used(&mut self, used: Option<Credits>) -> anyhow::Result<()> {
        let used = used.and_then(|used| self.tally.used.checked_add(used));
        self.tally.used = used.context("more was used than there is")?;
        Ok(())
    }

    /// Who lacks credits buys some, if they are one who does.
    async fn short<T>(
        &mut self,
        customer: usize,
        name: &str,
        done: Result<T, Error>,
    ) -> anyhow::Result<Short<T>> {
        let Some(done) = refused(done)? else {
            let refill = CUSTOMERS.get(customer).map_or(0, |customer| customer.refill);
            if refill > 0 && self.buy(customer, refill, name).await? {
                return Ok(Short::Refilled);
            }
            self.tally.refused += 1;
            return Ok(Short::Yes);
        };
        Ok(Short::No(done))
    }

    /// Buys as the customer; false if they may not.
    async fn buy(&mut self, customer: usize, credits: i64, name: &str) -> anyhow::Result<bool> {
        let Whose::User(id) = self.whose(customer)? else { return Ok(false) };
        let authority = Authority::User { id, role: Role::Customer };
        let owner = Caller { authority, request: None };
        let credits = Credits::whole(credits).context("too many credits")?;
        let request = PurchaseRequest {
            ask: PurchaseAsk { whose: Whose::User(id), credits, promotion: None },
            description: Description::parse(&format!("{credits} credits"))?,
            intent: None,
            method: None,
            quote: None,
        };
        let key = key(&format!("{name}-buy"))?;
        let bought = self.running.app.purchase(&owner, Some(key), request).await;
        if refused(bought)?.is_none() {
            return Ok(false);
        }
        self.tally.purchases += 1;
        let all = self.tally.bought.checked_add(credits);
        self.tally.bought = all.context("more was bought than there is")?;
        Ok(true)
    }

    async fn add(&mut self, customer: usize, name: &str) -> anyhow::Result<()> {
        let request = self.correction(customer, 50, "Sorry for the slow answers on Monday")?;
        self.running.app.add_credits(&self.admin, Some(key(name)?), request).await?;
        self.tally.corrections += 1;
        Ok(())
    }

    async fn remove(&mut self, customer: usize, name: &str) -> anyhow::Result<()> {
        let request = self.correction(customer, 20, "Given twice by mistake")?;
        self.running.app.remove_credits(&self.admin, Some(key(name)?), request).await?;
        self.tally.corrections += 1;
        Ok(())
    }

    fn correction(
        &self,
        customer: usize,
        credits: i64,
        reason: &str,
    ) -> anyhow::Result<CorrectionRequest> {
        let Whose::User(user) = self.whose(customer)? else { anyhow::bail!("no such customer") };
        Ok(CorrectionRequest {
            user,
            amount: Credits::whole(credits).context("too many credits")?,
            reason: Reason::parse(reason)?,
            admin_notes: Some(Description::parse("Asked for by telephone")?),
        })
    }

    async fn set_status(
        &mut self,
        customer: usize,
        change: StatusChange,
        reason: &str,
    ) -> anyhow::Result<()> {
        let Whose::User(user) = self.whose(customer)? else { return Ok(()) };
        let reason = Some(Reason::parse(reason)?);
        let request = StatusRequest { user, change, reason, admin_notes: None };
        self.running.app.set_status(&self.admin, None, request).await?;
        Ok(())
    }

    fn whose(&self, customer: usize) -> anyhow::Result<Whose> {
        let id = self.customers.get(customer).copied().context("no such customer")?;
        Ok(Whose::User(id))
    }
}

/// Whether credits were lacking.
enum Short<T> {
    /// No: it is done.
    No(T),
    /// They were, and now there are more.
    Refilled,
    /// They are.
    Yes,
}

/// Nothing where the ledger refuses: so it does in life.
fn refused<T>(done: Result<T, Error>) -> anyhow::Result<Option<T>> {
    match done {
        Ok(done) => Ok(Some(done)),
        Err(Error::Submit(SubmitError::Refused { .. })) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

async fn make(
    running: &Running,
    (name, email): (&str, &str),
    role: Role,
    hash: &str,
) -> anyhow::Result<UserId> {
    let user = NewUser {
        email: Email::parse(email)?,
        name: Text::parse(name)?,
        role,
        external_id: None,
        password_hash: Some(hash.to_owned()),
    };
    Ok(running.app.create_user(&Caller::SYSTEM, None, user).await?.value.id)
}

fn hash() -> anyhow::Result<String> {
    let password = Password::parse(PASSWORD)?;
    Ok(password.hash(PasswordCost::default(), machine::entropy().bytes())?)
}

fn quantities(pairs: &[(&str, u32)]) -> anyhow::Result<Quantities> {
    let mut parsed = Vec::new();
    for (dimension, count) in pairs {
        let quantity = count.to_string().parse::<Quantity>()?;
        parsed.push((Dimension::parse(dimension)?, quantity));
    }
    Ok(Quantities::parse(parsed)?)
}

fn key(name: &str) -> anyhow::Result<IdempotencyKey> {
    Ok(IdempotencyKey::parse(&format!("demo-{name}"))?)
}
