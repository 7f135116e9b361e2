import { expect, it } from "vitest";
import { reduce } from "../src/model/reduce";
import { unreadOf } from "../src/model/chat";
import type { State } from "../src/model/state";
import { entered, NOW, person, receive, welcome } from "./room";

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
