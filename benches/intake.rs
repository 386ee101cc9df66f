//! Load for the intake figure: posts requests over keep-alive connections, as fast as the service answers
//! (closed loop) or at a fixed rate whatever it answers (open loop), and prints what it measured.
//!
//! `cargo bench --bench intake -- HOST:PORT CONNECTIONS SECONDS [REQUESTS_PER_SECOND]`

use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;
use std::time::{Duration, Instant};

/// What to do.
struct Plan {
    address: String,
    connections: usize,
    length: Duration,
    /// Requests a second in the open loop; none in the closed one.
    rate: Option<f64>,
}

impl Plan {
    fn from_args() -> Option<Self> {
        let mut args = std::env::args().skip(1).filter(|arg| !arg.starts_with("--"));
        let address = args.next()?;
        let connections = args.next()?.parse().ok()?;
        let length = Duration::from_secs_f64(args.next()?.parse().ok()?);
        let rate = args.next().and_then(|rate| rate.parse().ok());
        Some(Self {
            address,
            connections,
            length,
            rate,
        })
    }

    /// When request `number` is due, or `None` when the run is over.
    fn due(&self, start: Instant, number: u64) -> Option<Instant> {
        let after = self
            .rate
            .map(|rate| Duration::from_secs_f64(number as f64 / rate));
        let due = after.map_or_else(Instant::now, |after| start + after);
        (due.duration_since(start) < self.length).then_some(due)
    }
}

/// What one connection saw.
#[derive(Default)]
struct Seen {
    latencies: Vec<Duration>,
    failed: u64,
}

fn main() {
    let Some(plan) = Plan::from_args() else {
        eprintln!("intake: run by scripts/bench.sh with HOST:PORT CONNECTIONS SECONDS [RATE]");
        return;
    };
    let next = AtomicU64::new(0);
    let start = Instant::now();
    let seen: Vec<Seen> = thread::scope(|scope| {
        let run = || scope.spawn(|| post_until_the_end(&plan, start, &next));
        let threads: Vec<_> = (0..plan.connections).map(|_| run()).collect();
        threads
            .into_iter()
            .map(|thread| thread.join().unwrap_or_default())
            .collect()
    });
    report(seen, start.elapsed());
}

/// Latency counts from when a request was due: a service that stalls is charged for all who waited.
fn post_until_the_end(plan: &Plan, start: Instant, next: &AtomicU64) -> Seen {
    let mut seen = Seen::default();
    let mut connection = None;
    loop {
        let number = next.fetch_add(1, Ordering::Relaxed);
        let Some(due) = plan.due(start, number) else {
            return seen;
        };
        thread::sleep(due.saturating_duration_since(Instant::now()));
        match post(&mut connection, &plan.address, number) {
            Ok(202) => seen.latencies.push(due.elapsed()),
            Ok(_) => seen.failed += 1,
            Err(_) => {
                seen.failed += 1;
                connection = None;
            }
        }
    }
}

/// Posts one request and returns the status of the answer.
fn post(connection: &mut Option<BufReader<TcpStream>>, address: &str, number: u64) -> io::Result<u16> {
    let stream = match connection {
        Some(stream) => stream,
        None => connection.insert(connect(address)?),
    };
    let email = format!("bench-{}-{number}@customer.example", std::process::id());
    let body = format!(r#"{{"right":"access","email":"{email}","name":"Prov Provsson","language":"sv"}}"#);
    let length = body.len();
    let request = format!(
        "POST /api/v1/requests HTTP/1.1\r\nHost: {address}\r\nContent-Type: application/json\r\n\
         Content-Length: {length}\r\n\r\n{body}"
    );
    stream.get_mut().write_all(request.as_bytes())?;
    answer(stream)
}

fn connect(address: &str) -> io::Result<BufReader<TcpStream>> {
    let stream = TcpStream::connect(address)?;
    stream.set_nodelay(true)?;
    stream.set_read_timeout(Some(Duration::from_secs(10)))?;
    Ok(BufReader::new(stream))
}

/// Reads an answer to its end, so that the connection can be used again.
fn answer(stream: &mut BufReader<TcpStream>) -> io::Result<u16> {
    let mut line = String::new();
    stream.read_line(&mut line)?;
    let status = line.split(' ').nth(1).and_then(|status| status.parse().ok());
    let mut length = 0;
    loop {
        line.clear();
        if stream.read_line(&mut line)? <= 2 {
            break;
        }
        if let Some(value) = line.to_ascii_lowercase().strip_prefix("content-length:") {
            length = value.trim().parse().unwrap_or(0);
        }
    }
    io::copy(&mut stream.take(length), &mut io::sink())?;
    status.ok_or_else(|| io::ErrorKind::InvalidData.into())
}

fn report(seen: Vec<Seen>, took: Duration) {
    let failed: u64 = seen.iter().map(|seen| seen.failed).sum();
    let mut latencies: Vec<Duration> = seen.into_iter().flat_map(|seen| seen.latencies).collect();
    latencies.sort_unstable();
    let of_hundred = |percent: usize| {
        let at = (latencies.len() * percent / 100).min(latencies.len().saturating_sub(1));
        latencies
            .get(at)
            .map_or(f64::NAN, |latency| latency.as_secs_f64() * 1000.0)
    };
    let per_second = latencies.len() as f64 / took.as_secs_f64();
    let (done, p50, p99) = (latencies.len(), of_hundred(50), of_hundred(99));
    println!("done={done} failed={failed} per_second={per_second:.0} p50_ms={p50:.1} p99_ms={p99:.1}");
}
