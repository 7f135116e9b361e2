//! Whole engines, on a wire made of memory.

mod allocation;
mod closing;
mod handshakes;
mod holding;
mod hostile;
mod narrow;
mod paths;
mod peers;
mod pulse;
mod relay;
mod repair;
mod stage;
mod world;

#[global_allocator]
static ALLOCATOR: allocation::Counting = allocation::Counting;
