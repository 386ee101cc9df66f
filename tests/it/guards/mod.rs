//! Tests over the source itself: what a reviewer would otherwise have to look for.

mod bench;
mod docs;
mod files;
mod layers;
mod locales;
mod schema;
mod scripts;
mod settings;
mod source;
