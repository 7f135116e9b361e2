/** How well somebody is connected, where it is worth a word: bars, and in words for those who do not see them. */
import { useComputed } from "@preact/signals";
import type { ParticipantId, Quality } from "../signal/generated/messages";
import type { Session } from "../session";
import { t } from "../texts";

export function Connection({ session, who }: { session: Session; who: ParticipantId }) {
  const quality = useComputed(() => session.now.quality.get(who)).value;
  if (quality === undefined || quality.level === "good") return null;
  const label = labelOf(quality);
  return (
    <span class={`connection ${quality.level}`} role="img" aria-label={label} title={label}>
      <svg class="icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false">
        <path class="bar" d="M6 19v-4" />
        <path class="bar more" d="M12 19v-8" />
        <path class="bar most" d="M18 19V6" />
      </svg>
    </span>
  );
}

function labelOf({ level, lost_up, lost_down, round_trip_ms }: Quality): string {
  return t("connection", { level, lost: Math.round(Math.max(lost_up, lost_down) / 10), wait: round_trip_ms });
}
