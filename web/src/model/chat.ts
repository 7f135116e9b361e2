/** What was written, as the page keeps it. Pure. */
import type { Audience, ChatMessage, ParticipantId, ParticipantState } from "../signal/generated/messages";
import { isModerator, isOfTheStage, mayWritePrivately } from "./abilities";
import { me, nameOf, type Composing, type State } from "./state";

/** What somebody wrote. */
export interface Written extends Omit<ChatMessage, "age_ms" | "audience" | "likes" | "liked"> {
  readonly audience: Audience;
  readonly likes: number;
  readonly liked: boolean;
  /** In milliseconds since 1970, by this machine's clock. */
  readonly at: number;
}

/** Kept by this page, as by the server; whoever comes later gets no more. */
const CHAT_REMEMBERED = 300;

/** With what has come in, each once, in the order in which it was written: what was written backstage may come later than what followed it. */
export function written(state: State, messages: readonly ChatMessage[], now: number): State {
  const known = new Set(state.chat.map(({ id }) => id));
  const news = messages.filter(({ id }) => !known.has(id)).map((message) => read(message, now));
  if (news.length === 0) return state;
  const last = state.chat.at(-1)?.id ?? 0;
  const chat = [...state.chat, ...news];
  if (news.some(({ id }) => id < last)) chat.sort((a, b) => a.id - b.id);
  const next = { ...state, chat: chat.slice(-CHAT_REMEMBERED) };
  // A server that was started anew counts from the beginning.
  const newest = next.chat.at(-1)?.id ?? 0;
  return seen(newest < next.chatSeen ? { ...next, chatSeen: 0, chatNew: null } : next);
}

function read({ age_ms, audience = { is: "everybody" }, likes = 0, liked = false, ...message }: ChatMessage, now: number): Written {
  return { ...message, audience, likes, liked, at: now - age_ms };
}

export function takenOut(state: State, messages: readonly number[]): State {
  const gone = new Set(messages);
  const pinned = state.chatPinned !== null && gone.has(state.chatPinned) ? null : state.chatPinned;
  return { ...state, chat: state.chat.filter(({ id }) => !gone.has(id)), chatPinned: pinned };
}

export function liked(state: State, message: number, likes: number, own: boolean, likedNow: boolean): State {
  const chat = state.chat.map((one) => (one.id === message ? { ...one, likes, liked: own ? likedNow : one.liked } : one));
  return { ...state, chat };
}

/** Whoever has the chat open has seen all of it. */
export function seen(state: State): State {
  const newest = state.chat.at(-1)?.id ?? 0;
  return state.panel === "chat" && newest > state.chatSeen ? { ...state, chatSeen: newest } : state;
}

/** Opens the chat, and remembers where one left off. */
export function chatOpened(state: State): State {
  const { chatSeen, you } = state;
  const first = chatSeen === 0 ? undefined : state.chat.find(({ id, by }) => id > chatSeen && by !== you);
  return seen({ ...state, panel: "chat", chatNew: first?.id ?? null });
}

/** Messages of others that were not seen yet. */
export function unreadOf({ chat, chatSeen, you }: Pick<State, "chat" | "chatSeen" | "you">): number {
  return chat.filter(({ id, by }) => id > chatSeen && by !== you).length;
}

/** The other one of a private conversation; `null` where it is none. */
export function partnerOf({ audience, by }: Pick<Written, "audience" | "by">, you: ParticipantId | null): ParticipantId | null {
  if (audience.is !== "person") return null;
  return by === you ? audience.participant : by;
}

/** The next message is for these; it answers nothing any more. */
export function composingFor(state: State, audience: Audience, eager: boolean): Composing {
  return { audience, name: audience.is === "person" ? nameOf(state, audience.participant) : "", replyTo: null, eager };
}

/** An answer is for those who read what it answers, and whatever follows it is as well, until one chooses otherwise. */
export function answering(state: State, message: number): Composing {
  const to = state.chat.find(({ id }) => id === message);
  if (to === undefined) return state.composing;
  const partner = partnerOf(to, state.you);
  const audience: Audience = partner === null ? to.audience : { is: "person", participant: partner };
  return { ...composingFor(state, audience, true), replyTo: message };
}

/** Whether those whom the next message is for can read it now. It never goes to anybody else instead. */
export function canBeRead(state: State): boolean {
  const { audience, name } = state.composing;
  const writer = me(state);
  if (audience.is === "everybody") return true;
  if (audience.is === "backstage") return isOfTheStage(writer);
  const reader = state.people.get(audience.participant);
  return reader !== undefined && reader.name === name && mayWritePrivately(writer, reader);
}

/** More would make a list that nobody reads; a person's own menu leads to them as well. */
const MOST_READERS = 100;

/** Who can be chosen as readers, beside everybody. */
export function readersOf(state: Pick<State, "people" | "you">): { readonly backstage: boolean; readonly people: readonly ParticipantState[]; readonly more: boolean } {
  const writer = state.you === null ? undefined : state.people.get(state.you);
  const people = [...state.people.values()].filter((person) => mayWritePrivately(writer, person));
  people.sort((a, b) => rankOf(b) - rankOf(a) || a.name.localeCompare(b.name));
  return { backstage: isOfTheStage(writer), people: people.slice(0, MOST_READERS), more: people.length > MOST_READERS };
}

/** Those one is most likely to look for. */
function rankOf(person: ParticipantState): number {
  return isModerator(person) ? 2 : person.stage === "on_stage" || isOfTheStage(person) ? 1 : 0;
}

/** A message as the log shows it. */
export interface Row {
  readonly message: Written;
  /** It is the first one of its day, where that needs to be said. */
  readonly day: boolean;
  /** Whoever opened the chat left off before it. */
  readonly fresh: boolean;
  /** Said in one breath with the one before: it needs no second name. */
  readonly follows: boolean;
}

export function rowsOf(chat: readonly Written[], firstNew: number | null, now: number): Row[] {
  const today = dayOf(now);
  return chat.map((message, index) => {
    const before = chat[index - 1];
    const day = before === undefined ? dayOf(message.at) !== today : dayOf(before.at) !== dayOf(message.at);
    const fresh = message.id === firstNew && before !== undefined;
    return { message, day, fresh, follows: !day && !fresh && message.reply_to === undefined && isSameBreath(before, message) };
  });
}

function dayOf(at: number): string {
  return new Date(at).toDateString();
}

const BREATH_MS = 120_000;

function isSameBreath(before: Written | undefined, one: Written): boolean {
  if (before === undefined || before.by !== one.by || before.name !== one.name || one.at - before.at >= BREATH_MS) return false;
  if (one.audience.is !== before.audience.is) return false;
  return one.audience.is !== "person" || before.audience.is !== "person" || one.audience.participant === before.audience.participant;
}
