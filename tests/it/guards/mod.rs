//! Tests over the source itself.
