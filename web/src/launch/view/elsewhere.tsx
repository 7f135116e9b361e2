/** The last resort: where nothing can be kept in the platform's frame, the room gets a window of its own. */
import { useState } from "preact/hooks";
import { Mark } from "../../view/icons";
import { t } from "../../texts/launch";

export function ElsewherePage({ window: address }: { window: string }) {
  const [opened, setOpened] = useState(false);
  return (
    <main class="whole">
      <Mark />
      <h1>{t(opened ? "elsewhere.opened" : "elsewhere")}</h1>
      <p role="status">{t(opened ? "elsewhere.opened.more" : "elsewhere.why")}</p>
      <a class={`own-window ${opened ? "" : "primary"}`} href={address} target="_blank" onClick={() => setOpened(true)}>
        {t(opened ? "elsewhere.again" : "elsewhere.open")}
      </a>
    </main>
  );
}
