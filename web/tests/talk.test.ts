import { describe, expect, it } from "vitest";
import { reduce } from "../src/model/reduce";
import { talkToOpen, talksOf, unseenIn, unseenOf } from "../src/model/talk";
import type { State } from "../src/model/state";
import type { Features, PollState, Question } from "../src/signal/generated/messages";
import { change, entered, FEATURES, NOW, person, receive, room, toasts, welcome } from "./room";

const people = [person("p1"), person("p2")];
const question = (id: number, more: Partial<Question> = {}): Question => ({ id, by: "p2", name: "P", text: "?", age_ms: 0, votes: 0, state: "open", ...more });
const questions = (...all: Question[]) => ({ type: "questions" as const, questions: all });
const draft = { title: "Pace", questions: [{ text: "How fast?", kind: { is: "single" as const, choices: ["slow", "fast"] } }], anonymous: false, held: false };
const poll = (id: number, more: Partial<PollState> = {}): PollState => ({ id, draft, stage: "open", shown: true, answered: 0, ...more });
const polls = (...all: PollState[]) => ({ type: "polls" as const, polls: all });
const look = (state: State, panel: State["panel"]) => reduce(state, { is: "panel", panel });
const having = (state: State, features: Partial<Features>) => {
  const { title, access, capacity, self_leave, locked } = room(people);
  return change(state, { what: "room", title, access, capacity, self_leave, locked, features: { ...FEATURES, ...features } });
};

describe("the button of chat, questions and polls", () => {
  it("opens the one that was open last, and counts what waits in all of them", () => {
    const state = receive(
      entered(people),
      { type: "chat", messages: [{ id: 1, by: "p2", name: "P", text: "hi", age_ms: 0 }] },
      questions(question(1), question(2, { by: "p1" }), question(3, { state: "answered" })),
      polls(poll(1), poll(2, { stage: "ended" }), poll(3, { yours: { answered: true, answers: [] } })),
    );
    expect(talkToOpen(state)).toBe("chat");
    expect([unseenIn(state, "chat"), unseenIn(state, "questions"), unseenIn(state, "polls"), unseenOf(state)]).toEqual([1, 1, 1, 3]);
    const read = look(look(state, "questions"), null);
    expect([talkToOpen(read), unseenOf(read)]).toEqual(["questions", 2]);
    expect(unseenOf(receive(read, questions(question(4))))).toBe(3);
  });

  it("leaves out what the room does not have, and goes with the last of it", () => {
    const state = receive(entered(people), questions(question(1)), polls(poll(1)));
    const without = having(look(state, "questions"), { questions: false });
    expect([without.panel, talksOf(without), talkToOpen(without), unseenOf(without)]).toEqual([null, ["chat", "polls"], "chat", 1]);
    expect(talkToOpen(having(without, { chat: false, questions: false, polls: false }))).toBeNull();
    expect(having(look(state, "participants"), { questions: false }).panel).toBe("participants");
  });

  it("counts no polls for those who run them", () => {
    expect(unseenOf(receive(entered([person("p1", { role: "moderator" })]), polls(poll(1))))).toBe(0);
  });

  it("what was seen stays seen in a new snapshot, unless one is somebody new in it", () => {
    const read = look(look(receive(entered(people), questions(question(1), question(2))), "questions"), null);
    const again = receive(read, welcome(people, { version: 20 }), questions(question(1), question(2), question(3)));
    expect(unseenOf(again)).toBe(1);
    const restarted = receive(read, welcome([person("p3"), ...people], { version: 3 }), questions(question(1)));
    expect(unseenOf(restarted)).toBe(1);
  });
});

describe("a poll that is started", () => {
  it("is said once, with a way to it, and taken back when it is over or answered", () => {
    const state = receive(entered(people), polls(poll(1)), polls(poll(1, { answered: 3 })));
    expect(state.toasts.map(({ text, opens }) => [text.key, text.values?.["title"], opens])).toEqual([["told.poll", "Pace", "polls"]]);
    expect(toasts(receive(state, polls(poll(1, { stage: "ended" }))))).toEqual([]);
    expect(toasts(receive(state, polls(poll(1, { yours: { answered: true, answers: [] } }))))).toEqual([]);
    expect(toasts(receive(state, { type: "polls_gone", polls: [1] }))).toEqual([]);
    expect(toasts(look(state, "polls"))).toEqual([]);
    const again = receive(state, polls(poll(1, { stage: "ended" })), polls(poll(1)));
    expect(toasts(again)).toEqual(["told.poll"]);
    const put = reduce(state, { is: "dismissed", key: state.toasts[0]?.key ?? 0 });
    expect(toasts(receive(put, welcome(people, { version: 20 }), polls(poll(1))))).toEqual([]);
  });

  it("is not said to whoever looks at the polls, nor where there are none", () => {
    const state = receive(look(entered(people), "polls"), polls(poll(1)));
    expect([toasts(state), toasts(look(state, null))]).toEqual([[], []]);
    expect(toasts(receive(entered(people, { features: { ...FEATURES, polls: false } }), polls(poll(1))))).toEqual([]);
    expect(toasts(receive(entered(people), polls(poll(1, { stage: "draft" }))))).toEqual([]);
  });

  it("its end is by this machine's clock", () => {
    expect(receive(entered(people), polls(poll(1, { ends_in_ms: 5000 }))).polls[0]?.endsAt).toBe(NOW + 5000);
  });
});
