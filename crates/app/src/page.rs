//! Pages of lists, newest first.

use crate::error::Error;

/// Which part of a list is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Page {
    number: i64,
    size: i64,
}

/// A part of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed<T> {
    /// What is on the page.
    pub items: Vec<T>,
    /// How many there are on all pages.
    pub total: i64,
    /// Which page it is.
    pub page: Page,
}

impl Page {
    /// The first fifty.
    pub const FIRST: Self = Self { number: 1, size: 50 };

    /// The page of that number, from 1, with 1 to 100 entries; 1 and 50 where
    /// nothing is said.
    pub fn new(number: Option<i64>, size: Option<i64>) -> Result<Self, Error> {
        let number = number.unwrap_or(Self::FIRST.number);
        let size = size.unwrap_or(Self::FIRST.size);
        if number < 1 {
            return Err(Error::invalid("/page", "is less than 1"));
        }
        if !(1..=100).contains(&size) {
            return Err(Error::invalid("/page_size", "is not 1 to 100"));
        }
        Ok(Self { number, size })
    }

    /// Its number, from 1.
    pub const fn number(self) -> i64 {
        self.number
    }

    /// The most entries it has.
    pub const fn size(self) -> i64 {
        self.size
    }

    pub(crate) const fn rows(self) -> store::Page {
        store::Page::numbered(self.number, self.size)
    }
}

impl<T> Listed<T> {
    /// The same page of something else.
    pub fn map<U>(self, convert: impl FnMut(T) -> U) -> Listed<U> {
        let items = self.items.into_iter().map(convert).collect();
        Listed { items, total: self.total, page: self.page }
    }
}
