/** How moderators invite people without an account: links for guests, and which of them are good. */
import { useId, useRef, useState } from "preact/hooks";
import type { RoomLink } from "../signal/guests";
import type { Session } from "../session";
import { spoken, t, type TextKey } from "../texts";
import { Do } from "./button";
import { RoomSwitch } from "./room_switch";
import "./style/links.css";

/** Just made, and shown as long as the panel is open: the server does not know its address any more. */
interface Made {
  readonly id: string;
  readonly url: string;
  readonly once: boolean;
}

export function Links({ session }: { session: Session }) {
  const [links, setLinks] = useState<readonly RoomLink[]>([]);
  const [made, setMade] = useState<Made | null>(null);
  const [waits, setWaits] = useState(true);
  const [said, setSaid] = useState<TextKey | null>(null);
  const summary = useRef<HTMLElement>(null);
  const refresh = async () => {
    const found = await session.call<{ links: RoomLink[] }>("links");
    if (found.ok) setLinks(found.body.links);
  };
  const make = async (once: boolean) => {
    setSaid(null);
    const answer = await session.call<{ id: string; url: string }>("links", "POST", once ? { waits, uses: 1 } : { waits });
    if (!answer.ok) {
      setSaid(answer.code === "too_many_links" ? "links.too_many" : "links.failed");
      return;
    }
    setMade({ id: answer.body.id, url: answer.body.url, once });
    setSaid((await copied(answer.body.url)) ? "links.copied" : "links.made");
    await refresh();
  };
  const end = async (id: string) => {
    const answer = await session.call(`links/${id}`, "DELETE");
    setSaid(answer.ok ? "links.ended" : "links.failed");
    if (made?.id === id) setMade(null);
    await refresh();
    summary.current?.focus();
  };
  return (
    <section class="setting links">
      <h3>{t("links")}</h3>
      <p class="hint">{t("links.more")}</p>
      <RoomSwitch label={t("links.wait")} on={waits} set={async (on) => setWaits(on)} />
      <div class="for-all">
        <Do do={() => make(false)}>{t("links.guest")}</Do>
        <Do do={() => make(true)}>{t("links.once")}</Do>
      </div>
      {made !== null && <NewLink key={made.id} made={made} tell={setSaid} />}
      <p role="status">{said !== null && t(said)}</p>
      {/* Asked for when somebody wants to see them: what comes by itself would move what one is about to press. */}
      <details onToggle={(event) => event.currentTarget.open && void refresh()}>
        <summary ref={summary}>{t("links.open")}</summary>
        {links.length === 0 && <p class="nobody">{t("links.none")}</p>}
        <ul role="list" aria-label={t("links.open")}>
          {links.map((link) => (
            <Row key={link.id} link={link} end={() => end(link.id)} />
          ))}
        </ul>
      </details>
    </section>
  );
}

function NewLink({ made: { url, once }, tell }: { made: Made; tell: (said: TextKey) => void }) {
  const id = useId();
  const field = useRef<HTMLInputElement>(null);
  const copy = async () => {
    const done = await copied(url);
    // Where the browser does not let the page, the person can.
    if (!done) field.current?.select();
    tell(done ? "links.copied" : "links.made");
  };
  return (
    <div class="picker">
      <label for={id}>{t(once ? "links.once" : "links.guest")}</label>
      <div class="new-link">
        <input ref={field} id={id} type="text" readOnly dir="ltr" value={url} onFocus={(event) => event.currentTarget.select()} />
        <Do do={copy}>{t("links.copy")}</Do>
      </div>
    </div>
  );
}

function Row({ link: { role, waits, uses, used, expires }, end }: { link: RoomLink; end: () => Promise<unknown> }) {
  const id = useId();
  const { language } = spoken.value;
  const until = new Intl.DateTimeFormat(language, { dateStyle: "medium", timeStyle: "short" }).format(expires * 1000);
  const remarks = [
    role === "viewer" ? null : t("people.role", { role }),
    waits ? null : t("links.no_wait"),
    t("links.used", { count: used }),
    t("links.until", { date: until }),
  ];
  return (
    <li>
      <span id={id}>
        <b>{t(uses === 1 ? "links.once" : "links.guest")}</b>
        <span class="remark">{remarks.filter((remark) => remark !== null).join(" · ")}</span>
      </span>
      <Do class="quiet" describedby={id} do={end}>
        {t("links.end")}
      </Do>
    </li>
  );
}

async function copied(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return false;
  }
}
