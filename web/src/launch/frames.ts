/** The windows around the page, and what is posted to them. */
import type { Storage } from "./step";
import type { Way } from "./storage";

/** Nobody waits longer for a platform that has never heard of this; where a cookie comes back, nobody waits for it at all. */
const LATE_MS = 3_000;

export function wayTo(storage: Storage): Way {
  return {
    post: (message) => {
      try {
        const frame = frameOf(storage.target);
        frame?.postMessage(message, storage.origin);
        return frame !== null;
      } catch {
        return false;
      }
    },
    listen: (heard) => {
      const listener = ({ origin, data }: MessageEvent) => {
        if (origin === storage.origin) heard(data);
      };
      window.addEventListener("message", listener);
      return () => window.removeEventListener("message", listener);
    },
    wait: (late) => {
      const timer = window.setTimeout(late, LATE_MS);
      return () => window.clearTimeout(timer);
    },
    // Not `randomUUID`, which pages without https do not have.
    newId: () => [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join(""),
  };
}

/** A page that was opened in a window of its own was opened by the platform. */
function around(): Window | null {
  return window.parent === window ? (window.opener as Window | null) : window.parent;
}

function frameOf(target: string): Window | null {
  const platform = around();
  if (platform === null || target === "_parent") return platform;
  // A name that is not there throws where the platform is another site.
  return (platform.frames as unknown as Readonly<Record<string, Window | undefined>>)[target] ?? null;
}

/** The platform may close what it opened for us. It may be any: there is nothing secret in it. */
export function askToClose(): void {
  const platform = (window.opener as Window | null) ?? window.parent;
  platform.postMessage({ subject: "org.imsglobal.lti.close" }, "*");
}
