/** That somebody's hand is raised, or that they are put before everybody: in the list and on their tile. */
import type { ParticipantId } from "../signal/generated/messages";
import type { Session } from "../session";
import { t } from "../texts";
import { Icon } from "./icons";

export function RaisedHand() {
  return (
    <span class="hand" role="img" aria-label={t("people.hand")} title={t("people.hand")}>
      <Icon name="hand" />
    </span>
  );
}

export function Spotlit({ session, who }: { session: Session; who: ParticipantId }) {
  if (session.now.room?.spotlight !== who) return null;
  return (
    <span class="spotlit" role="img" aria-label={t("people.spotlight")} title={t("people.spotlight")}>
      <Icon name="spotlight" />
    </span>
  );
}
