/** What moderators set for the whole room, beside the stage: who comes in, and what there is in it. */
import type { Feature } from "../signal/generated/messages";
import type { Session } from "../session";
import { t } from "../texts";
import { RoomSwitch } from "./room_switch";
import { RoomLock } from "./door";
import { Links } from "./links";

const FEATURES: readonly Feature[] = ["chat", "hands", "questions", "reactions", "polls"];

export function House({ session }: { session: Session }) {
  const features = session.now.room?.features;
  return (
    <>
      <section class="setting">
        <h3>{t("settings.entrance")}</h3>
        <RoomLock session={session} />
      </section>
      <Links session={session} />
      {features !== undefined && (
        <fieldset class="setting features">
          <legend>{t("settings.features")}</legend>
          {FEATURES.map((feature) => (
            <RoomSwitch
              key={feature}
              label={t(`settings.features.${feature}`)}
              on={features[feature]}
              set={(on) => session.do({ do: "set_feature", feature, on })}
            />
          ))}
        </fieldset>
      )}
    </>
  );
}
