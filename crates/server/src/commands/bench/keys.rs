//! The idempotency keys of a run: each used once, random to look at, or in the
//! order of time.

use clap::ValueEnum;

/// In which order keys follow each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Order {
    /// As random UUIDs do: in none
    Random,
    /// As UUIDs of version 7 do: the later, the greater
    #[value(name = "ordered")]
    Time,
}

impl Order {
    /// As it is asked for.
    pub(super) fn flag(self) -> String {
        self.to_possible_value().map_or_else(String::new, |value| value.get_name().to_owned())
    }
}

/// The keys of a run.
#[derive(Clone, Debug)]
pub(super) struct Keys {
    order: Order,
    /// Keeps keys of different runs on one database apart.
    run: String,
}

impl Keys {
    pub(super) const fn of_a_run(order: Order, run: String) -> Self {
        Self { order, run }
    }

    /// The key of a numbered request for a use.
    pub(super) fn of(&self, number: u64, r#use: &str) -> String {
        let run = &self.run;
        match self.order {
            Order::Random => format!("{:016x}-{run}-{use}", scatter(number)),
            Order::Time => format!("{run}-{number:016x}-{use}"),
        }
    }
}

/// Another number for each, as if drawn at random (the finalizer of SplitMix64).
pub(super) const fn scatter(number: u64) -> u64 {
    let mixed = number.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ (mixed >> 31)
}

#[cfg(test)]
mod tests {
    use super::{Keys, Order};

    #[test]
    fn keys_are_ordered_only_where_that_was_asked_for() {
        let made = |order| {
            let keys = Keys::of_a_run(order, "run".into());
            (0..1_000).map(|number| keys.of(number, "s")).collect::<Vec<_>>()
        };
        let (ordered, random) = (made(Order::Time), made(Order::Random));
        assert!(ordered.is_sorted());
        assert!(!random.is_sorted());
        let distinct: std::collections::BTreeSet<_> = random.iter().collect();
        assert_eq!(distinct.len(), 1_000);
    }
}
