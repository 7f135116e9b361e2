/** Who asks to join the stage, at the moderators': a card each for the first ones, in the order they asked; the list has them all. */
import { useMemo } from "preact/hooks";
import { isModerator } from "../model/abilities";
import { groups } from "../model/people";
import type { Session } from "../session";
import { t } from "../texts";
import { Avatar } from "./avatar";
import { Do } from "./button";
import { narrow } from "./narrow";
import { WaitingCard } from "./waiting";

const MOST_CARDS = { desktop: 2, phone: 1 };

export function Requests({ session }: { session: Session }) {
  const { people, panel } = session.state.value;
  const cards = narrow.value ? MOST_CARDS.phone : MOST_CARDS.desktop;
  const asking = useMemo(() => groups(people).asking, [people]);
  if (!isModerator(session.me.value)) return null;
  const more = panel === "participants" ? 0 : asking.length - cards;
  return (
    <div class="requests" aria-live="polite">
      <WaitingCard session={session} />
      {asking.slice(0, cards).map(({ id, name, request, question }) =>
        request === undefined ? null : (
          <div key={request} class="card">
            <Avatar id={id} name={name} />
            <p>{t("requests.asks", { name })}</p>
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
        ),
      )}
      {more > 0 && (
        <button type="button" class="others" onClick={() => session.dispatch({ is: "panel", panel: "participants" })}>
          {t("requests.more", { count: more })}
        </button>
      )}
    </div>
  );
}
