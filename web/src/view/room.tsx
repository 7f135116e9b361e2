/** The room: top, stage, what is open beside it, toolbar; and over it what asks for an answer. */
import { useComputed } from "@preact/signals";
import { useEffect, useState } from "preact/hooks";
import { isModerator } from "../model/abilities";
import { isTalk } from "../model/talk";
import type { Session } from "../session";
import { t, type TextKey } from "../texts";
import { EndingPage } from "./ending";
import { Icon, Mark } from "./icons";
import { later } from "./later";
import { Stage } from "./stage";
import { TimerPlace } from "./timer";
import { Toasts } from "./toasts";
import { Toolbar } from "./toolbar";
import { LockedMark, WaitingRoom } from "./waiting";

const Reactions = later(async () => (await import("./reactions")).Reactions, { nothing: true });
const Participants = later(async () => (await import("./participants")).Participants, { nothing: true });
const Requests = later(async () => (await import("./requests")).Requests, { nothing: true });
const TalkPanel = later(async () => (await import("./talk")).TalkPanel, { nothing: true });
const LiveQuestion = later(async () => (await import("./live_question")).LiveQuestion, { nothing: true });
const Ready = later(async () => (await import("./ready")).Ready, { nothing: true });
const Elsewhere = later(async () => (await import("./elsewhere")).Elsewhere, { nothing: true });
const Invitation = later(async () => (await import("./invitation")).Invitation, { nothing: true });
const Settings = later(async () => (await import("./settings")).Settings, { nothing: true });

export function Room({ session }: { session: Session }) {
  const { link, ending, room, panel, preparing, asideInvitation, waitingFor, reactions } = session.now;
  const answering = useComputed(() => session.now.questions.some(({ state }) => state === "live")).value;
  const person = session.me.value;
  const title = room?.title ?? waitingFor ?? "";
  useEffect(() => {
    document.title = title === "" ? t("app.name") : `${title} · ${t("app.name")}`;
  }, [title]);
  if (ending !== null) return <EndingPage ending={ending} title={title} session={session} />;
  if (room === null) return waitingFor === null ? <Arriving /> : <WaitingRoom session={session} title={waitingFor} />;
  const invited = person?.stage === "invited" && !preparing && person.invitation !== asideInvitation;
  return (
    <main class={`room ${panel === null ? "" : "with-panel"}`}>
      <Top session={session} />
      <Stage session={session} />
      {reactions.number > 0 && room.features.reactions && <Reactions session={session} />}
      {panel === "participants" && <Participants session={session} />}
      {isTalk(panel) && <TalkPanel key={panel} session={session} talk={panel} />}
      {panel === "settings" && <Settings session={session} />}
      <Toolbar session={session} />
      <div class="over">
        <div class="told">
          <div class="banners" aria-live="polite">
            <Banner session={session} />
          </div>
          <Toasts session={session} />
          {answering && <LiveQuestion session={session} />}
        </div>
        {isModerator(person) && <Requests session={session} />}
      </div>
      {session.soundBlocked.value && <SoundBlocked />}
      {preparing && link !== "over" && <Ready session={session} />}
      {invited && <Invitation session={session} />}
      {session.elsewhere.value !== null && <Elsewhere session={session} source={session.elsewhere.value} />}
    </main>
  );
}

/** Longer than this, and the person should hear that it is not them. */
const SLOW_MS = 6_000;

function Arriving() {
  const [slow, setSlow] = useState(false);
  useEffect(() => {
    const timer = window.setTimeout(() => setSlow(true), SLOW_MS);
    return () => window.clearTimeout(timer);
  }, []);
  return (
    <main class="whole" aria-live="polite">
      <Mark />
      <h1 class="waiting">{t(slow ? "link.unreachable" : "link.connecting")}</h1>
    </main>
  );
}

function Top({ session }: { session: Session }) {
  const { room } = session.now;
  const person = session.me.value;
  const key = ({ off: "top.watching", requested: "top.asking", invited: "top.invited", on_stage: "top.on_stage" } as const)[
    person?.stage ?? "off"
  ];
  return (
    <header class="top">
      <Mark />
      <h1 dir="auto">{room?.title || t("app.name")}</h1>
      <LockedMark session={session} />
      <span class="number">{t("top.count", { count: session.count.value })}</span>
      <TimerPlace session={session} />
      <span class={`standing ${person?.stage ?? "off"}`}>
        <span class="words">{t(key)}</span>
        {person?.stage === "requested" && (
          <span class="place">
            <span class="words"> · </span>
            {t("top.place", { place: session.place.value })}
          </span>
        )}
      </span>
    </header>
  );
}

function Banner({ session }: { session: Session }) {
  const { link, media } = session.now;
  const key: TextKey | null =
    link === "lost" ? "link.lost" : media === "lost" ? "link.media" : media === "blocked" ? "link.media_blocked" : null;
  if (key === null) return null;
  return (
    <p class="banner">
      <span class="spinner" aria-hidden="true" />
      {t(key)}
    </p>
  );
}

/** The button needs to do nothing: every touch of the page lets the sound out, and this is the place to touch. */
function SoundBlocked() {
  return (
    <div class="sound-blocked">
      <p>{t("stage.sound_blocked")}</p>
      <button type="button" class="primary">
        <Icon name="sound" />
        {t("stage.sound_on")}
      </button>
    </div>
  );
}
