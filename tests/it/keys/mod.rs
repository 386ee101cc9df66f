//! Keys: where they are kept, that they can be exchanged while the service runs, and that none is left over.

mod orphans;
mod rotation;
mod stores;
