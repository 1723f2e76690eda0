//! The document without its endpoints: what it is of, how callers are known,
//! and the schemas that every endpoint has.

use domain::IdempotencyKey;
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::openapi::tag::TagBuilder;
use utoipa::openapi::{
    ComponentsBuilder, InfoBuilder, LicenseBuilder, OpenApi, OpenApiBuilder, PathsBuilder,
};
use utoipa::{PartialSchema as _, ToSchema};

use crate::problem::{FieldError, Rendered};
use crate::wire::{Decimal, In};

const ABOUT: &str = "\
Prepaid credits for an AI platform: reserve them before the work, charge what was used, and prove \
every one of them.

**Numbers** are exact: credits have at most 6 decimals and no exponent, and a request may send \
them as strings. **Times** are RFC 3339 in UTC. **Unknown fields** are refused.

**Errors** are problems (RFC 9457): `code` is for programs, `detail` for people, `errors` names the \
invalid values, `request_id` is the trace, also in `X-Request-Id`. What is wrong is looked for in \
this order: the caller (401), their scope (403), the form (400, 413, 415), the values (422), the \
key, the thing itself (404), its state (402, 409).

**Mutations** take an `Idempotency-Key`. The same key with the same request gives the stored \
answer, with `Idempotency-Replayed: true`; a decided refusal is stored too. On 429, 503 and a lost \
connection repeat the request with the same key.

**Test books** say `Credits-Mode: test`. There an admin may move the clock forward with \
`X-Test-Clock`, unless Stripe takes its payments: it counts months by a clock of its own.";

const TAGS: [(&str, &str); 15] = [
    ("auth", "People sign in and out."),
    ("credits", "Balances, spends and where they come from."),
    ("holds", "Credits reserved for work that is about to begin."),
    ("grants", "Credits given."),
    ("purchases", "Credits bought: what they cost, and how they are paid."),
    ("promotions", "What makes credits cheaper for a while, or gives some."),
    ("packages", "What may be subscribed to."),
    ("subscriptions", "A package's credits each month."),
    ("stripe", "Payments begun, and what Stripe tells of them."),
    ("services", "What credits are spent on, and its prices."),
    ("users", "Who has credits."),
    ("keys", "What programs call with."),
    ("ledger", "The book as a whole."),
    ("jobs", "What is done behind requests, and mails that wait to be sent."),
    ("server", "The server itself; open to everyone who reaches it."),
];

/// The document without its endpoints.
pub(crate) fn head() -> OpenApi {
    let info = InfoBuilder::new()
        .title("Streamline Credits")
        .version(env!("CARGO_PKG_VERSION"))
        .description(Some(ABOUT))
        .license(Some(
            LicenseBuilder::new().name("Apache-2.0").identifier(Some("Apache-2.0")).build(),
        ))
        .build();
    let tags =
        TAGS.map(|(name, about)| TagBuilder::new().name(name).description(Some(about)).build());
    OpenApiBuilder::new()
        .info(info)
        .paths(PathsBuilder::new().build())
        .components(Some(components().build()))
        .tags(Some(tags))
        .build()
}

fn components() -> ComponentsBuilder {
    ComponentsBuilder::new()
        .schema(Rendered::name(), Rendered::schema())
        .schema(FieldError::name(), FieldError::schema())
        .schema(Decimal::name(), Decimal::schema())
        .schema(In::<IdempotencyKey>::name(), In::<IdempotencyKey>::schema())
        .security_scheme("bearer", bearer())
}

fn bearer() -> SecurityScheme {
    let about = "An API key, `sk_…`; a session, `st_…`, which browsers send as a cookie; or a token \
                 of the platform's issuer. `x-scopes` of an operation says which scopes let a key \
                 in: any of them. The scope `admin` has all others. People reach what is theirs \
                 with `credits:read` and `credits:spend`, and anyone's as their role says: support \
                 `credits:read`, finance `credits:grant` too, admin all.";
    let scheme = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).description(Some(about));
    SecurityScheme::Http(scheme.build())
}
