/**
 * A camera whose background is blurred: by the machine itself where it can, else by a small network that runs on this page. Loaded when
 * somebody wants it, and what the second way needs only then.
 */

export interface Blur {
  readonly track: MediaStreamTrack;
  readonly stop: () => void;
}

/** What the standard knows and the compiler's library does not yet. */
interface BlurConstraint {
  readonly backgroundBlur?: ConstrainBoolean;
}

/** `wanted`: what is asked of this camera anyway. Throws where neither way works. */
export async function blurBackground(camera: MediaStreamTrack, wanted: MediaTrackConstraints): Promise<Blur> {
  return (await byMachine(camera, wanted)) ?? (await import("./blur_page")).blurOnPage(camera);
}

async function byMachine(camera: MediaStreamTrack, wanted: MediaTrackConstraints): Promise<Blur | null> {
  const can = camera.getCapabilities?.() as { readonly backgroundBlur?: readonly boolean[] } | undefined;
  if (can?.backgroundBlur?.includes(true) !== true) return null;
  const blurred: MediaTrackConstraints & BlurConstraint = { ...wanted, backgroundBlur: { exact: true } };
  try {
    await camera.applyConstraints(blurred);
  } catch {
    return null;
  }
  return { track: camera, stop: () => void camera.applyConstraints(wanted).catch(() => undefined) };
}
