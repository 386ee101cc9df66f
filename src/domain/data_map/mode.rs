//! Whether a system is really erased in, or only planned for.

use serde::Deserialize;

/// What an approved plan does in a system.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Mode {
    /// It is carried out.
    #[default]
    Live,
    /// Staff erase by hand, and the plan is held against what they did: so a map is tried before it is trusted.
    Shadow,
}

impl Mode {
    /// Whether nothing may be erased there.
    #[must_use]
    pub const fn is_shadow(self) -> bool {
        matches!(self, Self::Shadow)
    }

    /// The name in the map.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Live => "live",
            Self::Shadow => "shadow",
        }
    }
}
