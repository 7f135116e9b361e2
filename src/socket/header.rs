//! What the server's frames begin with (RFC 6455, section 5.2).

use tungstenite::protocol::frame::FrameHeader;
use tungstenite::protocol::frame::coding::OpCode;

/// Longest header of a frame the server sends: it masks nothing.
pub(super) const HEADER_BYTES: usize = 10;

/// The header of a frame that the server sends, and how much of the array it is. Every message is one frame.
pub(super) fn header(opcode: OpCode, length: usize) -> ([u8; HEADER_BYTES], usize) {
    let mut bytes = [0; HEADER_BYTES];
    let mut room = bytes.as_mut_slice();
    let header = FrameHeader { opcode, ..FrameHeader::default() };
    // Fails only where there is no room, and there is for the longest.
    let _ = header.format(length as u64, &mut room);
    let left = room.len();
    (bytes, HEADER_BYTES - left)
}

#[cfg(test)]
mod tests {
    use tungstenite::protocol::frame::coding::Data;

    use super::*;

    #[test]
    fn headers_of_the_server_are_unmasked_and_as_short_as_can_be() {
        let text = OpCode::Data(Data::Text);
        let header = |length| {
            let (bytes, used) = header(text, length);
            bytes[..used].to_vec()
        };
        assert_eq!(header(5), [0x81, 5]);
        assert_eq!(header(126), [0x81, 126, 0, 126]);
        assert_eq!(header(65_536), [0x81, 127, 0, 0, 0, 0, 0, 1, 0, 0]);
    }
}
