import { expect, it } from "vitest";
import { inSameOrder, sorted, steady, type Asked } from "../src/model/questions";

const asked = (id: number, votes: number, more: Partial<Asked> = {}): Asked => ({ id, votes, by: "p2", name: "P", text: "?", at: 0, voted: false, state: "open", ...more });
const ids = (list: readonly Asked[]) => list.map(({ id }) => id);

it("the most wanted stand first, of those the oldest; what is answered, newest first", () => {
  const { live, open, answered } = sorted([
    asked(1, 2), asked(2, 5), asked(3, 5), asked(4, 9, { state: "answered" }), asked(5, 0, { state: "live" }), asked(6, 1, { state: "answered" }),
  ]);
  expect([live?.id, ids(open), ids(answered)]).toEqual([5, [2, 3, 1], [6, 4]]);
});

it("while somebody reads nothing changes places: what has gone is left out, what is new comes last", () => {
  const now = [asked(4, 9), asked(2, 5), asked(1, 3)];
  expect(ids(steady([1, 2, 3], now))).toEqual([1, 2, 4]);
  expect(steady([1, 2, 3], now)[0]?.votes).toBe(3);
  expect(inSameOrder(steady([1, 2, 3], now), now)).toBe(false);
  expect(inSameOrder(steady([], now), now)).toBe(true);
});
