/** Where moderators set the timer: a few minutes at a click, or as many as they write. */
import { useEffect, useRef, useState } from "preact/hooks";
import type { Timer } from "../model/state";
import { lengthened, MOST_MINUTES, secondsOf, started, turned } from "../model/timer";
import type { Session } from "../session";
import { t } from "../texts";
import { Do } from "./button";
import { Popover } from "./popover";
import { useLeft } from "./timer";

const OFTEN = [1, 5, 10, 15];

export function TimerSetting({ session, anchor, onClose }: { session: Session; anchor: HTMLElement; onClose: () => void }) {
  const { timer } = session.now;
  const inside = useRef<HTMLDivElement>(null);
  const there = timer !== null;
  const first = useRef(true);
  // Other buttons stand here when it starts or is over: the first of them is next.
  useEffect(() => {
    if (!first.current && document.activeElement === document.body) inside.current?.querySelector("button")?.focus();
    first.current = false;
  }, [there]);
  return (
    <Popover class="timer-setting" role="dialog" label={t("timer")} anchor={anchor} onClose={onClose}>
      <div ref={inside}>{timer === null ? <Start session={session} /> : <Set session={session} timer={timer} />}</div>
    </Popover>
  );
}

function Start({ session }: { session: Session }) {
  const [minutes, setMinutes] = useState("");
  const wanted = Number(minutes);
  const fits = Number.isInteger(wanted) && wanted >= 1 && wanted <= MOST_MINUTES;
  return (
    <>
      <p class="hint">{t("timer.start")}</p>
      <div class="often">
        {OFTEN.map((count) => (
          <Do key={count} do={() => session.do(started(count))}>
            {t("timer.minutes", { count })}
          </Do>
        ))}
      </div>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (fits) void session.do(started(wanted));
        }}
      >
        <label>
          {t("timer.own")}
          <input type="number" inputMode="numeric" min={1} max={MOST_MINUTES} step={1} value={minutes} onInput={(event) => setMinutes(event.currentTarget.value)} />
        </label>
        <button type="submit" class="primary" aria-disabled={!fits || undefined}>
          {t("timer.go")}
        </button>
      </form>
    </>
  );
}

function Set({ session, timer }: { session: Session; timer: Timer }) {
  const left = useLeft(timer);
  const turn = async () => {
    const command = turned(timer, !timer.running, Date.now());
    if (command !== null) await session.do(command);
  };
  return (
    <div class="often">
      {secondsOf(left) >= 1 && <Do do={turn}>{t(timer.running ? "timer.pause" : "timer.resume")}</Do>}
      <Do do={() => session.do(lengthened(timer, Date.now()))}>{t("timer.more")}</Do>
      <Do class="grave" do={() => session.do({ do: "set_timer", running: false })}>
        {t("timer.stop")}
      </Do>
    </div>
  );
}
