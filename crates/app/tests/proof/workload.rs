//! Commands of every kind, from a seed: most succeed, some are refused.

use app::ledger::{Committed, Ledger, SubmitError};
use ledger::command::{
    Authorize, Capture, Clawback, Completion, Extend, Grant, Open, Refund, Release, Remove,
    SetStatus, Shortfall, Spend,
};
use ledger::{
    Actor, Command, Cost, Credits, Currency, Fingerprint, GrantId, HoldId, OnExpiry, Order,
    Original, OverCapture, Owner, Seq, Source, Status, Text, Time, Usage, WalletId, Words,
};
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};

use crate::bench::Hand;

/// What earlier commands made. Two of different seeds have nothing in common.
pub(crate) struct Workload {
    seed: u64,
    random: StdRng,
    wallets: Vec<WalletId>,
    grants: Vec<(WalletId, GrantId)>,
    holds: Vec<(WalletId, HoldId)>,
    spends: Vec<Original>,
    worded: Vec<Seq>,
    commands: u64,
}

impl Workload {
    pub(crate) fn seeded(seed: u64) -> Self {
        Self {
            seed,
            random: StdRng::seed_from_u64(seed),
            wallets: Vec::new(),
            grants: Vec::new(),
            holds: Vec::new(),
            spends: Vec::new(),
            worded: Vec::new(),
            commands: 0,
        }
    }

    /// Submits so many commands, in batches between which time passes.
    pub(crate) async fn run(&mut self, ledger: &Ledger, hand: &Hand, commands: usize) {
        let mut left = commands;
        while left > 0 {
            let batch = left.min(50);
            let orders: Vec<Order> = (0..batch).map(|_| self.order()).collect();
            for answer in ledger.submit_each(orders).await {
                self.learn(answer);
            }
            hand.pass(self.random.random_range(1..20 * Time::SECOND));
            left -= batch;
        }
    }

    fn learn(&mut self, answer: Result<Committed, SubmitError>) {
        let record = match answer {
            Ok(committed) => committed.record,
            Err(SubmitError::Refused { .. }) => return,
            Err(error) => panic!("{error}"),
        };
        let Some(wallet) = record.wallet else { return };
        if record.event.kind() == ledger::Kind::Open {
            self.wallets.push(wallet);
        }
        let made = record.grants.iter().filter(|change| change.made.is_some());
        self.grants.extend(made.map(|change| (wallet, change.id)));
        let placed = record.holds.iter().filter(|change| change.made.is_some());
        self.holds.extend(placed.map(|change| (wallet, change.id)));
        self.spends.extend(Original::of(&record));
        self.worded.extend(record.words.map(|_| record.seq));
    }

    fn order(&mut self) -> Order {
        self.commands += 1;
        let command = self.command();
        let name = Text::parse("worker").unwrap();
        let mut order = Order::bare(Actor::Key(name), command);
        let keyed = matches!(order.command, Command::Open(_)) || self.random.random_bool(0.5);
        if keyed {
            // One in ten uses a key again, with a request of its own or not.
            let number =
                if self.random.random_bool(0.1) { self.commands / 2 } else { self.commands };
            let key = Text::parse(&format!("key-{}-{number}", self.seed)).unwrap();
            order.key = Some((key, Fingerprint([1; 16])));
        }
        if self.random.random_bool(0.3) && !matches!(order.command, Command::Settle(_)) {
            let text = format!("{{\"description\":\"row {}\"}}", self.commands);
            order.words = Some(Words { salt: self.random.random(), text });
        }
        if self.random.random_bool(0.2) {
            let pair = ("team", format!("team-{}", self.commands % 7));
            let label = (Text::parse(pair.0).unwrap(), Text::parse(&pair.1).unwrap());
            order.labels.push(label);
        }
        order
    }

    fn command(&mut self) -> Command {
        let pick = if self.wallets.len() < 4 { 0 } else { self.random.random_range(0..100) };
        match pick {
            0..3 => self.open(),
            3..18 => self.grant(),
            18..38 => self.spend(),
            38..60 => self.authorize(),
            60..74 => self.capture(),
            74..80 => self.release(),
            80..83 => self.extend(),
            83..86 => Command::Remove(Remove { wallet: self.wallet(), amount: self.amount(5) }),
            86..90 => self.refund(),
            90..93 => self.clawback(),
            93..96 => self.freeze(),
            96..97 => self.set_status(),
            97..99 => self.erase(),
            _ => Command::Settle(self.wallet()),
        }
    }

    fn some<T: Copy>(&mut self, of: fn(&Self) -> &Vec<T>) -> Option<T> {
        let count = of(self).len();
        if count == 0 {
            return None;
        }
        // Rather something recent.
        let back = self.random.random_range(0..count.min(40));
        of(self).get(count - 1 - back).copied()
    }

    fn wallet(&mut self) -> WalletId {
        self.some(|it| &it.wallets).unwrap_or(WalletId::from_number(999_999))
    }

    fn amount(&mut self, credits: i64) -> Credits {
        Credits::from_micros(self.random.random_range(1..=credits * 1_000_000))
    }

    fn usage(&mut self) -> Usage {
        let service = ["llm", "images"].map(|name| Text::parse(name).unwrap());
        let service =
            self.random.random_bool(0.7).then(|| service[self.random.random_range(0..2)].clone());
        Usage { price_version: service.as_ref().map(|_| 1), service, quantities: Vec::new() }
    }

    fn open(&mut self) -> Command {
        let number = i64::try_from(self.seed * 1_000_000 + self.commands).unwrap();
        Command::Open(Open { owner: Owner::User(number), unit: Text::parse("credit").unwrap() })
    }

    fn grant(&mut self) -> Command {
        let source = Source::ALL[self.random.random_range(0..Source::ALL.len())];
        let mut grant = Grant::plain(self.wallet(), self.amount(100), source);
        grant.priority = self.random.random_range(0..=101);
        if self.random.random_bool(0.4) {
            let seconds = self.random.random_range(60..3_000);
            grant.expires_at = Some(crate::bench::NOON.plus(seconds * Time::SECOND));
        }
        if self.random.random_bool(0.5) {
            let micro_cents = self.random.random_range(1..1_000_000_000);
            grant.cost = Some(Cost { micro_cents, currency: Currency::USD });
        }
        Command::Grant(grant)
    }

    fn spend(&mut self) -> Command {
        Command::Spend(Spend { wallet: self.wallet(), amount: self.amount(8), usage: self.usage() })
    }

    fn authorize(&mut self) -> Command {
        let nested = self.random.random_bool(0.2);
        let parent = self.some(|it| &it.holds).filter(|_| nested);
        let wallet = match parent {
            Some((wallet, _)) => wallet,
            None => self.wallet(),
        };
        let capture = self.random.random_bool(0.3);
        let beyond = self.random.random_bool(0.3);
        Command::Authorize(Authorize {
            wallet,
            amount: self.amount(10),
            usage: self.usage(),
            expires_in: self.random.random_range(1..600) * Time::SECOND,
            on_expiry: if capture { OnExpiry::Capture } else { OnExpiry::Release },
            over_capture: if beyond { OverCapture::UpToAvailable } else { OverCapture::Reject },
            parent: parent.map(|(_, hold)| hold),
        })
    }

    fn capture(&mut self) -> Command {
        let Some((wallet, hold)) = self.some(|it| &it.holds) else { return self.spend() };
        let last = self.random.random_bool(0.6);
        Command::Capture(Capture {
            wallet,
            hold,
            amount: self.amount(8),
            quantities: Vec::new(),
            completion: if last { Completion::Final } else { Completion::Partial },
        })
    }

    fn release(&mut self) -> Command {
        let Some((wallet, hold)) = self.some(|it| &it.holds) else { return self.spend() };
        Command::Release(Release { wallet, hold })
    }

    fn extend(&mut self) -> Command {
        let Some((wallet, hold)) = self.some(|it| &it.holds) else { return self.spend() };
        Command::Extend(Extend { wallet, hold, expires_in: 700 * Time::SECOND })
    }

    fn refund(&mut self) -> Command {
        let Some(original) = self.some(|it| &it.spends) else { return self.spend() };
        let amount = Credits::from_micros(self.random.random_range(1..=original.amount.micros()));
        Command::Refund(Refund { original, amount, source: Source::Refund })
    }

    fn clawback(&mut self) -> Command {
        let Some((wallet, grant)) = self.some(|it| &it.grants) else { return self.spend() };
        let owe = self.random.random_bool(0.5);
        let shortfall = if owe { Shortfall::Owe } else { Shortfall::Forgive };
        let refunded_total = self.random.random_range(1..=1_000);
        Command::Clawback(Clawback { wallet, grant, refunded_total, paid: 1_000, shortfall })
    }

    fn freeze(&mut self) -> Command {
        let Some((wallet, grant)) = self.some(|it| &it.grants) else { return self.spend() };
        let thaw = self.random.random_bool(0.5);
        if thaw { Command::Thaw(wallet, grant) } else { Command::Freeze(wallet, grant) }
    }

    fn set_status(&mut self) -> Command {
        let paused = self.random.random_bool(0.2);
        let status = if paused { Status::Paused } else { Status::Active };
        Command::SetStatus(SetStatus { wallet: self.wallet(), status })
    }

    fn erase(&mut self) -> Command {
        let Some(seq) = self.some(|it| &it.worded) else { return self.spend() };
        Command::Erase(seq)
    }
}
