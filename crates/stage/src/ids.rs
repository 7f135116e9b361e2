//! The small numbers that name things, so that one is never taken for another.

/// Milliseconds on the caller's monotonic clock; only differences mean anything.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Millis(pub u64);

impl Millis {
    /// This moment, `ms` milliseconds later.
    pub const fn plus(self, ms: u64) -> Self {
        Millis(self.0.saturating_add(ms))
    }

    /// Milliseconds from `earlier` to this moment; 0 when `earlier` is later.
    pub const fn since(self, earlier: Millis) -> u64 {
        self.0.saturating_sub(earlier.0)
    }
}

/// A person in a room. Outlives every session of theirs. Given out by the room, never used twice in it.
///
/// On the wire it is the text `p` and the number (`"p12"`), so that nobody is led to count with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "wire", derive(serde::Serialize, serde::Deserialize, ts_rs::TS))]
#[cfg_attr(
    feature = "wire",
    serde(into = "alloc::string::String", try_from = "alloc::string::String"),
    ts(type = "string")
)]
pub struct ParticipantId(pub u32);

impl core::fmt::Display for ParticipantId {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "p{}", self.0)
    }
}

impl core::str::FromStr for ParticipantId {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let digits = text.strip_prefix('p').ok_or("a participant id starts with p")?;
        digits.parse().map(ParticipantId).map_err(|_| "a participant id is p and a number")
    }
}

#[cfg(feature = "wire")]
impl From<ParticipantId> for alloc::string::String {
    fn from(id: ParticipantId) -> Self {
        alloc::format!("{id}")
    }
}

#[cfg(feature = "wire")]
impl TryFrom<alloc::string::String> for ParticipantId {
    type Error = &'static str;

    fn try_from(text: alloc::string::String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

/// One request to join the stage. A later request of the same person has another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "wire", derive(serde::Serialize, serde::Deserialize, ts_rs::TS))]
pub struct RequestId(pub u32);

/// One invitation to the stage. A later invitation of the same person has another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "wire", derive(serde::Serialize, serde::Deserialize, ts_rs::TS))]
pub struct InvitationId(pub u32);
