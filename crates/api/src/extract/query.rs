//! Queries: read as an object of texts, so that they take the same values and
//! give the same reasons as bodies do.

use axum::extract::FromRequestParts;
use http::request::Parts;

use super::body::Body;
use crate::api::Api;
use crate::problem::Problem;

/// The request in the query.
pub(crate) struct Query<B: Body>(pub(crate) B::Request);

impl<B: Body> FromRequestParts<Api> for Query<B> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &Api) -> Result<Self, Problem> {
        let object = object_of(parts.uri.query().unwrap_or_default());
        B::parse(object.as_bytes()).map(Self)
    }
}

/// `a=1&b=x` as `{"a":"1","b":"x"}`; what is there twice stays there twice.
pub(super) fn object_of(query: &str) -> String {
    let mut object = String::from("{");
    for (name, value) in form_urlencoded::parse(query.as_bytes()) {
        if object.len() > 1 {
            object.push(',');
        }
        // A text always is JSON.
        object.push_str(&serde_json::Value::from(name).to_string());
        object.push(':');
        object.push_str(&serde_json::Value::from(value).to_string());
    }
    object.push('}');
    object
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_query_reads_as_an_object_of_texts() {
        for (query, object) in [
            ("", "{}"),
            ("page=2&page_size=10", r#"{"page":"2","page_size":"10"}"#),
            ("a=%22%5C&b=x+y&a", r#"{"a":"\"\\","b":"x y","a":""}"#),
            ("%00=%ff", "{\"\\u0000\":\"\u{fffd}\"}"),
        ] {
            assert_eq!(object_of(query), object, "{query}");
        }
    }
}
