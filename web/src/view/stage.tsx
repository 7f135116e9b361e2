/** The stage: a tile for everybody on it, placed by the layout. */
import { useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
import type { ParticipantState } from "../signal/generated/messages";
import { isModerator } from "../model/abilities";
import { layout, type Rect, type Size } from "../model/layout";
import type { Session } from "../session";
import { t, type TextKey } from "../texts";
import { Avatar } from "./avatar";
import { Connection } from "./connection";
import { RaisedHand, Spotlit } from "./hand";
import { Icon, Mark } from "./icons";
import { Picture, useStreamOf } from "./picture";

export function Stage({ session }: { session: Session }) {
  const [stage, size] = useSize();
  const { people } = session.state.value;
  const placed = useMemo(() => layout({ people }, size), [people, size]);
  return (
    <section class="stage" aria-label={t("stage")}>
      <div class="boards" ref={stage}>
        <div class="set" style={{ blockSize: `${placed.height}px` }}>
          {placed.tiles.map(({ participant, shows, rect }) => {
            const person = people.get(participant);
            if (person === undefined) return null;
            return shows === "screen" ? (
              <Screen key={`${participant} screen`} session={session} person={person} rect={rect} />
            ) : (
              <Tile key={participant} session={session} person={person} rect={rect} />
            );
          })}
        </div>
        {placed.tiles.length === 0 && <Empty session={session} />}
      </div>
    </section>
  );
}

function Tile({ session, person, rect }: { session: Session; person: ParticipantState; rect: Rect }) {
  const own = person.id === session.state.value.you;
  const camera = own ? session.isOn("camera") : person.camera === "on";
  const { speaking, active } = session.state.value;
  const voice = speaking.has(person.id) ? "speaking" : person.id === active ? "active" : "";
  return (
    <div
      class={`tile ${voice} ${person.connected ? "" : "away"} ${isSmall(rect) ? "small" : ""}`}
      role="group"
      aria-label={person.name}
      data-participant={person.id}
      style={place(rect)}
    >
      <Avatar id={person.id} name={person.name} />
      {camera && (own ? <OwnPicture session={session} /> : <OthersPicture session={session} person={person} source="camera" />)}
      {!person.connected && <span class="lost">{t("stage.away")}</span>}
      <span class="plate">
        <MicState state={own && !session.isOn("mic") && person.mic === "on" ? "off" : person.mic} />
        <span class="name">{own ? t("stage.you", { name: person.name }) : person.name}</span>
        {person.hand !== undefined && <RaisedHand />}
        <Spotlit session={session} who={person.id} />
        <Connection session={session} who={person.id} />
      </span>
    </div>
  );
}

/** The initials make way for the name there. */
function isSmall(rect: Rect): boolean {
  return rect.width < 210 || rect.height < 150;
}

function OwnPicture({ session }: { session: Session }) {
  const stream = useStreamOf(session.capture.of("camera").value.track);
  return <Picture stream={stream} mirrored />;
}

/** Says how large it is, so that nothing larger is sent, and why there is nothing to see when the connection is too slow. */
function OthersPicture({ session, person, source }: { session: Session; person: ParticipantState; source: "camera" | "screen" }) {
  const mid = session.slotOf(person.id, source);
  const shows = useMemo(
    () => (mid === undefined ? undefined : (element: HTMLVideoElement) => session.shows(mid, element)),
    [session, mid],
  );
  const paused = mid !== undefined && session.state.value.paused.has(mid);
  return (
    <>
      <Picture stream={session.pictureOf(person.id, source)} {...(shows === undefined ? {} : { shows })} />
      {paused && (
        <p class="paused">
          <Icon name="weak" />
          <span>{t("stage.paused")}</span>
        </p>
      )}
    </>
  );
}

function MicState({ state }: { state: ParticipantState["mic"] }) {
  const key = state === "on" ? "stage.mic_on" : state === "locked" ? "stage.mic_locked" : "stage.mic_off";
  return (
    <span class={`mic ${state}`} role="img" aria-label={t(key)}>
      <Icon name={state === "on" ? "mic" : state === "locked" ? "lock" : "micOff"} />
    </span>
  );
}

function Screen({ session, person, rect }: { session: Session; person: ParticipantState; rect: Rect }) {
  const own = person.id === session.state.value.you;
  const ownStream = useStreamOf(session.screenTrack.value);
  const label = t("stage.screen", { name: person.name });
  return (
    <figure class="tile screen" aria-label={label} style={place(rect)}>
      {own ? <Picture stream={ownStream} /> : <OthersPicture session={session} person={person} source="screen" />}
      <figcaption class="plate">
        <Icon name="screen" />
        <span class="name">{label}</span>
      </figcaption>
    </figure>
  );
}

function Empty({ session }: { session: Session }) {
  return (
    <div class="empty">
      <Mark />
      <p class="headline">{t("stage.empty")}</p>
      <p>{t(hintOf(session))}</p>
    </div>
  );
}

/** What the person may do about an empty stage. */
function hintOf(session: Session): TextKey {
  const person = session.me.value;
  if (person?.stage === "requested" || person?.stage === "invited") return `stage.empty.${person.stage}`;
  if (isModerator(person)) return "stage.empty.moderator";
  if (person?.role === "speaker") return "stage.empty.free";
  return `stage.empty.${session.state.value.room?.access ?? "invite"}`;
}

function place(rect: Rect) {
  return {
    inlineSize: `${rect.width}px`,
    blockSize: `${rect.height}px`,
    transform: `translate(${rect.x}px, ${rect.y}px)`,
  };
}

/** The size of an element, followed. */
function useSize() {
  const element = useRef<HTMLDivElement>(null);
  const [size, setSize] = useState<Size>({ width: 0, height: 0 });
  useLayoutEffect(() => {
    const watched = element.current;
    if (watched === null) return;
    const measure = () => setSize({ width: watched.clientWidth, height: watched.clientHeight });
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(watched);
    return () => observer.disconnect();
  }, []);
  return [element, size] as const;
}
