//! What a person's standing means for gates and slots. This is the only place that asks for a gate, and it asks for what the
//! state says, whatever the way there was.

use signaling::{ParticipantId, Source, SourceState};
use stage::Standing;

use crate::register::Transport;
use crate::slots::Feeds;
use crate::turn::Turn;
use crate::{Room, SessionId, SlotOffered, TransportId, Unattended};

impl Room {
    /// A transport of a session stands. One that nobody waits for is dropped: its page is another now, or never read the answer.
    pub(crate) fn transport_ready(
        &mut self,
        session: SessionId,
        transport: TransportId,
        slots: &[SlotOffered],
        turn: &mut Turn,
    ) {
        let who = self.sessions.get(&session).copied();
        let Some((who, participant)) = who.and_then(|who| Some((who, self.register.get(who)?))) else {
            turn.drop_transport(transport);
            return;
        };
        let unattended = participant.session.unattended;
        let known = participant.session.transport.is_some_and(|current| current.id == transport);
        if !known && !participant.connected() {
            turn.drop_transport(transport);
            return;
        }
        if !known {
            self.replace_transport(who, transport, turn);
        }
        match unattended {
            None => self.slots.set_viewer(who, transport, slots, &mut turn.shifts),
            Some(Unattended::Watcher(_)) => self.slots.set_watcher(who, transport, slots, &mut turn.shifts),
            Some(Unattended::Publisher(_)) => {}
        }
        self.enact(who, turn);
    }

    /// The old one goes; what it fed in other people's slots is fed by the new one, so nobody's slot flickers.
    fn replace_transport(&mut self, who: ParticipantId, transport: TransportId, turn: &mut Turn) {
        let old = self.forget_transport(who, turn);
        turn.dropped.extend(old);
        self.transports.insert(transport, who);
        if let Some(participant) = self.register.get_mut(who) {
            participant.session.transport = Some(Transport { id: transport, open: [false; 3] });
        }
    }

    /// The media threads lost a transport: there is no gate to close any more. Their standing is untouched.
    pub(crate) fn transport_lost(&mut self, transport: TransportId, turn: &mut Turn) {
        let Some(who) = self.transports.remove(&transport) else { return };
        if let Some(participant) = self.register.get_mut(who) {
            participant.session.transport = None;
        }
        self.qualities.forget(who);
        self.slots.remove_viewer(who);
        self.enact(who, turn);
    }

    /// A session is over, or its page begins anew: its transport goes, and whatever it fed.
    pub(crate) fn drop_transport(&mut self, who: ParticipantId, turn: &mut Turn) {
        let old = self.forget_transport(who, turn);
        turn.dropped.extend(old);
        self.enact(who, turn);
    }

    /// Closes what is open, so that the order of a turn holds for it too.
    fn forget_transport(&mut self, who: ParticipantId, turn: &mut Turn) -> Option<TransportId> {
        let transport = self.register.get_mut(who)?.session.transport.take()?;
        for source in Source::ALL.into_iter().filter(|source| transport.open[*source as usize]) {
            turn.gate(transport.id, source, false);
        }
        self.transports.remove(&transport.id);
        self.qualities.forget(who);
        self.slots.remove_viewer(who);
        Some(transport.id)
    }

    /// Makes gates and slots what somebody's standing and sources say: a gate is open for what is on, on stage; a microphone has
    /// its slot for as long as its owner is on stage, so that unmuting is nothing but a gate; a camera and a screen while they are on.
    pub(crate) fn enact(&mut self, who: ParticipantId, turn: &mut Turn) {
        let on_stage = self.stage.standing(who) == Some(Standing::OnStage);
        let mut feeds = Feeds::default();
        let (mut came_up, mut live) = (0, false);
        if let Some(participant) = self.register.get_mut(who) {
            came_up = participant.came_up;
            if let Some(transport) = &mut participant.session.transport {
                for source in Source::ALL {
                    let open = on_stage && participant.sources.get(source) == SourceState::On;
                    if transport.open[source as usize] != open {
                        transport.open[source as usize] = open;
                        turn.gate(transport.id, source, open);
                    }
                    let shown = open || (on_stage && source == Source::Mic);
                    feeds[source as usize] = shown.then_some(transport.id);
                    live |= open && source == Source::Mic;
                }
            }
        }
        let mic = feeds[Source::Mic as usize].map(|_| live);
        self.speakers.set(turn.now, who, mic);
        self.slots.set_feeds(who, came_up, feeds, &mut turn.shifts);
    }
}
