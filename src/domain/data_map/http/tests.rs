//! Paths that stay where they are meant to lead, ranges of addresses, and places in a row.

use super::*;

fn path(written: &str) -> Result<PathOfCall, Expected> {
    PathOfCall::try_from(written.to_owned())
}

#[rstest::rstest]
#[case("people")]
#[case("//elsewhere.example/people")]
#[case("/people/{id")]
#[case("/people/{}")]
#[case("/people/../admin")]
#[case("/people/{a b}")]
#[case("/people#{id}")]
#[case("/pe ople")]
fn a_path_that_may_lead_elsewhere_is_refused(#[case] written: &str) {
    assert_eq!(path(written), Err(Expected::TEMPLATE));
}

#[rstest::rstest]
#[case("4711", Some("/people/4711?full=1"))]
#[case("a/../b?c=d#e&f", Some("/people/a%2F..%2Fb%3Fc%3Dd%23e%26f?full=1"))]
#[case("å ö@x.example", Some("/people/%C3%A5%20%C3%B6%40x.example?full=1"))]
#[case("\r\nHost: x", Some("/people/%0D%0AHost%3A%20x?full=1"))]
#[case("..", None)]
#[case("", None)]
fn a_value_stays_one_value(#[case] value: &str, #[case] filled: Option<&str>) {
    let path = path("/people/{id}?full=1").unwrap();
    assert_eq!(path.fill(|_| Some(value)).as_deref(), filled);
    assert_eq!(path.names().collect::<Vec<_>>(), ["id"]);
    assert_eq!(path.fill(|_| None), None);
}

#[rstest::rstest]
#[case("10.0.0.0/8", "10.255.0.1", true)]
#[case("10.0.0.0/8", "11.0.0.1", false)]
#[case("10.0.0.0/8", "::ffff:10.0.0.1", true)]
#[case("127.0.0.1", "127.0.0.1", true)]
#[case("127.0.0.1", "127.0.0.2", false)]
#[case("0.0.0.0/0", "255.255.255.255", true)]
#[case("0.0.0.0/0", "::1", false)]
#[case("fd00::/8", "fd12::1", true)]
fn a_range_holds_the_addresses_with_its_beginning(
    #[case] range: &str,
    #[case] address: &str,
    #[case] inside: bool,
) {
    let range = AddressRange::try_from(range.to_owned()).unwrap();
    assert_eq!(range.contains(address.parse().unwrap()), inside);
}

#[test]
fn no_range_is_guessed() {
    for wrong in [
        "",
        "10.0.0.0/33",
        "localhost",
        "10.0.0.0/",
        "10.0.0.0/-1",
        "::/129",
    ] {
        let read = AddressRange::try_from(wrong.to_owned());
        assert_eq!(read.is_err(), wrong != "10.0.0.0/", "{wrong}");
    }
}

#[test]
fn a_column_is_the_field_of_its_name_unless_the_map_says_where() {
    let pointer = |text: &str| Pointer::try_from(text.to_owned()).unwrap();
    let table = HttpTable {
        columns: BTreeMap::from([("email".to_owned(), pointer("/attributes/email"))]),
        ..HttpTable::default()
    };
    assert_eq!(table.pointer("email"), "/attributes/email");
    assert_eq!(table.pointer("a/b~c"), "/a~1b~0c");
    assert!(Pointer::try_from("rows".to_owned()).is_err());
}
