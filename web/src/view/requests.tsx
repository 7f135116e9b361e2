/** Who asks to join the stage, at the moderators': a card each while they are few, one for all of them when they are many. */
import { useEffect, useRef, useState } from "preact/hooks";
import type { ParticipantState } from "../signal/generated/messages";
import { newest, NOTHING_SAID, sayIn } from "../model/asking";
import type { Session } from "../session";
import { t } from "../texts";
import { Avatar } from "./avatar";
import { Do } from "./button";
import { WaitingCard } from "./door";
import { narrow } from "./narrow";
import { Said } from "./said";


const MOST_CARDS = { desktop: 2, phone: 1 };

export function Requests({ session }: { session: Session }) {
  const { panel } = session.now;
  const { asking } = session.groups.value;
  const many = asking.length > MOST_CARDS[narrow.value ? "phone" : "desktop"];
  return (
    <div class="requests">
      <div class="cards" aria-live="polite">
        <WaitingCard session={session} />
        {!many && asking.map((person) => <Card key={person.request} session={session} person={person} />)}
      </div>
      {/* Beside the list there is nothing to add: it shows them all, and has a button for all. */}
      {many && panel !== "participants" && <Together session={session} asking={asking} />}
      <Spoken asking={many ? asking : []} />
    </div>
  );
}

function Card({ session, person }: { session: Session; person: ParticipantState }) {
  const { id, name, request, question } = person;
  if (request === undefined) return null;
  return (
    // The focus comes here from the card before it: on none of the buttons, for a key that is still down must not press them.
    <div class="card" role="group" aria-labelledby={`request-${request}`} tabIndex={-1}>
      <Avatar id={id} name={name} />
      <p id={`request-${request}`}>
        <Said text={{ key: "requests.asks", values: { name } }} />
      </p>
      {question !== undefined && (
        <p class="asked" dir="auto">
          {question}
        </p>
      )}
      <div class="buttons">
        <Do do={() => session.do({ do: "decline_request", request })}>{t("requests.decline")}</Do>
        <Do class="primary" do={() => session.do({ do: "approve_request", request })}>
          {t("requests.bring")}
        </Do>
      </div>
    </div>
  );
}

/** Faces on the pile. */
const MOST_FACES = 3;

function Together({ session, asking }: { session: Session; asking: readonly ParticipantState[] }) {
  const name = asking[0]?.name ?? "";
  return (
    <div class="card">
      <span class="faces">
        {asking.slice(0, MOST_FACES).map((person) => (
          <Avatar key={person.id} id={person.id} name={person.name} />
        ))}
      </span>
      <p>
        <Said text={{ key: "requests.ask", values: { name, count: asking.length - 1 } }} />
      </p>
      <div class="buttons">
        <button type="button" onClick={() => session.dispatch({ is: "panel", panel: "participants" })}>
          {t("requests.show")}
        </button>
        <Do class="primary" do={() => session.do({ do: "approve_all_requests" })}>
          {t("requests.bring_all")}
        </Do>
      </div>
    </div>
  );
}

/** For screen readers: how many ask, once for all who asked within a moment, and then not again for a while. */
function Spoken({ asking }: { asking: readonly ParticipantState[] }) {
  const said = useRef(NOTHING_SAID);
  const timer = useRef<number | undefined>(undefined);
  const now = useRef(asking);
  now.current = asking;
  const [count, setCount] = useState(0);
  const last = newest(asking);
  useEffect(() => {
    const wait = sayIn(said.current, now.current, Date.now());
    if (wait === null || timer.current !== undefined) return;
    timer.current = window.setTimeout(() => {
      timer.current = undefined;
      said.current = { upTo: newest(now.current), at: Date.now() };
      setCount(now.current.length);
    }, wait);
  }, [last]);
  useEffect(() => () => window.clearTimeout(timer.current), []);
  return (
    <p class="unseen" role="status">
      {count > 0 && t("requests.spoken", { count })}
    </p>
  );
}
