//! What the program says of itself, and how it ends when it is misused.

use crate::program::Place;

const COMMANDS: [&[&str]; 16] = [
    &[],
    &["serve"],
    &["replay"],
    &["bench"],
    &["verify"],
    &["rebuild"],
    &["doctor"],
    &["migrate"],
    &["copy"],
    &["user"],
    &["user", "create"],
    &["key"],
    &["key", "create"],
    &["key", "revoke"],
    &["config"],
    &["openapi"],
];

#[test]
fn every_command_explains_itself() {
    let place = Place::new();
    for command in COMMANDS {
        let help = place.run(&[command, &["--help"]].concat()).well();
        let name = ["help", &command.join("_")].join("_");
        insta::assert_snapshot!(name.trim_end_matches('_'), help);
    }
}

#[test]
fn a_slip_on_the_command_line_exits_with_1_and_says_what_was_meant() {
    let place = Place::new();
    for slip in [
        &["serv"][..],
        &[],
        &["serve", "--listn", "127.0.0.1:0"],
        &["verify", "--checkpoint"],
        &["replay", "--rows", "many"],
        &["replay", "trace.csv", "--rows", "5"],
        &["user", "create", "--name", "Ada"],
    ] {
        let ended = place.run(slip);
        assert_eq!(ended.code, Some(1), "{slip:?}: {ended:?}");
        assert_eq!(ended.out, "", "{slip:?}");
        let teaches = ended.err.contains("--help") || ended.err.contains("Usage: credits");
        assert!(teaches, "{slip:?}: {}", ended.err);
    }
    assert!(place.run(&["serv"]).err.contains("'serve'"));
    assert_eq!(place.files(), [], "nothing was made");
}

#[test]
fn the_version_is_printed() {
    let version = concat!("credits ", env!("CARGO_PKG_VERSION"), "\n");
    assert_eq!(Place::new().run(&["--version"]).well(), version);
}

#[test]
fn the_openapi_document_is_json() {
    let printed = Place::new().run(&["openapi"]).well();
    let document: serde_json::Value = serde_json::from_str(&printed).unwrap();
    assert!(document["openapi"].as_str().unwrap().starts_with("3.1"));
    assert!(document["paths"]["/api/credits/spend"].is_object());
}

#[test]
fn a_configuration_is_shown_with_where_it_came_from_and_without_secrets() {
    let place = Place::new();
    let secret = "ab".repeat(32);
    let mut command = place.command(&["config", "--db", "sqlite:other.db"]);
    command.env("CREDITS_LISTEN", "127.0.0.1:9").env("CREDITS_SIGNING_KEY", &secret);
    command.env("CREDITS_LISTN", "127.0.0.1:9");
    let ended = crate::program::end(command.output().unwrap());
    assert_eq!(ended.err, "note: CREDITS_LISTN is set, but no setting has this name\n");
    assert!(!ended.out.contains(&secret));
    insta::assert_snapshot!(ended.well());
}

#[test]
fn the_default_configuration_file_is_a_configuration_file() {
    let place = Place::new();
    let file = place.path("credits.toml");
    std::fs::write(&file, place.run(&["config", "--default"]).well()).unwrap();
    let shown = place.run(&["config", "--config", "credits.toml"]).well();
    assert!(shown.contains("# file credits.toml"), "{shown}");
}
