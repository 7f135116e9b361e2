/** The platform and this server know each other now. */
import { useState } from "preact/hooks";
import { Mark } from "../../view/icons";
import { t } from "../../texts/launch";
import { askToClose } from "../frames";
import type { Registered } from "../step";
import { Heading } from "./heading";

export function RegisteredPage({ step: { name } }: { step: Registered }) {
  const [closing, setClosing] = useState(false);
  const close = () => {
    askToClose();
    setClosing(true);
  };
  return (
    <main class="whole">
      <Mark />
      <Heading about={name}>{name === "" ? t("registered.unnamed") : t("registered", { name: `\u2068${name}\u2069` })}</Heading>
      <p>{t("registered.then")}</p>
      <button type="button" class="primary" onClick={close}>
        {t("registered.close")}
      </button>
      {/* Some platforms do not listen. */}
      <p class="hint" role="status">
        {closing && t("registered.closing")}
      </p>
    </main>
  );
}
