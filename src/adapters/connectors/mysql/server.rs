//! The way to a MySQL or MariaDB server: connections with fixed settings.

use std::future::Future;
use std::time::Duration;

use mysql_async::prelude::Queryable;
use mysql_async::{Conn, Opts, OptsBuilder, SslOpts};
use tokio::runtime::{Builder, Handle, Runtime};
use tokio::time::timeout;
use url::Url;

use crate::adapters::connectors::sql::error::Failure;
use crate::adapters::connectors::sql::server::{Connection, Mode, Server, Session};
use crate::adapters::connectors::sql::{RECEPTION, lock_timeout, statement_timeout};
use crate::adapters::connectors::tls::{Tls, is_local};
use crate::domain::data_map::System as Mapped;

use super::session::Begun;

/// How long a new connection may take, login included.
const CONNECT: Duration = Duration::from_secs(5);
/// How long a farewell may take.
const FAREWELL: Duration = Duration::from_secs(1);
/// The largest row that is taken: what a server can be set to send.
const LARGEST: usize = 1 << 30;
/// Statements kept prepared on a connection: most occur once, with as many values as a batch has.
const PREPARED: usize = 8;

/// Bounds for what may wait, and one text form for every value, whatever the server's defaults: digests are made of it.
/// Values that do not fit are refused, and not cut off.
const SETTINGS: &str = "SET SESSION sql_mode = 'STRICT_ALL_TABLES,NO_ENGINE_SUBSTITUTION', time_zone = '+00:00', \
     wait_timeout = 600, net_read_timeout = 60, net_write_timeout = 120, \
     foreign_key_checks = 1, unique_checks = 1, sql_safe_updates = 0";
/// Of MariaDB alone: long lists of keys are looked up by index, not made into tables.
const MARIADB: &str = "SET SESSION idle_transaction_timeout = 60, in_predicate_conversion_threshold = 0";
/// How long the rows of one statement may be taken.
const STREAM: Duration = Duration::from_secs(3600);

/// A server, and the role to enter it with.
pub(super) struct MysqlServer {
    opts: Opts,
    tls: Tls,
    is_encrypted: bool,
    timeout: Duration,
    /// How long to wait for rows that others hold, as a statement.
    locks: String,
}

impl MysqlServer {
    pub(super) fn new(url: &str, map: &Mapped) -> Result<Self, &'static str> {
        const NONE: &str =
            "its address is none of a MySQL or MariaDB database: mysql://user:password@host:3306/database";
        let mut address = Url::parse(url).map_err(|_| NONE)?;
        let mut socket = None;
        for (name, value) in address.query_pairs() {
            match name.as_ref() {
                "socket" => socket = Some(value.into_owned()),
                name if name.contains("ssl") => {
                    return Err("how it is encrypted is said under tls in the map, not in its address");
                }
                _ => return Err("its address has a parameter that is not known"),
            }
        }
        address.set_query(None);
        let text = address.as_str();
        let text = text
            .strip_prefix("mariadb:")
            .or_else(|| text.strip_prefix("mysql:"));
        let opts = Opts::from_url(&format!("mysql:{}", text.ok_or(NONE)?)).map_err(|_| NONE)?;
        if opts.db_name().is_none_or(str::is_empty) {
            return Err("its address names no database");
        }
        let seconds = lock_timeout(map).as_secs().max(1);
        let tls = Tls::of(map);
        if tls.is_demanded() && socket.is_some() {
            return Err("a connection through a socket is not encrypted");
        }
        let is_encrypted = socket.is_none() && tls.is_wanted(is_local(opts.ip_or_hostname()));
        let opts = OptsBuilder::from_opts(opts)
            .socket(socket)
            .prefer_socket(false)
            .client_found_rows(true)
            .stmt_cache_size(PREPARED)
            .max_allowed_packet(Some(LARGEST))
            .wait_timeout(Some(600))
            .tcp_keepalive(Some(Duration::from_secs(10)))
            .connect_attribute("program_name", "dataratt");
        Ok(Self {
            opts: opts.into(),
            tls,
            is_encrypted,
            timeout: statement_timeout(map),
            locks: format!("SET SESSION innodb_lock_wait_timeout = {seconds}, lock_wait_timeout = {seconds}"),
        })
    }

    fn opts(&self) -> Result<Opts, Failure> {
        if !self.is_encrypted {
            return Ok(self.opts.clone());
        }
        let authorities = self.tls.authorities()?.into_iter();
        let authorities = authorities.map(|authority| authority.as_ref().to_vec().into());
        let ssl = SslOpts::default()
            .with_root_certs(authorities.collect())
            .with_disable_built_in_roots(true)
            .with_danger_tls_hostname_override(self.tls.name().map(ToOwned::to_owned));
        Ok(OptsBuilder::from_opts(self.opts.clone()).ssl_opts(ssl).into())
    }

    async fn opened(&self, opts: Opts) -> Result<(Conn, bool), Failure> {
        let mut conn = Conn::new(opts).await?;
        let version: Option<String> = conn.query_first("SELECT VERSION()").await?;
        let mariadb = version.is_some_and(|version| version.contains("MariaDB"));
        for settings in ["SET NAMES utf8mb4", SETTINGS, &self.locks] {
            conn.query_drop(settings).await?;
        }
        if mariadb {
            conn.query_drop(MARIADB).await?;
        }
        conn.query_drop(limited(mariadb, self.timeout)).await?;
        Ok((conn, mariadb))
    }
}

impl Server for MysqlServer {
    fn connect(&self) -> Result<Box<dyn Connection>, Failure> {
        let runtime = Builder::new_current_thread()
            .enable_io()
            .enable_time()
            .build()
            .map_err(|_| Failure::Busy)?;
        let opts = self.opts()?;
        let (conn, mariadb) = runtime.block_on(async {
            timeout(CONNECT, self.opened(opts))
                .await
                .map_err(|_| Failure::Silent)?
        })?;
        Ok(Box::new(Connected {
            runtime: Some(runtime),
            conn: Some(conn),
            mariadb,
            timeout: self.timeout,
            broken: false,
        }))
    }
}

/// The statement that bounds how long others take: with MySQL only those that read.
fn limited(mariadb: bool, limit: Duration) -> String {
    if mariadb {
        format!("SET SESSION max_statement_time = {}", limit.as_secs())
    } else {
        format!("SET SESSION max_execution_time = {}", limit.as_millis())
    }
}

/// A connection, and what its answers are waited for with.
pub(super) struct Connected {
    /// Both are there until it is dropped.
    pub(super) runtime: Option<Runtime>,
    pub(super) conn: Option<Conn>,
    mariadb: bool,
    /// How long a statement may take.
    timeout: Duration,
    pub(super) broken: bool,
}

impl Connected {
    /// Waits for an answer, but not for ever. When none comes, nobody knows what the server still does.
    pub(super) fn waited<'a, T, F>(
        &'a mut self,
        within: Duration,
        ask: impl FnOnce(&'a mut Conn) -> F,
    ) -> Result<T, Failure>
    where
        F: Future<Output = mysql_async::Result<T>>,
    {
        let (Some(runtime), Some(conn)) = (&self.runtime, &mut self.conn) else {
            return Err(Failure::broken("the connection is gone"));
        };
        let broken = &mut self.broken;
        match runtime.block_on(async { timeout(within, ask(conn)).await }) {
            Ok(Ok(answer)) => Ok(answer),
            Ok(Err(error)) => {
                *broken |= error.is_fatal();
                Err(error.into())
            }
            Err(_) => {
                *broken = true;
                Err(Failure::Silent)
            }
        }
    }

    pub(super) fn simple(&mut self, text: &str) -> Result<(), Failure> {
        self.waited(self.patience(), |conn| conn.query_drop(text.to_owned()))
    }

    /// Lets statements take as long as somebody takes their rows, or as long as others again.
    pub(super) fn hurry(&mut self, hurry: bool) -> Result<(), Failure> {
        let limit = if hurry { self.timeout } else { STREAM };
        self.simple(&limited(self.mariadb, limit))
    }

    /// How long an answer is waited for: longer than a statement may take.
    pub(super) fn patience(&self) -> Duration {
        self.timeout + RECEPTION
    }
}

impl Connection for Connected {
    fn begin(&mut self, mode: Mode) -> Result<Box<dyn Session + '_>, Failure> {
        let (level, start) = match mode {
            Mode::View => (
                "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ",
                "START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY",
            ),
            // Rows that a statement looked at and left alone are not locked.
            Mode::Change => (
                "SET TRANSACTION ISOLATION LEVEL READ COMMITTED",
                "START TRANSACTION",
            ),
        };
        self.simple(level)?;
        self.simple(start)?;
        Ok(Box::new(Begun::new(self)))
    }

    fn answers(&mut self, within: Duration) -> bool {
        self.waited(within, Queryable::ping).is_ok()
    }

    fn is_closed(&self) -> bool {
        self.broken || self.conn.as_ref().is_none_or(Conn::is_disconnected)
    }
}

impl Drop for Connected {
    fn drop(&mut self) {
        let conn = self.conn.take();
        let Some(runtime) = self.runtime.take() else {
            return;
        };
        if let Some(conn) = conn.filter(|_| !self.broken)
            && Handle::try_current().is_err()
        {
            // A server that does not hear it sees the connection end.
            let _unheard = runtime.block_on(async { timeout(FAREWELL, conn.disconnect()).await });
        }
        runtime.shutdown_background();
    }
}
