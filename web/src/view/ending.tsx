/** The whole page, when there is no room to show: why, and what one can do about it. */
import { useLayoutEffect, useRef } from "preact/hooks";
import type { Ending } from "../model/state";
import type { Session } from "../session";
import { t, type TextKey } from "../texts";
import { Mark } from "./icons";

/** The button of an ending, where there is something to do. */
const DO: Partial<Record<Ending, { label: TextKey; act: "back" | "reload" }>> = {
  newer_session: { label: "end.newer_session.do", act: "back" },
  left: { label: "end.left.do", act: "back" },
  room_full: { label: "end.try", act: "back" },
  version_mismatch: { label: "end.reload", act: "reload" },
  message_invalid: { label: "end.reload", act: "reload" },
  message_too_long: { label: "end.reload", act: "reload" },
};

export function EndingPage({ ending, title = "", session }: { ending: Ending; title?: string; session?: Session }) {
  const heading = useRef<HTMLHeadingElement>(null);
  useLayoutEffect(() => heading.current?.focus(), [ending]);
  const way = DO[ending];
  const act = () => (way?.act === "reload" ? window.location.reload() : session?.comeBack());
  return (
    <main class="whole">
      <Mark />
      {title !== "" && <p class="where" dir="auto">{title}</p>}
      <h1 ref={heading} tabIndex={-1}>
        {t(`end.${ending}`)}
      </h1>
      <p>{t(`end.${ending}.more`)}</p>
      {way !== undefined && (
        <button type="button" class="primary" onClick={act}>
          {t(way.label)}
        </button>
      )}
    </main>
  );
}
