//! Who is in the demo.

use domain::Role;

/// Everyone's password: the book is for trying things out, and says so.
pub(super) const PASSWORD: &str = "try-it-yourself";

/// Somebody who works here.
pub(super) struct Staff {
    pub(super) name: &'static str,
    pub(super) email: &'static str,
    pub(super) role: Role,
}

/// A customer.
pub(super) struct Customer {
    pub(super) name: &'static str,
    pub(super) email: &'static str,
    pub(super) plan: Plan,
    /// Things they do in a month.
    pub(super) events: u64,
    /// What they buy when they run out, in credits; nothing if they don't.
    pub(super) refill: i64,
}

/// What a customer gets every month.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Plan {
    /// Nothing: they pay as they go.
    None,
    /// 200 credits.
    Starter,
    /// 600 credits.
    Professional,
    /// 1 500 credits.
    Enterprise,
}

impl Plan {
    /// Its name, and the credits of a month.
    pub(super) const fn month(self) -> Option<(&'static str, i64)> {
        match self {
            Self::None => None,
            Self::Starter => Some(("Starter", 200)),
            Self::Professional => Some(("Professional", 600)),
            Self::Enterprise => Some(("Enterprise", 1_500)),
        }
    }
}

/// Who works here; the first corrects and pauses.
pub(super) const STAFF: [Staff; 3] = [
    Staff { name: "Admin", email: "admin@example.com", role: Role::Admin },
    Staff { name: "Finance", email: "finance@example.com", role: Role::Finance },
    Staff { name: "Support", email: "support@example.com", role: Role::Support },
];

const fn customer(
    name: &'static str,
    email: &'static str,
    plan: Plan,
    (events, refill): (u64, i64),
) -> Customer {
    Customer { name, email, plan, events, refill }
}

/// The customers. The third is paused in the month, the ninth suspended.
pub(super) const CUSTOMERS: [Customer; 12] = [
    customer("Harbor Analytics", "harbor@example.com", Plan::Enterprise, (260, 500)),
    customer("Juniper Studio", "juniper@example.com", Plan::Professional, (110, 200)),
    customer("Copperline Media", "copperline@example.com", Plan::Professional, (90, 0)),
    customer("Northwind Labs", "northwind@example.com", Plan::Enterprise, (210, 1_000)),
    customer("Pebble & Pine", "pebble@example.com", Plan::Starter, (30, 100)),
    customer("Quiet Orchard", "orchard@example.com", Plan::Starter, (18, 0)),
    customer("Bluefin Legal", "bluefin@example.com", Plan::Professional, (120, 100)),
    customer("Tallgrass Health", "tallgrass@example.com", Plan::Professional, (80, 0)),
    customer("Redwood Retail", "redwood@example.com", Plan::Starter, (40, 0)),
    customer("Lantern Travel", "lantern@example.com", Plan::Starter, (26, 50)),
    customer("Sparrow Robotics", "sparrow@example.com", Plan::None, (60, 250)),
    customer("Mosaic Games", "mosaic@example.com", Plan::None, (24, 100)),
];
