//! The organisation's colour, made legible: WCAG 2.2 contrast on light and on dark ground.

/// The light ground, as in the stylesheet.
const PAPER: Rgb = Rgb(246, 248, 248);
/// The dark ground, as in the stylesheet.
const NIGHT: Rgb = Rgb(28, 33, 36);
/// Used where the profile's colour cannot be read.
const FALLBACK: Rgb = Rgb(18, 94, 94);
/// Text needs 4.5 : 1 (success criterion 1.4.3); a little more, for tinted grounds.
const TEXT_CONTRAST: f64 = 5.2;

#[derive(Clone, Copy, Debug, PartialEq)]
struct Rgb(u8, u8, u8);

impl Rgb {
    fn parse(colour: &str) -> Option<Self> {
        let digits = colour.strip_prefix('#')?;
        if digits.len() != 6 || !digits.is_ascii() {
            return None;
        }
        let pair = |at: usize| u8::from_str_radix(digits.get(at..at + 2)?, 16).ok();
        Some(Self(pair(0)?, pair(2)?, pair(4)?))
    }

    fn luminance(self) -> f64 {
        let linear = |channel: u8| {
            let share = f64::from(channel) / 255.0;
            if share <= 0.04045 {
                share / 12.92
            } else {
                ((share + 0.055) / 1.055).powf(2.4)
            }
        };
        0.2126 * linear(self.0) + 0.7152 * linear(self.1) + 0.0722 * linear(self.2)
    }

    fn contrast(self, other: Self) -> f64 {
        let (a, b) = (self.luminance(), other.luminance());
        (a.max(b) + 0.05) / (a.min(b) + 0.05)
    }

    /// This colour mixed with `share` per cent of `other`.
    fn mix(self, other: Self, share: u16) -> Self {
        let part = |a: u8, b: u8| {
            let mixed = (u16::from(a) * (100 - share) + u16::from(b) * share) / 100;
            u8::try_from(mixed).unwrap_or(u8::MAX)
        };
        Self(
            part(self.0, other.0),
            part(self.1, other.1),
            part(self.2, other.2),
        )
    }

    /// The nearest shade towards `towards` that can be read on `ground`.
    fn legible(self, ground: Self, towards: Self) -> Self {
        (0..=100)
            .step_by(2)
            .map(|share| self.mix(towards, share))
            .find(|shade| shade.contrast(ground) >= TEXT_CONTRAST)
            .unwrap_or(towards)
    }

    fn hex(self) -> String {
        format!("#{:02x}{:02x}{:02x}", self.0, self.1, self.2)
    }
}

/// The stylesheet `/assets/brand.css`: the custom properties that the main stylesheet builds on.
///
/// A colour that is not `#rrggbb` gives the product's own.
#[must_use]
pub fn brand_css(colour: &str) -> String {
    let brand = Rgb::parse(colour).unwrap_or(FALLBACK);
    let light = legible_on_light(colour);
    let dark = brand.legible(NIGHT, Rgb(255, 255, 255)).hex();
    let brand = brand.hex();
    format!(
        ":root{{--brand:{brand};--accent:{light};--on-accent:#ffffff}}\n\
         @media (prefers-color-scheme:dark){{:root{{--accent:{dark};--on-accent:#14181a}}}}\n"
    )
}

/// The colour as it can be read on light ground, as `#rrggbb`; mails use it too.
#[must_use]
pub fn legible_on_light(colour: &str) -> String {
    Rgb::parse(colour)
        .unwrap_or(FALLBACK)
        .legible(PAPER, Rgb(0, 0, 0))
        .hex()
}

/// The contrast of two `#rrggbb`, for the test of the stylesheet.
#[cfg(test)]
pub(crate) fn contrast(one: &str, other: &str) -> f64 {
    Rgb::parse(one).unwrap().contrast(Rgb::parse(other).unwrap())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_ends_of_the_scale_have_the_published_contrast() {
        let (black, white) = (Rgb(0, 0, 0), Rgb(255, 255, 255));
        assert!((black.contrast(white) - 21.0).abs() < 0.001);
        assert!((white.contrast(white) - 1.0).abs() < 0.001);
        // A well-known pair: #767676 on white just passes AA.
        assert!(Rgb(0x76, 0x76, 0x76).contrast(white) > 4.5);
        assert!(Rgb(0x77, 0x77, 0x77).contrast(white) < 4.5);
    }

    #[test]
    fn what_is_not_a_colour_cannot_write_css() {
        for colour in [
            "",
            "red",
            "#fff",
            "#12345g",
            "#0b5cab;}body{display:none}",
            "#åäö",
        ] {
            assert!(brand_css(colour).contains("--brand:#125e5e;"), "{colour}");
        }
    }

    #[test]
    fn a_dark_colour_is_kept_as_it_is_on_light_ground() {
        assert_eq!(legible_on_light("#0b3d6b"), "#0b3d6b");
    }

    proptest! {
        #[test]
        fn every_colour_is_legible_on_both_grounds(r: u8, g: u8, b: u8) {
            let brand = Rgb(r, g, b);
            prop_assert!(brand.legible(PAPER, Rgb(0, 0, 0)).contrast(PAPER) >= TEXT_CONTRAST);
            prop_assert!(brand.legible(NIGHT, Rgb(255, 255, 255)).contrast(NIGHT) >= TEXT_CONTRAST);
            // White text on the light accent, dark text on the dark one: the buttons.
            prop_assert!(brand.legible(PAPER, Rgb(0, 0, 0)).contrast(Rgb(255, 255, 255)) >= 4.5);
            prop_assert!(brand.legible(NIGHT, Rgb(255, 255, 255)).contrast(Rgb(0x14, 0x18, 0x1a)) >= 4.5);
        }

        #[test]
        fn any_hex_is_read_back(r: u8, g: u8, b: u8) {
            prop_assert_eq!(Rgb::parse(&Rgb(r, g, b).hex()), Some(Rgb(r, g, b)));
        }
    }
}
