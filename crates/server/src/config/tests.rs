//! The configuration as a whole: precedence, secrets, and what is refused.

use std::path::{Path, PathBuf};

use secrecy::ExposeSecret;

use super::{Config, Environment, Flag, LISTEN_KEY, Sources, default_file, effective, settings};

fn sources() -> Sources {
    Sources { flags: Vec::new(), environment: Environment::new(), file: None }
}

fn with_file(text: &str) -> (tempfile::TempDir, Sources) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("credits.toml");
    std::fs::write(&path, text).unwrap();
    (folder, Sources { file: Some(path), ..sources() })
}

fn variable(sources: &mut Sources, name: &str, value: &str) {
    sources.environment.insert(name.into(), value.into());
}

fn problems(sources: &Sources) -> String {
    Config::load(sources).err().expect("the configuration is refused").to_string()
}

#[test]
fn nothing_said_gives_the_defaults() {
    let (config, _) = Config::load(&sources()).unwrap();
    assert_eq!(config.book.place.file(), Some(Path::new("credits.db")));
    assert_eq!(config.book.checkpoints, Path::new("credits.db.checkpoints"));
    assert_eq!(config.book.own_key(), Path::new("credits.db.key"));
    assert_eq!(config.http.listen.to_string(), "127.0.0.1:8005");
}

#[test]
fn a_flag_beats_the_environment_which_beats_the_file() {
    let (_folder, mut sources) = with_file("[http]\nlisten = \"127.0.0.1:1\"\n");
    let listen = |sources: &Sources| Config::load(sources).unwrap().0.http.listen.port();
    assert_eq!(listen(&sources), 1);
    variable(&mut sources, "CREDITS_LISTEN", "127.0.0.1:2");
    assert_eq!(listen(&sources), 2);
    let value = "127.0.0.1:3".to_owned();
    sources.flags.push(Flag { key: LISTEN_KEY, name: "listen", value });
    assert_eq!(listen(&sources), 3);
}

#[test]
fn an_empty_variable_is_as_good_as_none() {
    let mut sources = sources();
    variable(&mut sources, "CREDITS_LISTEN", "");
    assert_eq!(Config::load(&sources).unwrap().0.http.listen.port(), 8005);
}

#[test]
fn the_default_file_parses_and_changes_nothing() {
    let (_folder, sources) = with_file(&default_file());
    let (_, values) = Config::load(&sources).unwrap();
    let (_, defaults) = Config::load(&super::tests::sources()).unwrap();
    for setting in settings() {
        let text = |values: &super::Values| {
            values.find(setting).map(|found| found.text.expose_secret().to_owned())
        };
        assert_eq!(text(&values), text(&defaults), "{}", setting.key);
    }
    insta::assert_snapshot!(default_file());
}

#[test]
fn what_is_printed_says_where_each_value_came_from_and_hides_secrets() {
    let (_folder, mut sources) = with_file("[http]\nconnections_max = 7\n");
    variable(&mut sources, "CREDITS_SIGNING_KEY", &"ab".repeat(32));
    variable(&mut sources, "CREDITS_ISSUER_SECRET", &"ab".repeat(16));
    sources.file = Some(PathBuf::from("missing"));
    assert!(problems(&sources).starts_with("the configuration file missing can't be read"));
    sources.file = None;
    let (_, values) = Config::load(&sources).unwrap();
    let printed = effective(&values);
    assert!(!printed.contains("abab"), "{printed}");
    insta::assert_snapshot!(printed);
}

#[test]
fn a_secret_is_also_taken_from_a_file() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("key");
    std::fs::write(&path, format!("{}\n", "cd".repeat(32))).unwrap();
    let mut sources = sources();
    variable(&mut sources, "CREDITS_SIGNING_KEY_FILE", path.to_str().unwrap());
    let key = Config::load(&sources).unwrap().0.book.signing_key.unwrap();
    assert_eq!(key.expose_secret(), &[0xcd; 32]);
    variable(&mut sources, "CREDITS_SIGNING_KEY", &"cd".repeat(32));
    assert_eq!(
        problems(&sources),
        "`book.signing_key` is given twice: environment CREDITS_SIGNING_KEY, \
         environment CREDITS_SIGNING_KEY_FILE"
    );
}

#[test]
fn an_issuer_has_one_kind_of_keys() {
    let secret = "x".repeat(32);
    for (said, problem) in [
        (&[("CREDITS_ISSUER_SECRET", secret.as_str())][..], None),
        (&[("CREDITS_ISSUER_JWKS_FILE", "keys.json")], None),
        (&[], None),
        (
            &[("CREDITS_ISSUER_AUDIENCE", "credits")],
            Some("`[auth.issuer]` needs `auth.issuer.secret` or `auth.issuer.jwks_file`"),
        ),
        (
            &[("CREDITS_ISSUER_SECRET", &secret), ("CREDITS_ISSUER_JWKS_FILE", "keys.json")],
            Some("`auth.issuer.secret` and `auth.issuer.jwks_file` exclude each other"),
        ),
    ] {
        let mut sources = sources();
        for (name, value) in said {
            variable(&mut sources, name, value);
        }
        let refused = Config::load(&sources).err().map(|problems| problems.to_string());
        assert_eq!(refused.as_deref(), problem, "{said:?}");
    }
}

#[test]
fn stripe_has_a_key_and_a_secret_that_is_not_empty() {
    let empty = tempfile::NamedTempFile::new().unwrap();
    let empty = empty.path().to_str().unwrap();
    let (key, secret) = ("CREDITS_STRIPE_SECRET_KEY", "CREDITS_STRIPE_WEBHOOK_SECRET");
    let (secret_file, base) = ("CREDITS_STRIPE_WEBHOOK_SECRET_FILE", "CREDITS_STRIPE_API_BASE");
    let each_other =
        "`payments.stripe_secret_key` and `payments.stripe_webhook_secret` need each other";
    let key_right = (key, "sk_test_1");
    for (said, problem) in [
        (vec![], None),
        (vec![key_right, (secret, "whsec_1")], None),
        (vec![key_right, (secret, "whsec_1"), (base, "http://127.0.0.1:8420")], None),
        (vec![key_right], Some(each_other)),
        (vec![key_right, (secret, "")], Some(each_other)),
        (vec![(secret, "whsec_1")], Some(each_other)),
        (vec![key_right, (secret_file, empty)], Some("must not be empty")),
        (vec![(key, "pk_test_1"), (secret, "whsec_1")], Some("must be a secret key of Stripe's")),
        (
            vec![key_right, (secret, "whsec_1"), (base, "http://stripe.example")],
            Some("must be https://HOST, or http://127.0.0.1:PORT"),
        ),
    ] {
        let mut sources = sources();
        for (name, value) in &said {
            variable(&mut sources, name, value);
        }
        let refused = Config::load(&sources).err().map(|problems| problems.to_string());
        match (&refused, problem) {
            (None, None) => {}
            (Some(refused), Some(problem)) => assert!(refused.contains(problem), "{refused}"),
            _ => panic!("{said:?}: {refused:?}"),
        }
    }
}

#[test]
fn every_problem_has_its_sentence() {
    let mut sources = sources();
    variable(&mut sources, "CREDITS_LISTEN", "nowhere");
    variable(&mut sources, "CREDITS_CONNECTIONS_MAX", "0");
    variable(&mut sources, "CREDITS_DB", "postgres://me:hush@somewhere");
    variable(&mut sources, "CREDITS_SIGNING_KEY", "hunter2");
    variable(&mut sources, "CREDITS_LOG_LEVEL", "inof");
    variable(&mut sources, "CREDITS_REGISTRATION", "ajar");
    variable(&mut sources, "CREDITS_SESSION_DAYS", "0");
    variable(&mut sources, "CREDITS_ISSUER_SECRET", "hunter2");
    insta::assert_snapshot!(problems(&sources));
}

#[test]
fn an_unknown_key_or_a_file_that_is_not_toml_is_refused() {
    let (folder, sources) = with_file("[http]\nlisen = \"x\"\n[book]\ndb = [1]\n");
    let shown = |text: String| text.replace(folder.path().to_str().unwrap(), "FOLDER");
    insta::assert_snapshot!(shown(problems(&sources)));
    let (folder, sources) = with_file("[http\n");
    let problem = problems(&sources).replace(folder.path().to_str().unwrap(), "FOLDER");
    assert!(problem.starts_with("the configuration file FOLDER/credits.toml is not TOML: "));
    assert!(!problem.contains('\n'), "{problem}");
}

#[test]
fn no_two_settings_share_a_variable() {
    let mut variables: Vec<_> = settings().into_iter().map(super::Setting::variable).collect();
    let count = variables.len();
    variables.sort_unstable();
    variables.dedup();
    assert_eq!(variables.len(), count);
}
