/** What everybody writes to everybody, and where one writes oneself. */
import { useId, useLayoutEffect, useRef, useState } from "preact/hooks";
import { isModerator } from "../model/abilities";
import { piecesOf } from "../model/links";
import type { Written } from "../model/chat";
import type { Session } from "../session";
import { spoken, t } from "../texts";
import { Avatar } from "./avatar";
import { Icon } from "./icons";
import { PanelHead, usePanel } from "./panel";

/** As the server has it, in characters. */
const MOST = 2_000;
/** So near the end one reads along, and is taken along. */
const NEAR_PX = 80;

export function Chat({ session }: { session: Session }) {
  const region = useRef<HTMLElement>(null);
  const heading = useId();
  const close = () => session.dispatch({ is: "panel", panel: null });
  usePanel(region, close);
  return (
    <section ref={region} class="panel chat" aria-labelledby={heading} tabIndex={-1}>
      <PanelHead id={heading} title={t("chat")} closing={t("people.close")} close={close} />
      <Messages session={session} />
      <Composer session={session} />
    </section>
  );
}

function Messages({ session }: { session: Session }) {
  const log = useRef<HTMLDivElement>(null);
  const follows = useRef(true);
  const { chat } = session.state.value;
  useLayoutEffect(() => {
    if (follows.current) log.current?.scrollTo({ top: log.current.scrollHeight });
  }, [chat]);
  const scrolled = ({ currentTarget: { scrollHeight, scrollTop, clientHeight } }: { currentTarget: HTMLElement }) => {
    follows.current = scrollHeight - scrollTop - clientHeight < NEAR_PX;
  };
  const moderates = isModerator(session.me.value);
  return (
    <>
      {chat.length === 0 && <p class="nobody">{t("chat.empty")}</p>}
      <div ref={log} class="messages" role="log" aria-label={t("chat.messages")} tabIndex={0} onScroll={scrolled}>
        <ul role="list">
          {chat.map((one, index) => (
            <Message key={one.id} session={session} message={one} follows={isSameBreath(chat[index - 1], one)} moderates={moderates} />
          ))}
        </ul>
      </div>
      {moderates && chat.length > 0 && (
        <button type="button" class="quiet clear" onClick={() => void session.do({ do: "clear_chat" })}>
          {t("chat.clear")}
        </button>
      )}
    </>
  );
}

/** Written by the same person soon after, it needs no second name. */
const BREATH_MS = 120_000;

function isSameBreath(before: Written | undefined, one: Written): boolean {
  return before !== undefined && before.by === one.by && before.name === one.name && one.at - before.at < BREATH_MS;
}

interface MessageProps {
  readonly session: Session;
  readonly message: Written;
  readonly follows: boolean;
  readonly moderates: boolean;
}

function Message({ session, message: { id, by, name, text, at }, follows, moderates }: MessageProps) {
  const own = by === session.state.value.you;
  const when = new Date(at);
  return (
    <li class={`message ${own ? "own" : ""} ${follows ? "follows" : ""}`}>
      <p class={follows ? "unseen" : "by"}>
        {!follows && <Avatar id={by} name={name} />}
        <span class="name" dir="auto">
          {name}
        </span>
        <time dateTime={when.toISOString()}>{new Intl.DateTimeFormat(spoken.value.language, { timeStyle: "short" }).format(when)}</time>
      </p>
      <p class="text" dir="auto">
        {piecesOf(text).map((piece, index) =>
          piece.href === undefined ? (
            piece.text
          ) : (
            <a key={index} href={piece.href} target="_blank" rel="noopener noreferrer nofollow">
              {piece.text}
            </a>
          ),
        )}
      </p>
      {(own || moderates) && (
        <button
          type="button"
          class="round delete"
          aria-label={t("chat.delete", { name })}
          title={t("chat.delete", { name })}
          onClick={() => void session.do({ do: "delete_message", message: id })}
        >
          <Icon name="close" />
        </button>
      )}
    </li>
  );
}

function Composer({ session }: { session: Session }) {
  const [text, setText] = useState("");
  const send = async () => {
    if (text.trim() === "") return;
    setText("");
    // What was refused is there again, before whatever was written meanwhile.
    if (!(await session.say(text))) setText((now) => (now === "" ? text : `${text}\n${now}`));
  };
  return (
    <form
      class="composer"
      onSubmit={(event) => {
        event.preventDefault();
        void send();
      }}
    >
      <textarea
        rows={1}
        value={text}
        maxLength={MOST}
        dir="auto"
        aria-label={t("chat.message")}
        placeholder={t("chat.placeholder")}
        onInput={(event) => setText(event.currentTarget.value)}
        onKeyDown={(event) => {
          // While an input method is at work the key is its own.
          if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
          event.preventDefault();
          void send();
        }}
      />
      <button type="submit" class="primary" aria-disabled={text.trim() === "" || undefined}>
        {t("chat.send")}
      </button>
    </form>
  );
}
