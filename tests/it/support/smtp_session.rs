//! One connection to the test mail server: the commands of RFC 5321, with pipelining.

use std::io::{self, BufRead, BufReader, Write};
use std::net::TcpStream;

use super::mail::Mail;
use super::smtp::{Failure, Shared};

const SIZE_LIMIT: usize = 50 * 1024 * 1024;

struct Session<'a> {
    input: BufReader<&'a TcpStream>,
    output: &'a TcpStream,
    shared: &'a Shared,
    authenticated: bool,
    from: Option<String>,
    to: Vec<String>,
}

enum Next {
    Go,
    Close,
}

/// Talks to one client until it leaves.
pub(super) fn run(stream: &TcpStream, shared: &Shared) -> io::Result<()> {
    stream.set_nodelay(true)?;
    let input = BufReader::new(stream);
    let mut session = Session {
        input,
        output: stream,
        shared,
        authenticated: false,
        from: None,
        to: Vec::new(),
    };
    let ended = session.talk();
    stream.shutdown(std::net::Shutdown::Both).ok();
    ended
}

impl Session<'_> {
    fn talk(&mut self) -> io::Result<()> {
        self.say("220 sink.test ESMTP")?;
        while let Some(line) = self.line()? {
            let (verb, rest) = line.split_once(' ').unwrap_or((&line, ""));
            if let Next::Close = self.obey(&verb.to_ascii_uppercase(), rest)? {
                break;
            }
        }
        Ok(())
    }

    fn obey(&mut self, verb: &str, rest: &str) -> io::Result<Next> {
        match verb {
            "EHLO" => {
                self.reset();
                let size = format!("250-SIZE {SIZE_LIMIT}");
                for line in [
                    "250-sink.test",
                    &size,
                    "250-8BITMIME",
                    "250-SMTPUTF8",
                    "250-PIPELINING",
                ] {
                    self.say(line)?;
                }
                self.say("250 AUTH PLAIN LOGIN")?;
            }
            "HELO" => {
                self.reset();
                self.say("250 sink.test")?;
            }
            "AUTH" => self.authenticate(rest)?,
            "MAIL" => self.mail(rest)?,
            "RCPT" => return self.recipient(rest),
            "DATA" => return self.data(),
            "RSET" => {
                self.reset();
                self.say("250 ok")?;
            }
            "NOOP" => self.say("250 ok")?,
            "QUIT" => {
                self.say("221 bye")?;
                return Ok(Next::Close);
            }
            _ => self.say("502 not here")?,
        }
        Ok(Next::Go)
    }

    /// Lets everybody in: PLAIN in one or two steps, LOGIN in three.
    fn authenticate(&mut self, rest: &str) -> io::Result<()> {
        let (mechanism, initial) = rest.split_once(' ').unwrap_or((rest, ""));
        let prompts: &[&str] = match (mechanism.to_ascii_uppercase().as_str(), initial) {
            ("PLAIN", "") => &["334 "],
            ("PLAIN", _) => &[],
            ("LOGIN", "") => &["334 VXNlcm5hbWU6", "334 UGFzc3dvcmQ6"],
            ("LOGIN", _) => &["334 UGFzc3dvcmQ6"],
            _ => return self.say("504 mechanism unknown"),
        };
        for prompt in prompts {
            self.say(prompt)?;
            self.line()?;
        }
        self.authenticated = true;
        self.say("235 welcome")
    }

    fn mail(&mut self, rest: &str) -> io::Result<()> {
        let size = rest.split(' ').filter_map(|word| word.split_once('='));
        let size = size.filter(|(key, _)| key.eq_ignore_ascii_case("SIZE"));
        let announced = size.filter_map(|(_, value)| value.parse::<usize>().ok()).max();
        if announced.is_some_and(|size| size > SIZE_LIMIT) {
            return self.say("552 too large");
        }
        let Some(address) = address(rest) else {
            return self.say("501 no address");
        };
        self.reset();
        self.from = Some(address);
        self.say("250 ok")
    }

    fn recipient(&mut self, rest: &str) -> io::Result<Next> {
        let Some(address) = address(rest).filter(|_| self.from.is_some()) else {
            self.say("503 sender first")?;
            return Ok(Next::Go);
        };
        match self.shared.failure_for(&address) {
            Some(Failure::Code(code)) => {
                self.shared.refuse();
                self.say(&format!("{code} told to fail this address"))?;
            }
            Some(Failure::Drop) => {
                self.shared.refuse();
                return Ok(Next::Close);
            }
            Some(Failure::LoseReply) | None => {
                self.to.push(address);
                self.say("250 ok")?;
            }
        }
        Ok(Next::Go)
    }

    fn data(&mut self) -> io::Result<Next> {
        let Some(from) = self.from.take().filter(|_| !self.to.is_empty()) else {
            self.say("503 recipients first")?;
            return Ok(Next::Go);
        };
        self.say("354 go on")?;
        let Some(raw) = self.body()? else {
            return Ok(Next::Close);
        };
        let to = std::mem::take(&mut self.to);
        let told = to.iter().find_map(|address| self.shared.failure_for(address));
        let mail = Mail {
            from,
            to,
            authenticated: self.authenticated,
            raw,
        };
        match self.shared.take_failure().or(told) {
            None => {
                self.shared.keep(mail);
                self.say("250 kept")?;
            }
            Some(Failure::Code(code)) => {
                self.shared.refuse();
                self.say(&format!("{code} told to fail"))?;
            }
            Some(Failure::Drop) => {
                self.shared.refuse();
                return Ok(Next::Close);
            }
            Some(Failure::LoseReply) => {
                self.shared.keep(mail);
                return Ok(Next::Close);
            }
        }
        Ok(Next::Go)
    }

    /// The message up to the lone dot, dots unstuffed; `None` when the client leaves before it.
    fn body(&mut self) -> io::Result<Option<Vec<u8>>> {
        let mut body = Vec::new();
        loop {
            let mut line = Vec::new();
            if self.input.read_until(b'\n', &mut line)? == 0 {
                return Ok(None);
            }
            match line.strip_prefix(b".") {
                Some(b"\r\n" | b"\n") => return Ok(Some(body)),
                Some(unstuffed) => body.extend_from_slice(unstuffed),
                None => body.extend_from_slice(&line),
            }
        }
    }

    fn line(&mut self) -> io::Result<Option<String>> {
        let mut line = Vec::new();
        let read = self.input.read_until(b'\n', &mut line)?;
        Ok((read > 0).then(|| String::from_utf8_lossy(&line).trim_end().to_owned()))
    }

    fn say(&mut self, line: &str) -> io::Result<()> {
        self.output.write_all(format!("{line}\r\n").as_bytes())
    }

    fn reset(&mut self) {
        self.from = None;
        self.to.clear();
    }
}

/// What stands between the angle brackets of `FROM:<…>` or `TO:<…>`.
fn address(rest: &str) -> Option<String> {
    let (_, after) = rest.split_once('<')?;
    Some(after.split_once('>')?.0.to_owned())
}
