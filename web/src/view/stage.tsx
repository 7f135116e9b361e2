/** The stage: a tile for everybody on it, placed by the layout. */
import { computed, useComputed, type ReadonlySignal } from "@preact/signals";
import type { RefObject } from "preact";
import { useEffect, useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
import type { ParticipantState } from "../signal/generated/messages";
import { isModerator } from "../model/abilities";
import { EMPTY, layout, tileName, type Layout, type Size } from "../model/layout";
import type { Session } from "../session";
import { t, type TextKey } from "../texts";
import { cameras, layoutChoice } from "./choices";
import { followFloating } from "./display";
import { Mark } from "./icons";
import { onStageKey, StageControls } from "./stage_controls";
import { Screen, Tile } from "./tile";

/**
 * Drawn anew when somebody comes, goes or changes, and when another is large; not with every word of the server. Nor are the tiles, which get
 * the very same props as before where nothing changed for them: what changes often, each reads for itself.
 */
export function Stage({ session }: { session: Session }) {
  const [boards, size] = useSize();
  const onStage = usePeople(session).value;
  const you = useComputed(() => session.state.value.you).value;
  const placed = usePlaced(session, onStage, size, boards);
  const people = new Map(onStage.map((person) => [person.id, person]));
  const main = placed.tiles.find((tile) => tile.large) ?? (placed.tiles.length === 1 ? placed.tiles[0] : undefined);
  return (
    <section class={`stage ${cameras.value}`} aria-label={t("stage")} onKeyDown={onStageKey}>
      <div class="boards" ref={boards}>
        <div class="set" style={{ blockSize: `${placed.height}px` }}>
          {placed.tiles.map((tile) => {
            const person = people.get(tile.participant);
            if (person === undefined) return null;
            const name = tileName(tile);
            const props = { session, person, tile, own: person.id === you, first: name === placed.order[0] };
            return tile.shows === "screen" ? <Screen key={name} {...props} /> : <Tile key={name} {...props} />;
          })}
        </div>
        {placed.tiles.length === 0 && <Empty session={session} />}
      </div>
      <StageControls
        session={session}
        peopled={placed.tiles.length > 0}
        picture={main !== undefined && people.get(main.participant)?.[main.shows] === "on"}
        inset={main === undefined ? 0 : size.width - main.rect.x - main.rect.width}
      />
    </section>
  );
}

/** Who is on stage, in the order they came: the same array as long as nothing changes about them, whoever else comes and goes. */
function usePeople(session: Session): ReadonlySignal<readonly ParticipantState[]> {
  return useMemo(() => {
    let before: readonly ParticipantState[] = [];
    return computed(() => {
      const now = [...session.state.value.people.values()].filter((person) => person.stage === "on_stage");
      if (now.length !== before.length || now.some((person, index) => person !== before[index])) before = now;
      return before;
    });
  }, [session]);
}

function usePlaced(session: Session, onStage: readonly ParticipantState[], size: Size, boards: RefObject<HTMLElement | null>): Layout {
  const before = useRef(EMPTY);
  const choice = layoutChoice.value;
  const pinned = useComputed(() => session.state.value.pinned).value;
  const active = useComputed(() => session.state.value.active).value;
  const you = useComputed(() => session.state.value.you).value;
  const spotlight = useComputed(() => session.state.value.room?.spotlight ?? null).value;
  const placed = useMemo(
    () => layout(onStage, size, { choice, pinned, spotlight, active, you }, before.current),
    [onStage, size, choice, pinned, spotlight, active, you],
  );
  const large = placed.arrangement === "grid" ? "" : placed.order[0];
  useEffect(() => {
    before.current = placed;
  }, [placed]);
  useEffect(() => {
    if (boards.current !== null && large !== "") followFloating(boards.current);
  }, [large]);
  return placed;
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
  return `stage.empty.${session.now.room?.access ?? "invite"}`;
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
