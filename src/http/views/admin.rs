//! Views to come.
