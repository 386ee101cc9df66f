//! Bounces, receipts and what people write, told apart.

use super::*;

fn report(action: &str, status: Option<&str>) -> Option<Report> {
    Some(Report {
        action: action.to_owned(),
        status: status.map(str::to_owned),
    })
}

#[rstest::rstest]
#[case::no_such_mailbox(report("failed", Some("5.1.1")), false, Kind::Bounce { lasting: true })]
#[case::gave_up(report("failed", Some("4.4.7")), true, Kind::Bounce { lasting: false })]
#[case::no_status(report("failed", None), true, Kind::Bounce { lasting: true })]
#[case::late(report("delayed", Some("4.4.1")), true, Kind::Status)]
#[case::arrived(report("delivered", Some("2.0.0")), true, Kind::Status)]
#[case::receipt(None, true, Kind::Automatic)]
#[case::person(None, false, Kind::Reply)]
fn what_came_in_is_told_apart(#[case] report: Option<Report>, #[case] automatic: bool, #[case] kind: Kind) {
    let incoming = Incoming {
        report,
        automatic,
        text: Some("Hej, det är klart.".to_owned()),
        ..Incoming::default()
    };
    assert_eq!(incoming.kind(), kind);
}

#[test]
fn who_says_nothing_has_not_answered() {
    assert_eq!(Incoming::default().kind(), Kind::Automatic);
}
