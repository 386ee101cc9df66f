//! What PostgreSQL says when something is wrong, told without its words: those quote values of rows.

use std::error::Error;
use std::io;

use postgres::error::DbError;

use crate::adapters::connectors::sql::error::{Answer, Failure, in_short};
use crate::adapters::connectors::tls;

impl From<postgres::Error> for Failure {
    fn from(error: postgres::Error) -> Self {
        match error.as_db_error() {
            Some(answer) => Self::Answer(told(answer)),
            None => without_answer(&error),
        }
    }
}

fn told(answer: &DbError) -> Answer {
    let code = answer.code().code();
    let names = [
        ("table", answer.table()),
        ("column", answer.column()),
        ("constraint", answer.constraint()),
        ("type", answer.datatype()),
    ];
    Answer {
        in_short: in_short(&format!("SQLSTATE {code}"), meaning(code), &names),
        passes: passes(code),
        names_changed: matches!(code, "42P01" | "42703" | "3F000" | "42804" | "42883"),
        is_privilege: code == "42501",
    }
}

/// Whether the same may work later: connections, resources, timeouts, locks, a server that starts or stops.
fn passes(code: &str) -> bool {
    ["08", "53", "57", "58"]
        .iter()
        .any(|class| code.starts_with(class))
        || matches!(code, "40001" | "40P01" | "55P03" | "25P03" | "25P04")
}

fn meaning(code: &str) -> &'static str {
    match code {
        "22P02" => "a value of another type",
        "23502" => "a column that must not be empty",
        "23503" => "a row that others refer to",
        "23505" => "a value that another row has",
        "23514" => "a value that a rule forbids",
        "25006" => "it takes no changes",
        "28000" | "28P01" => "the login",
        "3D000" => "no such database",
        "40001" | "40P01" => "others work on the same rows",
        "42501" => "a missing privilege",
        "53100" => "its disk is full",
        "53200" => "its memory is full",
        "53300" => "it has no connection free",
        "55P03" => "a lock that others hold",
        "57014" => "it took too long",
        "57P01" | "57P02" | "57P03" => "it stops or starts",
        _ => "",
    }
}

/// Nothing came from the server: the way to it is broken, or what came was not understood.
fn without_answer(error: &postgres::Error) -> Failure {
    let way = error
        .source()
        .and_then(|source| source.downcast_ref::<io::Error>());
    if let Some(refusal) = way.and_then(tls::refusal) {
        return refusal;
    }
    let plain = error
        .source()
        .is_some_and(|source| source.to_string() == "server does not support TLS");
    if plain {
        return tls::not_offered();
    }
    match (way.map(|source| source.kind().to_string()), error.source()) {
        (Some(reason), _) => Failure::broken(reason),
        (None, None) => Failure::broken("the connection is gone"),
        (None, Some(_)) if error.is_closed() => Failure::broken("the connection is gone"),
        (None, Some(_)) => Failure::Way {
            reason: "it speaks otherwise than expected, or demands TLS or another way to log in".to_owned(),
            passes: false,
        },
    }
}
