/** The pop-up of an invitation. Escape puts it aside: the toolbar still has the way up while it stands. */
import { nameOf } from "../model/state";
import type { Session } from "../session";
import { t } from "../texts";
import { Modal } from "./dialog";
import { Said } from "./said";
import { Do } from "./button";

export function Invitation({ session }: { session: Session }) {
  const state = session.now;
  const invitation = session.me.value?.invitation;
  if (invitation === undefined) return null;
  const by = state.invitedBy === null ? "" : nameOf(state, state.invitedBy);
  return (
    <Modal class="invitation" title={t("invitation.title")} onDismiss={() => session.dispatch({ is: "invitation_aside" })}>
      <p class="lead">
        <Said text={by === "" ? { key: "invitation.lead" } : { key: "invitation.by", values: { name: by } }} />
      </p>
      <div class="buttons">
        <Do do={() => session.do({ do: "decline_invitation", invitation })}>{t("invitation.decline")}</Do>
        <button type="button" class="primary" onClick={() => session.prepare()}>
          {t("invitation.join")}
        </button>
      </div>
    </Modal>
  );
}
