/** The picture of a screen, as the person picks it in the browser's own dialog. */
import { isKeptFrom, wasKeptFrom } from "./frame";

/** Whether this browser can share a screen at all; phones mostly cannot. */
export const screenCanBeShared = typeof navigator.mediaDevices?.getDisplayMedia === "function";

/**
 * Asks for a screen; `null` when the person changed their mind, "framed" where the page around this one does not allow it. `ended`: they stopped
 * it in the browser's own bar.
 */
export async function shareScreen(ended: () => void): Promise<MediaStreamTrack | "framed" | null> {
  if (isKeptFrom("display-capture")) return "framed";
  const asked = performance.now();
  try {
    const stream = await navigator.mediaDevices.getDisplayMedia({ video: { frameRate: { ideal: 15, max: 30 } }, audio: false });
    const [track] = stream.getVideoTracks();
    if (track === undefined) return null;
    track.contentHint = "detail";
    track.onended = ended;
    return track;
  } catch (error) {
    return wasKeptFrom("display-capture", error, performance.now() - asked) ? "framed" : null;
  }
}
