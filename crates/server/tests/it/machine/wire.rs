//! HTTP by hand: a request is sent once, and its answer is the bytes that came.

use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::TcpStream;

/// An answer.
#[derive(Clone, Debug)]
pub(super) struct Answer {
    pub(super) status: u16,
    /// The key was used before.
    pub(super) replayed: bool,
    pub(super) body: Vec<u8>,
}

impl Answer {
    pub(super) fn json(&self) -> serde_json::Value {
        serde_json::from_slice(&self.body).unwrap()
    }

    /// All of it was done: of a batch, each operation.
    pub(super) fn is_good(&self) -> bool {
        self.status < 300 && self.items().iter().all(|item| item["problem"].is_null())
    }

    /// The stable word of a refusal; of a batch, of its first.
    pub(super) fn code(&self) -> String {
        let json = self.json();
        let items = self.items();
        let first = items.iter().map(|item| &item["problem"]).find(|problem| !problem.is_null());
        first.unwrap_or(&json)["code"].as_str().unwrap_or_default().to_owned()
    }

    /// What became of each operation of a batch.
    fn items(&self) -> Vec<serde_json::Value> {
        if self.body.is_empty() {
            return Vec::new();
        }
        self.json()["results"].as_array().cloned().unwrap_or_default()
    }
}

/// What is asked.
#[derive(Clone, Copy, Debug)]
pub(super) struct Request<'r> {
    pub(super) method: &'static str,
    pub(super) path: &'r str,
    /// An idempotency key.
    pub(super) key: Option<&'r str>,
    pub(super) body: &'r str,
}

/// A connection that is made anew when it broke.
pub(super) struct Wire {
    address: String,
    bearer: String,
    stream: Option<BufReader<TcpStream>>,
}

impl Wire {
    pub(super) fn new(url: &str, bearer: &str) -> Self {
        let address = url.trim_start_matches("http://").to_owned();
        Self { address, bearer: bearer.to_owned(), stream: None }
    }

    pub(super) async fn get(&mut self, path: &str) -> Answer {
        let request = Request { method: "GET", path, key: None, body: "" };
        self.ask(request).await.unwrap()
    }

    pub(super) async fn post(&mut self, path: &str, key: &str, body: &str) -> Answer {
        let request = Request { method: "POST", path, key: Some(key), body };
        self.ask(request).await.unwrap()
    }

    /// Asks once. An error leaves it unknown what became of the request.
    pub(super) async fn ask(&mut self, request: Request<'_>) -> std::io::Result<Answer> {
        let mut stream = match self.stream.take() {
            Some(stream) => stream,
            None => BufReader::new(TcpStream::connect(&self.address).await?),
        };
        stream.get_mut().write_all(self.text(request).as_bytes()).await?;
        let answer = read(&mut stream).await?;
        self.stream = Some(stream);
        Ok(answer)
    }

    fn text(&self, Request { method, path, key, body }: Request<'_>) -> String {
        let key = key.map(|key| format!("idempotency-key: {key}\r\n")).unwrap_or_default();
        let json = if body.is_empty() { "" } else { "content-type: application/json\r\n" };
        let (bearer, length) = (&self.bearer, body.len());
        format!(
            "{method} {path} HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer {bearer}\r\n\
             {key}{json}content-length: {length}\r\n\r\n{body}"
        )
    }
}

async fn read(stream: &mut BufReader<TcpStream>) -> std::io::Result<Answer> {
    let mut line = String::new();
    stream.read_line(&mut line).await?;
    let status = line.split(' ').nth(1).and_then(|status| status.parse().ok());
    let status = status.ok_or(std::io::ErrorKind::UnexpectedEof)?;
    let mut answer = Answer { status, replayed: false, body: Vec::new() };
    loop {
        line.clear();
        if stream.read_line(&mut line).await? == 0 {
            return Err(std::io::ErrorKind::UnexpectedEof.into());
        }
        match line.trim_end().split_once(": ") {
            Some(("content-length", length)) => answer.body = vec![0; length.parse().unwrap()],
            Some(("idempotency-replayed", _)) => answer.replayed = true,
            Some(_) => {}
            None => break,
        }
    }
    stream.read_exact(&mut answer.body).await?;
    Ok(answer)
}
