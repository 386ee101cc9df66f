//! On which ground data is erased (Art. 17(1)): named by staff, or judged from what is known.

use serde::{Deserialize, Serialize};

/// A ground of Art. 17(1). Every plan names one; there is no erasure without.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum ErasureGround {
    /// The data is no longer needed for what it was collected for (Art. 17(1)(a)).
    #[serde(rename = "no_longer_needed_17_1_a")]
    NoLongerNeeded,
    /// Consent was withdrawn, and nothing else allows the processing (Art. 17(1)(b)).
    #[serde(rename = "consent_withdrawn_17_1_b")]
    ConsentWithdrawn,
    /// The person objected, to direct marketing or with nothing that overrides it (Art. 17(1)(c)).
    #[serde(rename = "objected_17_1_c")]
    Objected,
    /// The data was processed unlawfully (Art. 17(1)(d)).
    #[serde(rename = "unlawful_17_1_d")]
    Unlawful,
    /// A law demands the erasure (Art. 17(1)(e)).
    #[serde(rename = "legal_duty_17_1_e")]
    LegalDuty,
    /// It was collected when a service of the information society was offered to a child (Art. 17(1)(f), 8(1)).
    #[serde(rename = "child_service_17_1_f")]
    ChildService,
}

impl ErasureGround {
    /// All grounds, in the order of the article.
    pub const ALL: [Self; 6] = [
        Self::NoLongerNeeded,
        Self::ConsentWithdrawn,
        Self::Objected,
        Self::Unlawful,
        Self::LegalDuty,
        Self::ChildService,
    ];

    /// The name in the API, in the database and as key of texts.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::NoLongerNeeded => "no_longer_needed_17_1_a",
            Self::ConsentWithdrawn => "consent_withdrawn_17_1_b",
            Self::Objected => "objected_17_1_c",
            Self::Unlawful => "unlawful_17_1_d",
            Self::LegalDuty => "legal_duty_17_1_e",
            Self::ChildService => "child_service_17_1_f",
        }
    }

    /// The ground of that name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|ground| ground.name() == name)
    }

    /// What is known speaks for it how far.
    #[must_use]
    pub const fn standing(self, known: Known) -> Standing {
        match self {
            // What a contract needs is needed: until the person says that the service ends.
            Self::NoLongerNeeded if known.services_run => Standing::OnceServicesEnd,
            Self::NoLongerNeeded => Standing::Shown,
            Self::ConsentWithdrawn if known.consent_withdrawn => Standing::Shown,
            Self::Objected if known.objected => Standing::Shown,
            Self::ConsentWithdrawn
            | Self::Objected
            | Self::Unlawful
            | Self::LegalDuty
            | Self::ChildService => Standing::Unshown,
        }
    }
}

/// What the service knows of a request when its ground is judged.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Known {
    /// Whether services run whose data is to be erased.
    pub services_run: bool,
    /// Whether the person withdrew consent, and that was done.
    pub consent_withdrawn: bool,
    /// Whether the person objected, and that was granted.
    pub objected: bool,
}

/// How far what is known speaks for a ground.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// It applies.
    Shown,
    /// It applies once the person has confirmed that the services end.
    OnceServicesEnd,
    /// Nothing shows it: staff must say why it applies.
    Unshown,
}

impl Standing {
    /// The name as key of texts.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Shown => "shown",
            Self::OnceServicesEnd => "once_services_end",
            Self::Unshown => "unshown",
        }
    }
}

/// The ground that a plan rests on. Only [`assess`] makes one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Basis {
    ground: ErasureGround,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
}

impl Basis {
    /// The ground.
    #[must_use]
    pub const fn ground(&self) -> ErasureGround {
        self.ground
    }

    /// Why it applies, in staff's words.
    #[must_use]
    pub fn reason(&self) -> Option<&str> {
        self.reason.as_deref()
    }
}

/// The ground that was named is not shown, and nobody said why it applies.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("nothing shows that the ground {} applies", .0.name())]
pub struct GroundMissing(pub ErasureGround);

/// The ground of an erasure: the one that staff name with their reason, else what is known shows. Data that nobody needs
/// any more is the ground of most requests; where consent was withdrawn or an objection granted, that is.
///
/// # Errors
/// When the ground that was named needs a reason and has none.
pub fn assess(
    known: Known,
    named: Option<ErasureGround>,
    reason: Option<String>,
) -> Result<Basis, GroundMissing> {
    let shown = [ErasureGround::ConsentWithdrawn, ErasureGround::Objected]
        .into_iter()
        .find(|ground| !known.services_run && ground.standing(known) == Standing::Shown);
    let ground = named.or(shown).unwrap_or(ErasureGround::NoLongerNeeded);
    let reason = reason.filter(|reason| !reason.trim().is_empty());
    if ground.standing(known) == Standing::Unshown && reason.is_none() {
        return Err(GroundMissing(ground));
    }
    Ok(Basis { ground, reason })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rstest::rstest;

    use super::*;

    fn known(services_run: bool, consent_withdrawn: bool, objected: bool) -> Known {
        Known {
            services_run,
            consent_withdrawn,
            objected,
        }
    }

    #[test]
    fn what_is_known_speaks_for_each_ground_as_the_article_says() {
        let mut table = String::new();
        for ground in ErasureGround::ALL {
            let standings = [
                known(false, false, false),
                known(true, false, false),
                known(true, true, false),
                known(false, false, true),
            ]
            .map(|known| ground.standing(known).name());
            table.push_str(&format!("{}: {}\n", ground.name(), standings.join(", ")));
        }
        insta::assert_snapshot!(table, @r"
        no_longer_needed_17_1_a: shown, once_services_end, once_services_end, shown
        consent_withdrawn_17_1_b: unshown, unshown, shown, unshown
        objected_17_1_c: unshown, unshown, unshown, shown
        unlawful_17_1_d: unshown, unshown, unshown, unshown
        legal_duty_17_1_e: unshown, unshown, unshown, unshown
        child_service_17_1_f: unshown, unshown, unshown, unshown
        ");
    }

    #[rstest]
    #[case::nothing_runs(known(false, false, false), ErasureGround::NoLongerNeeded)]
    #[case::services_run(known(true, false, false), ErasureGround::NoLongerNeeded)]
    #[case::withdrawn(known(false, true, true), ErasureGround::ConsentWithdrawn)]
    #[case::objected(known(false, false, true), ErasureGround::Objected)]
    // A withdrawn consent does not make a contract's data superfluous: that the services end does.
    #[case::withdrawn_and_running(known(true, true, true), ErasureGround::NoLongerNeeded)]
    fn without_a_name_what_is_known_decides(#[case] known: Known, #[case] expected: ErasureGround) {
        assert_eq!(assess(known, None, None).unwrap().ground(), expected);
    }

    #[test]
    fn what_nothing_shows_needs_a_reason() {
        let known = Known::default();
        for ground in ErasureGround::ALL {
            let unshown = ground.standing(known) == Standing::Unshown;
            for blank in [None, Some(String::new()), Some(" \n".to_owned())] {
                let judged = assess(known, Some(ground), blank);
                assert_eq!(judged.is_err(), unshown, "{}", ground.name());
            }
            let given = assess(known, Some(ground), Some("The court said so.".to_owned())).unwrap();
            assert_eq!(
                (given.ground(), given.reason()),
                (ground, Some("The court said so."))
            );
        }
    }

    #[test]
    fn names_lead_back() {
        for ground in ErasureGround::ALL {
            assert_eq!(ErasureGround::from_name(ground.name()), Some(ground));
            assert_eq!(serde_json::to_value(ground).unwrap(), ground.name());
        }
        assert_eq!(ErasureGround::from_name("17(1)(g)"), None);
    }

    proptest! {
        #[test]
        fn no_basis_rests_on_what_is_neither_shown_nor_explained(
            flags in any::<[bool; 3]>(),
            named in prop::option::of(0usize..6),
            reason in prop::option::of("[ a-z]{0,8}"),
        ) {
            let known = known(flags[0], flags[1], flags[2]);
            let named = named.and_then(|at| ErasureGround::ALL.get(at).copied());
            if let Ok(basis) = assess(known, named, reason) {
                let explained = basis.reason().is_some_and(|reason| !reason.trim().is_empty());
                prop_assert!(explained || basis.ground().standing(known) != Standing::Unshown);
                prop_assert!(named.is_none_or(|named| named == basis.ground()));
            }
        }
    }
}
