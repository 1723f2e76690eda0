//! The calls, one function an endpoint.

use reqwest::Method;
use serde::{Deserialize, Serialize};

use crate::amount::Credits;
use crate::answer::{Answer, Balance, BatchItem, Captured, Grant, Hold, Quote, Transaction, User};
use crate::call::{Call, Client, foreign};
use crate::error::Error;
use crate::purchase::{CreditRate, NewPurchase, Package, PurchaseOffer};
use crate::request::{Capture, Charge, Key, NewGrant, NewHold, NewUser, Operation, Quantities};

#[derive(Serialize)]
struct QuoteRequest<'a> {
    service: &'a str,
    quantities: &'a Quantities,
    user_id: i64,
}

#[derive(Serialize)]
struct BatchRequest<'a> {
    operations: &'a [Operation],
}

#[derive(Serialize)]
struct PurchaseAsk {
    user_id: i64,
    amount: Credits,
}

#[derive(Deserialize)]
struct Packages {
    packages: Vec<Package>,
}

#[derive(Deserialize)]
struct BatchResults {
    results: Vec<BatchItem>,
}

impl Client {
    /// What quantities of a service would cost a user now.
    pub async fn quote(
        &self,
        user_id: i64,
        service: &str,
        quantities: &Quantities,
    ) -> Result<Quote, Error> {
        let body = QuoteRequest { service, quantities, user_id };
        Ok(self.post("/api/credits/quote", None, &body).await?.value)
    }

    /// Spends.
    pub async fn spend(&self, key: &Key, charge: &Charge) -> Result<Answer<Transaction>, Error> {
        self.post("/api/credits/spend", Some(key), charge).await
    }

    /// Sets credits aside.
    pub async fn hold(&self, key: &Key, hold: &NewHold) -> Result<Answer<Hold>, Error> {
        self.post("/api/credits/holds", Some(key), hold).await
    }

    /// Spends what was used of a hold and gives the rest back.
    pub async fn capture(
        &self,
        key: &Key,
        hold_id: &str,
        capture: &Capture,
    ) -> Result<Answer<Captured>, Error> {
        let path = format!("/api/credits/holds/{hold_id}/capture");
        self.post(&path, Some(key), capture).await
    }

    /// Gives a hold back.
    pub async fn release(&self, key: &Key, hold_id: &str) -> Result<Answer<Hold>, Error> {
        let path = format!("/api/credits/holds/{hold_id}/release");
        let call = Call { method: Method::POST, path: &path, key: Some(key), body: NO_BODY };
        self.send(call).await
    }

    /// Does up to 1 000 operations, each as if it had been sent alone. Sent
    /// once only; every operation has its own key, so sending it again is safe.
    pub async fn batch(&self, operations: &[Operation]) -> Result<Vec<BatchItem>, Error> {
        let body = BatchRequest { operations };
        let answer: Answer<BatchResults> = self.post("/api/credits/batch", None, &body).await?;
        Ok(answer.value.results)
    }

    /// Grants credits.
    pub async fn grant(&self, key: &Key, grant: &NewGrant) -> Result<Answer<Grant>, Error> {
        self.post("/api/credits/grants", Some(key), grant).await
    }

    /// What credits cost.
    pub async fn credit_rate(&self) -> Result<CreditRate, Error> {
        self.get("/api/credits/rate").await
    }

    /// The packages that are offered.
    pub async fn packages(&self) -> Result<Vec<Package>, Error> {
        let found: Packages = self.get("/api/credits/packages").await?;
        Ok(found.packages)
    }

    /// What it would cost a user to buy credits now.
    pub async fn validate_purchase(
        &self,
        user_id: i64,
        amount: Credits,
    ) -> Result<PurchaseOffer, Error> {
        let body = PurchaseAsk { user_id, amount };
        Ok(self.post("/api/credits/purchase/validate", None, &body).await?.value)
    }

    /// Buys credits.
    pub async fn purchase(
        &self,
        key: &Key,
        purchase: &NewPurchase,
    ) -> Result<Answer<Transaction>, Error> {
        self.post("/api/credits/purchase", Some(key), purchase).await
    }

    /// What a user has.
    pub async fn balance(&self, user_id: i64) -> Result<Balance, Error> {
        let path = format!("/api/credits/balance?user_id={user_id}");
        self.get(&path).await
    }

    /// The same, of a server that knows the record `min_seq`, whichever server told of it.
    pub async fn balance_since(&self, user_id: i64, min_seq: i64) -> Result<Balance, Error> {
        let path = format!("/api/credits/balance?user_id={user_id}&min_seq={min_seq}");
        self.get(&path).await
    }

    /// Makes a user, or finds the one of that external id.
    pub async fn create_user(&self, key: &Key, user: &NewUser) -> Result<User, Error> {
        Ok(self.post("/api/admin/users", Some(key), user).await?.value)
    }

    /// Has the server verify its ledger; the answer is its report.
    pub async fn verify(&self) -> Result<serde_json::Value, Error> {
        let path = "/api/admin/ledger/verify";
        let call = Call { method: Method::POST, path, key: None, body: NO_BODY };
        Ok(self.send(call).await?.value)
    }

    /// The journal from a record on, each record as the server exports it. Asked for once.
    pub async fn journal(&self, from_seq: i64) -> Result<Vec<serde_json::Value>, Error> {
        let path = &format!("/api/admin/ledger/export?from_seq={from_seq}");
        let call = Call { method: Method::GET, path, key: None, body: NO_BODY };
        let (status, _, body) = self.answered(&call).await?;
        let records = serde_json::Deserializer::from_slice(&body).into_iter();
        records.collect::<Result<_, _>>().map_err(|error| foreign(status, error))
    }

    async fn get<T: serde::de::DeserializeOwned>(&self, path: &str) -> Result<T, Error> {
        let call = Call { method: Method::GET, path, key: None, body: NO_BODY };
        Ok(self.send(call).await?.value)
    }

    async fn post<B, T>(&self, path: &str, key: Option<&Key>, body: &B) -> Result<Answer<T>, Error>
    where
        B: Serialize,
        T: serde::de::DeserializeOwned,
    {
        self.send(Call { method: Method::POST, path, key, body: Some(body) }).await
    }
}

/// A call without a body.
const NO_BODY: Option<&()> = None;
