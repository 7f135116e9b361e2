//! What is kept of an association once its handshake is done.
//!
//! SRTP has its keys by then, and all that DTLS still says is one goodbye each way. The DTLS crate's own association holds on to every
//! message of the handshake and to room for more, eleven kilobytes of many small pieces for each viewer; this is less than one.

use std::time::{Duration, Instant};

use bytes::BytesMut;
use rtc_dtls::endpoint::{Endpoint, EndpointEvent};
use rtc_dtls::state::State;
use rtc_shared::TransportProtocol;
use rtc_shared::error::Error;

use super::PEER;
use crate::identity::Identity;
use crate::srtp::Profile;

/// How many datagrams with sealed alerts are looked at. Reading one costs the derivation of its keys, and anybody who can write the peer's
/// address onto a datagram may ask for that; a peer in good faith sends one.
const MAX_ALERTS: u32 = 32;

/// How long until one more is looked at, up to [`MAX_ALERTS`] again. Whoever forges alerts costs us that much all the same, but the
/// association is not deaf to the true goodbye for the rest of its days because of it.
const ALERT_REFILL: Duration = Duration::from_secs(1);

/// One association after its handshake.
pub(super) struct Established {
    /// Sealed in advance. Nothing else is ever sealed by us after the handshake, so its record number is nobody else's.
    goodbye: BytesMut,
    /// Out of which the crate makes its association again.
    state: Box<[u8]>,
    is_client: bool,
    alerts_left: u32,
    /// Up to when [`ALERT_REFILL`] has been reckoned.
    refilled: Instant,
}

/// What an alert came to.
pub(super) enum Heard {
    Goodbye,
    /// Not authentic, or nothing that ends the association.
    Nothing,
    /// Not looked at.
    OverBudget,
}

impl Established {
    /// Takes an association whose handshake is complete, and everything else of it down.
    pub(super) fn new(now: Instant, mut endpoint: Endpoint) -> Option<Self> {
        let state = endpoint.get_connection_state(PEER)?;
        let is_client = state.is_client();
        let state = state.marshal_binary().ok()?.into_boxed_slice();
        let _ = endpoint.stop(now, PEER);
        let goodbye = std::iter::from_fn(|| endpoint.poll_transmit()).last()?.message;
        Some(Established { goodbye, state, is_client, alerts_left: MAX_ALERTS, refilled: now })
    }

    /// What to send to the peer at the end.
    pub(super) fn goodbye(&self) -> BytesMut {
        self.goodbye.clone()
    }

    /// Whether a datagram with sealed alerts is the peer's goodbye.
    pub(super) fn hear(&mut self, now: Instant, identity: &Identity, datagram: &[u8]) -> Heard {
        self.refill(now);
        let Some(left) = self.alerts_left.checked_sub(1) else { return Heard::OverBudget };
        self.alerts_left = left;
        let Some(mut endpoint) = self.restore(now, identity) else { return Heard::Nothing };
        // Whatever it wants to answer is dropped with it: our own goodbye is at hand.
        match endpoint.read(now, PEER, None, BytesMut::from(datagram)) {
            Ok(events) if events.iter().any(|event| matches!(event, EndpointEvent::PeerClosed)) => {
                Heard::Goodbye
            }
            Err(Error::ErrAlertFatalOrClose) => Heard::Goodbye,
            Ok(_) | Err(_) => Heard::Nothing,
        }
    }

    fn refill(&mut self, now: Instant) {
        // Whole ones only; what is begun of the next counts on, however often this is asked.
        while self.alerts_left < MAX_ALERTS && now.saturating_duration_since(self.refilled) >= ALERT_REFILL {
            self.alerts_left += 1;
            self.refilled += ALERT_REFILL;
        }
        if self.alerts_left == MAX_ALERTS {
            // A full budget saves nothing up.
            self.refilled = self.refilled.max(now);
        }
    }

    fn restore(&self, now: Instant, identity: &Identity) -> Option<Endpoint> {
        let mut state = State::new(identity.provider(), self.is_client);
        state.unmarshal_binary(&self.state).ok()?;
        let mut endpoint = Endpoint::new(PEER, TransportProtocol::UDP, None);
        // The crate has no other way in for a state that is there already; the keys are those of the side that the state was on.
        let config = identity.server_config(Profile::AeadAes128Gcm);
        endpoint.connect(now, PEER, config, Some(state)).ok()?;
        Some(endpoint)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dtls::{Dtls, Outcome};

    /// Two sides, through with their handshake.
    fn pair(now: Instant) -> (Dtls, Dtls, Identity) {
        let identity = Identity::generate().unwrap();
        let expected = vec![identity.fingerprint().clone()];
        let mut server = Dtls::server(&identity, expected.clone());
        let mut client = Dtls::client(&identity, expected, &[Profile::AeadAes128Gcm]).unwrap();
        client.start(now);
        let mut connected = 0;
        for _ in 0..8 {
            for datagram in client.drain().collect::<Vec<_>>() {
                connected += usize::from(matches!(server.receive(now, &datagram), Outcome::Connected(_)));
            }
            for datagram in server.drain().collect::<Vec<_>>() {
                connected += usize::from(matches!(client.receive(now, &datagram), Outcome::Connected(_)));
            }
        }
        assert_eq!(connected, 2);
        (client, server, identity)
    }

    fn goodbye_of(dtls: &Dtls) -> BytesMut {
        dtls.established.as_ref().unwrap().goodbye()
    }

    #[test]
    fn either_side_hears_the_others_goodbye() {
        let now = Instant::now();
        let (mut client, mut server, _) = pair(now);
        let (from_client, from_server) = (goodbye_of(&client), goodbye_of(&server));
        assert!(matches!(server.receive(now, &from_client), Outcome::Closed));
        let answer: Vec<_> = server.drain().collect();
        assert_eq!(answer, std::slice::from_ref(&from_server), "answered with its own");
        assert!(matches!(client.receive(now, &from_server), Outcome::Closed));
    }

    #[test]
    fn a_forged_goodbye_is_nothing_and_only_so_many_are_looked_at() {
        let now = Instant::now();
        let (client, mut server, _) = pair(now);
        let mut forged = goodbye_of(&client);
        *forged.last_mut().unwrap() ^= 1;
        for _ in 0..MAX_ALERTS {
            assert!(matches!(server.receive(now, &forged), Outcome::Nothing));
        }
        assert!(matches!(server.receive(now, &forged), Outcome::OverBudget));
    }

    #[test]
    fn forged_goodbyes_do_not_drown_the_true_one_for_good() {
        let start = Instant::now();
        let (client, mut server, _) = pair(start);
        let goodbye = goodbye_of(&client);
        let mut forged = goodbye.clone();
        *forged.last_mut().unwrap() ^= 1;
        // Far later, so that what was not used until then is seen to count no more than the full budget.
        let mut now = start + 100 * ALERT_REFILL;
        let mut looked_at = |now: Instant, forged: &[u8]| {
            (0..2 * MAX_ALERTS).filter(|_| matches!(server.receive(now, forged), Outcome::Nothing)).count()
        };
        assert_eq!(looked_at(now, &forged), MAX_ALERTS as usize);
        for _ in 0..3 {
            now += ALERT_REFILL / 2;
            assert_eq!(looked_at(now, &forged), 0);
            now += ALERT_REFILL / 2;
            assert_eq!(looked_at(now, &forged), 1);
        }
        assert!(matches!(server.receive(now, &goodbye), Outcome::OverBudget));
        now += ALERT_REFILL;
        assert!(matches!(server.receive(now, &goodbye), Outcome::Closed));
    }

    #[test]
    fn it_is_small() {
        let (_, server, _) = pair(Instant::now());
        let kept = server.established.unwrap();
        let bytes = size_of::<Established>() + kept.state.len() + kept.goodbye.capacity();
        assert!(bytes <= 1024, "each viewer has one: {bytes} bytes");
    }
}
