//! What users may do with their credits. One endpoint a file.

pub(super) mod pause;
pub(super) mod resume;
pub(super) mod suspend;
