//! What each command does in the model. Every one begins in a settled wallet.

use ledger::{
    Account, Command, Completion, Cost, GrantId, HoldId, HoldStatus, Invalid, Kind, Limit, Order,
    Outcome, OverCapture, Refusal, Seq, Shortfall, Status, Time, WalletId, command,
};

use super::hold::Taken;
use super::{Cause, Event, Grant, Hold, Model, Spend, Wallet, Why, credits};

const DAYS_30: i64 = 30 * Time::DAY;

impl Model {
    pub fn open(&mut self, now: i64, order: &Order, _: &command::Open) -> Outcome {
        let now = self.next_at(now);
        let id = WalletId::from_number(self.next_seq());
        self.wallets.push(Wallet {
            id,
            opened_at: now,
            status: Status::Active,
            transactions: vec![],
            debts: vec![],
            grants: vec![],
            holds: vec![],
        });
        let seq = self.answer(now, order, Some(id), Event::of(Kind::Open));
        Outcome::Applied(Seq::from_number(seq))
    }

    pub fn erase(&mut self, now: i64, order: &Order, of: i64) -> Result<Outcome, Refusal> {
        if of < 1 || of > self.last.0 {
            return Err(Refusal::UnknownRecord);
        }
        let now = self.next_at(now);
        let seq = self.answer(now, order, None, Event::of(Kind::Erase));
        Ok(Outcome::Applied(Seq::from_number(seq)))
    }

    pub fn seal(&mut self, now: i64, order: &Order) -> Outcome {
        let now = self.next_at(now);
        let seq = self.answer(now, order, None, Event::of(Kind::Seal));
        Outcome::Applied(Seq::from_number(seq))
    }

    /// A command on a settled wallet, and what follows of it.
    pub fn command(&mut self, now: i64, order: &Order, id: WalletId) -> Result<i64, Refusal> {
        let mut owed = 0;
        let event = match &order.command {
            Command::Grant(c) => self.grant(now, c)?,
            Command::Spend(c) => self.spend(now, c)?,
            Command::Remove(c) => self.remove(now, c)?,
            Command::Authorize(c) => self.authorize(now, order, c)?,
            Command::Extend(c) => self.extend(now, c)?,
            Command::Capture(c) => self.capture(now, c)?,
            Command::Release(c) => self.release(now, c)?,
            Command::Refund(c) => self.refund(now, c)?,
            Command::Freeze(_, grant) => self.freeze(now, id, *grant)?,
            Command::Thaw(_, grant) => self.thaw(now, id, *grant)?,
            Command::Clawback(c) => {
                let (event, short) = self.clawback(c)?;
                owed = short;
                event
            }
            Command::SetStatus(c) => {
                self.wallet_mut(id).status = c.status;
                Event::of(Kind::SetStatus)
            }
            Command::Open(_) | Command::Settle(_) | Command::Erase(_) | Command::Seal(_) => {
                unreachable!()
            }
        };
        let (kind, cost) = (event.kind, event.cost);
        let amount = event.posting.as_ref().map_or(0, |posting| posting.amount.micros());
        let seq = self.answer(now, order, Some(id), event);
        if matches!(kind, Kind::Spend | Kind::Capture) {
            self.spends.push(Spend { seq, wallet: id, amount, cost, refunds: vec![] });
        }
        let cause = Cause { now, instant: now, actor: &order.actor };
        if owed > 0 {
            self.wallet_mut(id).debts.push(owed);
            let owe = Event::of(Kind::Owe).moving(Account::Debt, Account::Clawback, owed);
            self.note(cause, Some(id), owe);
        }
        self.free(cause, id);
        Ok(seq)
    }

    fn home(&self, id: WalletId) -> &Wallet {
        self.wallet(id).expect("it was looked for")
    }

    fn grant(&mut self, now: i64, c: &command::Grant) -> Result<Event, Refusal> {
        if c.priority < 0 || c.priority > 100 {
            return Err(Refusal::Invalid(Invalid::Priority));
        }
        let effective_at = c.effective_at.map_or(now, Time::micros);
        let expires_at = c.expires_at.map(Time::micros);
        if expires_at.is_some_and(|end| end <= now || end <= effective_at) {
            return Err(Refusal::Invalid(Invalid::ExpiresBeforeEffective));
        }
        let grant = Grant {
            id: self.next_grant(),
            source: c.source,
            amount: c.amount.micros(),
            priority: c.priority,
            effective_at,
            expires_at,
            frozen_at: None,
            cost: c.cost,
            created_at: now,
            gone: vec![],
            owed: 0,
        };
        self.put_grant(c.wallet, grant, Kind::Grant)
    }

    fn next_grant(&self) -> GrantId {
        GrantId { seq: Seq::from_number(self.next_seq()), ordinal: 1 }
    }

    fn put_grant(&mut self, id: WalletId, grant: Grant, kind: Kind) -> Result<Event, Refusal> {
        let wallet = self.wallet_mut(id);
        if wallet.grants.iter().filter(|grant| grant.remaining() > 0).count() >= 1_000 {
            return Err(Refusal::Limit(Limit::OpenGrants));
        }
        let (from, amount) = (Account::Issuance(grant.source), grant.amount);
        wallet.grants.push(grant);
        Ok(Event::of(kind).moving(from, wallet.account(), amount))
    }

    fn spend(&mut self, now: i64, c: &command::Spend) -> Result<Event, Refusal> {
        check_active(self.home(c.wallet))?;
        let to = Account::Revenue(c.usage.service.clone());
        self.draw(now, (c.wallet, c.amount.micros()), to, Kind::Spend)
    }

    fn remove(&mut self, now: i64, c: &command::Remove) -> Result<Event, Refusal> {
        self.draw(now, (c.wallet, c.amount.micros()), Account::Adjustment, Kind::Remove)
    }

    fn draw(
        &mut self,
        now: i64,
        (id, amount): (WalletId, i64),
        to: Account,
        kind: Kind,
    ) -> Result<Event, Refusal> {
        let wallet = self.wallet_mut(id);
        check_available(wallet, now, amount)?;
        let parts = wallet.draw(now, amount);
        let cost = wallet.take(&parts);
        Ok(Event::of(kind).costing(cost).moving(wallet.account(), to, amount))
    }

    fn authorize(
        &mut self,
        now: i64,
        order: &Order,
        c: &command::Authorize,
    ) -> Result<Event, Refusal> {
        check_expires_in(c.expires_in)?;
        let id = HoldId(Seq::from_number(self.next_seq()));
        let wallet = self.wallet_mut(c.wallet);
        check_active(wallet)?;
        if wallet.holds.iter().filter(|hold| hold.is_open()).count() >= 10_000 {
            return Err(Refusal::Limit(Limit::OpenHolds));
        }
        let amount = c.amount.micros();
        let mut expires_at = now + c.expires_in;
        let mut reserved = vec![];
        if let Some(parent) = c.parent {
            let parent = open_hold(wallet, parent)?;
            let available = wallet.capturable(parent);
            if available < amount {
                return Err(insufficient(wallet, amount, available));
            }
            if wallet.depth(parent) >= 8 {
                return Err(Refusal::Limit(Limit::HoldDepth));
            }
            expires_at = expires_at.min(parent.expires_at);
        } else {
            check_available(wallet, now, amount)?;
            reserved = wallet.draw(now, amount);
        }
        wallet.holds.push(Hold {
            id,
            parent: c.parent,
            amount,
            on_expiry: c.on_expiry,
            over_capture: c.over_capture,
            service: c.usage.service.clone(),
            price_version: c.usage.price_version,
            job: order.job.clone(),
            actor: order.actor.clone(),
            created_at: now,
            expires_at,
            captures: vec![],
            released: 0,
            closed: None,
            reserved,
        });
        Ok(Event::of(Kind::Authorize))
    }

    fn extend(&mut self, now: i64, c: &command::Extend) -> Result<Event, Refusal> {
        check_expires_in(c.expires_in)?;
        let wallet = self.wallet_mut(c.wallet);
        let hold = open_hold(wallet, c.hold)?;
        check_active(wallet)?;
        let asked = now + c.expires_in;
        if asked - hold.created_at > DAYS_30 {
            return Err(Refusal::Limit(Limit::HoldLife));
        }
        let parent = hold.parent.and_then(|id| wallet.hold(id));
        let bound = parent.map_or(asked, |parent| parent.expires_at.min(asked));
        let hold = wallet.hold_mut(c.hold);
        if bound > hold.expires_at {
            hold.expires_at = bound;
        }
        Ok(Event::of(Kind::Extend))
    }

    fn capture(&mut self, now: i64, c: &command::Capture) -> Result<Event, Refusal> {
        let wallet = self.home(c.wallet);
        let hold = open_hold(wallet, c.hold)?;
        let last = c.completion == Completion::Final;
        if last && wallet.has_open_children(hold) {
            return Err(Refusal::HoldHasChildren);
        }
        let (asked, capturable) = (c.amount.micros(), wallet.capturable(hold));
        let mut taken = Taken { reserved: asked.min(capturable), beyond: 0 };
        if asked > capturable && hold.over_capture == OverCapture::Reject {
            return Err(Refusal::OverCapture {
                requested: c.amount,
                capturable: credits(capturable),
            });
        }
        if asked > capturable && wallet.status == Status::Active {
            taken.beyond = (asked - capturable).min(wallet.available(now));
        }
        if taken.total() == 0 {
            return Err(insufficient(wallet, asked, 0));
        }
        let event = self.capture_of(c.wallet, c.hold, now, taken);
        if last {
            self.close(c.wallet, c.hold, HoldStatus::Captured, now);
        }
        Ok(event)
    }

    fn release(&mut self, now: i64, c: &command::Release) -> Result<Event, Refusal> {
        let wallet = self.home(c.wallet);
        let hold = open_hold(wallet, c.hold)?;
        if wallet.has_open_children(hold) {
            return Err(Refusal::HoldHasChildren);
        }
        self.close(c.wallet, c.hold, HoldStatus::Released, now);
        Ok(Event::of(Kind::Release))
    }

    fn refund(&mut self, now: i64, c: &command::Refund) -> Result<Event, Refusal> {
        let of = c.original.seq.number();
        let id = self.next_grant();
        let spend = self.spends.iter().find(|spend| spend.seq == of).expect("it is a spend");
        let before: i64 = spend.refunds.iter().sum();
        let amount = c.amount.micros();
        if before + amount > spend.amount {
            let refundable = credits(spend.amount - before);
            return Err(Refusal::RefundExceeds { requested: c.amount, refundable });
        }
        let (whole, wallet) = (spend.amount, spend.wallet);
        let cost = spend.cost.map(|cost| {
            let upto = |part| share(cost.micro_cents, part, whole);
            Cost { micro_cents: upto(before + amount) - upto(before), ..cost }
        });
        let grant = Grant {
            id,
            source: c.source,
            amount,
            priority: 50,
            effective_at: now,
            expires_at: None,
            frozen_at: None,
            cost,
            created_at: now,
            gone: vec![],
            owed: 0,
        };
        let event = self.put_grant(wallet, grant, Kind::Refund)?;
        let spend = self.spends.iter_mut().find(|spend| spend.seq == of).expect("it is a spend");
        spend.refunds.push(amount);
        Ok(event)
    }

    fn freeze(&mut self, now: i64, id: WalletId, grant: GrantId) -> Result<Event, Refusal> {
        let wallet = self.wallet_mut(id);
        wallet.grant(grant).ok_or(Refusal::UnknownGrant)?;
        let grant = wallet.grant_mut(grant);
        if grant.is_frozen() {
            return Err(Refusal::GrantFrozen);
        }
        grant.frozen_at = Some(now);
        Ok(Event::of(Kind::Freeze))
    }

    fn thaw(&mut self, now: i64, id: WalletId, grant: GrantId) -> Result<Event, Refusal> {
        let wallet = self.wallet_mut(id);
        wallet.grant(grant).ok_or(Refusal::UnknownGrant)?;
        let grant = wallet.grant_mut(grant);
        let frozen_at = grant.frozen_at.take().ok_or(Refusal::GrantNotFrozen)?;
        grant.expires_at = grant.expires_at.map(|end| end + (now - frozen_at));
        Ok(Event::of(Kind::Thaw))
    }

    fn clawback(&mut self, c: &command::Clawback) -> Result<(Event, i64), Refusal> {
        if c.refunded_total <= 0 || c.refunded_total > c.paid {
            return Err(Refusal::Invalid(Invalid::Share));
        }
        let wallet = self.wallet_mut(c.wallet);
        let grant = wallet.grant(c.grant).ok_or(Refusal::UnknownGrant)?;
        let due = (share(grant.amount, c.refunded_total, c.paid) - grant.clawed()).max(0);
        let taken = due.min(wallet.unheld(grant));
        let owed = if c.shortfall == Shortfall::Owe { due - taken } else { 0 };
        let account = wallet.account();
        let grant = wallet.grant_mut(c.grant);
        grant.owed += owed;
        let event = Event::of(Kind::Clawback);
        if taken == 0 {
            return Ok((event, owed));
        }
        grant.gone.push((Why::ClawedBack, taken));
        Ok((event.moving(account, Account::Clawback, taken), owed))
    }
}

fn share(whole: i64, numerator: i64, denominator: i64) -> i64 {
    let share = i128::from(whole) * i128::from(numerator) / i128::from(denominator);
    i64::try_from(share).expect("a share is less than the whole")
}

fn check_active(wallet: &Wallet) -> Result<(), Refusal> {
    match wallet.status {
        Status::Active => Ok(()),
        Status::Paused => Err(Refusal::Paused),
        Status::Suspended => Err(Refusal::Suspended),
    }
}

fn check_expires_in(micros: i64) -> Result<(), Refusal> {
    if !(Time::SECOND..=DAYS_30).contains(&micros) {
        return Err(Refusal::Invalid(Invalid::ExpiresIn));
    }
    Ok(())
}

fn check_available(wallet: &Wallet, at: i64, required: i64) -> Result<(), Refusal> {
    let available = wallet.available(at);
    if available < required { Err(insufficient(wallet, required, available)) } else { Ok(()) }
}

fn insufficient(wallet: &Wallet, required: i64, available: i64) -> Refusal {
    Refusal::Insufficient {
        required: credits(required),
        available: credits(available),
        held: credits(wallet.held()),
    }
}

fn open_hold(wallet: &Wallet, id: HoldId) -> Result<&Hold, Refusal> {
    let hold = wallet.hold(id).ok_or(Refusal::UnknownHold)?;
    match hold.closed {
        None => Ok(hold),
        Some((HoldStatus::Expired, _)) => Err(Refusal::HoldExpired),
        Some(_) => Err(Refusal::HoldSettled),
    }
}
