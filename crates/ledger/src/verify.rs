//! Verification: refolds a journal, row by row, and checks every invariant that
//! the journal alone can show. It assumes nothing of who wrote it.

mod figures;
mod grants;
mod holds;

use std::collections::{BTreeMap, HashMap, HashSet};
use std::fmt;

use crate::chain::{Hash, chain};
use crate::codec::{decode, encode};
use crate::credits::Credits;
use crate::grant::Grant;
use crate::hold::Hold;
use crate::id::{GrantId, HoldId, Seq, WalletId};
use crate::invariant::{check_closed, check_wallet};
use crate::key::{KeyEntry, KeyId};
use crate::overlay::{Delta, Overlay};
use crate::record::{Balances, Event, Kind, Record};
use crate::time::Time;
use crate::totals::Totals;
use crate::wallet::Wallet;
use crate::words::WordsDigest;
use crate::working::{Head, Read, Working};

/// A wallet with more open grants or holds is looked at as a whole at the end
/// only, so that verification stays linear; each record's change of it is
/// checked all the same.
const SMALL: usize = 64;

/// Between the records of one command a debt may stand beside credits.
const BEFORE_ALL: Time = Time::from_micros(i64::MIN);

/// The first thing wrong with a journal, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// The first bad place.
    pub seq: Seq,
    /// What is wrong there.
    pub what: String,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "seq {}: {}", self.seq, self.what)
    }
}

/// Refolds a journal from its first record, and keeps all state.
#[derive(Clone)]
pub struct Verifier {
    state: Working,
    /// What each transaction took of which wallet, to bound its refunds.
    spends: HashMap<Seq, (WalletId, Credits)>,
    /// The digests of words, until erased.
    words: BTreeMap<Seq, WordsDigest>,
    erased: HashSet<Seq>,
    totals: Totals,
    wallets: Vec<WalletId>,
}

/// A record that changes a wallet, and the state before it.
struct Seen<'s> {
    state: &'s Working,
    wallet: &'s Wallet,
    record: &'s Record,
    kind: Kind,
    /// The wallet's figures as the record leaves them.
    after: Balances,
    /// When the record took effect.
    instant: Time,
}

impl<'s> Seen<'s> {
    /// The hold that a capture is about, as it was, and the top of its family.
    fn captured(&self) -> Option<(&'s Hold, &'s Hold)> {
        let own = self.wallet.hold(self.record.holds.first()?.id)?;
        let mut top = own;
        while let Some(id) = top.terms.parent {
            top = self.wallet.hold(id)?;
        }
        Some((own, top))
    }
}

#[expect(clippy::fn_params_excessive_bools, reason = "an assertion takes its truth")]
fn demand(truth: bool, otherwise: &'static str) -> Result<(), &'static str> {
    if truth { Ok(()) } else { Err(otherwise) }
}

impl Default for Verifier {
    fn default() -> Self {
        Self {
            state: Working::new(Head::START),
            spends: HashMap::new(),
            words: BTreeMap::new(),
            erased: HashSet::new(),
            totals: Totals::default(),
            wallets: Vec::new(),
        }
    }
}

impl Verifier {
    /// Takes the next row: its place, bytes and hash as stored.
    pub fn next(&mut self, seq: Seq, body: &[u8], hash: Hash) -> Result<Record, Fault> {
        let place = self.state.head().seq.next();
        let fault = |what: String| Fault { seq: place, what };
        if seq != place {
            return Err(fault(format!("the row is missing; seq {seq} follows in its place")));
        }
        if chain(self.state.head().hash, body) != hash {
            return Err(fault("the hash does not fit the record and those before it".to_owned()));
        }
        let record = decode(body).map_err(|error| fault(error.to_string()))?;
        if encode(&record) != body || record.seq != seq {
            return Err(fault("the record's bytes are not canonical".to_owned()));
        }
        self.check(&record, hash).map_err(fault)?;
        Ok(record)
    }

    fn check(&mut self, record: &Record, hash: Hash) -> Result<(), String> {
        if record.at <= self.state.head().at {
            return Err("its time is not after the one before (L3)".to_owned());
        }
        let genesis = matches!(record.event, Event::Genesis { .. });
        if genesis != (record.seq == Seq::ZERO.next()) {
            return Err("a book begins with one genesis".to_owned());
        }
        self.check_key(record)?;
        self.check_change(record)?;
        self.check_refund(record)?;
        let delta = self.fold(record, hash).map_err(|broken| broken.to_string())?;
        self.state.merge(delta);
        self.check_state(record)?;
        self.keep(record);
        Ok(())
    }

    fn fold(&self, record: &Record, hash: Hash) -> Result<Delta, crate::invariant::Broken> {
        let mut overlay = Overlay::new(&self.state);
        overlay.replay(record, hash)?;
        Ok(overlay.into_delta())
    }

    /// I1: a key is used once.
    fn check_key(&self, record: &Record) -> Result<(), String> {
        let Some(id) = record.key_id() else { return Ok(()) };
        match self.state.key(id) {
            Some(entry) => Err(format!("its key was used by seq {} (I1)", entry.seq)),
            None => Ok(()),
        }
    }

    /// What it changes is what its kind may change (L1, L3, L5, H1).
    fn check_change(&self, record: &Record) -> Result<(), &'static str> {
        demand(record.effective_at.is_none_or(|at| at < record.at), "it takes effect later")?;
        let kind = record.event.kind();
        let bare =
            matches!(kind, Kind::Genesis | Kind::Erase | Kind::Refuse | Kind::Open | Kind::Seal);
        let moves_nothing =
            record.posting.is_none() && record.grants.is_empty() && record.holds.is_empty();
        demand(!bare || moves_nothing, "it changes what its kind does not (L1)")?;
        if kind == Kind::Open {
            return self.check_opened(record);
        }
        match record.after {
            None => demand(bare, "it does not say what it leaves (L1)"),
            Some(_) if bare => Err("it changes what its kind does not (L1)"),
            Some(after) => {
                let wallet = record.wallet.and_then(|id| self.state.wallet(id));
                let wallet = wallet.ok_or("its wallet is not open")?;
                let instant = record.effective_at.unwrap_or(record.at);
                let state = &self.state;
                let seen = Seen { state, wallet, record, kind, after, instant };
                figures::check(&seen)?;
                grants::check(&seen)?;
                holds::check(&seen)
            }
        }
    }

    fn check_opened(&self, record: &Record) -> Result<(), &'static str> {
        let id = WalletId::from_number(record.seq.number());
        let empty = record.after == Some(Balances::OPENED);
        let new = record.wallet == Some(id) && self.state.wallet(id).is_none();
        demand(empty && new, "it opens no new wallet")
    }

    /// R1: refunds of a transaction never exceed it; a refund has none.
    fn check_refund(&self, record: &Record) -> Result<(), &'static str> {
        let Event::Refund { of, refunded } = record.event else { return Ok(()) };
        let (wallet, spent) = self.spends.get(&of).ok_or("it refunds what is no spend (R1)")?;
        demand(record.wallet == Some(*wallet), "it refunds another wallet's spend (R1)")?;
        let given = record.amount().and_then(|amount| self.state.refunded(of).checked_add(amount));
        let fits = given == Some(refunded) && refunded <= *spent;
        demand(fits, "refunds exceed the transaction (R1)")
    }

    /// L1, L2, L5 and H1 of the wallet the record left.
    fn check_state(&self, record: &Record) -> Result<(), String> {
        let Some(wallet) = record.wallet.and_then(|id| self.state.wallet(id)) else {
            return Ok(());
        };
        if wallet.grants().len().max(wallet.holds().count()) <= SMALL {
            check_wallet(wallet, BEFORE_ALL).map_err(|broken| broken.to_string())?;
        }
        for change in &record.holds {
            if let Some(hold) = self.state.closed_hold(change.id) {
                check_closed(hold).map_err(|broken| broken.to_string())?;
            }
        }
        Ok(())
    }

    /// Checks every wallet once more: large ones were not checked on the way.
    pub fn finish(&self) -> Result<(), Fault> {
        for wallet in self.wallets() {
            check_wallet(wallet, BEFORE_ALL)
                .map_err(|broken| Fault { seq: wallet.seq, what: broken.to_string() })?;
        }
        Ok(())
    }

    fn keep(&mut self, record: &Record) {
        match record.event {
            Event::Spend | Event::Capture => {
                let spent = record.posting.as_ref().map(|posting| posting.amount);
                self.spends.extend(record.wallet.zip(spent).map(|spent| (record.seq, spent)));
            }
            Event::Open { .. } => self.wallets.extend(record.wallet),
            Event::Erase { of } => {
                self.erased.insert(of);
            }
            _ => {}
        }
        if let Some(digest) = record.words {
            self.words.insert(record.seq, digest);
        }
        self.totals.count(record);
    }

    /// The end of what was taken.
    pub fn head(&self) -> Head {
        self.state.head()
    }

    /// The trial balance of what was taken.
    pub fn totals(&self) -> &Totals {
        &self.totals
    }

    /// A wallet.
    pub fn wallet(&self, id: WalletId) -> Option<&Wallet> {
        self.state.wallet(id).map(AsRef::as_ref)
    }

    /// Every wallet, in the order they were opened.
    pub fn wallets(&self) -> impl Iterator<Item = &Wallet> {
        self.wallets.iter().filter_map(|id| self.wallet(*id))
    }

    /// A grant, open or closed.
    pub fn grant(&self, wallet: WalletId, id: GrantId) -> Option<&Grant> {
        let open = self.wallet(wallet).and_then(|home| home.grant(id));
        open.or_else(|| self.state.closed_grant(id))
    }

    /// A hold, open or closed.
    pub fn hold(&self, wallet: WalletId, id: HoldId) -> Option<&Hold> {
        let open = self.wallet(wallet).and_then(|home| home.hold(id));
        open.or_else(|| self.state.closed_hold(id))
    }

    /// A used key.
    pub fn key(&self, id: KeyId) -> Option<KeyEntry> {
        self.state.key(id)
    }

    /// What was given back of a transaction.
    pub fn refunded(&self, of: Seq) -> Credits {
        self.state.refunded(of)
    }

    /// The digests of the words that must be there, and those that may be gone.
    pub fn words(&self) -> impl Iterator<Item = (Seq, WordsDigest, Erasure)> + '_ {
        self.words.iter().map(|(seq, digest)| {
            let erased = self.erased.contains(seq);
            (*seq, *digest, if erased { Erasure::Erased } else { Erasure::Kept })
        })
    }
}

/// Whether words were erased by a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Erasure {
    /// Their row must be there.
    Kept,
    /// Their row must be gone.
    Erased,
}
