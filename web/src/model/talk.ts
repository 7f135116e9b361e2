/** Chat, questions and polls: what is written rather than said. They share one button and one place of the page. Pure. */
import { isModerator } from "./abilities";
import { chatOpened, unreadOf } from "./chat";
import { unanswered } from "./polls";
import { questionsSeen, unseenQuestions } from "./questions";
import { me, type Panel, type State } from "./state";

export const TALKS = ["chat", "questions", "polls"] as const satisfies readonly Panel[];

export type Talk = (typeof TALKS)[number];

/** Those that the room has. */
export function talksOf({ room }: Pick<State, "room">): readonly Talk[] {
  return room === null ? [] : TALKS.filter((talk) => room.features[talk]);
}

export function isTalk(panel: Panel | null): panel is Talk {
  return TALKS.some((talk) => talk === panel);
}

/** What the button opens: the one that was open last, or the first that there is; `null` where there is none. */
export function talkToOpen(state: Pick<State, "room" | "talk">): Talk | null {
  const talks = talksOf(state);
  return talks.includes(state.talk) ? state.talk : (talks[0] ?? null);
}

/** What waits for the person in one of them. */
export function unseenIn(state: State, talk: Talk): number {
  switch (talk) {
    case "chat":
      return unreadOf(state);
    case "questions":
      return unseenQuestions(state);
    case "polls":
      // Whoever runs the polls is not waited for.
      return isModerator(me(state)) ? 0 : unanswered(state.polls).length;
  }
}

/** What waits in all of them. */
export function unseenOf(state: State): number {
  return talksOf(state).reduce((sum, talk) => sum + unseenIn(state, talk), 0);
}

/** With another panel open, or none: what it shows is seen, and it is remembered. `eager`: somebody is about to write. */
export function opened(state: State, panel: Panel | null, eager = false): State {
  const next = panel === "chat" ? chatOpened({ ...state, composing: { ...state.composing, eager } }) : { ...state, panel };
  return questionsSeen(isTalk(panel) ? { ...next, talk: panel } : next);
}

/** What a moderator turns off is not left open. */
export function fitting(state: State): State {
  return isTalk(state.panel) && !talksOf(state).includes(state.panel) ? { ...state, panel: null } : state;
}
