/** Who asks to join the stage, at the moderators': one card each, in the order they asked. */
import { useMemo } from "preact/hooks";
import { isModerator } from "../model/abilities";
import { groups } from "../model/people";
import type { Session } from "../session";
import { t } from "../texts";
import { Avatar } from "./avatar";
import { Do } from "./button";

/** The rest waits in the participants list, in the same order. */
const MOST_CARDS = 30;

export function Requests({ session }: { session: Session }) {
  const { people } = session.state.value;
  const asking = useMemo(() => groups(people).asking, [people]);
  if (!isModerator(session.me.value)) return null;
  return (
    <div class="requests" aria-live="polite">
      {asking.slice(0, MOST_CARDS).map(({ id, name, request }) =>
        request === undefined ? null : (
          <div key={request} class="card">
            <Avatar id={id} name={name} />
            <p>{t("requests.asks", { name })}</p>
            <div class="buttons">
              <Do do={() => session.do({ do: "decline_request", request })}>{t("requests.decline")}</Do>
              <Do class="primary" do={() => session.do({ do: "approve_request", request })}>
                {t("requests.bring")}
              </Do>
            </div>
          </div>
        ),
      )}
    </div>
  );
}
