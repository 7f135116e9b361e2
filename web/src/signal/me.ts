/** Who is signed in on the first page, and their rooms: where the operator named a provider. */
import type { Access } from "./generated/messages";

export interface OwnRoom {
  readonly id: string;
  readonly title: string;
  readonly access: Access;
  /** So many are there now. */
  readonly people: number;
}

export interface Me {
  /** What people call the provider. */
  readonly provider: string;
  /** `null`: nobody is signed in. */
  readonly person: { readonly name: string } | null;
  readonly rooms: readonly OwnRoom[];
}

/** `null` where nobody signs in at this server. */
export function whoAmI(): Promise<Me | null> {
  return ask<Me>("/api/v1/me");
}

/** Whether it was made. */
export async function makeRoom(title: string, access: Access): Promise<boolean> {
  return (await ask("/api/v1/me/rooms", { title, access })) !== null;
}

/** The way into one's own room, and the token that is part of it. */
export function openRoom(id: string): Promise<{ readonly url: string; readonly token: string } | null> {
  return ask(`/api/v1/me/rooms/${encodeURIComponent(id)}`, {});
}

/** Whether it has ended. */
export async function endRoom(id: string): Promise<boolean> {
  return (await ask(`/api/v1/me/rooms/${encodeURIComponent(id)}`, undefined, { method: "DELETE" })) !== null;
}

/** The address of a new link for guests of one's own room. */
export async function linkFor(id: string): Promise<string | null> {
  const opened = await openRoom(id);
  if (opened === null) return null;
  const made = await ask<{ url: string }>(`/api/v1/rooms/${encodeURIComponent(id)}/links`, {}, { token: opened.token });
  return made?.url ?? null;
}

export async function signOut(): Promise<void> {
  await ask("/api/v1/me/sign-out", {});
}

/** Asks with a body by POST, without one by GET, where nothing else is said. */
async function ask<Answer extends object>(
  path: string,
  body?: object,
  { token, method }: { readonly token?: string; readonly method?: string } = {},
): Promise<Answer | null> {
  try {
    const headers: Record<string, string> = token === undefined ? {} : { authorization: `Bearer ${token}` };
    const sent = body === undefined ? {} : { method: "POST", body: JSON.stringify(body) };
    const response = await fetch(path, { ...sent, headers, ...(method !== undefined && { method }) });
    if (!response.ok) return null;
    return response.status === 204 ? ({} as Answer) : ((await response.json()) as Answer);
  } catch {
    return null;
  }
}
