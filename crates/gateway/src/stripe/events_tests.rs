//! Webhooks: what is taken, and what each says to look at.

use super::super::{API_BASE, Secrets, Settings, sign};
use super::*;

const NOW: i64 = 1_795_435_200;

fn stripe(key: &str) -> Stripe {
    let webhooks = Secrets::new("whsec_1".into(), None).unwrap();
    let base = API_BASE.to_owned();
    Stripe::new(Settings { secret_key: key.into(), webhooks, base, run: [1; 16] }).unwrap()
}

fn event(object: &str) -> String {
    format!(
        r#"{{"id":"evt_1","type":"a.b","created":{NOW},"livemode":false,"data":{{"object":{object}}}}}"#
    )
}

fn hint(stripe: &Stripe, body: &str) -> Result<Hint, HintError> {
    let header = sign("whsec_1", NOW, body.as_bytes());
    stripe.hint(&header, body.as_bytes(), Time::from_micros(NOW * Time::SECOND))
}

#[test]
fn every_kind_of_object_says_what_to_look_at() {
    let payment = |id: &str| Some(Subject::Payment(id.to_owned()));
    let subscription = Some(Subject::Subscription("sub_1".to_owned()));
    for (object, subject) in [
        (r#"{"id":"pi_1","object":"payment_intent"}"#, payment("pi_1")),
        (
            r#"{"id":"cs_1","object":"checkout.session","payment_intent":null}"#,
            Some(Subject::Checkout("cs_1".to_owned())),
        ),
        (r#"{"id":"ch_1","object":"charge","payment_intent":"pi_1"}"#, payment("pi_1")),
        (r#"{"id":"re_1","object":"refund","payment_intent":{"id":"pi_1"}}"#, payment("pi_1")),
        (r#"{"id":"du_1","object":"dispute","payment_intent":"pi_1"}"#, payment("pi_1")),
        (r#"{"id":"sub_1","object":"subscription"}"#, subscription.clone()),
        (
            r#"{"id":"in_1","object":"invoice","parent":
                {"subscription_details":{"subscription":"sub_1"}}}"#,
            subscription.clone(),
        ),
        (r#"{"id":"in_1","object":"invoice","subscription":"sub_1"}"#, subscription),
        (r#"{"id":"in_1","object":"invoice","parent":null}"#, None),
        (r#"{"object":"balance"}"#, None),
    ] {
        let hint = hint(&stripe("sk_test_1"), &event(object)).unwrap();
        assert_eq!(hint.subject, subject, "{object}");
    }
}

#[test]
fn what_is_signed_must_be_an_event_of_this_mode() {
    let body = event(r#"{"id":"pi_1","object":"payment_intent"}"#);
    assert_eq!(hint(&stripe("sk_live_1"), &body), Err(HintError::OtherMode));
    let live = body.replace("false", "true");
    assert_eq!(hint(&stripe("sk_test_1"), &live), Err(HintError::OtherMode));
    for none in ["", "{}", "[]", "null", &body.replace("evt_1", "ch_1"), &body.replace("a.b", "")] {
        assert_eq!(hint(&stripe("sk_test_1"), none), Err(HintError::Unreadable), "{none}");
    }
    let forged = stripe("sk_test_1").hint("", body.as_bytes(), Time::from_micros(0));
    assert_eq!(forged, Err(HintError::Signature(SignatureError::Unreadable)));
}
