/** What a moderator does about a poll. */
import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { copied, isWritten } from "../../model/draft";
import type { Poll } from "../../model/polls";
import type { Session } from "../../session";
import { t } from "../../texts";
import { Do } from "../button";
import { save } from "../download";
import { writing, writtenPoll } from "./written";

/** With `all`, or only with what it waits for. */
export function PollActions({ session, poll, all }: { session: Session; poll: Poll; all: boolean }) {
  const { id, stage } = poll;
  if (stage === "ended" && !all) return null;
  return (
    <div class="doings">
      {stage === "draft" && (
        <Do class="primary" do={() => session.do({ do: "start_poll", poll: id })}>
          {t("poll.start")}
        </Do>
      )}
      {stage === "open" && (
        <Do class="primary" do={() => session.do({ do: "end_poll", poll: id })}>
          {t("poll.end")}
        </Do>
      )}
      {all && <MoreActions session={session} poll={poll} />}
    </div>
  );
}

function MoreActions({ session, poll }: { session: Session; poll: Poll }) {
  const { id, stage, shown, draft } = poll;
  // What is being written is not thrown away for another one.
  const free = writtenPoll.value === null || !isWritten(writtenPoll.value);
  const copy = () => {
    writtenPoll.value = copied(draft);
    writing.value = true;
  };
  return (
    <>
      {stage !== "draft" && <Do do={() => session.do({ do: "show_poll", poll: id, shown: !shown })}>{t(shown ? "poll.hide" : "poll.show")}</Do>}
      {stage !== "draft" && <Do do={() => download(session, poll)}>{t("poll.csv")}</Do>}
      {stage === "ended" && draft.quiz === undefined && <Do do={() => session.do({ do: "start_poll", poll: id })}>{t("poll.reopen")}</Do>}
      {free && (
        <button type="button" onClick={copy}>
          {t("poll.copy")}
        </button>
      )}
      <Sure
        name={t("poll.delete")}
        question={t(stage === "draft" ? "poll.delete.sure.draft" : "poll.delete.sure")}
        yes={t("poll.delete.yes")}
        no={t("poll.delete.no")}
        do={() => session.do({ do: "delete_poll", poll: id })}
      />
    </>
  );
}

async function download(session: Session, { id, draft }: Poll): Promise<void> {
  const response = await session.fetch(`polls/${id}.csv`);
  const file = response?.ok === true ? await response.blob().catch(() => null) : null;
  if (file === null) {
    session.dispatch({ is: "told", toast: { topic: `csv-${id}`, tone: "alert", text: { key: "poll.csv.failed" } } });
    return;
  }
  save(file, `${draft.title.replaceAll(/[^\p{L}\p{N}]+/gu, " ").trim() || `poll ${id}`}.csv`);
}

interface SureProps {
  readonly name: string;
  readonly question: string;
  readonly yes: string;
  readonly no: string;
  readonly do: () => Promise<unknown>;
}

/** A button for what cannot be taken back: it asks first. */
export function Sure({ name, question, yes, no, do: act }: SureProps) {
  // null: never asked yet.
  const [asked, setAsked] = useState<boolean | null>(null);
  const safe = useRef<HTMLButtonElement>(null);
  useLayoutEffect(() => {
    if (asked === null) return;
    safe.current?.focus({ preventScroll: true });
    safe.current?.parentElement?.scrollIntoView({ block: "nearest" });
  }, [asked]);
  if (asked !== true) {
    return (
      <button key="ask" ref={safe} type="button" class="grave" onClick={() => setAsked(true)}>
        {name}
      </button>
    );
  }
  return (
    <div key="sure" class="sure" role="group" aria-label={question}>
      <p>{question}</p>
      <button ref={safe} type="button" onClick={() => setAsked(false)}>
        {no}
      </button>
      <Do class="grave" do={act}>
        {yes}
      </Do>
    </div>
  );
}
