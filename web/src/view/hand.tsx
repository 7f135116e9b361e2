/** That somebody's hand is raised, in the list and on their tile. */
import { t } from "../texts";
import { Icon } from "./icons";

export function RaisedHand() {
  return (
    <span class="hand" role="img" aria-label={t("people.hand")} title={t("people.hand")}>
      <Icon name="hand" />
    </span>
  );
}
