//! The way to a MySQL or MariaDB server: connections with fixed settings, and transactions.

use std::future::Future;
use std::ops::ControlFlow;
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use mysql_async::consts::ColumnType;
use mysql_async::prelude::Queryable;
use mysql_async::{Column, Conn, Opts, OptsBuilder, Params, Value};
use tokio::runtime::{Builder, Handle, Runtime};
use tokio::time::timeout;
use url::Url;

use crate::adapters::connectors::sql::error::Failure;
use crate::adapters::connectors::sql::server::{Connection, Mode, Row, Server, Session, Take};
use crate::adapters::connectors::sql::statement::{Param, Statement};

/// How long a new connection may take, login included.
const CONNECT: Duration = Duration::from_secs(5);
/// How long an answer may take. Longer than a statement may.
const SILENCE: Duration = Duration::from_secs(40);
/// How long a farewell may take.
const FAREWELL: Duration = Duration::from_secs(1);
/// The largest row that is taken: what a server can be set to send.
const LARGEST: usize = 1 << 30;
/// Statements kept prepared on a connection: most occur once, with as many values as a batch has.
const PREPARED: usize = 8;
/// The character set of bytes.
const BINARY: u16 = 63;

/// Bounds for what may wait, and one text form for every value, whatever the server's defaults: digests are made of it.
/// Values that do not fit are refused, and not cut off.
const SETTINGS: &str = "SET SESSION sql_mode = 'STRICT_ALL_TABLES,NO_ENGINE_SUBSTITUTION', time_zone = '+00:00', \
     innodb_lock_wait_timeout = 5, lock_wait_timeout = 5, wait_timeout = 600, net_read_timeout = 60, \
     net_write_timeout = 120, foreign_key_checks = 1, unique_checks = 1, sql_safe_updates = 0";
/// Of MariaDB: seconds, for any statement. Long lists of keys are looked up by index, not made into tables.
const MARIADB: &str = "SET SESSION max_statement_time = 30, idle_transaction_timeout = 60, \
     in_predicate_conversion_threshold = 0";
/// Of MySQL: milliseconds, for those that read.
const MYSQL: &str = "SET SESSION max_execution_time = 30000";
/// For rows that come as a stream: as long as they are taken, at most an hour.
const STREAM: [(&str, &str); 2] = [
    (
        "SET SESSION max_statement_time = 3600",
        "SET SESSION max_statement_time = 30",
    ),
    ("SET SESSION max_execution_time = 3600000", MYSQL),
];

/// A server, and the role to enter it with.
pub(super) struct MysqlServer {
    opts: Opts,
}

impl MysqlServer {
    pub(super) fn new(url: &str) -> Result<Self, &'static str> {
        const NONE: &str =
            "its address is none of a MySQL or MariaDB database: mysql://user:password@host:3306/database";
        let mut address = Url::parse(url).map_err(|_| NONE)?;
        let mut socket = None;
        for (name, value) in address.query_pairs() {
            match name.as_ref() {
                "socket" => socket = Some(value.into_owned()),
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
        let opts = OptsBuilder::from_opts(opts)
            .socket(socket)
            .prefer_socket(false)
            .client_found_rows(true)
            .stmt_cache_size(PREPARED)
            .max_allowed_packet(Some(LARGEST))
            .wait_timeout(Some(600))
            .tcp_keepalive(Some(Duration::from_secs(10)))
            .connect_attribute("program_name", "dataratt");
        Ok(Self { opts: opts.into() })
    }
}

impl Server for MysqlServer {
    fn connect(&self) -> Result<Box<dyn Connection>, Failure> {
        let runtime = Builder::new_current_thread()
            .enable_io()
            .enable_time()
            .build()
            .map_err(|_| Failure::Busy)?;
        let opts = self.opts.clone();
        let (conn, mariadb) = runtime.block_on(async {
            timeout(CONNECT, opened(opts))
                .await
                .map_err(|_| Failure::Silent)?
        })?;
        Ok(Box::new(Connected {
            runtime: Some(runtime),
            conn: Some(conn),
            mariadb,
            broken: false,
        }))
    }
}

async fn opened(opts: Opts) -> Result<(Conn, bool), Failure> {
    let mut conn = Conn::new(opts).await?;
    let version: Option<String> = conn.query_first("SELECT VERSION()").await?;
    let mariadb = version.is_some_and(|version| version.contains("MariaDB"));
    for settings in [
        "SET NAMES utf8mb4",
        SETTINGS,
        if mariadb { MARIADB } else { MYSQL },
    ] {
        conn.query_drop(settings).await?;
    }
    Ok((conn, mariadb))
}

struct Connected {
    /// Both are there until it is dropped.
    runtime: Option<Runtime>,
    conn: Option<Conn>,
    mariadb: bool,
    broken: bool,
}

impl Connected {
    /// Waits for an answer, but not for ever. When none comes, nobody knows what the server still does.
    fn waited<'a, T, F>(
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

    fn simple(&mut self, text: &'static str) -> Result<(), Failure> {
        self.waited(SILENCE, |conn| conn.query_drop(text))
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
        Ok(Box::new(Begun { on: self, open: true }))
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

struct Begun<'a> {
    on: &'a mut Connected,
    open: bool,
}

/// The text with a mark for each value, and the values.
fn prepared(statement: &Statement) -> Result<(String, Params), Failure> {
    let (text, params) = statement.written(|_| "?".to_owned())?;
    let values: Result<Vec<Value>, Failure> = params.into_iter().map(value).collect();
    let values = values?;
    let params = if values.is_empty() {
        Params::Empty
    } else {
        Params::Positional(values)
    };
    Ok((text, params))
}

fn value(param: &Param) -> Result<Value, Failure> {
    Ok(match param {
        Param::Text(text) => text
            .as_ref()
            .map_or(Value::NULL, |text| Value::Bytes(text.clone().into_bytes())),
        Param::Int(number) => Value::Int(*number),
        Param::Uint(number) => Value::UInt(*number),
        Param::Texts(_) => return Err(Failure::refused("a list where the server takes none")),
    })
}

fn row(row: mysql_async::Row) -> Result<Row, Failure> {
    let columns = row.columns();
    let cells = row.unwrap().into_iter().zip(columns.iter());
    cells
        .map(|(value, column)| cell(value, column))
        .collect::<Result<_, _>>()
        .map(Row)
}

fn cell(value: Value, column: &Column) -> Result<Option<String>, Failure> {
    Ok(match value {
        Value::NULL => None,
        Value::Bytes(bytes) if is_bytes(column) => Some(STANDARD.encode(bytes)),
        Value::Bytes(bytes) => Some(
            String::from_utf8(bytes).map_err(|_| Failure::refused("an answer in another character set"))?,
        ),
        Value::Int(number) => Some(number.to_string()),
        Value::UInt(number) => Some(number.to_string()),
        _ => return Err(Failure::refused("an answer that is no text")),
    })
}

fn is_bytes(column: &Column) -> bool {
    let text = matches!(
        column.column_type(),
        ColumnType::MYSQL_TYPE_STRING
            | ColumnType::MYSQL_TYPE_VAR_STRING
            | ColumnType::MYSQL_TYPE_VARCHAR
            | ColumnType::MYSQL_TYPE_TINY_BLOB
            | ColumnType::MYSQL_TYPE_MEDIUM_BLOB
            | ColumnType::MYSQL_TYPE_LONG_BLOB
            | ColumnType::MYSQL_TYPE_BLOB
            | ColumnType::MYSQL_TYPE_GEOMETRY
    );
    text && column.character_set() == BINARY
}

/// A page of a stream of rows.
async fn page(
    rows: &mut mysql_async::QueryResult<'_, 'static, mysql_async::BinaryProtocol>,
    size: usize,
) -> Result<Vec<Row>, Failure> {
    let mut page = Vec::new();
    while page.len() < size {
        match rows.next().await? {
            Some(next) => page.push(row(next)?),
            None => break,
        }
    }
    Ok(page)
}

impl Begun<'_> {
    fn streamed(
        &mut self,
        statement: &Statement,
        size: usize,
        take: &mut Take<'_>,
    ) -> Result<ControlFlow<()>, Failure> {
        let (text, params) = prepared(statement)?;
        let (Some(runtime), Some(conn)) = (&self.on.runtime, &mut self.on.conn) else {
            return Err(Failure::broken("the connection is gone"));
        };
        // Until the last row was taken, the connection is of no other use.
        self.on.broken = true;
        let mut rows = match runtime.block_on(async { timeout(SILENCE, conn.exec_iter(text, params)).await })
        {
            Ok(Ok(rows)) => rows,
            Ok(Err(error)) => {
                self.on.broken = error.is_fatal();
                return Err(error.into());
            }
            Err(_) => return Err(Failure::Silent),
        };
        loop {
            let next = runtime.block_on(async { timeout(SILENCE, page(&mut rows, size)).await });
            let next = next.map_err(|_| Failure::Silent)??;
            let last = next.len() < size;
            if !next.is_empty() && take(next)?.is_break() {
                return Ok(ControlFlow::Break(()));
            }
            if last {
                break;
            }
        }
        drop(rows);
        self.on.broken = false;
        Ok(ControlFlow::Continue(()))
    }
}

impl Session for Begun<'_> {
    fn query(&mut self, statement: &Statement) -> Result<Vec<Row>, Failure> {
        let (text, params) = prepared(statement)?;
        let rows: Vec<mysql_async::Row> = self.on.waited(SILENCE, |conn| conn.exec(text, params))?;
        rows.into_iter().map(row).collect()
    }

    fn pages(
        &mut self,
        statement: &Statement,
        size: usize,
        take: &mut Take<'_>,
    ) -> Result<ControlFlow<()>, Failure> {
        let [mariadb, mysql] = STREAM;
        let (longer, again) = if self.on.mariadb { mariadb } else { mysql };
        self.on.simple(longer)?;
        let flow = self.streamed(statement, size, take);
        if !self.on.broken {
            self.on.simple(again)?;
        }
        flow
    }

    fn execute(&mut self, statement: &Statement) -> Result<u64, Failure> {
        let (text, params) = prepared(statement)?;
        self.on.waited(SILENCE, |conn| async move {
            conn.exec_drop(text, params).await?;
            Ok(conn.affected_rows())
        })
    }

    fn commit(mut self: Box<Self>) -> Result<(), Failure> {
        self.open = false;
        let done = self.on.simple("COMMIT");
        // Whether it was kept is not known: nothing more is to be done here.
        self.on.broken |= done.is_err();
        done
    }
}

impl Drop for Begun<'_> {
    fn drop(&mut self) {
        if self.open && !self.on.broken {
            self.on.broken = self.on.simple("ROLLBACK").is_err();
        }
    }
}
