//! A client of the old platform: what its services send and what they read of
//! the answers, by their own names. Where it types a field, the type is checked.

use domain::Role;
use http::Method;
use serde_json::{Value, json};
use testkit::{Answer, Call, Person, TestApp};

/// What the old client's `fetch` does: a bearer token, JSON, a 200 or an error
/// whose `detail` it shows.
struct OldClient<'a> {
    app: &'a TestApp,
    person: Person,
}

impl OldClient<'_> {
    fn call(&self, method: Method, path: &str) -> Call {
        self.app.call(method, path).by(&self.person.token)
    }

    fn read(answer: &Answer) -> Result<Value, String> {
        let body = answer.json();
        match answer.status() {
            200 => Ok(body),
            _ => Err(body["detail"].as_str().expect("a detail").to_owned()),
        }
    }

    async fn get(&self, path: &str) -> Value {
        Self::read(&self.call(Method::GET, path).send().await).expect("200")
    }

    async fn post(&self, path: &str, body: Value) -> Result<Value, String> {
        let call = self.call(Method::POST, path).json(body.to_string());
        Self::read(&call.send().await)
    }

    /// Its purchases came as query parameters.
    async fn post_query(&self, path: &str, query: &str) -> Result<Value, String> {
        Self::read(&self.call(Method::POST, &format!("{path}?{query}")).send().await)
    }
}

/// Every field, of one of the types with a `|` between them.
#[track_caller]
fn assert_typed(object: &Value, fields: &[(&str, &str)]) {
    for (field, types) in fields {
        let value = object.get(*field).unwrap_or_else(|| panic!("no {field}: {object}"));
        let kind = match value {
            Value::Null => "null",
            Value::Bool(_) => "boolean",
            Value::Number(number) if number.is_i64() => "integer",
            Value::Number(_) => "number",
            Value::String(_) => "string",
            Value::Array(_) => "array",
            Value::Object(_) => "object",
        };
        let fits = |wanted: &str| wanted == kind || (wanted == "number" && kind == "integer");
        assert!(types.split('|').any(fits), "{field} is {kind}, not {types}: {object}");
    }
}

const BALANCE: &[(&str, &str)] = &[
    ("user_id", "integer"),
    ("current_credits", "number"),
    ("credit_status", "string"),
    ("subscription", "object|null"),
    ("next_billing_date", "string|null"),
];

const SUMMARY: &[(&str, &str)] = &[
    ("current_balance", "number"),
    ("credit_status", "string"),
    ("monthly_credits_added", "number"),
    ("monthly_credits_spent", "number"),
    ("monthly_net_change", "number"),
    ("subscription", "object|null"),
    ("total_transactions", "integer"),
    ("credit_rate", "number"),
    ("estimated_monthly_cost", "number"),
];

const TRANSACTION: &[(&str, &str)] = &[
    ("id", "string"),
    ("user_id", "integer"),
    ("amount", "number"),
    ("description", "string"),
    ("transaction_type", "string"),
    ("subscription_id", "integer|null"),
    ("job_id", "string|null"),
    ("dollar_amount", "number|null"),
    ("stripe_payment_intent_id", "string|null"),
    ("metadata", "object|null"),
    ("created_at", "string"),
    ("subscription", "object|null"),
];

const HISTORY: &[(&str, &str)] = &[
    ("transactions", "array"),
    ("total_count", "integer"),
    ("page", "integer"),
    ("page_size", "integer"),
];

const PACKAGE: &[(&str, &str)] = &[
    ("id", "integer"),
    ("name", "string"),
    ("description", "string|null"),
    ("monthly_price", "number"),
    ("credit_amount", "number"),
    ("credit_rate", "number"),
    ("features", "array|null"),
    ("max_credits_per_month", "number|null"),
    ("rollover_enabled", "boolean"),
    ("is_active", "boolean"),
    ("is_featured", "boolean"),
    ("sort_order", "integer"),
    ("stripe_price_id", "string|null"),
    ("stripe_product_id", "string|null"),
    ("created_at", "string"),
    ("updated_at", "string|null"),
];

#[tokio::test]
async fn the_credits_service_of_the_old_client_goes_on_working() {
    let app = TestApp::start().await;
    let client =
        OldClient { app: &app, person: app.sign_in("ada@example.com", Role::Customer).await };
    // getBalance, getSummary, of somebody who did nothing yet
    assert_typed(&client.get("/api/credits/balance").await, BALANCE);
    assert_typed(&client.get("/api/credits/summary").await, SUMMARY);
    // getCreditRate, getCreditPackages
    let rate = client.get("/api/credits/rate").await;
    assert_typed(
        &rate,
        &[("credit_rate", "number"), ("currency", "string"), ("description", "string")],
    );
    assert_eq!((&rate["credit_rate"], &rate["currency"]), (&json!(0.1), &json!("USD")));
    let packages = client.get("/api/credits/packages").await;
    assert_typed(&packages, &[("message", "string"), ("packages", "array")]);
    let packages = packages["packages"].as_array().unwrap();
    for package in packages {
        assert_typed(package, PACKAGE);
    }
    let names: Vec<_> = packages.iter().map(|package| package["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["Starter", "Professional", "Enterprise"]);
    // validatePurchase(amount)
    let valid = client.post_query("/api/credits/purchase/validate", "amount=100").await.unwrap();
    assert_typed(
        &valid,
        &[
            ("can_purchase", "boolean"),
            ("reason", "string|null"),
            ("estimated_cost", "number"),
            ("credit_rate", "number"),
            ("credits_to_add", "number"),
        ],
    );
    assert_eq!((&valid["can_purchase"], &valid["estimated_cost"]), (&json!(true), &json!(10)));
    // purchaseCredits(amount, description, stripePaymentIntentId)
    let query = "amount=100&description=100%20credits&stripe_payment_intent_id=pi_old_1";
    let bought = client.post_query("/api/credits/purchase", query).await.unwrap();
    assert_typed(&bought, TRANSACTION);
    assert_eq!((&bought["amount"], &bought["transaction_type"]), (&json!(100), &json!("purchase")));
    assert_eq!(bought["stripe_payment_intent_id"], "pi_old_1");
    let again = client.post_query("/api/credits/purchase", query).await.unwrap();
    assert_eq!(again["id"], bought["id"], "one payment, one grant");
    // getTransactionHistory(page, pageSize, transactionType, startDate, endDate)
    let path = "/api/credits/transactions?page=1&page_size=50&transaction_type=purchase\
                &start_date=2020-01-01&end_date=2099-12-31";
    let history = client.get(path).await;
    assert_typed(&history, HISTORY);
    assert_eq!(history["total_count"], 1);
    assert_typed(&history["transactions"][0], TRANSACTION);
    assert_eq!(client.get("/api/credits/balance").await["current_credits"], 100);
}

#[tokio::test]
async fn the_admin_service_of_the_old_client_goes_on_working() {
    let app = TestApp::start().await;
    let ada = app.sign_in("ada@example.com", Role::Customer).await.id.number();
    let client =
        OldClient { app: &app, person: app.sign_in("root@example.com", Role::Admin).await };
    // addCredits, removeCredits(userId, amount, reason, adminNotes)
    let body =
        json!({"user_id": ada, "amount": 1000, "reason": "Early adopter", "admin_notes": "x"});
    let changed = &[
        ("success", "boolean"),
        ("message", "string"),
        ("transaction", "object"),
        ("new_balance", "number"),
    ];
    let added = client.post("/api/admin/credits/add", body).await.unwrap();
    assert_typed(&added, changed);
    assert_typed(&added["transaction"], TRANSACTION);
    let body = json!({"user_id": ada, "amount": 400, "reason": "By mistake"});
    let removed = client.post("/api/admin/credits/remove", body).await.unwrap();
    assert_typed(&removed, changed);
    assert_eq!(
        (&removed["new_balance"], &removed["transaction"]["amount"]),
        (&json!(600), &json!(-400))
    );
    // A refusal is shown by its detail.
    let body = json!({"user_id": ada, "amount": 601, "reason": "More than there is"});
    let refused = client.post("/api/admin/credits/remove", body).await.unwrap_err();
    assert!(refused.contains("601"), "{refused}");
    // pauseCreditService, resumeCreditService
    let body = json!({"user_id": ada, "reason": "A card", "admin_notes": null});
    let paused = client.post("/api/admin/credits/pause", body).await.unwrap();
    assert_typed(&paused, &[("success", "boolean"), ("message", "string"), ("reason", "string")]);
    let balance = client.get(&format!("/api/admin/credits/user/{ada}/balance")).await;
    assert_typed(&balance, BALANCE);
    assert_eq!(balance["credit_status"], "paused");
    let resumed = client.post("/api/admin/credits/resume", json!({"user_id": ada})).await.unwrap();
    assert_typed(&resumed, &[("success", "boolean"), ("message", "string")]);
    // getUserTransactions, getUserSummary
    let path = format!("/api/admin/credits/user/{ada}/transactions?page=1&page_size=1");
    let history = client.get(&path).await;
    assert_typed(&history, HISTORY);
    assert_eq!(history["total_count"], 2, "a pause is no transaction");
    assert_typed(&client.get(&format!("/api/admin/credits/user/{ada}/summary")).await, SUMMARY);
}

#[tokio::test]
async fn the_old_client_sees_everyone_together() {
    let app = TestApp::start().await;
    app.customer_with("ada", "600").await;
    let person = app.sign_in("root@example.com", Role::Admin).await;
    let client = OldClient { app: &app, person };
    // getSystemSummary, getUsersCreditStatus(page, pageSize, statusFilter)
    let system = client.get("/api/admin/credits/system/summary").await;
    assert_typed(
        &system,
        &[
            ("total_users", "integer"),
            ("users_with_credits", "integer"),
            ("total_credits", "number"),
            ("total_value_usd", "number"),
            ("recent_transactions_24h", "integer"),
            ("credit_status_distribution", "object"),
            ("credit_rate", "number"),
        ],
    );
    assert_eq!((&system["total_credits"], &system["total_value_usd"]), (&json!(600), &json!(60)));
    let path = "/api/admin/credits/users/status?page=1&page_size=50&status_filter=active";
    let status = client.get(path).await;
    assert_typed(
        &status,
        &[
            ("message", "string"),
            ("users", "array"),
            ("total_count", "integer"),
            ("page", "integer"),
            ("page_size", "integer"),
        ],
    );
    assert_typed(
        &status["users"][0],
        &[
            ("user_id", "integer"),
            ("email", "string"),
            ("name", "string"),
            ("credits", "number"),
            ("credit_status", "string"),
            ("last_transaction_at", "string|null"),
            ("created_at", "string"),
        ],
    );
}

#[tokio::test]
async fn the_old_client_is_told_what_it_may_not() {
    let app = TestApp::start().await;
    let client =
        OldClient { app: &app, person: app.sign_in("ada@example.com", Role::Customer).await };
    let body = json!({"user_id": 1, "amount": 1, "reason": "Mine"});
    let refused = client.call(Method::POST, "/api/admin/credits/add").json(body.to_string());
    assert_eq!(refused.send().await.status(), 403);
    let nobody = app.get("/api/credits/balance").without("authorization").send().await;
    assert_eq!(nobody.status(), 401);
    let missing = app.get("/api/admin/credits/user/999/balance").send().await;
    assert_eq!(missing.status(), 404);
}
