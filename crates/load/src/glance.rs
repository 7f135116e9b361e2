//! What a protected RTP packet says in the clear: enough to count it without opening it.

/// The fixed part of the header (RFC 3550, section 5.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Glance {
    pub(crate) ssrc: u32,
    pub(crate) sequence: u16,
    pub(crate) timestamp: u32,
    /// The frame's last packet, of pictures.
    pub(crate) marker: bool,
}

impl Glance {
    /// `None` for what is not RTP: STUN and DTLS by the first byte (RFC 7983, section 7), RTCP by the second (RFC 5761, section 4).
    pub(crate) fn at(datagram: &[u8]) -> Option<Glance> {
        let &[first, second, s0, s1, t0, t1, t2, t3, r0, r1, r2, r3] = datagram.first_chunk()?;
        if first >> 6 != 2 || (64..96).contains(&(second & 0x7f)) {
            return None;
        }
        Some(Glance {
            ssrc: u32::from_be_bytes([r0, r1, r2, r3]),
            sequence: u16::from_be_bytes([s0, s1]),
            timestamp: u32::from_be_bytes([t0, t1, t2, t3]),
            marker: second & 0x80 != 0,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rtp_is_seen_and_nothing_else() {
        let mut packet = [0x80, 0xe0, 1, 2, 0, 0, 0, 9, 0, 0, 0, 7];
        let seen = Glance { ssrc: 7, sequence: 0x0102, timestamp: 9, marker: true };
        assert_eq!(Glance::at(&packet), Some(seen));
        assert_eq!(Glance::at(&packet[..11]), None);
        packet[1] = 200;
        assert_eq!(Glance::at(&packet), None, "a sender report");
        packet[..2].copy_from_slice(&[0, 1]);
        assert_eq!(Glance::at(&packet), None, "STUN");
    }
}
