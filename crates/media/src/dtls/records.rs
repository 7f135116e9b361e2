//! A look at DTLS records before the DTLS crate gets them (RFC 6347, section 4).
//!
//! The crate buffers fragments by whatever numbers they carry and joins them recursively, and it keeps a replay window for every epoch that
//! a peer counts up to. That is safe only for records that a peer in good faith could have sent, so others stop here.

/// Record header: type, version, epoch, sequence number, length.
const RECORD_HEADER: usize = 13;
/// Handshake header: type, length, message number, fragment offset, fragment length.
const FRAGMENT_HEADER: usize = 12;

/// Longest handshake message taken, in bytes. The longest in practice is a certificate of one or two kilobytes.
const MAX_HANDSHAKE_MESSAGE: usize = 16 * 1024;

/// Shortest fragment taken that is not its message's last, in bytes.
const MIN_FRAGMENT: usize = 32;

/// Handshake messages are numbered from zero; a client's last one is number five.
const MAX_MESSAGE_NUMBER: u16 = 16;

/// Most records taken in one datagram. A client's whole last flight is five; cut into pieces, no more of them share a datagram.
pub(super) const MAX_RECORDS: usize = 16;

/// Without renegotiation keys change once: nothing is sent with any later ones.
const SEALED_EPOCH: u16 = 1;

/// Longest sealed handshake record taken, in bytes. The only such message is Finished: header and verification data of twelve bytes each,
/// and no more than 24 for either of the ciphers offered. What is in it cannot be seen here, so this is what keeps it from being a heap
/// of tiny fragments.
const MAX_SEALED_HANDSHAKE: usize = 64;

const CHANGE_CIPHER_SPEC: u8 = 20;
const ALERT: u8 = 21;
const HANDSHAKE: u8 = 22;
const APPLICATION_DATA: u8 = 23;

/// What a datagram holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Summary {
    /// At least one record is of the handshake.
    pub(super) handshake: bool,
    /// At least one is an alert that only the peer can have written, if it is authentic.
    pub(super) sealed_alert: bool,
}

/// One record, lengths checked.
pub(super) struct Record<'a> {
    kind: u8,
    epoch: u16,
    body: &'a [u8],
}

/// One piece of a handshake message.
pub(super) struct Fragment<'a> {
    pub(super) kind: u8,
    pub(super) number: u16,
    /// Of the whole message.
    pub(super) length: usize,
    pub(super) offset: usize,
    pub(super) body: &'a [u8],
}

/// Looks at all records of a datagram; `None` when one of them is nothing that a peer in good faith sends.
pub(super) fn inspect(datagram: &[u8]) -> Option<Summary> {
    let mut summary = Summary::default();
    let mut rest = datagram;
    for _ in 0..MAX_RECORDS {
        if rest.is_empty() {
            return Some(summary);
        }
        let record = next_record(&mut rest)?;
        summary.handshake |= record.kind == HANDSHAKE;
        summary.sealed_alert |= record.kind == ALERT && record.epoch == SEALED_EPOCH;
        let is_plausible = match record.epoch {
            0 => is_plausible(&record),
            SEALED_EPOCH => is_plausible_sealed(&record),
            _ => false,
        };
        if !is_plausible {
            return None;
        }
    }
    rest.is_empty().then_some(summary)
}

/// The pieces of handshake messages in a datagram's readable records.
pub(super) fn fragments(datagram: &[u8]) -> impl Iterator<Item = Fragment<'_>> {
    let mut rest = datagram;
    let records = std::iter::from_fn(move || next_record(&mut rest));
    records.filter(|record| record.epoch == 0 && record.kind == HANDSHAKE).flat_map(|record| {
        let mut rest = record.body;
        std::iter::from_fn(move || next_fragment(&mut rest))
    })
}

/// Whether a datagram begins with a HelloVerifyRequest.
pub(super) fn is_hello_verify_request(datagram: &[u8]) -> bool {
    const HELLO_VERIFY_REQUEST: u8 = 3;
    fragments(datagram).next().is_some_and(|fragment| fragment.kind == HELLO_VERIFY_REQUEST)
}

fn next_record<'a>(rest: &mut &'a [u8]) -> Option<Record<'a>> {
    let &[kind, major, minor, e0, e1, _, _, _, _, _, _, l0, l1] = rest.first_chunk()?;
    // A ClientHello says DTLS 1.0 in its record header, everything else 1.2.
    if !(CHANGE_CIPHER_SPEC..=APPLICATION_DATA).contains(&kind)
        || major != 254
        || !(minor == 255 || minor == 253)
    {
        return None;
    }
    let length = usize::from(u16::from_be_bytes([l0, l1]));
    let body = rest.get(RECORD_HEADER..RECORD_HEADER + length).filter(|body| !body.is_empty())?;
    *rest = &rest[RECORD_HEADER + length..];
    Some(Record { kind, epoch: u16::from_be_bytes([e0, e1]), body })
}

/// Of a record that is not encrypted.
fn is_plausible(record: &Record<'_>) -> bool {
    const WARNING: u8 = 1;
    const CLOSE_NOTIFY: u8 = 0;
    match record.kind {
        CHANGE_CIPHER_SPEC => record.body == [1],
        // The crate would take a mere warning for an error.
        ALERT => matches!(record.body, [level, what] if *level != WARNING || *what == CLOSE_NOTIFY),
        HANDSHAKE => {
            let mut rest = record.body;
            while !rest.is_empty() {
                if next_fragment(&mut rest).is_none() {
                    return false;
                }
            }
            true
        }
        _ => false,
    }
}

/// Of a record that is.
fn is_plausible_sealed(record: &Record<'_>) -> bool {
    match record.kind {
        CHANGE_CIPHER_SPEC => false,
        HANDSHAKE => record.body.len() <= MAX_SEALED_HANDSHAKE,
        _ => true,
    }
}

fn next_fragment<'a>(rest: &mut &'a [u8]) -> Option<Fragment<'a>> {
    let &[kind, l0, l1, l2, n0, n1, o0, o1, o2, f0, f1, f2] = rest.first_chunk()?;
    let [length, offset, size] =
        [[l0, l1, l2], [o0, o1, o2], [f0, f1, f2]].map(|[a, b, c]| u32::from_be_bytes([0, a, b, c]) as usize);
    let number = u16::from_be_bytes([n0, n1]);
    let is_last = offset + size == length;
    if length > MAX_HANDSHAKE_MESSAGE
        || offset + size > length
        || number > MAX_MESSAGE_NUMBER
        || (size < MIN_FRAGMENT && !is_last)
        || (size == 0 && offset > 0)
    {
        return None;
    }
    let body = rest.get(FRAGMENT_HEADER..FRAGMENT_HEADER + size)?;
    *rest = &rest[FRAGMENT_HEADER + size..];
    Some(Fragment { kind, number, length, offset, body })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn handshake(length: u8, offset: u8, size: u8, body: usize) -> Vec<u8> {
        let mut record = vec![HANDSHAKE, 254, 253, 0, 0, 0, 0, 0, 0, 0, 0, 0, (FRAGMENT_HEADER + body) as u8];
        record.extend([1, 0, 0, length, 0, 0, 0, 0, offset, 0, 0, size]);
        record.extend(vec![0; body]);
        record
    }

    #[test]
    fn takes_whole_and_fragmented_messages() {
        assert_eq!(
            inspect(&handshake(80, 0, 80, 80)),
            Some(Summary { handshake: true, sealed_alert: false })
        );
        assert_eq!(
            inspect(&handshake(80, 0, 40, 40)),
            Some(Summary { handshake: true, sealed_alert: false })
        );
        assert_eq!(
            inspect(&handshake(80, 70, 10, 10)),
            Some(Summary { handshake: true, sealed_alert: false })
        );
        assert_eq!(inspect(&handshake(0, 0, 0, 0)), Some(Summary { handshake: true, sealed_alert: false }));
    }

    #[test]
    fn refuses_fragments_nobody_makes() {
        let cases = [
            ("past the end of its message", handshake(80, 60, 40, 40)),
            ("tiny", handshake(80, 0, 1, 1)),
            ("empty", handshake(80, 80, 0, 0)),
            ("shorter than it says", handshake(80, 0, 80, 70)),
        ];
        for (what, datagram) in cases {
            assert_eq!(inspect(&datagram), None, "a fragment {what}");
        }
    }

    fn sealed(kind: u8, epoch: u8, body: usize) -> Vec<u8> {
        let mut record = vec![kind, 254, 253, 0, epoch, 0, 0, 0, 0, 0, 0, 0, body as u8];
        record.extend(vec![7; body]);
        record
    }

    #[test]
    fn takes_no_more_records_than_a_flight_has() {
        let alerts = Summary { handshake: false, sealed_alert: true };
        assert_eq!(inspect(&sealed(ALERT, 1, 26).repeat(MAX_RECORDS)), Some(alerts));
        assert_eq!(inspect(&sealed(ALERT, 1, 26).repeat(MAX_RECORDS + 1)), None);
    }

    #[test]
    fn takes_sealed_records_of_the_first_keys_only() {
        const FINISHED_WITH_GCM: usize = 8 + 24 + 16;
        assert_eq!(
            inspect(&sealed(HANDSHAKE, 1, FINISHED_WITH_GCM)),
            Some(Summary { handshake: true, sealed_alert: false })
        );
        assert_eq!(inspect(&sealed(APPLICATION_DATA, 1, 200)), Some(Summary::default()));
        let cases = [
            ("of a second handshake", sealed(APPLICATION_DATA, 2, 40)),
            ("to change to its keys", sealed(CHANGE_CIPHER_SPEC, 1, 25)),
            ("longer than Finished", sealed(HANDSHAKE, 1, MAX_SEALED_HANDSHAKE + 1)),
        ];
        for (what, datagram) in cases {
            assert_eq!(inspect(&datagram), None, "a record {what}");
        }
    }

    #[test]
    fn refuses_cut_records_and_plain_application_data() {
        let whole = handshake(80, 0, 80, 80);
        assert_eq!(inspect(&whole[..whole.len() - 1]), None);
        assert_eq!(inspect(&[APPLICATION_DATA, 254, 253, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 9]), None);
        assert_eq!(inspect(&[ALERT, 254, 253, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2, 1, 100]), None);
    }
}
