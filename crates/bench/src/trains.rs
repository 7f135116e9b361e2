//! What trains buy: the floor by their length, and by single calls for comparison.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::floor::{Floor, measure};
use crate::sender::Way;
use crate::traffic::Traffic;

/// Datagrams of a train, as measured.
const LENGTHS: [usize; 8] = [1, 2, 3, 5, 7, 10, 20, 40];
/// Sockets that each train goes to.
const DESTINATIONS: usize = 100;
/// Datagrams of a frame that goes by single calls: as many as a frame of the load generator has.
const SINGLE_PACKETS: usize = 5;

/// The floor by length of train, and by `sendto`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Trains {
    /// Length, and the floor of it.
    pub(crate) lengths: Vec<(usize, Floor)>,
    /// A call for each datagram.
    pub(crate) single: Floor,
}

/// Measures each for so long; `tell` is told what goes on.
///
/// # Errors
/// As [`measure`].
pub(crate) fn measure_trains(time: Duration, tell: &mut dyn FnMut(&str)) -> anyhow::Result<Trains> {
    let mut lengths = Vec::new();
    tell("floor by single calls");
    let single = measure(&Traffic::of_trains(SINGLE_PACKETS, DESTINATIONS), Way::Single, time)?;
    for length in LENGTHS {
        tell(&format!("floor by trains of {length}"));
        lengths.push((length, measure(&Traffic::of_trains(length, DESTINATIONS), Way::Trains, time)?));
    }
    Ok(Trains { lengths, single })
}
