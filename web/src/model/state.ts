/**
 * What the page knows, as one immutable value. It changes only in [reduce](./reduce.ts); what is drawn follows from it alone, but for
 * media streams, which live in `rtc`.
 */
import type {
  Access,
  Audience,
  Closing,
  ErrorCode,
  Features,
  InvitationId,
  ParticipantId,
  ParticipantState,
  Quality,
  ReactionCount,
  SlotState,
  Source,
  WaitingPerson,
} from "../signal/generated/messages";
import type { Text } from "../texts";
import type { Written } from "./chat";
import type { Poll } from "./polls";
import type { Asked } from "./questions";
import type { Subject } from "./layout";
import type { Talk } from "./talk";

/** The room itself, without its people. */
export interface RoomFacts {
  readonly version: number;
  readonly id: string;
  readonly title: string;
  readonly access: Access;
  readonly capacity: number;
  readonly selfLeave: boolean;
  readonly features: Features;
  /** Whoever is new waits to be let in. */
  readonly locked: boolean;
  /** Whom a moderator has put before everybody. */
  readonly spotlight: ParticipantId | null;
}

/** To whoever looks at it: its version goes up with everything that anybody does. */
export function sameRoom(a: RoomFacts | null, b: RoomFacts | null): boolean {
  if (a === null || b === null) return a === b;
  const told = ({ version: _, features, ...rest }: RoomFacts) => JSON.stringify([Object.entries(rest), Object.entries(features)]);
  return a === b || told(a) === told(b);
}

/** The socket: on its way for the first time, in the room, lost and coming back, or over. */
export type Link = "connecting" | "open" | "lost" | "over";

/** Why there is no room to show. */
export type Ending = Exclude<Closing, "draining"> | Exclude<ErrorCode, "draining" | "hello_timeout" | "too_many_messages"> | "no_token";

/** The peer connection. `blocked`: it never came up, again and again. */
export type MediaLink = "connecting" | "flowing" | "lost" | "blocked";

/** Something told to the person, gone by itself after a while. A later one of the same `topic` takes its place. */
export interface Toast {
  readonly key: number;
  readonly topic: string;
  readonly tone: "status" | "alert";
  readonly text: Text;
  /** A button on it: asks to turn this source on. */
  readonly offer?: Source;
  /** A button on it: opens this. */
  readonly opens?: Panel;
}

/** What stands open at the side. */
export type Panel = "participants" | "chat" | "questions" | "polls" | "settings";

/** The timer as it was told at a time of this machine's clock, in milliseconds. */
export interface Timer {
  readonly totalMs: number;
  readonly leftMs: number;
  readonly running: boolean;
  readonly at: number;
}

/** Whom the next message is for, and what it answers. */
export interface Composing {
  readonly audience: Audience;
  /** Of the one person it is for: a number may be somebody else's after a restart of the server. */
  readonly name: string;
  readonly replyTo: number | null;
  /** Asked for by something other than the fields below the log, so that one is about to write. */
  readonly eager: boolean;
}

export const FOR_EVERYBODY: Composing = { audience: { is: "everybody" }, name: "", replyTo: null, eager: false };

export interface State {
  readonly link: Link;
  readonly ending: Ending | null;
  readonly media: MediaLink;
  readonly you: ParticipantId | null;
  readonly room: RoomFacts | null;
  /** In the order they came. */
  readonly people: ReadonlyMap<ParticipantId, ParticipantState>;
  readonly slots: readonly SlotState[];
  /** Slots whose picture this page's connection does not carry for now. */
  readonly paused: ReadonlySet<string>;
  /** Who speaks right now, and who is the active speaker, as the server hears it. */
  readonly speaking: ReadonlySet<ParticipantId>;
  readonly active: ParticipantId | null;
  /** How well media flows to and from whom, where that was said; of others it is good. */
  readonly quality: ReadonlyMap<ParticipantId, Quality>;
  /** What was written, oldest first, and up to which message it was seen. */
  readonly chat: readonly Written[];
  readonly chatSeen: number;
  /** The message above the others. */
  readonly chatPinned: number | null;
  /** The first message that was new when the chat was opened. */
  readonly chatNew: number | null;
  readonly composing: Composing;
  /** With the newest one that was seen. */
  readonly questions: readonly Asked[];
  readonly questionsSeen: number;
  /** With those that the person was told of. */
  readonly polls: readonly Poll[];
  readonly pollsTold: ReadonlySet<number>;
  /** What everybody gave since the last time that was told, and the how manieth time this is. */
  readonly reactions: { readonly number: number; readonly counts: readonly ReactionCount[] };
  /** Who waits to be let in, as moderators are told. */
  readonly waiting: readonly WaitingPerson[];
  /** The title of the room that one waits to be let into. */
  readonly waitingFor: string | null;
  readonly timer: Timer | null;
  /** A version was missed: only a fresh snapshot helps. */
  readonly stale: boolean;
  readonly toasts: readonly Toast[];
  readonly nextToast: number;
  readonly panel: Panel | null;
  /** The tile that the person wants large, on this page alone. */
  readonly pinned: Subject | null;
  /** Which of chat, questions and polls was open last. */
  readonly talk: Talk;
  /** The device dialog is open. */
  readonly preparing: boolean;
  /** The invitation whose pop-up was put aside. */
  readonly asideInvitation: InvitationId | null;
  /** Who invited, as far as the server said. */
  readonly invitedBy: ParticipantId | null;
}

export const initial: State = {
  link: "connecting",
  ending: null,
  media: "connecting",
  you: null,
  room: null,
  people: new Map(),
  slots: [],
  paused: new Set(),
  speaking: new Set(),
  active: null,
  quality: new Map(),
  chat: [],
  chatSeen: 0,
  chatPinned: null,
  chatNew: null,
  composing: FOR_EVERYBODY,
  questions: [],
  questionsSeen: 0,
  polls: [],
  pollsTold: new Set(),
  reactions: { number: 0, counts: [] },
  waiting: [],
  waitingFor: null,
  timer: null,
  stale: false,
  toasts: [],
  nextToast: 1,
  panel: null,
  pinned: null,
  talk: "chat",
  preparing: false,
  asideInvitation: null,
  invitedBy: null,
};

/** The person at this page, once in the room. */
export function me(state: State): ParticipantState | undefined {
  return state.you === null ? undefined : state.people.get(state.you);
}

/** Somebody's name; empty for one who has gone. */
export function nameOf(state: State, id: ParticipantId): string {
  return state.people.get(id)?.name ?? "";
}

/** Whether this source is let through to everybody right now, so that the page has to send it. */
export function isLive(person: ParticipantState | undefined, source: Source): boolean {
  return person?.stage === "on_stage" && person[source] === "on";
}
