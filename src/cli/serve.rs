//! `dataratt serve` and `dataratt worker`: what runs until it is told to stop.

use std::io::ErrorKind;
use std::net::{SocketAddr, TcpListener};
use std::process::ExitCode;

use anyhow::{Context as _, anyhow};
use nix::sys::signal::{SigSet, Signal};

use crate::app::{App, Database, Tenancy};
use crate::config::{LogFormat, Settings};
use crate::services::auditing;
use crate::telemetry::{self, Figures, Format};
use crate::{http, worker};

/// Serves pages and the API, and works, until SIGINT or SIGTERM.
///
/// # Errors
/// What to fix.
pub fn serve(settings: &Settings) -> anyhow::Result<ExitCode> {
    run(settings, settings.worker.enabled, true)
}

/// Works without serving, until SIGINT or SIGTERM.
///
/// # Errors
/// What to fix.
pub fn worker(settings: &Settings) -> anyhow::Result<ExitCode> {
    run(settings, true, false)
}

fn run(settings: &Settings, works: bool, serves: bool) -> anyhow::Result<ExitCode> {
    // Blocked before any thread starts, so that every thread leaves them to the wait below.
    let mut ends = SigSet::empty();
    ends.add(Signal::SIGINT);
    ends.add(Signal::SIGTERM);
    ends.thread_block()?;
    start_log(settings)?;
    let figures = Figures::install()?;
    // Taken before anything is started: an address in use is the commonest reason not to.
    let listeners = serves.then(|| Listeners::bind(settings)).transpose()?;
    let tenancy = if serves { Tenancy::Own } else { Tenancy::Borrow };
    let database = Database::open(settings, tenancy)?;
    database.prepare()?;
    let app = App::build(settings, &database, settings.database.pool_size.get())?;
    let changed = auditing::record_profile(&app.ctx)?;
    if !changed.is_empty() {
        tracing::info!(sections = ?changed, "the profile changed since it was last recorded");
    }
    let worker = works
        .then(|| start_worker(settings, &database, &app))
        .transpose()?;
    let sealing = works.then(|| app.ctx.clone());
    let server = listeners
        .map(|listeners| start_server(listeners, app, figures))
        .transpose()?;
    let signal = ends.wait()?;
    tracing::info!(%signal, "stopping");
    drop(server);
    drop(worker);
    // What happened last must not wait for its seal until the next start.
    if let Some(Err(error)) = sealing.map(|ctx| auditing::seal(&ctx)) {
        tracing::warn!(code = error.code(), "the trail was not sealed at the end");
    }
    if let Some(cluster) = database.cluster {
        cluster.stop()?;
    }
    Ok(ExitCode::SUCCESS)
}

fn start_log(settings: &Settings) -> anyhow::Result<()> {
    let format = match settings.log.format {
        LogFormat::Human => Format::Human,
        LogFormat::Json => Format::Json,
    };
    Ok(telemetry::init(format, &settings.log.filter)?)
}

fn start_worker(settings: &Settings, database: &Database, app: &App) -> anyhow::Result<worker::Handle> {
    let options = worker::Options {
        threads: usize::from(settings.worker.threads.get()),
        listen_url: Some(database.app_url.clone()),
        ..worker::Options::default()
    };
    let (handlers, sweeps) = (worker::handlers(app), worker::sweeps());
    worker::start(app.ctx.clone(), handlers, sweeps, options).context("the worker's threads do not start")
}

/// The server's thread, stopped and waited for when dropped.
struct Serving {
    handles: Vec<actix_web::dev::ServerHandle>,
    thread: Option<std::thread::JoinHandle<()>>,
}

impl Drop for Serving {
    fn drop(&mut self) {
        for handle in &self.handles {
            // Told to stop; the thread ends once requests under way have.
            let stopping = handle.stop(true);
            std::thread::spawn(move || actix_web::rt::System::new().block_on(stopping));
        }
        if let Some(thread) = self.thread.take() {
            let _ended = thread.join();
        }
    }
}

/// Where requests come in.
struct Listeners {
    pages: TcpListener,
    metrics: Option<TcpListener>,
}

impl Listeners {
    fn bind(settings: &Settings) -> anyhow::Result<Self> {
        let metrics = settings.metrics.listen;
        Ok(Self {
            pages: bind("http.listen", settings.http.listen)?,
            metrics: metrics
                .map(|address| bind("metrics.listen", address))
                .transpose()?,
        })
    }
}

fn bind(key: &str, address: SocketAddr) -> anyhow::Result<TcpListener> {
    TcpListener::bind(address).map_err(|error| match error.kind() {
        ErrorKind::AddrInUse => {
            anyhow!("{key}: {address} is in use by another process: end that one, or set another address")
        }
        _ => anyhow!("{key}: {address} cannot be used here: {error}"),
    })
}

fn start_server(listeners: Listeners, app: App, figures: Figures) -> anyhow::Result<Serving> {
    let Listeners { pages, metrics } = listeners;
    let address = pages.local_addr()?;
    let (tell, told) = std::sync::mpsc::channel();
    let thread = std::thread::Builder::new().name("http".into()).spawn(move || {
        let served = actix_web::rt::System::new().block_on(async move {
            let mut servers = vec![http::server(app, pages)?];
            if let Some(listener) = metrics {
                servers.push(http::metrics_server(listener, move || figures.render())?);
            }
            let _ = tell.send(
                servers
                    .iter()
                    .map(actix_web::dev::Server::handle)
                    .collect::<Vec<_>>(),
            );
            let running: Vec<_> = servers.into_iter().map(actix_web::rt::spawn).collect();
            for server in running {
                server.await.map_err(std::io::Error::other)??;
            }
            Ok::<_, std::io::Error>(())
        });
        if let Err(error) = served {
            tracing::error!(%error, "the server ended");
        }
    })?;
    let handles = told.recv().context("the server does not start")?;
    tracing::info!(%address, "serving");
    Ok(Serving {
        handles,
        thread: Some(thread),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_in_use_names_its_setting() {
        let taken = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = taken.local_addr().unwrap();
        let error = bind("metrics.listen", address).unwrap_err().to_string();
        assert!(
            error.starts_with(&format!("metrics.listen: {address} is in use")),
            "{error}"
        );
    }

    #[test]
    fn an_address_of_another_machine_names_its_setting() {
        // From the block kept for documentation: nobody's.
        let elsewhere = SocketAddr::from(([192, 0, 2, 1], 8080));
        let error = bind("http.listen", elsewhere).unwrap_err().to_string();
        assert!(
            error.starts_with("http.listen: 192.0.2.1:8080 cannot be used here"),
            "{error}"
        );
    }
}
