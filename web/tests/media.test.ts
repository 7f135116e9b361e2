import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Media } from "../src/rtc/media";
import { Arrivals } from "../src/rtc/stall";
import type { MediaLink } from "../src/model/state";
import type { Command } from "../src/signal/generated/messages";
import type { Outcome } from "../src/signal/socket";

interface FakeParameters {
  encodings: { active?: boolean }[];
}

interface FakeTransceiver {
  mid: string | null;
  kind: string;
  direction: string;
  sender: {
    track: unknown;
    transport: { iceTransport: EventTarget } | null;
    replaceTrack: (track: unknown) => Promise<void>;
    getParameters: () => FakeParameters;
    setParameters: (parameters: FakeParameters) => Promise<void>;
  };
  receiver: { track: object; getSynchronizationSources: () => { timestamp: number }[] };
}

/** A peer connection that only counts. */
class FakePeer {
  static made: FakePeer[] = [];
  /** Where the browser tells of paths. */
  static ice: EventTarget | null = null;
  connectionState = "new";
  transceivers: FakeTransceiver[] = [];
  localDescription: { sdp: string } | null = null;
  remoteDescription: object | null = null;
  onconnectionstatechange: (() => void) | null = null;
  restarts = 0;

  constructor(private configuration: RTCConfiguration) {
    FakePeer.made.push(this);
  }

  getConfiguration(): RTCConfiguration {
    return this.configuration;
  }

  setConfiguration(configuration: RTCConfiguration): void {
    this.configuration = configuration;
  }

  restartIce(): void {
    this.restarts += 1;
  }

  addTransceiver(
    kind: string,
    { direction, sendEncodings = [{}] }: { direction: string; sendEncodings?: object[] },
  ): FakeTransceiver {
    let parameters: FakeParameters = { encodings: sendEncodings.map(() => ({ active: true })) };
    const sender: FakeTransceiver["sender"] = {
      track: null,
      transport: FakePeer.ice === null ? null : { iceTransport: FakePeer.ice },
      getParameters: () => structuredClone(parameters),
      setParameters: (changed) => {
        parameters = changed;
        return Promise.resolve();
      },
      replaceTrack: (track) => {
        sender.track = track;
        return Promise.resolve();
      },
    };
    const made: FakeTransceiver = { mid: null, kind, direction, sender, receiver: { track: {}, getSynchronizationSources: () => arrived } };
    this.transceivers.push(made);
    return made;
  }

  createOffer(): Promise<{ sdp: string }> {
    return Promise.resolve({ sdp: `offer with ${this.transceivers.length}` });
  }

  setLocalDescription(description: { sdp: string }): Promise<void> {
    this.transceivers.forEach((transceiver, index) => (transceiver.mid = String(index)));
    this.localDescription = { sdp: description.sdp };
    return Promise.resolve();
  }

  setRemoteDescription(description: object): Promise<void> {
    this.remoteDescription = description;
    return Promise.resolve();
  }

  close(): void {
    this.connectionState = "closed";
  }

  is(state: string): void {
    this.connectionState = state;
    this.onconnectionstatechange?.();
  }
}

type Offer = Extract<Command, { do: "offer" }>;

let offers: { offer: Offer; answer: (outcome?: Outcome) => Promise<void> }[];
let told: MediaLink[];
let renewed: number;
/** What the receivers have heard. */
let arrived: { timestamp: number }[];
let stalls: number[];
let disconnected: number;
let media: Media;
const peer = () => FakePeer.made.at(-1) as FakePeer;
const settle = () => vi.advanceTimersByTimeAsync(0);

beforeEach(() => {
  vi.useFakeTimers();
  FakePeer.made = [];
  FakePeer.ice = null;
  vi.stubGlobal("RTCPeerConnection", FakePeer);
  vi.stubGlobal("MediaStream", class {});
  vi.stubGlobal("window", { setTimeout, clearTimeout, setInterval, clearInterval });
  offers = [];
  told = [];
  arrived = [];
  stalls = [];
  disconnected = 0;
  const send = (command: Command) =>
    new Promise<Outcome>((resolve) => {
      const offer = command as Offer;
      const answer = async (outcome: Outcome = { is: "answer", sdp: "answer", connection: offer.connection }) => {
        resolve(outcome);
        await settle();
      };
      offers.push({ offer, answer });
    });
  renewed = 0;
  media = new Media(
    send,
    (link) => told.push(link),
    () => (renewed += 1),
    {
      stalled: (connection) => stalls.push(connection),
      disconnected: () => (disconnected += 1),
    },
  );
});

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

/** In the room, negotiated and connected. */
async function up(): Promise<void> {
  media.welcome(false);
  await settle();
  await offers[0]?.answer();
  peer().is("connected");
}

describe("news of what arrived", () => {
  const receivers = Array.from({ length: 50 }, () => ({ timestamps: [0], asked: 0 }));
  const asReceivers = receivers.map((receiver) => ({
    getSynchronizationSources: () => {
      receiver.asked += 1;
      return receiver.timestamps.map((timestamp) => ({ timestamp }));
    },
  })) as unknown as RTCRtpReceiver[];
  const asked = () => receivers.reduce((sum, receiver) => sum + receiver.asked, 0);

  it("is asked of the receiver that had some last, and of all others only when it has none", () => {
    const arrivals = new Arrivals();
    receivers[30]!.timestamps = [5];
    expect(arrivals.last(asReceivers, 0)).toBe(5);
    const before = asked();
    receivers[30]!.timestamps = [3, 6];
    expect(arrivals.last(asReceivers, 5)).toBe(6);
    expect(asked() - before).toBe(1);
    receivers[7]!.timestamps = [9];
    expect(arrivals.last(asReceivers, 6)).toBe(9);
    expect(arrivals.last(asReceivers, 9)).toBe(9);
    expect(arrivals.last([], 9)).toBe(0);
  });
});

describe("the first connection", () => {
  it("offers its own sources by their mids, four slots for sound and six for pictures", async () => {
    media.welcome(false);
    await settle();
    expect(offers[0]?.offer).toMatchObject({ connection: 1, sources: { mic: "0", camera: "1", screen: "2" } });
    const slots = peer().transceivers.filter((transceiver) => transceiver.direction === "recvonly");
    expect(slots.map((slot) => slot.kind)).toEqual([...Array(4).fill("audio"), ...Array(6).fill("video")]);
  });

  it("has its slots once answered", async () => {
    await up();
    expect([...media.slots.value.keys()]).toEqual(["3", "4", "5", "6", "7", "8", "9", "10", "11", "12"]);
    expect(told).toEqual(["flowing"]);
  });
});

describe("more slots", () => {
  it("are offered over the same connection", async () => {
    await up();
    media.grow(6, 9);
    await settle();
    expect(offers[1]?.offer).toMatchObject({ connection: 1, sdp: "offer with 18" });
    await offers[1]?.answer();
    expect(media.slots.value.size).toBe(15);
  });

  it("wait for the answer to the offer before", async () => {
    media.welcome(false);
    await settle();
    media.grow(6, 6);
    media.grow(8, 8);
    await settle();
    expect(offers).toHaveLength(1);
    await offers[0]?.answer();
    expect(offers).toHaveLength(2);
    expect(offers[1]?.offer.sdp).toBe("offer with 19");
  });

  it("are never fewer, and nothing is offered for those there are", async () => {
    await up();
    media.grow(2, 2);
    await settle();
    expect(offers).toHaveLength(1);
  });

  it("are there at once on the next connection", async () => {
    await up();
    media.grow(6, 9);
    await settle();
    media.lost(1);
    await vi.advanceTimersByTimeAsync(0);
    expect(peer().transceivers).toHaveLength(18);
  });
});

describe("what is sent", () => {
  it("needs no offer, and moves to the next connection", async () => {
    await up();
    const track = {} as MediaStreamTrack;
    media.attach("camera", track);
    await settle();
    expect(offers).toHaveLength(1);
    expect(peer().transceivers[1]?.sender.track).toBe(track);
    media.lost(1);
    await settle();
    expect(FakePeer.made).toHaveLength(2);
    expect(peer().transceivers[1]?.sender.track).toBe(track);
    media.attach("camera", null);
    await settle();
    expect(peer().transceivers[1]?.sender.track).toBeNull();
  });
});

describe("a broken connection", () => {
  it("is replaced at once when it failed, under the next number", async () => {
    await up();
    peer().is("failed");
    await settle();
    expect(offers[1]?.offer.connection).toBe(2);
    expect(FakePeer.made[0]?.connectionState).toBe("closed");
    expect(told.at(-1)).toBe("lost");
  });

  it("gets three seconds to come back by itself", async () => {
    await up();
    peer().is("disconnected");
    await vi.advanceTimersByTimeAsync(2_900);
    peer().is("connected");
    await vi.advanceTimersByTimeAsync(10_000);
    expect(FakePeer.made).toHaveLength(1);
    peer().is("disconnected");
    await vi.advanceTimersByTimeAsync(3_100);
    expect(FakePeer.made).toHaveLength(2);
  });

  it("is replaced when the server says so, unless that is history", async () => {
    await up();
    media.lost(1);
    await settle();
    media.lost(1);
    await settle();
    expect(FakePeer.made).toHaveLength(2);
  });

  it("says after a while that something blocks it", async () => {
    media.welcome(false);
    await settle();
    for (let time = 0; time < 3; time += 1) {
      await offers.at(-1)?.answer();
      await vi.advanceTimersByTimeAsync(20_000);
    }
    expect(told).toContain("blocked");
  });

  it("waits for the room before it is replaced", async () => {
    await up();
    media.away();
    peer().is("failed");
    await vi.advanceTimersByTimeAsync(30_000);
    expect(FakePeer.made).toHaveLength(1);
    media.welcome(true);
    await settle();
    expect(FakePeer.made).toHaveLength(2);
  });
});

describe("a resumed session", () => {
  it("keeps its connection, and offers nothing", async () => {
    await up();
    media.away();
    media.welcome(true);
    await settle();
    expect(FakePeer.made).toHaveLength(1);
    expect(offers).toHaveLength(1);
  });

  it("offers again what was lost on the way", async () => {
    await up();
    media.grow(6, 6);
    await settle();
    media.away();
    await offers[1]?.answer({ is: "lost" });
    media.welcome(true);
    await settle();
    expect(offers[2]?.offer.connection).toBe(1);
  });

  it("begins anew when the server does not know it any more", async () => {
    await up();
    media.away();
    media.welcome(false);
    await settle();
    expect(offers[1]?.offer.connection).toBe(2);
  });
});

describe("layers", () => {
  const active = () => peer().transceivers[1]?.sender.getParameters().encodings.map((encoding) => encoding.active);

  it("that nobody wants are not sent, but for the smallest", async () => {
    await up();
    expect(renewed).toBe(1);
    media.limit(1, 2);
    await settle();
    expect(active()).toEqual([true, true, false]);
    media.limit(1, 0);
    await settle();
    expect(active()).toEqual([true, false, false]);
    media.limit(1, 3);
    await settle();
    expect(active()).toEqual([true, true, true]);
  });

  it("are those of the connection that was spoken of", async () => {
    await up();
    media.limit(7, 1);
    await settle();
    expect(active()).toEqual([true, true, true]);
  });
});

/** Lets so much time pass, with something new arriving every so often. */
async function pass(ms: number, every?: number): Promise<void> {
  for (let at = 0; at < ms; at += every ?? ms) {
    await vi.advanceTimersByTimeAsync(every ?? ms);
    if (every !== undefined) arrived = [{ timestamp: (arrived[0]?.timestamp ?? 0) + 1 }];
  }
}

describe("an ICE restart", () => {
  it("is offered over the connection that stands, with the newest TURN servers", async () => {
    media.useIceServers([{ urls: ["turn:a"], username: "1:p", credential: "x" }]);
    await up();
    expect(peer().getConfiguration().iceServers).toHaveLength(1);
    const newer = { urls: ["turn:a"], username: "2:p", credential: "y" };
    media.useIceServers([newer]);
    media.restartIce(1);
    await settle();
    expect(peer().restarts).toBe(1);
    expect(peer().getConfiguration().iceServers).toEqual([newer]);
    expect(offers[1]?.offer.connection).toBe(1);
    await offers[1]?.answer();
    expect(FakePeer.made).toHaveLength(1);
  });

  it("follows at once when the path is gone, and the socket is doubted with it", async () => {
    await up();
    await pass(5_000);
    peer().is("disconnected");
    await settle();
    expect([peer().restarts, disconnected]).toEqual([1, 1]);
    await offers[1]?.answer();
    peer().is("connected");
    await pass(10_000);
    expect(FakePeer.made).toHaveLength(1);
  });

  it("comes once in a second, however many reasons there are", async () => {
    await up();
    for (let reason = 0; reason < 5; reason += 1) media.networkChanged();
    await settle();
    await offers[1]?.answer();
    expect(peer().restarts).toBe(1);
    await pass(1_100);
    expect(peer().restarts).toBe(2);
    await pass(5_000);
    expect(peer().restarts).toBe(2);
  });

  it("is tried again while it finds no path, a few times", async () => {
    FakePeer.ice = new EventTarget();
    await up();
    media.restartIce(1);
    for (let time = 1; time <= 5; time += 1) {
      await settle();
      await offers[time]?.answer();
      await pass(1_050);
    }
    expect(peer().restarts).toBe(3);
    expect(FakePeer.made).toHaveLength(1);
  });

  it("is not tried again once a path is found", async () => {
    FakePeer.ice = new EventTarget();
    await up();
    media.restartIce(1);
    await settle();
    await offers[1]?.answer();
    await pass(300);
    FakePeer.ice.dispatchEvent(new Event("selectedcandidatepairchange"));
    await pass(5_000);
    expect(peer().restarts).toBe(1);
  });

  it("waits for the room, and is asked for no other connection than this one", async () => {
    await up();
    media.restartIce(7);
    media.away();
    media.networkChanged();
    await pass(2_000);
    expect(peer().restarts).toBe(0);
    media.welcome(true);
    await settle();
    expect(peer().restarts).toBe(1);
    expect(offers[1]?.offer.connection).toBe(1);
  });
});

describe("a stall", () => {
  it("is told when what came all the time comes no more", async () => {
    await up();
    await pass(2_000, 50);
    expect(stalls).toEqual([]);
    await pass(150);
    expect(stalls).toEqual([]);
    await pass(150);
    expect(stalls).toEqual([1]);
    await pass(10_000);
    expect(stalls).toEqual([1]);
  });

  it("is none where little came before", async () => {
    await up();
    await pass(1_000);
    await pass(2_000, 400);
    await pass(2_000);
    expect(stalls).toEqual([]);
  });

  it("is told ever more seldom where it happens all the time", async () => {
    await up();
    for (let time = 0; time < 20; time += 1) {
      await pass(600, 50);
      await pass(400);
    }
    // At 1, 5, and 11 seconds: pauses of 3, 6 and 12.
    expect(stalls).toHaveLength(3);
  });
});
