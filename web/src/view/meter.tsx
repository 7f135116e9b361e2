/** How loud one's microphone is. Drawn past the model: it moves twenty times a second and means nothing to anybody else. */
import { useEffect, useRef } from "preact/hooks";
import { watchLevel } from "../rtc/level";
import { t } from "../texts";
import "./style/dialog.css";

export function Meter({ track }: { track: MediaStreamTrack | null }) {
  const meter = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const element = meter.current;
    if (track === null || element === null) return;
    const show = (level: number) => {
      element.style.setProperty("--level", level.toFixed(3));
      element.setAttribute("aria-valuenow", String(Math.round(level * 100)));
    };
    const stop = watchLevel(track, show);
    return () => {
      stop();
      show(0);
    };
  }, [track]);
  return (
    <div ref={meter} class="meter" role="meter" aria-label={t("ready.level")} aria-valuemin={0} aria-valuemax={100} aria-valuenow={0}>
      <div class="lit" />
    </div>
  );
}
