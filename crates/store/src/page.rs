//! Which part of a list is asked for.

/// A page of a list: so many rows after so many others.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Page {
    /// At most this many rows.
    pub limit: i64,
    /// Behind this many.
    pub offset: i64,
}

impl Page {
    /// The page with that number, from 1, of `size` rows each.
    pub const fn numbered(number: i64, size: i64) -> Self {
        Self { limit: size, offset: number.saturating_sub(1).saturating_mul(size) }
    }
}
