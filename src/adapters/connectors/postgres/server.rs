//! The way to a PostgreSQL server: connections with fixed settings, and transactions.

use std::ops::ControlFlow;
use std::time::Duration;

use postgres::config::{Host, SslMode};
use postgres::types::ToSql;
use postgres::{Client, Config, IsolationLevel, NoTls, Transaction};

use crate::adapters::connectors::sql::error::Failure;
use crate::adapters::connectors::sql::server::{Connection, Mode, Row, Server, Session, Take};
use crate::adapters::connectors::sql::statement::{Param, Statement};
use crate::adapters::connectors::sql::{RECEPTION, lock_timeout, statement_timeout};
use crate::adapters::connectors::tls::{Tls, is_local};
use crate::domain::data_map::System as Mapped;

/// How long to wait for a new connection.
const CONNECT: Duration = Duration::from_secs(5);

/// Bounds for what a statement may take, and one text form for every value, whatever the database's defaults: digests
/// are made of it. Where policies would hide rows, a statement fails rather than miss some.
const SETTINGS: &str = "SET idle_in_transaction_session_timeout = '60s'; SET TimeZone = 'UTC'; SET DateStyle = 'ISO, YMD'; \
     SET IntervalStyle = 'postgres'; SET extra_float_digits = 1; SET bytea_output = 'hex'; \
     SET lc_monetary = 'C'; SET row_security = off";

/// A server, and the role to enter it with.
pub(super) struct PostgresServer {
    config: Config,
    tls: Tls,
    settings: String,
}

impl PostgresServer {
    pub(super) fn new(mut config: Config, map: &Mapped) -> Self {
        let timeout = statement_timeout(map);
        config
            .application_name("dataratt")
            .connect_timeout(CONNECT)
            .tcp_user_timeout(timeout + RECEPTION)
            .keepalives(true)
            .keepalives_idle(Duration::from_secs(10))
            .keepalives_interval(Duration::from_secs(10))
            .keepalives_retries(3);
        Self {
            config,
            tls: Tls::of(map),
            settings: format!(
                "SET statement_timeout = {}; SET lock_timeout = {}; {SETTINGS}",
                timeout.as_millis(),
                lock_timeout(map).as_millis()
            ),
        }
    }

    /// Whether connections are encrypted: as the map says, or as the address demands, or where they leave the machine.
    fn is_encrypted(&self) -> bool {
        let mut here = self
            .config
            .get_hostaddrs()
            .iter()
            .all(std::net::IpAddr::is_loopback);
        for host in self.config.get_hosts() {
            match host {
                Host::Tcp(name) => here &= is_local(name),
                Host::Unix(_) => return self.tls.is_demanded(),
            }
        }
        match self.config.get_ssl_mode() {
            SslMode::Disable => self.tls.is_wanted(true),
            SslMode::Require => self.tls.is_wanted(false),
            _ => self.tls.is_wanted(here),
        }
    }
}

impl Server for PostgresServer {
    fn connect(&self) -> Result<Box<dyn Connection>, Failure> {
        let mut config = self.config.clone();
        let mut client = if self.is_encrypted() {
            config.ssl_mode(SslMode::Require);
            config.connect(self.tls.connector()?)?
        } else {
            config.ssl_mode(SslMode::Disable);
            config.connect(NoTls)?
        };
        client.batch_execute(&self.settings)?;
        Ok(Box::new(Connected(client)))
    }
}

struct Connected(Client);

impl Connection for Connected {
    fn begin(&mut self, mode: Mode) -> Result<Box<dyn Session + '_>, Failure> {
        let begun = match mode {
            Mode::View => self
                .0
                .build_transaction()
                .isolation_level(IsolationLevel::RepeatableRead)
                .read_only(true)
                .start()?,
            Mode::Change => self.0.transaction()?,
        };
        Ok(Box::new(Begun(begun)))
    }

    fn answers(&mut self, within: Duration) -> bool {
        self.0.is_valid(within).is_ok()
    }

    fn is_closed(&self) -> bool {
        self.0.is_closed()
    }
}

struct Begun<'a>(Transaction<'a>);

/// The text with numbered values, and the values.
fn prepared(statement: &Statement) -> Result<(String, Vec<&(dyn ToSql + Sync)>), Failure> {
    let (text, _) = statement.written(|number| format!("${number}"))?;
    let params = statement.params().iter().map(|param| match param {
        Param::Text(text) => text as &(dyn ToSql + Sync),
        Param::Texts(texts) => texts,
        Param::Int(number) => number,
        // No column of PostgreSQL's holds such numbers.
        Param::Uint(_) => &None::<String>,
    });
    Ok((text, params.collect()))
}

fn row(row: &postgres::Row) -> Result<Row, Failure> {
    let values: Result<_, postgres::Error> = (0..row.len()).map(|at| row.try_get(at)).collect();
    Ok(Row(values?))
}

impl Session for Begun<'_> {
    fn query(&mut self, statement: &Statement) -> Result<Vec<Row>, Failure> {
        let (text, params) = prepared(statement)?;
        self.0.query(&text, &params)?.iter().map(row).collect()
    }

    fn pages(
        &mut self,
        statement: &Statement,
        size: usize,
        take: &mut Take<'_>,
    ) -> Result<ControlFlow<()>, Failure> {
        let (text, params) = prepared(statement)?;
        let portal = self.0.bind(&text, &params)?;
        let size = i32::try_from(size).unwrap_or(i32::MAX);
        loop {
            let page = self.0.query_portal(&portal, size)?;
            if page.is_empty() {
                return Ok(ControlFlow::Continue(()));
            }
            if take(page.iter().map(row).collect::<Result<_, _>>()?)?.is_break() {
                return Ok(ControlFlow::Break(()));
            }
        }
    }

    fn execute(&mut self, statement: &Statement) -> Result<u64, Failure> {
        let (text, params) = prepared(statement)?;
        Ok(self.0.execute(&text, &params)?)
    }

    fn commit(self: Box<Self>) -> Result<(), Failure> {
        Ok(self.0.commit()?)
    }
}
