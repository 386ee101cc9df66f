//! What a password must be.

use dataratt::domain::staff::{Actor, Role};
use dataratt::services::accounts;

use super::{PASSWORD, World, wrong_fields};

const EMAIL: &str = "anna.svensson@host.example";

#[rstest::rstest]
#[case::a_phrase("fyra blå elefanter dansar tango")]
#[case::letters_alone("qvxzkwjhplmrtbdn")]
#[case::as_printed_at_the_first_start("Correct-horse-9f86d081884c7d65")]
#[case::twelve_characters("t7#Kq!zW2@xB")]
#[case::twelve_characters_of_more_bytes("ö7#Kå!äW2@öB")]
#[case::spaces_inside_and_around(" kanin 8 moln svamp ")]
#[case::a_name_and_enough_beside_it("svensson vilar i gräset")]
#[case::longest(&"kF9-".repeat(2).chars().chain("Qz7!mB2#".repeat(15).chars()).collect::<String>())]
fn such_are_taken_and_work(#[case] password: &str) {
    let world = World::new();
    let added = accounts::add_staff(&world, &Actor::System, EMAIL, Role::Agent, password);
    assert!(added.is_ok(), "{added:?}");
    assert!(world.login(EMAIL, password).is_ok());
}

#[rstest::rstest]
#[case::empty("", "too_short")]
#[case::eleven("t7#Kq!zW2@x", "too_short")]
#[case::eleven_of_more_bytes("ö7#Kå!äW2@ö", "too_short")]
#[case::longer_than_anybody_types(&"kF9-Qz7!".repeat(17), "too_long")]
#[case::common("password12345", "too_weak")]
#[case::common_with_decoration("P@ssw0rd1234", "too_weak")]
#[case::repeated("aaaaaaaaaaaaaaaa", "too_weak")]
#[case::sequence("1234567890123456", "too_weak")]
#[case::keyboard("qwertyuiopasdf", "too_weak")]
#[case::address("anna.svensson@host.example", "too_weak")]
#[case::name_of_the_address("annasvensson1", "too_weak")]
#[case::names_and_a_few("Svensson!Anna7x%K", "too_weak")]
#[case::product("datarattdataratt", "too_weak")]
#[case::product_and_year("Dataratt2026", "too_weak")]
#[case::organisation("admaxadmax2026", "too_weak")]
fn such_are_refused(#[case] password: &str, #[case] code: &str) {
    let world = World::new();
    let added = accounts::add_staff(&world, &Actor::System, EMAIL, Role::Agent, password);
    assert_eq!(wrong_fields(added), [("password", code)]);
    let anna = world.person(EMAIL, Role::Agent);
    let reset = accounts::reset(&world, &Actor::System, anna.id, password);
    assert_eq!(wrong_fields(reset), [("password", code)]);
    assert!(
        world.login(EMAIL, PASSWORD).is_ok(),
        "a refused reset changes nothing"
    );
}
