/** One message of the chat, and what can be done about it: buttons where there is a pointer that hovers, and a menu everywhere. */
import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { isHeard, isModerator } from "../model/abilities";
import { writingActions } from "../model/actions";
import type { Row, Written } from "../model/chat";
import { piecesOf } from "../model/links";
import { nameOf } from "../model/state";
import type { ParticipantId } from "../signal/generated/messages";
import type { Session } from "../session";
import { spoken, t } from "../texts";
import { Avatar } from "./avatar";
import { Icon, type IconName } from "./icons";
import { Menu, type MenuEntry } from "./menu";
import { Said } from "./said";
import { watchFocus } from "./within";

export interface OpenMessageMenu {
  readonly message: number;
  readonly anchor: HTMLElement;
}

export interface MessageProps {
  readonly session: Session;
  readonly row: Row;
  /** What it answers, where that is still there. */
  readonly answered: Written | undefined;
  readonly moderates: boolean;
  /** One may answer and like. */
  readonly heard: boolean;
  readonly pinned: boolean;
  /** Tab leads to its buttons. */
  readonly reachable: boolean;
  readonly onMenu: (menu: OpenMessageMenu) => void;
}

/** It reads nothing of the room but through what it is given: there may be hundreds. */
export function Message({ session, row, answered, moderates, heard, pinned, reachable, onMenu }: MessageProps) {
  const { message, follows } = row;
  const { id, by, name, text, at, audience, likes, liked, reply_to } = message;
  const own = by === session.state.peek().you;
  const when = new Date(at);
  const tab = reachable ? 0 : -1;
  // Its buttons are most of a message, and there are hundreds: they come with the pointer, or where Tab leads.
  const [near, setNear] = useState(false);
  const whole = near || reachable;
  const like = useKeptButton(likes > 0);
  const likeButton = (
    <LikeButton ref={like} name={name} likes={likes} liked={liked} tab={tab} onClick={() => void session.do({ do: "like_message", message: id, liked: !liked })} />
  );
  const classes = ["message", own ? "own" : "", follows ? "follows" : "", audience.is === "everybody" ? "" : `some ${audience.is}`];
  return (
    <li class={classes.join(" ")} data-message={id} tabIndex={-1} onPointerEnter={() => setNear(true)} onPointerLeave={() => setNear(false)}>
      {reply_to !== undefined && <Quote answered={answered} tab={tab} />}
      <p class={follows ? "unseen" : "by"}>
        {!follows && <Avatar id={by} name={name} />}
        <span class="name" dir="auto">
          {name}
        </span>
        <time dateTime={when.toISOString()}>{timeOf(when)}</time>
        {audience.is === "backstage" && <span class="audience">{t("chat.backstage")}</span>}
        {audience.is === "person" && <Privately session={session} to={audience.participant} />}
      </p>
      <p class="text" dir="auto">
        <Words text={text} />
      </p>
      <div class="doing" aria-live="off">
        {likes > 0 && heard && likeButton}
        {likes > 0 && !heard && (
          <span class="like given">
            <Icon name="heart" />
            {new Intl.NumberFormat(spoken.value.language).format(likes)}
          </span>
        )}
        <div class="bar">
          {whole && heard && likes === 0 && likeButton}
          {whole && heard && <BarButton icon="reply" label={t("chat.reply", { name })} tab={tab} onClick={() => session.dispatch({ is: "answering", message: id })} />}
          {whole && moderates && audience.is === "everybody" && (
            <BarButton
              icon="pin"
              label={pinned ? t("chat.unpin") : t("chat.pin", { name })}
              tab={tab}
              onClick={() => void session.do(pinned ? { do: "pin_message" } : { do: "pin_message", message: id })}
            />
          )}
          {whole && (own || moderates) && (
            <BarButton icon="remove" label={t("chat.delete", { name })} tab={tab} onClick={() => void session.do({ do: "delete_message", message: id })} />
          )}
          <button
            type="button"
            class="round dots"
            aria-label={t("chat.actions", { name })}
            title={t("chat.actions", { name })}
            aria-haspopup="menu"
            tabIndex={tab}
            onClick={(event) => onMenu({ message: id, anchor: event.currentTarget })}
          >
            <Icon name="dots" />
          </button>
        </div>
      </div>
    </li>
  );
}

let clock: { readonly language: string; readonly format: Intl.DateTimeFormat } | null = null;

/** One formatter for all messages: making one takes longer than the rest of a message. */
function timeOf(when: Date): string {
  const { language } = spoken.value;
  if (clock?.language !== language) clock = { language, format: new Intl.DateTimeFormat(language, { timeStyle: "short" }) };
  return clock.format.format(when);
}

function BarButton({ icon, label, tab, onClick }: { icon: IconName; label: string; tab: number; onClick: () => void }) {
  return (
    <button type="button" class="round" aria-label={label} title={label} tabIndex={tab} onClick={onClick}>
      <Icon name={icon} />
    </button>
  );
}

interface LikeProps {
  readonly ref: { current: HTMLButtonElement | null };
  readonly name: string;
  readonly likes: number;
  readonly liked: boolean;
  readonly tab: number;
  readonly onClick: () => void;
}

function LikeButton({ ref, name, likes, liked, tab, onClick }: LikeProps) {
  const label = t("chat.like", { name, count: likes });
  return (
    <button ref={ref} type="button" class={`like ${likes > 0 ? "given" : "round"}`} aria-label={label} title={label} aria-pressed={liked} tabIndex={tab} onClick={onClick}>
      <Icon name="heart" />
      {likes > 0 && <span aria-hidden="true">{new Intl.NumberFormat(spoken.value.language).format(likes)}</span>}
    </button>
  );
}

/** The first like takes the button from among the others to below the text, and the last one back: the focus goes along. */
function useKeptButton(place: boolean) {
  const button = useRef<HTMLButtonElement>(null);
  const focused = useRef(false);
  useLayoutEffect(() => {
    if (focused.current && document.activeElement === document.body) button.current?.focus({ preventScroll: true });
    return button.current === null ? undefined : watchFocus(button.current, (now) => (focused.current = now));
  }, [place]);
  return button;
}

/** To whom it is; a name may be known a little later than the message. */
function Privately({ session, to }: { session: Session; to: ParticipantId }) {
  const state = session.now;
  const name = nameOf(state, to);
  const key = to === state.you ? "chat.privately.you" : name === "" ? "chat.privately.gone" : "chat.privately";
  return (
    <span class="audience">
      <Said text={{ key, values: { name } }} />
    </span>
  );
}

/** What a message answers; a click leads there. */
function Quote({ answered, tab }: { answered: Written | undefined; tab: number }) {
  if (answered === undefined) return <p class="quote">{t("chat.reply.gone")}</p>;
  const { id, name, text } = answered;
  const show = (event: MouseEvent & { currentTarget: HTMLElement }) => {
    const there = event.currentTarget.closest("ul")?.querySelector<HTMLElement>(`[data-message="${id}"]`);
    there?.scrollIntoView({ block: "nearest" });
    there?.focus({ preventScroll: true });
  };
  return (
    <button type="button" class="quote" title={t("chat.reply.to", { name })} tabIndex={tab} onClick={show}>
      <span class="name" dir="auto">
        {name}
      </span>
      <span class="quoted" dir="auto">
        {text}
      </span>
    </button>
  );
}

/** A text whose addresses can be followed. */
export function Words({ text }: { text: string }) {
  return (
    <>
      {piecesOf(text).map((piece, index) =>
        piece.href === undefined ? (
          piece.text
        ) : (
          <a key={index} href={piece.href} target="_blank" rel="noopener noreferrer nofollow">
            {piece.text}
          </a>
        ),
      )}
    </>
  );
}

export function MessageMenu({ session, menu, close }: { session: Session; menu: OpenMessageMenu; close: () => void }) {
  const state = session.now;
  const message = state.chat.find(({ id }) => id === menu.message);
  const sections = message === undefined ? [] : entriesFor(session, message);
  const gone = sections.length === 0;
  useLayoutEffect(() => {
    if (gone) close();
  }, [gone]);
  if (message === undefined || gone) return null;
  return <Menu label={t("chat.actions", { name: message.name })} anchor={menu.anchor} onClose={close} sections={sections} />;
}

function entriesFor(session: Session, { id, by, liked, audience }: Written): MenuEntry[][] {
  const state = session.now;
  const person = session.me.value;
  const [moderates, pinned] = [isModerator(person), id === state.chatPinned];
  const entry = (label: string, choose: () => void, grave = false): MenuEntry => ({ label, grave, choose });
  const reader: MenuEntry[] = [];
  if (isHeard(person)) {
    reader.push(
      entry(t("chat.do.reply"), () => session.dispatch({ is: "answering", message: id })),
      entry(t(liked ? "chat.do.unlike" : "chat.do.like"), () => void session.do({ do: "like_message", message: id, liked: !liked })),
    );
  }
  if (moderates && audience.is === "everybody") {
    reader.push(entry(t(pinned ? "chat.unpin" : "chat.do.pin"), () => void session.do(pinned ? { do: "pin_message" } : { do: "pin_message", message: id })));
  }
  const writer = state.people.get(by);
  const about = writer === undefined || state.room === null ? [] : writingActions(person, writer, state.room);
  const removal = by === person?.id || moderates ? [entry(t("chat.do.delete"), () => void session.do({ do: "delete_message", message: id }), true)] : [];
  return [reader, about.map(({ key, values, command }) => entry(t(key, values), () => session.carryOut(command))), removal].filter(
    (section) => section.length > 0,
  );
}
