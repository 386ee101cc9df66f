//! Tests over the source itself: what a reviewer would otherwise have to look for.

mod files;
mod layers;
mod locales;
mod scripts;
mod source;
