/** What was written, as the page keeps it. Pure. */
import type { Audience, ChatMessage, ParticipantId } from "../signal/generated/messages";
import type { State } from "./state";

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
  return seen(newest < next.chatSeen ? { ...next, chatSeen: 0 } : next);
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

/** Messages of others that were not seen yet. */
export function unreadOf({ chat, chatSeen, you }: Pick<State, "chat" | "chatSeen" | "you">): number {
  return chat.filter(({ id, by }) => id > chatSeen && by !== you).length;
}

/** The other one of a private conversation; `null` where it is none. */
export function partnerOf({ audience, by }: Pick<Written, "audience" | "by">, you: ParticipantId | null): ParticipantId | null {
  if (audience.is !== "person") return null;
  return by === you ? audience.participant : by;
}
