/** Something large, and the others in a strip: beside it on a wide stage, below it on a tall one. The strip scrolls, what is large stays. */
import type { Rect, Size, Subject } from "../layout";
import { GAP, WIDEST, grid, peeking, rows, type Placed } from "./grid";

/** Of a tile in the strip. A name is still read there. */
const LEAST_WIDTH = 92;
const LEAST_HEIGHT = 84;
/** On a tall stage: enough for a face, and a row of one or two does not look lost. */
const MOST_WIDTH = 170;
/** Of a wide stage's width, for faces beside a face, when they are many. */
const CROWD = 0.3;
/** How much of a tall stage the strip may take: a screen needs the room more than a face does. */
const SHARE = { screen: 0.3, camera: 0.42 };
/** Height by width of a large face on a tall stage; of a picture in a taller tile little is left. */
const TALLEST = 5 / 4;

/** The rectangles of the `large` ones, then of the `others`. */
export function strip(large: readonly Subject[], others: number, viewport: Size): Placed {
  if (others === 0) return { rects: divided(large, viewport), height: viewport.height };
  return viewport.width > viewport.height * 1.1 ? beside(large, others, viewport) : below(large, others, viewport);
}

function beside(large: readonly Subject[], others: number, viewport: Size): Placed {
  const narrow = Math.min(280, viewport.width * 0.24);
  const wide = large[0]?.shows === "screen" ? narrow : Math.min(400, viewport.width * CROWD);
  const tries = [[1, narrow], [2, narrow], [2, wide], [3, wide]] as const;
  const usable = tries
    .map(([columns, share]) => ({ columns, share, tile: tileIn(share, columns) }))
    .filter(({ columns, tile }) => columns === 1 || tile.width >= LEAST_WIDTH + 12);
  const holdsAll = ({ columns, tile }: (typeof usable)[number]) => heightOf(others, columns, tile) <= viewport.height;
  // As few columns as hold everybody, or else as many as there may be, scrolling.
  const found = usable.find(holdsAll) ?? usable.at(-1)!;
  const { columns, share } = found;
  const tile = holdsAll(found) ? found.tile : { ...found.tile, height: peeking(found.tile.height, viewport.height) };
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
  const least = Math.max(width * 0.75, Math.min(LEAST_HEIGHT, width));
  const most = viewport.height * SHARE[large[0]?.shows ?? "camera"];
  const needed = heightOf(others, columns, { width, height: least });
  const tile = { width, height: needed <= most ? least : peeking(least, most) };
  const share = Math.min(needed, most);
  const spare = viewport.height - viewport.width * TALLEST - GAP;
  if (large[0]?.shows === "camera" && share < spare) return aboveGrid(large, others, viewport, Math.floor(spare));
  const main = { width: viewport.width, height: Math.floor(viewport.height - share - GAP) };
  const side = rows(others, columns, tile, { width: viewport.width, height: share }, { x: 0, y: main.height + GAP });
  return { rects: [...divided(large, main), ...side.rects], height: Math.max(viewport.height, main.height + GAP + side.height) };
}

/** A large face as tall as it should be, and the few others in what remains. */
function aboveGrid(large: readonly Subject[], others: number, viewport: Size, share: number): Placed {
  const main = { width: viewport.width, height: viewport.height - share - GAP };
  const side = grid(others, { width: viewport.width, height: share }, { x: 0, y: main.height + GAP });
  return { rects: [...divided(large, main), ...side.rects], height: Math.max(viewport.height, main.height + GAP + side.height) };
}

function heightOf(count: number, columns: number, tile: Size): number {
  return Math.ceil(count / columns) * (tile.height + GAP) - GAP;
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
