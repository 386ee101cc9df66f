//! Chance from the operating system.

use rand::TryRng;
use rand::rngs::SysRng;

use crate::services::ports::Random;

/// The operating system's random source.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemRandom;

impl Random for SystemRandom {
    fn fill(&self, bytes: &mut [u8]) {
        // Without random bytes no code, key or id could be trusted: stopping is the only safe answer.
        SysRng
            .try_fill_bytes(bytes)
            .expect("the operating system gives random bytes");
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use chrono::{DateTime, TimeDelta};

    use super::*;

    #[test]
    fn every_byte_is_filled_and_no_two_draws_are_the_same() {
        let draws: BTreeSet<[u8; 16]> = (0..1000)
            .map(|_| {
                let mut bytes = [0; 16];
                SystemRandom.fill(&mut bytes);
                bytes
            })
            .collect();
        assert_eq!(draws.len(), 1000);
        for place in 0..16 {
            let values: BTreeSet<u8> = draws.iter().map(|draw| draw[place]).collect();
            assert!(values.len() > 200, "byte {place} hardly changes");
        }
    }

    #[test]
    fn ids_sort_by_their_time() {
        let earlier = DateTime::from_timestamp(1_800_000_000, 0).unwrap();
        let ids: Vec<_> = (0..100)
            .map(|millis| SystemRandom.id(earlier + TimeDelta::milliseconds(millis)))
            .collect();
        assert!(ids.is_sorted());
        assert!(ids.iter().all(|id| id.get_version_num() == 7));
    }
}
