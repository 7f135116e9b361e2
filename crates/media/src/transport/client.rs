//! The client's side, for synthetic peers: tests and the load generator.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use super::{Agent, Transport, TransportError};
use crate::dtls::Dtls;
use crate::ice::ClientAgent;
use crate::identity::Identity;
use crate::sdp::{Fingerprint, IceCredentials};
use crate::srtp::Profile;

/// How often a client checks until the server answers, and then until DTLS is done.
const CHECK_INTERVAL: Duration = Duration::from_millis(50);
/// And afterwards, for consent (RFC 7675, section 5.1, says 5 s at most).
pub(super) const CONSENT_INTERVAL: Duration = Duration::from_millis(2500);

/// What a synthetic peer has to know of a server and itself.
#[derive(Clone, Debug)]
pub struct ClientParameters {
    /// The server's media address.
    pub server: SocketAddr,
    /// The client's own credentials.
    pub local_ice: IceCredentials,
    /// The server's, from its answer.
    pub remote_ice: IceCredentials,
    /// The server's certificate must hash to one of these.
    pub fingerprints: Vec<Fingerprint>,
    /// SRTP profiles to offer, in this order.
    pub profiles: Vec<Profile>,
    /// Makes STUN transaction ids; no two clients of one server should share it.
    pub seed: u64,
}

impl Transport {
    /// A synthetic peer's side: begins to check at the first [`Transport::poll`].
    ///
    /// # Errors
    ///
    /// When the credentials or the profiles cannot be used.
    pub fn client(
        parameters: &ClientParameters,
        identity: &Identity,
        now: Instant,
    ) -> Result<Self, TransportError> {
        let ClientParameters { server, local_ice, remote_ice, fingerprints, profiles, seed } = parameters;
        let agent = ClientAgent::new(*server, local_ice, remote_ice, CHECK_INTERVAL, *seed, now)
            .ok_or(TransportError::Credentials)?;
        let dtls = Dtls::client(identity, fingerprints.clone(), profiles)?;
        Ok(Transport::new(Agent::Client(agent), dtls, now))
    }
}
