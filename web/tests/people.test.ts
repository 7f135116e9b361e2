import { describe, expect, it } from "vitest";
import { groups, handsOf, hueOf, initials, named, placeInLine } from "../src/model/people";
import { person } from "./room";

describe("groups", () => {
  const all = [
    person("p1"),
    person("p2", { stage: "requested", request: 8 }),
    person("p3", { stage: "on_stage" }),
    person("p4", { stage: "invited", invitation: 2 }),
    person("p5", { stage: "requested", request: 5 }),
  ];
  const { asking, onStage, viewers } = groups(new Map(all.map((one) => [one.id, one])));

  it("keeps the queue in the order of asking", () => {
    expect(asking.map(({ id }) => id)).toEqual(["p5", "p2"]);
  });

  it("counts the invited among the viewers, first", () => {
    expect(onStage.map(({ id }) => id)).toEqual(["p3"]);
    expect(viewers.map(({ id }) => id)).toEqual(["p4", "p1"]);
  });
});

describe("raised hands", () => {
  const all = [
    person("p1"),
    person("p2", { hand: 4 }),
    person("p3", { stage: "on_stage" }),
    person("p4", { stage: "on_stage", hand: 3 }),
    person("p5", { hand: 2 }),
    person("p6", { stage: "requested", request: 1, hand: 1 }),
  ];
  const people = new Map(all.map((one) => [one.id, one]));

  it("come first among viewers and on stage, and leave the queue alone", () => {
    const { asking, onStage, viewers } = groups(people);
    expect(asking.map(({ id }) => id)).toEqual(["p6"]);
    expect(onStage.map(({ id }) => id)).toEqual(["p4", "p3"]);
    expect(viewers.map(({ id }) => id)).toEqual(["p5", "p2", "p1"]);
  });

  it("are counted", () => {
    expect(handsOf(people)).toBe(4);
  });
});

describe("a search", () => {
  const people = ["Ada Lovelace", "Émilie du Châtelet", "Grace Hopper"].map((name, index) => person(`p${index}`, { name }));
  it.each([
    ["", ["Ada Lovelace", "Émilie du Châtelet", "Grace Hopper"]],
    ["ACE", ["Ada Lovelace", "Grace Hopper"]],
    ["chat emilie", ["Émilie du Châtelet"]],
    ["nobody", []],
  ])("for %j finds %j", (search, found) => {
    expect(named(people, search).map(({ name }) => name)).toEqual(found);
  });
});

it("one's place in line is that among those who ask", () => {
  const all = [person("p1", { stage: "requested", request: 8 }), person("p2"), person("p3", { stage: "requested", request: 5 })];
  const people = new Map(all.map((one) => [one.id, one]));
  expect(["p1", "p2", "p3"].map((you) => placeInLine({ you, people }))).toEqual([2, 0, 1]);
});

describe("initials", () => {
  it.each([
    ["Ada Lovelace", "AL"],
    ["Grace", "G"],
    ["Chien-Shiung  Wu ", "CW"],
    ["Anna Maria van Schurman", "AS"],
    ["Дмитрий Менделеев", "ДМ"],
    ["李", "李"],
    ["(Guest) 7", "G7"],
    ["🙂", "?"],
    ["", "?"],
  ])("of %s are %s", (name, letters) => {
    expect(initials(name)).toBe(letters);
  });
});

it("a colour is one of those there are, and always the same", () => {
  for (const id of ["p1", "p2", "p4000000000"]) {
    expect(hueOf(id, 8)).toBe(hueOf(id, 8));
    expect(hueOf(id, 8)).toBeGreaterThanOrEqual(0);
    expect(hueOf(id, 8)).toBeLessThan(8);
  }
});
