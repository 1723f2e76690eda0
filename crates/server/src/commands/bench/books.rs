//! The books of a run: what measures each, and how its server started.

use std::cell::Cell;
use std::time::Duration;

use super::child::{Child, Start};
use super::keys::{Keys, Order};
use super::phase::Bench;
use super::setup::{Made, Wanted};
use super::work::Common;
use crate::wiring::machine;

/// A book whose server is at work.
pub(super) struct Book {
    pub(super) bench: Bench,
    pub(super) figures: Figures,
    child: Option<Child>,
}

/// What is said of a book beside its phases.
pub(super) struct Figures {
    /// For people.
    pub(super) name: String,
    /// Spends behind it, and how long they took.
    pub(super) behind: u64,
    pub(super) filling: Duration,
    /// How its server started; that of a URL runs already.
    pub(super) start: Option<Start>,
}

/// What all books have in common.
#[derive(Clone, Copy)]
pub(super) struct Terms {
    pub(super) connections: usize,
    pub(super) order: Order,
}

impl Book {
    /// Starts the server of a book.
    pub(super) async fn start(made: &Made, terms: Terms) -> anyhow::Result<Self> {
        let (child, start) = Child::start(&made.scratch).await?;
        let bench = bench(child.address(), &made.key, terms, Some(child.id()))?;
        let Wanted { name, behind, .. } = &made.wanted;
        let (name, behind, filling) = (name.clone(), *behind, made.filling);
        let figures = Figures { name, behind, filling, start: Some(start) };
        Ok(Self { bench, figures, child: Some(child) })
    }

    /// That of a server that runs already.
    pub(super) fn running(
        address: std::net::SocketAddr,
        key: &str,
        terms: Terms,
    ) -> anyhow::Result<Self> {
        let bench = bench(address, key, terms, None)?;
        let name = format!("http://{address}");
        let figures = Figures { name, behind: 0, filling: Duration::ZERO, start: None };
        Ok(Self { bench, figures, child: None })
    }

    /// Ends its server.
    pub(super) fn stop(self) -> anyhow::Result<Figures> {
        self.child.map_or(Ok(()), Child::stop)?;
        Ok(self.figures)
    }
}

fn bench(
    address: std::net::SocketAddr,
    key: &str,
    terms: Terms,
    server: Option<u32>,
) -> anyhow::Result<Bench> {
    let Terms { connections, order } = terms;
    let common = Common::new(&address.to_string(), key, keys(order))?;
    Ok(Bench { address, common, connections, server, number: Cell::new(0) })
}

/// The keys of this run.
pub(super) fn keys(order: Order) -> Keys {
    Keys::of_a_run(order, format!("bench-{}", machine::wall().micros()))
}
