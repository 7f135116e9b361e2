/** The way out of a platform's frame: this room in a window of its own. The newest session of a person wins, so that it takes over from here. */
import { t } from "../texts";
import "./style/own_window.css";

export function OwnWindow({ primary = false, onOpen }: { primary?: boolean; onOpen?: () => void }) {
  return (
    <a class={`own-window ${primary ? "primary" : ""}`} href={window.location.href} target="_blank" rel="noopener" onClick={onOpen}>
      {t("elsewhere.open")}
    </a>
  );
}
