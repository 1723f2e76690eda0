//! What a random run does, step by step. A step says which wallet, hold or
//! amount only in relation to what is there, so that a sequence still means
//! something when shrinking takes steps out of it.

use proptest::collection::vec;
use proptest::option;
use proptest::prelude::{Just, Strategy, any};
use proptest::prop_oneof;
use proptest::strategy::ValueTree as _;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};

/// One step.
#[derive(Clone, Debug)]
pub enum Step {
    /// A command.
    Ask(Ask),
    /// The same once and again, each time in relation to what is there then:
    /// holds on holds on holds.
    Repeat(Ask, u8),
    /// Commands that happen all or none.
    Together(Vec<Ask>),
    /// Commands that are committed at once, each for itself.
    Group(Vec<Ask>),
    /// An earlier order once more, as it was.
    Again(u16),
    /// The clock moves.
    Pass(Pass),
    /// The projection catches up, by that part of 255.
    Project(u8),
    /// What is projected is forgotten, and loaded again when it is needed.
    Forget,
    /// The process ends and starts again; bit by bit, which rows of the
    /// projection are ahead of where it says it is.
    Restart(u64),
}

/// A command and what comes with it.
#[derive(Clone, Debug)]
pub struct Ask {
    pub what: What,
    pub wallet: u8,
    /// Which of the holds, grants or spends there are.
    pub pick: u16,
    pub amount: Amount,
    pub terms: Terms,
    /// Key and request: few of each, so that they meet again.
    pub key: Option<(u8, u8)>,
    pub actor: u8,
    pub flaw: Option<Flaw>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum What {
    Open,
    Grant,
    Spend,
    Authorize,
    Extend,
    Capture,
    Release,
    Settle,
    Remove,
    Refund,
    Clawback,
    Freeze,
    Thaw,
    SetStatus,
    Erase,
    Seal,
}

/// How much.
#[derive(Clone, Copy, Debug)]
pub enum Amount {
    Micros(u16),
    Credits(u8),
    /// All there is: of the wallet, the hold, the spend.
    All,
    /// One micro-credit more than that.
    OneMore,
    /// That part of 255 of it.
    Part(u8),
    /// The most one command may ask for.
    Most,
}

/// What else a command says; each kind takes what it needs of it.
#[derive(Clone, Copy, Debug)]
pub struct Terms {
    pub priority: u8,
    pub starts: Option<Delay>,
    pub ends: Option<Delay>,
    pub choice: u8,
    pub cost: Option<u32>,
}

/// A while from now.
#[derive(Clone, Copy, Debug)]
pub enum Delay {
    Micros(u8),
    Seconds(u8),
    Days(u8),
    /// Exactly when a grant or hold of the wallet expires.
    WithAnother(u16),
}

/// How far the clock moves.
#[derive(Clone, Copy, Debug)]
pub enum Pass {
    Micros(u8),
    Seconds(u8),
    Days(u8),
    /// To the instant something falls due.
    Due(u8),
    /// To a microsecond before it.
    AlmostDue(u8),
    /// Back, as a bad wall clock does.
    Back(u8),
}

/// Why an order is invalid.
#[derive(Clone, Copy, Debug)]
pub enum Flaw {
    UnknownWallet,
    UnknownTarget,
    OtherWallet,
    Zero,
    Negative,
    TooMuch,
    Labels,
    SameLabel,
    Terms,
}

/// Opens a wallet for that user: how every run begins.
pub fn opening(user: u8) -> Step {
    let terms = Terms { priority: 50, starts: None, ends: None, choice: 0, cost: None };
    let (what, amount) = (What::Open, Amount::All);
    let pick = u16::from(user);
    Step::Ask(Ask { what, wallet: user, pick, amount, terms, key: None, actor: 0, flaw: None })
}

/// The random numbers of a seed.
pub fn rng(seed: u64) -> TestRng {
    let mut bytes = [0; 32];
    bytes[..8].copy_from_slice(&seed.to_le_bytes());
    TestRng::from_seed(RngAlgorithm::ChaCha, &bytes)
}

/// The sequence of a seed.
pub fn sequence(seed: u64, most: usize) -> Vec<Step> {
    let mut runner = TestRunner::new_with_rng(Config::default(), rng(seed));
    steps(most).new_tree(&mut runner).expect("no step is filtered out").current()
}

/// A sequence; that it may be short is what lets a failing one be shortened.
pub fn steps(most: usize) -> impl Strategy<Value = Vec<Step>> {
    vec(step(), 0..=most)
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        70 => ask().prop_map(Step::Ask),
        3 => (ask(), 2_u8..10).prop_map(|(ask, times)| Step::Repeat(ask, times)),
        5 => vec(ask(), 1..5).prop_map(Step::Together),
        5 => vec(ask(), 1..5).prop_map(Step::Group),
        3 => any::<u16>().prop_map(Step::Again),
        14 => pass().prop_map(Step::Pass),
        4 => any::<u8>().prop_map(Step::Project),
        3 => Just(Step::Forget),
        2 => any::<u64>().prop_map(Step::Restart),
    ]
}

fn ask() -> impl Strategy<Value = Ask> {
    let who = (any::<u8>(), any::<u16>(), 0_u8..2);
    let how = (amount(), terms());
    let key = option::weighted(0.3, (0_u8..12, 0_u8..3));
    (what(), who, how, key, option::weighted(0.1, flaw())).prop_map(
        |(what, (wallet, pick, actor), (amount, terms), key, flaw)| Ask {
            what,
            wallet,
            pick,
            amount,
            terms,
            key,
            actor,
            flaw,
        },
    )
}

fn what() -> impl Strategy<Value = What> {
    prop_oneof![
        1 => Just(What::Open),
        22 => Just(What::Grant),
        16 => Just(What::Spend),
        22 => Just(What::Authorize),
        6 => Just(What::Extend),
        16 => Just(What::Capture),
        6 => Just(What::Release),
        2 => Just(What::Settle),
        3 => Just(What::Remove),
        6 => Just(What::Refund),
        5 => Just(What::Clawback),
        4 => Just(What::Freeze),
        5 => Just(What::Thaw),
        2 => Just(What::SetStatus),
        1 => Just(What::Erase),
        1 => Just(What::Seal),
    ]
}

fn amount() -> impl Strategy<Value = Amount> {
    prop_oneof![
        6 => (1_u16..2_000).prop_map(Amount::Micros),
        4 => (1_u8..50).prop_map(Amount::Credits),
        3 => Just(Amount::All),
        2 => Just(Amount::OneMore),
        9 => (0_u8..60).prop_map(Amount::Part),
        3 => any::<u8>().prop_map(Amount::Part),
        1 => Just(Amount::Most),
    ]
}

fn terms() -> impl Strategy<Value = Terms> {
    let priority = prop_oneof![3 => Just(50), 1 => Just(0), 1 => Just(100), 1 => 49_u8..52];
    let cost = option::weighted(0.6, any::<u32>());
    (priority, option::weighted(0.2, delay()), option::weighted(0.7, delay()), any::<u8>(), cost)
        .prop_map(|(priority, starts, ends, choice, cost)| Terms {
            priority,
            starts,
            ends,
            choice,
            cost,
        })
}

fn delay() -> impl Strategy<Value = Delay> {
    prop_oneof![
        1 => any::<u8>().prop_map(Delay::Micros),
        5 => any::<u8>().prop_map(Delay::Seconds),
        5 => (0_u8..32).prop_map(Delay::Days),
        3 => any::<u16>().prop_map(Delay::WithAnother),
    ]
}

fn pass() -> impl Strategy<Value = Pass> {
    prop_oneof![
        3 => any::<u8>().prop_map(Pass::Micros),
        6 => (0_u8..60).prop_map(Pass::Seconds),
        1 => (0_u8..10).prop_map(Pass::Days),
        4 => any::<u8>().prop_map(Pass::Due),
        3 => any::<u8>().prop_map(Pass::AlmostDue),
        1 => any::<u8>().prop_map(Pass::Back),
    ]
}

fn flaw() -> impl Strategy<Value = Flaw> {
    prop_oneof![
        Just(Flaw::UnknownWallet),
        Just(Flaw::UnknownTarget),
        Just(Flaw::OtherWallet),
        Just(Flaw::Zero),
        Just(Flaw::Negative),
        Just(Flaw::TooMuch),
        Just(Flaw::Labels),
        Just(Flaw::SameLabel),
        Just(Flaw::Terms),
    ]
}
