//! The tags on a user.

use std::collections::BTreeSet;

use domain::Tag;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::input::In;
use super::output::Shown;
use super::scalar::TagIn;
use crate::extract::Form;
use crate::problem::Problem;

/// The tags on a user from now on, in place of those there were.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(examples(json!({"tags": ["beta", "vip"]})))]
pub(crate) struct TagsBody {
    /// At most 32; none empties them.
    tags: Vec<TagIn>,
}

impl Form for TagsBody {
    type Request = BTreeSet<Tag>;

    fn into_request(self) -> Result<BTreeSet<Tag>, Problem> {
        let tags: BTreeSet<_> = self.tags.into_iter().map(In::into_inner).collect();
        if tags.len() > Tag::TAGS_MAX {
            return Err(Problem::invalid_at("/tags", "has more than 32 entries"));
        }
        Ok(tags)
    }
}

/// The tags on a user.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Tags {
    #[schema(value_type = Vec<String>, examples(json!(["beta", "vip"])))]
    tags: Vec<Shown<Tag>>,
}

impl From<BTreeSet<Tag>> for Tags {
    fn from(tags: BTreeSet<Tag>) -> Self {
        Self { tags: tags.into_iter().map(Shown).collect() }
    }
}
