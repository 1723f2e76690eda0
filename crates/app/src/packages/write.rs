//! Making and changing packages.

use domain::{
    Credits, Currency, Description, IdempotencyKey, Package, PackageId, PackageTerms, Scope, Text,
    Time, Trial,
};
use store::{Constraint, OnConstraint, Tx, packages};

use super::row::{Kept, row};
use super::{NewPackage, PackagePatch, PackageView, find};
use crate::App;
use crate::audit::{self, Deed};
use crate::callers::Caller;
use crate::directory::Act;
use crate::error::Error;
use crate::fingerprint::Canonical;
use crate::jobs::{self, StripePackage};
use crate::ledger::How;
use crate::prepared::Answer;
use crate::rates;
use crate::requests::{self, Keyed};

/// The highest place.
const SORT_ORDER_MAX: i64 = 1_000_000;

/// What is done to packages.
enum Edit {
    /// One is made.
    Create(NewPackage),
    /// One is changed.
    Update(PackageId, PackagePatch),
}

impl App {
    /// Makes a package.
    pub async fn create_package(
        &self,
        caller: &Caller,
        key: Option<IdempotencyKey>,
        new: NewPackage,
    ) -> Result<Answer<PackageView>, Error> {
        self.edit_package(caller, key, Edit::Create(new)).await
    }

    /// Changes a package. Other terms are a new version, offered from now on.
    pub async fn update_package(
        &self,
        caller: &Caller,
        key: Option<IdempotencyKey>,
        id: PackageId,
        patch: PackagePatch,
    ) -> Result<Answer<PackageView>, Error> {
        self.edit_package(caller, key, Edit::Update(id, patch)).await
    }

    async fn edit_package(
        &self,
        caller: &Caller,
        key: Option<IdempotencyKey>,
        edit: Edit,
    ) -> Result<Answer<PackageView>, Error> {
        caller.check(Scope::Admin)?;
        let keyed = key.map(|key| self.keyed(edit.action(), key, edit.canonical()));
        let (act, has_stripe) = (self.act(caller)?, self.has_stripe());
        self.write(move |tx| {
            Box::pin(async move {
                let done = keyed_edit(tx, &act, keyed.as_ref(), edit).await?;
                if has_stripe && done.how == How::Applied {
                    let sold = StripePackage::at(done.value.package.id, act.at)?;
                    jobs::arm(tx, &sold).await?;
                }
                Ok(done)
            })
        })
        .await
    }
}

async fn keyed_edit(
    tx: &mut Tx,
    act: &Act,
    keyed: Option<&Keyed>,
    edit: Edit,
) -> Result<Answer<PackageView>, Error> {
    if let Some(kept) = requests::begin::<Kept>(tx, act, keyed).await? {
        return Ok(Answer { value: kept.into_view()?, how: How::Replayed });
    }
    let value = apply(tx, act, edit).await?;
    requests::finish(tx, act, keyed, &Kept::of(&value)).await?;
    Ok(Answer { value, how: How::Applied })
}

/// Does it, and notes it: whatever changes a package comes through here.
async fn apply(tx: &mut Tx, act: &Act, edit: Edit) -> Result<PackageView, Error> {
    let action = edit.action();
    let (id, before) = match edit {
        Edit::Create(new) => (create(tx, new, act.at).await?, None),
        Edit::Update(id, patch) => {
            let before = find(tx, id).await?.ok_or(Error::NotFound)?;
            if !update(tx, &before.package, patch, act.at).await? {
                return Ok(before);
            }
            (id, Some(before))
        }
    };
    let after = find(tx, id).await?.ok_or(Error::NotFound)?;
    let kept = (before.as_ref().map(Kept::of), Kept::of(&after));
    let subject = format!("package:{id}");
    let deed = Deed { action, subject, before: kept.0.as_ref(), after: Some(&kept.1) };
    audit::note(tx, act, deed).await?;
    Ok(after)
}

async fn create(tx: &mut Tx, new: NewPackage, at: Time) -> Result<PackageId, Error> {
    let sort_order = match new.sort_order {
        Some(place) => place,
        None => behind_all(tx).await?,
    };
    let package = Package {
        // The row gives it its own.
        id: PackageId::from_number(0),
        name: new.name.clone(),
        version: 1,
        is_active: new.is_active,
        is_featured: new.is_featured,
        terms: new.terms(),
        sort_order,
        stripe_product_id: None,
        created_at: at,
        updated_at: None,
    };
    check(tx, None, &package).await?;
    let row = row(&package)?;
    let id = tx.one(packages::insert(&row)).await.on(Constraint::PackageName, taken)?;
    tx.exec(packages::insert_version(id, 1, &row.terms, at)).await?.expect_one()?;
    Ok(PackageId::from_number(id))
}

async fn behind_all(tx: &mut Tx) -> Result<i64, Error> {
    let places = tx.all(packages::list()).await?.into_iter().map(|package| package.sort_order);
    Ok(places.max().map_or(1, |last| last.saturating_add(1).min(SORT_ORDER_MAX)))
}

/// Writes a change; whether there is one.
async fn update(
    tx: &mut Tx,
    before: &Package,
    patch: PackagePatch,
    at: Time,
) -> Result<bool, Error> {
    let mut after = patch.apply(before.clone());
    if after == *before {
        return Ok(false);
    }
    check(tx, Some(before), &after).await?;
    after.updated_at = Some(at);
    if after.terms != before.terms {
        after.version = before.version.saturating_add(1);
    }
    let row = row(&after)?;
    if after.version != before.version {
        let version = packages::insert_version(row.id, row.version, &row.terms, at);
        tx.exec(version).await?.expect_one()?;
    }
    tx.exec(packages::update(&row)).await.on(Constraint::PackageName, taken)?.expect_one()?;
    Ok(true)
}

/// What can't be offered. A rate is measured where it is new: the base rate may
/// have fallen below it since.
async fn check(tx: &mut Tx, before: Option<&Package>, after: &Package) -> Result<(), Error> {
    let has_old_rate = before.is_some_and(|it| it.terms.credit_rate == after.terms.credit_rate);
    let base = if has_old_rate { None } else { Some(rates::find(tx).await?.base) };
    after.terms.check(base).map_err(|fault| Error::invalid(fault.field(), fault))?;
    if !(0..=SORT_ORDER_MAX).contains(&after.sort_order) {
        return Err(Error::invalid("/sort_order", "must be a whole number from 0 to 1000000"));
    }
    Ok(())
}

fn taken() -> Error {
    Error::invalid("/name", "is another package's")
}

impl NewPackage {
    fn terms(self) -> PackageTerms {
        PackageTerms {
            description: self.description,
            monthly_price: self.monthly_price,
            currency: Currency::USD,
            credit_amount: self.credit_amount,
            credit_rate: self.credit_rate,
            features: lines(&self.features),
            max_credits_per_month: self.max_credits_per_month,
            rollover_enabled: self.rollover_enabled,
            stripe_price_id: None,
            trial: self.trial,
        }
    }
}

impl PackagePatch {
    fn apply(self, mut package: Package) -> Package {
        let terms = &mut package.terms;
        terms.description = self.description.apply(terms.description.take());
        if let Some(price) = self.monthly_price.filter(|price| *price != terms.monthly_price) {
            terms.monthly_price = price;
            // The provider's price is of the old one.
            terms.stripe_price_id = None;
        }
        terms.credit_amount = self.credit_amount.unwrap_or(terms.credit_amount);
        terms.credit_rate = self.credit_rate.unwrap_or(terms.credit_rate);
        if let Some(features) = &self.features {
            terms.features = lines(features);
        }
        let most = terms.max_credits_per_month;
        terms.max_credits_per_month = self.max_credits_per_month.apply(most);
        terms.rollover_enabled = self.rollover_enabled.unwrap_or(terms.rollover_enabled);
        terms.trial = self.trial.apply(terms.trial);
        package.name = self.name.unwrap_or(package.name);
        package.is_active = self.is_active.unwrap_or(package.is_active);
        package.is_featured = self.is_featured.unwrap_or(package.is_featured);
        package.sort_order = self.sort_order.unwrap_or(package.sort_order);
        package
    }
}

fn lines(features: &[Text]) -> Vec<String> {
    features.iter().map(ToString::to_string).collect()
}

impl Edit {
    const fn action(&self) -> &'static str {
        match self {
            Self::Create(_) => "packages.create",
            Self::Update(..) => "packages.update",
        }
    }

    fn canonical(&self) -> Canonical {
        let canonical = Canonical::of(self.action());
        match self {
            Self::Create(new) => canonical_new(canonical, new),
            Self::Update(id, patch) => canonical_patch(canonical.number("id", id.number()), patch),
        }
    }
}

fn canonical_new(canonical: Canonical, new: &NewPackage) -> Canonical {
    let canonical = canonical
        .text("name", new.name.as_str())
        .maybe_text("description", new.description.as_ref().map(Description::as_str))
        .number("monthly_price", new.monthly_price.count())
        .number("credit_amount", new.credit_amount.micros())
        .number("credit_rate", new.credit_rate.micros())
        .maybe_number("max", new.max_credits_per_month.map(Credits::micros))
        .number("rollover", i64::from(new.rollover_enabled))
        .number("is_active", i64::from(new.is_active))
        .number("is_featured", i64::from(new.is_featured))
        .maybe_number("sort_order", new.sort_order);
    let canonical = canonical_features(canonical, &new.features);
    new.trial.iter().fold(canonical, canonical_trial)
}

fn canonical_patch(canonical: Canonical, patch: &PackagePatch) -> Canonical {
    let canonical = canonical
        .maybe_text("name", patch.name.as_ref().map(Text::as_str))
        .change("description", &patch.description, |c, text| c.text("to", text.as_str()))
        .maybe_number("monthly_price", patch.monthly_price.map(domain::Cents::count))
        .maybe_number("credit_amount", patch.credit_amount.map(Credits::micros))
        .maybe_number("credit_rate", patch.credit_rate.map(domain::Rate::micros))
        .change("max", &patch.max_credits_per_month, |c, most| c.number("to", most.micros()))
        .maybe_number("rollover", patch.rollover_enabled.map(i64::from))
        .change("trial", &patch.trial, canonical_trial)
        .maybe_number("is_active", patch.is_active.map(i64::from))
        .maybe_number("is_featured", patch.is_featured.map(i64::from))
        .maybe_number("sort_order", patch.sort_order);
    match &patch.features {
        Some(features) => canonical_features(canonical.text("features", ""), features),
        None => canonical,
    }
}

fn canonical_features(canonical: Canonical, features: &[Text]) -> Canonical {
    features.iter().fold(canonical, |canonical, line| canonical.text("feature", line.as_str()))
}

fn canonical_trial(canonical: Canonical, trial: &Trial) -> Canonical {
    canonical.number("trial_days", trial.days).number("trial_credits", trial.credits.micros())
}
