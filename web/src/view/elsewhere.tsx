/** "Sharing a screen needs a window of its own", where a platform's page does not let the room in its frame do that. */
import type { Source } from "../signal/generated/messages";
import type { Session } from "../session";
import { t } from "../texts";
import { Modal } from "./dialog";
import { OwnWindow } from "./own_window";

export function Elsewhere({ session, source }: { session: Session; source: Source }) {
  const close = () => (session.elsewhere.value = null);
  return (
    <Modal class="elsewhere" title={t(`elsewhere.${source}`)} onDismiss={close}>
      <p class="lead">{t("elsewhere.why")}</p>
      <div class="buttons">
        <button type="button" onClick={close}>
          {t("elsewhere.cancel")}
        </button>
        <OwnWindow primary onOpen={close} />
      </div>
    </Modal>
  );
}
