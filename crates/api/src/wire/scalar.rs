//! The single values of requests: amounts, ids, times, words. What is right is
//! decided by `domain`; here it gets its JSON form and its schema.

use app::jobs::JobState;
use app::{GivenPassword, Password};
use domain::{
    Cents, Cost, Credits, Description, Email, GrantStatus, HoldId, HoldStatus, IdempotencyKey,
    MailKind, OnExpiry, OverCapture, PackageId, PaymentIntent, PaymentMethod, PromotionCode,
    Quantity, QuoteToken, Rate, Reason, Role, Scope, Seq, ServiceKey, Share, Source, Status,
    SubscriptionStatus, Tag, Text, Time, TopUpStatus, TransactionType, UnitPrice, UserGroup,
    UserId, instant, parse_dollars,
};
use serde::{Deserialize, Deserializer};
use utoipa::ToSchema;
use utoipa::openapi::schema::{ObjectBuilder, SchemaType, Type};
use utoipa::openapi::{KnownFormat, Schema, SchemaFormat};

use super::input::{In, Wire, number, text};

pub(crate) type Amount = In<Credits>;
pub(crate) type AmountOrZero = In<AtLeastZero>;
pub(crate) type CostBasis = In<Cost>;
pub(crate) type DescriptionIn = In<Description>;
pub(crate) type EmailIn = In<Email>;
pub(crate) type GivenPasswordIn = In<GivenPassword>;
pub(crate) type GrantStatusIn = In<GrantStatus>;
pub(crate) type HoldIdIn = In<HoldId>;
pub(crate) type HoldStatusIn = In<HoldStatus>;
pub(crate) type JobStateIn = In<JobState>;
pub(crate) type MailKindIn = In<MailKind>;
pub(crate) type MoneyIn = In<Cents>;
pub(crate) type OnExpiryIn = In<OnExpiry>;
pub(crate) type OverCaptureIn = In<OverCapture>;
pub(crate) type PasswordIn = In<Password>;
pub(crate) type PackageIdIn = In<PackageId>;
pub(crate) type PageUrlIn = In<PageUrl>;
pub(crate) type PaymentIntentIn = In<PaymentIntent>;
pub(crate) type PaymentMethodIn = In<PaymentMethod>;
pub(crate) type PriorityIn = In<Priority>;
pub(crate) type PromotionCodeIn = In<PromotionCode>;
pub(crate) type QuantityIn = In<Quantity>;
pub(crate) type QuoteTokenIn = In<QuoteToken>;
pub(crate) type RateIn = In<Rate>;
pub(crate) type ReasonIn = In<Reason>;
pub(crate) type RoleIn = In<Role>;
pub(crate) type ScopeIn = In<Scope>;
pub(crate) type SecondsIn = In<Seconds>;
pub(crate) type ServiceKeyIn = In<ServiceKey>;
pub(crate) type ShareIn = In<Share>;
pub(crate) type SourceIn = In<Source>;
pub(crate) type StatusIn = In<Status>;
pub(crate) type TopUpStatusIn = In<TopUpStatus>;
pub(crate) type SubscriptionStatusIn = In<SubscriptionStatus>;
pub(crate) type SearchIn = In<Search>;
pub(crate) type TagIn = In<Tag>;
pub(crate) type TextIn = In<Text>;
pub(crate) type TimeIn = In<Time>;
pub(crate) type TransactionTypeIn = In<TransactionType>;
pub(crate) type UserGroupIn = In<UserGroup>;
pub(crate) type UserIdIn = In<UserId>;

/// What is looked for; nothing where a form's field was left empty.
#[derive(Debug)]
pub(crate) struct Search(pub(crate) Option<Text>);

impl Search {
    fn parse(text: &str) -> Result<Self, domain::ParseError> {
        if text.is_empty() { Ok(Self(None)) } else { domain::line(text).map(Some).map(Self) }
    }
}

/// Where a page of the payment provider's leads on to.
#[derive(Debug)]
pub(crate) struct PageUrl(pub(crate) String);

impl PageUrl {
    /// The most bytes it may have.
    const BYTES_MAX: usize = 2_000;

    fn parse(text: &str) -> Result<Self, &'static str> {
        let plain = text.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'\\');
        let rest = ["https://", "http://"].iter().find_map(|scheme| text.strip_prefix(scheme));
        let is_path = text.starts_with('/') && !text.starts_with("//");
        let somewhere = rest.is_some_and(|rest| !rest.is_empty() && !rest.starts_with('/'));
        if plain && text.len() <= Self::BYTES_MAX && (somewhere || is_path) {
            return Ok(Self(text.to_owned()));
        }
        Err("must be an address such as https://app.example.com/credits")
    }
}

/// An amount of credits: more than 0, at most 1 000 000 000.
impl Wire for Credits {
    const NAME: &'static str = "Amount";

    fn read<'de, D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        number(from, |digits| {
            let amount: Self = digits.parse().map_err(|error| format!("{error}"))?;
            if amount.is_amount() {
                Ok(amount)
            } else {
                Err("must be more than 0 and at most 1000000000".to_owned())
            }
        })
    }

    fn schema() -> Schema {
        let about = "Credits: more than 0, at most 1000000000, with at most 6 decimals and no \
                     exponent. A string that holds the number is taken too.";
        decimal(about, "0.25")
    }
}

/// Credits that may be none: the least a service charges.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct AtLeastZero(pub(crate) Credits);

impl Wire for AtLeastZero {
    const NAME: &'static str = "AmountOrZero";

    fn read<'de, D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        number(from, |digits| match digits.parse::<Credits>() {
            Ok(amount) if amount <= Credits::MAX => Ok(Self(amount)),
            Ok(_) => Err("must be at most 1000000000".to_owned()),
            Err(error) => Err(error.to_string()),
        })
    }

    fn schema() -> Schema {
        decimal("Credits: 0 to 1000000000, with at most 6 decimals and no exponent.", "0")
    }
}

impl Wire for Quantity {
    const NAME: &'static str = "Quantity";

    fn read<'de, D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        number(from, str::parse)
    }

    fn schema() -> Schema {
        decimal("How much was used: 0 or more, with at most 6 decimals and no exponent.", "1500")
    }
}

impl Wire for UnitPrice {
    const NAME: &'static str = "UnitPrice";

    fn read<'de, D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        number(from, str::parse)
    }

    fn schema() -> Schema {
        decimal("Credits for one unit: 0 or more, with at most 12 decimals.", "0.002")
    }
}

impl Wire for Cost {
    const NAME: &'static str = "Dollars";

    fn read<'de, D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        number(from, parse_dollars)
    }

    fn schema() -> Schema {
        decimal("US dollars: 0 or more, with at most 8 decimals and no exponent.", "19.99")
    }
}

impl Wire for Cents {
    const NAME: &'static str = "Money";

    fn read<'de, D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        number(from, str::parse)
    }

    fn schema() -> Schema {
        decimal("US dollars: 0 or more, with at most 2 decimals and no exponent.", "19.99")
    }
}

impl Wire for Rate {
    const NAME: &'static str = "Rate";

    fn read<'de, D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        number(from, str::parse)
    }

    fn schema() -> Schema {
        decimal("US dollars for one credit: 0 to 1000, with at most 6 decimals.", "0.0833")
    }
}

impl Wire for Share {
    const NAME: &'static str = "Share";

    fn read<'de, D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        number(from, str::parse)
    }

    fn schema() -> Schema {
        decimal("A share of the whole: 0 to 1, with at most 6 decimals.", "0.25")
    }
}

/// How long a hold lives, in whole seconds: 1 second to 30 days.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Seconds(pub(crate) i64);

/// 30 days.
const SECONDS_MAX: i64 = 2_592_000;

impl Wire for Seconds {
    const NAME: &'static str = "Seconds";

    fn read<'de, D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        number(from, |digits| match whole(digits) {
            Ok(seconds @ 1..=SECONDS_MAX) => Ok(Self(seconds)),
            _ => Err("must be a whole number of seconds from 1 to 2592000"),
        })
    }

    fn schema() -> Schema {
        integer("Whole seconds: 1 to 2592000, which is 30 days.", 900)
    }
}

/// 0 to 100, lower is burnt first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Priority(pub(crate) i64);

impl Wire for Priority {
    const NAME: &'static str = "Priority";

    fn read<'de, D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        number(from, |digits| match whole(digits) {
            Ok(priority @ 0..=100) => Ok(Self(priority)),
            _ => Err("must be a whole number from 0 to 100"),
        })
    }

    fn schema() -> Schema {
        integer("0 to 100; lower is burnt first, 50 unless there is a reason.", 50)
    }
}

/// Any whole number: a page, a place in the journal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Whole(pub(crate) i64);

pub(crate) type WholeIn = In<Whole>;

impl Wire for Whole {
    const NAME: &'static str = "Whole";

    fn read<'de, D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        number(from, |digits| whole(digits).map(Self))
    }

    fn schema() -> Schema {
        integer("A whole number.", 1)
    }
}

impl From<Whole> for Seq {
    fn from(whole: Whole) -> Self {
        Self::from_number(whole.0)
    }
}

impl Wire for UserId {
    const NAME: &'static str = "UserId";

    fn read<'de, D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        number(from, |digits| digits.parse().map_err(|_| "must be the id of a user, such as 7"))
    }

    fn schema() -> Schema {
        integer("The id of a user.", 7)
    }
}

impl Wire for PackageId {
    const NAME: &'static str = "PackageId";

    fn read<'de, D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        number(from, |digits| digits.parse().map_err(|_| "must be the id of a package, such as 1"))
    }

    fn schema() -> Schema {
        integer("The id of a package.", 1)
    }
}

/// What a promotion does.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq, ToSchema)]
#[schema(as = DiscountType)]
#[serde(rename_all = "snake_case")]
pub(crate) enum DiscountTypeIn {
    /// Takes off a share of the price.
    Percentage,
    /// Takes off so many dollars.
    FixedAmount,
    /// Gives credits beside those that are bought, or alone.
    FreeCredits,
}

fn whole(digits: &str) -> Result<i64, &'static str> {
    let plain = digits.bytes().all(|byte| byte.is_ascii_digit());
    let number = if plain { digits.parse().ok() } else { None };
    number.ok_or("must be a whole number")
}

/// Values that are strings.
macro_rules! strings {
    ($($kind:ty, $name:literal, $about:literal, $example:literal, $parse:expr;)+) => {$(
        impl Wire for $kind {
            const NAME: &'static str = $name;

            fn read<'de, D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
                text(from, $parse)
            }

            fn schema() -> Schema {
                string($about, $example).into()
            }
        }
    )+};
}

strings! {
    Text, "Text", "1 to 255 characters in one line.", "job-2026-11-23-17", domain::line;
    Search, "Search", "At most 255 characters in one line; empty: no filter.", "ada",
        Search::parse;
    Description, "Description", "At most 500 characters without NUL.", "Nightly run",
        Description::parse;
    Reason, "Reason", "1 to 500 characters without NUL that say something.", "Goodwill",
        Reason::parse;
    Email, "Email", "An e-mail address.", "ada@example.com", Email::parse;
    Password, "Password", "A new password: 10 to 200 characters without NUL.", "correct horse",
        Password::parse;
    GivenPassword, "GivenPassword", "A password: 1 to 200 characters without NUL.",
        "correct horse", GivenPassword::parse;
    ServiceKey, "ServiceKey", "The key of a service.", "llm", ServiceKey::parse;
    HoldId, "HoldId", "The id of a hold.", "hold_1_42",
        |id| id.parse().map_err(|_| "must be the id of a hold, such as hold_1_42");
    PaymentIntent, "PaymentIntent", "What the payment provider calls a payment.", "pi_3Pq9",
        PaymentIntent::parse;
    PaymentMethod, "PaymentMethod", "What the payment provider calls what is paid with.",
        "pm_card_visa", PaymentMethod::parse;
    PageUrl, "PageUrl", "An https or http address, or a path of this server.",
        "https://app.example.com/credits", PageUrl::parse;
    PromotionCode, "PromotionCode", "What is typed to pay less.", "SUMMER-26",
        PromotionCode::parse;
    UserGroup, "UserGroup", "`new_users`, `subscribers`, `package:NAME` or a tag.", "vip",
        UserGroup::parse;
    Tag, "Tag", "A word on a user: lower-case letters, digits, - and _.", "vip", Tag::parse;
    QuoteToken, "QuoteToken", "A promised price, as purchase/validate gives one.", "quote_bW9yZQ",
        QuoteToken::parse;
    IdempotencyKey, "IdempotencyKey", "1 to 255 visible ASCII characters.", "run-7/row-12",
        IdempotencyKey::parse;
}

impl Wire for Time {
    const NAME: &'static str = "Time";

    fn read<'de, D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        text(from, instant::parse)
    }

    fn schema() -> Schema {
        string("An RFC 3339 time with its offset.", "2026-11-23T10:00:00Z")
            .format(Some(SchemaFormat::KnownFormat(KnownFormat::DateTime)))
            .into()
    }
}

/// Values that are one of some words.
macro_rules! words {
    ($($kind:ty, $name:literal, $about:literal, $all:expr;)+) => {$(
        impl Wire for $kind {
            const NAME: &'static str = $name;

            fn read<'de, D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
                text(from, |word| <$kind>::parse(word).ok_or_else(|| one_of(&names($all))))
            }

            fn schema() -> Schema {
                plain(Type::String).description(Some($about)).enum_values(Some(names($all))).into()
            }
        }

        impl Word for $kind {
            fn word(self) -> &'static str {
                self.as_str()
            }
        }
    )+};
}

words! {
    Source, "Source", "Where granted credits come from.", &Source::ALL;
    OnExpiry, "OnExpiry", "What happens to what is left of a hold when it expires.", OnExpiry::ALL;
    OverCapture, "OverCapture", "What a capture beyond the hold does.", OverCapture::ALL;
    Role, "Role", "What a user may do.", &Role::ALL;
    Scope, "Scope", "What an API key may do.", &Scope::ALL;
    Status, "CreditStatus", "How a user's credits stand.", Status::ALL;
    HoldStatus, "HoldStatus", "Where a hold stands.", HoldStatus::ALL;
    SubscriptionStatus, "SubscriptionStatus", "Where a subscription stands.",
        &SubscriptionStatus::ALL;
    JobState, "JobState", "Where a job stands.", &JobState::ALL;
    TopUpStatus, "TopUpStatus", "How top-ups stand.", &TopUpStatus::ALL;
    MailKind, "MailKind", "What a mail tells.", MailKind::ALL;
    TransactionType, "TransactionType", "What a transaction is to its owner.",
        &TransactionType::ALL;
}

impl Wire for GrantStatus {
    const NAME: &'static str = "GrantStatus";

    fn read<'de, D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let find = |word: &str| GRANT_STATUSES.into_iter().find(|status| status.as_str() == word);
        text(from, |word| find(word).ok_or_else(|| one_of(&GRANT_STATUSES.map(Self::as_str))))
    }

    fn schema() -> Schema {
        let words = GRANT_STATUSES.map(Self::as_str);
        plain(Type::String)
            .description(Some("Where a grant stands."))
            .enum_values(Some(words))
            .into()
    }
}

const GRANT_STATUSES: [GrantStatus; 6] = [
    GrantStatus::Pending,
    GrantStatus::Open,
    GrantStatus::Frozen,
    GrantStatus::Spent,
    GrantStatus::Expired,
    GrantStatus::ClawedBack,
];

trait Word: Copy {
    fn word(self) -> &'static str;
}

fn names<T: Word>(all: &[T]) -> Vec<&'static str> {
    all.iter().map(|value| value.word()).collect()
}

/// What goes behind a field's name when its word is none of these.
pub(crate) fn one_of(words: &[&str]) -> String {
    format!("must be one of {}", words.join(", "))
}

fn plain(kind: Type) -> ObjectBuilder {
    ObjectBuilder::new().schema_type(SchemaType::new(kind))
}

fn string(about: &str, example: &str) -> ObjectBuilder {
    plain(Type::String).description(Some(about)).examples([example])
}

fn integer(about: &str, example: i64) -> Schema {
    plain(Type::Integer).description(Some(about)).examples([example]).into()
}

/// One of some words.
pub(crate) fn word<const N: usize>(about: &str, words: [&'static str; N]) -> Schema {
    plain(Type::String).description(Some(about)).enum_values(Some(words)).into()
}

/// A number, or a string that holds one.
pub(crate) fn decimal(about: &str, example: &str) -> Schema {
    ObjectBuilder::new()
        .schema_type(SchemaType::Array(vec![Type::Number, Type::String]))
        .description(Some(about))
        .examples([example])
        .into()
}
