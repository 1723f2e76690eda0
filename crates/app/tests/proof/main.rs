//! Proof, on a real database: what `verify` must see and name, what `rebuild` must
//! put right, and that consumers count once. What is about a file stands in `file`.

mod audit;
mod bench;
mod checkpoints;
mod consumers;
mod figures;
mod file;
mod home;
mod journal;
mod rebuilding;
mod rows;
mod shelf;
mod sound;
mod workload;
