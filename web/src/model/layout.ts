/**
 * Where the tiles of the stage stand. Pure: people, a size in CSS pixels and wishes in, rectangles out.
 *
 * Nothing large: a [grid](./layout/grid.ts) of equals. Something large, a face or shared screens: that, and the others in a
 * [strip](./layout/strip.ts). What is large follows, in this order, from one's own pin, from the moderators' spotlight, from what is shared,
 * and from who speaks.
 */
import type { ParticipantId, ParticipantState } from "../signal/generated/messages";
import { faceSize, grid } from "./layout/grid";
import { namesInOrder } from "./layout/order";
import { strip } from "./layout/strip";

export interface Size {
  readonly width: number;
  readonly height: number;
}

export interface Rect extends Size {
  readonly x: number;
  readonly y: number;
}

/** What a tile shows. */
export interface Subject {
  readonly participant: ParticipantId;
  readonly shows: "camera" | "screen";
}

export interface Tile extends Subject {
  readonly rect: Rect;
  /** Larger than the others, and in its place while those scroll. */
  readonly large: boolean;
}

/** What a person chose to see. */
export type Choice = "automatic" | "grid" | "speaker";

export interface Wishes {
  readonly choice: Choice;
  /** The tile that one wants large for oneself. */
  readonly pinned: Subject | null;
  /** Whom a moderator puts before everybody. */
  readonly spotlight: ParticipantId | null;
  readonly active: ParticipantId | null;
  readonly you: ParticipantId | null;
}

export interface Layout {
  readonly arrangement: "grid" | "speaker" | "screen";
  /** In the order people came, whatever their place: moving an element in the document is neither calm nor cheap. */
  readonly tiles: readonly Tile[];
  /** The names of the tiles in the order of their places, the large ones first. */
  readonly order: readonly string[];
  /** Of everything; more than the viewport's when the stage has to scroll. */
  readonly height: number;
}

export const EMPTY: Layout = { arrangement: "grid", tiles: [], order: [], height: 0 };

/** Faces of less area, some 190 by 125, say little: with 25 people on a small laptop, with nine on a phone. */
const CROWDED = 24_000;
/** And with this there is room again. Apart from the other, so that one who comes and goes does not turn the stage over. */
const ROOMY = 34_000;

/** `before`: the layout that is seen now, so that as little as possible moves. */
export function layout(onStage: readonly ParticipantState[], viewport: Size, wishes: Wishes, before: Layout = EMPTY): Layout {
  if (viewport.width <= 0 || viewport.height <= 0 || onStage.length === 0) return { ...EMPTY, height: Math.max(0, viewport.height) };
  const subjects = onStage.flatMap(subjectsOf);
  const large = subjects.length === 1 ? [] : largeOf(subjects, viewport, wishes, before);
  const largeNames = new Set(large.map(tileName));
  const order = namesInOrder(subjects.map(tileName), [...largeNames], before.arrangement === "grid" ? [] : before.order);
  const byName = new Map(subjects.map((subject) => [tileName(subject), subject]));
  const others = order.slice(large.length).flatMap((name) => byName.get(name) ?? []);
  const placed = large.length === 0 ? grid(subjects.length, viewport) : strip(large, others.length, viewport);
  const rects = new Map(order.map((name, index) => [name, placed.rects[index]]));
  const tiles = subjects.flatMap((subject): Tile[] => {
    const name = tileName(subject);
    const rect = rects.get(name);
    return rect === undefined ? [] : [{ ...subject, rect, large: largeNames.has(name) }];
  });
  const arrangement = large[0] === undefined ? "grid" : large[0].shows === "screen" ? "screen" : "speaker";
  return { arrangement, tiles: asBefore(tiles, before), order, height: placed.height };
}

/** What a tile is known by. */
export function tileName({ participant, shows }: Subject): string {
  return `${shows} ${participant}`;
}

/** A shared screen stands right before the face of who shares it. */
function subjectsOf({ id, screen }: ParticipantState): Subject[] {
  const face: Subject = { participant: id, shows: "camera" };
  return screen === "on" ? [{ participant: id, shows: "screen" }, face] : [face];
}

function largeOf(subjects: readonly Subject[], viewport: Size, wishes: Wishes, before: Layout): readonly Subject[] {
  const { choice, pinned, spotlight } = wishes;
  const own = pinned === null ? undefined : subjects.find((subject) => tileName(subject) === tileName(pinned));
  // The first of a person's tiles is their screen, if they share one: that is what the room is to look at.
  const chosen = own ?? subjects.find(({ participant }) => participant === spotlight);
  if (chosen !== undefined) return [chosen];
  if (choice === "grid") return [];
  const screens = subjects.filter(({ shows }) => shows === "screen");
  // Also for one who chose the speaker: nobody can read a screen in a strip, and a pin says otherwise.
  if (screens.length > 0) return screens;
  return choice === "speaker" || isCrowded(subjects, viewport, wishes, before) ? [speaker(subjects, wishes, before)] : [];
}

/**
 * Whether the automatic choice leaves the grid. By the size of faces rather than by their number, as a phone is full long before a desk; and
 * only once somebody speaks, or there is nobody to make large. A silence in between changes nothing.
 */
function isCrowded(faces: readonly Subject[], viewport: Size, { active }: Wishes, before: Layout): boolean {
  const { width, height } = faceSize(faces.length, viewport);
  return before.arrangement === "speaker" ? width * height < ROOMY : width * height < CROWDED && active !== null;
}

/** Who speaks; nobody needs to see themselves large, so then, as in a silence, whoever is large stays. */
function speaker(faces: readonly Subject[], { active, you }: Wishes, before: Layout): Subject {
  const large = before.tiles.find((tile) => tile.large && tile.shows === "camera")?.participant;
  const of = (id: ParticipantId | null | undefined) => faces.find(({ participant }) => participant === id && id !== you);
  return of(active) ?? of(large) ?? faces.find(({ participant }) => participant !== you) ?? faces[0]!;
}

/** The very tiles of before where nothing changed, so that they need not be drawn. */
function asBefore(tiles: readonly Tile[], before: Layout): readonly Tile[] {
  const old = new Map(before.tiles.map((tile) => [tileName(tile), tile]));
  return tiles.map((tile) => {
    const known = old.get(tileName(tile));
    return known !== undefined && known.large === tile.large && isSame(known.rect, tile.rect) ? known : tile;
  });
}

function isSame(a: Rect, b: Rect): boolean {
  return a.x === b.x && a.y === b.y && a.width === b.width && a.height === b.height;
}
