/** How long somebody has left to talk: in the top, for everybody. Moderators set it there. */
import { useEffect, useRef, useState } from "preact/hooks";
import { isModerator } from "../model/abilities";
import type { Timer } from "../model/state";
import { clock, leftAt, momentBetween, secondsOf, toneOf, untilNext, type Moment } from "../model/timer";
import type { Session } from "../session";
import { spoken, t } from "../texts";
import { Icon } from "./icons";
import { later } from "./later";

const LateTimerSetting = later(async () => (await import("./timer_setting")).TimerSetting, { nothing: true });

export function TimerPlace({ session }: { session: Session }) {
  const [anchor, setAnchor] = useState<HTMLElement | null>(null);
  const { timer } = session.now;
  const moderates = isModerator(session.me.value);
  const words = timer === null ? null : <TimerWords timer={timer} />;
  if (!moderates) {
    return (
      <>
        {timer !== null && <Clock timer={timer} />}
        {words}
      </>
    );
  }
  const toggle = (button: HTMLElement) => setAnchor(anchor === null ? button : null);
  return (
    <>
      <button
        type="button"
        class={`timer-button ${timer === null ? "round" : ""}`}
        title={t("timer")}
        aria-haspopup="dialog"
        aria-expanded={anchor !== null}
        onClick={(event) => toggle(event.currentTarget)}
      >
        <span class="unseen">{t("timer")}</span>
        {timer === null ? <Icon name="clock" /> : <Clock timer={timer} />}
      </button>
      {words}
      {anchor !== null && <LateTimerSetting session={session} anchor={anchor} onClose={() => setAnchor(null)} />}
    </>
  );
}

/** What is left now, followed second by second. */
export function useLeft(timer: Timer): number {
  const [now, setNow] = useState(Date.now);
  const left = leftAt(timer, Math.max(now, timer.at));
  useEffect(() => {
    const at = Date.now();
    setNow(at);
    if (!timer.running) return;
    const waiting = window.setTimeout(() => setNow(Date.now()), untilNext(leftAt(timer, at)) + 5);
    return () => window.clearTimeout(waiting);
  }, [timer, secondsOf(left)]);
  return left;
}

function Clock({ timer }: { timer: Timer }) {
  const left = useLeft(timer);
  return (
    <span class={`timer ${toneOf(left, timer.totalMs)} ${timer.running ? "" : "stands"}`}>
      <Icon name={timer.running ? "clock" : "pause"} />
      <bdi role="timer" dir="ltr">
        {clock(secondsOf(left), spoken.value.language)}
      </bdi>
    </span>
  );
}

/** Its half, its last minute and its end are said; the seconds between are for the eyes. */
function TimerWords({ timer }: { timer: Timer }) {
  const left = useLeft(timer);
  const before = useRef(left);
  const [word, setWord] = useState<Moment | null>(null);
  useEffect(() => {
    const moment = timer.running ? momentBetween(before.current, left, timer.totalMs) : null;
    if (moment !== null) setWord(moment);
    // More time was given: what was said is not so any more.
    else if (left > before.current) setWord(null);
    before.current = left;
  }, [timer, secondsOf(left)]);
  return (
    <span class="unseen" role="status">
      {word === null ? "" : t(`timer.${word}`)}
    </span>
  );
}
