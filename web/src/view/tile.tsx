/** One person on stage, or the screen they share. */
import { useComputed } from "@preact/signals";
import { useMemo } from "preact/hooks";
import type { ParticipantState } from "../signal/generated/messages";
import { tileName, type Rect, type Subject, type Tile as Placed } from "../model/layout";
import type { Session } from "../session";
import { t } from "../texts";
import { Avatar } from "./avatar";
import { Connection } from "./connection";
import { RaisedHand, Spotlit } from "./hand";
import { Icon } from "./icons";
import { Picture, useStreamOf } from "./picture";
import { Said } from "./said";

export interface TileProps {
  readonly session: Session;
  readonly person: ParticipantState;
  readonly tile: Placed;
  readonly own: boolean;
  /** The Tab key leads to the first tile's button, arrow keys on from there. */
  readonly first: boolean;
}

export function Tile({ session, person, tile, own, first }: TileProps) {
  const camera = own ? session.isOn("camera") : person.camera === "on";
  const voice = useComputed(() => {
    const { speaking, active } = session.state.value;
    return speaking.has(person.id) ? "speaking" : person.id === active ? "active" : "";
  }).value;
  return (
    <div
      class={`tile ${sizeOf(tile)} ${voice} ${person.connected ? "" : "away"}`}
      role="group"
      aria-label={person.name}
      data-participant={person.id}
      style={place(tile.rect)}
    >
      <Avatar id={person.id} name={person.name} />
      {camera && (own ? <OwnPicture session={session} /> : <OthersPicture session={session} person={person} source="camera" />)}
      {!person.connected && <span class="lost">{t("stage.away")}</span>}
      <span class="plate">
        <MicState state={own && !session.isOn("mic") && person.mic === "on" ? "off" : person.mic} />
        <span class="name">{own ? <Said text={{ key: "stage.you", values: { name: person.name } }} /> : <bdi>{person.name}</bdi>}</span>
        {person.hand !== undefined && <RaisedHand />}
        <Spotlit session={session} who={person.id} />
        <Connection session={session} who={person.id} />
      </span>
      <Pin session={session} tile={tile} first={first} />
    </div>
  );
}

export function Screen({ session, person, tile, own, first }: TileProps) {
  const ownStream = useStreamOf(session.screenTrack.value);
  const label = t("stage.screen", { name: person.name });
  return (
    <figure class={`tile screen ${sizeOf(tile)}`} aria-label={label} style={place(tile.rect)}>
      {own ? <Picture stream={ownStream} /> : <OthersPicture session={session} person={person} source="screen" />}
      <figcaption class="plate">
        <Icon name="screen" />
        <span class="name">
          <Said text={{ key: "stage.screen", values: { name: person.name } }} />
        </span>
      </figcaption>
      <Pin session={session} tile={tile} first={first} />
    </figure>
  );
}

/** Makes the tile large for whoever looks at this page, and for nobody else. */
function Pin({ session, tile, first }: { session: Session; tile: Placed; first: boolean }) {
  const { participant, shows } = tile;
  const pinned = useComputed(() => isSame(session.state.value.pinned, { participant, shows })).value;
  const name = t(pinned ? "stage.unpin" : "stage.pin");
  return (
    <button
      type="button"
      class={`pin ${pinned ? "pinned" : ""}`}
      aria-label={name}
      title={name}
      tabIndex={first ? 0 : -1}
      onClick={() => session.dispatch({ is: "pinned", pinned: pinned ? null : { participant, shows } })}
    >
      <Icon name={pinned ? "asBefore" : "large"} />
    </button>
  );
}

function isSame(a: Subject | null, b: Subject): boolean {
  return a !== null && tileName(a) === tileName(b);
}

function OwnPicture({ session }: { session: Session }) {
  const stream = useStreamOf(session.capture.of("camera").value.track);
  return <Picture stream={stream} mirrored />;
}

/** Says how large it is, so that nothing larger is sent, and why there is nothing to see when the connection is too slow. */
function OthersPicture({ session, person: { id }, source }: { session: Session; person: ParticipantState; source: "camera" | "screen" }) {
  const mid = useComputed(() => session.slotOf(id, source)).value;
  const stream = useComputed(() => session.pictureOf(id, source)).value;
  const paused = useComputed(() => {
    const slot = session.slotOf(id, source);
    return slot !== undefined && session.state.value.paused.has(slot);
  }).value;
  const shows = useMemo(
    () => (mid === undefined ? undefined : (element: HTMLVideoElement) => session.shows(mid, element)),
    [session, mid],
  );
  return (
    <>
      <Picture stream={stream} {...(shows === undefined ? {} : { shows })} />
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

/** In a small one the initials make way for the name; in a tiny one there is no room but for them. */
function sizeOf({ large, rect: { width, height } }: Placed): string {
  const size = width < 150 || height < 100 ? "small tiny" : width < 210 || height < 150 ? "small" : "";
  return large ? `large ${size}` : size;
}

function place({ x, y, width, height }: Rect) {
  return { "--x": `${x}px`, "--y": `${y}px`, "--width": `${width}px`, "--height": `${height}px` };
}
