/** The person's own camera and microphone: open, failed and why, or closed. Nothing here decides who sees them. */
import { batch, signal, type ReadonlySignal } from "@preact/signals";
import { chosenDevices, failureOf, refreshDevices, type Capturing, type Failure } from "./devices";

/** One device of the person's. */
export interface Captured {
  readonly track: MediaStreamTrack | null;
  readonly failure: Failure | null;
  readonly starting: boolean;
}

const CLOSED: Captured = { track: null, failure: null, starting: false };

export class Capture {
  readonly #state = { camera: signal<Captured>(CLOSED), mic: signal<Captured>(CLOSED) };
  /** Rises with every opening and closing, so that a late answer of the browser is recognised and stopped. */
  readonly #turn = { camera: 0, mic: 0 };

  /** `stopped`: a device that was open ended by itself. */
  constructor(private readonly stopped: (kind: Capturing) => void) {}

  of(kind: Capturing): ReadonlySignal<Captured> {
    return this.#state[kind];
  }

  /** Opens these, with one question to the person where the browser has to ask; whatever works is open afterwards. */
  async open(kinds: readonly Capturing[]): Promise<void> {
    const closed = kinds.filter((kind) => this.#state[kind].peek().track === null);
    if (closed.length === 0) return;
    if (navigator.mediaDevices?.getUserMedia === undefined) {
      for (const kind of closed) this.#fail(kind, "insecure");
      return;
    }
    const turns = closed.map((kind) => this.#begin(kind));
    const together = await request(closed).catch(failureOf);
    for (const [index, kind] of closed.entries()) {
      const got = typeof together !== "string" || closed.length === 1 ? together : await this.#alone(kind, together);
      this.#settle(kind, turns[index] ?? 0, got);
    }
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
    stop(this.#state[kind].peek().track);
    this.#state[kind].value = CLOSED;
  }

  closeAll(): void {
    this.close("camera");
    this.close("mic");
  }

  /** Both at once did not work: one of them may. Somebody who just said no is not asked again. */
  async #alone(kind: Capturing, together: Failure): Promise<MediaStream | Failure> {
    if (together === "refused" && (await permission(kind)) !== "granted") return "refused";
    return request([kind]).catch(failureOf);
  }

  #begin(kind: Capturing): number {
    this.#state[kind].value = { track: null, failure: null, starting: true };
    return ++this.#turn[kind];
  }

  #settle(kind: Capturing, turn: number, got: MediaStream | Failure): void {
    const track = typeof got === "string" ? null : (tracksOf(got, kind)[0] ?? null);
    if (turn !== this.#turn[kind]) stop(track);
    else if (typeof got === "string") this.#fail(kind, got);
    else if (track === null) this.#fail(kind, "missing");
    else {
      track.contentHint = kind === "mic" ? "speech" : "motion";
      track.onended = () => this.#ended(kind, track);
      this.#state[kind].value = { track, failure: null, starting: false };
    }
  }

  #ended(kind: Capturing, track: MediaStreamTrack): void {
    if (this.#state[kind].peek().track !== track) return;
    this.#fail(kind, "unplugged");
    this.stopped(kind);
  }

  #fail(kind: Capturing, failure: Failure): void {
    this.#state[kind].value = { track: null, failure, starting: false };
  }
}

async function request(kinds: readonly Capturing[]): Promise<MediaStream> {
  const { camera, mic } = chosenDevices.peek();
  const ask = (exactly: boolean): MediaStreamConstraints => ({
    video: kinds.includes("camera") && {
      ...device(camera, exactly),
      width: { ideal: 1280 },
      height: { ideal: 720 },
      frameRate: { ideal: 30, max: 30 },
    },
    audio: kinds.includes("mic") && {
      ...device(mic, exactly),
      echoCancellation: true,
      noiseSuppression: true,
      autoGainControl: true,
    },
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

function device(id: string | undefined, exactly: boolean): MediaTrackConstraints {
  return id === undefined || !exactly ? {} : { deviceId: { exact: id } };
}

async function permission(kind: Capturing): Promise<PermissionState | "unknown"> {
  const name = kind === "mic" ? "microphone" : "camera";
  try {
    return (await navigator.permissions.query({ name })).state;
  } catch {
    return "unknown";
  }
}

function tracksOf(stream: MediaStream, kind: Capturing): MediaStreamTrack[] {
  return kind === "mic" ? stream.getAudioTracks() : stream.getVideoTracks();
}

function stop(track: MediaStreamTrack | null): void {
  if (track !== null) {
    track.onended = null;
    track.stop();
  }
}
