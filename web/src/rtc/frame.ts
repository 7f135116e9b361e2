/** The page around the room, where a platform shows it in a frame: what it keeps the room from. */

export type Feature = "camera" | "microphone" | "display-capture";

interface Policy {
  readonly allowsFeature: (feature: string) => boolean;
}

/** A browser that is not allowed to ask anybody says no at once; a person needs longer than this to. */
const AT_ONCE_MS = 250;

export function isFramed(): boolean {
  return typeof window !== "undefined" && window.parent !== undefined && window.parent !== window;
}

/** `null` where the browser does not tell. */
function allowed(feature: Feature): boolean | null {
  const { permissionsPolicy, featurePolicy } = document as { permissionsPolicy?: Policy; featurePolicy?: Policy };
  const policy = permissionsPolicy ?? featurePolicy;
  try {
    return policy?.allowsFeature(feature) ?? null;
  } catch {
    return null;
  }
}

/** Known before anybody is asked. */
export function isKeptFrom(feature: Feature): boolean {
  return isFramed() && allowed(feature) === false;
}

/** The same, from how the browser refused, where it does not tell otherwise. */
export function wasKeptFrom(feature: Feature, error: unknown, askedMs: number): boolean {
  if (!isFramed() || !(error instanceof DOMException) || error.name !== "NotAllowedError") return false;
  return allowed(feature) === null && askedMs < AT_ONCE_MS;
}
