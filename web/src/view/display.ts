/** The stage beyond the page: over the whole screen, or a picture of it in a small window of its own. Each where the browser has it. */
import { signal, type ReadonlySignal } from "@preact/signals";

export const hasFullScreen = document.fullscreenEnabled === true;
export const hasFloating = document.pictureInPictureEnabled === true && "requestPictureInPicture" in HTMLVideoElement.prototype;

const full = signal(false);
const afloat = signal(false);
document.addEventListener("fullscreenchange", () => (full.value = document.fullscreenElement !== null));
document.addEventListener("enterpictureinpicture", () => (afloat.value = true));
document.addEventListener("leavepictureinpicture", () => (afloat.value = document.pictureInPictureElement !== null));

export const isFullScreen: ReadonlySignal<boolean> = full;
/** A picture stands in a window of its own. */
export const isFloating: ReadonlySignal<boolean> = afloat;

/** `within`: an element of the room. All of the room goes along, or nobody would see there what is told and asked. */
export function toggleFullScreen(within: Element): void {
  if (document.fullscreenElement !== null) void document.exitFullscreen().catch(() => undefined);
  else void within.closest("main")?.requestFullscreen({ navigationUI: "hide" }).catch(() => undefined);
}

export function toggleFloating(stage: Element): void {
  if (document.pictureInPictureElement !== null) void document.exitPictureInPicture().catch(() => undefined);
  else void mainPicture(stage)?.requestPictureInPicture().catch(() => undefined);
}

/** Another tile is large: the small window shows that one then. Browsers allow it without a click while the window is open. */
export function followFloating(stage: Element): void {
  const now = document.pictureInPictureElement;
  const wanted = mainPicture(stage);
  if (now === null || wanted === null || wanted === now || !stage.contains(now)) return;
  void wanted.requestPictureInPicture().catch(() => undefined);
}

/** What is large, or alone on the stage. */
function mainPicture(stage: Element): HTMLVideoElement | null {
  return stage.querySelector<HTMLVideoElement>(".tile.large video, .tile:only-child video");
}
