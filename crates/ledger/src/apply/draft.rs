//! A record in the making: what a decision adds to what the order says.

use super::change::{Change, Drawn};
use super::key_use;
use crate::actor::Actor;
use crate::command::Order;
use crate::grant::GrantChange;
use crate::hold::{Hold, HoldChange};
use crate::id::{Seq, WalletId};
use crate::invariant::Broken;
use crate::overlay::Overlay;
use crate::record::{Balances, Event, Posting, Record, Usage};
use crate::text::Text;
use crate::time::Time;
use crate::working::Read;

/// What a decision adds to what the order says.
pub(super) struct Draft {
    event: Event,
    wallet: Option<WalletId>,
    after: Option<Balances>,
    posting: Option<Posting>,
    grants: Vec<GrantChange>,
    holds: Vec<HoldChange>,
    drawn: Drawn,
    usage: Usage,
    job: Option<Text>,
    instant: Option<Time>,
}

impl Draft {
    /// An event that changes no wallet.
    pub(super) fn without_change(event: Event, wallet: Option<WalletId>) -> Self {
        Self {
            event,
            wallet,
            after: None,
            posting: None,
            grants: Vec::new(),
            holds: Vec::new(),
            drawn: Drawn::Nothing,
            usage: Usage::default(),
            job: None,
            instant: None,
        }
    }

    /// An event and the change it makes.
    pub(super) fn new(event: Event, wallet: WalletId, change: Change<'_>) -> Self {
        Self {
            after: Some(change.after),
            posting: change.posting,
            grants: change.grants,
            holds: change.holds,
            drawn: change.cost,
            instant: Some(change.instant),
            ..Self::without_change(event, Some(wallet))
        }
    }

    /// What was used.
    pub(super) fn using(self, usage: Usage) -> Self {
        Self { usage, ..self }
    }

    /// The service, price and job are the hold's.
    pub(super) fn billed_as(self, hold: &Hold, quantities: Vec<(Text, i64)>) -> Self {
        let usage = Usage {
            service: hold.terms.service.clone(),
            price_version: hold.terms.price_version,
            quantities,
        };
        Self { usage, job: hold.terms.job.clone(), ..self }
    }

    /// Emits it as the answer to an order.
    pub(super) fn emit(
        self,
        state: &mut Overlay<'_>,
        now: Time,
        order: &Order,
    ) -> Result<Seq, Broken> {
        let refused = matches!(self.event, Event::Refuse { .. });
        let words = order.words.clone().filter(|_| !refused);
        let mut record = self.record(state, now, order.actor.clone());
        record.key = key_use(order);
        record.request.clone_from(&order.request);
        record.subject.clone_from(&order.subject);
        if !refused {
            record.occurred_at = order.occurred_at;
            record.labels.clone_from(&order.labels);
            record.reference.clone_from(&order.reference);
            record.job = record.job.or_else(|| order.job.clone());
        }
        record.words = words.as_ref().map(crate::words::Words::digest);
        state.emit(record, words)
    }

    /// Emits it as a consequence of an order, or of time alone.
    pub(super) fn emit_after(
        self,
        state: &mut Overlay<'_>,
        now: Time,
        order: Option<&Order>,
    ) -> Result<Seq, Broken> {
        let actor = order.map_or(Actor::System, |order| order.actor.clone());
        let mut record = self.record(state, now, actor);
        record.request = order.and_then(|order| order.request.clone());
        state.emit(record, None)
    }

    fn record(self, state: &Overlay<'_>, now: Time, actor: Actor) -> Record {
        let head = state.head();
        let (seq, at) = (head.seq.next(), now.max(head.at.plus(1)));
        let opens = matches!(self.event, Event::Open { .. });
        let wallet = if opens { Some(WalletId::from_number(seq.number())) } else { self.wallet };
        Record {
            seq,
            at,
            event: self.event,
            wallet,
            after: if opens { Some(Balances::OPENED) } else { self.after },
            posting: self.posting,
            effective_at: self.instant.filter(|instant| *instant < at),
            occurred_at: None,
            subject: None,
            actor,
            grants: self.grants,
            holds: self.holds,
            cost: self.drawn.cost(),
            reference: None,
            usage: self.usage,
            job: self.job,
            labels: Vec::new(),
            request: None,
            key: None,
            words: None,
        }
    }
}
