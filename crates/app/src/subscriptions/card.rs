//! What an owner confirms in a trial, or while the month behind it is past due, so that
//! their card pays. We keep its name alone: what it is confirmed with is read from whoever
//! bills, when somebody asks for it.

use std::time::Duration;

use domain::{Scope, SubscriptionId, SubscriptionStatus};
use gateway::CardSetup;

use super::advance::View;
use super::kept::text;
use super::view::SubscriptionView;
use crate::App;
use crate::callers::Caller;
use crate::error::Error;

/// How long somebody waits to be told what to confirm.
const PATIENCE: Duration = Duration::from_secs(3);

/// Whether there may be a card to confirm: behind a trial that nobody confirmed one in,
/// the first month is past due.
const fn asks(status: SubscriptionStatus) -> bool {
    matches!(status, SubscriptionStatus::Trial | SubscriptionStatus::PastDue)
}

impl App {
    /// With what is to be confirmed, for who may pay. Where whoever bills does not say so
    /// soon, all else is told.
    pub(super) async fn with_card_setup(
        &self,
        caller: &Caller,
        view: SubscriptionView,
    ) -> SubscriptionView {
        let pays = [Scope::CreditsSpend, Scope::CreditsGrant];
        let pays = pays.into_iter().any(|scope| caller.may(scope, view.user));
        if !asks(view.status) || !pays {
            return view;
        }
        let found = tokio::time::timeout(PATIENCE, self.find_card_setup(view.id)).await;
        let late = || Error::internal("who bills does not say in time");
        let card_setup = match found.unwrap_or_else(|_| Err(late())) {
            Ok(found) => found,
            Err(error) => {
                not_told(&error, view.id);
                None
            }
        };
        SubscriptionView { card_setup, ..view }
    }

    /// As it is now: an answer that is repeated may be of a trial that is over.
    async fn find_card_setup(&self, id: SubscriptionId) -> Result<Option<CardSetup>, Error> {
        let view = self.view(id).await?;
        if asks(view.kept.stage.status()) { self.look_at_card(&view).await } else { Ok(None) }
    }

    /// Whether its owner confirmed it since somebody looked. Who does not say holds up
    /// nothing.
    pub(super) async fn card_was_confirmed(&self, view: &View) -> bool {
        if view.kept.row.card_setup.is_none() || view.has_ended() {
            return false;
        }
        match self.look_at_card(view).await {
            Ok(asks) => asks.is_none(),
            Err(error) => {
                not_told(&error, view.kept.id());
                false
            }
        }
    }

    /// What is still to be confirmed. Once nothing is, nobody asks again.
    async fn look_at_card(&self, view: &View) -> Result<Option<CardSetup>, Error> {
        let Some(name) = view.kept.row.card_setup.as_deref() else { return Ok(None) };
        let asks = self.payments().card_setup(&view.billed, &text(name)?, view.now).await?;
        if asks.is_none() {
            let mut kept = view.kept.clone();
            kept.row.card_setup = None;
            // Who changed it meanwhile has it looked at again.
            self.save(kept, view.now).await?;
        }
        Ok(asks)
    }
}

fn not_told(error: &Error, id: SubscriptionId) {
    tracing::warn!(%error, subscription = id.number(), "subscriptions.card_not_told");
}
