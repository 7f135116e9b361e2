import { describe, expect, it } from "vitest";
import { layout, type Rect, type Size } from "../src/model/layout";
import { person } from "./room";

const DESK: Size = { width: 1230, height: 640 };
const PHONE: Size = { width: 358, height: 660 };

function people(count: number, more: (index: number) => object = () => ({})) {
  const all = Array.from({ length: count }, (_, index) => person(`p${index}`, { stage: "on_stage", ...more(index) }));
  return { people: new Map(all.map((one) => [one.id, one])) };
}

function apart(a: Rect, b: Rect): boolean {
  return a.x + a.width <= b.x || b.x + b.width <= a.x || a.y + a.height <= b.y || b.y + b.height <= a.y;
}

describe("the layout", () => {
  it("is empty without anybody on stage", () => {
    expect(layout({ people: new Map([["p1", person("p1")]]) }, DESK).tiles).toEqual([]);
  });

  it("survives a stage without room", () => {
    expect(layout(people(3), { width: 0, height: 0 })).toEqual({ tiles: [], height: 0 });
  });

  for (const [name, size] of [["desktop", DESK], ["phone", PHONE]] as const) {
    it(`shows everybody once, inside and apart, on a ${name}`, () => {
      for (let count = 1; count <= 50; count += 1) {
        const { tiles, height } = layout(people(count), size);
        expect(new Set(tiles.map((tile) => tile.participant)).size).toBe(count);
        for (const { rect } of tiles) {
          expect(rect.x).toBeGreaterThanOrEqual(0);
          expect(rect.y).toBeGreaterThanOrEqual(0);
          expect(rect.x + rect.width).toBeLessThanOrEqual(size.width + 1);
          expect(rect.y + rect.height).toBeLessThanOrEqual(height + 1);
        }
        for (const [index, tile] of tiles.entries()) {
          for (const other of tiles.slice(index + 1)) expect(apart(tile.rect, other.rect)).toBe(true);
        }
      }
    });
  }

  it("gives one person the whole height", () => {
    expect(layout(people(1), DESK).tiles[0]?.rect.height).toBe(DESK.height);
  });

  it("gives one person most of a tall stage", () => {
    const { rect } = layout(people(1), PHONE).tiles[0] ?? { rect: PHONE };
    expect(rect.width).toBe(PHONE.width);
    expect(rect.height).toBeGreaterThan(PHONE.height * 0.85);
  });

  it("puts two side by side on a wide stage, and one above the other on a tall one", () => {
    const [a, b] = layout(people(2), DESK).tiles;
    expect(a?.rect.y).toBe(b?.rect.y);
    const [c, d] = layout(people(2), PHONE).tiles;
    expect(c?.rect.x).toBe(d?.rect.x);
  });

  it("scrolls rather than showing stamps", () => {
    const { tiles, height } = layout(people(25), PHONE);
    expect(height).toBeGreaterThan(PHONE.height);
    for (const { rect } of tiles) expect(rect.width).toBeGreaterThanOrEqual(130);
  });

  it("centres an incomplete last row", () => {
    const last = layout(people(5), { width: 900, height: 900 }).tiles[4]?.rect;
    const middle = (last?.x ?? 0) + (last?.width ?? 0) / 2;
    expect(Math.abs(middle - 450)).toBeLessThanOrEqual(2);
  });

  it("gives a shared screen the larger part, and keeps the faces", () => {
    for (const size of [DESK, PHONE]) {
      const { tiles } = layout(people(4, (index) => (index === 1 ? { screen: "on" } : {})), size);
      const screen = tiles.find((tile) => tile.shows === "screen");
      const faces = tiles.filter((tile) => tile.shows === "camera");
      expect(screen?.participant).toBe("p1");
      expect(faces).toHaveLength(4);
      expect((screen?.rect.width ?? 0) * (screen?.rect.height ?? 0)).toBeGreaterThan((size.width * size.height) / 2);
      for (const face of faces) expect(apart(face.rect, screen?.rect ?? face.rect)).toBe(true);
    }
  });
});
