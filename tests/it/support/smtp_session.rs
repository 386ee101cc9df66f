//! One connection to the test mail server: the commands of RFC 5321, with pipelining.

use std::io::{self, BufRead, BufReader, Write};
use std::net::TcpStream;

use super::mail::Mail;
use super::smtp::{Encryption, Failure, Shared};
use super::smtp_tls::Link;

const SIZE_LIMIT: usize = 50 * 1024 * 1024;

struct Session<'a> {
    link: BufReader<Link>,
    stream: &'a TcpStream,
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
    let link = match &shared.manner.encryption {
        Encryption::FromTheStart(certificate) => Link::encrypted(stream.try_clone()?, certificate)?,
        _ => Link::Plain(stream.try_clone()?),
    };
    let mut session = Session {
        link: BufReader::new(link),
        stream,
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
            if !self.link.get_ref().is_encrypted() {
                self.shared.heard_in_clear(&verb.to_ascii_uppercase());
            }
            if let Next::Close = self.obey(&verb.to_ascii_uppercase(), rest)? {
                break;
            }
        }
        Ok(())
    }

    fn obey(&mut self, verb: &str, rest: &str) -> io::Result<Next> {
        match verb {
            "EHLO" => self.greet()?,
            "STARTTLS" => self.encrypt()?,
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

    fn greet(&mut self) -> io::Result<()> {
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
        if self.certificate().is_some() {
            self.say("250-STARTTLS")?;
        }
        self.say(&format!("250 AUTH {}", self.shared.manner.mechanisms.join(" ")))
    }

    /// The certificate to change to encryption with, when that is offered now.
    fn certificate(&self) -> Option<&super::smtp_tls::Certificate> {
        match &self.shared.manner.encryption {
            Encryption::OnRequest(certificate) if !self.link.get_ref().is_encrypted() => Some(certificate),
            _ => None,
        }
    }

    /// Goes on encrypted; what was sent ahead in clear is forgotten, as RFC 3207 wants.
    fn encrypt(&mut self) -> io::Result<()> {
        let Some(certificate) = self.certificate() else {
            return self.say("502 not here");
        };
        let link = Link::encrypted(self.stream.try_clone()?, certificate)?;
        self.say("220 go on encrypted")?;
        self.link = BufReader::new(link);
        self.authenticated = false;
        self.reset();
        Ok(())
    }

    /// PLAIN in one or two steps, LOGIN in two or three.
    fn authenticate(&mut self, rest: &str) -> io::Result<()> {
        let (mechanism, initial) = rest.split_once(' ').unwrap_or((rest, ""));
        let mechanism = mechanism.to_ascii_uppercase();
        if !self.shared.manner.mechanisms.contains(&mechanism.as_str()) {
            return self.say("504 mechanism unknown");
        }
        let mut said = Vec::new();
        if !initial.is_empty() {
            said.push(decoded(initial));
        }
        let prompts: &[&str] = match mechanism.as_str() {
            "PLAIN" => &["334 "],
            _ => &["334 VXNlcm5hbWU6", "334 UGFzc3dvcmQ6"],
        };
        for prompt in prompts.iter().skip(said.len()) {
            self.say(prompt)?;
            said.push(decoded(&self.line()?.unwrap_or_default()));
        }
        let said = said.join("\0");
        let fits = |(name, password)| said.trim_start_matches('\0') == format!("{name}\0{password}");
        if !self.shared.manner.login.is_none_or(fits) {
            return self.say("535 wrong name or password");
        }
        self.authenticated = true;
        self.say("235 welcome")
    }

    fn mail(&mut self, rest: &str) -> io::Result<()> {
        if self.shared.manner.login.is_some() && !self.authenticated {
            return self.say("530 log in first");
        }
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
            encrypted: self.link.get_ref().is_encrypted(),
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
            if self.link.read_until(b'\n', &mut line)? == 0 {
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
        let read = self.link.read_until(b'\n', &mut line)?;
        Ok((read > 0).then(|| String::from_utf8_lossy(&line).trim_end().to_owned()))
    }

    fn say(&mut self, line: &str) -> io::Result<()> {
        let link = self.link.get_mut();
        link.write_all(format!("{line}\r\n").as_bytes())?;
        link.flush()
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

/// The text behind a word of a login; nothing when it is no base64.
fn decoded(word: &str) -> String {
    use base64::Engine;
    let bytes = base64::engine::general_purpose::STANDARD.decode(word);
    String::from_utf8_lossy(&bytes.unwrap_or_default()).into_owned()
}
