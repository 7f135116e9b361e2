/** Something large, and the others in a strip: beside it on a wide stage, below it on a tall one. The strip scrolls, what is large stays. */
import type { Rect, Size, Subject } from "../layout";
import { GAP, WIDEST, rows, type Placed } from "./grid";

/** Of a tile in the strip. A name is still read there. */
const LEAST_WIDTH = 92;
const LEAST_HEIGHT = 84;
/** On a tall stage: enough for a face, and a row of one or two does not look lost. */
const MOST_WIDTH = 170;
/** A stage so wide gives a crowd a third column. */
const DESK = 1000;
/** How much of a tall stage the strip may take: a screen needs the room more than a face does. */
const SHARE = { screen: 0.3, camera: 0.42 };

/** The rectangles of the `large` ones, then of the `others`. */
export function strip(large: readonly Subject[], others: number, viewport: Size): Placed {
  if (others === 0) return { rects: divided(large, viewport), height: viewport.height };
  return viewport.width > viewport.height * 1.1 ? beside(large, others, viewport) : below(large, others, viewport);
}

function beside(large: readonly Subject[], others: number, viewport: Size): Placed {
  const screen = large[0]?.shows === "screen";
  const narrow = Math.min(280, viewport.width * 0.24);
  const wide = !screen && viewport.width >= DESK ? viewport.width * 0.3 : narrow;
  const tries = [[1, narrow], [2, narrow], [3, wide]] as const;
  const all = tries
    .map(([columns, share]) => ({ columns, share, tile: tileIn(share, columns) }))
    .filter(({ columns, tile }) => columns === 1 || tile.width >= LEAST_WIDTH + 12);
  // As few columns as hold everybody, or else as many as there may be.
  const { columns, share, tile } = all.find((one) => Math.ceil(others / one.columns) * (one.tile.height + GAP) - GAP <= viewport.height) ?? all.at(-1)!;
  const main = { width: viewport.width - share - GAP, height: viewport.height };
  const side = rows(others, columns, tile, { width: share, height: viewport.height }, { x: main.width + GAP, y: 0 });
  return { rects: [...divided(large, main), ...side.rects], height: side.height };
}

function tileIn(share: number, columns: number): Size {
  const width = (share - GAP * (columns - 1)) / columns;
  return { width, height: Math.max(width / WIDEST, LEAST_HEIGHT) };
}

function below(large: readonly Subject[], others: number, viewport: Size): Placed {
  const fitting = Math.max(3, Math.floor((viewport.width + GAP) / (MOST_WIDTH + GAP)));
  const columns = Math.min(others, fitting);
  const width = Math.min(MOST_WIDTH, (viewport.width - GAP * (columns - 1)) / columns);
  const tile = { width, height: Math.max(width * 0.75, Math.min(LEAST_HEIGHT, width)) };
  const needed = Math.ceil(others / columns) * (tile.height + GAP) - GAP;
  const share = Math.min(needed, viewport.height * SHARE[large[0]?.shows ?? "camera"]);
  const main = { width: viewport.width, height: Math.floor(viewport.height - share - GAP) };
  const side = rows(others, columns, tile, { width: viewport.width, height: share }, { x: 0, y: main.height + GAP });
  return { rects: [...divided(large, main), ...side.rects], height: Math.max(viewport.height, main.height + GAP + side.height) };
}

/** One above the other. A face gets no wider than its picture; on a tall stage it fills all, or the strip would show on its sides. */
function divided(large: readonly Subject[], area: Size): Rect[] {
  const height = (area.height - GAP * (large.length - 1)) / large.length;
  return large.map(({ shows }, row): Rect => {
    const width = shows === "camera" && area.width > area.height * 2 ? height * WIDEST : area.width;
    return {
      x: Math.round((area.width - width) / 2),
      y: Math.round(row * (height + GAP)),
      width: Math.floor(width),
      height: Math.floor(height),
    };
  });
}
