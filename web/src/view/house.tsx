/** What moderators set for the whole room, beside the stage: who comes in. */
import type { Session } from "../session";
import { t } from "../texts";
import { RoomLock } from "./waiting";

export function House({ session }: { session: Session }) {
  return (
    <section class="setting">
      <h3>{t("settings.entrance")}</h3>
      <RoomLock session={session} />
    </section>
  );
}
