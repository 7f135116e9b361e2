//! The wire format of transport-wide feedback (draft-holmer-rmcat-transport-wide-cc-extensions-01, section 3.1).

/// Unit of arrival times and of receive deltas.
pub const TICK_MICROS: u64 = 250;

/// Ticks in the unit of the reference time, 64 ms.
const REFERENCE_TICKS: u64 = 256;

/// Bytes before the chunks, RTCP header included.
const HEAD: usize = 20;

/// Most statuses in one packet.
const MAX_STATUSES: usize = super::record::MAX_STATUSES as usize;

/// Longest packet: every status with a two-byte delta, seven to a chunk, padded to a word.
pub(crate) const MAX_LENGTH: usize = HEAD + 2 * MAX_STATUSES.div_ceil(7) + 2 * MAX_STATUSES + 4;

/// Longest run one chunk can tell of: 13 bits.
const MAX_RUN: usize = 0x1fff;

/// What the packet says besides its statuses.
pub(crate) struct Head {
    pub(crate) sender_ssrc: u32,
    pub(crate) media_ssrc: u32,
    /// Transport sequence number of the first status.
    pub(crate) base: u16,
    /// Which feedback packet it is.
    pub(crate) count: u8,
}

/// What became of one packet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Status {
    Missing,
    /// Ticks since any fixed moment.
    Arrived {
        tick: u64,
    },
}

/// The two bits a status has on the wire.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Symbol {
    #[default]
    Missing = 0,
    /// One byte of delta, never negative.
    Small = 1,
    /// Two bytes, with a sign.
    Large = 2,
}

/// Writes one packet about as many of the statuses as fit and belong together; returns how many that are, and the packet's length.
/// Statuses after the last arrival are left out. Length 0: none of them arrived, there is nothing to say.
pub(crate) fn write(
    buffer: &mut [u8; MAX_LENGTH],
    head: &Head,
    statuses: impl Iterator<Item = Status>,
) -> (u64, usize) {
    let mut symbols = [Symbol::Missing; MAX_STATUSES];
    let mut deltas = [0i16; MAX_STATUSES];
    let (mut seen, mut told, mut arrived) = (0, 0, 0);
    let mut reference = None;
    let mut before = 0;
    for (status, symbol) in statuses.zip(&mut symbols) {
        seen += 1;
        let Status::Arrived { tick } = status else { continue };
        let start = *reference.get_or_insert(tick / REFERENCE_TICKS);
        if arrived == 0 {
            before = start * REFERENCE_TICKS;
        }
        // A gap of more than eight seconds needs a reference time of its own: the next packet's.
        let Ok(delta) = i16::try_from(tick.cast_signed() - before.cast_signed()) else { break };
        *symbol = if (0..=255).contains(&delta) { Symbol::Small } else { Symbol::Large };
        deltas[arrived] = delta;
        arrived += 1;
        told = seen;
        before = tick;
    }
    let Some(reference) = reference else { return (seen, 0) };
    let mut at = HEAD;
    let mut rest = &symbols[..told as usize];
    while !rest.is_empty() {
        let (chunk, taken) = chunk(rest);
        buffer[at..at + 2].copy_from_slice(&chunk.to_be_bytes());
        at += 2;
        rest = &rest[taken..];
    }
    for delta in &deltas[..arrived] {
        match u8::try_from(*delta) {
            Ok(small) => {
                buffer[at] = small;
                at += 1;
            }
            Err(_) => {
                buffer[at..at + 2].copy_from_slice(&delta.to_be_bytes());
                at += 2;
            }
        }
    }
    let length = pad(buffer, at);
    write_head(buffer, head, told as u16, reference, length != at, length);
    (told, length)
}

/// Pads to a whole word; the last byte of padding says how many there are (RFC 3550, section 6.4.1).
fn pad(buffer: &mut [u8], at: usize) -> usize {
    let length = at.next_multiple_of(4);
    if length != at {
        buffer[at..length].fill(0);
        buffer[length - 1] = (length - at) as u8;
    }
    length
}

fn write_head(buffer: &mut [u8], head: &Head, statuses: u16, reference: u64, padded: bool, length: usize) {
    // Version 2, padding, format 15; packet type 205.
    buffer[0] = 0x80 | u8::from(padded) << 5 | 15;
    buffer[1] = 205;
    buffer[2..4].copy_from_slice(&((length / 4 - 1) as u16).to_be_bytes());
    buffer[4..8].copy_from_slice(&head.sender_ssrc.to_be_bytes());
    buffer[8..12].copy_from_slice(&head.media_ssrc.to_be_bytes());
    buffer[12..14].copy_from_slice(&head.base.to_be_bytes());
    buffer[14..16].copy_from_slice(&statuses.to_be_bytes());
    // 24 bits that wrap around after twelve days.
    let reference_and_count = (reference as u32) << 8 | u32::from(head.count);
    buffer[16..20].copy_from_slice(&reference_and_count.to_be_bytes());
}

/// The chunk that tells most of what comes next, and how many statuses that is.
fn chunk(symbols: &[Symbol]) -> (u16, usize) {
    let first = symbols.first().copied().unwrap_or_default();
    let run = symbols.iter().take(MAX_RUN).take_while(|symbol| **symbol == first).count();
    let small = symbols.iter().take(14).take_while(|symbol| **symbol != Symbol::Large).count();
    if run >= small && run >= 7.min(symbols.len()) {
        return ((first as u16) << 13 | run as u16, run);
    }
    if small >= 7.min(symbols.len()) {
        // A vector always has 14 symbols; only the last chunk may be short of them.
        let taken = symbols.len().min(14);
        if small == taken {
            let bits = symbols[..taken].iter().enumerate();
            return (bits.fold(0x8000, |bits, (at, symbol)| bits | (*symbol as u16) << (13 - at)), taken);
        }
    }
    let taken = symbols.len().min(7);
    let bits = symbols[..taken].iter().enumerate();
    (bits.fold(0xc000, |bits, (at, symbol)| bits | (*symbol as u16) << (12 - 2 * at)), taken)
}
