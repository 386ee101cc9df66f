//! What the service survives: being killed, systems and databases that fail at any step, and others doing the same.

mod canary;
mod commands;
mod database;
mod disk;
mod every_step;
mod every_write;
pub mod faults;
mod grants;
mod process;
mod races;
mod service;
mod stopped;
mod sweeps;
pub mod watch;
