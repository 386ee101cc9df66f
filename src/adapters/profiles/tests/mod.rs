//! The shipped profiles, what is found in them, whom they tell, and what a bad file answers.

mod bad_files;
mod contradictions;
mod journeys;
mod selection;
mod shipped;

use super::load;
use crate::domain::organisation::Organisation;

const STEMS: [&str; 5] = [
    "admax",
    "iso27001-host",
    "poise",
    "skara-websolution",
    "webbplats-nu",
];

fn profile(stem: &str) -> Organisation {
    load(stem).unwrap_or_else(|error| panic!("{error}"))
}
