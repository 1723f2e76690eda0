//! A system call in the text of `strace -xx -y`: its name, its arguments, what it
//! returned. Everything quoted or in angle brackets is bytes in hexadecimal.

/// A call that has returned, or is on its way.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Line {
    pub(super) name: String,
    /// What the file descriptor is of that is its first argument.
    pub(super) of: String,
    /// What is quoted, in order.
    pub(super) quoted: Vec<Vec<u8>>,
    /// The rest of the text between the parentheses.
    pub(super) plain: String,
    /// What it returned, and what is behind that: a file descriptor's name or `INJECTED`.
    pub(super) returned: Option<i64>,
    pub(super) result_of: String,
    pub(super) is_injected: bool,
}

impl Line {
    /// Reads `NAME(ARGUMENTS) = RESULT`, or the part of it before `<unfinished`.
    pub(super) fn parse(text: &[u8]) -> Option<Self> {
        let open = text.iter().position(|byte| *byte == b'(')?;
        let mut line =
            Self { name: String::from_utf8(text[..open].to_vec()).ok()?, ..Self::default() };
        let mut rest = &text[open + 1..];
        let mut is_first = true;
        while let Some((byte, after)) = rest.split_first() {
            rest = match byte {
                b'"' => {
                    let (bytes, after) = hex(after, b'"')?;
                    line.quoted.push(bytes);
                    after
                }
                b'<' => {
                    let (bytes, after) = hex(after, b'>').unwrap_or_default();
                    if is_first {
                        line.of = String::from_utf8(bytes).ok()?;
                        is_first = false;
                    }
                    after
                }
                b')' if after.starts_with(b" ") => {
                    line.result(after);
                    return Some(line);
                }
                _ => {
                    line.plain.push(char::from(*byte));
                    after
                }
            };
        }
        Some(line)
    }

    /// Reads ` = 12<NAME>` or ` = -1 EIO (…) (INJECTED)`.
    fn result(&mut self, text: &[u8]) {
        let text = String::from_utf8_lossy(text);
        let Some((_, result)) = text.split_once("= ") else { return };
        let end = result.find(|c: char| !c.is_ascii_digit() && c != '-').unwrap_or(result.len());
        self.returned = result[..end].parse().ok();
        self.is_injected = result.contains("(INJECTED)");
        if let Some((_, name)) = result.split_once('<')
            && let Some((bytes, _)) = hex(name.as_bytes(), b'>')
        {
            self.result_of = String::from_utf8_lossy(&bytes).into_owned();
        }
    }

    /// Its last argument, a number.
    pub(super) fn last(&self) -> Option<u64> {
        self.plain.rsplit(',').next()?.trim().parse().ok()
    }

    /// What went out: as much of what is quoted as it returned.
    pub(super) fn sent(&self) -> Option<Vec<u8>> {
        let count = usize::try_from(self.returned?).ok()?;
        let mut bytes = self.quoted.concat();
        bytes.truncate(count);
        (!bytes.is_empty()).then_some(bytes)
    }

    /// A name that is quoted.
    pub(super) fn path(&self, place: usize) -> Option<String> {
        String::from_utf8(self.quoted.get(place)?.clone()).ok()
    }
}

/// `\x61\x62"…` up to what ends it. Whatever else is in there (`socket:[1]` has none)
/// is not what was asked for.
fn hex(text: &[u8], end: u8) -> Option<(Vec<u8>, &[u8])> {
    let length = text.iter().position(|byte| *byte == end)?;
    let digit = |byte: u8| char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
    let mut bytes = Vec::with_capacity(length / 4);
    for four in text[..length].chunks(4) {
        let [b'\\', b'x', high, low] = four else { return None };
        bytes.push(digit(*high)? << 4 | digit(*low)?);
    }
    Some((bytes, &text[length + 1..]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_write_is_read_with_its_file_its_bytes_and_its_place() {
        let text = br#"pwrite64(12<\x2f\x61>, "\x00\x41", 2, 4096) = 2"#;
        let line = Line::parse(text).unwrap();
        assert_eq!((line.name.as_str(), line.of.as_str()), ("pwrite64", "/a"));
        assert_eq!((line.sent(), line.last()), (Some(vec![0, 65]), Some(4096)));
    }

    #[test]
    fn what_did_not_go_out_was_not_sent() {
        let part = br#"writev(9<\x73>, [{iov_base="\x41", iov_len=1}, {iov_base="\x42", iov_len=1}], 2) = 1"#;
        assert_eq!(Line::parse(part).unwrap().sent(), Some(vec![65]));
        let failed = br#"pwrite64(12<\x61>, "\x41", 1, 0) = -1 ENOSPC (No space left on device)"#;
        assert_eq!(Line::parse(failed).unwrap().sent(), None);
    }

    #[test]
    fn a_call_that_was_only_pretended_says_so() {
        let line = Line::parse(br"fdatasync(12<\x61>) = 0 (INJECTED)").unwrap();
        assert!(line.is_injected && line.returned == Some(0));
    }
}
