/**
 * Where the tiles of the stage stand. Pure: people and a size in CSS pixels in, rectangles out.
 *
 * Faces get as much room as there is: of all column counts the one with the largest tiles wins, and a tile may be as narrow as
 * it must to fill the stage, within what a face bears. A shared screen takes the larger part, faces stand in a strip beside it.
 */
import type { ParticipantId } from "../signal/generated/messages";
import type { State } from "./state";

export interface Size {
  readonly width: number;
  readonly height: number;
}

export interface Rect extends Size {
  readonly x: number;
  readonly y: number;
}

export interface Tile {
  readonly participant: ParticipantId;
  readonly shows: "camera" | "screen";
  readonly rect: Rect;
}

export interface Layout {
  readonly tiles: readonly Tile[];
  /** Of everything; more than the viewport's when the stage has to scroll. */
  readonly height: number;
}

const GAP = 10;
/** Width by height that a camera tile may have. A tall stage makes do with a cut from the middle of the picture; a wide one need not. */
const WIDEST = 16 / 9;
const NARROWEST = { wide: 4 / 3, tall: 3 / 4, alone: 5 / 8 };
/** Narrower tiles make the stage scroll instead. */
const LEAST_WIDTH = 132;
const LEAST_HEIGHT = 88;

export function layout(state: Pick<State, "people">, viewport: Size): Layout {
  const onStage = [...state.people.values()].filter((person) => person.stage === "on_stage");
  const screens = onStage.filter((person) => person.screen === "on").map((person) => person.id);
  const faces = onStage.map((person) => person.id);
  if (viewport.width <= 0 || viewport.height <= 0) return { tiles: [], height: 0 };
  if (screens.length === 0) return faceGrid(faces, viewport, { x: 0, y: 0 });

  const beside = viewport.width > viewport.height * 1.1;
  const share = beside ? Math.min(280, viewport.width * 0.24) : Math.min(170, viewport.height * 0.3);
  const strip: Size = beside ? { width: share, height: viewport.height } : { width: viewport.width, height: share };
  const main: Size = beside
    ? { width: viewport.width - share - GAP, height: viewport.height }
    : { width: viewport.width, height: viewport.height - share - GAP };
  const each = { width: main.width, height: (main.height - GAP * (screens.length - 1)) / screens.length };
  const shown = screens.map((participant, row): Tile => ({
    participant,
    shows: "screen",
    rect: { x: 0, y: row * (each.height + GAP), ...each },
  }));
  const at = beside ? { x: main.width + GAP, y: 0 } : { x: 0, y: main.height + GAP };
  const side = faceGrid(faces, strip, at);
  return { tiles: [...shown, ...side.tiles], height: Math.max(viewport.height, at.y + side.height) };
}

function faceGrid(faces: readonly ParticipantId[], area: Size, at: { x: number; y: number }): Layout {
  if (faces.length === 0) return { tiles: [], height: area.height };
  const { columns, tile } = bestGrid(faces.length, area);
  const rows = Math.ceil(faces.length / columns);
  const height = rows * tile.height + (rows - 1) * GAP;
  const top = Math.max(0, (area.height - height) / 2);
  const tiles = faces.map((participant, index): Tile => {
    const row = Math.floor(index / columns);
    const inRow = row === rows - 1 ? faces.length - row * columns : columns;
    const left = (area.width - inRow * tile.width - (inRow - 1) * GAP) / 2;
    const x = at.x + left + (index % columns) * (tile.width + GAP);
    const y = at.y + top + row * (tile.height + GAP);
    return { participant, shows: "camera", rect: { x: Math.round(x), y: Math.round(y), ...whole(tile) } };
  });
  return { tiles, height: Math.max(area.height, Math.ceil(height)) };
}

/** The column count whose tiles are largest; when all are too small, as many columns as stay usable, and rows below the edge. */
function bestGrid(count: number, area: Size): { columns: number; tile: Size } {
  let best: { columns: number; tile: Size } | undefined;
  for (let columns = 1; columns <= count; columns += 1) {
    const tile = tileOf(count, columns, area);
    if (tile.width < LEAST_WIDTH || tile.height < LEAST_HEIGHT) continue;
    if (best === undefined || tile.width * tile.height > best.tile.width * best.tile.height) best = { columns, tile };
  }
  if (best !== undefined) return best;
  const columns = Math.max(1, Math.min(count, Math.floor((area.width + GAP) / (LEAST_WIDTH + GAP))));
  const width = (area.width - (columns - 1) * GAP) / columns;
  return { columns, tile: { width, height: Math.max(width / WIDEST, Math.min(LEAST_HEIGHT, width)) } };
}

function tileOf(count: number, columns: number, area: Size): Size {
  const rows = Math.ceil(count / columns);
  const width = (area.width - (columns - 1) * GAP) / columns;
  const height = (area.height - (rows - 1) * GAP) / rows;
  if (width / height > WIDEST) return { width: height * WIDEST, height };
  const narrowest = NARROWEST[area.width > area.height ? "wide" : count === 1 ? "alone" : "tall"];
  if (width / height < narrowest) return { width, height: width / narrowest };
  return { width, height };
}

function whole(size: Size): Size {
  return { width: Math.floor(size.width), height: Math.floor(size.height) };
}
