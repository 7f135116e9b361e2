/** What the page asks the server, and what it makes of the answers. */
import { isWeb, ownAddress, stepOf, type Grade, type Prove, type Shown } from "./step";
import { kept, type Way } from "./storage";
import type { Access } from "../signal/generated/messages";

/** An answer: its status and its JSON, `null` where there is none. */
export interface Answer {
  readonly ok: boolean;
  readonly json: unknown;
}

/** Posts JSON; `null` where the server cannot be reached. */
export type Post = (path: string, body: object) => Promise<Answer | null>;

export const post: Post = async (path, body) => {
  try {
    const response = await fetch(path, { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) });
    return { ok: response.ok, json: await response.json().catch(() => null) };
  } catch {
    return null;
  }
};

/** Whether this browser brings the launch's cookie back. */
export async function cameBack(here: string): Promise<boolean> {
  try {
    const answer = (await (await fetch(here)).json()) as { kept?: unknown };
    return answer.kept === true;
  } catch {
    return false;
  }
}

/** No answer at all: a code of this page, beside the server's. */
export const UNREACHABLE = "unreachable";

export interface Failed {
  readonly is: "failed";
  readonly code: string;
  readonly detail?: string;
}

export type Proven = { readonly is: "room"; readonly address: string } | { readonly is: "shown"; readonly step: Shown };

/** Shows the server what the platform kept. `way` is `null` where it keeps nothing. */
export async function prove({ key, window, lang }: Prove, way: Way | null, send: Post, base: string): Promise<Proven> {
  const inLanguage = lang === undefined ? {} : { lang };
  const value = way === null ? null : await kept(way, key);
  if (value === null) return { is: "shown", step: { step: "elsewhere", window, ...inLanguage } };
  const answer = await send("/lti/prove", { key, value });
  if (answer === null || !answer.ok) {
    const { code, detail } = failureOf(answer);
    return { is: "shown", step: { step: "refused", code, ...inLanguage, ...(detail !== undefined && { detail }) } };
  }
  const next = ownAddress((answer.json as { next?: unknown } | null)?.next, base);
  if (next !== null) return { is: "room", address: next };
  const step = { ...inLanguage, ...stepOf(answer.json, base) };
  // Asked to keep or to prove once more, it would go round in circles.
  const again = step.step === "store" || step.step === "prove";
  return { is: "shown", step: again ? { step: "refused", code: "internal", detail: `step: ${step.step}`, ...inLanguage } : step };
}

export type Chosen = { readonly key: string; readonly cancel: true } | { readonly key: string; readonly title: string; readonly access: Access; readonly grade: Grade };

/** What the platform is sent back with. */
export interface Return {
  readonly is: "return";
  readonly address: string;
  readonly jwt: string;
}

export async function choose(chosen: Chosen, send: Post): Promise<Return | Failed> {
  const answer = await send("/lti/choose", chosen);
  if (answer === null || !answer.ok) return failureOf(answer);
  const { return_url: address, jwt } = (answer.json ?? {}) as { return_url?: unknown; jwt?: unknown };
  if (typeof address !== "string" || !isWeb(address) || typeof jwt !== "string") return { is: "failed", code: "internal" };
  return { is: "return", address, jwt };
}

function failureOf(answer: Answer | null): Failed {
  if (answer === null) return { is: "failed", code: UNREACHABLE };
  const { error } = (answer.json ?? {}) as { error?: { code?: unknown; message?: unknown } };
  const code = typeof error?.code === "string" ? error.code : "internal";
  return { is: "failed", code, ...(typeof error?.message === "string" && { detail: error.message }) };
}
