/** The polls and quizzes of the room; for moderators also those to come, and a place to write them. */
import { useComputed } from "@preact/signals";
import { useEffect, useMemo, useRef } from "preact/hooks";
import "../style/polls.css";
import "../style/poll_editor.css";
import { isModerator } from "../../model/abilities";
import { blankPoll } from "../../model/draft";
import { inOrder } from "../../model/polls";
import type { Session } from "../../session";
import { t } from "../../texts";
import { Icon } from "../icons";
import { Nothing, useKeptInside } from "../panel";
import { Editor } from "./editor";
import { PollItem } from "./poll";
import { writing, writtenPoll } from "./written";

export function Polls({ session }: { session: Session }) {
  const list = useRef<HTMLDivElement>(null);
  const polls = useComputed(() => session.now.polls).value;
  const ordered = useMemo(() => inOrder(polls), [polls]);
  useKeptInside(list);
  const moderates = isModerator(session.me.value);
  const edits = moderates && writing.value;
  const edited = useRef(false);
  useEffect(() => {
    // The form had the focus, and is gone.
    if (edited.current && !edits) list.current?.focus({ preventScroll: true });
    edited.current = edits;
  }, [edits]);
  if (edits) return <Editor session={session} />;
  const latest = ordered.find(({ stage }) => stage === "ended")?.id;
  return (
    <div ref={list} class="panel-body polls-list" tabIndex={-1}>
      {moderates && <Write />}
      {polls.length === 0 && <Nothing icon="poll" text={t(moderates ? "polls.empty.moderator" : "polls.empty")} />}
      <ul role="list" aria-label={t("polls")}>
        {ordered.map((poll) => (
          <PollItem key={poll.id} session={session} poll={poll} moderates={moderates} unfolded={poll.stage === "open" || poll.id === latest} />
        ))}
      </ul>
    </div>
  );
}

function Write() {
  const begun = writtenPoll.value !== null;
  return (
    <button
      type="button"
      class="new-poll"
      onClick={() => {
        writtenPoll.value ??= blankPoll();
        writing.value = true;
      }}
    >
      <Icon name="plus" />
      {t(begun ? "polls.continue" : "polls.new")}
    </button>
  );
}
