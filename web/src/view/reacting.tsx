/** The six reactions, for whoever wants to give one. They stay open until they are closed: one claps while one watches. */
import { useEffect, useLayoutEffect, useState } from "preact/hooks";
import { Pace } from "../model/pace";
import { REACTIONS } from "../model/reactions";
import type { Reaction } from "../signal/generated/messages";
import type { Session } from "../session";
import { t } from "../texts";
import { Icon } from "./icons";
import { Popover } from "./popover";
import { Sign } from "./signs";
import { walkAlong } from "./walk";
import "./style/reactions.css";

/** A little slower than the server allows, so that a network in a hurry makes nothing of it. */
const pace = new Pace(5, 550);

export function Reacting({ session, anchor, onClose }: { session: Session; anchor: HTMLElement; onClose: () => void }) {
  const [resting, setResting] = useState(false);
  const give = (reaction: Reaction) => {
    if (pace.take(Date.now())) void session.do({ do: "react", reaction });
    else setResting(true);
  };
  useEffect(() => {
    if (!resting) return;
    const timer = window.setTimeout(() => setResting(false), pace.wait(Date.now()));
    return () => window.clearTimeout(timer);
  }, [resting]);
  // Before they are painted: whoever sees them may press a key.
  useLayoutEffect(() => {
    const key = (event: KeyboardEvent) => {
      const reaction = REACTIONS[Number(event.key) - 1];
      if (reaction === undefined || event.ctrlKey || event.altKey || event.metaKey || event.repeat || isTyping(event.target)) return;
      event.preventDefault();
      give(reaction);
    };
    document.addEventListener("keydown", key);
    return () => document.removeEventListener("keydown", key);
  }, []);
  return (
    <Popover class={`reacting ${resting ? "resting" : ""}`} role="group" label={t("reactions")} anchor={anchor} over={anchor.closest<HTMLElement>(".toolbar")} stays onClose={onClose}>
      <div class="signs" onKeyDown={(event) => walkAlong(event, "button")}>
        {REACTIONS.map((reaction, index) => {
          const name = t(`reactions.${reaction}`);
          return (
            <button
              key={reaction}
              type="button"
              aria-label={name}
              aria-keyshortcuts={String(index + 1)}
              title={t("reactions.key", { name, key: index + 1 })}
              onClick={() => give(reaction)}
            >
              <Sign reaction={reaction} />
            </button>
          );
        })}
      </div>
      <button type="button" class="round" aria-label={t("reactions.close")} title={t("reactions.close")} onClick={onClose}>
        <Icon name="close" />
      </button>
    </Popover>
  );
}

function isTyping(target: EventTarget | null): boolean {
  return target instanceof Element && target.closest("input, textarea, select, [role=menu], dialog:modal") !== null;
}
