//! Making, changing and ending promotions.

use domain::{IdempotencyKey, Promotion, PromotionId, PromotionTerms, Scope};
use store::{Constraint, OnConstraint, Tx, promotions};

use super::PromotionPatch;
use super::patch::canonical;
use super::row::{Kept, promotion, row};
use crate::App;
use crate::audit::{self, Deed};
use crate::callers::Caller;
use crate::directory::Act;
use crate::error::Error;
use crate::fingerprint::Canonical;
use crate::ledger::How;
use crate::prepared::Answer;
use crate::requests::{self, Keyed};

/// What is done to promotions.
enum Edit {
    /// One is made.
    Create(PromotionTerms),
    /// One is changed.
    Update(PromotionId, PromotionPatch),
    /// One holds no longer.
    End(PromotionId),
}

impl App {
    /// Makes a promotion.
    pub async fn create_promotion(
        &self,
        caller: &Caller,
        key: Option<IdempotencyKey>,
        new: PromotionTerms,
    ) -> Result<Answer<Promotion>, Error> {
        self.edit_promotion(caller, key, Edit::Create(new)).await
    }

    /// Changes a promotion, from now on.
    pub async fn update_promotion(
        &self,
        caller: &Caller,
        key: Option<IdempotencyKey>,
        id: PromotionId,
        patch: PromotionPatch,
    ) -> Result<Answer<Promotion>, Error> {
        self.edit_promotion(caller, key, Edit::Update(id, patch)).await
    }

    /// Ends a promotion now. What is reserved or was promised stays so.
    pub async fn end_promotion(
        &self,
        caller: &Caller,
        key: Option<IdempotencyKey>,
        id: PromotionId,
    ) -> Result<Answer<Promotion>, Error> {
        self.edit_promotion(caller, key, Edit::End(id)).await
    }

    async fn edit_promotion(
        &self,
        caller: &Caller,
        key: Option<IdempotencyKey>,
        edit: Edit,
    ) -> Result<Answer<Promotion>, Error> {
        caller.check(Scope::Admin)?;
        let keyed = key.map(|key| self.keyed(edit.action(), key, edit.canonical()));
        let act = self.act(caller)?;
        self.write(move |tx| {
            Box::pin(async move { keyed_edit(tx, &act, keyed.as_ref(), edit).await })
        })
        .await
    }
}

async fn keyed_edit(
    tx: &mut Tx,
    act: &Act,
    keyed: Option<&Keyed>,
    edit: Edit,
) -> Result<Answer<Promotion>, Error> {
    if let Some(kept) = requests::begin::<Kept>(tx, act, keyed).await? {
        return Ok(Answer { value: kept.into_promotion()?, how: How::Replayed });
    }
    let value = apply(tx, act, edit).await?;
    requests::finish(tx, act, keyed, &Kept::of(&value)?).await?;
    Ok(Answer { value, how: How::Applied })
}

/// Does it, and notes it.
async fn apply(tx: &mut Tx, act: &Act, edit: Edit) -> Result<Promotion, Error> {
    let action = edit.action();
    let (before, after) = match edit {
        Edit::Create(terms) => (None, create(tx, act, terms).await?),
        Edit::Update(id, patch) => {
            let before = get(tx, id).await?;
            let after = patch.apply(before.terms.clone());
            (Some(before.clone()), update(tx, act, before, after).await?)
        }
        Edit::End(id) => {
            let before = get(tx, id).await?;
            let after = ended(act, before.terms.clone());
            (Some(before.clone()), update(tx, act, before, after).await?)
        }
    };
    if before.as_ref() == Some(&after) {
        return Ok(after);
    }
    let kept = (before.as_ref().map(Kept::of).transpose()?, Kept::of(&after)?);
    let subject = format!("promotion:{}", after.id);
    let deed = Deed { action, subject, before: kept.0.as_ref(), after: Some(&kept.1) };
    audit::note(tx, act, deed).await?;
    Ok(after)
}

async fn get(tx: &mut Tx, id: PromotionId) -> Result<Promotion, Error> {
    let row = tx.opt(promotions::by_id(id.number())).await?;
    promotion(&row.ok_or(Error::NotFound)?)
}

async fn create(tx: &mut Tx, act: &Act, terms: PromotionTerms) -> Result<Promotion, Error> {
    check(tx, &terms).await?;
    // The row gives it its own id.
    let id = PromotionId::from_number(0);
    let mut made = Promotion { id, terms, uses: 0, created_at: act.at, updated_at: None };
    let id = tx.one(promotions::insert(&row(&made)?)).await.on(Constraint::PromotionCode, taken)?;
    made.id = PromotionId::from_number(id);
    Ok(made)
}

/// Writes a change, unless there is none.
async fn update(
    tx: &mut Tx,
    act: &Act,
    before: Promotion,
    terms: PromotionTerms,
) -> Result<Promotion, Error> {
    if terms == before.terms {
        return Ok(before);
    }
    check(tx, &terms).await?;
    if terms.max_uses.is_some_and(|most| most < before.uses) {
        let detail = format!("is less than the {} uses there were; end it instead", before.uses);
        return Err(Error::invalid("/max_uses", detail));
    }
    let after = Promotion { terms, updated_at: Some(act.at), ..before };
    let update = tx.exec(promotions::update(&row(&after)?)).await;
    update.on(Constraint::PromotionCode, taken)?.expect_one()?;
    Ok(after)
}

/// Its terms without what would have it hold. One that had not begun keeps its
/// window, which is behind its beginning.
fn ended(act: &Act, terms: PromotionTerms) -> PromotionTerms {
    let has_begun = terms.starts_at < act.at;
    let ends_at = if has_begun { terms.ends_at.min(act.at) } else { terms.ends_at };
    PromotionTerms { is_active: false, ends_at, ..terms }
}

async fn check(tx: &mut Tx, terms: &PromotionTerms) -> Result<(), Error> {
    terms.check().map_err(|fault| Error::invalid(fault.field(), fault))?;
    for id in terms.package_ids.iter().flatten() {
        if tx.opt(store::packages::by_id(id.number())).await?.is_none() {
            return Err(Error::invalid(
                "/package_ids",
                format!("names package {id}: there is none"),
            ));
        }
    }
    Ok(())
}

fn taken() -> Error {
    Error::invalid("/code", "is another promotion's")
}

impl Edit {
    const fn action(&self) -> &'static str {
        match self {
            Self::Create(_) => "promotions.create",
            Self::Update(..) => "promotions.update",
            Self::End(_) => "promotions.end",
        }
    }

    fn canonical(&self) -> Canonical {
        let said = Canonical::of(self.action());
        match self {
            Self::Create(terms) => canonical(said, terms),
            Self::Update(id, patch) => patch.canonical(said.number("id", id.number())),
            Self::End(id) => said.number("id", id.number()),
        }
    }
}
