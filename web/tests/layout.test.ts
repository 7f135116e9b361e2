import { describe, expect, it } from "vitest";
import { EMPTY, layout, tileName, type Layout, type Rect, type Size, type Wishes } from "../src/model/layout";
import { person } from "./room";

const DESK: Size = { width: 1230, height: 560 };
const PHONE: Size = { width: 374, height: 660 };
const SMALL_PHONE: Size = { width: 304, height: 458 };
const ASIDE: Size = { width: 820, height: 270 };
const SIZES = { desktop: DESK, phone: PHONE, "small phone": SMALL_PHONE, "phone on its side": ASIDE };

const NOTHING: Wishes = { choice: "automatic", pinned: null, spotlight: null, active: null, you: null };
const SPEAKER: Wishes = { ...NOTHING, choice: "speaker" };

function people(count: number, more: (index: number) => object = () => ({})) {
  return Array.from({ length: count }, (_, index) => person(`p${index}`, { stage: "on_stage", ...more(index) }));
}

const sharing = (index: number) => (index === 1 ? { screen: "on" } : {});

function apart(a: Rect, b: Rect): boolean {
  return a.x + a.width <= b.x || b.x + b.width <= a.x || a.y + a.height <= b.y || b.y + b.height <= a.y;
}

function area({ width, height }: Rect): number {
  return width * height;
}

function largeIn({ tiles }: Layout): string[] {
  return tiles.filter((tile) => tile.large).map(tileName);
}

/** Those who stand elsewhere than before. */
function moved(before: Layout, after: Layout): string[] {
  return after.tiles.filter((tile, index) => tile !== before.tiles[index]).map(({ participant }) => participant);
}

/** Every tile once, inside, and clear of the others. */
function expectSound({ tiles, height, order }: Layout, size: Size, count: number) {
  expect(new Set(tiles.map(tileName)).size).toBe(count);
  expect(new Set(order)).toEqual(new Set(tiles.map(tileName)));
  const inside = ({ x, y, width, height: high }: Rect) => x >= 0 && y >= 0 && x + width <= size.width + 1 && y + high <= height + 1;
  const bad = tiles.filter(({ rect }, index) => !inside(rect) || tiles.slice(index + 1).some((other) => !apart(rect, other.rect)));
  expect(bad).toEqual([]);
}

describe("the grid", () => {
  it("is empty without anybody on stage", () => {
    expect(layout([], DESK, NOTHING).tiles).toEqual([]);
  });

  it("survives a stage without room", () => {
    expect(layout(people(3), { width: 0, height: 0 }, NOTHING)).toEqual(EMPTY);
  });

  for (const [name, size] of Object.entries(SIZES)) {
    it(`shows everybody once, inside and apart, on a ${name}`, () => {
      for (let count = 1; count <= 50; count += 1) expectSound(layout(people(count), size, NOTHING), size, count);
    });
  }

  it("gives one person the whole height", () => {
    expect(layout(people(1), DESK, NOTHING).tiles[0]?.rect.height).toBe(DESK.height);
  });

  it("gives one person most of a tall stage", () => {
    const { rect } = layout(people(1), PHONE, NOTHING).tiles[0] ?? { rect: PHONE };
    expect(rect.width).toBe(PHONE.width);
    expect(rect.height).toBeGreaterThan(PHONE.height * 0.85);
  });

  it("puts two side by side on a wide stage, and one above the other on a tall one", () => {
    const [a, b] = layout(people(2), DESK, NOTHING).tiles;
    expect(a?.rect.y).toBe(b?.rect.y);
    const [c, d] = layout(people(2), PHONE, NOTHING).tiles;
    expect(c?.rect.x).toBe(d?.rect.x);
  });

  it("scrolls rather than showing stamps", () => {
    const { tiles, height } = layout(people(25), PHONE, NOTHING);
    expect(height).toBeGreaterThan(PHONE.height);
    for (const { rect } of tiles) expect(rect.width).toBeGreaterThanOrEqual(130);
  });

  it("shows 25 on a laptop without scrolling", () => {
    const { tiles, height } = layout(people(25), DESK, NOTHING);
    expect(height).toBe(DESK.height);
    for (const { rect } of tiles) expect(rect.width).toBeGreaterThan(160);
  });

  it("centres an incomplete last row", () => {
    const last = layout(people(5), { width: 900, height: 900 }, NOTHING).tiles[4]?.rect;
    const middle = (last?.x ?? 0) + (last?.width ?? 0) / 2;
    expect(Math.abs(middle - 450)).toBeLessThanOrEqual(2);
  });

  it("where it is chosen holds a shared screen like everybody", () => {
    const { arrangement, tiles } = layout(people(4, sharing), DESK, { ...NOTHING, choice: "grid", active: "p2" });
    expect(arrangement).toBe("grid");
    expect(new Set(tiles.map(({ rect }) => area(rect))).size).toBe(1);
  });
});

describe("something large", () => {
  for (const [name, size] of Object.entries(SIZES)) {
    it(`is larger than all others, which stand inside and apart, on a ${name}`, () => {
      for (let count = 2; count <= 50; count += 1) {
        for (const screens of [0, 1, 2]) {
          const on = people(count, (index) => (index < screens ? { screen: "on" } : {}));
          const placed = layout(on, size, SPEAKER);
          expectSound(placed, size, count + screens);
          const [large, ...others] = [...placed.tiles].sort((a, b) => area(b.rect) - area(a.rect));
          expect(large?.large).toBe(true);
          expect(area(large!.rect)).toBeGreaterThan(1.4 * Math.max(...others.filter((tile) => !tile.large).map(({ rect }) => area(rect))));
        }
      }
    });
  }

  it("is a shared screen, with the larger part of the stage, and the faces beside it", () => {
    for (const size of [DESK, PHONE, SMALL_PHONE]) {
      for (const count of [4, 25]) {
        const placed = layout(people(count, sharing), size, NOTHING);
        expect(placed.arrangement).toBe("screen");
        expect(largeIn(placed)).toEqual(["screen p1"]);
        expect(placed.tiles).toHaveLength(count + 1);
        expect(area(placed.tiles.find((tile) => tile.large)!.rect)).toBeGreaterThan((size.width * size.height) / 2);
      }
    }
  });

  it("leaves a tile in the strip wide enough for a name", () => {
    for (const size of Object.values(SIZES)) {
      for (const { rect } of layout(people(25), size, SPEAKER).tiles) expect(rect.width).toBeGreaterThanOrEqual(90);
    }
  });

  it("goes by one's own pin, then by the spotlight, then by the shared screen, then by who speaks", () => {
    const on = people(5, sharing);
    const all: Wishes = { ...SPEAKER, pinned: { participant: "p4", shows: "camera" }, spotlight: "p3", active: "p2" };
    expect(largeIn(layout(on, DESK, all))).toEqual(["camera p4"]);
    expect(largeIn(layout(on, DESK, { ...all, choice: "grid" }))).toEqual(["camera p4"]);
    expect(largeIn(layout(on, DESK, { ...all, pinned: null }))).toEqual(["camera p3"]);
    expect(largeIn(layout(on, DESK, { ...all, pinned: null, spotlight: null }))).toEqual(["screen p1"]);
    expect(largeIn(layout(people(5), DESK, { ...SPEAKER, active: "p2" }))).toEqual(["camera p2"]);
  });

  it("is the screen of whom the spotlight is on, if they share one", () => {
    expect(largeIn(layout(people(3, sharing), DESK, { ...NOTHING, spotlight: "p1" }))).toEqual(["screen p1"]);
  });

  it("is nothing once the pinned person has left", () => {
    expect(layout(people(3), DESK, { ...NOTHING, pinned: { participant: "gone", shows: "camera" } }).arrangement).toBe("grid");
  });
});

describe("the speaker", () => {
  const speaking = (active: string | null, before?: Layout, more: Partial<Wishes> = {}, count = 6) =>
    layout(people(count), DESK, { ...SPEAKER, active, ...more }, before);

  it("changes places with who spoke before, and nobody else moves", () => {
    const first = speaking("p3");
    const second = speaking("p5", first);
    expect(largeIn(second)).toEqual(["camera p5"]);
    expect(moved(first, second)).toEqual(["p3", "p5"]);
    expect(moved(second, speaking("p1", second))).toEqual(["p1", "p5"]);
  });

  it("stays in a silence, and when one speaks oneself", () => {
    const first = speaking("p3");
    expect(moved(first, speaking(null, first))).toEqual([]);
    expect(moved(first, speaking("p0", first, { you: "p0" }))).toEqual([]);
  });

  it("before anybody spoke is somebody else than oneself, where there is somebody", () => {
    expect(largeIn(speaking(null, undefined, { you: "p0" }))).toEqual(["camera p1"]);
    expect(speaking(null, undefined, { you: "p0" }, 1).arrangement).toBe("grid");
  });

  it("stays where it is when somebody comes, and the new one stands last", () => {
    const first = speaking("p3");
    const second = speaking("p3", first, {}, 7);
    expect(second.order).toEqual([...first.order, "camera p6"]);
  });
});

describe("the automatic choice", () => {
  const seen = (count: number, size: Size, active: string | null, before?: Layout) => layout(people(count), size, { ...NOTHING, active }, before);

  it("keeps the grid as long as faces are large enough there", () => {
    expect(seen(16, DESK, "p1").arrangement).toBe("grid");
    expect(seen(8, PHONE, "p1").arrangement).toBe("grid");
  });

  it("makes the speaker large in a crowd, once somebody speaks", () => {
    for (const size of [DESK, PHONE]) {
      expect(seen(25, size, null).arrangement).toBe("grid");
      expect(largeIn(seen(25, size, "p7"))).toEqual(["camera p7"]);
    }
  });

  it("does not turn over with one who comes and goes, or with a silence", () => {
    const crowd = seen(25, DESK, "p7");
    expect(seen(25, DESK, null, crowd).arrangement).toBe("speaker");
    expect(seen(18, DESK, "p7", crowd).arrangement).toBe("speaker");
    expect(seen(9, DESK, "p7", crowd).arrangement).toBe("grid");
  });

  it("draws nothing anew where nothing changed", () => {
    const grid = seen(9, DESK, null);
    expect(moved(grid, seen(9, DESK, "p3", grid))).toEqual([]);
  });
});
