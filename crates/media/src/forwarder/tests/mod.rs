//! What a viewer's stream must be like, whatever happens to its sources.

mod scalable;
mod single;
mod stage;
mod streams;
mod thinning;
