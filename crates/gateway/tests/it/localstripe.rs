//! A foreign double of Stripe, localstripe 1.15.10 from PyPI, as a second opinion
//! on what it covers: customers, payment intents, signed webhooks. `make localstripe`
//! installs it into `target`; where it is missing the test fails.

use std::io::{BufRead as _, BufReader};
use std::path::PathBuf;
use std::process::{Child, ChildStdout, Command, Stdio};

use domain::{Cents, Time};
use gateway::stripe::{Secrets, Settings, Stripe, Subject};
use gateway::{Payments, Way};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;

use crate::desk::{ada, by, intent, named, word};

const SECRET: &str = "whsec_local";

/// It runs until it is dropped.
struct LocalStripe {
    child: Child,
    base: String,
    /// Open as long as it runs: it says more, and ends where nobody hears it.
    _output: BufReader<ChildStdout>,
}

impl LocalStripe {
    fn start() -> Self {
        let target = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../target/localstripe");
        assert!(target.is_dir(), "localstripe is missing: run `make localstripe`");
        let mut child = Command::new("python3")
            .args(["-u", "-m", "localstripe", "--port", "0", "--from-scratch"])
            .env("PYTHONPATH", target)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("python3");
        let mut line = String::new();
        let mut output = BufReader::new(child.stdout.take().unwrap());
        output.read_line(&mut line).unwrap();
        let port = line.rsplit(':').next().unwrap().split_whitespace().next().unwrap();
        assert_ne!(port, "0", "it says where it listens: {line}");
        let base = format!("http://127.0.0.1:{port}");
        Self { child, base, _output: output }
    }

    fn payments(&self) -> Payments {
        let webhooks = Secrets::new(SECRET.into(), None).unwrap();
        let (secret_key, base) = ("sk_test_local".into(), self.base.clone());
        let settings = Settings { secret_key, webhooks, base, run: [3; 16] };
        Payments::Stripe(Stripe::new(settings).unwrap())
    }
}

impl Drop for LocalStripe {
    fn drop(&mut self) {
        // It ends with the test, however that goes.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[tokio::test]
async fn the_client_pays_is_declined_and_cancels_with_a_foreign_double_too() {
    let local = LocalStripe::start();
    let payments = local.payments();
    let customer = payments.customer(&ada()).await.unwrap().unwrap();
    let desk = crate::desk::Desk::open().await;
    let asked = |way, reference| gateway::Asked {
        reference: [reference; 16],
        customer: Some(customer.clone()),
        ..desk.asked(way)
    };

    let card = asked(by("pm_card_visa"), 1);
    let made = payments.progress(&card).await.unwrap();
    assert_eq!((word(&made).as_str(), made.amount), ("requires_confirmation", card.amount));
    assert_eq!(made.customer.as_ref(), Some(&customer));
    let card = named(&card, &made);
    assert_eq!(word(&payments.confirm(&card).await.unwrap()), "paid");
    let paid = payments.progress(&card).await.unwrap();
    assert_eq!((word(&paid).as_str(), paid.amount), ("paid", Cents::from_count(9_500)));
    assert_eq!(word(&payments.cancel(&card).await.unwrap()), "paid");

    let card = asked(by("pm_card_chargeCustomerFail"), 2);
    let card = named(&card, &payments.progress(&card).await.unwrap());
    let declined = payments.confirm(&card).await.unwrap();
    assert!(word(&declined).starts_with("requires_payment_method, card_declined"), "{declined:?}");

    let open = asked(Way::Intent(None), 3);
    assert_eq!(word(&payments.progress(&open).await.unwrap()), "requires_payment_method");
    let open = named(&open, &payments.progress(&open).await.unwrap());
    assert_eq!(word(&payments.cancel(&open).await.unwrap()), "cancelled");
}

#[tokio::test]
async fn a_webhook_that_a_foreign_double_signs_is_believed() {
    let local = LocalStripe::start();
    let payments = local.payments();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    let hook =
        format!(r#"{{"url":"{url}","secret":"{SECRET}","events":["payment_intent.succeeded"]}}"#);
    let register = format!("{}/_config/webhooks/ours", local.base);
    let registered = reqwest::Client::new().post(register).body(hook).send().await.unwrap();
    assert!(registered.status().is_success());

    let desk = crate::desk::Desk::open().await;
    let card = gateway::Asked { customer: None, ..desk.asked(by("pm_card_visa")) };
    let card = named(&card, &payments.progress(&card).await.unwrap());
    let paid = payments.confirm(&card).await.unwrap();
    let (signature, body) = received(listener).await;
    let second = signature.split(',').find_map(|part| part.strip_prefix("t=")).unwrap();
    let sent = Time::from_micros(second.parse::<i64>().unwrap() * Time::SECOND);
    let hint = payments.hint(&signature, &body, sent).unwrap().unwrap();
    assert_eq!(hint.subject, Some(Subject::Payment(intent(&paid))));
    assert!(payments.hint(&signature, &body[1..], sent).unwrap().is_err());
    assert!(payments.hint(&signature, &body, sent.plus(301 * Time::SECOND)).unwrap().is_err());
}

/// The signature and the body of the one request that comes.
/// It has plans, and Stripe's API of today has prices: the day it has them too, whoever
/// sees this fail tries subscribing here.
#[tokio::test]
async fn a_foreign_double_sells_nothing_by_a_price_yet() {
    let local = LocalStripe::start();
    let prices = format!("{}/v1/prices", local.base);
    let asked = reqwest::Client::new().get(prices).bearer_auth("sk_test_x").send();
    assert_eq!(asked.await.unwrap().status(), 404);
}

async fn received(listener: TcpListener) -> (String, Vec<u8>) {
    let (mut stream, _) = listener.accept().await.unwrap();
    let (mut bytes, mut piece) = (Vec::new(), [0; 4096]);
    loop {
        let count = stream.read(&mut piece).await.unwrap();
        assert_ne!(count, 0, "the request ended early");
        bytes.extend_from_slice(&piece[..count]);
        let Some(end) = bytes.windows(4).position(|window| window == b"\r\n\r\n") else { continue };
        let head = String::from_utf8(bytes[..end].to_vec()).unwrap();
        let header = |name: &str| {
            let lines = head.lines().filter_map(|line| line.split_once(": "));
            let mut found = lines.filter(|(it, _)| it.eq_ignore_ascii_case(name));
            found.next().map(|(_, value)| value.to_owned()).unwrap()
        };
        let length: usize = header("content-length").parse().unwrap();
        let body = &bytes[end + 4..];
        if body.len() >= length {
            let answer = b"HTTP/1.1 204 No Content\r\nconnection: close\r\n\r\n";
            stream.write_all(answer).await.unwrap();
            return (header("stripe-signature"), body[..length].to_vec());
        }
    }
}
