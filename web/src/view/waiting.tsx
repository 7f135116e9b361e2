/** The room's door from outside: the page of whoever waits to be let in, and the mark of a room that is locked. */
import { useLayoutEffect, useRef } from "preact/hooks";
import type { Session } from "../session";
import { t } from "../texts";
import { Icon, Mark } from "./icons";
import { Said } from "./said";

/** The whole page, until a moderator lets one in: then the room is there at once. */
export function WaitingRoom({ session, title }: { session: Session; title: string }) {
  const heading = useRef<HTMLHeadingElement>(null);
  const { link } = session.now;
  useLayoutEffect(() => heading.current?.focus(), []);
  return (
    <main class="whole waits" aria-live="polite">
      <Mark />
      <h1 ref={heading} tabIndex={-1}>
        <Said text={{ key: "waiting.title", values: { title } }} />
      </h1>
      <p>{t(link === "lost" ? "link.lost" : "waiting.more")}</p>
      <button type="button" onClick={() => void session.leaveRoom()}>
        {t("waiting.leave")}
      </button>
    </main>
  );
}

/** In the top, for everybody. */
export function LockedMark({ session }: { session: Session }) {
  if (session.now.room?.locked !== true) return null;
  return (
    <span class="locked-mark" role="img" aria-label={t("top.locked")} title={t("top.locked")}>
      <Icon name="lock" />
    </span>
  );
}
