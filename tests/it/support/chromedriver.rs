//! A chromedriver process with its browser, which end with the test that started them.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::os::unix::process::CommandExt;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use nix::sys::signal::{Signal, killpg};
use nix::unistd::Pid;
use serde_json::Value;

use super::fixtures::{eventually, free_port};

/// The shell that leads the process group. It is told when the thread of the test dies (even by kill -9), and
/// then takes the whole group with it; chromedriver alone would leave its browser behind.
const LEADER: &str = "trap 'kill -KILL 0' TERM; chromedriver --port=\"$1\" >/dev/null 2>&1 & wait";

/// A running chromedriver.
pub(super) struct Chromedriver {
    group: Child,
    port: u16,
}

impl Chromedriver {
    /// Starts one on a free port and waits until it answers.
    pub(super) fn start() -> Self {
        let port = free_port();
        let mut command = Command::new("setpriv");
        command.args([
            "--pdeathsig",
            "TERM",
            "bash",
            "-c",
            LEADER,
            "chromedriver",
            &port.to_string(),
        ]);
        command
            .process_group(0)
            .stdin(Stdio::null())
            .stdout(Stdio::null());
        let group = command.spawn().expect("setpriv (util-linux) starts");
        let driver = Self { group, port };
        eventually(
            "chromedriver to be ready (is it installed? scripts/setup.sh test)",
            || {
                driver
                    .get("/status")
                    .filter(|status| status["value"]["ready"] == true)
            },
        );
        driver
    }

    /// Where WebDriver clients connect.
    pub(super) fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// The picture of a session's page as PNG, taken without the asynchronous client.
    pub(super) fn screenshot(&self, session: &str) -> Option<Vec<u8>> {
        let answer = self.get(&format!("/session/{session}/screenshot"))?;
        BASE64_STANDARD.decode(answer["value"].as_str()?).ok()
    }

    /// Chromedriver leaves connections open, so the announced length says where the answer ends.
    fn get(&self, path: &str) -> Option<Value> {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port)).ok()?;
        stream.set_read_timeout(Some(Duration::from_secs(5))).ok()?;
        let request = format!("GET {path} HTTP/1.1\r\nHost: localhost:{}\r\n\r\n", self.port);
        stream.write_all(request.as_bytes()).ok()?;
        let mut answer = BufReader::new(stream);
        let mut length = 0;
        let mut line = String::new();
        while answer.read_line(&mut line).ok()? > 2 {
            let header = line.to_ascii_lowercase();
            if let Some(value) = header.strip_prefix("content-length:") {
                length = value.trim().parse().ok()?;
            }
            line.clear();
        }
        let mut body = vec![0; length];
        answer.read_exact(&mut body).ok()?;
        serde_json::from_slice(&body).ok()
    }
}

impl Drop for Chromedriver {
    fn drop(&mut self) {
        killpg(Pid::from_raw(self.group.id().cast_signed()), Signal::SIGKILL).ok();
        self.group.wait().ok();
    }
}
