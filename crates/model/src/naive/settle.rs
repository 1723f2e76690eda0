//! What time alone does in the model: holds lapse, grants become effective and
//! expire, debts are repaid.

use ledger::{Account, Actor, HoldId, HoldStatus, Kind, OnExpiry, WalletId};

use super::hold::Taken;
use super::{Cause, Event, Model, Spend, Wallet, Why};

impl Wallet {
    /// When something happens of itself next.
    pub fn next_due(&self) -> Option<i64> {
        let holds = self.holds.iter().filter(|hold| hold.is_open()).map(|hold| hold.expires_at);
        let loose = || self.grants.iter().filter(|g| !g.is_frozen() && self.unheld(g) > 0);
        let expiries = loose().filter_map(|grant| grant.expires_at);
        let owes = self.debt() > 0;
        let repayments = loose().filter(|_| owes).map(|grant| grant.effective_at);
        holds.chain(expiries).chain(repayments).min()
    }

    /// The hold that lapses first of those whose expiry has come: children
    /// before parents, older ones before younger.
    fn lapsing(&self, instant: i64) -> Option<HoldId> {
        let due = self.holds.iter().filter(|hold| hold.is_open() && hold.expires_at <= instant);
        due.min_by_key(|hold| (-self.depth(hold), hold.id)).map(|hold| hold.id)
    }
}

impl Model {
    /// Does all that is due, instant by instant: holds, debts, grants.
    pub fn settle(&mut self, now: i64, id: WalletId) {
        let due = |model: &Self| model.wallet(id).and_then(Wallet::next_due);
        while let Some(instant) = due(self).filter(|instant| *instant <= self.next_at(now)) {
            let cause = Cause { now: self.next_at(now), instant, actor: &Actor::System };
            while let Some(hold) = self.wallet(id).and_then(|home| home.lapsing(instant)) {
                self.lapse(cause, id, hold);
                self.repay(cause, id);
            }
            self.free(cause, id);
        }
    }

    /// What follows when credits come free at an instant.
    pub(super) fn free(&mut self, cause: Cause<'_>, id: WalletId) {
        self.repay(cause, id);
        while self.expire_one(cause, id) {}
    }

    fn lapse(&mut self, cause: Cause<'_>, id: WalletId, hold: HoldId) {
        let wallet = self.wallet(id).expect("it is open");
        let due = wallet.hold(hold).expect("it is due");
        let left = wallet.capturable(due);
        if due.on_expiry == OnExpiry::Capture && left > 0 {
            let taken = Taken { reserved: left, beyond: 0 };
            let event = self.capture_of(id, hold, cause.instant, taken);
            self.close(id, hold, HoldStatus::Captured, cause.instant);
            let cost = event.cost;
            let seq = self.note(cause, Some(id), event);
            self.spends.push(Spend { seq, wallet: id, amount: left, cost, refunds: vec![] });
        } else {
            self.close(id, hold, HoldStatus::Expired, cause.instant);
            self.note(cause, Some(id), Event::of(Kind::Lapse));
        }
    }

    /// Closes a hold: what is left of it is released.
    pub fn close(&mut self, id: WalletId, hold: HoldId, status: HoldStatus, at: i64) {
        let wallet = self.wallet_mut(id);
        let left = wallet.remaining(wallet.hold(hold).expect("it is there"));
        let closing = wallet.hold_mut(hold);
        closing.released += left;
        closing.closed = Some((status, at));
    }

    /// Captures out of a hold's reserve, and beyond it out of what is available.
    pub fn capture_of(&mut self, id: WalletId, hold: HoldId, at: i64, taken: Taken) -> Event {
        let wallet = self.wallet_mut(id);
        let captured = wallet.hold(hold).expect("it is there");
        let service = captured.service.clone();
        let mut parts = Vec::new();
        let mut left = taken.reserved;
        for (grant, amount) in wallet.reserves(wallet.top(captured)) {
            let part = amount.min(left);
            left -= part;
            parts.push((grant, part));
        }
        parts.retain(|(_, part)| *part > 0);
        let beyond = wallet.draw(at, taken.beyond);
        // Both may come out of one grant; its cost is that of both together.
        parts.extend(beyond);
        let cost = wallet.take(&parts);
        wallet.hold_mut(hold).captures.push(taken);
        let (home, revenue) = (wallet.account(), Account::Revenue(service));
        Event::of(Kind::Capture).costing(cost).moving(home, revenue, taken.total())
    }

    fn repay(&mut self, cause: Cause<'_>, id: WalletId) {
        let wallet = self.wallet_mut(id);
        let open = wallet.grants.iter().filter(|grant| grant.is_open(cause.instant));
        let free: i64 = open.map(|grant| wallet.unheld(grant)).sum();
        let paid = wallet.debt().min(free);
        if paid <= 0 {
            return;
        }
        let parts = wallet.draw(cause.instant, paid);
        let cost = wallet.take(&parts);
        wallet.debts.push(-paid);
        let home = wallet.account();
        let event = Event::of(Kind::Repay).costing(cost).moving(home, Account::Debt, paid);
        self.note(cause, Some(id), event);
    }

    /// Expires the unheld rest of one grant that is past its expiry.
    fn expire_one(&mut self, cause: Cause<'_>, id: WalletId) -> bool {
        let wallet = self.wallet_mut(id);
        let past = |grant: &&super::Grant| grant.is_past(cause.instant) && wallet.unheld(grant) > 0;
        let Some(grant) = wallet.in_burn_order().into_iter().find(past) else { return false };
        let (grant, lost) = (grant.id, wallet.unheld(grant));
        wallet.grant_mut(grant).gone.push((Why::Expired, lost));
        let home = wallet.account();
        let event = Event::of(Kind::Expire).moving(home, Account::Expired, lost);
        self.note(cause, Some(id), event);
        true
    }
}
