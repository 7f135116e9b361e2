import { describe, expect, it } from "vitest";
import { blankPoll, copied, edited, finished, isWritten, marked, moved, ofKind, problemsOf, withChoice, withQuestion, withoutQuestion, type WrittenPoll } from "../src/model/draft";
import { answersOnce, barsOf, chosen, clock, has, inOrder, leftOf, mayAnswer, meanOf, tidied, type Poll } from "../src/model/polls";
import type { PollDraft } from "../src/signal/generated/messages";

const single = { text: "?", kind: { is: "single" as const, choices: ["a", "b", "c"] } };
const multiple = { text: "?", kind: { is: "multiple" as const, choices: ["a", "b"] } };
const draft: PollDraft = { title: "Poll", questions: [single], anonymous: false, held: false };
const poll = (more: Partial<Poll> = {}): Poll => ({ id: 1, draft, stage: "open", shown: true, answered: 0, endsAt: null, yours: { answered: false, answers: [] }, ...more });

describe("a poll", () => {
  it("open ones stand first, then drafts, then what is over", () => {
    const stages = (["ended", "draft", "open", "ended"] as const).map((stage, at) => poll({ id: at + 1, stage }));
    expect(inOrder(stages).map(({ id }) => id)).toEqual([3, 2, 4, 1]);
  });

  it("is answered once where it is anonymous or a quiz, and as often as one likes elsewhere", () => {
    const yours = { answered: true, answers: [] };
    expect([mayAnswer(poll()), mayAnswer(poll({ yours })), mayAnswer(poll({ stage: "ended" }))]).toEqual([true, true, false]);
    for (const once of [{ ...draft, anonymous: true }, { ...draft, quiz: { leader_board: false } }]) {
      expect([answersOnce({ draft: once }), mayAnswer(poll({ draft: once })), mayAnswer(poll({ draft: once, yours }))]).toEqual([true, true, false]);
    }
  });

  it("shares are of those who answered, of several choices each by itself", () => {
    expect(barsOf(single, { counts: [1, 3, 0], texts: [] }, 9).map(({ share }) => share)).toEqual([0.25, 0.75, 0]);
    expect(barsOf(multiple, { counts: [4, 2], texts: [] }, 4).map(({ share }) => share)).toEqual([1, 0.5]);
    expect(barsOf(single, { counts: [0, 0, 0], texts: [] }, 0).map(({ share }) => share)).toEqual([0, 0, 0]);
    expect([meanOf({ counts: [1, 0, 3], texts: [] }), meanOf({ counts: [0, 0], texts: [] })]).toEqual([2.5, null]);
  });

  it("its time runs down to nothing, and a second that has begun counts", () => {
    expect([leftOf(poll({ endsAt: 5000 }), 1000), leftOf(poll({ endsAt: 5000 }), 9000), leftOf(poll(), 0)]).toEqual([4000, 0, null]);
    expect(leftOf(poll({ stage: "ended", endsAt: 5000 }), 0)).toBeNull();
    expect([0, 1, 59_000, 65_001, 3_600_000].map(clock)).toEqual(["0:00", "0:01", "0:59", "1:06", "1:00:00"]);
  });

  it("answers are what was chosen, in order; empty ones are none", () => {
    const two = chosen(chosen(null, 2, true, false), 0, true, false);
    expect([two, chosen(two, 2, false, false), chosen(two, 1, true, true)]).toEqual([
      { is: "choices", choices: [0, 2] },
      { is: "choices", choices: [0] },
      { is: "choices", choices: [1] },
    ]);
    expect([has(two, 2), has(two, 1), has({ is: "rating", rating: 2 }, 1), has(null, 0)]).toEqual([true, false, true, false]);
    expect(tidied([{ is: "choices", choices: [] }, { is: "text", text: "  " }, { is: "text", text: " a " }, null])).toEqual([null, null, { is: "text", text: "a" }, null]);
  });
});

/** With these texts in the first question. */
function written(texts: readonly string[], more: Partial<WrittenPoll> = {}): WrittenPoll {
  const poll = { ...blankPoll(), title: " Pace ", ...more };
  const choices = texts.map((text, at) => ({ key: 100 + at, text, right: false }));
  return edited(poll, 1, { text: "How fast?", choices });
}

const wrong = (poll: WrittenPoll) => [...problemsOf(poll)].map(([field, text]) => `${field} ${text.key}`);

describe("a poll that is being written", () => {
  it("says what is missing, beside each field, in the order of the page", () => {
    expect(wrong(blankPoll())).toEqual(["title poll.wrong.title", "question-1 poll.wrong.question", "choice-2 poll.wrong.choice", "choice-3 poll.wrong.choice"]);
    expect(wrong(written(["slow", "slow "]))).toEqual(["choice-101 poll.wrong.same"]);
    expect(wrong(written(["slow"]))).toEqual(["choices-1 poll.wrong.choices"]);
    expect(wrong(written(["slow", "fast"]))).toEqual([]);
  });

  it("a quiz needs the right ones among choices, and a time that is one", () => {
    const quiz = written(["slow", "fast"], { quiz: true, seconds: "2 minutes" });
    expect(wrong(quiz)).toEqual(["seconds poll.wrong.seconds", "right-1 poll.wrong.right"]);
    expect(wrong(edited({ ...quiz, seconds: "" }, 1, { kind: "text" }))).toEqual([]);
    expect(wrong(edited({ ...quiz, seconds: "86401" }, 1, { kind: "rating" }))).toEqual(["seconds poll.wrong.seconds"]);
  });

  it("becomes a poll without what its kinds do not need", () => {
    expect(finished(written(["slow ", "fast"], { quiz: false, seconds: "x", held: true }))).toEqual({
      title: "Pace", anonymous: false, held: true,
      questions: [{ text: "How fast?", kind: { is: "single", choices: ["slow", "fast"] } }],
    });
    const poll = written(["slow", "fast"], { quiz: true, seconds: "90", anonymous: true });
    const question = poll.questions[0];
    if (question === undefined) throw new Error("no question");
    expect(finished(edited(poll, 1, { choices: marked(question, 101, true) }))).toMatchObject({
      quiz: { seconds: 90, leader_board: false },
      questions: [{ right: { is: "choices", choices: [1] } }],
    });
    expect(finished(edited(poll, 1, { kind: "rating", most: 3, rightRating: 5 })).questions[0]).toMatchObject({ kind: { is: "rating", most: 3 }, right: { is: "rating", rating: 3 } });
    expect(finished(edited(poll, 1, { kind: "rating" })).questions[0]).not.toHaveProperty("right");
    expect(finished(edited(poll, 1, { kind: "text", rightText: " " })).questions[0]).not.toHaveProperty("right");
  });

  it("questions and choices come, go and change places; each keeps its key", () => {
    const two = withQuestion(blankPoll());
    expect(two.questions.map(({ key }) => key)).toEqual([1, 4]);
    expect(moved(two.questions, 4, -1).map(({ key }) => key)).toEqual([4, 1]);
    expect(moved(two.questions, 4, 1)).toBe(two.questions);
    expect(withoutQuestion(two, 1).questions.map(({ key }) => key)).toEqual([4]);
    const [first] = two.questions;
    if (first === undefined) throw new Error("no question");
    expect(withChoice(two, first, 2).questions[0]?.choices.map(({ key }) => key)).toEqual([2, 7, 3]);
    expect(withChoice(two, first).questions[0]?.choices.map(({ key }) => key)).toEqual([2, 3, 7]);
  });

  it("one of several right choices is left where only one can be", () => {
    const question = { ...blankPoll().questions[0]!, kind: "multiple" as const };
    const both = { ...question, choices: question.choices.map((choice) => ({ ...choice, right: true })) };
    expect(ofKind(both, "single").choices.map(({ right }) => right)).toEqual([true, false]);
    expect(marked({ ...both, kind: "single" }, 3, true).map(({ right }) => right)).toEqual([false, true]);
  });

  it("is worth keeping once there is a word in it", () => {
    expect([isWritten(blankPoll()), isWritten({ ...blankPoll(), title: "a" }), isWritten(written(["a"], { title: "" }))]).toEqual([false, true, true]);
  });

  it("is the same again when it is made of a poll", () => {
    const poll: PollDraft = {
      title: "Quiz", anonymous: false, held: true, quiz: { seconds: 30, leader_board: true },
      questions: [
        { ...single, right: { is: "choices", choices: [2] } },
        { ...multiple, right: { is: "choices", choices: [0, 1] } },
        { text: "?", kind: { is: "text" }, right: { is: "text", text: "yes" } },
        { text: "?", kind: { is: "rating", most: 7 }, right: { is: "rating", rating: 6 } },
      ],
    };
    const again = copied(poll);
    expect(finished(again)).toEqual(poll);
    const keys = again.questions.flatMap(({ key, choices }) => [key, ...choices.map((choice) => choice.key)]);
    expect(new Set(keys).size).toBe(keys.length);
    expect(problemsOf(again).size).toBe(0);
  });
});
