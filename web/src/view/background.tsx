/** Whether what is behind oneself is blurred, wherever one picks a camera. */
import { useState } from "preact/hooks";
import { blurring } from "../rtc/devices";
import type { Session } from "../session";
import { t } from "../texts";
import { Failed, Switch } from "./switch";

export function Background({ session }: { session: Session }) {
  const [starting, setStarting] = useState(false);
  const [failed, setFailed] = useState(false);
  const changed = async () => {
    setFailed(false);
    setStarting(blurring.peek());
    const done = await session.capture.blur();
    setStarting(false);
    if (done) return;
    blurring.value = false;
    setFailed(true);
  };
  return (
    <>
      <div class="check">
        <Switch text="devices.blur" on={blurring} changed={changed} />
        <p class="hint" role="status">
          {starting && t("devices.blur.starting")}
        </p>
      </div>
      {failed && <Failed text="devices.blur.failed" />}
    </>
  );
}
