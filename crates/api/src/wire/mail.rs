//! Mails, and what asks for them.

use app::mails::{MailFilter, MailView};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use utoipa::{IntoParams, ToSchema};

use super::charge::page;
use super::input::In;
use super::output::Instant;
use super::scalar::{MailKindIn, UserIdIn, WholeIn};
use crate::extract::Form;
use crate::problem::Problem;

/// Which mails: all of what is said must fit.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct MailsQuery {
    /// To that user.
    #[param(value_type = Option<i64>)]
    user_id: Option<UserIdIn>,
    /// Of that kind: `payment_confirmation`.
    #[param(value_type = Option<String>)]
    kind: Option<MailKindIn>,
    /// From 1.
    #[param(value_type = Option<i64>, minimum = 1)]
    page: Option<WholeIn>,
    /// 1 to 100; 50 if left out.
    #[param(value_type = Option<i64>, minimum = 1, maximum = 100)]
    page_size: Option<WholeIn>,
}

impl Form for MailsQuery {
    type Request = (MailFilter, app::Page);

    fn into_request(self) -> Result<Self::Request, Problem> {
        let (user, kind) = (self.user_id.map(In::into_inner), self.kind.map(In::into_inner));
        Ok((MailFilter { user, kind }, page(self.page, self.page_size)?))
    }
}

/// What somebody is written.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Mail {
    id: i64,
    /// What it tells.
    #[schema(examples("payment_confirmation"))]
    kind: String,
    /// The fact it tells of: a fact has one mail of a kind.
    #[schema(examples("payment_confirmation:payment_intent:pi_1"))]
    key: String,
    /// To whom.
    #[schema(examples(7))]
    user_id: i64,
    /// What is told: by kind.
    #[schema(value_type = Option<Object>)]
    data: Option<Box<RawValue>>,
    /// `queued` or `sent`.
    #[schema(examples("queued"))]
    status: &'static str,
    created_at: Instant,
    sent_at: Option<Instant>,
}

impl From<MailView> for Mail {
    fn from(mail: MailView) -> Self {
        Self {
            id: mail.id,
            kind: mail.kind,
            key: mail.key,
            user_id: mail.user.number(),
            data: RawValue::from_string(mail.data).ok(),
            status: if mail.sent_at.is_some() { "sent" } else { "queued" },
            created_at: Instant(mail.created_at),
            sent_at: mail.sent_at.map(Instant),
        }
    }
}

/// A page of mails, newest first.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct MailList {
    mails: Vec<Mail>,
    /// How many there are on all pages.
    total_count: i64,
    page: i64,
    page_size: i64,
}

impl From<app::Listed<MailView>> for MailList {
    fn from(listed: app::Listed<MailView>) -> Self {
        Self {
            mails: listed.items.into_iter().map(Into::into).collect(),
            total_count: listed.total,
            page: listed.page.number(),
            page_size: listed.page.size(),
        }
    }
}
