//! A transaction with a MySQL or MariaDB server.

use std::ops::ControlFlow;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use mysql_async::consts::ColumnType;
use mysql_async::prelude::Queryable;
use mysql_async::{Column, Params, Value};
use tokio::time::timeout;

use crate::adapters::connectors::sql::error::Failure;
use crate::adapters::connectors::sql::server::{Row, Session, Take};
use crate::adapters::connectors::sql::statement::{Param, Statement};

use super::server::Connected;

/// The character set of bytes.
const BINARY: u16 = 63;

/// A transaction that was begun, and is rolled back unless it is committed.
pub(super) struct Begun<'a> {
    on: &'a mut Connected,
    open: bool,
    unhurried: bool,
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

impl<'a> Begun<'a> {
    pub(super) fn new(on: &'a mut Connected) -> Self {
        Self {
            on,
            open: true,
            unhurried: false,
        }
    }

    fn streamed(
        &mut self,
        statement: &Statement,
        size: usize,
        take: &mut Take<'_>,
    ) -> Result<ControlFlow<()>, Failure> {
        let (text, params) = prepared(statement)?;
        let patience = self.on.patience();
        let (Some(runtime), Some(conn)) = (&self.on.runtime, &mut self.on.conn) else {
            return Err(Failure::broken("the connection is gone"));
        };
        // Until the last row was taken, the connection is of no other use.
        self.on.broken = true;
        let mut rows = match runtime.block_on(async { timeout(patience, conn.exec_iter(text, params)).await })
        {
            Ok(Ok(rows)) => rows,
            Ok(Err(error)) => {
                self.on.broken = error.is_fatal();
                return Err(error.into());
            }
            Err(_) => return Err(Failure::Silent),
        };
        loop {
            let next = runtime.block_on(async { timeout(patience, page(&mut rows, size)).await });
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
        let rows: Vec<mysql_async::Row> = self
            .on
            .waited(self.on.patience(), |conn| conn.exec(text, params))?;
        rows.into_iter().map(row).collect()
    }

    fn pages(
        &mut self,
        statement: &Statement,
        size: usize,
        take: &mut Take<'_>,
    ) -> Result<ControlFlow<()>, Failure> {
        self.streamed(statement, size, take)
    }

    fn unhurried(&mut self) -> Result<(), Failure> {
        self.unhurried = true;
        self.on.hurry(false)
    }

    fn execute(&mut self, statement: &Statement) -> Result<u64, Failure> {
        let (text, params) = prepared(statement)?;
        self.on.waited(self.on.patience(), |conn| async move {
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
        if self.unhurried && !self.on.broken {
            self.on.broken = self.on.hurry(true).is_err();
        }
    }
}
