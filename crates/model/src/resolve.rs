//! Turns a step's relations into an order: this wallet, that hold, so much.

use ledger::{
    Actor, Command, Completion, Cost, Credits, Currency, Fingerprint, GrantId, Hash, HoldId,
    OnExpiry, Order, Original, OverCapture, Owner, Seq, Shortfall, Source, Status, Text, Time,
    Usage, WalletId, Words, command,
};

use super::naive::{Model, Wallet};
use super::step::{Amount, Ask, Delay, Flaw, Pass, What};

/// A wallet that nobody opened.
const NOBODY: WalletId = WalletId::from_number(999_999_999);

/// Only so many wallets are used, so that much happens in each.
const BUSY: usize = 4;

fn text(text: &str) -> Text {
    Text::parse(text).expect("a short text")
}

/// Where the clock goes.
pub fn passed(model: &Model, now: i64, pass: Pass) -> i64 {
    match pass {
        Pass::Micros(n) => now + i64::from(n),
        Pass::Seconds(n) => now + i64::from(n) * Time::SECOND,
        Pass::Days(n) => now + i64::from(n) * Time::DAY,
        Pass::Due(nth) => due(model, nth).unwrap_or(now).max(now),
        Pass::AlmostDue(nth) => due(model, nth).map_or(now, |instant| instant - 1).max(now),
        Pass::Back(n) => now - i64::from(n) * Time::SECOND,
    }
}

/// When something falls due in a wallet.
fn due(model: &Model, nth: u8) -> Option<i64> {
    let dues: Vec<i64> = model.wallets.iter().filter_map(Wallet::next_due).collect();
    dues.get(usize::from(nth) % dues.len().max(1)).copied()
}

/// One of a list, if it has any.
fn one_of<T>(items: &[T], pick: u16) -> Option<&T> {
    items.get(usize::from(pick) % items.len().max(1))
}

/// The order that a step means.
pub fn order(model: &Model, now: i64, ask: &Ask) -> Order {
    let scene = Scene::of(model, now, ask);
    let actor = if ask.actor == 0 { Actor::User(1) } else { Actor::Key(text("worker")) };
    let mut order = Order::bare(actor, scene.command());
    if let Some((key, request)) = ask.key {
        let key = text(&format!("key-{key}"));
        order.key = Some((key, Fingerprint([request; 16])));
    }
    order.labels = labels(ask);
    if ask.pick.is_multiple_of(3) {
        order.job = Some(text("job-7"));
        order.reference = Some(text("payment:7"));
        order.subject = Some(text("ann"));
        order.words = Some(Words { salt: [7; 16], text: "said".to_owned() });
    }
    if ask.pick.is_multiple_of(7) {
        order.request = Some(text("request-7"));
        order.occurred_at = Some(Time::from_micros(now - Time::DAY));
    }
    order
}

fn labels(ask: &Ask) -> Vec<(Text, Text)> {
    let label = |n: usize| (text(&format!("label-{n}")), text("x"));
    match ask.flaw {
        Some(Flaw::Labels) => (0..9).map(label).collect(),
        Some(Flaw::SameLabel) => vec![label(1), label(2), label(1)],
        _ => (0..usize::from(ask.pick % 11).min(8)).map(label).collect(),
    }
}

/// What a step is about.
struct Scene<'m> {
    model: &'m Model,
    now: i64,
    ask: &'m Ask,
    id: WalletId,
    wallet: Option<&'m Wallet>,
}

impl<'m> Scene<'m> {
    fn of(model: &'m Model, now: i64, ask: &'m Ask) -> Self {
        // Half of the commands are for one wallet.
        let place = usize::from(ask.wallet / 2) % model.wallets.len().clamp(1, BUSY);
        let place = if ask.wallet.is_multiple_of(2) { 0 } else { place };
        let wallet = model.wallets.get(place);
        let unknown = matches!(ask.flaw, Some(Flaw::UnknownWallet));
        let id = wallet.filter(|_| !unknown).map_or(NOBODY, |wallet| wallet.id);
        Self { model, now: now.max(model.last.1 + 1), ask, id, wallet }
    }

    fn flawed_terms(&self) -> bool {
        matches!(self.ask.flaw, Some(Flaw::Terms))
    }

    fn command(&self) -> Command {
        let wallet = self.id;
        match self.ask.what {
            What::Open => Command::Open(command::Open {
                owner: Owner::User(i64::from(self.ask.pick)),
                unit: text("credit"),
            }),
            What::Grant => Command::Grant(self.grant()),
            What::Spend => {
                let amount = self.amount(self.available());
                Command::Spend(command::Spend { wallet, amount, usage: self.usage() })
            }
            What::Authorize => Command::Authorize(self.authorize()),
            What::Extend => Command::Extend(command::Extend {
                wallet,
                hold: self.hold(),
                expires_in: self.expires_in(),
            }),
            What::Capture => Command::Capture(self.capture()),
            What::Release => Command::Release(command::Release { wallet, hold: self.hold() }),
            What::Settle => Command::Settle(wallet),
            What::Remove => {
                let amount = self.amount(self.available());
                Command::Remove(command::Remove { wallet, amount })
            }
            What::Refund => self.refund().unwrap_or(Command::Settle(wallet)),
            What::Clawback => Command::Clawback(self.clawback()),
            What::Freeze => Command::Freeze(wallet, self.grant_id()),
            What::Thaw => Command::Thaw(wallet, self.frozen_id()),
            What::SetStatus => Command::SetStatus(self.set_status()),
            What::Erase => Command::Erase(Seq::from_number(if self.flawed_terms() {
                self.model.last.0 + 9
            } else {
                1 + i64::from(self.ask.pick) % self.model.last.0
            })),
            What::Seal => {
                let (through, digest) = (i64::from(self.ask.pick), Hash([self.ask.wallet; 32]));
                Command::Seal(command::Seal { through, digest })
            }
        }
    }

    fn available(&self) -> i64 {
        self.wallet.map_or(0, |wallet| wallet.available(self.now))
    }

    /// How much, where `all` is all there is.
    fn amount(&self, all: i64) -> Credits {
        let most = Credits::MAX.micros();
        let micros = match (self.ask.flaw, self.ask.amount) {
            (Some(Flaw::Zero), _) => 0,
            (Some(Flaw::Negative), _) => -1 - all,
            (Some(Flaw::TooMuch), _) => most + 1,
            (_, Amount::Micros(n)) => i64::from(n),
            (_, Amount::Credits(n)) => i64::from(n) * 1_000_000,
            (_, Amount::All) => all.clamp(1, most),
            (_, Amount::OneMore) => (all + 1).min(most),
            (_, Amount::Part(n)) => (all / 255 * i64::from(n)).clamp(1, most),
            (_, Amount::Most) => most,
        };
        Credits::from_micros(micros)
    }

    fn later(&self, delay: Delay) -> i64 {
        match delay {
            Delay::Micros(n) => i64::from(n),
            Delay::Seconds(n) => i64::from(n) * Time::SECOND,
            Delay::Days(n) => i64::from(n) * Time::DAY,
            Delay::WithAnother(nth) => {
                let ends: Vec<i64> = self.wallet.map(ends).unwrap_or_default();
                one_of(&ends, nth).map_or(Time::SECOND, |end| end - self.now)
            }
        }
    }

    fn grant(&self) -> command::Grant {
        let terms = &self.ask.terms;
        let priority = if self.flawed_terms() && terms.choice.is_multiple_of(2) {
            if terms.choice.is_multiple_of(4) { 101 } else { -1 }
        } else {
            i64::from(terms.priority)
        };
        let ends = if self.flawed_terms() { Some(Delay::Micros(0)) } else { terms.ends };
        let euros = terms.choice.is_multiple_of(8);
        let currency = if euros { Currency::parse("EUR").expect("a code") } else { Currency::USD };
        let at = |delay| Time::from_micros(self.now + self.later(delay));
        command::Grant {
            wallet: self.id,
            amount: self.amount((i64::from(terms.choice) + 1) * 10_000_000),
            source: *one_of(&Source::ALL, self.ask.pick).expect("there are some"),
            priority,
            effective_at: terms.starts.map(at),
            expires_at: ends.map(at),
            cost: terms.cost.map(|cost| Cost { micro_cents: i64::from(cost), currency }),
        }
    }

    fn usage(&self) -> Usage {
        let named = self.ask.pick.is_multiple_of(2);
        Usage {
            service: named.then(|| text("llm")),
            price_version: named.then_some(3),
            quantities: if named { vec![(text("output_tokens"), 5_000_000)] } else { vec![] },
        }
    }

    fn expires_in(&self) -> i64 {
        if self.flawed_terms() {
            return if self.ask.pick.is_multiple_of(2) {
                Time::SECOND - 1
            } else {
                30 * Time::DAY + 1
            };
        }
        let micros = self.ask.terms.ends.map_or(900 * Time::SECOND, |delay| self.later(delay));
        micros.clamp(Time::SECOND, 30 * Time::DAY)
    }

    fn authorize(&self) -> command::Authorize {
        let choice = self.ask.terms.choice;
        // Most of them on the deepest hold: deep families.
        let open: Vec<HoldId> = self.wallet.map(open_holds).unwrap_or_default();
        let parent = match self.ask.pick % 8 {
            0..4 => self.wallet.and_then(deepest_hold),
            4 => one_of(&open, self.ask.pick / 8).copied(),
            _ => None,
        };
        let parent =
            if self.is_lost() && choice.is_multiple_of(2) { Some(self.hold()) } else { parent };
        let family = self.wallet.zip(parent).and_then(|(wallet, id)| {
            let hold = wallet.hold(id)?;
            Some(wallet.capturable(hold))
        });
        let expiry = [OnExpiry::Release, OnExpiry::Capture];
        let over = [OverCapture::Reject, OverCapture::UpToAvailable];
        command::Authorize {
            wallet: self.id,
            amount: self.amount(family.unwrap_or_else(|| self.available())),
            usage: self.usage(),
            expires_in: self.expires_in(),
            on_expiry: expiry[usize::from(choice / 4 % 2)],
            over_capture: over[usize::from(choice / 8 % 2)],
            parent,
        }
    }

    fn is_lost(&self) -> bool {
        matches!(self.ask.flaw, Some(Flaw::UnknownTarget | Flaw::OtherWallet))
    }

    /// A wallet that is not the one in question.
    fn other(&self) -> Option<&'m Wallet> {
        self.model.wallets.iter().find(|wallet| wallet.id != self.id)
    }

    /// Mostly an open hold, sometimes a closed one.
    fn hold(&self) -> HoldId {
        let nothing = HoldId(Seq::from_number(self.model.last.0 + 7));
        let pick = self.ask.pick;
        match self.ask.flaw {
            Some(Flaw::UnknownTarget) => nothing,
            Some(Flaw::OtherWallet) => {
                let others: Vec<HoldId> = self.other().map(every_hold).unwrap_or_default();
                one_of(&others, pick).copied().unwrap_or(nothing)
            }
            _ => {
                let open: Vec<HoldId> = self.wallet.map(open_holds).unwrap_or_default();
                let every: Vec<HoldId> = self.wallet.map(every_hold).unwrap_or_default();
                let from = if pick.is_multiple_of(5) || open.is_empty() { &every } else { &open };
                one_of(from, pick).copied().unwrap_or(nothing)
            }
        }
    }

    fn capture(&self) -> command::Capture {
        let hold = self.hold();
        let found = self.wallet.and_then(|wallet| wallet.hold(hold).map(|hold| (wallet, hold)));
        let all = found.map_or(0, |(wallet, hold)| wallet.capturable(hold));
        let last = self.ask.terms.choice.is_multiple_of(3);
        command::Capture {
            wallet: self.id,
            hold,
            amount: self.amount(all),
            quantities: self.usage().quantities,
            completion: if last { Completion::Final } else { Completion::Partial },
        }
    }

    fn refund(&self) -> Option<Command> {
        let mut spends = self.model.spends.iter().collect::<Vec<_>>();
        spends.retain(|spend| spend.wallet == self.id || self.ask.pick.is_multiple_of(4));
        let spend = one_of(&spends, self.ask.pick / 4)?;
        let left = spend.amount - spend.refunds.iter().sum::<i64>();
        let sources = [Source::Refund, Source::Dispute];
        Some(Command::Refund(command::Refund {
            original: Original {
                seq: Seq::from_number(spend.seq),
                wallet: spend.wallet,
                amount: Credits::from_micros(spend.amount),
                cost: spend.cost,
            },
            amount: self.amount(left),
            source: sources[usize::from(self.ask.terms.choice % 2)],
        }))
    }

    fn grant_id(&self) -> GrantId {
        let of = |wallet: &Wallet| wallet.grants.iter().map(|grant| grant.id).collect::<Vec<_>>();
        let nothing = GrantId { seq: Seq::from_number(self.model.last.0 + 7), ordinal: 1 };
        let from = match self.ask.flaw {
            Some(Flaw::UnknownTarget) => None,
            Some(Flaw::OtherWallet) => self.other(),
            _ => self.wallet,
        };
        let grants = from.map(of).unwrap_or_default();
        // Young ones: the old ones are spent.
        let young = grants.get(grants.len().saturating_sub(6)..).unwrap_or_default();
        let from = if self.ask.pick.is_multiple_of(4) { &grants[..] } else { young };
        one_of(from, self.ask.pick / 4).copied().unwrap_or(nothing)
    }

    /// Mostly a frozen one.
    fn frozen_id(&self) -> GrantId {
        let wallet = self.wallet.filter(|_| !self.ask.pick.is_multiple_of(5) && !self.is_lost());
        let frozen: Vec<GrantId> = wallet
            .map(|wallet| wallet.grants.iter().filter(|grant| grant.is_frozen()))
            .map(|grants| grants.map(|grant| grant.id).collect())
            .unwrap_or_default();
        one_of(&frozen, self.ask.pick).copied().unwrap_or_else(|| self.grant_id())
    }

    fn clawback(&self) -> command::Clawback {
        let choice = i64::from(self.ask.terms.choice);
        let paid = self.ask.terms.cost.map_or(1_999, |cost| i64::from(cost) + 1);
        let refunded_total = match (self.flawed_terms(), choice % 4) {
            (true, 0) => paid + 1,
            (true, 1) => -1,
            (true, _) => 0,
            (false, 0) => paid,
            (false, _) => (paid / 3 * (choice % 3 + 1)).max(1),
        };
        let owe = choice % 8 < 3;
        command::Clawback {
            wallet: self.id,
            grant: self.grant_id(),
            refunded_total,
            paid,
            shortfall: if owe { Shortfall::Owe } else { Shortfall::Forgive },
        }
    }

    /// Mostly back to active: a wallet that stands still tests little.
    fn set_status(&self) -> command::SetStatus {
        let status = match self.ask.terms.choice % 8 {
            0 => Status::Paused,
            1 => Status::Suspended,
            _ => Status::Active,
        };
        command::SetStatus { wallet: self.id, status }
    }
}

fn every_hold(wallet: &Wallet) -> Vec<HoldId> {
    wallet.holds.iter().map(|hold| hold.id).collect()
}

fn open_holds(wallet: &Wallet) -> Vec<HoldId> {
    wallet.holds.iter().filter(|hold| hold.is_open()).map(|hold| hold.id).collect()
}

fn deepest_hold(wallet: &Wallet) -> Option<HoldId> {
    let open = wallet.holds.iter().filter(|hold| hold.is_open());
    open.max_by_key(|hold| (wallet.depth(hold), hold.id)).map(|hold| hold.id)
}

/// When its grants and holds expire.
fn ends(wallet: &Wallet) -> Vec<i64> {
    let grants = wallet.grants.iter().filter_map(|grant| grant.expires_at);
    grants.chain(wallet.holds.iter().map(|hold| hold.expires_at)).collect()
}
