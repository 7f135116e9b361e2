import { describe, expect, it } from "vitest";
import { Pace } from "../src/model/pace";
import { MOST_RISING, REACTIONS, RISING_MS, risen, summed, type Rising } from "../src/model/reactions";
import type { Reaction } from "../src/signal/generated/messages";

const given = (reaction: Reaction, count = 1) => ({ reaction, count });

describe("reactions", () => {
  it("rise one for each kind and telling, with how many gave it", () => {
    const first = risen([], [given("clap", 23), given("heart")], 0);
    expect(first.map(({ reaction, count }) => [reaction, count])).toEqual([["clap", 23], ["heart", 1]]);
    const second = risen(first, [given("clap", 2)], 500);
    expect(second.map(({ id }) => id)).toEqual([1, 2, 3]);
  });

  it("are gone when they have risen", () => {
    const first = risen([], [given("clap")], 0);
    expect(risen(first, [given("wow")], RISING_MS).map(({ reaction }) => reaction)).toEqual(["wow"]);
  });

  it("are never more than a few at once, and none is lost to the count", () => {
    let rising: Rising[] = [];
    for (let now = 0; now < 3_000; now += 500) rising = risen(rising, REACTIONS.map((reaction) => given(reaction, 100)), now);
    expect(rising).toHaveLength(MOST_RISING);
    expect(rising.reduce((sum, { count }) => sum + count, 0)).toBe(6 * 6 * 100);
  });

  it("of a new kind have a place among many of another", () => {
    let rising: Rising[] = [];
    for (let now = 0; now < MOST_RISING; now += 1) rising = risen(rising, [given("clap")], now);
    expect(risen(rising, [given("party")], 50).at(-1)?.reaction).toBe("party");
  });

  it("add up in their order", () => {
    expect(summed([given("wow"), given("clap", 2), given("wow", 3)])).toEqual([given("clap", 2), given("wow", 4)]);
  });
});

describe("the pace", () => {
  it("lets a burst go, and then one every so often", () => {
    const pace = new Pace(5, 500);
    const times = Array.from({ length: 40 }, (_, index) => index * 50);
    expect(times.filter((now) => pace.take(1_000_000 + now))).toEqual([0, 50, 100, 150, 200, 500, 1000, 1500]);
  });

  it("says how long it takes", () => {
    const pace = new Pace(1, 500);
    expect([pace.take(1_000), pace.wait(1_000), pace.wait(1_200), pace.wait(2_000)]).toEqual([true, 500, 300, 0]);
  });
});
