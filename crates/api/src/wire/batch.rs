//! Batches: up to 1 000 operations in one request, each with its own key.
//!
//! An operation is read in two steps, since what it may hold depends on its
//! `op`: first `op`, `key` and the id of a hold, then the rest as the body of
//! that operation.

use std::borrow::Cow;

use app::{BatchMode, BatchOp, BatchOperation, BatchRequest};
use domain::{HoldId, IdempotencyKey};
use serde::de::value::MapDeserializer;
use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;

use super::collection::Pairs;
use super::grant::GrantBody;
use super::hold::{CaptureBody, HoldBody};
use super::input::In;
use super::scalar::one_of;
use super::transaction::SpendBody;
use crate::extract::{Body, Form, object};
use crate::problem::Problem;

/// The most operations of a batch.
const OPERATIONS_MAX: usize = 1_000;

/// What an operation may be.
pub(crate) const OPS: [&str; 5] = ["spend", "hold", "capture", "release", "grant"];

/// Operations, each as its own endpoint takes it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct BatchBody<'a> {
    atomic: Option<bool>,
    #[serde(borrow)]
    operations: Vec<Operation<'a>>,
}

/// An operation as it came, member by member.
struct Operation<'a>(Vec<(Cow<'a, str>, &'a RawValue)>);

impl<'de: 'a, 'a> Deserialize<'de> for Operation<'a> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        Pairs::deserialize(from).map(|Pairs(members)| Self(members))
    }
}

impl Body for BatchBody<'_> {
    type Request = BatchRequest;

    /// A thousand operations with all they may hold.
    const BYTES_MAX: usize = 4 * 1024 * 1024;

    fn parse(json: &[u8]) -> Result<BatchRequest, Problem> {
        let body: BatchBody<'_> = object::read(json)?;
        if !(1..=OPERATIONS_MAX).contains(&body.operations.len()) {
            return Err(Problem::invalid_at("/operations", "must be 1 to 1000 operations"));
        }
        let mut operations = Vec::with_capacity(body.operations.len());
        let mut errors = Vec::new();
        for (index, operation) in body.operations.into_iter().enumerate() {
            match operation.read() {
                Ok(operation) => operations.push(operation),
                Err(problem) => errors.extend(problem.at_index(index).into_errors()),
            }
        }
        if !errors.is_empty() {
            return Err(Problem::invalid(errors));
        }
        let mode = if body.atomic.unwrap_or(false) { BatchMode::Atomic } else { BatchMode::Each };
        Ok(BatchRequest { mode, operations })
    }
}

impl<'a> Operation<'a> {
    fn read(mut self) -> Result<BatchOperation, Problem> {
        let op: Cow<'_, str> = self.take("op")?;
        let In(key): In<IdempotencyKey> = self.take("key")?;
        let op = match &*op {
            "spend" => BatchOp::Spend(self.rest::<SpendBody>()?),
            "hold" => BatchOp::Hold(self.rest::<HoldBody>()?),
            "capture" => {
                let In(hold): In<HoldId> = self.take("hold_id")?;
                BatchOp::Capture(self.rest::<CaptureBody>()?.of(hold))
            }
            "release" => {
                let In(hold): In<HoldId> = self.take("hold_id")?;
                self.rest::<Nothing>()?;
                BatchOp::Release(hold)
            }
            "grant" => BatchOp::Grant(self.rest::<GrantBody>()?),
            _ => return Err(Problem::invalid_at("/op", one_of(&OPS))),
        };
        Ok(BatchOperation { key, op })
    }

    /// Takes a member that must be there. One that is there twice is left over,
    /// and refused with what is not known.
    fn take<T: Deserialize<'a>>(&mut self, name: &str) -> Result<T, Problem> {
        let place = self.0.iter().position(|(member, _)| member == name);
        let lacks = || Problem::invalid_at("", format!("lacks the field {name}"));
        let (_, raw) = self.0.swap_remove(place.ok_or_else(lacks)?);
        let read = serde_json::from_str(raw.get());
        read.map_err(|error| Problem::invalid_at(format!("/{name}"), object::reason(&error)))
    }

    /// Reads the members that are left as the body of an operation.
    fn rest<F: Form>(self) -> Result<F::Request, Problem> {
        let from = MapDeserializer::<_, serde_json::Error>::new(self.0.into_iter());
        let form: F = serde_path_to_error::deserialize(from)
            .map_err(|error| Problem::invalid(vec![object::of(&error)]))?;
        form.into_request()
    }
}

/// A release says nothing beside its hold.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Nothing {}

impl Form for Nothing {
    type Request = ();

    fn into_request(self) -> Result<(), Problem> {
        Ok(())
    }
}
