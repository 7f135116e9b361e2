/**
 * The sound of the others: one hidden audio element for every audio slot. Browsers may hold sound back until the person touches the
 * page; then `blocked` is true until they do, and the elements run muted meanwhile.
 */
import { signal, type ReadonlySignal } from "@preact/signals";
import type { SlotState } from "../signal/generated/messages";
import type { Slot } from "./connection";

/** What browsers take for a touch of the page. */
const GESTURES = ["pointerup", "keydown", "click"] as const;

export class Playback {
  readonly #blocked = signal(false);
  readonly #elements = new Map<Slot, HTMLAudioElement>();
  readonly #place = document.createElement("div");
  #sink = "";

  constructor() {
    this.#place.hidden = true;
    document.body.append(this.#place);
    for (const gesture of GESTURES) document.addEventListener(gesture, this.#touched, { capture: true, passive: true });
  }

  /** The browser holds the sound back. */
  get blocked(): ReadonlySignal<boolean> {
    return this.#blocked;
  }

  /** Plays these slots, and knows whose voice each carries. */
  show(slots: ReadonlyMap<string, Slot>, assigned: readonly SlotState[]): void {
    const audio = new Set([...slots.values()].filter((slot) => slot.kind === "audio"));
    for (const [slot, element] of this.#elements) {
      if (audio.has(slot)) continue;
      element.srcObject = null;
      element.remove();
      this.#elements.delete(slot);
    }
    for (const slot of audio) if (!this.#elements.has(slot)) this.#add(slot);
    for (const { mid, participant } of assigned) {
      const slot = slots.get(mid);
      const element = slot === undefined ? undefined : this.#elements.get(slot);
      if (element !== undefined) element.dataset["voice"] = participant;
    }
  }

  /** Any touch of the page allows sound, the button that offers it like every other. */
  readonly #touched = (): void => {
    if (!this.#blocked.peek()) return;
    this.#blocked.value = false;
    for (const element of this.#elements.values()) {
      element.muted = false;
      this.#play(element);
    }
  };

  /** Sends the sound to this speaker; the empty id is the system's choice. */
  useSpeaker(id: string): void {
    this.#sink = id;
    for (const element of this.#elements.values()) this.#route(element);
  }

  #add(slot: Slot): void {
    const element = document.createElement("audio");
    element.autoplay = true;
    element.srcObject = slot.stream;
    this.#elements.set(slot, element);
    this.#place.append(element);
    this.#route(element);
    this.#play(element);
  }

  #play(element: HTMLAudioElement): void {
    element.play().catch((error: unknown) => {
      // An element that was taken away meanwhile says AbortError: nobody misses it.
      if (!(error instanceof DOMException) || error.name !== "NotAllowedError" || element.muted) return;
      this.#blocked.value = true;
      element.muted = true;
      this.#play(element);
    });
  }

  #route(element: HTMLAudioElement): void {
    if (this.#sink === "" && element.sinkId === "") return;
    void element.setSinkId?.(this.#sink).catch(() => undefined);
  }
}
