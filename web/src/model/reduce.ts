/** The page's only way from one state to the next. Pure. */
import type { Audience, Change, Measured, ParticipantState, RoomState, ServerMessage, Source, SourceState } from "../signal/generated/messages";
import type { Text } from "../texts";
import { answering, composingFor, liked, takenOut, written } from "./chat";
import { answeredBy, deleted, polled, topicOfPoll, unanswered } from "./polls";
import { asked, dismissed, voted } from "./questions";
import type { Subject } from "./layout";
import { initial, me, nameOf, type Ending, type MediaLink, type Panel, type State, type Toast } from "./state";
import { isModerator } from "./abilities";
import { fitting, isTalk, opened } from "./talk";
import { textOfNotice } from "./words";

/** What happens to the page: frames of the server, and the person's own doings. */
export type Event =
  | { readonly is: "received"; readonly message: ServerMessage; readonly now: number }
  | { readonly is: "link_lost" }
  | { readonly is: "retry" }
  | { readonly is: "media"; readonly media: MediaLink }
  | { readonly is: "ended"; readonly ending: Ending }
  | { readonly is: "told"; readonly toast: Omit<Toast, "key"> }
  | { readonly is: "dismissed"; readonly key: number }
  | { readonly is: "panel"; readonly panel: Panel | null }
  | { readonly is: "pinned"; readonly pinned: Subject | null }
  | { readonly is: "writing_to"; readonly audience: Audience; readonly eager: boolean }
  | { readonly is: "answering"; readonly message: number | null }
  | { readonly is: "preparing"; readonly open: boolean }
  | { readonly is: "invitation_aside" };

export function reduce(state: State, event: Event): State {
  switch (event.is) {
    case "received":
      return receive(state, event.message, event.now);
    case "link_lost":
      return state.link === "open" ? { ...state, link: "lost" } : state;
    case "retry":
      return { ...initial, nextToast: state.nextToast };
    case "media":
      return state.media === event.media ? state : { ...state, media: event.media };
    case "ended":
      return end(state, event.ending);
    case "told":
      return outdated(tell(state, event.toast));
    case "dismissed":
      return { ...state, toasts: state.toasts.filter((toast) => toast.key !== event.key) };
    case "panel":
      return announced(opened(state, event.panel));
    case "pinned":
      return { ...state, pinned: event.pinned };
    case "writing_to": {
      const next = { ...state, composing: composingFor(state, event.audience, event.eager) };
      return next.panel === "chat" ? next : announced(opened(next, "chat", event.eager));
    }
    case "answering": {
      const { message } = event;
      return { ...state, composing: message === null ? { ...state.composing, replyTo: null } : answering(state, message) };
    }
    case "preparing":
      // The device dialog shows the same pickers as the settings: one of them at a time.
      return { ...state, preparing: event.open, panel: event.open && state.panel === "settings" ? null : state.panel };
    case "invitation_aside":
      return { ...state, asideInvitation: me(state)?.invitation ?? null };
  }
}

function receive(state: State, message: ServerMessage, now: number): State {
  switch (message.type) {
    case "welcome":
      return welcome(state, message.you, message.room, message.resumed);
    case "changed":
      return changed(state, message.version, message.change);
    case "slots":
      return { ...state, slots: message.slots };
    case "slot_paused": {
      const paused = new Set(state.paused);
      if (message.paused) paused.add(message.mid);
      else paused.delete(message.mid);
      return { ...state, paused };
    }
    case "speaking":
      return { ...state, speaking: new Set(message.speaking), active: message.active ?? null };
    case "chat":
      return written(state, message.messages, now);
    case "chat_gone":
      return takenOut(state, message.messages);
    case "chat_liked":
      return liked(state, message.message, message.likes, message.by === state.you, message.liked);
    case "chat_pinned":
      return { ...state, chatPinned: message.message ?? null };
    case "questions":
      return asked(state, message.questions, now);
    case "question_voted":
      return voted(state, message.question, message.votes, message.by === state.you, message.voted);
    case "questions_gone":
      return dismissed(state, message.questions);
    case "reactions":
      return { ...state, reactions: { number: state.reactions.number + 1, counts: message.counts } };
    case "polls":
      return announced(polled(state, message.polls, now));
    case "poll_yours":
      return announced(answeredBy(state, message.poll, message.yours));
    case "polls_gone":
      return announced(deleted(state, message.polls));
    case "waiting":
      return { ...state, waiting: message.people };
    case "in_waiting_room":
      return { ...initial, link: "open", waitingFor: message.title, nextToast: state.nextToast };
    case "timer": {
      const { timer } = message;
      return { ...state, timer: timer === undefined ? null : { totalMs: timer.total_ms, leftMs: timer.left_ms, running: timer.running, at: now } };
    }
    case "quality":
      return { ...state, quality: measured(state.quality, message.measured) };
    case "notice": {
      const by = message.notice.code === "invited" ? (message.notice.by ?? null) : state.invitedBy;
      const toast = textOfNotice(message.notice, (id) => nameOf(state, id));
      const next = by === state.invitedBy ? state : { ...state, invitedBy: by };
      return toast === null ? next : outdated(tell(next, toast));
    }
    case "error":
      return message.code === "draining" || message.code === "hello_timeout" || message.code === "too_many_messages"
        ? state
        : end(state, message.code);
    case "closing":
      return message.closing === "draining" ? state : end(state, message.closing);
    case "pong":
    case "more_slots":
    case "answer":
    case "media_connected":
    case "media_lost":
    case "layers_wanted":
    case "restart_ice":
    case "ice_servers":
    case "done":
    case "refused":
      // For `signal` and `rtc`.
      return state;
    default:
      return unknown(message, state);
  }
}

function measured(known: State["quality"], news: readonly Measured[]): State["quality"] {
  const next = new Map(known);
  for (const { participant, quality } of news) {
    if (quality === undefined) next.delete(participant);
    else next.set(participant, quality);
  }
  return next;
}

/** What an older page does not know is nothing to it. That every message of today is known is the compiler's to say. */
function unknown(_message: never, state: State): State {
  return state;
}

/**
 * In the room, or in it again: the snapshot is the truth, and what it changes about oneself is told like any change. One may be somebody
 * new in it, after a restart of the server or a long absence: what one was on this page still is what the person remembers.
 */
function welcome(state: State, you: string, room: RoomState, resumed: boolean): State {
  // Its version begins anew, as do all its numbers.
  const restarted = state.room !== null && room.version < state.room.version;
  const people = new Map(room.participants.map((person) => [person.id, person]));
  const before = me(state);
  const next: State = {
    ...state,
    link: "open",
    ending: null,
    stale: false,
    you,
    room: {
      version: room.version,
      id: room.id,
      title: room.title,
      access: room.access,
      capacity: room.capacity,
      selfLeave: room.self_leave,
      features: room.features,
      locked: room.locked,
      spotlight: room.spotlight ?? null,
    },
    waitingFor: null,
    people,
    slots: resumed ? state.slots : [],
    paused: resumed ? state.paused : new Set(),
    // Told right after the welcome, where there is anything to tell.
    speaking: new Set(),
    active: null,
    quality: new Map(),
    // As what is said right after the welcome has it.
    chat: [],
    chatPinned: null,
    composing: resumed ? state.composing : { ...state.composing, replyTo: null, audience: restarted ? unknownNow(state.composing.audience) : state.composing.audience },
    questions: [],
    polls: [],
    waiting: [],
    timer: null,
    // Somebody new in the room has seen nothing of it.
    questionsSeen: you === state.you && !restarted ? state.questionsSeen : 0,
    pollsTold: you === state.you && !restarted ? state.pollsTold : new Set(),
    // A restarted server counts invitations anew.
    asideInvitation: resumed ? state.asideInvitation : null,
  };
  return settle(closedIfOff(next), before);
}

/** Numbers were given anew since: this one person's may be somebody else's, so that one chooses again. */
function unknownNow(audience: Audience): Audience {
  return audience.is === "person" ? { is: "person", participant: "p0" } : audience;
}

/** What was turned off closes where it stands open, and says why. */
function closedIfOff(state: State): State {
  const next = fitting(state);
  return next === state || !isTalk(state.panel) ? next : tell(next, status("off", `told.off.${state.panel}`));
}

function changed(state: State, version: number, change: Change): State {
  if (state.room === null || version <= state.room.version) return state;
  if (version !== state.room.version + 1) return { ...state, stale: true };
  const next = { ...state, room: { ...state.room, version } };
  switch (change.what) {
    case "participant": {
      const people = new Map(state.people).set(change.participant.id, change.participant);
      return settle({ ...next, people }, me(state));
    }
    case "gone": {
      const people = new Map(state.people);
      people.delete(change.participant);
      return { ...next, people };
    }
    case "room": {
      const { title, access, capacity, self_leave: selfLeave, features, locked } = change;
      return announced(closedIfOff({ ...next, room: { ...next.room, title, access, capacity, selfLeave, features, locked } }));
    }
    case "spotlight":
      return { ...next, room: { ...next.room, spotlight: change.participant ?? null } };
  }
}

/** What follows from a change about oneself: words, and dialogs that open or close by themselves. */
function settle(state: State, before: ParticipantState | undefined): State {
  const now = me(state);
  if (now === undefined || before === undefined || now === before) return state;
  let next = state;
  if (now.stage !== before.stage) {
    if (now.stage === "on_stage") next = tell({ ...next, preparing: false }, status("stage", "told.on_stage"));
    else if (before.stage === "on_stage") next = tell(without(next, OF_STAGE), status("stage", "told.viewer"));
    // An approval answers one's own request, so it leads straight to the devices; an invitation out of the blue asks first.
    if (before.stage === "requested" && now.stage === "invited") next = reduce(next, { is: "preparing", open: true });
    if (before.stage === "invited" && now.stage !== "invited") next = { ...next, preparing: false, invitedBy: null };
  }
  for (const source of SOURCES) next = tellSource(next, source, before, now);
  if (!isModerator(now) && isModerator(before)) next = { ...next, quality: new Map([...next.quality].filter(([who]) => who === now.id)) };
  if (!isModerator(now) && isModerator(before)) next = unprivileged(next);
  if (now.role !== before.role) next = tell(next, status("role", "told.role", { role: now.role }));
  return outdated(next);
}

/** Without what only moderators may know. */
function unprivileged(state: State): State {
  return { ...state, waiting: [], polls: state.polls.filter(({ stage }) => stage !== "draft") };
}

const SOURCES = ["mic", "camera", "screen"] as const satisfies readonly Source[];

/** What was said about a source. */
function topicsOf(source: Source): string[] {
  return [source, `unmute-${source}`, `device-${source}`];
}

/** What is of no interest any more to whoever has left the stage. */
const OF_STAGE = [...SOURCES.flatMap(topicsOf), "refused-set_source"];

function tellSource(state: State, source: Source, before: ParticipantState, now: ParticipantState): State {
  const [was, is] = [before[source], now[source]];
  if (was === is) return state;
  if (is === "muted" || is === "locked") {
    return tell(state, { topic: source, tone: "alert", text: { key: `told.${is}.${source}` } });
  }
  // What it was silent for is over.
  if (is === "on") return without(state, topicsOf(source));
  return was === "locked" ? tell(state, status(source, `told.released.${source}`)) : state;
}

/** Each open poll is said once, to whoever has not answered it and does not look at the polls anyway; what is said of others is taken back. */
function announced(state: State): State {
  const open = state.room?.features.polls === true ? unanswered(state.polls) : [];
  const topics = state.panel === "polls" ? [] : open.map(({ id }) => topicOfPoll(id));
  const past = state.toasts.filter(({ opens, topic }) => opens === "polls" && !topics.includes(topic));
  let next = without(state, past.map(({ topic }) => topic));
  const news = open.filter(({ id }) => !state.pollsTold.has(id));
  for (const { id, draft } of state.panel === "polls" ? [] : news) {
    next = tell(next, { ...status(topicOfPoll(id), "told.poll", { title: draft.title }), opens: "polls" });
  }
  // One that has ended may be opened again, which is news.
  const told = new Set([...state.pollsTold, ...news.map(({ id }) => id)]);
  for (const { id, stage } of state.polls) if (stage === "ended") told.delete(id);
  return { ...next, pollsTold: told };
}

function status(topic: string, key: Text["key"], values?: Text["values"]): Omit<Toast, "key"> {
  return { topic, tone: "status", text: values === undefined ? { key } : { key, values } };
}

function tell(state: State, toast: Omit<Toast, "key">): State {
  const others = state.toasts.filter((other) => other.topic !== toast.topic);
  return { ...state, toasts: [...others, { ...toast, key: state.nextToast }].slice(-MOST_TOASTS), nextToast: state.nextToast + 1 };
}

function without(state: State, topics: readonly string[]): State {
  const toasts = state.toasts.filter((toast) => !topics.includes(toast.topic));
  return toasts.length === state.toasts.length ? state : { ...state, toasts };
}

/** Takes back what was offered and cannot be done any more, or is done. */
function outdated(state: State): State {
  const now = me(state);
  const past = state.toasts.filter(({ offer }) => offer !== undefined && !(now?.stage === "on_stage" && isSilent(now[offer])));
  return without(state, past.map((toast) => toast.topic));
}

function isSilent(source: SourceState): boolean {
  return source === "off" || source === "muted";
}

/** Said at once; more would hide the stage. */
const MOST_TOASTS = 4;

function end(state: State, ending: Ending): State {
  return { ...initial, link: "over", ending, room: state.room, nextToast: state.nextToast };
}
