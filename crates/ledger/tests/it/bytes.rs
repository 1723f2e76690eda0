//! L4: the bytes of records are for ever. A snapshot that changes here means
//! that a journal written yesterday no longer verifies: mend the code instead.

use std::fmt::Write;

use ledger::{Actor, Kind, Limit, Refusal, decode, encode};

use crate::book::{credits, text};
use crate::story::everything;

#[test]
fn one_record_of_every_kind_has_the_bytes_it_always_had() {
    let (book, _) = everything();
    let mut bytes = String::new();
    for kind in Kind::ALL {
        let of_kind = book.journal.iter().filter(|sealed| sealed.record.event.kind() == *kind);
        // The longest one has the most fields.
        let sealed = of_kind.max_by_key(|sealed| sealed.body.len()).expect("one of every kind");
        let (name, body) = (kind.as_str(), hex::encode(&sealed.body));
        writeln!(bytes, "{name}\n{body}\n{}\n", sealed.hash).expect("a string takes it");
    }
    insta::assert_snapshot!(bytes);
}

#[test]
fn every_refusal_that_is_kept_has_the_bytes_it_always_had() {
    let (book, _) = everything();
    let kept = book.journal.iter().find(|s| s.record.event.kind() == Kind::Refuse);
    let mut record = ledger::Record::clone(&kept.expect("one was refused").record);
    let (required, available, held) = (credits(3), credits(2), credits(1));
    let (requested, capturable, refundable) = (credits(3), credits(2), credits(1));
    let refusals = [
        Refusal::Insufficient { required, available, held },
        Refusal::Paused,
        Refusal::Suspended,
        Refusal::HoldSettled,
        Refusal::HoldExpired,
        Refusal::HoldHasChildren,
        Refusal::OverCapture { requested, capturable },
        Refusal::RefundExceeds { requested, refundable },
        Refusal::GrantFrozen,
        Refusal::GrantNotFrozen,
    ];
    let limits = Limit::ALL.iter().map(|limit| Refusal::Limit(*limit));
    let mut bytes = String::new();
    for refusal in refusals.into_iter().chain(limits) {
        assert!(refusal.is_decided());
        let operation = ledger::Operation::Spend;
        record.event = ledger::Event::Refuse { operation, refusal };
        let body = encode(&record);
        assert_eq!(decode(&body).as_ref(), Ok(&record));
        writeln!(bytes, "{refusal:?}\n{}\n", hex::encode(&body)).expect("a string takes it");
    }
    insta::assert_snapshot!(bytes);
}

#[test]
fn every_code_has_the_place_it_always_had() {
    let mut codes = String::new();
    let mut list = |name: &str, words: Vec<&'static str>| {
        writeln!(codes, "{name}: {}", words.join(", ")).expect("a string takes it");
    };
    list("kind", Kind::ALL.iter().map(|v| v.as_str()).collect());
    list("operation", ledger::Operation::ALL.iter().map(|v| v.as_str()).collect());
    list("source", ledger::Source::ALL.iter().map(|v| v.as_str()).collect());
    list("status", ledger::Status::ALL.iter().map(|v| v.as_str()).collect());
    list("hold status", ledger::HoldStatus::ALL.iter().map(|v| v.as_str()).collect());
    list("on expiry", ledger::OnExpiry::ALL.iter().map(|v| v.as_str()).collect());
    list("over capture", ledger::OverCapture::ALL.iter().map(|v| v.as_str()).collect());
    list("mode", ledger::Mode::ALL.iter().map(|v| v.as_str()).collect());
    // A place is a code: values are added at the end, and none is taken out or moved.
    let always = "\
kind: genesis, open, grant, spend, authorize, extend, capture, release, lapse, expire, remove, \
refund, clawback, owe, repay, freeze, thaw, set_status, erase, refuse, seal
operation: open, grant, spend, hold, extend, capture, release, settle, remove, refund, clawback, \
freeze, thaw, set_status, erase, seal, pause, suspend, resume
source: purchase, subscription, admin, promotion, dispute, refund, trial
status: active, paused, suspended
hold status: open, captured, released, expired
on expiry: release, capture
over capture: reject, up_to_available
mode: test, live
";
    assert_eq!(codes, always);
}

#[test]
fn numbers_and_texts_at_their_ends_read_back() {
    let (book, _) = everything();
    for sealed in &book.journal {
        let mut record = ledger::Record::clone(&sealed.record);
        for number in [i64::MIN, -1, 0, 63, 64, i64::MAX] {
            record.at = ledger::Time::from_micros(number);
            record.actor = Actor::User(number);
            record.job = Some(text(&"ß".repeat(255)));
            record.occurred_at = Some(record.at);
            if let Some(used) = &mut record.key {
                let wallet = record.wallet.filter(|_| used.operation != ledger::Operation::Open);
                used.id = ledger::KeyId::of(&record.actor, used.operation, wallet, &used.key);
            }
            assert_eq!(decode(&encode(&record)).as_ref(), Ok(&record));
        }
    }
}

#[test]
fn a_key_and_its_request_have_the_digests_they_always_had() {
    let key = text("key-1");
    let wallet = Some(ledger::WalletId::from_number(7));
    let id = ledger::KeyId::of(&Actor::User(1), ledger::Operation::Spend, wallet, &key);
    let said = ledger::Fingerprint::of(&[5; 32], b"{\"amount\":1}");
    assert_eq!(hex::encode(id.0), "8cb4bdd37d7648345f762d9e16ddbcbf");
    assert_eq!(hex::encode(said.0), "486ed62ae4c75c3063c291c42b86f0c7");
}
