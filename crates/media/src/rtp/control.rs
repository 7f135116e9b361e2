//! RTCP read in place (RFC 3550, section 6; RFC 4585, section 6), compound or reduced-size (RFC 5506).

/// Bytes of every packet's header.
const HEADER: usize = 4;

const SENDER_REPORT: u8 = 200;
const RECEIVER_REPORT: u8 = 201;
const GOODBYE: u8 = 203;
const TRANSPORT_FEEDBACK: u8 = 205;
const PAYLOAD_FEEDBACK: u8 = 206;
const EXTENDED_REPORT: u8 = 207;

/// A receiver's reference time among the blocks of an extended report (RFC 3611, section 4.4).
const REFERENCE_TIME: u8 = 4;

/// One packet of a compound.
#[derive(Clone, Copy, Debug)]
pub enum Control<'a> {
    /// A sender report.
    SenderReport {
        /// Whose.
        ssrc: u32,
        /// NTP time, 32.32 bits.
        ntp: u64,
        /// The time stamp of the same moment.
        timestamp: u32,
        /// What it says about streams it receives.
        blocks: ReportBlocks<'a>,
    },
    /// A receiver report.
    ReceiverReport {
        /// Whose.
        ssrc: u32,
        /// What it says about streams it receives.
        blocks: ReportBlocks<'a>,
    },
    /// The sources that leave.
    Goodbye {
        /// Their SSRCs.
        sources: Words<'a>,
    },
    /// Packets asked for again.
    Nack {
        /// Of which stream.
        media_ssrc: u32,
        /// Their sequence numbers.
        lost: Lost<'a>,
    },
    /// A keyframe asked for.
    PictureLoss {
        /// Of which stream.
        media_ssrc: u32,
    },
    /// A keyframe asked for the older way (RFC 5104, section 4.3.1).
    FullIntraRequest {
        /// Of which streams.
        media: IntraRequests<'a>,
    },
    /// Transport-wide feedback: the whole packet, header included.
    TransportWide(&'a [u8]),
    /// A receiver that sends nothing, and so is told no round trip by reports on it, says what time it is (RFC 3611, section 4.4).
    ReferenceTime {
        /// Who.
        ssrc: u32,
        /// NTP time, 32.32 bits.
        ntp: u64,
    },
    /// The bit rate in bit/s the peer thinks it can receive (REMB).
    EstimatedBitrate(u64),
    /// Anything else.
    Other {
        /// Its packet type.
        packet_type: u8,
    },
}

/// What a receiver says about one stream (RFC 3550, section 6.4.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ReportBlock {
    /// Which stream.
    pub ssrc: u32,
    /// Lost since the report before, in 1/256.
    pub fraction_lost: u8,
    /// Lost since the beginning; negative where there were duplicates.
    pub cumulative_lost: i32,
    /// Highest sequence number, with its cycles in the upper half.
    pub highest: u32,
    /// In time stamp units.
    pub jitter: u32,
    /// Middle bits of the NTP time of the last sender report; 0 for none.
    pub last_sender_report: u32,
    /// Time since then, in 1/65536 s.
    pub delay: u32,
}

/// Walks a compound. A packet that contradicts its length is `Err`, and ends the walk.
#[derive(Clone, Copy, Debug)]
pub struct Compound<'a> {
    rest: &'a [u8],
}

/// A packet of a compound contradicts its own length.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Malformed;

impl<'a> Compound<'a> {
    /// Walks a decrypted RTCP datagram.
    pub fn new(datagram: &'a [u8]) -> Self {
        Compound { rest: datagram }
    }
}

impl<'a> Iterator for Compound<'a> {
    type Item = Result<Control<'a>, Malformed>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.rest.is_empty() {
            return None;
        }
        let packet = take(&mut self.rest);
        if packet.is_none() {
            self.rest = &[];
        }
        Some(packet.and_then(read).ok_or(Malformed))
    }
}

/// Cuts the first packet off a compound.
fn take<'a>(rest: &mut &'a [u8]) -> Option<&'a [u8]> {
    let head: &[u8; HEADER] = rest.first_chunk()?;
    if head[0] >> 6 != 2 {
        return None;
    }
    let length = HEADER + 4 * usize::from(u16::from_be_bytes([head[2], head[3]]));
    let (packet, after) = rest.split_at_checked(length)?;
    *rest = after;
    Some(packet)
}

/// Reads one packet, header included.
fn read(packet: &[u8]) -> Option<Control<'_>> {
    let count = packet.first()? & 0x1f;
    let body = unpadded(packet)?;
    match (*packet.get(1)?, count) {
        (SENDER_REPORT, _) => Some(Control::SenderReport {
            ssrc: word(body, 0)?,
            ntp: u64::from(word(body, 4)?) << 32 | u64::from(word(body, 8)?),
            timestamp: word(body, 12)?,
            blocks: blocks(body.get(24..)?, count)?,
        }),
        (RECEIVER_REPORT, _) => {
            Some(Control::ReceiverReport { ssrc: word(body, 0)?, blocks: blocks(body.get(4..)?, count)? })
        }
        (GOODBYE, _) => {
            Some(Control::Goodbye { sources: Words { rest: body.get(..4 * usize::from(count))? } })
        }
        (TRANSPORT_FEEDBACK, 1) => {
            Some(Control::Nack { media_ssrc: word(body, 4)?, lost: Lost::new(body.get(8..)?) })
        }
        (TRANSPORT_FEEDBACK, 15) => Some(Control::TransportWide(packet)),
        (PAYLOAD_FEEDBACK, 1) => Some(Control::PictureLoss { media_ssrc: word(body, 4)? }),
        (PAYLOAD_FEEDBACK, 4) => {
            Some(Control::FullIntraRequest { media: IntraRequests { rest: body.get(8..)? } })
        }
        (EXTENDED_REPORT, _) => {
            Some(reference_time(body).unwrap_or(Control::Other { packet_type: EXTENDED_REPORT }))
        }
        (PAYLOAD_FEEDBACK, 15) if body.get(8..12)? == b"REMB" => {
            let packed = word(body, 12)?;
            // 8 bits of count, 6 of exponent, 18 of mantissa (draft-alvestrand-rmcat-remb-03, section 2.2).
            let mantissa = u64::from(packed & 0x3_ffff);
            let exponent = packed >> 18 & 0x3f;
            Some(Control::EstimatedBitrate(mantissa.checked_shl(exponent).unwrap_or(u64::MAX)))
        }
        (packet_type, _) => Some(Control::Other { packet_type }),
    }
}

/// The reference time in an extended report, whichever of its blocks it is. Each begins with its type and its length in words, less one.
fn reference_time<'a>(body: &[u8]) -> Option<Control<'a>> {
    let ssrc = word(body, 0)?;
    let mut blocks = body.get(4..)?;
    loop {
        let [kind, _, l0, l1] = *blocks.first_chunk()?;
        if kind == REFERENCE_TIME {
            let ntp = u64::from(word(blocks, 4)?) << 32 | u64::from(word(blocks, 8)?);
            return Some(Control::ReferenceTime { ssrc, ntp });
        }
        blocks = blocks.get(4 + 4 * usize::from(u16::from_be_bytes([l0, l1]))..)?;
    }
}

/// The answer to a receiver's reference time (RFC 3611, section 4.5): when that was, and that no time went by since.
pub fn write_reference_answer(from: u32, ssrc: u32, ntp: u64) -> [u8; 24] {
    const ANSWER: u8 = 5;
    let mut bytes = [0; 24];
    bytes[..4].copy_from_slice(&[0x80, EXTENDED_REPORT, 0, 5]);
    bytes[4..8].copy_from_slice(&from.to_be_bytes());
    bytes[8..12].copy_from_slice(&[ANSWER, 0, 0, 3]);
    bytes[12..16].copy_from_slice(&ssrc.to_be_bytes());
    bytes[16..20].copy_from_slice(&((ntp >> 16) as u32).to_be_bytes());
    bytes
}

/// The body of a packet without its header and padding.
fn unpadded(packet: &[u8]) -> Option<&[u8]> {
    let padding = match packet.first()? & 0x20 {
        0 => 0,
        _ => usize::from(*packet.last()?),
    };
    packet.get(HEADER..packet.len().checked_sub(padding)?)
}

fn blocks(bytes: &[u8], count: u8) -> Option<ReportBlocks<'_>> {
    Some(ReportBlocks { rest: bytes.get(..24 * usize::from(count))? })
}

/// Report blocks, one after another.
#[derive(Clone, Copy, Debug)]
pub struct ReportBlocks<'a> {
    rest: &'a [u8],
}

impl Iterator for ReportBlocks<'_> {
    type Item = ReportBlock;

    fn next(&mut self) -> Option<ReportBlock> {
        let (block, rest) = self.rest.split_at_checked(24)?;
        self.rest = rest;
        let loss = word(block, 4)?;
        Some(ReportBlock {
            ssrc: word(block, 0)?,
            fraction_lost: (loss >> 24) as u8,
            // 24 bits with a sign.
            cumulative_lost: (loss << 8) as i32 >> 8,
            highest: word(block, 8)?,
            jitter: word(block, 12)?,
            last_sender_report: word(block, 16)?,
            delay: word(block, 20)?,
        })
    }
}

/// Words of 32 bits.
#[derive(Clone, Copy, Debug)]
pub struct Words<'a> {
    rest: &'a [u8],
}

impl Iterator for Words<'_> {
    type Item = u32;

    fn next(&mut self) -> Option<u32> {
        let value = word(self.rest, 0)?;
        self.rest = self.rest.get(4..)?;
        Some(value)
    }
}

/// The SSRCs of a full intra request.
#[derive(Clone, Copy, Debug)]
pub struct IntraRequests<'a> {
    rest: &'a [u8],
}

impl Iterator for IntraRequests<'_> {
    type Item = u32;

    fn next(&mut self) -> Option<u32> {
        let value = word(self.rest, 0)?;
        self.rest = self.rest.get(8..)?;
        Some(value)
    }
}

/// The sequence numbers of a NACK, in the order written (RFC 4585, section 6.2.1).
#[derive(Clone, Copy, Debug)]
pub struct Lost<'a> {
    rest: &'a [u8],
    base: u16,
    /// Those after `base` that are still to be told, bit 0 for the next.
    mask: u16,
}

impl<'a> Lost<'a> {
    fn new(pairs: &'a [u8]) -> Self {
        Lost { rest: pairs, base: 0, mask: 0 }
    }
}

impl Iterator for Lost<'_> {
    type Item = u16;

    fn next(&mut self) -> Option<u16> {
        if self.mask == 0 {
            let pair = word(self.rest, 0)?;
            self.rest = self.rest.get(4..)?;
            self.base = (pair >> 16) as u16;
            self.mask = pair as u16;
            return Some(self.base);
        }
        let step = self.mask.trailing_zeros() as u16;
        self.mask &= self.mask - 1;
        Some(self.base.wrapping_add(step + 1))
    }
}

fn word(bytes: &[u8], at: usize) -> Option<u32> {
    bytes.get(at..)?.first_chunk().map(|chunk| u32::from_be_bytes(*chunk))
}

#[cfg(test)]
mod tests;
