/** A poll while it is being written: what stands in the fields, what is still wrong with it, and the poll that comes of it. Pure. */
import type { PollAnswer, PollDraft, PollKind, PollQuestion } from "../signal/generated/messages";
import type { Text } from "../texts";

/** As the server has them. */
export const MOST_QUESTIONS = 20;
export const MOST_CHOICES = 12;
export const MOST_CHARS = 300;
export const MOST_SECONDS = 24 * 3600;
const FEWEST_CHOICES = 2;

export type Kind = PollKind["is"];

export const KINDS: readonly Kind[] = ["single", "multiple", "text", "rating"];

/** A choice keeps its key wherever it moves. */
export interface WrittenChoice {
  readonly key: number;
  readonly text: string;
  readonly right: boolean;
}

/** Has a field for every kind, so that a change of mind loses nothing. */
export interface WrittenQuestion {
  readonly key: number;
  readonly text: string;
  readonly kind: Kind;
  readonly choices: readonly WrittenChoice[];
  readonly most: number;
  /** Empty or 0: a question of a quiz that is neither right nor wrong. */
  readonly rightText: string;
  readonly rightRating: number;
}

export interface WrittenPoll {
  readonly title: string;
  readonly questions: readonly WrittenQuestion[];
  readonly anonymous: boolean;
  readonly held: boolean;
  readonly quiz: boolean;
  /** As it was typed; empty: a moderator ends it. */
  readonly seconds: string;
  readonly leaderBoard: boolean;
  readonly nextKey: number;
}

export function blankPoll(): WrittenPoll {
  const empty = { title: "", questions: [], anonymous: false, held: false, quiz: false, seconds: "", leaderBoard: true, nextKey: 1 };
  return withQuestion(empty);
}

/** Whether there is anything that one would not like to lose. */
export function isWritten({ title, questions }: WrittenPoll): boolean {
  return title.trim() !== "" || questions.some(({ text, choices }) => [text, ...choices.map((choice) => choice.text)].some((one) => one.trim() !== ""));
}

/** With one more question, at the end. */
export function withQuestion(poll: WrittenPoll): WrittenPoll {
  const key = poll.nextKey;
  const choices = [key + 1, key + 2].map((of) => ({ key: of, text: "", right: false }));
  const question: WrittenQuestion = { key, text: "", kind: "single", choices, most: 5, rightText: "", rightRating: 0 };
  return { ...poll, questions: [...poll.questions, question], nextKey: key + 3 };
}

export function withoutQuestion(poll: WrittenPoll, key: number): WrittenPoll {
  return { ...poll, questions: poll.questions.filter((one) => one.key !== key) };
}

/** One place up or down. */
export function moved<T extends { readonly key: number }>(list: readonly T[], key: number, by: -1 | 1): readonly T[] {
  const from = list.findIndex((one) => one.key === key);
  const to = from + by;
  const [one, other] = [list[from], list[to]];
  if (one === undefined || other === undefined) return list;
  return list.with(from, other).with(to, one);
}

export function edited(poll: WrittenPoll, key: number, change: Partial<Omit<WrittenQuestion, "key">>): WrittenPoll {
  return { ...poll, questions: poll.questions.map((one) => (one.key === key ? { ...one, ...change } : one)) };
}

/** With one more choice, after the one of this key or at the end. */
export function withChoice(poll: WrittenPoll, question: WrittenQuestion, after?: number): WrittenPoll {
  const at = question.choices.findIndex(({ key }) => key === after);
  const choice = { key: poll.nextKey, text: "", right: false };
  const choices = question.choices.toSpliced(at < 0 ? question.choices.length : at + 1, 0, choice);
  return { ...edited(poll, question.key, { choices }), nextKey: poll.nextKey + 1 };
}

/** What is right has changed; of `single` one at most is. */
export function marked({ kind, choices }: WrittenQuestion, key: number, right: boolean): readonly WrittenChoice[] {
  return choices.map((one) => (one.key === key ? { ...one, right } : kind === "single" ? { ...one, right: false } : one));
}

/** Answered another way: of what was right the first stays, where only one can be. */
export function ofKind({ choices }: WrittenQuestion, kind: Kind): Pick<WrittenQuestion, "kind" | "choices"> {
  const first = choices.find(({ right }) => right);
  return { kind, choices: kind === "single" ? choices.map((one) => ({ ...one, right: one === first })) : choices };
}

/** Fields by name, and what is wrong with them. */
export type Problems = ReadonlyMap<string, Text>;

/** The name of a field, which is also the end of its id on the page. */
export const fieldOf = {
  question: (key: number) => `question-${key}`,
  choices: (key: number) => `choices-${key}`,
  choice: (key: number) => `choice-${key}`,
  right: (key: number) => `right-${key}`,
};

/** In the order of the page. */
export function problemsOf(poll: WrittenPoll): Problems {
  const found = new Map<string, Text>();
  if (poll.title.trim() === "") found.set("title", { key: "poll.wrong.title" });
  if (poll.quiz && secondsOf(poll) === null) found.set("seconds", { key: "poll.wrong.seconds", values: { most: MOST_SECONDS } });
  for (const question of poll.questions) {
    if (question.text.trim() === "") found.set(fieldOf.question(question.key), { key: "poll.wrong.question" });
    if (hasChoices(question)) addChoiceProblems(found, question);
    if (poll.quiz && hasChoices(question) && !question.choices.some(({ right }) => right)) {
      found.set(fieldOf.right(question.key), { key: "poll.wrong.right" });
    }
  }
  return found;
}

function addChoiceProblems(found: Map<string, Text>, { key, choices }: WrittenQuestion): void {
  if (choices.length < FEWEST_CHOICES) found.set(fieldOf.choices(key), { key: "poll.wrong.choices", values: { count: FEWEST_CHOICES } });
  const known = new Set<string>();
  for (const choice of choices) {
    const text = choice.text.trim();
    if (text === "") found.set(fieldOf.choice(choice.key), { key: "poll.wrong.choice" });
    else if (known.has(text)) found.set(fieldOf.choice(choice.key), { key: "poll.wrong.same" });
    known.add(text);
  }
}

export function hasChoices({ kind }: Pick<WrittenQuestion, "kind">): boolean {
  return kind === "single" || kind === "multiple";
}

/** `undefined` without a time, `null` where what was typed is none. */
function secondsOf({ seconds }: WrittenPoll): number | undefined | null {
  const typed = seconds.trim();
  if (typed === "") return undefined;
  const number = /^\d{1,6}$/u.test(typed) ? Number(typed) : 0;
  return number >= 1 && number <= MOST_SECONDS ? number : null;
}

/** The poll that was written, once nothing is wrong with it. */
export function finished(poll: WrittenPoll): PollDraft {
  const draft: PollDraft = {
    title: poll.title.trim(),
    questions: poll.questions.map((question) => questionOf(question, poll.quiz)),
    anonymous: poll.anonymous,
    held: poll.held,
  };
  if (!poll.quiz) return draft;
  const seconds = secondsOf(poll);
  const leader_board = poll.leaderBoard && !poll.anonymous;
  return { ...draft, quiz: typeof seconds === "number" ? { seconds, leader_board } : { leader_board } };
}

function questionOf(question: WrittenQuestion, quiz: boolean): PollQuestion {
  const text = question.text.trim();
  const right = quiz ? rightOf(question) : null;
  return right === null ? { text, kind: kindOf(question) } : { text, kind: kindOf(question), right };
}

function kindOf({ kind, choices, most }: WrittenQuestion): PollKind {
  switch (kind) {
    case "single":
    case "multiple":
      return { is: kind, choices: choices.map(({ text }) => text.trim()) };
    case "text":
      return { is: "text" };
    case "rating":
      return { is: "rating", most };
  }
}

function rightOf({ kind, choices, most, rightText, rightRating }: WrittenQuestion): PollAnswer | null {
  switch (kind) {
    case "single":
    case "multiple":
      return { is: "choices", choices: choices.flatMap(({ right }, at) => (right ? [at] : [])) };
    case "text":
      return rightText.trim() === "" ? null : { is: "text", text: rightText.trim() };
    case "rating":
      return rightRating === 0 ? null : { is: "rating", rating: Math.min(rightRating, most) };
  }
}

/** A poll there is, to write another one from. */
export function copied({ title, questions, anonymous, held, quiz }: PollDraft): WrittenPoll {
  let poll: WrittenPoll = { ...blankPoll(), questions: [], title, anonymous, held, quiz: quiz !== undefined };
  if (quiz !== undefined) poll = { ...poll, leaderBoard: quiz.leader_board, seconds: quiz.seconds === undefined ? "" : String(quiz.seconds) };
  for (const { text, kind, right } of questions) {
    poll = withQuestion(poll);
    const key = poll.questions.at(-1)?.key ?? 0;
    poll = edited(poll, key, { text, kind: kind.is });
    if (kind.is === "single" || kind.is === "multiple") {
      const from = poll.nextKey;
      const isRight = (at: number) => right?.is === "choices" && right.choices.includes(at);
      const choices = kind.choices.map((choice, at) => ({ key: from + at, text: choice, right: isRight(at) }));
      poll = { ...edited(poll, key, { choices }), nextKey: from + choices.length };
    }
    if (kind.is === "rating") poll = edited(poll, key, { most: kind.most });
    if (right?.is === "rating") poll = edited(poll, key, { rightRating: right.rating });
    if (right?.is === "text") poll = edited(poll, key, { rightText: right.text });
  }
  return poll;
}
