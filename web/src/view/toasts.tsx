/** What the person is told, for a while. Two live regions stand from the start, or screen readers would miss the first words. */
import { useEffect, useState } from "preact/hooks";
import type { Toast } from "../model/state";
import type { Session } from "../session";
import { t } from "../texts";
import { Icon } from "./icons";
import { Said } from "./said";

const SHOWN_MS = { status: 6_000, alert: 12_000 } as const;
/** On a phone; the style hides the others, which go on waiting for their end. */
const MOST_ON_A_PHONE = 2;

export function Toasts({ session }: { session: Session }) {
  const { toasts } = session.now;
  const recent = new Set(toasts.slice(-MOST_ON_A_PHONE));
  const of = (tone: Toast["tone"]) =>
    toasts
      .filter((toast) => toast.tone === tone)
      .map((toast) => <Told key={toast.key} session={session} toast={toast} recent={recent.has(toast)} />);
  return (
    <div class="toasts">
      <div role="alert">{of("alert")}</div>
      <div role="status">{of("status")}</div>
    </div>
  );
}

function Told({ session, toast, recent }: { session: Session; toast: Toast; recent: boolean }) {
  const [held, setHeld] = useState(false);
  useEffect(() => {
    if (held) return;
    // What has a button is there for as long as it takes to get to it.
    const ms = SHOWN_MS[toast.opens === undefined ? toast.tone : "alert"];
    const timer = window.setTimeout(() => session.dispatch({ is: "dismissed", key: toast.key }), ms);
    return () => window.clearTimeout(timer);
  }, [held, toast.key]);
  const dismiss = () => session.dispatch({ is: "dismissed", key: toast.key });
  const { offer, opens } = toast;
  return (
    <div
      class={`toast ${toast.tone} ${recent ? "" : "older"}`}
      onPointerEnter={() => setHeld(true)}
      onPointerLeave={() => setHeld(false)}
      onFocusIn={() => setHeld(true)}
      onFocusOut={() => setHeld(false)}
    >
      <p>
        <Said text={toast.text} />
      </p>
      {offer !== undefined && (offer === "mic" || offer === "camera") && (
        <button
          type="button"
          class="primary"
          onClick={() => {
            dismiss();
            void session.turn(offer, true);
          }}
        >
          {t(`told.unmute.do.${offer}`)}
        </button>
      )}
      {opens !== undefined && (
        <button
          type="button"
          class="primary"
          onClick={() => {
            dismiss();
            session.dispatch({ is: "panel", panel: opens });
          }}
        >
          {t("told.poll.do")}
        </button>
      )}
      <button type="button" class="round" aria-label={t("told.dismiss")} onClick={dismiss}>
        <Icon name="close" />
      </button>
    </div>
  );
}
