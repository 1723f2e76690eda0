//! An append of which its server hears nothing: it finds out what became of it, and who
//! waits is answered once.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use client::{Charge, Client, Key, Transaction};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, watch};
use tokio::task::JoinSet;
use tokio::time::timeout;

use crate::program::{Place, Server, grant};

/// The key of the spend that is in doubt: its record has it, so it is seen on the wire.
const KEY: &str = "in-doubt";

/// Nobody waits that long to be told that the server is away: a request has thirty seconds.
const PATIENCE: Duration = Duration::from_secs(20);

/// What is lost between a server of ours and PostgreSQL, on the connection that appends the
/// spend.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Lost {
    Nothing,
    /// What PostgreSQL says to it.
    Answers,
    /// The append and what follows is kept back.
    Requests,
}

/// A line to PostgreSQL that loses what it is told to.
struct Line {
    url: String,
    lost: watch::Sender<Lost>,
    cuts: watch::Sender<u32>,
    /// Nothing gets through.
    away: watch::Sender<bool>,
    /// What was kept back may go on its way, though nobody waits for an answer.
    late: watch::Sender<bool>,
    marks: Marks,
    _at_work: JoinSet<()>,
}

/// What has happened to the append.
#[derive(Clone)]
struct Marks {
    /// It is on its way.
    sent: Arc<Semaphore>,
    /// It was kept back, and has been done by now or refused.
    delivered: Arc<Semaphore>,
}

/// One connection of it.
struct Wire {
    near: TcpStream,
    far: TcpStream,
    lost: watch::Receiver<Lost>,
    cuts: watch::Receiver<u32>,
    late: watch::Receiver<bool>,
    marks: Marks,
}

impl Line {
    async fn to(place: &Place) -> Self {
        let db = place.db();
        let (user, rest) = db.split_once('@').unwrap();
        let (host, rest) = rest.split_once('/').unwrap();
        let far: SocketAddr = host.replace("localhost", "127.0.0.1").parse().unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("{user}@{}/{rest}", listener.local_addr().unwrap());
        let (lost, cuts) = (watch::Sender::new(Lost::Nothing), watch::Sender::new(0));
        let (away, late) = (watch::Sender::new(false), watch::Sender::new(false));
        let none = || Arc::new(Semaphore::new(0));
        let marks = Marks { sent: none(), delivered: none() };
        let (of_lost, of_cuts, of_late) = (lost.clone(), cuts.clone(), late.clone());
        let (of_away, of_marks) = (away.subscribe(), marks.clone());
        let mut at_work = JoinSet::new();
        at_work.spawn(async move {
            let mut wires = JoinSet::new();
            while let Ok((near, _)) = listener.accept().await {
                if *of_away.borrow() {
                    continue;
                }
                let wire = Wire {
                    near,
                    far: TcpStream::connect(far).await.unwrap(),
                    lost: of_lost.subscribe(),
                    cuts: of_cuts.subscribe(),
                    late: of_late.subscribe(),
                    marks: of_marks.clone(),
                };
                wires.spawn(wire.carry());
            }
        });
        Self { url, lost, cuts, away, late, marks, _at_work: at_work }
    }

    /// Loses this from now on.
    fn lose(&self, lost: Lost) {
        self.lost.send_replace(lost);
    }

    /// Cuts what is connected; new connections lose nothing.
    fn cut(&self) {
        self.lost.send_replace(Lost::Nothing);
        self.cuts.send_modify(|cuts| *cuts += 1);
    }
}

impl Wire {
    async fn carry(mut self) {
        let (mut up, mut down, mut kept) = (vec![0; 65_536], vec![0; 65_536], Vec::new());
        let mut losing = Lost::Nothing;
        loop {
            tokio::select! {
                read = self.near.read(&mut up) => {
                    let Ok(count @ 1..) = read else { return };
                    if up[..count].windows(KEY.len()).any(|part| part == KEY.as_bytes()) {
                        losing = *self.lost.borrow();
                        self.marks.sent.add_permits(1);
                    }
                    match losing {
                        Lost::Requests => kept.extend_from_slice(&up[..count]),
                        _ => self.far.write_all(&up[..count]).await.unwrap(),
                    }
                }
                read = self.far.read(&mut down) => {
                    let Ok(count @ 1..) = read else { return };
                    if losing != Lost::Answers {
                        // Who has gone does not take it.
                        drop(self.near.write_all(&down[..count]).await);
                    }
                }
                _ = self.cuts.changed() => break,
            }
        }
        drop(self.near);
        if kept.is_empty() {
            return;
        }
        self.late.wait_for(|late| *late).await.unwrap();
        self.far.write_all(&kept).await.unwrap();
        // It has done what it was asked to before it says something.
        assert_ne!(self.far.read(&mut down).await.unwrap(), 0);
        self.marks.delivered.add_permits(1);
    }
}

/// A server at the end of a line, another one beside it, and somebody with ten credits.
struct Scene {
    line: Line,
    server: Server,
    beside: Server,
    user: i64,
    key: String,
    place: Place,
}

impl Scene {
    async fn set() -> Self {
        let place = Place::new();
        let (user, key) = (place.user("ada"), place.key("ops", "admin"));
        let line = Line::to(&place).await;
        let log = std::fs::File::create(place.path("log")).unwrap();
        let mut command = place.command(&["serve", "--db", &line.url, "--listen", "127.0.0.1:0"]);
        command.stderr(log);
        let (server, beside) = (Server::start(command), place.serve());
        grant(&server.client(&key), user, 10).await;
        Self { line, server, beside, user, key, place }
    }

    fn client(&self) -> Client {
        self.server.client(&self.key)
    }

    async fn spend(&self) -> Transaction {
        let charge = Charge::amount(self.user, "3".parse().unwrap());
        self.client().spend(&Key::new(KEY), &charge).await.unwrap().value
    }

    /// What the server beside it says is left.
    async fn left(&self) -> String {
        let balance = self.beside.client(&self.key).balance(self.user).await.unwrap();
        balance.available.to_string()
    }

    /// The append is on its way, and loses this.
    async fn lose(&self, lost: Lost) {
        self.line.lose(lost);
        self.line.marks.sent.acquire().await.unwrap().forget();
    }

    /// The spend is there once, whoever is asked, and asking again changes nothing.
    async fn end(self, spent: Transaction) {
        assert_eq!(self.left().await, "7");
        let mine = self.client().balance(self.user).await.unwrap();
        assert_eq!(mine.available.to_string(), "7");
        assert_eq!(self.spend().await.id, spent.id);
        assert_eq!(self.left().await, "7");
        let said = std::fs::read_to_string(self.place.path("log")).unwrap();
        assert!(said.contains("ledger.commit_unknown"), "there was no doubt: {said}");
        drop((self.server, self.beside));
        assert!(self.place.run_on_db(&["verify"]).well().starts_with("sound: "));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_append_whose_answer_was_lost_is_answered() {
    let scene = Scene::set().await;
    let losing = async {
        scene.lose(Lost::Answers).await;
        while scene.left().await != "7" {}
        scene.line.cut();
    };
    let ((), spent) = tokio::join!(losing, scene.spend());
    scene.end(spent).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_append_that_never_arrived_is_decided_behind_what_others_wrote() {
    let scene = Scene::set().await;
    let losing = async {
        scene.lose(Lost::Requests).await;
        grant(&scene.beside.client(&scene.key), scene.user, 5).await;
        assert_eq!(scene.left().await, "15");
        scene.line.cut();
    };
    let ((), spent) = tokio::join!(losing, scene.spend());
    let back = Charge::amount(scene.user, "5".parse().unwrap());
    scene.client().spend(&Key::new("back"), &back).await.unwrap();
    scene.end(spent).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_waits_beside_a_doubt_is_told_that_the_server_is_away() {
    let scene = Scene::set().await;
    let losing = async {
        scene.lose(Lost::Requests).await;
        scene.line.away.send_replace(true);
        scene.line.cut();
        let (key, charge) = (Key::new("beside"), Charge::amount(scene.user, "1".parse().unwrap()));
        let told = timeout(PATIENCE, scene.client().spend(&key, &charge)).await;
        assert_eq!(told.expect("it is told").unwrap_err().code(), Some("overloaded"));
        scene.line.away.send_replace(false);
    };
    let ((), spent) = tokio::join!(losing, scene.spend());
    scene.end(spent).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_append_that_arrives_late_does_nothing() {
    let scene = Scene::set().await;
    let losing = async {
        scene.lose(Lost::Requests).await;
        scene.line.cut();
    };
    let ((), spent) = tokio::join!(losing, scene.spend());
    assert_eq!(scene.left().await, "7");
    scene.line.late.send_replace(true);
    scene.line.marks.delivered.acquire().await.unwrap().forget();
    scene.end(spent).await;
}
