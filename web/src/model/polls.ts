/** Polls and quizzes, as the page keeps them. Pure. */
import type { PollAnswer, PollQuestion, PollResult, PollState, YourAnswers } from "../signal/generated/messages";
import type { State } from "./state";

export interface Poll extends Omit<PollState, "ends_in_ms" | "yours"> {
  /** When it ends by itself, in milliseconds since 1970, by this machine's clock. */
  readonly endsAt: number | null;
  readonly yours: YourAnswers;
}

/** With what is new or has changed. What a frame leaves out about oneself is as it was. */
export function polled(state: State, polls: readonly PollState[], now: number): State {
  const known = new Map(state.polls.map((one) => [one.id, one]));
  for (const { ends_in_ms, yours, ...poll } of polls) {
    const before = known.get(poll.id)?.yours ?? { answered: false, answers: [] };
    known.set(poll.id, { ...poll, endsAt: ends_in_ms === undefined ? null : now + ends_in_ms, yours: yours ?? before });
  }
  return { ...state, polls: [...known.values()].sort((a, b) => a.id - b.id) };
}

/** What one has done about a poll, and what came of it. */
export function answeredBy(state: State, poll: number, yours: YourAnswers): State {
  return { ...state, polls: state.polls.map((one) => (one.id === poll ? { ...one, yours } : one)) };
}

export function deleted(state: State, polls: readonly number[]): State {
  return { ...state, polls: state.polls.filter(({ id }) => !polls.includes(id)) };
}

/** What is open first, then what is to come, then what is over, newest first. */
export function inOrder(polls: readonly Poll[]): Poll[] {
  const rank = { open: 0, draft: 1, ended: 2 } as const;
  return [...polls].sort((a, b) => rank[a.stage] - rank[b.stage] || b.id - a.id);
}

/** An answer is for good where nobody knows whose it is, and where it is right or wrong. */
export function answersOnce({ draft }: Pick<Poll, "draft">): boolean {
  return draft.anonymous || draft.quiz !== undefined;
}

export function mayAnswer(poll: Pick<Poll, "draft" | "stage" | "yours">): boolean {
  return poll.stage === "open" && !(poll.yours.answered && answersOnce(poll));
}

/** What is left of its time, in milliseconds; `null` where it has no end of its own. */
export function leftOf({ stage, endsAt }: Pick<Poll, "stage" | "endsAt">, now: number): number | null {
  return stage === "open" && endsAt !== null ? Math.max(0, endsAt - now) : null;
}

/** `1:05`, `1:00:00`. A second that has begun counts. */
export function clock(ms: number): string {
  const seconds = Math.ceil(ms / 1000);
  const two = (number: number) => String(number).padStart(2, "0");
  const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60];
  return hours > 0 ? `${hours}:${two(minutes)}:${two(seconds % 60)}` : `${minutes}:${two(seconds % 60)}`;
}

/** One line of what came of a question. */
export interface Bar {
  readonly count: number;
  /** Of those who answered, from 0 to 1. */
  readonly share: number;
}

/** Of several choices each is a share of the people, so that together they may be more than the whole. */
export function barsOf(question: PollQuestion, { counts }: PollResult, answered: number): Bar[] {
  const given = counts.reduce((sum, count) => sum + count, 0);
  const whole = question.kind.is === "multiple" ? Math.max(answered, ...counts) : given;
  return counts.map((count) => ({ count, share: whole === 0 ? 0 : count / whole }));
}

/** The mean of what was given; `null` where nothing was. */
export function meanOf({ counts }: PollResult): number | null {
  const given = counts.reduce((sum, count) => sum + count, 0);
  return given === 0 ? null : counts.reduce((sum, count, at) => sum + count * (at + 1), 0) / given;
}

/** Whether an answer has this line of the results: a choice from 0, or a rating from 1 at its place. */
export function has(answer: PollAnswer | null | undefined, line: number): boolean {
  if (answer?.is === "choices") return answer.choices.includes(line);
  return answer?.is === "rating" && answer.rating === line + 1;
}

/** What is sent: words without space around them, and nothing where there are none. */
export function tidied(answers: readonly (PollAnswer | null)[]): (PollAnswer | null)[] {
  return answers.map((answer) => {
    if (answer?.is === "choices") return answer.choices.length === 0 ? null : answer;
    if (answer?.is !== "text") return answer;
    const text = answer.text.trim();
    return text === "" ? null : { is: "text", text };
  });
}

/** With one of the choices taken or given back; of `single` there is one at most. */
export function chosen(answer: PollAnswer | null | undefined, choice: number, on: boolean, single: boolean): PollAnswer {
  const before = answer?.is === "choices" && !single ? answer.choices.filter((one) => one !== choice) : [];
  return { is: "choices", choices: on ? [...before, choice].sort((a, b) => a - b) : before };
}

/** The topic of what is said about a poll. */
export function topicOfPoll(id: number): string {
  return `poll-${id}`;
}

/** Open polls that one has not answered. */
export function unanswered(polls: readonly Poll[]): Poll[] {
  return polls.filter(({ stage, yours }) => stage === "open" && !yours.answered);
}
