//! Whole engines, on a wire made of memory.

mod allocation;
mod hostile;
mod relay;
mod repair;
mod stage;
mod world;

#[global_allocator]
static ALLOCATOR: allocation::Counting = allocation::Counting;
