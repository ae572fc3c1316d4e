//! The command `local`, and what it says.

use std::path::Path;
use std::process::{ExitStatus, Stdio};

use journeys::Client;
use local::Card;
use serde_json::Value;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, BufReader, Lines};
use tokio::process::{Child, ChildStdout, Command};

/// A running stack. Killed when it is dropped.
pub(crate) struct Process {
    child: Child,
    lines: Lines<BufReader<ChildStdout>>,
    pub(crate) card: Card,
}

impl Process {
    /// Starts it on free ports and waits until it says that it is ready.
    pub(crate) async fn start(data: &Path, more: &[&str]) -> Self {
        let mut child = command(data, more).spawn().unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        while let Some(line) = lines.next_line().await.unwrap() {
            if line.starts_with("The portal is ready") {
                return Self { child, lines, card: Card::read(data).unwrap().unwrap() };
            }
        }
        panic!("it ended before it was ready: {}", told(&mut child).await);
    }

    /// Ends it as nobody can prepare for.
    pub(crate) async fn kill(mut self) {
        self.child.kill().await.unwrap();
    }

    /// Ends it by a signal, such as `INT`; what it said and how it ended.
    pub(crate) async fn signal(mut self, name: &str) -> (String, ExitStatus) {
        let id = self.child.id().unwrap().to_string();
        assert!(Command::new("kill").args(["-s", name, &id]).status().await.unwrap().success());
        let mut said = String::new();
        while let Some(line) = self.lines.next_line().await.unwrap() {
            said += &line;
        }
        (said, self.child.wait().await.unwrap())
    }

    /// The superadmin, signed in.
    pub(crate) async fn superadmin(&self, data: &Path) -> Client {
        let first: Value = serde_json::from_slice(&std::fs::read(data.join("superadmin.json")).unwrap()).unwrap();
        let (email, password) = (first["email"].as_str().unwrap(), first["password"].as_str().unwrap());
        let visitor = Client::at(&self.card.api);
        match visitor.try_sign_in(email, journeys::PASSWORD).await {
            known if known.status() == 201 => visitor.with_token(&known.text("token")),
            _ => visitor.sign_in(email, password).await,
        }
    }
}

/// Runs it to its end: what it said on standard error, and how it ended.
pub(crate) async fn refused(data: &Path, more: &[&str]) -> (String, ExitStatus) {
    let mut child = command(data, more).spawn().unwrap();
    let told = told(&mut child).await;
    (told, child.wait().await.unwrap())
}

async fn told(child: &mut Child) -> String {
    let mut text = String::new();
    child.stderr.take().unwrap().read_to_string(&mut text).await.unwrap();
    text
}

fn command(data: &Path, more: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_local"));
    let ports: &[&str] = if more.contains(&"--port") { &[] } else { &["--port", "0"] };
    command.arg("up").arg("--data").arg(data).args(ports).args(more);
    command.stdout(Stdio::piped()).stderr(Stdio::piped()).kill_on_drop(true);
    command
}
