//! Packages: what may be subscribed to, in versions. Who is subscribed keeps the
//! version they have until they change.

mod row;
mod write;

pub(crate) use row::{Kept, package};

use domain::{
    Cents, Credits, Description, Package, PackageId, PackageVersion, Plan, Rate, Scope, Text, Trial,
};
use store::{Tx, packages};

use crate::App;
use crate::callers::Caller;
use crate::error::Error;
use crate::users::Change;

/// A package with every version of its terms.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PackageView {
    /// The package as it is offered now.
    pub package: Package,
    /// Its versions, newest first: the first one is offered.
    pub versions: Vec<PackageVersion>,
}

/// A package to be made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewPackage {
    /// What people call it; unique.
    pub name: Text,
    /// In words.
    pub description: Option<Description>,
    /// What a month costs.
    pub monthly_price: Cents,
    /// The credits of a month.
    pub credit_amount: Credits,
    /// What a credit that is bought beside costs.
    pub credit_rate: Rate,
    /// What it has, one a line.
    pub features: Vec<Text>,
    /// The most that rolls over.
    pub max_credits_per_month: Option<Credits>,
    /// Whether anything does.
    pub rollover_enabled: bool,
    /// What may be tried first.
    pub trial: Option<Trial>,
    /// Whether it is offered.
    pub is_active: bool,
    /// Whether it is shown before others.
    pub is_featured: bool,
    /// Its place, lower first; behind all others where nothing is said.
    pub sort_order: Option<i64>,
}

/// What is changed of a package. What changes its terms makes a version.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PackagePatch {
    /// Another name.
    pub name: Option<Text>,
    /// Other words, or none.
    pub description: Change<Description>,
    /// Another price.
    pub monthly_price: Option<Cents>,
    /// More or fewer credits a month.
    pub credit_amount: Option<Credits>,
    /// Another rate.
    pub credit_rate: Option<Rate>,
    /// Other lines.
    pub features: Option<Vec<Text>>,
    /// Another bound of what rolls over, or none.
    pub max_credits_per_month: Change<Credits>,
    /// Whether anything does.
    pub rollover_enabled: Option<bool>,
    /// Another trial, or none.
    pub trial: Change<Trial>,
    /// Whether it is offered.
    pub is_active: Option<bool>,
    /// Whether it is shown before others.
    pub is_featured: Option<bool>,
    /// Another place.
    pub sort_order: Option<i64>,
}

impl App {
    /// The packages that are offered, by their place, then by price. They are
    /// for everyone to see.
    pub async fn list_packages(&self) -> Result<Vec<Package>, Error> {
        self.all(packages::active()).await?.iter().map(row::package).collect()
    }

    /// A package as it is now, offered or not.
    pub(crate) async fn find_package(&self, id: PackageId) -> Result<Option<Package>, Error> {
        let found = self.opt(packages::by_id(id.number())).await?;
        found.as_ref().map(row::package).transpose()
    }

    /// Every package with its versions, offered or not.
    pub async fn list_all_packages(&self, caller: &Caller) -> Result<Vec<PackageView>, Error> {
        caller.check(Scope::Admin)?;
        self.read(|tx| Box::pin(list(tx))).await
    }

    /// A package with its versions, offered or not.
    pub async fn get_package(&self, caller: &Caller, id: PackageId) -> Result<PackageView, Error> {
        caller.check(Scope::Admin)?;
        let found = self.read(move |tx| Box::pin(find(tx, id)));
        found.await?.ok_or(Error::NotFound)
    }
}

/// A version of a package's terms, or those that are offered now; `None` where there
/// are none, or none is offered.
pub(crate) async fn find_plan(
    tx: &mut Tx,
    id: PackageId,
    version: Option<i64>,
) -> Result<Option<Plan>, Error> {
    let Some(found) = tx.opt(packages::by_id(id.number())).await? else { return Ok(None) };
    let package = row::package(&found)?;
    let terms = match version {
        None if !package.is_active => return Ok(None),
        None => package.terms,
        Some(number) if number == package.version => package.terms,
        Some(number) => match tx.opt(packages::version(id.number(), number)).await? {
            Some(found) => row::version(&found)?.terms,
            None => return Ok(None),
        },
    };
    let version = version.unwrap_or(package.version);
    Ok(Some(Plan { package: id, name: package.name, version, terms }))
}

async fn list(tx: &mut Tx) -> Result<Vec<PackageView>, Error> {
    let mut views = Vec::new();
    for package in tx.all(packages::list()).await? {
        views.push(view(tx, package).await?);
    }
    Ok(views)
}

async fn find(tx: &mut Tx, id: PackageId) -> Result<Option<PackageView>, Error> {
    match tx.opt(packages::by_id(id.number())).await? {
        Some(package) => view(tx, package).await.map(Some),
        None => Ok(None),
    }
}

async fn view(tx: &mut Tx, package: packages::Package) -> Result<PackageView, Error> {
    let versions = tx.all(packages::versions(package.id)).await?;
    let versions = versions.iter().map(row::version).collect::<Result<_, _>>()?;
    Ok(PackageView { package: row::package(&package)?, versions })
}
