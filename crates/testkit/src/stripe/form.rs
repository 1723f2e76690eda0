//! Forms as Stripe reads them: `a[b][0]=c` is `{"a": {"b": {"0": "c"}}}`, every
//! value a text.

use serde_json::{Map, Value, json};

/// A form as a tree of texts.
pub(super) fn tree(form: &str) -> Value {
    let mut tree = json!({});
    for (name, value) in pairs(form) {
        let path: Vec<_> = name.split('[').map(|part| part.trim_end_matches(']')).collect();
        put(&mut tree, &path, value);
    }
    tree
}

fn put(at: &mut Value, path: &[&str], value: String) {
    if !at.is_object() {
        *at = Value::Object(Map::new());
    }
    match path {
        [] => {}
        [last] => at[*last] = Value::String(value),
        [first, rest @ ..] => put(&mut at[*first], rest, value),
    }
}

fn pairs(form: &str) -> impl Iterator<Item = (String, String)> + '_ {
    form.split('&').filter(|pair| !pair.is_empty()).map(|pair| {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        (decoded(name), decoded(value))
    })
}

fn decoded(text: &str) -> String {
    let (mut bytes, mut rest) = (Vec::new(), text.bytes());
    while let Some(byte) = rest.next() {
        bytes.push(match byte {
            b'+' => b' ',
            b'%' => {
                let digits = [rest.next(), rest.next()].map(|digit| digit.unwrap_or(b'0'));
                let digits = std::str::from_utf8(&digits).unwrap_or("00").to_owned();
                u8::from_str_radix(&digits, 16).unwrap_or(b'?')
            }
            plain => plain,
        });
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// A field that must be there.
pub(super) fn needed<'a>(form: &'a Value, name: &str) -> Result<&'a str, super::answer::Answer> {
    form[name].as_str().ok_or_else(|| super::answer::invalid(name))
}

/// A whole number that must be there.
pub(super) fn whole(form: &Value, name: &str) -> Result<i64, super::answer::Answer> {
    needed(form, name)?.parse().map_err(|_| super::answer::invalid(name))
}

/// Texts by name, as metadata has them.
pub(super) fn metadata(form: &Value) -> Value {
    if form.is_object() { form.clone() } else { json!({}) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn brackets_nest_and_percents_are_letters() {
        let form = "amount=50&metadata%5Bbook%5D=a+b%26c&items[0][price]=price_1";
        let expected = json!({
            "amount": "50", "metadata": {"book": "a b&c"}, "items": {"0": {"price": "price_1"}},
        });
        assert_eq!(tree(form), expected);
    }
}
