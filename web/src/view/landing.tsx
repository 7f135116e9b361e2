/** `/`: what this is, in development mode a way to make a room, and one's own rooms where people sign in. */
import { useEffect, useId, useState } from "preact/hooks";
import type { Access } from "../signal/generated/messages";
import { createRoom, devRoom, type DevRoom } from "../signal/dev";
import { whoAmI, type Me } from "../signal/me";
import { t, type Text } from "../texts";
import { Mark } from "./icons";
import { later } from "./later";
import { Said } from "./said";

const SignIn = later(async () => (await import("./rooms")).SignIn, { nothing: true, words: "outside" });

export function Landing() {
  const [me, setMe] = useState<Me | null>(null);
  const [dev, setDev] = useState<Awaited<ReturnType<typeof devRoom>>>(null);
  useEffect(() => void devRoom().then(setDev), []);
  useEffect(() => void whoAmI().then(setMe), []);
  return (
    <main class="landing">
      <header>
        <Mark />
        <h1>{t("landing.name")}</h1>
        <p>{t("landing.lead")}</p>
        {dev === null && <p class="how">{t("landing.how")}</p>}
      </header>
      {me !== null && <SignIn first={me} />}
      {dev !== null && <Create first={dev.room} />}
    </main>
  );
}

function Create({ first }: { first: DevRoom | null }) {
  const id = useId();
  const [title, setTitle] = useState("");
  const [access, setAccess] = useState<Access>("request");
  const [busy, setBusy] = useState(false);
  const [made, setMade] = useState<{ title: string; room: DevRoom } | null>(null);
  const [failed, setFailed] = useState(false);
  const submit = async (event: Event) => {
    event.preventDefault();
    if (busy) return;
    setBusy(true);
    const named = title.trim() || t("landing.title.placeholder");
    const room = await createRoom(named, access);
    setBusy(false);
    setFailed(room === null);
    setMade(room === null ? null : { title: named, room });
  };
  return (
    <section class="create" aria-labelledby={`${id}-head`}>
      <p class="tag">{t("landing.dev")}</p>
      <h2 id={`${id}-head`}>{t("landing.create")}</h2>
      <form onSubmit={(event) => void submit(event)}>
        <div class="picker">
          <label for={`${id}-title`}>{t("landing.title")}</label>
          <input
            id={`${id}-title`}
            type="text"
            maxLength={200}
            autoComplete="off"
            placeholder={t("landing.title.placeholder")}
            value={title}
            onInput={(event) => setTitle(event.currentTarget.value)}
          />
        </div>
        <AccessPicker id={`${id}-access`} access={access} set={setAccess} />
        <button type="submit" class="primary" aria-disabled={busy}>
          {t(busy ? "landing.creating" : "landing.create.do")}
        </button>
      </form>
      <div aria-live="polite">
        {failed && <p class="failure">{t("landing.failed")}</p>}
        {made !== null && <Links heading={{ key: "landing.created", values: { title: made.title } }} room={made.room} />}
      </div>
      {made === null && first !== null && <Links heading={{ key: "landing.first", values: { room: first.id } }} room={first} />}
    </section>
  );
}

export function AccessPicker({ id, access, set }: { id: string; access: Access; set: (access: Access) => void }) {
  return (
    <div class="picker">
      <label for={id}>{t("landing.access")}</label>
      <select id={id} value={access} onChange={(event) => set(event.currentTarget.value as Access)}>
        <option value="open">{t("landing.access.open")}</option>
        <option value="request" selected>
          {t("landing.access.request")}
        </option>
        <option value="invite">{t("landing.access.invite")}</option>
      </select>
    </div>
  );
}

function Links({ heading, room }: { heading: Text; room: DevRoom }) {
  return (
    <div class="made">
      <h3>
        <Said text={heading} />
      </h3>
      <RoomLink href={room.links.moderator} name={t("landing.link.moderator")} more={t("landing.link.moderator.more")} />
      <RoomLink href={room.links.viewer} name={t("landing.link.viewer")} more={t("landing.link.viewer.more")} />
    </div>
  );
}

function RoomLink({ href, name, more }: { href: string; name: string; more: string }) {
  const [copied, setCopied] = useState(false);
  const copy = () => {
    void navigator.clipboard
      ?.writeText(new URL(href, window.location.href).href)
      .then(() => setCopied(true))
      .catch(() => setCopied(false));
  };
  return (
    <div class="room-link">
      <p>
        <a href={href} target="_blank" rel="noopener">
          {name}
        </a>
        <span>{more}</span>
      </p>
      <button type="button" onClick={copy}>
        {t(copied ? "landing.copied" : "landing.copy")}
      </button>
    </div>
  );
}
