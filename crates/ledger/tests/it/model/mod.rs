//! The model test: random commands against the ledger and against `model`, a second,
//! naive implementation of its rules. After each step both have the same
//! outcome, the same records and the same state, every invariant holds, the
//! fold agrees with `apply`, and a verifier finds no fault.
//!
//! `CREDITS_MODEL_COMMANDS` says how many commands (`CREDITS_SOAK_COMMANDS` for
//! hours of them), `CREDITS_MODEL_SEED` with which seed to begin; a failure
//! prints the seed of its sequence and the fewest steps that still fail.

mod compare;
mod run;
mod shelf;

use std::cell::{Cell, RefCell};

use model::{Step, rng, steps};
use proptest::test_runner::{Config, TestError, TestRunner};

use run::{Checked, Run, Tally};

/// Short enough for the model's lists, long enough for trouble to build up.
const STEPS_MAX: usize = 500;

const COMMANDS: u64 = 200_000;

/// How long a failing sequence is shortened.
const SHRINK_MS_MAX: u32 = 60_000;

/// From here on, every kind of record and refusal must have been seen.
const ENOUGH: u64 = 50_000;

/// What the random steps must have met.
const MET: [&str; 47] = [
    "applied",
    "batch false",
    "batch true",
    "replayed",
    "genesis",
    "open",
    "grant",
    "spend",
    "authorize",
    "extend",
    "capture",
    "release",
    "lapse",
    "expire",
    "remove",
    "refund",
    "clawback",
    "owe",
    "repay",
    "freeze",
    "thaw",
    "set_status",
    "erase",
    "refuse",
    "seal",
    "refused: AmountOutOfRange",
    "refused: ExpiresBeforeEffective",
    "refused: ExpiresIn",
    "refused: GrantFrozen",
    "refused: GrantNotFrozen",
    "refused: HoldDepth",
    "refused: HoldExpired",
    "refused: HoldHasChildren",
    "refused: HoldLife",
    "refused: HoldSettled",
    "refused: Insufficient",
    "refused: KeyReused",
    "refused: Labels",
    "refused: OverCapture",
    "refused: Paused",
    "refused: Priority",
    "refused: RefundExceeds",
    "refused: Share",
    "refused: Suspended",
    "refused: UnknownGrant",
    "refused: UnknownHold",
    "refused: UnknownWallet",
];

#[test]
fn random_commands_do_what_the_model_says() {
    let commands = setting("CREDITS_MODEL_COMMANDS").or(setting("CREDITS_SOAK_COMMANDS"));
    let commands = commands.unwrap_or(COMMANDS);
    let mut seed = setting("CREDITS_MODEL_SEED").unwrap_or(1);
    let mut met = Tally::new();
    let mut done = 0;
    while done < commands {
        let tally = run_sequence(seed);
        done += commands_in(&tally);
        for (name, count) in tally {
            *met.entry(name).or_default() += count;
        }
        seed += 1;
    }
    println!("{met:#?}");
    let missing: Vec<_> = MET.iter().filter(|name| !met.contains_key(**name)).collect();
    assert!(commands < ENOUGH || missing.is_empty(), "never met: {missing:?}");
}

fn commands_in(tally: &Tally) -> u64 {
    let outcome = |name: &str| name.starts_with("refused") || name.starts_with("batch");
    let counted = |name: &str| outcome(name) || name == "applied" || name == "replayed";
    tally.iter().filter(|(name, _)| counted(name)).map(|(_, count)| count).sum()
}

/// One sequence; a failure is shrunk and printed with its seed.
fn run_sequence(seed: u64) -> Tally {
    let config = Config {
        cases: 1,
        max_shrink_iters: u32::MAX,
        max_shrink_time: SHRINK_MS_MAX,
        failure_persistence: None,
        ..Config::default()
    };
    let (tally, reached) = (RefCell::new(Tally::new()), Cell::new(0));
    let result = TestRunner::new_with_rng(config, rng(seed)).run(&steps(STEPS_MAX), |steps| {
        *tally.borrow_mut() = run_steps(&steps, &reached)?;
        Ok(())
    });
    match result {
        Ok(()) => tally.into_inner(),
        Err(TestError::Fail(why, steps)) => {
            // Shrinking ends with a run of what it found, or of something close that passed.
            let _ = run_steps(&steps, &reached);
            let steps = steps.iter().take(reached.get());
            let steps: Vec<String> = steps.map(|step| format!("  {step:?}")).collect();
            panic!("CREDITS_MODEL_SEED={seed}: {why}\nthe fewest steps:\n{}", steps.join("\n"))
        }
        Err(TestError::Abort(why)) => panic!("CREDITS_MODEL_SEED={seed}: {why}"),
    }
}

fn run_steps(steps: &[Step], reached: &Cell<usize>) -> Checked<Tally> {
    let mut run = Run::begin()?;
    for (place, step) in steps.iter().enumerate() {
        reached.set(place + 1);
        run.step(step)?;
    }
    run.compare_all()?;
    Ok(run.tally)
}

#[expect(clippy::disallowed_methods, reason = "a developer sets the length and the seed")]
fn setting(name: &str) -> Option<u64> {
    let value = std::env::var(name).ok()?;
    Some(value.parse().unwrap_or_else(|_| panic!("{name}={value} is not a number")))
}
