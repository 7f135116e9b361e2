import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { ServerMessage } from "../src/signal/generated/messages";
import { RoomSocket } from "../src/signal/socket";
import { person, welcome } from "./room";

/** A WebSocket whose other end is the test. */
class FakeSocket {
  static readonly OPEN = 1;
  static made: FakeSocket[] = [];
  readyState = 0;
  sent: Record<string, unknown>[] = [];
  onopen: (() => void) | null = null;
  onmessage: ((frame: { data: string }) => void) | null = null;
  onclose: (() => void) | null = null;

  constructor(readonly url: string) {
    FakeSocket.made.push(this);
  }

  send(frame: string): void {
    this.sent.push(JSON.parse(frame) as Record<string, unknown>);
  }

  close(): void {
    this.readyState = 3;
  }

  opens(): void {
    this.readyState = 1;
    this.onopen?.();
  }

  says(message: ServerMessage): void {
    this.onmessage?.({ data: JSON.stringify(message) });
  }

  dies(): void {
    this.readyState = 3;
    this.onclose?.();
  }
}

/** Of the network, as some browsers tell it. */
const kind = Object.assign(new EventTarget(), { type: "wifi" });
let happens: Record<string, () => void>;
let heard: ServerMessage[];
let lost: number;
let socket: RoomSocket;
const last = () => FakeSocket.made.at(-1) as FakeSocket;

beforeEach(() => {
  vi.useFakeTimers();
  FakeSocket.made = [];
  vi.stubGlobal("WebSocket", FakeSocket);
  vi.stubGlobal("navigator", { connection: kind });
  vi.stubGlobal("window", {
    setTimeout,
    clearTimeout,
    setInterval,
    clearInterval,
    addEventListener: (event: string, listener: () => void) => (happens[event] = listener),
    removeEventListener: () => undefined,
  });
  vi.spyOn(Math, "random").mockReturnValue(1);
  heard = [];
  happens = {};
  lost = 0;
  socket = new RoomSocket("ws://host/socket", "token", { message: (message) => heard.push(message), lost: () => (lost += 1) });
  socket.open();
  last().opens();
});

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});

const enter = () => last().says(welcome([person("p1")]));

describe("hello", () => {
  it("is the first frame, without a key to resume", () => {
    expect(last().sent).toEqual([{ type: "hello", version: 1, token: "token" }]);
  });

  it("takes the session up again after a loss", () => {
    enter();
    last().dies();
    vi.advanceTimersByTime(500);
    last().opens();
    expect(last().sent[0]).toMatchObject({ type: "hello", resume: "key" });
  });
});

describe("commands", () => {
  it("are settled by their own answer", async () => {
    enter();
    const [first, second] = [socket.send({ do: "request_stage" }), socket.send({ do: "leave_stage" })];
    last().says({ type: "refused", id: 2, version: 1, refusal: { code: "self_leave_forbidden" } });
    last().says({ type: "done", id: 1, version: 1 });
    expect(await first).toEqual({ is: "done" });
    expect(await second).toEqual({ is: "refused", refusal: { code: "self_leave_forbidden" } });
  });

  it("are lost with the socket, and before it", async () => {
    expect(await socket.send({ do: "request_stage" })).toEqual({ is: "lost" });
    enter();
    const pending = socket.send({ do: "request_stage" });
    last().dies();
    expect(await pending).toEqual({ is: "lost" });
  });

  it("longer than the server takes are never sent", async () => {
    enter();
    const outcome = await socket.send({ do: "offer", connection: 1, sdp: "x".repeat(300_000), sources: {} });
    expect(outcome.is).toBe("refused");
    expect(last().sent).toHaveLength(1);
  });
});

describe("a lost connection", () => {
  it("comes back by itself, slower each time", () => {
    enter();
    last().dies();
    expect(lost).toBe(1);
    vi.advanceTimersByTime(499);
    expect(FakeSocket.made).toHaveLength(1);
    vi.advanceTimersByTime(1);
    expect(FakeSocket.made).toHaveLength(2);
    last().dies();
    vi.advanceTimersByTime(999);
    expect(FakeSocket.made).toHaveLength(2);
    vi.advanceTimersByTime(1);
    expect(FakeSocket.made).toHaveLength(3);
  });

  it("starts over with short delays once it was in the room again", () => {
    for (let time = 0; time < 4; time += 1) {
      last().dies();
      vi.advanceTimersByTime(5_000);
    }
    last().opens();
    enter();
    last().dies();
    vi.advanceTimersByTime(500);
    expect(FakeSocket.made).toHaveLength(6);
  });

  it("is noticed by silence, and not while the server answers", () => {
    enter();
    for (let beat = 0; beat < 6; beat += 1) {
      vi.advanceTimersByTime(5_000);
      expect(last().sent.at(-1)).toEqual({ type: "ping" });
      last().says({ type: "pong" });
    }
    expect(lost).toBe(0);
    vi.advanceTimersByTime(15_000);
    expect(lost).toBe(1);
  });

  it("is not waited out when the network is back", () => {
    for (let time = 0; time < 3; time += 1) {
      last().dies();
      vi.advanceTimersByTime(2_000);
    }
    last().dies();
    const made = FakeSocket.made.length;
    happens["online"]?.();
    expect(FakeSocket.made).toHaveLength(made + 1);
  });

  it("is suspected when the network goes, and cleared by an answer", () => {
    enter();
    vi.advanceTimersByTime(100);
    happens["offline"]?.();
    vi.advanceTimersByTime(100);
    last().says({ type: "pong" });
    vi.advanceTimersByTime(3_000);
    expect(lost).toBe(0);
    happens["offline"]?.();
    vi.advanceTimersByTime(3_000);
    expect(lost).toBe(1);
  });

  it("is noticed in the waiting room as well, where hellos begin anew with short delays and commands go nowhere", async () => {
    last().says({ type: "in_waiting_room", title: "Room" });
    vi.advanceTimersByTime(10_000);
    expect(last().sent.map(({ type }) => type)).toEqual(["hello", "ping", "ping"]);
    expect(await socket.send({ do: "leave_room" })).toEqual({ is: "lost" });
    vi.advanceTimersByTime(10_000);
    expect(lost).toBe(1);
    vi.advanceTimersByTime(500);
    last().opens();
    expect(last().sent.map(({ type }) => type)).toEqual(["hello"]);
    last().says({ type: "in_waiting_room", title: "Room" });
    last().says({ type: "pong" });
    enter();
    expect(heard.map(({ type }) => type)).toEqual(["in_waiting_room", "in_waiting_room", "pong", "welcome"]);
    vi.advanceTimersByTime(5_000);
    expect(last().sent.map(({ type }) => type)).toEqual(["hello", "ping"]);
  });

  it("gives up a socket that opens but never says welcome", () => {
    vi.advanceTimersByTime(16_000);
    expect(lost).toBe(1);
  });
});

it("hears nothing from a socket it gave up", () => {
  enter();
  const old = last();
  const late = old.onmessage;
  socket.restart();
  late?.({ data: JSON.stringify({ type: "pong" }) });
  expect(heard).toHaveLength(1);
});

it("stays closed once closed", () => {
  enter();
  socket.close();
  happens["online"]?.();
  vi.advanceTimersByTime(60_000);
  expect(FakeSocket.made).toHaveLength(1);
});
