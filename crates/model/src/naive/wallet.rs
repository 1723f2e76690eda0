//! A wallet of the model, and every figure of it, added up from its lists.

use ledger::{
    Account, Balances, Cost, GrantId, HoldId, HoldState, HoldStatus, HoldTerms, Reserve, Status,
    WalletId,
};

use super::hold::Taken;
use super::{Grant, Hold, Why, credits, time};

#[derive(Clone, Debug)]
pub struct Wallet {
    pub id: WalletId,
    pub opened_at: i64,
    pub status: Status,
    /// What entered, and what left as a negative amount.
    pub transactions: Vec<i64>,
    /// What it came to owe, and what it repaid as a negative amount.
    pub debts: Vec<i64>,
    /// Every grant it ever had, oldest first.
    pub grants: Vec<Grant>,
    /// Every hold it ever had, oldest first.
    pub holds: Vec<Hold>,
}

impl Wallet {
    pub fn account(&self) -> Account {
        Account::Wallet(self.id)
    }

    pub fn posted(&self) -> i64 {
        self.transactions.iter().sum()
    }

    pub fn debt(&self) -> i64 {
        self.debts.iter().sum()
    }

    pub fn held(&self) -> i64 {
        self.tops().map(|hold| self.remaining(hold)).sum()
    }

    pub fn frozen(&self) -> i64 {
        self.grants.iter().filter(|g| g.is_frozen()).map(|g| self.unheld(g)).sum()
    }

    /// Neither held nor frozen, and not yet effective.
    pub fn pending(&self, at: i64) -> i64 {
        let pending = self.grants.iter().filter(|g| !g.is_frozen() && g.effective_at > at);
        pending.map(|g| self.unheld(g)).sum()
    }

    /// `posted − held − frozen − not yet effective`, nothing while it owes.
    pub fn available(&self, at: i64) -> i64 {
        if self.debt() > 0 {
            return 0;
        }
        self.posted() - self.held() - self.frozen() - self.pending(at)
    }

    pub fn balances(&self) -> Balances {
        Balances {
            posted: credits(self.posted()),
            held: credits(self.held()),
            frozen: credits(self.frozen()),
            debt: credits(self.debt()),
            account_seq: i64::try_from(self.transactions.len()).expect("few transactions"),
            status: self.status,
        }
    }

    // Grants.

    pub fn grant(&self, id: GrantId) -> Option<&Grant> {
        self.grants.iter().find(|grant| grant.id == id)
    }

    pub fn grant_mut(&mut self, id: GrantId) -> &mut Grant {
        self.grants.iter_mut().find(|grant| grant.id == id).expect("the grant is there")
    }

    /// What open holds reserve of a grant.
    pub fn held_of(&self, grant: &Grant) -> i64 {
        if grant.remaining() == 0 {
            return 0;
        }
        let reserves = self.tops().flat_map(|hold| self.reserves(hold));
        reserves.filter(|(id, _)| *id == grant.id).map(|(_, amount)| amount).sum()
    }

    pub fn unheld(&self, grant: &Grant) -> i64 {
        grant.remaining() - self.held_of(grant)
    }

    /// Priority, soonest expiry, oldest.
    pub fn in_burn_order(&self) -> Vec<&Grant> {
        let mut grants: Vec<&Grant> = self.grants.iter().filter(|g| g.remaining() > 0).collect();
        grants.sort_by_key(|g| (g.priority, g.expires_at.unwrap_or(i64::MAX), g.id));
        grants
    }

    /// Which grants `amount` comes from.
    pub fn draw(&self, at: i64, amount: i64) -> Vec<(GrantId, i64)> {
        let mut left = amount;
        let mut parts = Vec::new();
        for grant in self.in_burn_order().into_iter().filter(|g| g.is_open(at)) {
            let part = self.unheld(grant).min(left);
            if part > 0 {
                parts.push((grant.id, part));
                left -= part;
            }
        }
        assert_eq!(left, 0, "the model draws more than there is");
        parts
    }

    /// Takes parts out of grants; what they had cost.
    pub fn take(&mut self, parts: &[(GrantId, i64)]) -> Option<Cost> {
        let mut costs = Vec::new();
        for (id, part) in parts {
            let grant = self.grant_mut(*id);
            costs.extend(grant.cost_of(*part));
            grant.gone.push((Why::Drawn, *part));
        }
        let currency = costs.first()?.currency;
        let alike = costs.iter().all(|cost| cost.currency == currency);
        let micro_cents = costs.iter().map(|cost| cost.micro_cents).sum();
        alike.then_some(Cost { micro_cents, currency })
    }

    // Holds.

    pub fn hold(&self, id: HoldId) -> Option<&Hold> {
        self.holds.iter().find(|hold| hold.id == id)
    }

    pub fn hold_mut(&mut self, id: HoldId) -> &mut Hold {
        self.holds.iter_mut().find(|hold| hold.id == id).expect("the hold is there")
    }

    /// Open holds without a parent.
    fn tops(&self) -> impl Iterator<Item = &Hold> {
        self.holds.iter().filter(|hold| hold.is_open() && hold.parent.is_none())
    }

    pub fn children<'w>(&'w self, of: &'w Hold) -> impl Iterator<Item = &'w Hold> {
        self.holds.iter().filter(|hold| hold.parent == Some(of.id))
    }

    /// The hold at the top of its family.
    pub fn top<'w>(&'w self, of: &'w Hold) -> &'w Hold {
        match of.parent.and_then(|id| self.hold(id)) {
            Some(parent) => self.top(parent),
            None => of,
        }
    }

    pub fn depth(&self, of: &Hold) -> i64 {
        1 + of.parent.and_then(|id| self.hold(id)).map_or(0, |parent| self.depth(parent))
    }

    /// What its children captured, and theirs.
    fn taken_below(&self, of: &Hold) -> Vec<Taken> {
        let mut taken = Vec::new();
        for child in self.children(of) {
            taken.extend(&child.captures);
            taken.extend(self.taken_below(child));
        }
        taken
    }

    /// What it stands for: what was asked, and what was captured beyond that.
    fn raised(&self, of: &Hold) -> i64 {
        let below = self.taken_below(of);
        of.amount + of.captures.iter().chain(&below).map(|taken| taken.beyond).sum::<i64>()
    }

    pub fn remaining(&self, of: &Hold) -> i64 {
        let own: i64 = of.captures.iter().map(|taken| taken.reserved).sum();
        let below: i64 = self.taken_below(of).iter().map(|taken| taken.reserved).sum();
        of.amount - own - below - of.released
    }

    pub fn reserved_by_children(&self, of: &Hold) -> i64 {
        self.children(of).map(|child| self.remaining(child)).sum()
    }

    pub fn has_open_children(&self, of: &Hold) -> bool {
        self.children(of).any(Hold::is_open)
    }

    pub fn capturable(&self, of: &Hold) -> i64 {
        self.remaining(of) - self.reserved_by_children(of)
    }

    /// What a top-level hold reserves now: captures of its family took from
    /// the front of it.
    pub fn reserves(&self, of: &Hold) -> Vec<(GrantId, i64)> {
        if !of.is_open() {
            return Vec::new();
        }
        let below = self.taken_below(of);
        let mut taken: i64 = of.captures.iter().chain(&below).map(|taken| taken.reserved).sum();
        let mut left = Vec::new();
        for (grant, amount) in &of.reserved {
            let part = taken.min(*amount);
            taken -= part;
            if *amount > part {
                left.push((*grant, amount - part));
            }
        }
        left
    }

    /// A hold as the ledger should have it.
    pub fn expected(&self, of: &Hold, seq: ledger::Seq) -> ledger::Hold {
        let terms = HoldTerms {
            parent: of.parent,
            depth: self.depth(of),
            on_expiry: of.on_expiry,
            over_capture: of.over_capture,
            service: of.service.clone(),
            price_version: of.price_version,
            job: of.job.clone(),
            actor: of.actor.clone(),
            created_at: time(of.created_at),
        };
        let total = |taken: &[Taken]| credits(taken.iter().map(|taken| taken.total()).sum());
        let open = self.children(of).filter(|child| child.is_open()).count();
        let state = HoldState {
            amount: credits(self.raised(of)),
            captured: total(&of.captures),
            captured_by_children: total(&self.taken_below(of)),
            released: credits(of.released),
            reserved_by_children: credits(self.reserved_by_children(of)),
            children_open: i64::try_from(open).expect("few children"),
            expires_at: time(of.expires_at),
            status: of.closed.map_or(HoldStatus::Open, |(status, _)| status),
            settled_at: of.closed.map(|(_, at)| time(at)),
            reserves: self
                .reserves(of)
                .into_iter()
                .map(|(grant, amount)| Reserve { grant, amount: credits(amount) })
                .collect(),
        };
        ledger::Hold { id: of.id, wallet: self.id, terms, state, seq }
    }
}
