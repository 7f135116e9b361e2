/** The person's own camera and microphone: open, failed and why, or closed. Nothing here decides who sees them. */
import { batch, signal, type ReadonlySignal } from "@preact/signals";
import type { Blur } from "./blur";
import { isKeptFrom, wasKeptFrom } from "./frame";
import { blurring, chosenDevices, failureOf, refreshDevices, suppressing, type Capturing, type Failure } from "./devices";

/** One device of the person's. */
export interface Captured {
  /** What is shown and sent; of a camera, with its background blurred where that was wanted. */
  readonly track: MediaStreamTrack | null;
  /** Which device it comes from, by its id and by its name. */
  readonly id: string | null;
  readonly label: string;
  readonly failure: Failure | null;
  readonly starting: boolean;
  /** It took the place of one that was unplugged. */
  readonly instead: boolean;
}

const CLOSED: Captured = { track: null, id: null, label: "", failure: null, starting: false, instead: false };

/** What becomes of a device that was open and ended by itself. */
export interface Ends {
  /** Nothing took its place. */
  readonly stopped: (kind: Capturing) => void;
  /** Another one did: its name. */
  readonly moved: (kind: Capturing, label: string) => void;
}

/** A device that is open, and what was laid over it. */
interface Opened {
  readonly device: MediaStreamTrack;
  readonly blur: Blur | null;
}

export class Capture {
  readonly #state = { camera: signal<Captured>(CLOSED), mic: signal<Captured>(CLOSED) };
  readonly #opened: Record<Capturing, Opened | null> = { camera: null, mic: null };
  /** Rises with every opening and closing, so that a late answer of the browser is recognised and stopped. */
  readonly #turn = { camera: 0, mic: 0 };

  constructor(private readonly ends: Ends) {}

  of(kind: Capturing): ReadonlySignal<Captured> {
    return this.#state[kind];
  }

  /** Opens these, with one question to the person where the browser has to ask; whatever works is open afterwards. */
  async open(kinds: readonly Capturing[]): Promise<void> {
    const shut = kinds.filter((kind) => this.#state[kind].peek().track === null);
    const kept = shut.filter((kind) => isKeptFrom(NAMES[kind]));
    for (const kind of kept) this.#fail(kind, "framed");
    const closed = shut.filter((kind) => !kept.includes(kind));
    if (closed.length === 0) return;
    if (navigator.mediaDevices?.getUserMedia === undefined) {
      for (const kind of closed) this.#fail(kind, "insecure");
      return;
    }
    const turns = closed.map((kind) => this.#begin(kind));
    const together = await allowed(closed);
    const settled = closed.map(async (kind, index) => {
      const got = typeof together !== "string" || closed.length === 1 ? together : await this.#alone(kind, together);
      await this.#settle(kind, turns[index] ?? 0, got);
    });
    await Promise.all(settled);
    void refreshDevices();
  }

  /** Another device of this kind was chosen, or the old one is back: starts it in place of the one that is open. */
  reopen(kind: Capturing): Promise<void> {
    // In one step, or whoever follows the state would take the moment between for a device that is missing.
    return batch(() => {
      this.close(kind);
      return this.open([kind]);
    });
  }

  close(kind: Capturing): void {
    this.#turn[kind] += 1;
    this.#stop(kind);
    this.#state[kind].value = CLOSED;
  }

  closeAll(): void {
    this.close("camera");
    this.close("mic");
  }

  /** The open microphone follows the choice about noise: as it runs where the browser can do that, started anew where not. */
  async suppress(): Promise<void> {
    const device = this.#opened.mic?.device;
    if (device === undefined || device.getSettings().noiseSuppression === suppressing.peek()) return;
    await device.applyConstraints(sound()).catch(() => undefined);
    if (device !== this.#opened.mic?.device || device.getSettings().noiseSuppression === suppressing.peek()) return;
    await this.reopen("mic");
  }

  /** The open camera follows the choice about the background; `false` when this machine cannot blur it. */
  async blur(): Promise<boolean> {
    const opened = this.#opened.camera;
    if (opened === null || (opened.blur !== null) === blurring.peek()) return true;
    const blur = blurring.peek() ? await blurred(opened.device) : null;
    if (blur === "unblurred") return false;
    if (this.#opened.camera !== opened || (blur !== null) !== blurring.peek()) blur?.stop();
    else {
      opened.blur?.stop();
      this.#show("camera", { device: opened.device, blur }, this.#state.camera.peek().instead);
    }
    return true;
  }

  /** Both at once did not work: one of them may. Somebody who just said no is not asked again. */
  async #alone(kind: Capturing, together: Failure): Promise<MediaStream | Failure> {
    if (together === "refused" && (await permission(kind)) !== "granted") return "refused";
    return allowed([kind]);
  }

  #begin(kind: Capturing): number {
    this.#state[kind].value = { ...CLOSED, starting: true };
    return ++this.#turn[kind];
  }

  async #settle(kind: Capturing, turn: number, got: MediaStream | Failure, instead = false): Promise<void> {
    const device = typeof got === "string" ? null : (tracksOf(got, kind)[0] ?? null);
    if (turn !== this.#turn[kind]) device?.stop();
    else if (typeof got === "string") this.#fail(kind, got);
    else if (device === null) this.#fail(kind, "missing");
    else await this.#take(kind, turn, device, instead);
  }

  /** A camera that was to be blurred is not seen before it is. */
  async #take(kind: Capturing, turn: number, device: MediaStreamTrack, instead: boolean): Promise<void> {
    const blur = kind === "camera" && blurring.peek() ? await blurred(device) : null;
    const late = turn !== this.#turn[kind];
    if (!late && blur !== "unblurred") {
      device.onended = () => void this.#ended(kind, device);
      this.#show(kind, { device, blur }, instead);
      return;
    }
    device.stop();
    if (blur !== "unblurred") blur?.stop();
    else if (!late) this.#fail(kind, blur);
  }

  #show(kind: Capturing, opened: Opened, instead: boolean): void {
    const { device, blur } = opened;
    const track = blur?.track ?? device;
    track.contentHint = kind === "mic" ? "speech" : "motion";
    this.#opened[kind] = opened;
    const id = device.getSettings().deviceId ?? null;
    this.#state[kind].value = { track, id, label: device.label, failure: null, starting: false, instead };
  }

  /** The next device takes over. Nobody is asked a question for it: whoever took the permission back meant that. */
  async #ended(kind: Capturing, device: MediaStreamTrack): Promise<void> {
    if (this.#opened[kind]?.device !== device) return;
    this.#stop(kind);
    const turn = this.#begin(kind);
    const asks = (await permission(kind)) === "prompt";
    const got = asks ? "unplugged" : await request([kind]).catch((): Failure => "unplugged");
    await this.#settle(kind, turn, got, true);
    if (turn !== this.#turn[kind]) return;
    const { track, label } = this.#state[kind].peek();
    if (track === null) this.ends.stopped(kind);
    else this.ends.moved(kind, label);
    void refreshDevices();
  }

  #fail(kind: Capturing, failure: Failure): void {
    this.#state[kind].value = { ...CLOSED, failure };
  }

  #stop(kind: Capturing): void {
    const opened = this.#opened[kind];
    this.#opened[kind] = null;
    if (opened === null) return;
    opened.device.onended = null;
    opened.device.stop();
    opened.blur?.stop();
  }
}

/** Loaded with the first camera whose background is to be blurred. */
async function blurred(camera: MediaStreamTrack): Promise<Blur | "unblurred"> {
  try {
    const { blurBackground } = await import("./blur");
    return await blurBackground(camera, PICTURE);
  } catch {
    return "unblurred";
  }
}

/** What browsers call them. */
const NAMES = { mic: "microphone", camera: "camera" } as const;

const PICTURE: MediaTrackConstraints = { width: { ideal: 1280 }, height: { ideal: 720 }, frameRate: { ideal: 30, max: 30 } };

function sound(): MediaTrackConstraints {
  return { echoCancellation: true, noiseSuppression: suppressing.peek(), autoGainControl: true };
}

async function request(kinds: readonly Capturing[]): Promise<MediaStream> {
  const { camera, mic } = chosenDevices.peek();
  const ask = (exactly: boolean): MediaStreamConstraints => ({
    video: kinds.includes("camera") && { ...device(camera, exactly), ...PICTURE },
    audio: kinds.includes("mic") && { ...device(mic, exactly), ...sound() },
  });
  try {
    return await navigator.mediaDevices.getUserMedia(ask(true));
  } catch (error) {
    // The device chosen last time is gone: any other is better than none.
    if (error instanceof DOMException && (error.name === "OverconstrainedError" || error.name === "NotFoundError")) {
      return navigator.mediaDevices.getUserMedia(ask(false));
    }
    throw error;
  }
}

/** The same, or why not. */
async function allowed(kinds: readonly Capturing[]): Promise<MediaStream | Failure> {
  const asked = performance.now();
  return request(kinds).catch((error: unknown) => {
    const ms = performance.now() - asked;
    return kinds.some((kind) => wasKeptFrom(NAMES[kind], error, ms)) ? "framed" : failureOf(error);
  });
}

function device(id: string | undefined, exactly: boolean): MediaTrackConstraints {
  return id === undefined || !exactly ? {} : { deviceId: { exact: id } };
}

async function permission(kind: Capturing): Promise<PermissionState | "unknown"> {
  try {
    return (await navigator.permissions.query({ name: NAMES[kind] })).state;
  } catch {
    return "unknown";
  }
}

function tracksOf(stream: MediaStream, kind: Capturing): MediaStreamTrack[] {
  return kind === "mic" ? stream.getAudioTracks() : stream.getVideoTracks();
}
