//! The examples in the documentation are one session, had here with a new book.

use std::collections::BTreeMap;
use std::path::Path;

use serde::Serialize;
use serde_json::Value;
use serde_json::value::RawValue;
use testkit::TestApp;

use crate::cases::DOCUMENT;

const KEPT: &str = include_str!("../../src/openapi/examples.json");

/// A request of the session. `{name}` in its path or body is what was kept under
/// that name.
struct Step {
    operation: &'static str,
    path: &'static str,
    body: Option<&'static str>,
    keeps: Option<(&'static str, &'static str)>,
    /// The kept token it is sent with; the admin's key otherwise.
    by: Option<&'static str>,
}

impl Step {
    /// Sent with a token that was kept.
    const fn by(self, token: &'static str) -> Self {
        Self { by: Some(token), ..self }
    }

    /// Keeps a text of the answer, by JSON pointer.
    const fn keep(self, name: &'static str, pointer: &'static str) -> Self {
        Self { keeps: Some((name, pointer)), ..self }
    }
}

const fn get(operation: &'static str, path: &'static str) -> Step {
    Step { operation, path, body: None, keeps: None, by: None }
}

const fn send(operation: &'static str, path: &'static str, body: &'static str) -> Step {
    Step { operation, path, body: Some(body), keeps: None, by: None }
}

const SESSION: &[Step] = &[
    send(
        "createUser",
        "/api/admin/users",
        r#"{"email":"ada@example.com","name":"Ada","role":"customer","external_id":"u-1815"}"#,
    ),
    get("getUser", "/api/admin/users/1"),
    send("updateUser", "/api/admin/users/1", r#"{"name":"Ada Lovelace"}"#),
    get("listUsers", "/api/admin/users?page_size=2"),
    send(
        "createKey",
        "/api/admin/keys",
        r#"{"name":"worker","scopes":["credits:read","credits:spend"]}"#,
    ),
    get("listKeys", "/api/admin/keys"),
    send(
        "createGrant",
        "/api/credits/grants",
        r#"{"user_id":1,"amount":100,"source":"promotion","description":"Welcome",
            "expires_at":"2030-12-31T00:00:00Z"}"#,
    ),
    get("listGrants", "/api/credits/grants?user_id=1"),
    send(
        "quote",
        "/api/credits/quote",
        r#"{"user_id":1,"service":"llm","quantities":{"input_tokens":4808,"output_tokens":120}}"#,
    ),
    send(
        "createHold",
        "/api/credits/holds",
        r#"{"user_id":1,"service":"llm","quantities":{"input_tokens":4808,"output_tokens":500},
            "job_id":"run-7","expires_in":900,"on_expiry":"release",
            "labels":{"model":"code-1"}}"#,
    )
    .keep("hold", "/id"),
    get("getHold", "/api/credits/holds/{hold}"),
    send("extendHold", "/api/credits/holds/{hold}/extend", r#"{"expires_in":1800}"#),
    send(
        "captureHold",
        "/api/credits/holds/{hold}/capture",
        r#"{"quantities":{"input_tokens":4808,"output_tokens":120}}"#,
    )
    .keep("transaction", "/transaction/id"),
    get("getTransaction", "/api/credits/transactions/{transaction}"),
    get("explainTransaction", "/api/credits/transactions/{transaction}/explain"),
    send("createHold", "/api/credits/holds", r#"{"user_id":1,"amount":12,"job_id":"run-8"}"#)
        .keep("hold", "/id"),
    send("releaseHold", "/api/credits/holds/{hold}/release", ""),
    get("listHolds", "/api/credits/holds?user_id=1&page_size=1"),
    send(
        "spend",
        "/api/credits/spend",
        r#"{"user_id":1,"amount":2.5,"description":"AI video generation service","job_id":"job-9"}"#,
    ),
    send(
        "batch",
        "/api/credits/batch",
        r#"{"operations":[
            {"op":"spend","key":"row-1","user_id":1,"amount":1},
            {"op":"spend","key":"row-2","user_id":1,"amount":1000}]}"#,
    ),
    get("getBalance", "/api/credits/balance?user_id=1"),
    get("listTransactions", "/api/credits/transactions?user_id=1&page_size=2"),
    send(
        "createService",
        "/api/admin/services",
        r#"{"key":"transcription","name":"Transcription","unit":"minute",
            "minimum":1,"dimensions":{"minutes":0.6}}"#,
    ),
    send(
        "repriceService",
        "/api/admin/services/transcription/versions",
        r#"{"minimum":1,"dimensions":{"minutes":0.5}}"#,
    ),
    get("getService", "/api/admin/services/transcription"),
    send("retireService", "/api/admin/services/transcription/retire", ""),
    get("listServices", "/api/admin/services"),
    get("getTrialBalance", "/api/admin/ledger/trial-balance"),
    get("getCheckpoint", "/api/admin/ledger/checkpoint"),
    send("verifyLedger", "/api/admin/ledger/verify", ""),
    send(
        "register",
        "/api/auth/register",
        r#"{"email":"grace@example.com","name":"Grace","password":"correct horse battery"}"#,
    ),
    send(
        "signIn",
        "/api/auth/login",
        r#"{"email":"grace@example.com","password":"correct horse battery"}"#,
    )
    .keep("token", "/token"),
    get("getMe", "/api/auth/me").by("token"),
    send(
        "changePassword",
        "/api/auth/password",
        r#"{"current_password":"correct horse battery","new_password":"staples on the moon"}"#,
    )
    .by("token"),
    get("getCreditRate", "/api/credits/rate"),
    send(
        "createRates",
        "/api/admin/rates",
        r#"{"credit_rate":0.1,"minimum_payment":0.5,"quote_seconds":900,"bulk_tiers":[
            {"min_credits":1000,"discount":0.05},{"min_credits":10000,"discount":0.15}]}"#,
    ),
    get("listRates", "/api/admin/rates"),
    send(
        "createPackage",
        "/api/admin/packages",
        r#"{"name":"Team","monthly_price":79.99,"credit_amount":1000,"credit_rate":0.075,
            "features":["1000 credits per month","API access"],"rollover_enabled":true,
            "max_credits_per_month":500,"trial":{"days":14,"credits":50}}"#,
    ),
    send("updatePackage", "/api/admin/packages/4", r#"{"monthly_price":74.99}"#),
    get("getPackage", "/api/admin/packages/4"),
    get("listPackages", "/api/admin/packages"),
    get("listCreditPackages", "/api/credits/packages"),
    send(
        "createPromotion",
        "/api/admin/promotions",
        r#"{"name":"Summer","code":"SUMMER-26","discount_type":"percentage","discount_value":0.25,
            "max_discount":50,"min_purchase":20,"start_date":"2026-06-01T00:00:00Z",
            "end_date":"2027-09-01T00:00:00Z","max_uses":1000}"#,
    ),
    send("updatePromotion", "/api/admin/promotions/1", r#"{"max_uses":2000}"#),
    send(
        "createPromotion",
        "/api/admin/promotions",
        r#"{"name":"Welcome","code":"WELCOME","discount_type":"free_credits","discount_value":20,
            "start_date":"2026-06-01T00:00:00Z","end_date":"2027-09-01T00:00:00Z"}"#,
    ),
    send("redeemPromotion", "/api/credits/promotions/redeem", r#"{"code":"welcome"}"#).by("token"),
    get("listRedemptions", "/api/credits/promotions/redemptions").by("token"),
    get("listPromotions", "/api/admin/promotions"),
    get("getPromotion", "/api/admin/promotions/2"),
    send("endPromotion", "/api/admin/promotions/2/end", ""),
    send("setTags", "/api/admin/users/1/tags", r#"{"tags":["beta","vip"]}"#),
    get("getTags", "/api/admin/users/1/tags"),
    send("validatePurchase", "/api/credits/purchase/validate", r#"{"amount":1000}"#)
        .by("token")
        .keep("quote", "/quote"),
    send(
        "purchaseCredits",
        "/api/credits/purchase",
        r#"{"amount":1000,"description":"1000 credits","quote":"{quote}"}"#,
    )
    .by("token")
    .keep("intent", "/stripe_payment_intent_id"),
    get("getPurchase", "/api/credits/purchases/1").by("token"),
    send(
        "refundPurchase",
        "/api/admin/purchases/1/refund",
        r#"{"amount":9.5,"reason":"Bought twice","admin_notes":"Ticket 12"}"#,
    ),
    send(
        "refundPayment",
        "/api/stripe/refund",
        r#"{"payment_intent_id":"{intent}","amount":1,"reason":"Sorry for the wait"}"#,
    ),
    send("syncPayment", "/api/admin/payments/{intent}/sync", ""),
    get("listReversals", "/api/admin/reversals?kind=refund"),
    get("getReversal", "/api/admin/reversals/1"),
    get("listPurchases", "/api/credits/purchases").by("token"),
    send(
        "setTopUp",
        "/api/credits/top-up",
        r#"{"threshold":50,"quantity":1000,"daily_cap":100,"monthly_cap":500,
            "payment_method":"pm_card_visa","consent_version":"2026-11"}"#,
    )
    .by("token"),
    get("getTopUp", "/api/credits/top-up").by("token"),
    get("listTopUps", "/api/admin/top-ups?status=on"),
    send("endTopUp", "/api/credits/top-up", "").by("token"),
    send(
        "previewSubscription",
        "/api/subscriptions/preview",
        r#"{"action":"subscribe","package_id":1}"#,
    )
    .by("token"),
    send("subscribe", "/api/subscriptions", r#"{"package_id":1}"#).by("token"),
    send("changeSubscription", "/api/subscriptions/change", r#"{"package_id":2}"#).by("token"),
    send("cancelSubscription", "/api/subscriptions/cancel", "{}").by("token"),
    send("undoCancelSubscription", "/api/subscriptions/undo-cancel", "{}").by("token"),
    send("pauseSubscription", "/api/subscriptions/pause", r#"{"reason":"On holiday"}"#).by("token"),
    send("resumeSubscription", "/api/subscriptions/resume", "{}").by("token"),
    get("getCurrentSubscription", "/api/subscriptions/current").by("token"),
    get("listSubscriptionPeriods", "/api/subscriptions/1/periods").by("token"),
    get("listOwnSubscriptions", "/api/subscriptions").by("token"),
    get("listSubscriptions", "/api/admin/subscriptions?status=active"),
    get("getSubscription", "/api/admin/subscriptions/1"),
    send("syncSubscription", "/api/admin/subscriptions/1/sync", ""),
    send(
        "grantSubscriptionPeriod",
        "/api/admin/subscriptions/1/grant",
        r#"{"reason":"Paid by bank transfer"}"#,
    ),
    send(
        "addCredits",
        "/api/admin/credits/add",
        r#"{"user_id":2,"amount":50,"reason":"Sorry for the wait","admin_notes":"By telephone"}"#,
    ),
    send(
        "removeCredits",
        "/api/admin/credits/remove",
        r#"{"user_id":2,"amount":20,"reason":"Given twice"}"#,
    ),
    get("getSummary", "/api/credits/summary").by("token"),
    get("getUserBalance", "/api/admin/credits/user/2/balance"),
    get("getUserTransactions", "/api/admin/credits/user/2/transactions?page_size=2"),
    get("getUserSummary", "/api/admin/credits/user/2/summary"),
    send(
        "pauseCredits",
        "/api/admin/credits/pause",
        r#"{"user_id":2,"reason":"The card was declined"}"#,
    ),
    send(
        "resumeCredits",
        "/api/admin/credits/resume",
        r#"{"user_id":2,"admin_notes":"They paid"}"#,
    ),
    get("getSystemSummary", "/api/admin/credits/system/summary"),
    get("getUsersCreditStatus", "/api/admin/credits/users/status?page_size=2"),
    get("listAudit", "/api/admin/audit?subject=user:2&page_size=2"),
    get("listJobs", "/api/admin/jobs?page_size=2"),
    get("getJob", "/api/admin/jobs/1"),
    send("rerunJob", "/api/admin/jobs/1/rerun", ""),
    get("listMails", "/api/admin/mails?page_size=2"),
    send("endSubscription", "/api/admin/subscriptions/1/end", ""),
    send("signOut", "/api/auth/logout", "").by("token"),
    send(
        "suspendCredits",
        "/api/admin/credits/suspend",
        r#"{"user_id":2,"reason":"Chargebacks on three cards"}"#,
    ),
    send(
        "createPaymentIntent",
        "/api/stripe/create-payment-intent",
        r#"{"user_id":1,"amount":1000,"description":"1000 credits"}"#,
    ),
    send(
        "createCheckoutSession",
        "/api/stripe/create-checkout-session",
        r#"{"user_id":1,"amount":1000,"success_url":"https://app.example.com/credits?bought=1",
            "cancel_url":"https://app.example.com/credits"}"#,
    ),
    send(
        "openCustomerPortal",
        "/api/stripe/customer-portal",
        r#"{"user_id":1,"return_url":"https://app.example.com/billing"}"#,
    ),
    get("listStripeProducts", "/api/stripe/products"),
    get("getCustomerBilling", "/api/stripe/customer-billing?user_id=1&page_size=1"),
    get("listUserSubscriptions", "/api/stripe/user-subscriptions?user_id=1&page_size=1"),
    get("getStripeReconciliation", "/api/admin/stripe/reconciliation"),
];

#[derive(Serialize)]
struct Example {
    request: Option<Box<RawValue>>,
    answer: Option<Box<RawValue>>,
}

#[tokio::test]
async fn the_examples_are_a_session_that_goes_like_that() {
    let app = TestApp::start().await;
    app.app().reconcile_stripe().await.unwrap();
    let mut had: BTreeMap<&str, Example> = BTreeMap::new();
    let mut kept: BTreeMap<&str, String> = BTreeMap::new();
    for (number, step) in SESSION.iter().enumerate() {
        let (request, answer) = take(&app, number, step, &mut kept).await;
        had.entry(step.operation).or_insert(Example { request, answer });
    }
    let had = serde_json::to_string(&had).unwrap();
    let mut had: Value = serde_json::from_str(&had).unwrap();
    hide(&mut had);
    if is_to_be_written() {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/openapi/examples.json");
        return std::fs::write(path, format!("{had:#}\n")).unwrap();
    }
    let had = format!("{had:#}\n");
    let lines = had.lines().zip(KEPT.lines()).enumerate();
    let other = lines.filter(|(_, (had, kept))| had != kept).take(5).collect::<Vec<_>>();
    assert!(had == KEPT, "run it once with UPDATE_EXAMPLES=1, and read them: {other:#?}");
}

#[expect(clippy::disallowed_methods, reason = "whoever runs a test tells it by a variable")]
fn is_to_be_written() -> bool {
    std::env::var_os("UPDATE_EXAMPLES").is_some()
}

async fn take(
    app: &TestApp,
    number: usize,
    step: &Step,
    kept: &mut BTreeMap<&'static str, String>,
) -> (Option<Box<RawValue>>, Option<Box<RawValue>>) {
    let fill = |text: &str| {
        kept.iter().fold(text.to_owned(), |text, (name, value)| {
            text.replace(&format!("{{{name}}}"), value)
        })
    };
    let (path, body) = (fill(step.path), step.body.map(fill));
    let call = app.call(method(step.operation), &path).key(&format!("example-{number}"));
    let call = match step.by {
        Some(token) => call.by(&kept[token]),
        None => call,
    };
    let call = match body.as_deref() {
        Some(body) if !body.is_empty() => call.json(body.to_owned()),
        _ => call,
    };
    let answer = call.send().await;
    assert!(answer.status() < 300, "{}: {answer}", step.operation);
    if let Some((name, pointer)) = step.keeps {
        kept.insert(name, answer.text(pointer));
    }
    (body.as_deref().and_then(json), json(answer.body()))
}

/// Nobody should try a secret they read in a document, or learn to paste one.
fn hide(value: &mut Value) {
    match value {
        Value::Object(members) => members.values_mut().for_each(hide),
        Value::Array(items) => items.iter_mut().for_each(hide),
        Value::String(text) => {
            let secret = ["sk_", "st_"].into_iter().find(|prefix| text.starts_with(prefix));
            if let Some(prefix) = secret.filter(|_| text.len() > 20) {
                *text = format!("{prefix}...");
            }
        }
        _ => {}
    }
}

fn json(text: &str) -> Option<Box<RawValue>> {
    serde_json::from_str(text).ok()
}

/// The method of an operation.
fn method(operation: &str) -> http::Method {
    let paths = DOCUMENT["paths"].as_object().unwrap();
    let mut methods = paths.values().flat_map(|item| item.as_object().unwrap());
    let found = methods.find(|(_, described)| described["operationId"] == operation);
    let (method, _) = found.unwrap_or_else(|| panic!("no operation {operation}"));
    method.to_uppercase().parse().unwrap()
}
