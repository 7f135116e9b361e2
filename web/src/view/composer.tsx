/** Where one writes: for whom, in answer to what, and the words. */
import { useId, useLayoutEffect, useRef } from "preact/hooks";
import { isHeard } from "../model/abilities";
import { canBeRead, readersOf } from "../model/chat";
import type { Audience } from "../signal/generated/messages";
import type { Session } from "../session";
import { t } from "../texts";
import { Icon } from "./icons";

/** As the server has it, in characters. */
const MOST = 2_000;

export function Composer({ session }: { session: Session }) {
  const field = useRef<HTMLTextAreaElement>(null);
  const { composing, chat } = session.now;
  const { audience, name, replyTo, eager } = composing;
  // Before the next key, which is meant for it.
  useLayoutEffect(() => {
    if (eager) field.current?.focus();
  }, [composing]);
  if (!isHeard(session.me.value)) return <p class="composer silenced">{t("chat.silenced")}</p>;
  const text = session.draft.value;
  const readable = canBeRead(session.now);
  const answered = replyTo === null ? undefined : chat.find(({ id }) => id === replyTo);
  const stopReplying = () => {
    session.dispatch({ is: "answering", message: null });
    field.current?.focus();
  };
  return (
    <form
      class={`composer ${audience.is}`}
      onSubmit={(event) => {
        event.preventDefault();
        void session.say();
      }}
    >
      <Readers session={session} readable={readable} />
      {answered !== undefined && (
        <p class="replying">
          <Icon name="reply" />
          <span class="what" dir="auto">
            <span class="name">{answered.name}</span> {answered.text}
          </span>
          <button type="button" class="round" aria-label={t("chat.reply.stop")} title={t("chat.reply.stop")} onClick={stopReplying}>
            <Icon name="close" />
          </button>
        </p>
      )}
      {!readable && (
        <p class="unreadable" role="alert">
          {t("chat.to.gone", { name: audience.is === "person" ? name : t("chat.to.backstage") })}
        </p>
      )}
      <div class="line">
        <textarea
          ref={field}
          rows={1}
          value={text}
          maxLength={MOST}
          dir="auto"
          aria-label={t("chat.message")}
          placeholder={audience.is === "everybody" ? t("chat.placeholder") : t(`chat.placeholder.${audience.is}`, { name })}
          onInput={(event) => (session.draft.value = event.currentTarget.value)}
          onKeyDown={(event) => {
            if (event.key === "Escape" && answered !== undefined) {
              event.preventDefault();
              stopReplying();
            }
            // While an input method is at work the key is its own.
            if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
            event.preventDefault();
            void session.say();
          }}
        />
        <button type="submit" class="primary" aria-disabled={text.trim() === "" || !readable || undefined}>
          {t("chat.send")}
        </button>
      </div>
    </form>
  );
}

/** Nothing to choose where everybody is all there is. */
function Readers({ session, readable }: { session: Session; readable: boolean }) {
  const id = useId();
  const state = session.now;
  const { backstage, people, more } = readersOf(state);
  const { audience, name } = state.composing;
  if (!backstage && people.length === 0 && audience.is === "everybody") return null;
  const chosen = audience.is === "person" ? audience.participant : audience.is;
  const missing = audience.is === "person" && !(readable && people.some((person) => person.id === audience.participant));
  const choose = (value: string) => {
    const next: Audience = value === "everybody" || value === "backstage" ? { is: value } : { is: "person", participant: value };
    session.dispatch({ is: "writing_to", audience: next, eager: false });
  };
  return (
    <p class="readers">
      <label for={id} class="unseen">
        {t("chat.to")}
      </label>
      {audience.is !== "everybody" && <Icon name={audience.is === "person" ? "lock" : "people"} />}
      <select id={id} value={chosen} onChange={(event) => choose(event.currentTarget.value)}>
        <Option value="everybody" chosen={chosen} label={t("chat.to.everybody")} />
        {(backstage || audience.is === "backstage") && <Option value="backstage" chosen={chosen} label={`${t("chat.backstage")}: ${t("chat.to.backstage")}`} />}
        {(people.length > 0 || missing) && (
          <optgroup label={t("chat.to.people")}>
            {missing && <Option value={chosen} chosen={chosen} label={name} />}
            {people.map((person) =>
              missing && person.id === chosen ? null : <Option key={person.id} value={person.id} chosen={chosen} label={person.name} />,
            )}
            {more && <option disabled>{t("chat.to.more")}</option>}
          </optgroup>
        )}
      </select>
    </p>
  );
}

function Option({ value, chosen, label }: { value: string; chosen: string; label: string }) {
  return (
    <option value={value} selected={value === chosen}>
      {label}
    </option>
  );
}
