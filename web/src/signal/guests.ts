/** Guests: where a link leads, coming by it, and for moderators the links of a room. */
import type { Role } from "./generated/messages";

/** Why nobody comes in by a link, as the server says it. */
export type Over = "link_not_found" | "link_spent" | "link_expired" | "link_ended" | "room_not_found";

/** `failed`: nobody knows; one may try again. `too_fast`: in a moment. */
export type Looked =
  | { readonly is: "open"; readonly title: string; readonly waits: boolean }
  | { readonly is: "over"; readonly why: Over }
  | { readonly is: "failed" };
export type Came = { readonly is: "in"; readonly url: string } | { readonly is: "over"; readonly why: Over } | { readonly is: "failed" | "too_fast" };

/** A link as its room lists it. Times are in seconds since 1970. */
export interface RoomLink {
  readonly id: string;
  readonly role: Role;
  readonly waits: boolean;
  readonly uses: number | null;
  readonly used: number;
  readonly expires: number;
}

const OVER: readonly string[] = ["link_not_found", "link_spent", "link_expired", "link_ended", "room_not_found"] satisfies Over[];

export async function look(key: string): Promise<Looked> {
  const answer = await post<{ title: string; waits: boolean }>("/api/v1/guests/look", { key });
  if (typeof answer !== "string") return { is: "open", ...answer };
  return isOver(answer) ? { is: "over", why: answer } : { is: "failed" };
}

/** Uses the link: whoever calls this goes into the room. */
export async function come(key: string, name: string): Promise<Came> {
  const answer = await post<{ url: string }>("/api/v1/guests", { key, name });
  if (typeof answer !== "string") return { is: "in", url: answer.url };
  if (isOver(answer)) return { is: "over", why: answer };
  return { is: answer === "too_fast" ? "too_fast" : "failed" };
}

const isOver = (code: string): code is Over => OVER.includes(code);

/** What came back, or the code of what went wrong. */
async function post<Answer extends object>(path: string, body: object): Promise<Answer | string> {
  try {
    const response = await fetch(path, { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) });
    const answer = (await response.json()) as Answer & { error?: { code?: string } };
    return response.ok ? answer : (answer.error?.code ?? "");
  } catch {
    return "";
  }
}
