//! `credits bench` from its beginning to its end, as short as it can be.

use std::path::PathBuf;

use serde_json::Value;

use crate::program::Place;

const KEPT: [&str; 2] = ["--results", "kept"];

#[test]
fn an_empty_and_a_filled_book_are_measured_by_turns() {
    let place = Place::new();
    let asked = ["bench", "--seconds", "1", "--wallets", "20", "--phases", "holds", "--json"];
    let printed = place.run(&[&asked[..], &["--behind", "1500"], &KEPT].concat()).well();
    let json: Value = serde_json::from_str(&printed).unwrap();
    let phases = json["phases"].as_array().unwrap();
    let names: Vec<_> = phases.iter().map(|phase| phase["name"].as_str().unwrap()).collect();
    let (constant, holds) = (["constant"; 2], ["holds with capture"; 2]);
    let half = ["holds with capture, at half"; 2];
    assert_eq!(names, [constant, holds, half, constant].concat());
    for phase in phases {
        assert!(phase["done"].as_u64() > Some(0), "{phase}");
        assert_eq!(phase["refused"], 0, "{phase}");
    }
    assert_eq!(phases[2]["records"], 2 * phases[2]["done"].as_u64().unwrap());
    assert_eq!(json["books"][1]["name"], "SQLite, 1500 behind");
    assert!(json["books"][1]["ready_us"].as_u64() > Some(0));
    let files = std::fs::read_dir(place.path("kept")).unwrap();
    let files: Vec<PathBuf> = files.map(|file| file.unwrap().path()).collect();
    assert_eq!(files.len(), 2, "{files:?}");
}
