import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Capture as Class } from "../src/rtc/capture";

interface Wish {
  readonly deviceId?: { readonly exact: string };
  readonly noiseSuppression?: boolean;
  readonly echoCancellation?: boolean;
}

class FakeTrack {
  readyState = "live";
  contentHint = "";
  onended: (() => void) | null = null;
  applied: object[] = [];
  /** What the machine can do by itself. */
  capabilities = {};

  constructor(
    readonly kind: "audio" | "video",
    readonly device: string,
    readonly wish: Wish,
    private readonly adapts: boolean,
  ) {}

  get label(): string {
    return `The ${this.device}`;
  }

  #settings: Wish | null = null;

  getSettings(): object {
    return { ...(this.#settings ?? this.wish), deviceId: this.device };
  }

  getCapabilities(): object {
    return this.capabilities;
  }

  applyConstraints(wish: Wish): Promise<void> {
    this.applied.push(wish);
    if (this.adapts) this.#settings = wish;
    return Promise.resolve();
  }

  stop(): void {
    this.readyState = "ended";
  }
}

/** A machine with plugs. */
class FakeMachine extends EventTarget {
  plugged = { audio: ["headset", "built-in microphone"], video: ["webcam", "built-in camera"] };
  permission = "granted";
  /** Whether a running track takes other constraints. */
  adapts = false;
  blurs = false;
  opened: FakeTrack[] = [];

  getUserMedia(wanted: { audio: Wish | false; video: Wish | false }): Promise<object> {
    const tracks: FakeTrack[] = [];
    for (const kind of ["audio", "video"] as const) {
      const wish = wanted[kind];
      if (wish === false) continue;
      const found = wish.deviceId === undefined ? this.plugged[kind][0] : this.plugged[kind].find((one) => one === wish.deviceId?.exact);
      if (found === undefined) {
        return Promise.reject(new DOMException("", wish.deviceId === undefined ? "NotFoundError" : "OverconstrainedError"));
      }
      tracks.push(new FakeTrack(kind, found, wish, this.adapts));
    }
    for (const track of tracks) if (this.blurs) track.capabilities = { backgroundBlur: [false, true] };
    this.opened.push(...tracks);
    const of = (kind: string) => tracks.filter((track) => track.kind === kind);
    return Promise.resolve({ getAudioTracks: () => of("audio"), getVideoTracks: () => of("video") });
  }

  enumerateDevices(): Promise<object[]> {
    const list = (kind: "audio" | "video") => this.plugged[kind].map((one) => ({ kind: `${kind}input`, deviceId: one, label: `The ${one}` }));
    return Promise.resolve([...list("audio"), ...list("video")]);
  }

  unplug(device: string): void {
    this.plugged = { audio: this.plugged.audio.filter((one) => one !== device), video: this.plugged.video.filter((one) => one !== device) };
    for (const track of this.opened) {
      if (track.device !== device || track.readyState !== "live") continue;
      track.stop();
      track.onended?.();
    }
  }
}

let machine: FakeMachine;
let capture: Class;
let devices: typeof import("../src/rtc/devices");
const stopped = vi.fn();
const moved = vi.fn();
const settled = () => new Promise((resolve) => setTimeout(resolve));

beforeEach(async () => {
  machine = new FakeMachine();
  const kept = new Map<string, string>();
  vi.resetModules();
  vi.clearAllMocks();
  vi.stubGlobal("HTMLMediaElement", class {});
  vi.stubGlobal("localStorage", { getItem: (key: string) => kept.get(key) ?? null, setItem: (key: string, value: string) => kept.set(key, value) });
  vi.stubGlobal("navigator", { mediaDevices: machine, permissions: { query: () => Promise.resolve({ state: machine.permission }) } });
  devices = await import("../src/rtc/devices");
  const { Capture } = await import("../src/rtc/capture");
  capture = new Capture({ stopped, moved });
});
afterEach(() => vi.unstubAllGlobals());

describe("an unplugged device", () => {
  it("gives way to the next one, with the name of it", async () => {
    await capture.open(["camera", "mic"]);
    expect(capture.of("mic").value.id).toBe("headset");
    machine.unplug("headset");
    expect(capture.of("mic").value).toMatchObject({ track: null, starting: true, failure: null });
    await settled();
    expect(moved).toHaveBeenCalledExactlyOnceWith("mic", "The built-in microphone");
    expect(stopped).not.toHaveBeenCalled();
    expect(capture.of("mic").value).toMatchObject({ id: "built-in microphone", instead: true, failure: null });
    expect(capture.of("camera").value.id).toBe("webcam");
  });

  it("gives way even when it is the one that was chosen, and has its place again next time", async () => {
    devices.chooseDevice("camera", "webcam");
    await capture.open(["camera"]);
    machine.unplug("webcam");
    await settled();
    expect(capture.of("camera").value.id).toBe("built-in camera");
    machine.plugged.video.push("webcam");
    await capture.reopen("camera");
    expect(capture.of("camera").value).toMatchObject({ id: "webcam", instead: false });
  });

  it("that was the last one is missed", async () => {
    machine.plugged.audio = ["headset"];
    await capture.open(["mic"]);
    machine.unplug("headset");
    await settled();
    expect(stopped).toHaveBeenCalledExactlyOnceWith("mic");
    expect(moved).not.toHaveBeenCalled();
    expect(capture.of("mic").value).toMatchObject({ track: null, failure: "unplugged", starting: false });
  });

  it("is not replaced where the browser would have to ask: the permission was taken back", async () => {
    await capture.open(["camera"]);
    machine.permission = "prompt";
    machine.unplug("webcam");
    await settled();
    expect(machine.opened).toHaveLength(1);
    expect(capture.of("camera").value.failure).toBe("unplugged");
  });

  it("is nobody's business once it was closed", async () => {
    await capture.open(["mic"]);
    machine.unplug("headset");
    capture.close("mic");
    await settled();
    expect(moved).not.toHaveBeenCalled();
    expect(capture.of("mic").value.track).toBeNull();
    expect(machine.opened.every((track) => track.readyState === "ended")).toBe(true);
  });

  it("that is a speaker gives way to the system's, and has its place again when it is back", () => {
    const there = [{ id: "default", label: "" }, { id: "headset", label: "" }];
    expect(devices.speakerOf(there, undefined)).toBe("");
    expect(devices.speakerOf(there, "headset")).toBe("headset");
    expect(devices.speakerOf(there.slice(0, 1), "headset")).toBe("");
    expect(devices.speakerOf([], "headset")).toBe("headset");
  });
});

describe("noise", () => {
  it("is taken out of the sound unless somebody wants it, echo always", async () => {
    await capture.open(["mic"]);
    expect(machine.opened[0]?.wish).toMatchObject({ noiseSuppression: true, echoCancellation: true });
    devices.suppressing.value = false;
    await capture.suppress();
    expect(machine.opened.map((track) => track.readyState)).toEqual(["ended", "live"]);
    expect(machine.opened[1]?.wish).toMatchObject({ noiseSuppression: false, echoCancellation: true });
    expect(localStorage.getItem("proscenium.noise")).toBe("off");
  });

  it("is let in without an interruption where the track can do that", async () => {
    machine.adapts = true;
    await capture.open(["mic"]);
    devices.suppressing.value = false;
    await capture.suppress();
    expect(machine.opened).toHaveLength(1);
    expect(machine.opened[0]?.applied).toEqual([{ noiseSuppression: false, echoCancellation: true, autoGainControl: true }]);
  });
});

describe("the background", () => {
  it("is blurred by the machine where it can, and no longer when nobody wants it", async () => {
    machine.blurs = true;
    await capture.open(["camera"]);
    const [camera] = machine.opened;
    expect(camera?.applied).toEqual([]);
    devices.blurring.value = true;
    expect(await capture.blur()).toBe(true);
    expect(camera?.applied).toMatchObject([{ backgroundBlur: { exact: true }, width: { ideal: 1280 } }]);
    devices.blurring.value = false;
    expect(await capture.blur()).toBe(true);
    expect(camera?.applied[1]).not.toHaveProperty("backgroundBlur");
    expect(machine.opened).toHaveLength(1);
  });

  it("that cannot be blurred is not shown instead", async () => {
    // There is no canvas here, and so no other way.
    devices.blurring.value = true;
    await capture.open(["camera", "mic"]);
    expect(capture.of("camera").value).toMatchObject({ track: null, failure: "unblurred" });
    expect(capture.of("mic").value.failure).toBeNull();
    expect(machine.opened.find((track) => track.kind === "video")?.readyState).toBe("ended");
  });

  it("of an open camera stays as it is when it cannot be blurred", async () => {
    await capture.open(["camera"]);
    devices.blurring.value = true;
    expect(await capture.blur()).toBe(false);
    expect(capture.of("camera").value.track).toBe(machine.opened[0]);
  });
});

describe("in a frame", () => {
  const frame = (may: readonly string[]) => {
    vi.stubGlobal("window", { parent: {} });
    vi.stubGlobal("document", { featurePolicy: { allowsFeature: (feature: string) => may.includes(feature) } });
  };

  it("whatever it does not allow is not asked for, and the rest is", async () => {
    frame(["microphone"]);
    await capture.open(["camera", "mic"]);
    expect(capture.of("camera").value).toMatchObject({ track: null, failure: "framed", starting: false });
    expect(capture.of("mic").value).toMatchObject({ failure: null, id: "headset" });
    expect(machine.opened.length).toBe(1);
  });

  it("nobody is asked where it allows nothing", async () => {
    frame([]);
    await capture.open(["camera", "mic"]);
    expect([capture.of("camera").value.failure, capture.of("mic").value.failure, machine.opened.length]).toEqual(["framed", "framed", 0]);
  });
});
