//! Cases that reach into systems of every kind: directories, HTTP services, places that staff look into by hand.

mod files;
