/** What everybody gives rises over a corner of the stage, and is counted where many give the same; where nothing shall move, it is counted only. */
import { useEffect, useState } from "preact/hooks";
import { RISING_MS, risen, still, summed, type Rising } from "../model/reactions";
import type { ReactionCount } from "../signal/generated/messages";
import type { Session } from "../session";
import { spoken, t } from "../texts";
import { Sign } from "./signs";
import "./style/reactions.css";

/** Between two words about it to those who listen to the page. Somebody is talking. */
const WORDS_MS = 10_000;

const calm = window.matchMedia("(prefers-reduced-motion: reduce)");

export function Reactions({ session }: { session: Session }) {
  const { reactions } = session.now;
  const [rising, setRising] = useState<readonly Rising[]>([]);
  useEffect(() => {
    if (!document.hidden) setRising((now) => risen(now, reactions.counts, Date.now()));
  }, [reactions.number]);
  useEffect(() => {
    const [oldest] = rising;
    if (oldest === undefined) return;
    const timer = window.setTimeout(() => setRising((now) => still(now, Date.now())), oldest.at + RISING_MS - Date.now() + 20);
    return () => window.clearTimeout(timer);
  }, [rising]);
  return (
    <div class="reactions">
      {rising.length > 0 && (calm.matches ? <Counted counts={summed(rising)} /> : rising.map((one) => <Rises key={one.id} {...one} />))}
      <Words number={reactions.number} counts={reactions.counts} />
    </div>
  );
}

function Rises({ id, reaction, count }: Rising) {
  return (
    <span class={`rising lane-${(id * 3) % 7}`} aria-hidden="true">
      <Sign reaction={reaction} />
      {count > 1 && <span class="times">×{number(count)}</span>}
    </span>
  );
}

function Counted({ counts }: { counts: readonly ReactionCount[] }) {
  return (
    <span class="counted" aria-hidden="true">
      {counts.map(({ reaction, count }) => (
        <span key={reaction}>
          <Sign reaction={reaction} />
          {number(count)}
        </span>
      ))}
    </span>
  );
}

/** A summary now and then. */
function Words({ number: told, counts }: { number: number; counts: readonly ReactionCount[] }) {
  const [collected, setCollected] = useState<readonly ReactionCount[]>([]);
  const [words, setWords] = useState("");
  useEffect(() => setCollected((before) => summed([...before, ...counts])), [told]);
  const any = collected.length > 0;
  useEffect(() => {
    if (!any) return;
    const timer = window.setTimeout(() => {
      setCollected((all) => {
        setWords(inWords(all));
        return [];
      });
    }, WORDS_MS);
    return () => window.clearTimeout(timer);
  }, [any]);
  return (
    <span class="unseen" role="status">
      {words}
    </span>
  );
}

function inWords(counts: readonly ReactionCount[]): string {
  const each = counts.map(({ reaction, count }) => t("reactions.of", { name: t(`reactions.${reaction}`), count }));
  return t("reactions.given", { list: new Intl.ListFormat(spoken.value.language).format(each) });
}

function number(count: number): string {
  return new Intl.NumberFormat(spoken.value.language).format(count);
}
