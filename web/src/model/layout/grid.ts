/**
 * Equals in rows. Faces get as much room as there is: of all column counts the one with the largest tiles wins, a full last row counting for it;
 * and a tile may be as narrow as it must to fill the stage, within what a face bears.
 */
import type { Rect, Size } from "../layout";

/** Rectangles, in order, and how high all of it is. */
export interface Placed {
  readonly rects: readonly Rect[];
  readonly height: number;
}

export const GAP = 10;
/** Width by height that a camera tile may have. A tall stage makes do with a cut from the middle of the picture; a wide one need not. */
export const WIDEST = 16 / 9;
const NARROWEST = { wide: 4 / 3, tall: 3 / 4, alone: 5 / 8 };
/** Narrower tiles make the stage scroll instead. */
const LEAST_WIDTH = 132;
const LEAST_HEIGHT = 88;

export function grid(count: number, area: Size, at?: { x: number; y: number }): Placed {
  const { columns, tile } = bestGrid(count, area);
  return rows(count, columns, tile, area, at);
}

/** How large the grid makes a tile. */
export function faceSize(count: number, area: Size): Size {
  return bestGrid(count, area).tile;
}

/** So many tiles of one size in the middle of `area`, each row in the middle of it; what does not fit goes on below. */
export function rows(count: number, columns: number, tile: Size, area: Size, at: { x: number; y: number } = { x: 0, y: 0 }): Placed {
  const all = Math.ceil(count / columns);
  const height = all * tile.height + (all - 1) * GAP;
  const top = Math.max(0, (area.height - height) / 2);
  const rects = Array.from({ length: count }, (_, index): Rect => {
    const row = Math.floor(index / columns);
    const inRow = row === all - 1 ? count - row * columns : columns;
    const left = (area.width - inRow * tile.width - (inRow - 1) * GAP) / 2;
    const x = at.x + left + (index % columns) * (tile.width + GAP);
    const y = at.y + top + row * (tile.height + GAP);
    return { x: Math.round(x), y: Math.round(y), width: Math.floor(tile.width), height: Math.floor(tile.height) };
  });
  return { rects, height: Math.max(area.height, Math.ceil(height)) };
}

/** How high, at least `least`, a tile is for the last row in sight to be cut in half: that there is more below should be seen. */
export function peeking(least: number, viewport: number): number {
  const whole = Math.floor((viewport - least / 2) / (least + GAP));
  return whole < 1 ? least : (viewport - whole * GAP) / (whole + 0.5);
}

/** The column count whose tiles are largest; when all are too small, as many columns as stay usable, and rows below the edge. */
function bestGrid(count: number, area: Size): { columns: number; tile: Size } {
  let best: { columns: number; tile: Size; worth: number } | undefined;
  for (let columns = 1; columns <= count; columns += 1) {
    const tile = tileOf(count, columns, area);
    if (tile.width < LEAST_WIDTH || tile.height < LEAST_HEIGHT) continue;
    const worth = (tile.width * tile.height * count) / (columns * Math.ceil(count / columns));
    if (best === undefined || worth > best.worth) best = { columns, tile, worth };
  }
  if (best !== undefined) return best;
  const columns = Math.max(1, Math.min(count, Math.floor((area.width + GAP) / (LEAST_WIDTH + GAP))));
  const width = (area.width - (columns - 1) * GAP) / columns;
  return { columns, tile: { width, height: peeking(Math.max(width / WIDEST, Math.min(LEAST_HEIGHT, width)), area.height) } };
}

function tileOf(count: number, columns: number, area: Size): Size {
  const all = Math.ceil(count / columns);
  const width = (area.width - (columns - 1) * GAP) / columns;
  const height = (area.height - (all - 1) * GAP) / all;
  if (width / height > WIDEST) return { width: height * WIDEST, height };
  const narrowest = NARROWEST[area.width > area.height ? "wide" : count === 1 ? "alone" : "tall"];
  if (width / height < narrowest) return { width, height: width / narrowest };
  return { width, height };
}
