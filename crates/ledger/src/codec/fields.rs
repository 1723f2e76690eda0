//! Tagged fields: integers as zigzag varints, bytes behind their length.

use super::DecodeError;
use crate::text::Text;

/// Writes fields.
pub(super) struct Writer(Vec<u8>);

impl Writer {
    pub(super) fn starting_with(byte: u8) -> Self {
        let mut out = Vec::with_capacity(256);
        out.push(byte);
        Self(out)
    }

    pub(super) fn into_bytes(self) -> Vec<u8> {
        self.0
    }

    fn varint(&mut self, mut value: u64) {
        loop {
            let low = u8::try_from(value & 0x7f).unwrap_or_default();
            value >>= 7;
            if value == 0 {
                self.0.push(low);
                return;
            }
            self.0.push(low | 0x80);
        }
    }

    pub(super) fn int(&mut self, tag: u8, value: i64) {
        self.0.push(tag);
        let sign = (value >> 63).cast_unsigned();
        self.varint((value.cast_unsigned() << 1) ^ sign);
    }

    pub(super) fn opt_int(&mut self, tag: u8, value: Option<i64>) {
        if let Some(value) = value {
            self.int(tag, value);
        }
    }

    pub(super) fn bytes(&mut self, tag: u8, value: &[u8]) {
        self.0.push(tag);
        self.varint(u64::try_from(value.len()).unwrap_or(u64::MAX));
        self.0.extend_from_slice(value);
    }

    pub(super) fn text(&mut self, tag: u8, value: Option<&Text>) {
        if let Some(value) = value {
            self.bytes(tag, value.as_str().as_bytes());
        }
    }

    /// A part with fields of its own. Written in place: how long it is, which is known
    /// behind it, goes before it then.
    pub(super) fn part(&mut self, tag: u8, write: impl FnOnce(&mut Self)) {
        self.0.push(tag);
        let start = self.0.len();
        write(self);
        let end = self.0.len();
        let part = self.0[start..].len();
        self.varint(u64::try_from(part).unwrap_or(u64::MAX));
        let length = self.0[end..].len();
        self.0[start..].rotate_right(length);
    }

    /// A list: its items one behind the other, each a part tagged 1. Absent
    /// when empty.
    pub(super) fn list<T>(&mut self, tag: u8, items: &[T], write: impl Fn(&mut Self, &T)) {
        if items.is_empty() {
            return;
        }
        self.part(tag, |list| {
            for item in items {
                list.part(1, |part| write(part, item));
            }
        });
    }
}

/// Reads fields in the order they were written.
#[derive(Clone)]
pub(super) struct Reader<'b> {
    rest: &'b [u8],
    what: &'static str,
}

impl<'b> Reader<'b> {
    pub(super) fn new(bytes: &'b [u8], what: &'static str) -> Self {
        Self { rest: bytes, what }
    }

    fn malformed(&self) -> DecodeError {
        DecodeError::Malformed(self.what)
    }

    fn byte(&mut self) -> Result<u8, DecodeError> {
        let (first, rest) = self.rest.split_first().ok_or(DecodeError::Malformed(self.what))?;
        self.rest = rest;
        Ok(*first)
    }

    /// The shortest form only: a longer one would be a second encoding.
    fn varint(&mut self) -> Result<u64, DecodeError> {
        let mut value = 0_u64;
        for shift in (0..64).step_by(7) {
            let byte = self.byte()?;
            let part = u64::from(byte & 0x7f);
            let placed = part << shift;
            if placed >> shift != part || (byte == 0 && shift > 0) {
                return Err(self.malformed());
            }
            value |= placed;
            if byte & 0x80 == 0 {
                return Ok(value);
            }
        }
        Err(self.malformed())
    }

    fn has(&mut self, tag: u8) -> bool {
        let found = self.rest.first() == Some(&tag);
        if found {
            self.rest = self.rest.get(1..).unwrap_or_default();
        }
        found
    }

    pub(super) fn opt_int(&mut self, tag: u8) -> Result<Option<i64>, DecodeError> {
        if !self.has(tag) {
            return Ok(None);
        }
        let raw = self.varint()?;
        let sign = (raw & 1).cast_signed().wrapping_neg();
        Ok(Some((raw >> 1).cast_signed() ^ sign))
    }

    pub(super) fn int(&mut self, tag: u8) -> Result<i64, DecodeError> {
        self.opt_int(tag)?.ok_or(self.malformed())
    }

    pub(super) fn opt_bytes(&mut self, tag: u8) -> Result<Option<&'b [u8]>, DecodeError> {
        if !self.has(tag) {
            return Ok(None);
        }
        let length = usize::try_from(self.varint()?).map_err(|_| self.malformed())?;
        let (bytes, rest) = self.rest.split_at_checked(length).ok_or(self.malformed())?;
        self.rest = rest;
        Ok(Some(bytes))
    }

    pub(super) fn array<const N: usize>(&mut self, tag: u8) -> Result<[u8; N], DecodeError> {
        let bytes = self.opt_bytes(tag)?.ok_or(self.malformed())?;
        bytes.try_into().map_err(|_| self.malformed())
    }

    pub(super) fn opt_text(&mut self, tag: u8) -> Result<Option<Text>, DecodeError> {
        let Some(bytes) = self.opt_bytes(tag)? else { return Ok(None) };
        let text = std::str::from_utf8(bytes).map_err(|_| self.malformed())?;
        Text::parse(text).map(Some).map_err(|_| self.malformed())
    }

    pub(super) fn text(&mut self, tag: u8) -> Result<Text, DecodeError> {
        self.opt_text(tag)?.ok_or(self.malformed())
    }

    pub(super) fn opt_part<T>(
        &mut self,
        tag: u8,
        read: impl FnOnce(&mut Reader<'b>) -> Result<T, DecodeError>,
    ) -> Result<Option<T>, DecodeError> {
        let Some(bytes) = self.opt_bytes(tag)? else { return Ok(None) };
        let mut inner = Reader::new(bytes, self.what);
        let part = read(&mut inner)?;
        inner.finish()?;
        Ok(Some(part))
    }

    pub(super) fn list<T>(
        &mut self,
        tag: u8,
        read: impl Fn(&mut Reader<'b>) -> Result<T, DecodeError>,
    ) -> Result<Vec<T>, DecodeError> {
        let items = self.opt_part(tag, |list| {
            let mut items = Vec::new();
            while let Some(item) = list.opt_part(1, &read)? {
                items.push(item);
            }
            if items.is_empty() { Err(list.malformed()) } else { Ok(items) }
        })?;
        Ok(items.unwrap_or_default())
    }

    /// Nothing may be left.
    pub(super) fn finish(&self) -> Result<(), DecodeError> {
        if self.rest.is_empty() { Ok(()) } else { Err(self.malformed()) }
    }
}
