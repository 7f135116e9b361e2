/** What of all that happens makes a sound, and when. Pure, but for the clock one hands in. */
import type { Change, ChatMessage } from "../signal/generated/messages";
import { isModerator } from "./abilities";
import type { Event } from "./reduce";
import { me, type State } from "./state";

export type Sound = "asked" | "invited" | "on_stage" | "chat";

/** What matters more comes first. */
const BY_WEIGHT: readonly Sound[] = ["on_stage", "invited", "asked", "chat"];

/** The sound of this event, that led from one state to the other. Nothing for one's own doings, nor for what was there on arrival. */
export function soundOf(event: Event, before: State, after: State): Sound | null {
  if (event.is !== "received" || before.room === null || before.link !== "open") return null;
  const { message } = event;
  if (message.type === "chat") return soundOfChat(message.messages, before, after);
  return message.type === "changed" ? soundOfChange(message.change, before, after) : null;
}

/** Older ones are what was said before one came, or while one was away. */
const FRESH_MS = 3_000;

function soundOfChat(messages: readonly ChatMessage[], { you, chat }: State, after: State): Sound | null {
  if (after.panel === "chat") return null;
  const last = chat.at(-1)?.id ?? 0;
  return messages.some(({ id, by, age_ms }) => id > last && by !== you && age_ms < FRESH_MS) ? "chat" : null;
}

function soundOfChange(change: Change, before: State, after: State): Sound | null {
  if (change.what !== "participant") return null;
  const { id } = change.participant;
  const [was, is] = [before.people.get(id), after.people.get(id)];
  if (was === is || is === undefined) return null;
  if (id === after.you) {
    // Nobody can have made themselves invited; being on air is said to whoever pressed the button, too: from here on others hear.
    const risen = was?.stage !== is.stage && (is.stage === "invited" || is.stage === "on_stage");
    return risen ? (is.stage as "invited" | "on_stage") : null;
  }
  return isModerator(me(after)) && is.request !== undefined && is.request !== was?.request ? "asked" : null;
}

/** Between two sounds, whatever they are. */
const APART_MS = 1_000;
/** Between two of the same: fifty who ask make no alarm clock. */
const SAME_APART_MS = 4_000;

/** Lets sounds through one by one: of those that come too soon, the one that matters most waits its turn and the others are dropped. */
export class Sounds {
  #last = -Infinity;
  readonly #lastOf = new Map<Sound, number>();
  #waiting: Sound | null = null;

  constructor(
    private readonly play: (sound: Sound) => void,
    private readonly now: () => number,
    private readonly later: (then: () => void, milliseconds: number) => void,
  ) {}

  hear(sound: Sound): void {
    const now = this.now();
    if (now - (this.#lastOf.get(sound) ?? -Infinity) < SAME_APART_MS) return;
    const wait = this.#last + APART_MS - now;
    if (wait <= 0 && this.#waiting === null) this.#let(sound);
    else if (this.#waiting === null) {
      this.#waiting = sound;
      this.later(() => this.#next(), wait);
    } else if (BY_WEIGHT.indexOf(sound) < BY_WEIGHT.indexOf(this.#waiting)) this.#waiting = sound;
  }

  #next(): void {
    const sound = this.#waiting;
    this.#waiting = null;
    if (sound !== null) this.#let(sound);
  }

  #let(sound: Sound): void {
    this.#last = this.now();
    this.#lastOf.set(sound, this.#last);
    this.play(sound);
  }
}
