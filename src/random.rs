//! Names and secrets drawn at random.

use rand::Rng;

/// Letters and digits that nobody mistakes for one another when reading a room's address aloud.
const CLEAR: &[u8] = b"abcdefghijkmnpqrstuvwxyz23456789";

/// A room's id, where the script gave none: 10 characters, 50 bits.
pub(crate) fn room_id() -> String {
    let mut random = rand::rng();
    (0..10).map(|_| char::from(CLEAR[random.random_range(0..CLEAR.len())])).collect()
}

/// 128 bits in hexadecimal.
pub(crate) fn key() -> String {
    format!("{:032x}", rand::rng().random::<u128>())
}
