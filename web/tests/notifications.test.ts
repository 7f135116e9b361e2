import { beforeEach, describe, expect, it, vi } from "vitest";
import { newest, NOTHING_SAID, sayIn } from "../src/model/asking";
import { reduce, type Event } from "../src/model/reduce";
import { soundOf, Sounds, type Sound } from "../src/model/sounds";
import { initial, type State } from "../src/model/state";
import type { ChatMessage, ServerMessage } from "../src/signal/generated/messages";
import { entered, NOW, person, welcome } from "./room";

const received = (message: ServerMessage): Event => ({ is: "received", message, now: NOW });

const sounds = (state: State, message: ServerMessage): Sound | null => {
  const event = received(message);
  return soundOf(event, state, reduce(state, event));
};

const stands = (state: State, id: string, more: Parameters<typeof person>[1]): ServerMessage => ({
  type: "changed",
  version: (state.room?.version ?? 0) + 1,
  change: { what: "participant", participant: person(id, { ...state.people.get(id), ...more }) },
});

describe("what makes a sound", () => {
  const mod = entered([person("mo", { role: "moderator" }), person("ada")]);
  const ada = entered([person("ada"), person("bob"), person("mo", { role: "moderator" })]);

  it("somebody who asks, at the moderators' alone", () => {
    expect(sounds(mod, stands(mod, "ada", { stage: "requested", request: 1 }))).toBe("asked");
    expect(sounds(ada, stands(ada, "bob", { stage: "requested", request: 1 }))).toBeNull();
    expect(sounds(ada, stands(ada, "ada", { stage: "requested", request: 1 }))).toBeNull();
  });

  it("not what else changes about somebody who asks", () => {
    const asked = reduce(mod, received(stands(mod, "ada", { stage: "requested", request: 1 })));
    expect(sounds(asked, stands(asked, "ada", { hand: 1 }))).toBeNull();
    expect(sounds(asked, stands(asked, "ada", { stage: "off" }))).toBeNull();
  });

  it("being invited, and being on stage", () => {
    expect(sounds(ada, stands(ada, "ada", { stage: "invited", invitation: 1 }))).toBe("invited");
    expect(sounds(ada, stands(ada, "ada", { stage: "on_stage" }))).toBe("on_stage");
    expect(sounds(ada, stands(ada, "bob", { stage: "on_stage" }))).toBeNull();
  });

  it("a message of somebody else, while the chat is closed, if it is new", () => {
    const message = (more: Partial<ChatMessage>): ServerMessage => ({
      type: "chat",
      messages: [{ id: 1, by: "bob", name: "Bob", text: "Hello", age_ms: 0, ...more }],
    });
    expect(sounds(ada, message({}))).toBe("chat");
    expect(sounds(ada, message({ by: "ada" }))).toBeNull();
    expect(sounds(ada, message({ age_ms: 60_000 }))).toBeNull();
    expect(sounds(reduce(ada, { is: "panel", panel: "chat" }), message({}))).toBeNull();
    expect(sounds(reduce(ada, received(message({}))), message({}))).toBeNull();
  });

  it("not what was there on arrival, nor what a snapshot brings after an absence", () => {
    const there = welcome([person("mo", { role: "moderator" }), person("ada", { stage: "requested", request: 1 })]);
    expect(sounds(initial, there)).toBeNull();
    expect(sounds(reduce(mod, { is: "link_lost" }), there)).toBeNull();
  });
});

describe("sounds that come close together", () => {
  let now = 0;
  let timers: { at: number; then: () => void }[] = [];
  const played = vi.fn();
  let heard: Sounds;
  const pass = (milliseconds: number) => {
    now += milliseconds;
    const due = timers.filter(({ at }) => at <= now);
    timers = timers.filter(({ at }) => at > now);
    for (const { then } of due) then();
  };
  beforeEach(() => {
    now = 0;
    timers = [];
    played.mockClear();
    heard = new Sounds(played, () => now, (then, wait) => timers.push({ at: now + wait, then }));
  });
  const all = () => played.mock.calls.map(([sound]) => sound as Sound);

  it("are one a second, the one that matters most next", () => {
    heard.hear("chat");
    heard.hear("asked");
    heard.hear("on_stage");
    heard.hear("invited");
    expect(all()).toEqual(["chat"]);
    pass(999);
    expect(all()).toEqual(["chat"]);
    pass(1);
    expect(all()).toEqual(["chat", "on_stage"]);
    pass(5000);
    expect(all()).toEqual(["chat", "on_stage"]);
  });

  it("of one kind are one in a while, however many there are", () => {
    for (let asks = 0; asks < 50; asks++) {
      heard.hear("asked");
      pass(100);
    }
    expect(all()).toEqual(["asked", "asked"]);
  });
});

describe("many who ask", () => {
  const asking = (...requests: number[]) => requests.map((request) => person(`p${request}`, { stage: "requested", request }));

  it("are told together, once they have stopped coming for a moment", () => {
    expect(sayIn(NOTHING_SAID, asking(), NOW)).toBeNull();
    const wait = sayIn(NOTHING_SAID, asking(1, 2, 3), NOW) ?? 0;
    expect(wait).toBeGreaterThan(500);
    expect(wait).toBeLessThan(3000);
  });

  it("are told of again after a while, and only when somebody else has asked", () => {
    const said = { upTo: newest(asking(1, 2, 3)), at: NOW };
    expect(sayIn(said, asking(2, 3), NOW + 60_000)).toBeNull();
    expect(sayIn(said, asking(3, 4), NOW + 2_000)).toBe(8_000);
    expect(sayIn(said, asking(3, 4), NOW + 60_000)).toBeLessThan(3_000);
  });
});
