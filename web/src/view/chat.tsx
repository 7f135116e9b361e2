/** What people write to each other: everybody's, and what is for some only, in one log. */
import type { ComponentChildren } from "preact";
import { useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
import { isHeard, isModerator } from "../model/abilities";
import { rowsOf, type Row } from "../model/chat";
import type { Session } from "../session";
import { spoken, t } from "../texts";
import { Composer } from "./composer";
import { Icon } from "./icons";
import { Message, MessageMenu, Words, type OpenMessageMenu } from "./message";
import { useRows } from "./rows";
import { watchFocus } from "./within";
import "./style/chat.css";

/** So near the end one reads along, and is taken along. */
const NEAR_PX = 80;

export function Chat({ session }: { session: Session }) {
  return (
    <>
      <Pinned session={session} />
      <Messages session={session} />
      <Composer session={session} />
    </>
  );
}

/** The message above the others, in full: it is there to be read and followed, not to be looked for. */
function Pinned({ session }: { session: Session }) {
  const { chat, chatPinned } = session.now;
  const pinned = chatPinned === null ? undefined : chat.find(({ id }) => id === chatPinned);
  if (pinned === undefined) return null;
  return (
    <aside class="pinned" aria-label={t("chat.pinned")}>
      <Icon name="pin" />
      <div tabIndex={0}>
        <p class="name" dir="auto">
          {pinned.name}
        </p>
        <p dir="auto">
          <Words text={pinned.text} />
        </p>
      </div>
      {isModerator(session.me.value) && (
        <button type="button" class="quiet" onClick={() => void session.do({ do: "pin_message" })}>
          {t("chat.unpin")}
        </button>
      )}
    </aside>
  );
}

function Messages({ session }: { session: Session }) {
  const log = useRef<HTMLDivElement>(null);
  const [menu, setMenu] = useState<OpenMessageMenu | null>(null);
  const [current, setCurrent] = useState<number | null>(null);
  const { chat, chatNew, chatPinned } = session.now;
  const rows = useMemo(() => rowsOf(chat, chatNew, Date.now()), [chat, chatNew]);
  const { away, scrolled, toNewest } = useFollowing(log, rows);
  useKeptPlace(log, rows);
  const moderates = isModerator(session.me.value);
  const heard = isHeard(session.me.value);
  const { language } = spoken.value;
  // Where Tab finds the buttons of a message: one message's at a time, or there would be hundreds on the way to the field.
  const reachable = rows.some(({ message }) => message.id === current) ? current : (rows.at(-1)?.message.id ?? null);
  const kept = useRows<number>();
  const list = rows.map((row) => {
    const { message, day, fresh, follows } = row;
    const answered = message.reply_to === undefined ? undefined : chat.find(({ id }) => id === message.reply_to);
    const pinned = message.id === chatPinned;
    const here = message.id === reachable;
    return kept(message.id, [message, day, fresh, follows, answered, moderates, heard, pinned, here, language], () => (
      <MessageRow key={message.id} row={row}>
        <Message
          session={session}
          row={row}
          answered={answered}
          moderates={moderates}
          heard={heard}
          pinned={pinned}
          reachable={here}
          onMenu={setMenu}
        />
      </MessageRow>
    ));
  });
  return (
    <>
      {chat.length === 0 && <p class="nobody">{t("chat.empty")}</p>}
      <div
        ref={log}
        class="messages"
        role="log"
        aria-label={t("chat.messages")}
        tabIndex={0}
        onScroll={scrolled}
        onKeyDown={walk}
        onFocusIn={(event) => setCurrent(messageOf(event.target) ?? current)}
      >
        <ul role="list">{list}</ul>
      </div>
      {away && (
        <button type="button" class="newest" onClick={toNewest}>
          <Icon name="newest" />
          {t("chat.newest")}
        </button>
      )}
      {moderates && chat.length > 0 && (
        <button type="button" class="quiet clear" onClick={() => void session.do({ do: "clear_chat" })}>
          {t("chat.clear")}
        </button>
      )}
      {menu !== null && <MessageMenu session={session} menu={menu} close={() => setMenu(null)} />}
    </>
  );
}

/** What stands before a message where that needs to be said. */
function MessageRow({ row: { day, fresh, message }, children }: { row: Row; children: ComponentChildren }) {
  return (
    <>
      {day && (
        <li class="between">
          <time dateTime={new Date(message.at).toISOString()}>{dayIn(message.at)}</time>
        </li>
      )}
      {fresh && (
        <li class="between fresh">
          <span>{t("chat.new")}</span>
        </li>
      )}
      {children}
    </>
  );
}

const DAY_MS = 86_400_000;

function dayIn(at: number): string {
  const { language } = spoken.value;
  const midnight = new Date(at).setHours(0, 0, 0, 0);
  const days = Math.round((new Date().setHours(0, 0, 0, 0) - midnight) / DAY_MS);
  if (days < 2) return new Intl.RelativeTimeFormat(language, { numeric: "auto" }).format(-days, "day");
  return new Intl.DateTimeFormat(language, { weekday: "long", day: "numeric", month: "long" }).format(at);
}

/** Whoever is at the end stays there, and begins there or where one left off. `away`: something came where one does not look. */
function useFollowing(log: { current: HTMLElement | null }, rows: readonly Row[]) {
  const follows = useRef(true);
  const begun = useRef(false);
  const [away, setAway] = useState(false);
  const toEnd = () => log.current?.scrollTo({ top: log.current.scrollHeight });
  useLayoutEffect(() => {
    const element = log.current;
    if (element === null || rows.length === 0) return setAway(false);
    const fresh = element.querySelector<HTMLElement>(".fresh");
    if (follows.current) toEnd();
    else if (begun.current) setAway(true);
    if (!begun.current && fresh !== null) {
      const above = fresh.getBoundingClientRect().top - element.getBoundingClientRect().top;
      element.scrollTop += Math.min(0, above - FRESH_FROM_TOP_PX);
    }
    begun.current = true;
  }, [rows]);
  const scrolled = () => {
    const element = log.current;
    if (element === null) return;
    follows.current = element.scrollHeight - element.scrollTop - element.clientHeight < NEAR_PX;
    if (follows.current) setAway(false);
  };
  const toNewest = () => {
    toEnd();
    log.current?.focus({ preventScroll: true });
  };
  return { away, scrolled, toNewest };
}

const FRESH_FROM_TOP_PX = 40;

/** Where the message that had the focus was taken out, the log has it, not the top of the page. */
function useKeptPlace(log: { current: HTMLElement | null }, rows: readonly Row[]) {
  const inside = useRef(false);
  useLayoutEffect(() => {
    const element = log.current;
    if (element === null) return;
    if (inside.current && document.activeElement === document.body) element.focus({ preventScroll: true });
    return watchFocus(element, (now) => (inside.current = now));
  }, [rows]);
}

function messageOf(target: EventTarget | null): number | null {
  const message = target instanceof Element ? target.closest<HTMLElement>("[data-message]") : null;
  return message === null ? null : Number(message.dataset["message"]);
}

/** Up and down go from message to message, Home and End to the first and the last. */
function walk(event: KeyboardEvent & { currentTarget: HTMLElement }): void {
  if (event.altKey || event.ctrlKey || event.metaKey) return;
  const all = [...event.currentTarget.querySelectorAll<HTMLElement>("[data-message]")];
  const at = all.findIndex((one) => one.contains(document.activeElement));
  const last = all.length - 1;
  const next = { ArrowUp: at < 0 ? last : Math.max(0, at - 1), ArrowDown: at < 0 ? last : Math.min(last, at + 1), Home: 0, End: last }[event.key];
  if (next === undefined || last < 0) return;
  all[next]?.focus();
  event.preventDefault();
}
