/**
 * How tall this page shows what its slots carry, so that the server sends nothing larger: measured on the video elements, 0 for what nobody
 * sees. A tab that is put away, or a tile scrolled out of sight, gets a moment before its picture stops.
 */
import type { SlotShown } from "../signal/generated/messages";

/** Changes are gathered this long: a window being dragged is one change. */
const GATHER_MS = 250;
/** Out of sight for so long is not looked at. */
const GLANCE_MS = 1_500;
/** Sizes in steps of this many pixels: a scroll bar that comes and goes is no change. */
const STEP = 30;
/** What a picture is high when it is as wide as its element. */
const PICTURE_ASPECT = 16 / 9;
/** So tall is a picture in a window of its own, where it is seen with the page put away, too. */
const FLOATING_HEIGHT = 360;
/** With data saver no picture is larger than this. */
export const SAVER_HEIGHT = 180;

export class Shown {
  readonly #elements = new Map<HTMLVideoElement, { mid: string; inSight: boolean; gone: number | undefined }>();
  #told = new Map<string, number>();
  #saving = false;
  #timer: number | undefined;
  readonly #sizes = new ResizeObserver(() => this.#changed());
  readonly #sight = new IntersectionObserver((entries) => {
    for (const entry of entries) this.#sees(entry.target as HTMLVideoElement, entry.isIntersecting);
  });

  constructor(private readonly tell: (slots: SlotShown[]) => Promise<boolean>) {
    for (const event of ["visibilitychange", "enterpictureinpicture", "leavepictureinpicture"]) {
      document.addEventListener(event, () => this.#changed());
    }
  }

  /** This element shows what the slot carries, until what is returned is called. */
  watch(mid: string, element: HTMLVideoElement): () => void {
    this.#elements.set(element, { mid, inSight: true, gone: undefined });
    this.#sizes.observe(element);
    this.#sight.observe(element);
    this.#changed();
    return () => {
      window.clearTimeout(this.#elements.get(element)?.gone);
      this.#elements.delete(element);
      this.#sizes.unobserve(element);
      this.#sight.unobserve(element);
      this.#changed();
    };
  }

  /** Small pictures alone. */
  save(saving: boolean): void {
    this.#saving = saving;
    this.#changed();
  }

  /** Another peer connection: the server knows nothing of its slots yet. */
  renew(): void {
    this.#told = new Map();
    this.#changed();
  }

  #sees(element: HTMLVideoElement, inSight: boolean): void {
    const watched = this.#elements.get(element);
    if (watched === undefined) return;
    window.clearTimeout(watched.gone);
    if (inSight) {
      watched.inSight = true;
      this.#changed();
      return;
    }
    watched.gone = window.setTimeout(() => {
      watched.inSight = false;
      this.#changed();
    }, GLANCE_MS);
  }

  #changed(): void {
    window.clearTimeout(this.#timer);
    const wait = document.visibilityState === "visible" ? GATHER_MS : GLANCE_MS;
    this.#timer = window.setTimeout(() => void this.#tellChanges(), wait);
  }

  async #tellChanges(): Promise<void> {
    const now = new Map<string, number>();
    for (const [element, { mid, inSight }] of this.#elements) {
      const inPage = inSight && document.visibilityState === "visible" ? heightOf(element) : 0;
      const height = document.pictureInPictureElement === element ? Math.max(inPage, FLOATING_HEIGHT) : inPage;
      now.set(mid, Math.max(now.get(mid) ?? 0, this.#saving ? Math.min(height, SAVER_HEIGHT) : height));
    }
    // A slot without an element is shown nowhere; one never told of was never shown.
    for (const mid of this.#told.keys()) if (!now.has(mid)) now.set(mid, 0);
    const slots = [...now].filter(([mid, height]) => this.#told.get(mid) !== height).map(([mid, height]) => ({ mid, height }));
    if (slots.length === 0) return;
    const before = this.#told;
    this.#told = now;
    // Not heard: the next change, or the next connection, tells it again.
    if (!(await this.tell(slots)) && this.#told === now) this.#told = before;
  }
}

function heightOf(element: HTMLVideoElement): number {
  return neededHeight(element.clientWidth, element.clientHeight, window.devicePixelRatio);
}

/** How tall a picture has to be to fill an element of this size in CSS pixels. Pure. */
export function neededHeight(width: number, height: number, ratio: number): number {
  const needed = Math.max(height, width / PICTURE_ASPECT) * ratio;
  return Math.ceil(needed / STEP) * STEP;
}
