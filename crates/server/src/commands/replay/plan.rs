//! What will happen to each call, known beforehand: its keys and its fate.

use domain::ServiceKey;
use ledger::{Hash, chain};

use super::trace::Call;

/// What is replayed.
pub(super) struct Plan {
    /// What keys and fates are derived from.
    pub(super) seed: u64,
    /// The calls in order.
    pub(super) calls: Vec<Call>,
    /// The service that has the prices.
    pub(super) service: ServiceKey,
    /// How many of a million calls fail.
    pub(super) fail_ppm: u64,
}

/// One call on its way.
#[derive(Clone, Copy, Debug)]
pub(super) struct Run {
    seed: u64,
    /// Its place in the trace, from 0.
    pub(super) row: u64,
    /// What it read and wrote.
    pub(super) call: Call,
    /// How it ends.
    pub(super) fate: Fate,
}

/// How a call ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fate {
    /// It works: what was used is captured.
    Works,
    /// It fails: the hold is released.
    Fails,
}

/// A step that changes something, and so has a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Step {
    /// Setting credits aside.
    Hold,
    /// Spending what was used, or giving all of it back.
    Settle,
}

impl Plan {
    /// The calls with their fates.
    pub(super) fn runs(&self) -> impl Iterator<Item = Run> {
        (0..).zip(&self.calls).map(|(row, call)| Run {
            seed: self.seed,
            row,
            call: *call,
            fate: self.fate(row),
        })
    }

    fn fate(&self, row: u64) -> Fate {
        let bytes = draw(self.seed, row, "fate");
        let number =
            bytes.iter().take(8).fold(0_u64, |number, byte| number << 8 | u64::from(*byte));
        if number % 1_000_000 < self.fail_ppm { Fate::Fails } else { Fate::Works }
    }
}

impl Run {
    /// The key of a step: the same whenever this row is replayed with this seed.
    pub(super) fn key(&self, step: Step) -> String {
        let step = match step {
            Step::Hold => "hold",
            Step::Settle => "settle",
        };
        let Call { input_tokens, output_tokens } = self.call;
        let hash = draw(self.seed, self.row, &format!("{step} {input_tokens} {output_tokens}"));
        format!("replay-{step}-{}", &Hash(hash).to_string()[..32])
    }

    /// The job it is, to find it again.
    pub(super) fn job(&self) -> String {
        format!("replay-{}-{}", self.seed, self.row)
    }

    /// What it used, by dimension.
    pub(super) fn quantities(&self) -> [(&'static str, u32); 2] {
        [("input_tokens", self.call.input_tokens), ("output_tokens", self.call.output_tokens)]
    }
}

/// 32 bytes that depend on all three and look like chance.
pub(super) fn draw(seed: u64, row: u64, what: &str) -> [u8; 32] {
    chain(Hash::ZERO, format!("replay\0{seed}\0{row}\0{what}").as_bytes()).0
}

#[cfg(test)]
mod tests {
    use super::{Call, Fate, Plan, ServiceKey, Step};

    fn plan(fail_ppm: u64) -> Plan {
        let calls = vec![Call { input_tokens: 5, output_tokens: 7 }; 10_000];
        Plan { seed: 3, calls, service: ServiceKey::parse("llm").unwrap(), fail_ppm }
    }

    #[test]
    fn about_the_share_that_was_asked_for_fails() {
        let failed = |ppm| plan(ppm).runs().filter(|run| run.fate == Fate::Fails).count();
        assert_eq!(failed(0), 0);
        assert_eq!(failed(1_000_000), 10_000);
        assert!((150..250).contains(&failed(20_000)), "{}", failed(20_000));
    }

    #[test]
    fn keys_differ_by_row_and_step_and_never_change() {
        let keys: std::collections::BTreeSet<_> =
            plan(0).runs().flat_map(|run| [run.key(Step::Hold), run.key(Step::Settle)]).collect();
        assert_eq!(keys.len(), 20_000);
        let first = plan(0).runs().next().map(|run| run.key(Step::Hold));
        assert_eq!(first.as_deref(), Some("replay-hold-efaa9ba36b95429f15a2415e33a0a7bb"));
    }
}
