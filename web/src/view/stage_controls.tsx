/** In the corner of the stage: how its tiles stand, all of it on the whole screen, what is large in a window of its own. */
import { useState } from "preact/hooks";
import type { Session } from "../session";
import { t, type TextKey } from "../texts";
import { hasFloating, hasFullScreen, isFloating, isFullScreen, toggleFloating, toggleFullScreen } from "./display";
import { Icon, type IconName } from "./icons";
import { later } from "./later";

const LayoutMenu = later(async () => (await import("./layout_menu")).LayoutMenu, { nothing: true });

export interface StageControlsProps {
  readonly session: Session;
  /** There is somebody to arrange. */
  readonly peopled: boolean;
  /** What is large, or alone, is a picture. */
  readonly picture: boolean;
  /** How far from the edge of the stage: what is large has them in its corner, not a face beside it. */
  readonly inset: number;
}

export function StageControls({ session, peopled, picture, inset }: StageControlsProps) {
  const [anchor, setAnchor] = useState<HTMLElement | null>(null);
  const full = isFullScreen.value;
  if (!peopled && !full) return null;
  return (
    <div class={`stage-controls ${anchor === null ? "" : "in-use"}`} style={{ "--inset": `${inset}px` }}>
      {hasFloating && (picture || isFloating.value) && (
        <Corner icon="float" name="stage.float" pressed={isFloating.value} onClick={(button) => toggleFloating(stageOf(button))} />
      )}
      {hasFullScreen && (
        <Corner
          icon={full ? "leaveFullScreen" : "fullScreen"}
          name={full ? "stage.leave_full_screen" : "stage.full_screen"}
          onClick={toggleFullScreen}
        />
      )}
      <Corner icon="layout" name="stage.layout" expanded={anchor !== null} onClick={(button) => setAnchor(anchor === null ? button : null)} />
      {anchor !== null && <LayoutMenu session={session} anchor={anchor} close={() => setAnchor(null)} />}
    </div>
  );
}

interface CornerProps {
  readonly icon: IconName;
  readonly name: TextKey;
  readonly pressed?: boolean;
  readonly expanded?: boolean;
  readonly onClick: (button: HTMLElement) => void;
}

function Corner({ icon, name, pressed, expanded, onClick }: CornerProps) {
  return (
    <button
      type="button"
      aria-label={t(name)}
      title={t(name)}
      aria-pressed={pressed}
      aria-haspopup={expanded === undefined ? undefined : "menu"}
      aria-expanded={expanded}
      onClick={(event) => onClick(event.currentTarget)}
    >
      <Icon name={icon} />
    </button>
  );
}

function stageOf(button: Element): Element {
  return button.closest(".stage") ?? button;
}

/** With the focus on the stage: arrow keys walk from tile to tile, `f` is full screen. */
export function onStageKey(event: KeyboardEvent & { currentTarget: HTMLElement }): void {
  if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
  if (event.key === "f" && hasFullScreen) {
    event.preventDefault();
    toggleFullScreen(event.currentTarget);
    return;
  }
  if (!(event.target as Element).matches(".pin")) return;
  const rtl = getComputedStyle(event.currentTarget).direction === "rtl";
  const forward = rtl ? -1 : 1;
  const step = { ArrowRight: forward, ArrowLeft: -forward, ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (step === undefined) return;
  const pins = asRead(event.currentTarget.querySelectorAll<HTMLElement>(".pin"), forward);
  pins.at((pins.indexOf(event.target as HTMLElement) + step) % pins.length)?.focus();
  event.preventDefault();
}

/** As they stand before one's eyes: row by row, and each row in the direction of reading. */
function asRead(pins: Iterable<HTMLElement>, forward: number): HTMLElement[] {
  const placed = [...pins].map((pin) => ({ pin, at: pin.getBoundingClientRect() }));
  return placed.sort((a, b) => a.at.top - b.at.top || (a.at.left - b.at.left) * forward).map(({ pin }) => pin);
}
