//! The `dataratt` binary.

use std::process::ExitCode;

fn main() -> ExitCode {
    dataratt::cli::main()
}
