/** The one step of a launch that the server wrote into the page, or answered with. Pure: what is not understood is a launch that was refused. */
import type { Access } from "../signal/generated/messages";

/** Where the platform keeps something for us: a frame of its own, of this origin. */
export interface Storage {
  readonly target: string;
  readonly origin: string;
}

export type Grade = "none" | "attendance" | "stage";

export interface Refused {
  readonly step: "refused";
  readonly lang?: string;
  readonly code: string;
  readonly detail?: string;
  readonly platform?: string;
}

export interface Choose {
  readonly step: "choose";
  readonly lang?: string;
  readonly key: string;
  readonly title: string;
  readonly access: Access;
  readonly gradable: boolean;
}

export interface Registered {
  readonly step: "registered";
  readonly lang?: string;
  readonly name: string;
}

export interface Keep {
  readonly step: "store";
  readonly lang?: string;
  readonly key: string;
  readonly value: string;
  readonly storage: Storage | null;
  readonly then: string;
  /** Tells whether a cookie came back. */
  readonly here: string;
  /** The same launch in a window of its own. */
  readonly window: string;
}

export interface Prove {
  readonly step: "prove";
  readonly lang?: string;
  readonly key: string;
  readonly storage: Storage | null;
  readonly window: string;
}

/** The last resort: not the server's step, but what comes of one. */
export interface Elsewhere {
  readonly step: "elsewhere";
  readonly lang?: string;
  readonly window: string;
}

export type Step = Keep | Prove | Refused | Choose | Registered;
/** Those that have something to say. */
export type Shown = Refused | Choose | Registered | Elsewhere;

/** `text` is JSON, as it stands in the page's head. */
export function stepIn(text: string, base: string): Step {
  try {
    return stepOf(JSON.parse(text), base);
  } catch {
    return broken("no step");
  }
}

export function stepOf(given: unknown, base: string): Step {
  const fields = given as Readonly<Record<string, unknown>> | null;
  if (typeof fields !== "object" || fields === null) return broken("no step");
  const lang = word(fields["lang"]);
  const name = String(fields["step"]);
  const read = Object.hasOwn(READ, name) ? READ[name]?.(fields, base) : undefined;
  return { ...(read ?? broken(`step: ${name}`)), ...(lang !== null && { lang }) };
}

const ACCESSES: readonly unknown[] = ["open", "request", "invite"] satisfies Access[];

const READ: Readonly<Record<string, (fields: Readonly<Record<string, unknown>>, base: string) => Step | undefined>> = {
  store: ({ key, value, storage, then, here, window }, base) => {
    const [next, cookie, elsewhere] = [word(then), ownAddress(here, base), ownAddress(window, base)];
    if (typeof key !== "string" || typeof value !== "string" || next === null || !isWeb(next)) return undefined;
    if (cookie === null || elsewhere === null) return undefined;
    return { step: "store", key, value, storage: storageOf(storage), then: next, here: cookie, window: elsewhere };
  },
  prove: ({ key, storage, window }, base) => {
    const elsewhere = ownAddress(window, base);
    return typeof key !== "string" || elsewhere === null ? undefined : { step: "prove", key, storage: storageOf(storage), window: elsewhere };
  },
  refused: ({ code, detail, platform }) => {
    const [more, from] = [word(detail), word(platform)];
    return { step: "refused", code: word(code) ?? "", ...(more !== null && { detail: more }), ...(from !== null && { platform: from }) };
  },
  choose: ({ key, title, access, gradable }) => {
    if (typeof key !== "string") return undefined;
    const first = ACCESSES.includes(access) ? (access as Access) : "request";
    return { step: "choose", key, title: word(title) ?? "", access: first, gradable: gradable === true };
  },
  registered: ({ name }) => ({ step: "registered", name: word(name) ?? "" }),
};

/** An address of ours, with what follows its origin; nothing else is gone to or opened. */
export function ownAddress(given: unknown, base: string): string | null {
  if (typeof given !== "string" || !URL.canParse(given, base)) return null;
  const url = new URL(given, base);
  return url.origin === new URL(base).origin ? url.href : null;
}

export function isWeb(address: string): boolean {
  return URL.canParse(address) && /^https?:$/u.test(new URL(address).protocol);
}

function storageOf(given: unknown): Storage | null {
  const { target, origin } = (given ?? {}) as { target?: unknown; origin?: unknown };
  if (typeof target !== "string" || target === "" || typeof origin !== "string" || !isWeb(origin)) return null;
  return { target, origin: new URL(origin).origin };
}

function word(given: unknown): string | null {
  return typeof given === "string" && given !== "" ? given : null;
}

function broken(detail: string): Refused {
  return { step: "refused", code: "internal", detail };
}
