/** On the first page, where people sign in: one's own rooms, and a new one. */
import { useEffect, useId, useLayoutEffect, useRef, useState } from "preact/hooks";
import { placeOf } from "../model/guest";
import type { Access } from "../signal/generated/messages";
import { endRoom, linkFor, makeRoom, openRoom, signOut, whoAmI, type Me, type OwnRoom } from "../signal/me";
import { t, type TextKey } from "../texts";
import { Do } from "./button";
import { AccessPicker } from "./landing";
import { Said } from "./said";
import "./style/rooms.css";

/** Codes that the server comes back with, each with words of its own; what is not among them is a fault of the server or the provider. */
const REFUSED: Readonly<Record<string, TextKey>> = {
  no_host: "sign_in.no_host",
  refused: "sign_in.refused",
  unknown_state: "sign_in.again",
  other_browser: "sign_in.again",
  unreachable: "sign_in.unreachable",
};

export function SignIn({ first }: { first: Me }) {
  const [me, setMe] = useState(first);
  const [refused] = useState(() => new URLSearchParams(window.location.hash.slice(1)).get("sign_in"));
  // Reloading the page is no sign-in that failed again.
  useEffect(() => {
    if (refused !== null) history.replaceState(null, "", window.location.pathname);
  }, []);
  const refresh = async () => setMe((await whoAmI()) ?? { ...me, person: null, rooms: [] });
  if (me.person !== null) return <Rooms me={me} refresh={refresh} />;
  return (
    <section class="create sign-in">
      {refused !== null && (
        <p class="failure" role="alert">
          {t(REFUSED[refused] ?? "sign_in.failed")}
        </p>
      )}
      <p>{t("sign_in.why")}</p>
      <a class="primary" href="/sign-in">
        <Said text={{ key: "sign_in", values: { name: me.provider } }} />
      </a>
    </section>
  );
}

function Rooms({ me, refresh }: { me: Me; refresh: () => Promise<void> }) {
  const id = useId();
  const [title, setTitle] = useState("");
  const [access, setAccess] = useState<Access>("request");
  const [said, setSaid] = useState<TextKey | null>(null);
  const make = async (event: Event) => {
    event.preventDefault();
    if (title.trim() === "") return setSaid("rooms.title.missing");
    const made = await makeRoom(title.trim(), access);
    setSaid(made ? "rooms.made" : "rooms.failed");
    if (made) setTitle("");
    await refresh();
  };
  const heading = useRef<HTMLHeadingElement>(null);
  const ended = async (ok: boolean) => {
    setSaid(ok ? "rooms.ended" : "rooms.failed");
    // The button that was pressed goes with its room.
    if (ok) heading.current?.focus();
    await refresh();
  };
  const leave = async () => {
    await signOut();
    await refresh();
  };
  return (
    <section class="create rooms" aria-labelledby={`${id}-head`}>
      <p class="tag who">
        <span>
          <Said text={{ key: "rooms.who", values: { name: me.person?.name ?? "" } }} />
        </span>
        <Do class="quiet" do={leave}>
          {t("rooms.sign_out")}
        </Do>
      </p>
      <h2 id={`${id}-head`} ref={heading} tabIndex={-1}>{t("rooms")}</h2>
      {me.rooms.length === 0 && <p>{t("rooms.none")}</p>}
      <ul role="list" aria-labelledby={`${id}-head`}>
        {me.rooms.map((room) => (
          <Room key={room.id} room={room} tell={setSaid} ended={ended} />
        ))}
      </ul>
      <form onSubmit={(event) => void make(event)} noValidate>
        <div class="picker">
          <label for={`${id}-title`}>{t("landing.title")}</label>
          <input
            id={`${id}-title`}
            type="text"
            maxLength={200}
            autoComplete="off"
            value={title}
            onInput={(event) => setTitle(event.currentTarget.value)}
          />
        </div>
        <AccessPicker id={`${id}-access`} access={access} set={setAccess} />
        <button type="submit" class="primary">
          {t("landing.create.do")}
        </button>
      </form>
      <p role="status">{said !== null && t(said)}</p>
    </section>
  );
}

interface RoomProps {
  readonly room: OwnRoom;
  readonly tell: (said: TextKey) => void;
  /** It was ended, or could not be. */
  readonly ended: (ok: boolean) => Promise<void>;
}

function Room({ room: { id, title, people }, tell, ended }: RoomProps) {
  const head = useId();
  const [link, setLink] = useState<string | null>(null);
  // null: never asked yet.
  const [ending, setEnding] = useState<boolean | null>(null);
  const safe = useRef<HTMLButtonElement>(null);
  // The button that was pressed is gone; what stands in its place takes the focus.
  useLayoutEffect(() => {
    if (ending !== null) safe.current?.focus();
  }, [ending]);
  const open = async () => {
    const opened = await openRoom(id);
    if (opened === null) tell("rooms.failed");
    else window.location.assign(placeOf(opened.url));
  };
  const invite = async () => {
    const made = await linkFor(id);
    if (made === null) return tell("rooms.failed");
    setLink(made);
    const copied = await navigator.clipboard?.writeText(made).then(
      () => true,
      () => false,
    );
    tell(copied === true ? "rooms.link.copied" : "rooms.link.made");
  };
  return (
    <li>
      <div class="named">
        <p id={head}>
          <b dir="auto">{title}</b>
          {people > 0 && <span>{t("rooms.people", { count: people })}</span>}
        </p>
        {ending !== true && (
          <button ref={safe} type="button" class="quiet" aria-describedby={head} onClick={() => setEnding(true)}>
            {t("rooms.end")}
          </button>
        )}
      </div>
      {ending !== true && (
        <div class="buttons">
          <Do describedby={head} do={invite}>
            {t("rooms.link")}
          </Do>
          <Do class="primary" describedby={head} do={open}>
            {t("rooms.open")}
          </Do>
        </div>
      )}
      {ending === true && (
        <div class="sure">
          <p id={`${head}-sure`}>{t("rooms.end.sure")}</p>
          <div class="buttons">
            <button ref={safe} type="button" aria-describedby={`${head} ${head}-sure`} onClick={() => setEnding(false)}>
              {t("rooms.end.no")}
            </button>
            <Do class="grave" describedby={`${head} ${head}-sure`} do={async () => ended(await endRoom(id))}>
              {t("rooms.end.yes")}
            </Do>
          </div>
        </div>
      )}
      {link !== null && <input type="text" readOnly dir="ltr" aria-label={t("rooms.link")} value={link} onFocus={(event) => event.currentTarget.select()} />}
    </li>
  );
}
