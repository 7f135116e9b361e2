/** What the server offers in development mode only: rooms from the landing page. */
import type { Access } from "./generated/messages";

/** A room just made, and how to get in. */
export interface DevRoom {
  readonly id: string;
  readonly links: { readonly moderator: string; readonly viewer: string };
}

/** The room that is there from the start in development mode; `null` when the server does not run in it. */
export async function devRoom(): Promise<{ room: DevRoom | null } | null> {
  try {
    const response = await fetch("/api/v1/dev");
    if (!response.ok) return null;
    const { dev, room, links } = (await response.json()) as { dev?: boolean; room?: string; links?: DevRoom["links"] };
    if (dev !== true) return null;
    return { room: room === undefined || links === undefined ? null : { id: room, links } };
  } catch {
    return null;
  }
}

/** Makes a room; `null` when the server did not. */
export async function createRoom(title: string, access: Access): Promise<DevRoom | null> {
  try {
    const response = await fetch("/api/v1/dev/rooms", {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ title, access }),
    });
    return response.ok ? ((await response.json()) as DevRoom) : null;
  } catch {
    return null;
  }
}
