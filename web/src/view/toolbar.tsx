/** The bottom of the page: the way onto the stage, one's own sources, what can be opened, and the way out. */
import { useEffect, useState } from "preact/hooks";
import { isHeard, mayReact, mayShareScreen, type Way } from "../model/abilities";
import type { Panel } from "../model/state";
import { isTalk } from "../model/talk";
import { screenCanBeShared } from "../rtc/screen";
import type { Session } from "../session";
import { t, type TextKey } from "../texts";
import { Icon, type IconName } from "./icons";
import { later } from "./later";
import { narrow } from "./narrow";
import { walkAlong } from "./walk";

export function Toolbar({ session }: { session: Session }) {
  const person = session.me.value;
  const way = session.way.value;
  const onStage = person?.stage === "on_stage";
  const features = session.now.room?.features;
  // Whoever lost the right to it meanwhile can still stop.
  const sharing = screenCanBeShared && (mayShareScreen(person) || session.isOn("screen"));
  return (
    <div class="toolbar" role="toolbar" aria-label={t("toolbar")} onKeyDown={(event) => walkAlong(event, ".tool")}>
      <div class="own">
        {onStage && <SourceToggle session={session} source="mic" />}
        {onStage && <SourceToggle session={session} source="camera" />}
        {onStage && sharing && <SourceToggle session={session} source="screen" />}
        <StageWay session={session} way={way} />
      </div>
      <div class="more">
        {features?.hands === true && <Hand session={session} raised={person?.hand !== undefined} />}
        {mayReact(session.now) && <React session={session} />}
        <TalkToggle session={session} />
        <PanelToggle session={session} panel="participants" count={session.count.value} />
        <PanelToggle session={session} panel="settings" />
        <Tool icon="leave" class="leave" name="toolbar.leave" short="toolbar.short.leave" onClick={() => void session.leaveRoom()} />
      </div>
    </div>
  );
}

function StageWay({ session, way }: { session: Session; way: Way }) {
  switch (way) {
    case "join":
      return <Tool key={way} icon="stageUp" class="primary way" name="toolbar.join" short="toolbar.short.join" onClick={() => session.prepare()} />;
    case "ask":
      return <Tool key={way} icon="ask" class="primary way" name="toolbar.ask" short="toolbar.short.ask" onClick={() => session.ask()} />;
    case "cancel":
      return (
        <>
          <span class="waiting">{t("toolbar.asking", { place: session.place.value })}</span>
          <Tool key={way} icon="close" class="along" name="toolbar.cancel" short="toolbar.short.cancel" onClick={() => session.cancelRequest()} />
          {isHeard(session.me.value) && <AddedQuestion session={session} />}
        </>
      );
    case "leave":
      return <Tool key={way} icon="stageDown" name="toolbar.leave_stage" short="toolbar.short.leave_stage" onClick={() => session.leaveStage()} />;
    case null:
      return null;
  }
}

function Hand({ session, raised }: { session: Session; raised: boolean }) {
  return (
    <Tool
      icon="hand"
      class={raised ? "raised" : ""}
      name={raised ? "toolbar.lower_hand" : "toolbar.raise_hand"}
      short="toolbar.short.hand"
      onClick={() => void session.do({ do: "raise_hand", raised: !raised })}
    />
  );
}

const LateQuestionField = later(async () => (await import("./question_field")).QuestionField, { nothing: true });

/** Asking goes at once; what one would like to say may follow. */
function AddedQuestion({ session }: { session: Session }) {
  const [anchor, setAnchor] = useState<HTMLElement | null>(null);
  const added = session.me.value?.question !== undefined;
  return (
    <>
      <Tool
        icon="question"
        class="along"
        name={added ? "toolbar.question.change" : "toolbar.question"}
        short="toolbar.short.question"
        expanded={anchor !== null}
        onClick={(button) => setAnchor(anchor === null ? button : null)}
      />
      {anchor !== null && <LateQuestionField session={session} anchor={anchor} onClose={() => setAnchor(null)} />}
    </>
  );
}

const LateReacting = later(async () => (await import("./reacting")).Reacting, { nothing: true });

function React({ session }: { session: Session }) {
  const [anchor, setAnchor] = useState<HTMLElement | null>(null);
  // On a phone what opens over the stage has the same place.
  const covered = narrow.value && session.now.panel !== null;
  useEffect(() => {
    if (covered) setAnchor(null);
  }, [covered]);
  const toggle = (button: HTMLElement) => {
    if (anchor === null && covered) session.dispatch({ is: "panel", panel: null });
    setAnchor(anchor === null ? button : null);
  };
  return (
    <>
      <Tool icon="react" name="toolbar.react" short="toolbar.short.react" expanded={anchor !== null} onClick={toggle} />
      {anchor !== null && <LateReacting session={session} anchor={anchor} onClose={() => setAnchor(null)} />}
    </>
  );
}

const SOURCES = {
  mic: {
    on: ["toolbar.mute", "toolbar.short.mute", "mic"],
    off: ["toolbar.unmute", "toolbar.short.unmute", "micOff"],
  },
  camera: {
    on: ["toolbar.camera_off", "toolbar.short.camera", "camera"],
    off: ["toolbar.camera_on", "toolbar.short.camera", "cameraOff"],
  },
  screen: {
    on: ["toolbar.stop_sharing", "toolbar.short.stop_sharing", "screen"],
    off: ["toolbar.share", "toolbar.short.share", "screen"],
  },
} as const;

function SourceToggle({ session, source }: { session: Session; source: keyof typeof SOURCES }) {
  const on = session.isOn(source);
  const locked = session.me.value?.[source] === "locked";
  const [name, short, icon] = SOURCES[source][on ? "on" : "off"];
  const turn = () => {
    if (locked) session.dispatch({ is: "told", toast: { topic: source, tone: "alert", text: { key: `refused.source_locked.${source}` } } });
    else void session.turn(source, !on);
  };
  const quiet = source === "screen" ? (on ? "sharing" : "") : on ? "" : "off";
  return (
    <Tool
      icon={locked ? "lock" : icon}
      class={`${quiet} ${locked ? "locked" : ""}`}
      name={name}
      short={short}
      disabled={locked}
      onClick={turn}
    />
  );
}

/** One button for chat, questions and polls. */
function TalkToggle({ session }: { session: Session }) {
  if (session.talk.value === null) return null;
  const open = isTalk(session.now.panel);
  return (
    <Tool
      icon="chat"
      name="toolbar.chat"
      short="toolbar.short.chat"
      count={session.unseen.value || undefined}
      expanded={open}
      // As it is at the click: what is drawn may be of a moment before.
      onClick={() => session.dispatch({ is: "panel", panel: open ? null : session.talk.peek() })}
    />
  );
}

const PANEL_ICONS = { participants: "people", settings: "settings" } as const satisfies Partial<Record<Panel, IconName>>;

function PanelToggle({ session, panel, count }: { session: Session; panel: keyof typeof PANEL_ICONS; count?: number | undefined }) {
  const open = session.now.panel === panel;
  return (
    <Tool
      icon={PANEL_ICONS[panel]}
      name={`toolbar.${panel}`}
      short={`toolbar.short.${panel}`}
      count={count}
      expanded={open}
      onClick={() => session.dispatch({ is: "panel", panel: open ? null : panel })}
    />
  );
}

interface ToolProps {
  readonly icon: IconName;
  readonly class?: string;
  readonly name: TextKey;
  readonly short: TextKey;
  readonly count?: number | undefined;
  readonly expanded?: boolean;
  /** Says no, but can be reached and explains itself. */
  readonly disabled?: boolean;
  readonly onClick: (button: HTMLElement) => void;
}

function Tool({ icon, class: extra = "", name, short, count, expanded, disabled = false, onClick }: ToolProps) {
  return (
    <button
      type="button"
      class={`tool ${extra}`}
      aria-label={t(name)}
      aria-expanded={expanded}
      aria-disabled={disabled || undefined}
      title={t(name)}
      data-count={count}
      onClick={(event) => onClick(event.currentTarget)}
    >
      <Icon name={icon} />
      <span class="short" aria-hidden="true">
        {t(short)}
      </span>
    </button>
  );
}
