//! The pages of staff, and the figures behind them.

mod statistics;
