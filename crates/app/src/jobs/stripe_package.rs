//! Has Stripe sell a package as it is offered here.

use domain::{PackageId, Time};
use store::jobs::NewJob;

use super::{Job, Outcome, Patience};
use crate::App;
use crate::error::Error;

/// The job. It works on the package's id.
pub(crate) struct StripePackage;

impl StripePackage {
    /// The job of a package, due then.
    pub(crate) fn at(package: PackageId, at: Time) -> Result<NewJob, Error> {
        Self::due(package.to_string(), &package.number(), at)
    }
}

impl Job for StripePackage {
    const NAME: &'static str = "stripe.package";
    const PATIENCE: Patience = Patience::Endless;
    type Payload = i64;

    async fn run(app: &App, package: i64) -> Result<Outcome, Error> {
        app.sell_package(PackageId::from_number(package)).await?;
        Ok(Outcome::Done)
    }
}
