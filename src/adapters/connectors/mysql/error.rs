//! What MySQL and MariaDB say when something is wrong, told without their words: those quote values of rows.

use mysql_async::{DriverError, Error, IoError, ServerError};

use crate::adapters::connectors::sql::error::{Answer, Failure, in_short};
use crate::adapters::connectors::tls;

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        match error {
            Error::Server(answer) => Self::Answer(told(&answer)),
            Error::Io(IoError::Io(error)) => {
                tls::refusal(&error).unwrap_or_else(|| Self::broken(error.kind().to_string()))
            }
            Error::Io(IoError::Tls(_)) => Self::Way {
                reason: "its certificate is not trusted".to_owned(),
                passes: false,
            },
            Error::Driver(DriverError::ConnectionClosed | DriverError::PacketOutOfOrder) => {
                Self::broken("the connection is gone")
            }
            Error::Driver(DriverError::NoClientSslFlagFromServer) => tls::not_offered(),
            Error::Driver(_) | Error::Other(_) | Error::Url(_) => Self::Way {
                reason: "it speaks otherwise than expected, or demands TLS or another way to log in"
                    .to_owned(),
                passes: false,
            },
        }
    }
}

fn told(answer: &ServerError) -> Answer {
    let (constraint, column) = names(answer);
    let names = [("column", column), ("constraint", constraint)];
    Answer {
        in_short: in_short(&format!("error {}", answer.code), meaning(answer.code), &names),
        passes: passes(answer.code),
        names_changed: matches!(answer.code, 1054 | 1072 | 1109 | 1146 | 1356 | 1412),
        is_privilege: matches!(answer.code, 1142 | 1143 | 1227 | 1370),
    }
}

/// Whether the same may work later: connections, resources, time-outs, locks, a server that starts or stops.
fn passes(code: u16) -> bool {
    matches!(
        code,
        1021 | 1037
            | 1038
            | 1040
            | 1041
            | 1053
            | 1077..=1079
            | 1114
            | 1158..=1161
            | 1203
            | 1205
            | 1213
            | 1226
            | 1317
            | 1412
            | 1615
            | 1927
            | 1969
            | 3024
            | 3168
            | 4031
    )
}

fn meaning(code: u16) -> &'static str {
    match code {
        1021 | 1114 => "its disk is full",
        1037 | 1038 | 1041 => "its memory is full",
        1040 | 1203 | 1226 => "it has no connection free",
        1044 | 1045 | 1130 | 1251 | 1698 | 1820 | 1862 | 3118 | 4151 => "the login",
        1048 | 1364 => "a column that must not be empty",
        1049 => "no such database",
        1053 | 1077..=1079 => "it stops or starts",
        1062 => "a value that another row has",
        1142 | 1143 | 1227 | 1370 => "a missing privilege",
        1205 => "a lock that others hold",
        1213 => "others work on the same rows",
        1264 | 1265 | 1292 | 1366 | 1406 | 1411 => "a value of another type",
        1290 | 1792 | 1836 => "it takes no changes",
        1317 | 1969 | 3024 => "it took too long",
        1451 | 1217 => "a row that others refer to",
        1452 | 1216 => "a row that refers to none",
        1665 => "its binary log is written by statement: set binlog_format to MIXED or ROW",
        1927 => "the connection was ended",
        3819 | 4025 => "a value that a rule forbids",
        _ => "",
    }
}

/// The constraint and the column that an answer is about, where it quotes no values besides.
fn names(answer: &ServerError) -> (Option<&str>, Option<&str>) {
    let after = |begin: &str, end: char| {
        let (_, rest) = answer.message.split_once(begin)?;
        rest.split_once(end).map(|(name, _)| name)
    };
    match answer.code {
        1451 | 1452 | 4025 => (after("CONSTRAINT `", '`'), None),
        3819 => (after("constraint '", '\''), None),
        1048 | 1264 | 1265 | 1406 => (None, after("olumn '", '\'')),
        _ => (None, None),
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    fn answer(code: u16, message: &str) -> Answer {
        told(&ServerError {
            code,
            message: message.to_owned(),
            state: "HY000".to_owned(),
        })
    }

    #[rstest]
    #[case(
        1451,
        "Cannot delete or update a parent row: a foreign key constraint fails (`db`.`o`, CONSTRAINT `o_of_p` FOREIGN KEY (`m`) REFERENCES `p` (`m`))",
        "error 1451: a row that others refer to, constraint o_of_p"
    )]
    #[case(
        1406,
        "Data too long for column 'note' at row 1",
        "error 1406: a value of another type, column note"
    )]
    #[case(
        1062,
        "Duplicate entry 'anna@x.example' for key 'mail'",
        "error 1062: a value that another row has"
    )]
    #[case(
        1366,
        "Incorrect integer value: 'Anna' for column `db`.`t`.`n` at row 1",
        "error 1366: a value of another type"
    )]
    #[case(9999, "Anna", "error 9999")]
    fn names_are_told_and_values_not(#[case] code: u16, #[case] message: &str, #[case] short: &str) {
        assert_eq!(answer(code, message).in_short, short);
    }

    #[test]
    fn what_passes_is_tried_again_and_the_rest_is_for_staff() {
        assert!([1205, 1213, 1969, 3024, 1040, 1114, 1053].into_iter().all(passes));
        assert!(![1045, 1142, 1451, 1062, 1290].into_iter().any(passes));
        assert!(answer(1146, "").names_changed && !answer(1451, "").names_changed);
    }
}
