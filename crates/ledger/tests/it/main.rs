//! Tests of the ledger from outside: a model that it must agree with, its rules
//! at their edges, tampered journals, and the bytes that are for ever.

mod model;
