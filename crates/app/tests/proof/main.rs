//! Proof, on real files: what `verify` must see and name, what `rebuild` must
//! put right, and that consumers count once.

mod audit;
mod bench;
mod checkpoints;
mod consumers;
mod figures;
mod journal;
mod rebuilding;
mod rows;
mod shelf;
mod sound;
mod workload;
