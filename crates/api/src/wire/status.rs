//! What a user may do, and what changes it.

use app::{StatusChange, StatusRequest, StatusView};
use domain::{Description, Reason, Status, UserId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::input::In;
use super::scalar::{DescriptionIn, ReasonIn, UserIdIn};
use crate::extract::Form;
use crate::problem::Problem;

/// Who is stopped, and why.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(examples(json!({
    "user_id": 7,
    "reason": "Unusual usage",
    "admin_notes": "Waiting for their answer"
})))]
pub(crate) struct StatusBody {
    /// Who.
    user_id: UserIdIn,
    /// Why.
    reason: ReasonIn,
    /// For the audit log alone: no customer sees it.
    admin_notes: Option<DescriptionIn>,
}

/// Who may go on.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(examples(json!({"user_id": 7, "admin_notes": "They answered"})))]
pub(crate) struct ResumeBody {
    /// Who.
    user_id: UserIdIn,
    /// For the audit log alone: no customer sees it.
    admin_notes: Option<DescriptionIn>,
}

/// What a body says of a change.
pub(crate) struct StatusAsked {
    user: UserId,
    reason: Option<Reason>,
    admin_notes: Option<Description>,
}

impl StatusAsked {
    /// The request for a change.
    pub(crate) fn to(self, change: StatusChange) -> StatusRequest {
        let Self { user, reason, admin_notes } = self;
        StatusRequest { user, change, reason, admin_notes }
    }
}

impl Form for StatusBody {
    type Request = StatusAsked;

    fn into_request(self) -> Result<StatusAsked, Problem> {
        Ok(StatusAsked {
            user: self.user_id.into_inner(),
            reason: Some(self.reason.into_inner()),
            admin_notes: self.admin_notes.map(In::into_inner),
        })
    }
}

impl Form for ResumeBody {
    type Request = StatusAsked;

    fn into_request(self) -> Result<StatusAsked, Problem> {
        Ok(StatusAsked {
            user: self.user_id.into_inner(),
            reason: None,
            admin_notes: self.admin_notes.map(In::into_inner),
        })
    }
}

/// A user who is stopped.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct StatusSet {
    /// True: what was not done is a problem.
    success: bool,
    /// What they may do now, and whether it was so already.
    #[schema(examples("User 7 is paused."))]
    message: String,
    /// Why, as the request said it; null where it was erased since.
    reason: Option<String>,
}

/// A user who may go on.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Resumed {
    /// True: what was not done is a problem.
    success: bool,
    /// What they may do now, and whether it was so already.
    #[schema(examples("User 7 is active."))]
    message: String,
}

impl From<StatusView> for StatusSet {
    fn from(view: StatusView) -> Self {
        Self { success: true, message: message(&view), reason: view.reason }
    }
}

impl From<StatusView> for Resumed {
    fn from(view: StatusView) -> Self {
        Self { success: true, message: message(&view) }
    }
}

fn message(view: &StatusView) -> String {
    let StatusView { user, status, was_so, .. } = view;
    let already = if *was_so { " already; nothing changed" } else { "" };
    let what = match status {
        Status::Active => "active",
        Status::Paused => "paused",
        Status::Suspended => "suspended",
    };
    format!("User {user} is {what}{already}.")
}
