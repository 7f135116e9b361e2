/** A room for tests: the server's side of the conversation, by hand. */
import type { Change, ParticipantState, RoomState, ServerMessage } from "../src/signal/generated/messages";
import { reduce } from "../src/model/reduce";
import { initial, type State } from "../src/model/state";

/** When the messages of tests arrive. */
export const NOW = 1_000_000;

/** All of them. */
export const FEATURES = { chat: true, hands: true, questions: true, reactions: true, polls: true };

export function person(id: string, more: Partial<ParticipantState> = {}): ParticipantState {
  return { id, name: `Person ${id}`, role: "viewer", stage: "off", connected: true, mic: "off", camera: "off", screen: "off", ...more };
}

export function room(participants: ParticipantState[], more: Partial<RoomState> = {}): RoomState {
  return { version: 10, id: "r", title: "Room", access: "request", capacity: 25, self_leave: false, features: FEATURES, locked: false, participants, ...more };
}

export function receive(state: State, ...messages: ServerMessage[]): State {
  return messages.reduce((before, message) => reduce(before, { is: "received", message, now: NOW }), state);
}

/** In the room as `you`, the first of these people. */
export function entered(people: ParticipantState[], more: Partial<RoomState> = {}): State {
  return receive(initial, welcome(people, more));
}

export function welcome(people: ParticipantState[], more: Partial<RoomState> = {}, resumed = false): ServerMessage {
  return { type: "welcome", you: people[0]?.id ?? "p1", resume: "key", resumed, heartbeat_ms: 5000, room: room(people, more) };
}

/** The next change of the room. */
export function change(state: State, change: Change): State {
  return receive(state, { type: "changed", version: (state.room?.version ?? 0) + 1, change });
}

/** Somebody stands differently now. */
export function stands(state: State, participant: ParticipantState): State {
  return change(state, { what: "participant", participant });
}

export function toasts(state: State): string[] {
  return state.toasts.map((toast) => toast.text.key);
}
