//! No answer before its record is on disk, and nothing of it gone after a loss of power.
//!
//! A server is recorded under load. Every answer must have gone out after a sync that
//! began after its commit was written. Then disks are built as they may be at random
//! moments of the recording: whatever was not synced is there, or not, or torn. A server
//! is started on each. CREDITS_SOAK_POWER_LOSSES says how many.
//!
//! The control is a server whose commits are not synced: both must see it.

use std::path::PathBuf;

use rustix::process::Signal;
use tempfile::TempDir;
use testkit::power::answers::{Log, answers};
use testkit::power::disk::Disk;
use testkit::power::strace::Event;
use tokio::task::JoinSet;

use super::load::MARK;
use super::recording::{Recording, record, record_a_first_start};
use super::{said, seed, tool};
use crate::fleet::Dice;
use crate::program::{Place, end};

/// Answers that are recorded under load.
const ANSWERS: usize = 800;
/// Losses of power unless it is said.
const LOSSES: u64 = 100;
/// Losses from one recording.
const LOSSES_A_RECORDING: u64 = 100;
/// One in so many is of a first start.
const LOSSES_A_FIRST_START: u64 = 4;

impl Recording {
    /// Answers that went out before what they tell was on disk, and how many were looked
    /// at.
    fn too_early(&self) -> (Vec<String>, usize) {
        let sent = answers(&self.events);
        let log = Log::read(&self.events, &self.log, MARK.as_bytes());
        let (mut early, mut count) = (Vec::new(), 0);
        for one in self.load.asked.iter().flatten().filter(|one| one.is_done()) {
            let sent = sent.get(&one.answer.as_ref().unwrap().body).expect("an answer was sent");
            count += 1;
            for mark in &one.marks {
                let synced = log.synced(mark.as_bytes());
                if synced.is_none_or(|synced| synced > sent.first) {
                    early.push(format!("{} {mark}: sent {sent:?}, synced {synced:?}", one.path));
                }
            }
        }
        println!("{count} answers looked at, {} too early", early.len());
        (early, count)
    }

    /// How much of each client was answered before an event.
    fn answered(&self, point: usize) -> Vec<usize> {
        let sent = answers(&self.events[..point]);
        let is_answered = |body: &Vec<u8>| sent.contains_key(body);
        let clients = self.load.asked.iter().map(|asked| {
            let bodies = asked.iter().map(|one| one.answer.as_ref().map(|answer| &answer.body));
            bodies.take_while(|body| body.is_some_and(is_answered)).count()
        });
        clients.collect()
    }

    /// Judges so many losses of power.
    async fn lose(&self, losses: u64, seed: u64) -> usize {
        let mut dice = Dice(seed);
        let (mut disk, mut asked) = (self.before.clone(), 0);
        for point in points(&mut dice, losses, &self.events) {
            disk.play(&self.events, point);
            asked += self.judge(&disk, point, &mut dice).await;
        }
        asked
    }

    /// One loss: what was answered is there once, and the book is sound.
    async fn judge(&self, disk: &Disk, point: usize, dice: &mut Dice) -> usize {
        let place = after(disk, point, dice);
        let server = place.serve();
        let asked = self.load.settle(&server, &self.answered(point)).await;
        let report = place.run_on_db(&["verify"]).well();
        assert!(report.starts_with("sound: "), "{report}");
        server.kill();
        asked
    }
}

/// Moments of a recording, in order.
fn points(dice: &mut Dice, count: u64, events: &[Event]) -> Vec<usize> {
    let mut points: Vec<usize> = (0..count).map(|_| dice.place(events.len() + 1)).collect();
    points.sort_unstable();
    points
}

/// A disk after power was lost, in a folder of its own.
fn after(disk: &Disk, point: usize, dice: &mut Dice) -> Place {
    let folder = tempfile::tempdir().unwrap();
    disk.lose_power(&mut |end| dice.below(end), folder.path()).unwrap();
    println!("power lost at event {point}");
    Place::in_folder(folder)
}

#[tokio::test(flavor = "multi_thread")]
async fn every_answer_goes_out_after_its_record_was_synced() {
    let (early, count) = record(ANSWERS, seed(), None).await.too_early();
    assert!(early.is_empty(), "{} of {count} answers: {early:#?}", early.len());
    assert!(count >= ANSWERS);
}

#[tokio::test(flavor = "multi_thread")]
async fn power_lost_at_any_moment_takes_no_answer_back() {
    let (losses, seed) = (said("CREDITS_SOAK_POWER_LOSSES", LOSSES), seed());
    let (mut lost, mut asked) = (0, 0);
    while lost < losses {
        let recording = record(ANSWERS, seed ^ lost, None).await;
        let count = LOSSES_A_RECORDING.min(losses - lost);
        asked += recording.lose(count, seed ^ lost).await;
        lost += count;
    }
    println!("{lost} losses of power, {asked} requests settled, 0 lost");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_first_start_that_power_cuts_short_is_made_good_by_the_next() {
    let losses = said("CREDITS_SOAK_POWER_LOSSES", LOSSES) / LOSSES_A_FIRST_START;
    let (mut disk, events) = record_a_first_start().await;
    let mut dice = Dice(seed());
    for point in points(&mut dice, losses, &events) {
        disk.play(&events, point);
        let place = after(&disk, point, &mut dice);
        assert_eq!(place.serve().stop(Signal::TERM).0, Some(0));
        let report = place.run_on_db(&["verify"]).well();
        assert!(report.starts_with("sound: "), "{report}");
    }
    println!("{losses} losses of power in {} events of a first start", events.len());
}

#[tokio::test(flavor = "multi_thread")]
async fn commits_that_are_not_synced_are_seen_in_the_trace_and_after_a_loss() {
    let (folder, library) = unsynced();
    let seed = seed();
    let recording = record(ANSWERS, seed, Some(&library)).await;
    drop(folder);
    let (early, count) = recording.too_early();
    assert!(early.len() > count / 2, "only {} of {count} answers were too early", early.len());
    let mut losing = JoinSet::new();
    losing.spawn(async move { recording.lose(LOSSES, seed).await });
    let lost = losing.join_next().await.unwrap().unwrap_err().into_panic();
    let why = lost.downcast_ref::<String>().expect("a sentence");
    assert!(why.contains("was answered and then lost"), "{why}");
}

/// The library of the control, and the folder it goes with.
fn unsynced() -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let (source, library) = (folder.path().join("a.c"), folder.path().join("a.so"));
    std::fs::write(&source, include_str!("unsynced.c")).unwrap();
    let mut cc = tool("cc");
    cc.env("PATH", "/usr/bin:/bin").args(["-shared", "-fPIC", "-o"]).arg(&library).arg(&source);
    end(cc.output().unwrap()).well();
    (folder, library)
}
