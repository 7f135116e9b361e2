/** Between chat, questions and polls: a tab for each that the room has, with how much waits in it. */
import { useEffect, useRef } from "preact/hooks";
import { talksOf, unseenIn, type Talk } from "../model/talk";
import type { Session } from "../session";
import { t } from "../texts";

/** Each panel has tabs of its own: those that come up by a choice among the tabs take the focus along. */
let choosing = false;

export function Tabs({ session }: { session: Session }) {
  const list = useRef<HTMLDivElement>(null);
  const { panel } = session.now;
  const talks = talksOf(session.now);
  useEffect(() => {
    if (choosing) list.current?.querySelector<HTMLElement>("[aria-selected=true]")?.focus({ preventScroll: true });
    choosing = false;
  }, []);
  if (talks.length < 2) return null;
  const choose = (talk: Talk | undefined) => {
    if (talk === undefined || talk === panel) return;
    choosing = true;
    session.dispatch({ is: "panel", panel: talk });
  };
  return (
    <div ref={list} class="tabs" role="tablist" aria-label={t("tabs")} onKeyDown={(event) => choose(chosenBy(event, talks, panel))}>
      {talks.map((talk) => (
        <button
          key={talk}
          type="button"
          role="tab"
          aria-selected={talk === panel}
          tabIndex={talk === panel ? 0 : -1}
          onClick={() => choose(talk)}
        >
          {t(talk)}
          <Waiting count={talk === panel ? 0 : unseenIn(session.now, talk)} />
        </button>
      ))}
    </div>
  );
}

function Waiting({ count }: { count: number }) {
  if (count === 0) return null;
  return (
    <>
      <span class="number" aria-hidden="true">
        {count}
      </span>
      <span class="unseen">{t("tabs.new", { count })}</span>
    </>
  );
}

/** As in every row of tabs. */
function chosenBy(event: KeyboardEvent & { currentTarget: HTMLElement }, talks: readonly Talk[], panel: string | null): Talk | undefined {
  const rtl = getComputedStyle(event.currentTarget).direction === "rtl";
  const at = talks.findIndex((talk) => talk === panel);
  const to = { ArrowRight: at + (rtl ? -1 : 1), ArrowLeft: at + (rtl ? 1 : -1), Home: 0, End: talks.length - 1 }[event.key];
  if (to === undefined) return undefined;
  event.preventDefault();
  return talks.at(to % talks.length);
}
