//! Signed checkpoints: made, kept, believed only if the book's key signed them.

use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;

use app::proof::{
    Evidence, FolderError, Outcome, Place, ProofError, Signed, SigningKeyError, signing_key,
};
use ledger::{Seq, SigningKey};

use crate::bench::{Bench, key, verify_home, verify_with};
use crate::home::Home;
use crate::shelf::{Shelf, found};
use crate::workload::Workload;

fn files(home: &Home) -> Vec<PathBuf> {
    let mut files: Vec<_> =
        std::fs::read_dir(home.witnesses()).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files
}

fn read(path: &std::path::Path) -> Signed {
    Signed::parse(&std::fs::read_to_string(path).unwrap()).unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_checkpoint_is_of_the_head_and_is_the_file_it_leaves() {
    let bench = Bench::start().await;
    bench.spend(60).await;
    bench.audit.seal().await.unwrap();
    let signed = bench.proof.checkpoint().await.unwrap();
    let head = bench.ledger.head();
    assert_eq!((signed.checkpoint.seq, signed.checkpoint.hash), (head.seq, head.hash));
    assert_eq!((signed.checkpoint.at, signed.checkpoint.book), (head.at, [7; 16]));
    signed.verify(&key().public()).unwrap();
    let again = bench.proof.checkpoint().await.unwrap();
    assert_eq!(again, signed);
    let there = files(&bench.home);
    assert_eq!(there.len(), 1);
    let name = there[0].file_name().unwrap().to_str().unwrap();
    assert_eq!(name, format!("checkpoint-1-{:019}.json", head.seq.number()));
    assert_eq!(std::fs::read_to_string(&there[0]).unwrap(), format!("{}\n", signed.to_json()));
    // Closing makes another only if there is more to say.
    let (home, _) = bench.close().await;
    assert_eq!(files(&home), there);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_checkpoints_text_reads_back_and_nothing_else_reads() {
    let shelf = Shelf::filled(42).await;
    let path = files(&shelf.home).pop().unwrap();
    let signed = read(&path);
    assert_eq!(Signed::parse(&signed.to_json()).unwrap(), signed);
    let text = signed.to_json();
    for wrong in [
        String::new(),
        "{}".to_owned(),
        text.replace("\"format\":1", "\"format\":2"),
        text.replace("\"seq\"", "\"place\""),
        text.replacen('{', "{\"more\":1,", 1),
        text.replace("\"hash\":\"", "\"hash\":\"00"),
    ] {
        assert!(Signed::parse(&wrong).is_err(), "{wrong}");
    }
}

/// Each member of the text is changed in turn.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_forged_checkpoint_is_found_whatever_was_changed_in_it() {
    let shelf = Shelf::filled(43).await;
    let (last, before) = {
        let mut files = files(&shelf.home);
        (files.pop().unwrap(), files.pop().unwrap())
    };
    let forge: [fn(&mut Signed); 7] = [
        |signed| signed.checkpoint.book[0] ^= 1,
        |signed| signed.checkpoint.seq = Seq::from_number(signed.checkpoint.seq.number() - 1),
        |signed| signed.checkpoint.seq = signed.checkpoint.seq.next(),
        |signed| signed.checkpoint.hash.0[31] ^= 1,
        |signed| signed.checkpoint.totals[0] ^= 1,
        |signed| signed.checkpoint.at = signed.checkpoint.at.plus(1),
        |signed| signed.signature[5] ^= 1,
    ];
    for (at, forge) in forge.into_iter().enumerate() {
        for path in [&last, &before] {
            let copy = shelf.copy();
            let path = copy.witnesses().join(path.file_name().unwrap());
            let mut signed = read(&path);
            forge(&mut signed);
            std::fs::write(&path, signed.to_json()).unwrap();
            let finding = found(&copy, &format!("forged {at}")).await;
            let is_file =
                matches!(&finding.place, Place::Checkpoint { path: at, .. } if *at == path);
            assert!(is_file, "forged {at}: {finding}");
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_checkpoint_of_another_key_book_or_history_is_found() {
    let shelf = Shelf::filled(44).await;
    let last = files(&shelf.home).pop().unwrap();
    let checkpoint = read(&last).checkpoint;
    let stranger = SigningKey::from_seed(&[8; 32]);
    let others = [
        Signed::sign(checkpoint, &stranger),
        Signed::sign(ledger::Checkpoint { book: [6; 16], ..checkpoint }, &key()),
        Signed::sign(
            ledger::Checkpoint { partition: ledger::Partition::from_number(2), ..checkpoint },
            &key(),
        ),
        // What only a journal that was rewritten could have been signed as.
        Signed::sign(ledger::Checkpoint { hash: ledger::Hash([1; 32]), ..checkpoint }, &key()),
        Signed::sign(ledger::Checkpoint { totals: [1; 32], ..checkpoint }, &key()),
        Signed::sign(ledger::Checkpoint { at: checkpoint.at.plus(1), ..checkpoint }, &key()),
    ];
    for (at, other) in others.into_iter().enumerate() {
        let copy = shelf.copy();
        let file = copy.folder().join("theirs.json");
        std::fs::write(&file, other.to_json()).unwrap();
        let evidence = Evidence { files: vec![file.clone()], ..Evidence::default() };
        let report = verify_with(&copy, evidence).await;
        let place = report.finding().unwrap_or_else(|| panic!("{at} was believed")).place.clone();
        assert_eq!(place, Place::Checkpoint { path: file, seq: Some(checkpoint.seq) });
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_file_under_anothers_name_or_without_a_checkpoint_in_it_is_found() {
    let shelf = Shelf::filled(45).await;
    let last = files(&shelf.home).pop().unwrap();
    let name = last.file_name().unwrap();
    let copy = shelf.copy();
    let there = copy.witnesses().join(name);
    let wrong = there.with_file_name("checkpoint-1-0000000000000000007.json");
    std::fs::rename(&there, &wrong).unwrap();
    assert!(
        matches!(found(&copy, "renamed").await.place, Place::Checkpoint { path, .. } if path == wrong)
    );
    let copy = shelf.copy();
    std::fs::write(copy.witnesses().join(name), [0xff, 0x00]).unwrap();
    assert!(matches!(found(&copy, "garbage").await.place, Place::Checkpoint { seq: None, .. }));
    // What is not named like one is nobody's business.
    let copy = shelf.copy();
    std::fs::write(copy.witnesses().join(".checkpoint-1-9.json"), "half of o").unwrap();
    std::fs::write(copy.witnesses().join("README"), "hello").unwrap();
    assert_eq!(verify_home(&copy).await.outcome, Outcome::Sound);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_book_whose_key_is_not_the_one_known_elsewhere_is_found() {
    let shelf = Shelf::filled(46).await;
    let known = key().public().to_bytes();
    let evidence = Evidence { public_key: Some(known), ..Evidence::default() };
    assert_eq!(verify_with(&shelf.home, evidence).await.outcome, Outcome::Sound);
    let other = SigningKey::from_seed(&[8; 32]).public().to_bytes();
    let evidence = Evidence { public_key: Some(other), ..Evidence::default() };
    let report = verify_with(&shelf.home, evidence).await;
    assert_eq!(report.finding().unwrap().place, Place::Journal(Seq::from_number(1)));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_checkpoint_never_writes_over_one_that_says_something_else() {
    let bench = Bench::start().await;
    bench.spend(10).await;
    let signed = bench.proof.checkpoint().await.unwrap();
    let path = files(&bench.home).pop().unwrap();
    let mut other = signed.clone();
    other.checkpoint.hash.0[0] ^= 1;
    std::fs::write(&path, other.to_json()).unwrap();
    let refused = bench.proof.checkpoint().await.unwrap_err();
    let is_refused = matches!(&refused, ProofError::Folder(FolderError::Contradicted { .. }));
    assert!(is_refused, "{refused}");
    assert_eq!(read(&path), other);
    std::fs::remove_file(&path).unwrap();
    assert_eq!(bench.proof.checkpoint().await.unwrap(), signed);
    bench.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_trial_balance_is_the_journals_and_balances() {
    let bench = Bench::start().await;
    let mut workload = Workload::seeded(48);
    let mut compared = 0;
    for _ in 0..10 {
        workload.run(&bench.ledger, &bench.hand, 100).await;
        let head = bench.ledger.head().seq;
        let balance = bench.proof.trial_balance().await.unwrap();
        assert!(balance.as_of >= head);
        assert!(balance.totals.balance());
        let report = bench.proof.verify().await.unwrap();
        // The ledger may settle something in between by itself.
        if report.head.seq == balance.as_of {
            assert_eq!(report.totals, balance.totals);
            compared += 1;
        }
    }
    assert!(compared > 0);
    bench.close().await;
}

#[test]
fn a_signing_key_is_made_once_and_for_its_owner_alone() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("signing.key");
    assert!(matches!(signing_key::load(&path), Err(SigningKeyError::Io { .. })));
    let made = signing_key::load_or_create(&path, [1; 32]).unwrap().public();
    let mode = std::fs::metadata(&path).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
    let again = signing_key::load_or_create(&path, [2; 32]).unwrap().public();
    assert_eq!(again, made);
    assert_eq!(signing_key::load(&path).unwrap().public(), made);
    assert_eq!(made, SigningKey::from_seed(&[1; 32]).public());
}

#[test]
fn a_file_that_is_no_signing_key_is_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("signing.key");
    for text in ["", "secret", &"0".repeat(63), &"g".repeat(64), &"00".repeat(33)] {
        std::fs::write(&path, text).unwrap();
        let refused = signing_key::load_or_create(&path, [1; 32]);
        assert!(matches!(refused, Err(SigningKeyError::Malformed { .. })), "{text:?}");
        assert_eq!(std::fs::read_to_string(&path).unwrap(), text);
    }
    std::fs::write(&path, format!(" {}\r\n", "00".repeat(32))).unwrap();
    signing_key::load(&path).unwrap();
}
