/**
 * Which codecs to offer: the ones the stage knows, so that an offer with many slots stays small. A browser that knows no
 * preferences, or dislikes the list, offers what it likes.
 */

const AUDIO = ["audio/opus", "audio/red"];
const VIDEO = ["video/vp8", "video/h264", "video/vp9", "video/av1", "video/rtx"];

/** Narrows what `transceiver` offers. */
export function preferCodecs(transceiver: RTCRtpTransceiver, kind: "audio" | "video"): void {
  if (typeof transceiver.setCodecPreferences !== "function") return;
  const known = (RTCRtpReceiver.getCapabilities?.(kind) ?? null)?.codecs;
  if (known === undefined) return;
  const chosen = chooseCodecs(known, kind);
  if (chosen.length === 0) return;
  try {
    transceiver.setCodecPreferences(chosen);
  } catch {
    // Firefox up to 127 and old Safari refuse some lists; their own choice is as good, only longer.
  }
}

/** The wanted ones of `known`, in the stage's order. Pure. */
export function chooseCodecs<C extends { mimeType: string; sdpFmtpLine?: string }>(
  known: readonly C[],
  kind: "audio" | "video",
): C[] {
  const wanted = kind === "audio" ? AUDIO : VIDEO;
  const rank = (codec: C) => wanted.indexOf(codec.mimeType.toLowerCase());
  return known
    .filter((codec) => rank(codec) >= 0 && isWanted(codec))
    .sort((a, b) => rank(a) - rank(b));
}

/** Of H.264 only the baseline that every device has, of VP9 and AV1 only profile 0: the others double the list and nobody sends them. */
function isWanted(codec: { mimeType: string; sdpFmtpLine?: string }): boolean {
  const parameters = codec.sdpFmtpLine ?? "";
  switch (codec.mimeType.toLowerCase()) {
    case "video/h264":
      return parameters.includes("packetization-mode=1") && /profile-level-id=42e0/iu.test(parameters);
    case "video/vp9":
      return !/profile-id=[1-9]/u.test(parameters);
    case "video/av1":
      return !/profile=[1-9]/u.test(parameters);
    default:
      return true;
  }
}
