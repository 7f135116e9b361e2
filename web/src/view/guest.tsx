/** `/g/{key}`: where a link for guests leads. A name, and one is in. */
import { useEffect, useId, useLayoutEffect, useRef, useState } from "preact/hooks";
import { isGood, placeOf } from "../model/guest";
import { come, look, type Looked, type Over } from "../signal/guests";
import { t, type TextKey } from "../texts";
import { Mark } from "./icons";
import { Said } from "./said";
import "./style/guest.css";

const NAME_CHARS = 100;

/** Where another page says the same, its words do. */
const WHY: Record<Over, readonly [TextKey, TextKey]> = {
  link_spent: ["guest.spent", "guest.spent.more"],
  link_ended: ["guest.ended", "guest.ended.more"],
  link_expired: ["end.token_expired", "end.token_expired.more"],
  link_not_found: ["end.token_invalid", "end.token_invalid.more"],
  room_not_found: ["end.room_not_found", "end.room_not_found.more"],
};

export function Guest({ linkKey }: { linkKey: string }) {
  const [looked, setLooked] = useState<Looked | null>(null);
  const heading = useRef<HTMLHeadingElement>(null);
  const find = () => void look(linkKey).then(setLooked);
  useEffect(() => {
    const place = remembered(linkKey);
    if (place === null) find();
    else window.location.replace(place);
  }, []);
  useEffect(() => {
    if (looked?.is === "open") document.title = `${looked.title} · ${t("app.name")}`;
  }, [looked]);
  useLayoutEffect(() => {
    if (looked?.is !== "open") heading.current?.focus();
  }, [looked]);
  if (looked === null) return null;
  if (looked.is === "open") return <Door linkKey={linkKey} {...looked} over={(why) => setLooked({ is: "over", why })} />;
  const [what, more] = looked.is === "over" ? WHY[looked.why] : (["guest.failed", "guest.failed.more"] as const);
  return (
    <main class="whole">
      <Mark />
      <h1 ref={heading} tabIndex={-1}>
        {t(what)}
      </h1>
      <p>{t(more)}</p>
      {looked.is === "failed" && (
        <button type="button" class="primary" onClick={find}>
          {t("end.try")}
        </button>
      )}
    </main>
  );
}

interface DoorProps {
  readonly linkKey: string;
  readonly title: string;
  readonly waits: boolean;
  readonly over: (why: Over) => void;
}

function Door({ linkKey, title, waits, over }: DoorProps) {
  const id = useId();
  const field = useRef<HTMLInputElement>(null);
  const [name, setName] = useState("");
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<TextKey | null>(null);
  useLayoutEffect(() => field.current?.focus(), []);
  const enter = async (event: Event) => {
    event.preventDefault();
    if (busy) return;
    if (name.trim() === "") {
      setProblem("guest.name.missing");
      field.current?.focus();
      return;
    }
    setBusy(true);
    setProblem(null);
    const came = await come(linkKey, name);
    if (came.is === "in") {
      const place = placeOf(came.url);
      remember(linkKey, place);
      window.location.replace(place);
      return;
    }
    setBusy(false);
    if (came.is === "over") over(came.why);
    else setProblem(came.is === "too_fast" ? "guest.too_fast" : "guest.failed");
  };
  return (
    <main class="whole">
      <Mark />
      <h1>
        <Said text={{ key: "guest.title", values: { title } }} />
      </h1>
      {waits && <p>{t("guest.waits")}</p>}
      <form class="guest" onSubmit={(event) => void enter(event)} noValidate>
        <div class="picker">
          <label for={id}>{t("guest.name")}</label>
          <input
            ref={field}
            id={id}
            type="text"
            required
            maxLength={NAME_CHARS}
            autoComplete="name"
            value={name}
            aria-invalid={problem === "guest.name.missing"}
            aria-describedby={`${id}-more`}
            onInput={(event) => setName(event.currentTarget.value)}
          />
          <p id={`${id}-more`} class="hint">
            {t("guest.name.more")}
          </p>
        </div>
        <p class="failure" role="alert">
          {problem !== null && t(problem)}
        </p>
        <button type="submit" class="primary" aria-disabled={busy}>
          {t(busy ? "guest.entering" : "guest.enter")}
        </button>
      </form>
    </main>
  );
}

/** In a frame whose storage is blocked nothing is remembered here; the room's own address holds the token anyway. */
function remembered(key: string): string | null {
  try {
    const place = sessionStorage.getItem(`guest:${key}`);
    return place !== null && isGood(place, Date.now()) ? place : null;
  } catch {
    return null;
  }
}

function remember(key: string, place: string): void {
  try {
    sessionStorage.setItem(`guest:${key}`, place);
  } catch {
    // See above.
  }
}
