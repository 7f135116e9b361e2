import { describe, expect, it } from "vitest";
import { reduce } from "../src/model/reduce";
import { canBeRead, readersOf, rowsOf, unreadOf } from "../src/model/chat";
import type { State } from "../src/model/state";
import { change, entered, NOW, person, receive, stands, welcome } from "./room";

const people = [person("p1"), person("p2")];
const message = (id: number, by = "p2", age_ms = 0) => ({ id, by, name: `Person ${by}`, text: `text ${id}`, age_ms });
const chat = (...messages: ReturnType<typeof message>[]) => ({ type: "chat" as const, messages });
const ids = (state: State) => state.chat.map(({ id }) => id);

it("what was written is there in order and once, with the time by this machine's clock", () => {
  const state = receive(entered(people), chat(message(1, "p2", 5000), message(2)), chat(message(2), message(3)));
  expect(ids(state)).toEqual([1, 2, 3]);
  expect(state.chat.map(({ at }) => at)).toEqual([NOW - 5000, NOW, NOW]);
});

it("what others wrote is unread until the chat is open, and what comes then is read", () => {
  const state = receive(entered(people), chat(message(1), message(2, "p1"), message(3)));
  expect(unreadOf(state)).toBe(2);
  const open = reduce(state, { is: "panel", panel: "chat" });
  expect(unreadOf(receive(open, chat(message(4))))).toBe(0);
  const closed = reduce(open, { is: "panel", panel: null });
  expect(unreadOf(receive(closed, chat(message(4))))).toBe(1);
});

it("what was taken out is gone", () => {
  const state = receive(entered(people), chat(message(1), message(2), message(3)), { type: "chat_gone", messages: [1, 3] });
  expect(ids(state)).toEqual([2]);
});

it("a welcome begins anew, what was seen stays seen, and a server that was started anew counts from the beginning", () => {
  const read = reduce(receive(entered(people), chat(message(1), message(2))), { is: "panel", panel: "chat" });
  const back = receive(reduce(read, { is: "panel", panel: null }), welcome(people, { version: 20 }, true), chat(message(1), message(2), message(3)));
  expect([ids(back), unreadOf(back)]).toEqual([[1, 2, 3], 1]);
  const restarted = receive(back, welcome(people, { version: 3 }), chat(message(1)));
  expect([ids(restarted), unreadOf(restarted)]).toEqual([[1], 1]);
});

describe("the rows of the log", () => {
  const DAY_MS = 86_400_000;
  const marks = (state: State, now = NOW) => rowsOf(state.chat, state.chatNew, now).map(({ day, fresh, follows }) => (day ? "day" : fresh ? "new" : follows ? "follows" : ""));

  it("name somebody once in a breath, and again for other readers or in an answer", () => {
    const backstage = { ...message(3), audience: { is: "backstage" as const } };
    const to = (id: number, participant: string) => ({ ...message(id), audience: { is: "person" as const, participant } });
    const all = [message(1), message(2), backstage, to(4, "p1"), to(5, "p1"), to(6, "p3"), message(7), { ...message(8), reply_to: 1 }];
    expect(marks(receive(entered(people), { type: "chat", messages: all }))).toEqual(["", "follows", "", "", "follows", "", "", ""]);
  });

  it("say the day where it is another one, and not where all was written today", () => {
    const state = receive(entered(people), chat(message(1, "p2", 2 * DAY_MS), message(2, "p2", 2 * DAY_MS - 1), message(3)));
    expect(marks(state)).toEqual(["day", "follows", "day"]);
    expect(marks(receive(entered(people), chat(message(1), message(2))))).toEqual(["", "follows"]);
  });

  it("say where one left off, until the chat is opened again", () => {
    const read = reduce(receive(entered(people), chat(message(1))), { is: "panel", panel: "chat" });
    const news = receive(reduce(read, { is: "panel", panel: null }), chat(message(2, "p1"), message(3), message(4)));
    const back = reduce(news, { is: "panel", panel: "chat" });
    expect(marks(back)).toEqual(["", "", "new", "follows"]);
    expect(marks(receive(back, chat(message(5))))).toEqual(["", "", "new", "follows", "follows"]);
    expect(marks(reduce(reduce(back, { is: "panel", panel: null }), { is: "panel", panel: "chat" }))).not.toContain("new");
  });

  it("are all new to whoever comes late, which needs no saying", () => {
    expect(marks(reduce(receive(entered(people), chat(message(1), message(2))), { is: "panel", panel: "chat" }))).not.toContain("new");
  });
});

describe("whom the next message is for", () => {
  const moderator = person("p1", { role: "moderator" });
  const for_ = (state: State, participant: string) => reduce(state, { is: "writing_to", audience: { is: "person", participant }, eager: true });

  it("is chosen from moderators by the audience, and from anybody by moderators", () => {
    const names = (you: string) => readersOf({ ...entered([moderator, person("p2"), person("p3", { role: "speaker" })]), you });
    expect(names("p2").people.map(({ id }) => id)).toEqual(["p1"]);
    expect(names("p1").people.map(({ id }) => id)).toEqual(["p3", "p2"]);
    expect([names("p1").backstage, names("p2").backstage, names("p3").backstage]).toEqual([true, false, true]);
  });

  it("opens the chat, and stays as it is when they leave or are somebody else: nothing goes to others instead", () => {
    const writing = for_(entered([moderator, person("p2")]), "p2");
    expect([writing.panel, canBeRead(writing), writing.composing.name]).toEqual(["chat", true, "Person p2"]);
    const alone = change(writing, { what: "gone", participant: "p2" });
    expect([alone.composing.audience, canBeRead(alone)]).toEqual([{ is: "person", participant: "p2" }, false]);
    expect(canBeRead(stands(alone, person("p2", { name: "Somebody else" })))).toBe(false);
    expect(canBeRead(stands(alone, person("p2")))).toBe(true);
  });

  it("is nobody backstage for whoever is of the stage no more", () => {
    const backstage = reduce(entered([moderator]), { is: "writing_to", audience: { is: "backstage" }, eager: false });
    expect([canBeRead(backstage), canBeRead(stands(backstage, person("p1")))]).toEqual([true, false]);
  });

  it("follows from what is answered", () => {
    const to = (id: number, by: string, participant: string) => ({ ...message(id, by), audience: { is: "person" as const, participant } });
    const messages = [message(1), { ...message(2), audience: { is: "backstage" as const } }, to(3, "p2", "p1"), to(4, "p1", "p2")];
    const state = receive(entered([moderator, person("p2")]), { type: "chat", messages });
    const audience = (id: number) => reduce(state, { is: "answering", message: id }).composing;
    expect([1, 2, 3, 4].map((id) => audience(id).audience)).toEqual([
      { is: "everybody" },
      { is: "backstage" },
      { is: "person", participant: "p2" },
      { is: "person", participant: "p2" },
    ]);
    expect(audience(3).replyTo).toBe(3);
    const stopped = reduce(reduce(state, { is: "answering", message: 3 }), { is: "answering", message: null }).composing;
    expect([stopped.replyTo, stopped.audience.is]).toEqual([null, "person"]);
    expect(audience(99)).toEqual(state.composing);
  });
});

it("after a restart of the server nobody is written to by a number that may be somebody else's", () => {
  const writing = reduce(entered(people), { is: "writing_to", audience: { is: "person", participant: "p2" }, eager: false });
  const back = receive(writing, welcome(people, { version: 20 }));
  expect(back.composing.audience).toEqual({ is: "person", participant: "p2" });
  const restarted = receive(writing, welcome(people, { version: 3 }));
  expect(canBeRead(restarted)).toBe(false);
});
