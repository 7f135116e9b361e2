/**
 * The sound of the others: one hidden audio element for every audio slot. Browsers may hold sound back until the person touches the
 * page; then `blocked` is true until they do, and the elements run muted meanwhile, so that it is known who speaks.
 */
import { signal, type ReadonlySignal } from "@preact/signals";
import type { ParticipantId, SlotState } from "../signal/generated/messages";
import type { Slot } from "./connection";

/** Louder than this counts as speaking; about −40 dB. */
const SPEAKING_LEVEL = 0.012;
/** A breath between two words is still speaking. */
const SPEAKING_HOLD_MS = 700;
const LISTEN_MS = 200;
/** What browsers take for a touch of the page. */
const GESTURES = ["pointerup", "keydown", "click"] as const;

export class Playback {
  readonly #blocked = signal(false);
  readonly #speaking = signal<ReadonlySet<ParticipantId>>(new Set());
  readonly #elements = new Map<Slot, HTMLAudioElement>();
  readonly #heard = new Map<ParticipantId, number>();
  readonly #place = document.createElement("div");
  #voices: readonly { participant: ParticipantId; receiver: RTCRtpReceiver }[] = [];
  #sink = "";

  constructor() {
    this.#place.hidden = true;
    document.body.append(this.#place);
    window.setInterval(() => this.#listen(), LISTEN_MS);
    for (const gesture of GESTURES) document.addEventListener(gesture, this.#touched, { capture: true, passive: true });
  }

  /** The browser holds the sound back. */
  get blocked(): ReadonlySignal<boolean> {
    return this.#blocked;
  }

  /** Who can be heard right now. */
  get speaking(): ReadonlySignal<ReadonlySet<ParticipantId>> {
    return this.#speaking;
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
    this.#voices = assigned.flatMap(({ mid, participant, source }) => {
      const slot = slots.get(mid);
      if (slot === undefined || slot.kind !== "audio") return [];
      const element = this.#elements.get(slot);
      if (element !== undefined) element.dataset["voice"] = participant;
      return source === "mic" ? [{ participant, receiver: slot.receiver }] : [];
    });
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

  #listen(): void {
    const now = performance.now();
    for (const { participant, receiver } of this.#voices) {
      const [source] = receiver.getSynchronizationSources();
      // A source that fell silent keeps its last report; only a fresh one counts.
      const fresh = source !== undefined && performance.timeOrigin + now - source.timestamp < 2 * LISTEN_MS;
      if (fresh && (source.audioLevel ?? 0) > SPEAKING_LEVEL) this.#heard.set(participant, now);
    }
    for (const [participant, at] of this.#heard) if (now - at > SPEAKING_HOLD_MS) this.#heard.delete(participant);
    const before = this.#speaking.peek();
    if (this.#heard.size !== before.size || [...this.#heard.keys()].some((who) => !before.has(who))) {
      this.#speaking.value = new Set(this.#heard.keys());
    }
  }
}
