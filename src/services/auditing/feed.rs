//! Rows in their order, a page at a time, so that a trail of any length takes constant memory.

use std::collections::VecDeque;

use crate::services::Result;
use crate::store::{self, Conn};

/// Rows read at a time.
const PAGE: i64 = 1000;

type Fetch<K, T> = fn(&mut Conn, Option<K>, i64) -> store::Result<Vec<T>>;

/// The rows of one table in the order of their keys.
pub(super) struct Feed<K, T> {
    page: VecDeque<T>,
    after: Option<K>,
    ended: bool,
    fetch: Fetch<K, T>,
    key: fn(&T) -> K,
}

impl<K: Copy, T> Feed<K, T> {
    /// From the first row: `fetch` gives those after a key.
    pub fn new(fetch: Fetch<K, T>, key: fn(&T) -> K) -> Self {
        Self {
            page: VecDeque::new(),
            after: None,
            ended: false,
            fetch,
            key,
        }
    }

    /// The next row, which stays the next.
    pub fn peek(&mut self, conn: &mut Conn) -> Result<Option<&T>> {
        if self.page.is_empty() && !self.ended {
            self.page = (self.fetch)(conn, self.after, PAGE)?.into();
            self.ended = i64::try_from(self.page.len()).is_ok_and(|rows| rows < PAGE);
            self.after = self.page.back().map(self.key).or(self.after);
        }
        Ok(self.page.front())
    }

    /// The next row, if it is a wanted one.
    pub fn next_if(&mut self, conn: &mut Conn, wanted: impl FnOnce(&T) -> bool) -> Result<Option<T>> {
        let is_wanted = self.peek(conn)?.is_some_and(wanted);
        Ok(if is_wanted { self.page.pop_front() } else { None })
    }
}
